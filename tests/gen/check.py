# SPDX-License-Identifier: MIT
"""gen check: every group of checks in one TAP stream."""

import check_captures
import check_cases
import check_examples
import check_host
from tap import Tap

GROUPS = (check_examples, check_captures, check_cases, check_host)


def run():
    """Run all groups; the exit status."""
    tap = Tap()
    for group in GROUPS:
        group.check(tap)
    return tap.status()
