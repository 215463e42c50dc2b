# SPDX-License-Identifier: MIT
"""All hostile cases: a file or small tree for every line of the checklist, each with its true facts."""

import os
import pathlib

import facts
import hostile_bufinfo
import hostile_heap
import hostile_logs
import hostile_media
import hostile_rk

MODULES = (hostile_rk, hostile_heap, hostile_media, hostile_bufinfo, hostile_logs)


def cases():
    """Every case."""
    return [case for module in MODULES for case in module.cases()]


def write(directory):
    """Write them below a directory, links included."""
    for case in cases():
        facts.write([case], directory)
        for path, target in case.links.items():
            link = pathlib.Path(directory, case.name, path)
            link.parent.mkdir(parents=True, exist_ok=True)
            if link.is_symlink():
                link.unlink()
            os.symlink(target, link)
