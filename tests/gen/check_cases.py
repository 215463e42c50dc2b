# SPDX-License-Identifier: MIT
"""Checks of what has no text to compare with: seeded buffers, trees, hostile cases and their facts."""

import argparse
import os
import pathlib
import re
import tempfile

import bufinfo
import hostile
import nodes
import population
import rk_dmabuf
import tree

TREE_OPTIONS = {"buffers": 60, "seed": 7, "bits": 64, "generation": "6.1", "distinct_names": 5,
                "processes": 4, "fds": 20, "dmabuf_share": 0.75, "kernel_held": 6, "map_only": 5,
                "sysfs": True, "uptime": 120.5}


def check_population(tap):
    """The same seed is the same system whichever node is asked for."""
    first = list(population.buffers(5000, 3))
    tap.ok(first == list(population.buffers(5000, 3)), "the same seed gives the same buffers")
    tap.ok(first != list(population.buffers(5000, 4)), "another seed gives others")
    for generation in ("5.10", "6.1"):
        made = list(population.buffers(5000, 3, generation=generation))
        inodes = [buf.ino for buf in made]
        falling = inodes == sorted(inodes, reverse=True)
        tap.ok(len(set(inodes)) == 5000 and len({buf.pointer for buf in made}) == 5000,
               "%s: inodes and pointers are distinct" % generation)
        tap.ok(falling == (generation == "6.1"),
               "%s: inodes %s down the list" % (generation, "fall" if falling else "do not fall"))
        tap.ok([(b.pointer, b.name, b.size) for b in made]
               == [(b.pointer, b.name, b.size) for b in first],
               "%s: the same buffers but for inode and mode" % generation)
    tap.ok(len({buf.name for buf in population.buffers(5000, 3, distinct_names=300)}) == 301,
           "as many names as asked for, and unnamed ones")
    tap.ok(all(sum(n for _, n in buf.segments) == buf.size for buf in first if buf.segments),
           "segments cover their buffer")


def check_nodes(tap):
    """Every node of the command line yields bytes."""
    options = argparse.Namespace(buffers=100, seed=1, bits=64, phys_bits=None, generation="5.10",
                                 distinct_names=4, heap_version="v3", order=0)
    for name, render in nodes.NODES.items():
        text = b"".join(render(options))
        tap.ok(text.endswith(b"\n"), "gen %s writes whole lines" % name)


def _holders(root):
    """Inode -> number of descriptors and mappings, counted in the tree's own text."""
    counts = {}
    for info in pathlib.Path(root).glob("proc/*/fdinfo/*"):
        if found := re.search(rb"^ino:\t(\d+)\nsize:", info.read_bytes(), re.M):
            counts[int(found[1])] = counts.get(int(found[1]), 0) + 1
    for maps in pathlib.Path(root).glob("proc/*/maps"):
        for ino in re.findall(rb" 00:07 (\d+) +/dmabuf:", maps.read_bytes()):
            counts[int(ino)] = counts.get(int(ino), 0) + 1
    return counts


def check_tree(tap):
    """A small tree: counts in bufinfo are the holders found, the rest is kernel-held."""
    options = argparse.Namespace(**TREE_OPTIONS)
    buffers, _ = tree.build(options)
    with tempfile.TemporaryDirectory() as root:
        tree.write(root, options)
        counts = _holders(root)
        links = [os.readlink(link) for link in pathlib.Path(root).glob("proc/*/fd/*")]
        stored = pathlib.Path(root, "sys/kernel/debug/dma_buf/bufinfo").read_bytes()
        sysfs = list(pathlib.Path(root).glob("sys/kernel/dmabuf/buffers/*/size"))
    held = [buf for buf in buffers if buf.ino in counts]
    tap.ok(all(buf.refs == counts[buf.ino] for buf in held) and len(held) == 54,
           "tree: the reference counts are the holders in it")
    tap.ok(len(buffers) - len(held) == options.kernel_held, "tree: the kernel-held ones have none")
    tap.ok(len(links) == 80 and sum(x.startswith("/dmabuf:") for x in links) == 60,
           "tree: descriptors and the share of dma-bufs")
    tap.same(b"".join(bufinfo.bufinfo(buffers, "6.1")), stored, "tree: bufinfo is of these buffers")
    tap.ok(len(sysfs) == len(buffers), "tree: a sysfs directory a buffer")


def _line_of(case, number):
    return case.content.split(b"\n")[number - 1]


def _check_damaged(tap, cases):
    """A line called damaged exists, and is a piece of a row with a hostile name or of a cut one."""
    bad, total = [], 0
    for case in cases:
        if not isinstance(case.content, bytes):
            continue
        for entry in case.expect()["damaged_lines"]:
            total += 1
            if entry["line"] > case.content.count(b"\n") + 1:
                bad.append("%s:%d does not exist" % (case.name, entry["line"]))
            elif case.node == "bufinfo" and re.match(rb"\d{8,}\t\w{8}\t\w{8}\t\d{8}\t.*\t",
                                                     _line_of(case, entry["line"])):
                bad.append("%s:%d is a good row" % (case.name, entry["line"]))
            elif case.node == "rk_dmabuf/dev" and re.match(rb"\w{16} .{47,} KiB",
                                                           _line_of(case, entry["line"])):
                bad.append("%s:%d is a good row" % (case.name, entry["line"]))
    tap.ok(not bad and total > 20, "hostile: %d damaged lines are where they are said to be" % total,
           "\n".join(bad))


def _check_totals(tap, cases):
    """What a node says of itself agrees with the facts beside it."""
    bad = []
    for case in cases:
        expect = case.expect()
        if case.node == "bufinfo" and case.content.startswith(b"\nDma-buf"):
            found = re.findall(rb"\nTotal (\d+) objects, (\d+) bytes\n?\Z", case.content)
            if found != [(b"%d" % expect["buffers"], b"%d" % expect["total_bytes"])]:
                bad.append("%s: %s" % (case.name, found))
        if case.node.startswith("rk_dmabuf/dev") and not expect["damaged_lines"]:
            lines = expect["buffers"] + 2 if expect["buffers"] else 1
            if len(case.content.rstrip(b"\n").split(b"\n")) != lines:
                bad.append("%s: rows" % case.name)
        if len(expect["rows"]) != (expect["buffers"] or 0):
            bad.append("%s: rows and buffers" % case.name)
    tap.ok(not bad, "hostile: totals and row counts agree with the facts", "\n".join(bad))


def check_hostile(tap):
    """The cases as a whole."""
    cases, again = hostile.cases(), hostile.cases()
    names = [case.name for case in cases]
    tap.ok(len(set(names)) == len(names), "hostile: names are distinct")
    tap.ok([case.files() for case in cases] == [case.files() for case in again],
           "hostile: made again, the same bytes")
    missing = set(range(1, 14)) - {case.checklist for case in cases}
    tap.ok(not missing, "hostile: every line of the checklist has a case", str(missing))
    lengths = [len(name) for name in hostile.hostile_rk.NAMES.values() if name]
    tap.ok({15, 16, 17, 31, 32} <= set(lengths) and max(lengths) == 32, "hostile: name lengths",
           str(sorted(lengths)))
    _check_damaged(tap, cases)
    _check_totals(tap, cases)
    for case in cases:
        for entry in case.facts.get("nodes", []):
            if b"\r" in case.content or case.content.startswith(b"\xef"):
                continue
            first = _line_of(case, entry["first_line"])
            tap.ok(b" cat " not in first and b"***" not in first,
                   "%s: %s begins at line %d" % (case.name, entry["node"], entry["first_line"]))


def check(tap):
    """All of them."""
    tap.same(rk_dmabuf.header(b"SGLIST"), rk_dmabuf.header(b"AttachedDevices").replace(
        b" AttachedDevices", b"   SGLIST"), "dev and sgt share their header")
    for group in (check_population, check_nodes, check_tree, check_hostile):
        group(tap)
