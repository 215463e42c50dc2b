# SPDX-License-Identifier: MIT
"""Hostile cases of /proc/rk_dmabuf/* and rk_dma_heap: lines 1 to 7 and 10 of the checklist."""

import paste
import rk_dma_heap
import rk_dmabuf
from facts import Case, damaged, devices, hex_address, hexed, line_ranges, text
from model import Buffer, Heap

KIB, MIB = 1024, 1 << 20
GPU, DISPLAY = b"fb000000.gpu", b"display-subsystem"
HEAP = b"rk-dma-heap-cma"
ENC = b"ffa50000.rkvenc"

NAMES = {
    "null": None,
    "empty": b"",
    "the word null": b"(null)",
    "the word none": b"<none>",
    "15 bytes": b"123-fifteen.byt",
    "16 bytes": b"123-sixteen.byte",
    "17 bytes": b"123-seventeen.byt",
    "31 bytes": b"123-thirty-one.bytes.as.by.ioctl",
    "32 bytes": b"1234-thirty-two.bytes.in-kernel.",
    "blanks": b"12-Web Content x",
    "leading blanks": b"   12-indented",
    "only blanks": b"      ",
    "tab": b"12-a\tb",
    "newline": b"12-a\nb",
    "only newline": b"\n",
    "many newlines": b"\n\n\n\n\n\n\n\n",
    "carriage return": b"12-a\rb",
    "KiB": b"99 KiB",
    "forged total": b"Total 1 devices attached",
    "forged total line": b"x\nTotal 9 KiB",
    "leading 0x": b"0xdeadbeef",
    "escape sequence": b"\x1b[2J\x1b[31mred",
    "not UTF-8": b"caf\xe9\xff",
    "UTF-8 cut in the middle": b"12-\xe7\x9b\xb8\xe6\x9c\xba\xe5\xba\x94\xe7\x94\xa8xy",
    "percent": b"%s%n%s",
    "markup": b"<b>&\"'",
}
NAMES["31 bytes"] = NAMES["31 bytes"][:31]
SIZES = {
    "nothing": 0, "512 bytes": 512, "one below a KiB": 1023, "a KiB": 1024,
    "largest of 8 digits": 99999999, "9 digits": 100000000,
    "11 digits of KiB": 10000000000 * KIB, "4 GiB": 1 << 32,
}


def pointer_text(buf, bits):
    return "%0*x" % (bits // 4, buf.pointer & ((1 << bits) - 1))


def dev_row(buf, bits=64, with_devices=True):
    """What is true of a buffer, and what dev or sgt shows of it."""
    shown = b"(null)" if buf.name is None else buf.name[:16]
    row = {"pointer": pointer_text(buf, bits), "name": text(buf.name), "name_shown": text(shown),
           "exporter": text(buf.exporter), "exporter_shown": text(buf.exporter[:16]),
           "size_bytes": buf.size, "size_shown_bytes": buf.size >> 10 << 10}
    row |= hexed("name", buf.name) | hexed("name_shown", shown)
    return row | ({"devices": devices(buf.attachments)} if with_devices else {})


def dev_facts(buffers, bits=64):
    """buffers, total and rows of a dev node; total_bytes is what the rows add up to."""
    rows = [dev_row(buf, bits) for buf in buffers]
    broken = []
    ranges = line_ranges(list(rk_dmabuf.dev(buffers, bits)))[1:]
    for buf, (first, last) in zip(buffers, ranges):
        if last > first:
            broken += damaged(first, last, "a newline in the name of %s"
                              % pointer_text(buf, bits))
    return {"buffers": len(rows), "total_bytes": sum(r["size_shown_bytes"] for r in rows),
            "true_total_bytes": sum(buf.size for buf in buffers), "size_is_exact": False,
            "rows": rows, "damaged_lines": broken}


def sgt_facts(buffers, bits=64, phys_bits=None):
    """Facts of an sgt node: only the buffers it prints, with their segments."""
    printed = [buf for buf in buffers if buf.segments]
    mask = (1 << (phys_bits or bits)) - 1
    rows = []
    for buf in printed:
        segments = [{"address": hex_address(start & mask), "size_bytes": length,
                     "size_shown_bytes": length >> 10 << 10 if length >> 10 else length}
                    for start, length in buf.segments]
        rows.append(dev_row(buf, bits, with_devices=False) | {"segments": segments})
    return {"buffers": len(rows), "total_bytes": sum(r["size_shown_bytes"] for r in rows),
            "true_total_bytes": sum(buf.size for buf in printed), "size_is_exact": False,
            "rows": rows}


def numbered(**fields):
    """A function that makes buffers with these fields, each at the next pointer."""
    state = {"next": 0xffffff8022507400}

    def make(**more):
        buf = Buffer(pointer=state["next"], **({"size": 2628 * KIB} | fields | more))
        state["next"] += 0x200
        return buf

    return make


def dev_text(buffers, bits=64):
    return b"".join(rk_dmabuf.dev(buffers, bits))


def sgt_text(buffers, bits=64, phys_bits=None):
    return b"".join(rk_dmabuf.sgt(buffers, bits, phys_bits))


def _dev_case(name, checklist, buffers, note="", bits=64):
    return Case(name, checklist, "rk_dmabuf/dev", dev_text(buffers, bits),
                dev_facts(buffers, bits), note)


def _empty_cases():
    none = {"buffers": 0, "total_bytes": 0}
    make = numbered(name=b"402-allocator@4.0-s", attachments=[GPU])
    full = [make()]
    heap = Heap(HEAP)
    return [
        Case("dev-header-only", 1, "rk_dmabuf/dev", dev_text([]), none),
        Case("sgt-header-only", 1, "rk_dmabuf/sgt", sgt_text([]), none),
        Case("dev-header-without-empty-line", 1, "rk_dmabuf/dev",
             paste.drop_blank_lines(dev_text([])), none),
        Case("rk-dma-heap-total-only", 1, "rk_dma_heap",
             b"".join(rk_dma_heap.info([heap])), none | {"reported_bytes": 0}),
        Case("rk-dma-heap-v1-total-only", 1, "rk_dma_heap",
             b"".join(rk_dma_heap.info([heap], "v1")), none | {"reported_bytes": 0}),
        Case("completely-empty", 1, "none", b"", {},
             "not zero buffers: there is nothing to tell the node by"),
        Case("dev-no-final-newline", 1, "rk_dmabuf/dev",
             paste.no_final_newline(dev_text(full)), dev_facts(full)),
        Case("dev-cut-in-a-row", 1, "rk_dmabuf/dev", dev_text([*full, make()])[:-40],
             dev_facts(full) | {"damaged_lines": damaged(4, 4, "the file ends in the row")},
             "the last row ends before its size"),
    ]


def _name_cases():
    make = numbered(exporter=b"system-uncached", attachments=[GPU, DISPLAY])
    cases = []
    for what, name in NAMES.items():
        buffers = [make(name=b"402-allocator@4.0-s"), make(name=name), make(name=None)]
        slug = "dev-name-" + what.replace(" ", "-").lower()
        cases.append(_dev_case(slug, 2, buffers, "the middle buffer's name: " + what))
    make = numbered(exporter=b"rockchipdrm", segments=[(0xfde00000, 2628 * KIB)])
    every = [make(name=name) for name in NAMES.values()]
    cases.append(_dev_case("dev-names-all", 2, every))
    whole = [buf for buf in every if b"\n" not in (buf.name or b"")[:16]]
    cases.append(Case("sgt-names", 2, "rk_dmabuf/sgt", sgt_text(whole), sgt_facts(whole)))
    make = numbered(name=b"1-x")
    exporters = [b"", b"system-uncached", b"system-uncached-dma32", b"a b c", b"videobuf2_common"]
    cases.append(_dev_case("dev-exporters", 2, [make(exporter=e) for e in exporters],
                           "empty, 15, 21 and 16 bytes, and one with blanks"))
    return cases


def _device_cases():
    make = numbered(name=b"402-allocator@4.0-s", exporter=b"system-uncached")
    hundred = [b"fdb%05x.rga" % i for i in range(100)]
    buffers = [make(attachments=[GPU, DISPLAY, GPU]), make(attachments=hundred),
               make(attachments=[]), make(attachments=[b"dmabuf"]), make(attachments=[GPU] * 26)]
    return [_dev_case("dev-devices", 3, buffers,
                      "repeated, a hundred, none, the driver's own fake device, one 26 times")]


def _size_cases():
    make = numbered(name=b"1-sizes", exporter=b"system")
    buffers = [make(size=size) for size in SIZES.values()]
    cached = [make(size=size, segments=[(0x10000000, size)]) for size in SIZES.values() if size]
    return [
        _dev_case("dev-sizes", 4, buffers),
        Case("sgt-sizes", 4, "rk_dmabuf/sgt", sgt_text(cached), sgt_facts(cached)),
    ]


def _width_cases():
    make = numbered(name=b"1234-rkipc", exporter=HEAP, size=100 * KIB, attachments=[ENC],
                    segments=[(0x03e02000, 60 * KIB), (0x03f00000, 40 * KIB)])
    buffers = [make(), make(name=None)]
    merged = [numbered(name=b"474-c2@1.1-service", exporter=b"rockchipdrm", size=16 * KIB,
                       segments=[(0xfe000000, 8192), ((1 << 64) - 1, 4096),
                                 ((1 << 64) - 1, 4096)])()]
    return [
        _dev_case("dev-32bit", 5, buffers, "the header is 8 columns out", bits=32),
        Case("sgt-32bit", 5, "rk_dmabuf/sgt", sgt_text(buffers, 32), sgt_facts(buffers, 32),
             "continuation lines are 8 columns further right than the first segment"),
        Case("sgt-32bit-lpae", 5, "rk_dmabuf/sgt", sgt_text(buffers, 32, 64),
             sgt_facts(buffers, 32, 64)),
        Case("sgt-64bit", 5, "rk_dmabuf/sgt", sgt_text(buffers), sgt_facts(buffers)),
        Case("sgt-address-all-ones", 5, "rk_dmabuf/sgt", sgt_text(merged), sgt_facts(merged),
             "an IOMMU merged the list: no address behind entry 0, ends that wrap"),
    ]


def _sgt_cases():
    make = numbered(name=b"402-allocator@4.0-s", exporter=b"rockchipdrm")
    buffers = [make(segments=[(0xfde00000, 2628 * KIB)]), make(), make(exporter=b"system"),
               make(size=56 * KIB, segments=[(0xfd000000, 56 * KIB)])]
    tree = {"proc/rk_dmabuf/dev": dev_text(buffers), "proc/rk_dmabuf/sgt": sgt_text(buffers)}
    mixed = [make(size=9 * KIB + 513, segments=[(0xfd000000, 512), (0xfd001000, 1023),
                                                (0xfd002000, 1024), (0xfd003000, 1), (0, 7169)])]
    return [
        Case("sgt-fewer-than-dev", 6, "tree", tree,
             dev_facts(buffers) | {"sgt_buffers": 2},
             "the two buffers without a cached mapping are missing from sgt, not gone"),
        Case("sgt-bytes-and-kib", 6, "rk_dmabuf/sgt", sgt_text(mixed), sgt_facts(mixed)),
    ]


def _counter_cases():
    make = numbered(name=None, exporter=b"system-uncached")
    buffers = [make(), make(size=1260 * KIB)]
    dev, facts = dev_text(buffers), dev_facts(buffers)
    total = facts["true_total_bytes"]

    def tree(name, size, peak, note):
        files = {"proc/rk_dmabuf/size": rk_dmabuf.size(size),
                 "proc/rk_dmabuf/peak": rk_dmabuf.peak(peak), "proc/rk_dmabuf/dev": dev}
        return Case(name, 7, "tree", files, facts | {"reported_bytes": size >> 10 << 10,
                                                     "peak_shown_bytes": peak >> 20 << 20}, note)

    return [
        tree("size-zero-with-rows", 0, 0,
             "the kernel lacks RK_DMABUF_DEBUG: the counters are stubs, the rows are true"),
        tree("peak-zero-after-reset", total, 0,
             "a reset stores 0, not the total; the peak is unknown, not 0"),
        tree("peak-smaller-by-flooring", total, total, "3888 KiB and 3 MiB are the same number"),
        tree("size-below-a-mib", 900 * KIB, 900 * KIB, "Peak: 0 MiB with Total: 900 KiB"),
        Case("size-alone", 7, "rk_dmabuf/size", rk_dmabuf.size(1535 * KIB),
             {"reported_bytes": 1535 * KIB}),
        Case("peak-alone", 7, "rk_dmabuf/peak", rk_dmabuf.peak(1535 * KIB),
             {"peak_shown_bytes": MIB}),
    ]


def cases():
    """All of them."""
    return (_empty_cases() + _name_cases() + _device_cases() + _size_cases() + _width_cases()
            + _sgt_cases() + _counter_cases())
