# SPDX-License-Identifier: MIT
"""Hold the process nodes against the running kernel: what this process shows must render the same."""

import os
import re

import fdinfo_maps
from model import Fd, Mapping, Process

MAPS_LINE = re.compile(rb"(\w+)-(\w+) (\S+) (\w+) (\w+):(\w+) (\d+) +(.*)\n")


def _read(name):
    with open(name, "rb") as file:
        return file.read()


def _rendered_maps(text, bits):
    for line in text.splitlines(keepends=True):
        if not (match := MAPS_LINE.fullmatch(line.replace(b"\n", b" \n") if line.endswith(b" \n")
                                             else line)):
            return
        start, end, perms, offset, major, minor, ino, path = match.groups()
        start = int(start, 16)
        yield fdinfo_maps.maps_line(
            Mapping(start, int(end, 16) - start, perms, int(offset, 16),
                    (int(major, 16), int(minor, 16)), int(ino), path), "5.10", bits)


def check(tap):
    """maps, fdinfo, limits and stat of this very process."""
    bits = 64 if os.uname().machine in ("x86_64", "aarch64") else 32
    text = _read("/proc/self/maps")
    tap.same(b"".join(_rendered_maps(text, bits)), text, "this kernel's maps")
    fd = os.open("/proc/self/maps", os.O_RDONLY | os.O_CLOEXEC)
    text = _read("/proc/self/fdinfo/%d" % fd)
    values = dict(line.split(b":\t", 1) for line in text.splitlines())
    generation = "6.1" if b"ino" in values else "5.10"
    model = Fd(fd, flags=int(values[b"flags"], 8), mount=int(values[b"mnt_id"]),
               ino=int(values.get(b"ino", 0)))
    tap.same(fdinfo_maps.fdinfo(model, generation), text, "this kernel's fdinfo")
    os.close(fd)
    limits, ours = _read("/proc/self/limits"), fdinfo_maps.limits(Process(1, b"x"))
    names = [line[:26] for line in limits.splitlines()]
    tap.ok(names == [line[:26] for line in ours.splitlines()]
           and limits.splitlines()[0] == ours.splitlines()[0], "this kernel's limits: the columns")
    tap.ok(len(_read("/proc/self/stat").rsplit(b")", 1)[1].split())
           == len(fdinfo_maps.stat(Process(1, b"x")).rsplit(b")", 1)[1].split()),
           "this kernel's stat: as many fields")
