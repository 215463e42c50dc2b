#!/bin/bash
# SPDX-License-Identifier: MIT
# The speed table: speed.sh [--quick]. Needs the tool in $DMABUF_INSPECT and, beside it, the
# programs of tests/bench. Prints ratios measured in this run, never a pass or a failure.
set -euo pipefail

cd "$(dirname "$0")/../.."
exec /usr/bin/python3 tests/bench/speed.py "$@"
