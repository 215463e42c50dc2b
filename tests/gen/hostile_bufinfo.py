# SPDX-License-Identifier: MIT
"""Hostile cases of bufinfo and of what processes show: lines 1 to 4, 11 and 12 of the checklist."""

import bufinfo
import fdinfo_maps
import paste
from facts import Case, damaged, devices, hexed, text
from hostile_rk import GPU, DISPLAY, NAMES, SIZES
from model import Buffer, Fd, Fence, Mapping, Process

NODE = "bufinfo"
LAYOUTS = ("5.2", "rk4.19", "5.10", "6.1", "qcom-4.14", "qcom")
FENCES = [Fence(b"write", b"drm_sched", b"gfx", 12146, True),
          Fence(b"write", b"drm_sched", b"gfx", 12147, False),
          Fence(b"read", b"rockchip", b"vop port 0", 31, True),
          Fence(b"read", b"v3d", b"v3d_render", 4294967296, False)]


def _row(buf, generation):
    columns = bufinfo.GENERATIONS[generation].columns
    row = {"exporter": text(buf.exporter), "size_bytes": buf.size, "flags": buf.flags,
           "mode": buf.mode, "refs": buf.refs, "devices": devices(buf.attachments),
           "fences": len(buf.fences)}
    if columns not in ("5", "qcom6"):
        row["ino"] = buf.ino
    if columns != "5":
        row |= {"name": text(buf.name)} | hexed("name", buf.name)
    return row


def bufinfo_facts(buffers, generation):
    """Facts of a bufinfo; lines that a name with newlines adds are damaged, the row itself is not."""
    shown = [buf for buf in buffers if not buf.lock_failed]
    total = sum(buf.size for buf in shown)
    return {"buffers": len(shown), "total_bytes": total, "reported_bytes": total,
            "size_is_exact": True, "generation": generation,
            "rows": [_row(buf, generation) for buf in shown],
            "damaged_lines": _name_lines(buffers, generation)}


def _name_lines(buffers, generation):
    found, number = [], 4
    render = bufinfo.row(generation)
    for buf in buffers:
        if buf.lock_failed:
            number += 1
            continue
        extra = render(buf).count(b"\n") - 1
        found += damaged(number + 1, number + extra, "part of the name of inode %d" % buf.ino)
        number += extra + 4 + len(buf.fences) + len(buf.attachments)
    return found


def node_text(buffers, generation):
    """The node as one text."""
    return b"".join(bufinfo.bufinfo(buffers, generation))


def _case(name, checklist, buffers, generation, note=""):
    return Case(name, checklist, NODE, node_text(buffers, generation),
                bufinfo_facts(buffers, generation), note)


def plain_buffers():
    """Four buffers, one of them unnamed, one with fences and devices."""
    return [
        Buffer(0, 520340, b"359-allocator@4.0-s", b"system-uncached", 1781760, 4,
               attachments=[DISPLAY], fences=FENCES[:1]),
        Buffer(0, 520339, None, b"rockchipdrm", 57344, 1),
        Buffer(0, 520012, b"474-c2@1.1-service", b"system-uncached-dma32", 3133440, 10,
               attachments=[GPU, DISPLAY, GPU]),
        Buffer(0, 519001, b"", b"drm", 4096, 12),
    ]


def _layout_cases():
    cases = []
    for generation in LAYOUTS:
        buffers = plain_buffers()
        exact, facts = node_text(buffers, generation), bufinfo_facts(buffers, generation)
        expanded = paste.expand_tabs(exact)
        slug = "bufinfo-%s" % generation

        def add(kind, content, note=""):
            cases.append(Case("%s-%s" % (slug, kind), 11, NODE, content, facts, note))

        add("tabs", exact)
        add("tabs-expanded", expanded)
        add("mail-wrapped", paste.mail_wrap(expanded), "rows broken at 72 columns")
        add("no-blank-lines", paste.drop_blank_lines(exact))
        add("no-header", paste.drop_lines(exact, 3))
        add("no-header-tabs-expanded", paste.drop_lines(expanded, 3))
        cases.append(_case("%s-header-only" % slug, 1, [], generation))
    return cases


def _name_cases():
    cases = []
    for generation in ("rk4.19", "5.10", "6.1"):
        named = [Buffer(0, 900 - i, name, b"system", 4096, attachments=[GPU])
                 for i, name in enumerate(NAMES.values())]
        cases.append(_case("bufinfo-%s-names" % generation, 2, named, generation))
    forged = {
        "device": b"x\n\tAttached Devices:\n\tevil",
        "end-of-block": b"x\nTotal 9 devices attached\n",
        "end-of-node": b"x\n\nTotal 1 objects, 1 bytes",
        "row-begin": b"x\n99999999\t00000002\t00080007",
        "title": b"x\n\nDma-buf Objects:\nsize",
    }
    for what, name in forged.items():
        buffers = [Buffer(0, 12, b"good", b"system", 8192, attachments=[GPU]),
                   Buffer(0, 11, name[:31], b"system", 4096, attachments=[DISPLAY]),
                   Buffer(0, 10, b"after", b"system", 12288)]
        case = _case("bufinfo-forged-%s" % what, 2, buffers, "6.1",
                     "a name of inode 11 forges lines; all three buffers and both devices are true")
        case.facts["forged"] = [text(line) for line in name[:31].split(b"\n")[1:] if line]
        cases.append(case)
    return cases


def _other_cases():
    devices_buffers = [
        Buffer(0, 3, b"a", b"system", 4096, attachments=[GPU, GPU, GPU]),
        Buffer(0, 2, b"b", b"system", 4096, attachments=[b"dev%d" % i for i in range(100)]),
        Buffer(0, 1, b"c", b"system", 4096)]
    sizes = [Buffer(0, i + 1, None, b"system", size) for i, size in enumerate(SIZES.values())]
    locked = plain_buffers()
    locked[1].lock_failed = True
    long_counts = [Buffer(0, 123456789012, b"x", b"system", 4096, 123456789, 0o2000002)]
    cases = [
        _case("bufinfo-devices", 3, devices_buffers, "6.1"),
        _case("bufinfo-sizes", 4, sizes, "6.1", "8 digits are a minimum"),
        _case("bufinfo-wide-numbers", 4, long_counts, "6.1"),
        _case("bufinfo-locking-error", 11, locked, "5.2",
              "the skipped buffer is in neither total: unknown, not absent"),
        Case("bufinfo-no-final-newline", 1, NODE,
             paste.no_final_newline(node_text(plain_buffers(), "6.1")),
             bufinfo_facts(plain_buffers(), "6.1")),
    ]
    for generation in ("5.10", "5.17", "6.1", "6.18"):
        buffers = [Buffer(0, 7, b"fenced", b"drm", 8294400, 3, attachments=[GPU], fences=FENCES),
                   Buffer(0, 6, b"free", b"drm", 4096)]
        cases.append(_case("bufinfo-%s-fences" % generation, 12, buffers, generation,
                           "a fence is no device, and a timeline may hold blanks"))
    return cases


def _process_tree(generation):
    """One process that holds a buffer of every name, by descriptor and by mapping."""
    process, start = Process(4711, b"kworker) R 1 (", 1, 900), 0x7f80000000
    names = dict(NAMES, **{"forged keys": b"x\nsize:\t9\ncount:\t9\nino:\t9",
                           "forged exporter": b"x\nexp_name:\tevil\npos:\t1",
                           "deleted": b"12-a (deleted)"})
    buffers = [Buffer(0, 50 + i, name and name[:32], b"system", 8192, 2)
               for i, name in enumerate(names.values())]
    for i, buf in enumerate(buffers):
        process.fds.append(Fd(3 + i, buffer=buf))
        process.mappings.append(Mapping(start + i * 8192, 8192, buffer=buf, device=(0, 7)))
    base = "proc/4711/"
    files = {base + "comm": process.comm + b"\n", base + "stat": fdinfo_maps.stat(process),
             base + "maps": fdinfo_maps.maps(process, generation)}
    for fd in process.fds:
        files[base + "fdinfo/%d" % fd.number] = fdinfo_maps.fdinfo(fd, generation)
    links = {base + "fd/%d" % fd.number: fdinfo_maps.link_text(fd, generation)
             for fd in process.fds}
    rows = [{"ino": fd.buffer.ino, "fd": fd.number, "name": text(fd.buffer.name),
             "exporter": "system", "size_bytes": 8192, "refs": 2, "mappings": 1,
             "mapped_bytes": 8192} | hexed("name", fd.buffer.name) for fd in process.fds]
    return files, links, {"pid": process.pid, "task": text(process.comm), "buffers": len(rows),
                          "total_bytes": 8192 * len(rows), "rows": rows}


def _process_cases():
    cases = []
    for generation in ("5.10", "6.1"):
        files, links, facts = _process_tree(generation)
        case = Case("process-%s-names" % generation, 2, "tree", files, facts,
                    "every key counts once, its first occurrence; %s" %
                    ("no ino: before 5.14" if generation == "5.10" else "ino comes first"))
        case.links = links
        cases.append(case)
    return cases


def cases():
    """All of them."""
    return _layout_cases() + _name_cases() + _other_cases() + _process_cases()
