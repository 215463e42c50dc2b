# SPDX-License-Identifier: MIT
"""Hostile cases of rk_dma_heap: line 10 of the checklist, and the names of line 2."""

import paste
import rk_dma_heap
from facts import Case, damaged, devices, hex_address, hexed, line_ranges, text
from hostile_rk import ENC, HEAP, KIB, NAMES
from model import Buffer, Contig, Heap

ISP = b"ffa00000.rkisp"
NODE = "rk_dma_heap"


def _row(buf):
    row = {"ino": buf.ino, "name": text(buf.name), "exporter": text(buf.exporter),
           "size_bytes": buf.size, "address_start": hex_address(buf.address),
           "address_end": hex_address(buf.address + buf.size - 1),
           "devices": devices(buf.attachments)}
    return row | hexed("name", buf.name)


def heap_facts(heaps):
    """Facts of a dma_heap_info: buffers, contiguous allocations, and the total it reports."""
    buffers = [buf for heap in heaps for buf in heap.buffers]
    contiguous = [x for heap in heaps for x in heap.contiguous]
    pages = [x for heap in heaps for x in heap.pages]
    return {
        "buffers": len(buffers), "total_bytes": sum(buf.size for buf in buffers),
        "rows": [_row(buf) for buf in buffers],
        "contiguous": [{"owner": text(x.owner), "address_start": hex_address(x.start),
                        "address_end": hex_address(x.start + x.size - 1), "size_bytes": x.size}
                       for x in contiguous],
        "contiguous_bytes": sum(x.size for x in contiguous),
        "pages": [{"owner": text(x.owner), "size_bytes": x.size} for x in pages],
        "reported_bytes": sum(heap.counted() for heap in heaps),
    }


def _buffer(i, **fields):
    base = {"ino": 5650 - i, "name": b"vmpi", "exporter": HEAP, "size": 100 * KIB,
            "address": 0x03e00000 - i * 0x100000, "attachments": [ENC]}
    return Buffer(**(base | fields))


def plain_heap():
    """Three dma-bufs, two contiguous allocations, one of loose pages."""
    return Heap(HEAP,
                [_buffer(0), _buffer(1, attachments=[]), _buffer(2, attachments=[ENC, ISP, ENC])],
                [Contig(ISP, 0x02803000, 68 * KIB), Contig(b"rkisp-vir0", 0x02e4f000, 16 * KIB)],
                [Contig(b"rockit", None, 16 * KIB)])


def _without_pages(heap):
    heap.pages = []
    return heap


def info(heaps, version="v2", bits=32, phys_bits=None):
    """The node as one text."""
    return b"".join(rk_dma_heap.info(heaps, version, bits, phys_bits))


def _run_on():
    heap = _without_pages(plain_heap())
    heap.buffers[1].unlisted = True
    facts = heap_facts([heap])
    gone = facts["rows"].pop(1)
    facts |= {"buffers": 2, "total_bytes": facts["total_bytes"] - gone["size_bytes"],
              "unlisted": 1}
    return Case("rk-dma-heap-run-on-header", 10, NODE, info([heap]), facts,
                "the second buffer's header has no line end and no body; the next header follows on "
                "the same line and is good")


def _interrupted():
    heap = _without_pages(plain_heap())
    heap.interrupted_at = 1
    content = info([heap])
    shown = Heap(HEAP, heap.buffers[:2], heap.contiguous)
    return Case("rk-dma-heap-interrupted", 10, NODE, content,
                heap_facts([shown]) | {"reported_bytes": heap.counted(), "partial": True},
                "a signal broke the lock: the second block has no device count, the third buffer is "
                "missing, contiguous blocks and the total follow")


def _same_inode():
    heap = _without_pages(plain_heap())
    heap.buffers[1].ino = heap.buffers[0].ino
    return Case("rk-dma-heap-same-inode", 10, NODE, info([heap]), heap_facts([heap]),
                "two buffers of one inode: each header is followed by two bodies, with both ranges")


def _names():
    heap = Heap(HEAP, [_buffer(i, name=name) for i, name in enumerate(NAMES.values())])
    heap.buffers += [_buffer(60, name=b"a) (b"), _buffer(61, name=b"x)\t[0x00000000-0x0")]
    chunks, facts = list(rk_dma_heap.info([heap])), heap_facts([heap])
    for chunk, (first, last) in zip(chunks, line_ranges(chunks)):
        if chunk.startswith(b"\tAlloc by") and last > first:
            facts.setdefault("damaged_lines", []).extend(
                damaged(first, last, "a newline in the name"))
    return Case("rk-dma-heap-names", 2, NODE, b"".join(chunks), facts)


def _mixed():
    heaps = [plain_heap() for _ in range(3)]
    for i, heap in enumerate(heaps):
        for buf in heap.buffers:
            buf.ino += 100 * i
    heaps[0].pages, heaps[1].pages = [], []
    content = b"".join(info([heap], version) for heap, version in zip(heaps, ("v1", "v2", "v3")))
    facts = heap_facts(heaps)
    facts["reported_bytes"] = [heap.counted() for heap in heaps]
    return Case("rk-dma-heap-v1-v2-v3-mixed", 10, NODE, content, facts,
                "three nodes of three generations one after the other, three Total lines")


def cases():
    """All of them."""
    v2 = _without_pages(plain_heap())
    contiguous = Heap(HEAP, [], plain_heap().contiguous, total=22736 * KIB)
    two = [_without_pages(plain_heap()), Heap(b"second heap", [_buffer(9, exporter=b"second heap")])]
    return [
        Case("rk-dma-heap-v1", 10, NODE, info([v2], "v1"), heap_facts([v2])),
        Case("rk-dma-heap-v2", 10, NODE, info([v2]), heap_facts([v2])),
        Case("rk-dma-heap-v3", 10, NODE, info([plain_heap()], "v3"), heap_facts([plain_heap()])),
        Case("rk-dma-heap-lpae", 10, NODE, info([v2], phys_bits=64), heap_facts([v2])),
        Case("rk-dma-heap-64bit", 10, NODE, info([v2], bits=64), heap_facts([v2])),
        Case("rk-dma-heap-squeezed", 10, NODE, paste.squeeze(info([v2])), heap_facts([v2]),
             "pasted: tabs and padding gone"),
        Case("rk-dma-heap-tabs-expanded", 10, NODE, paste.expand_tabs(info([v2])),
             heap_facts([v2])),
        Case("rk-dma-heap-contiguous-only", 10, NODE, info([contiguous]),
             heap_facts([contiguous]),
             "no debugfs: the dma-bufs are not listed and the total is larger than the list"),
        Case("rk-dma-heap-two-heaps", 10, NODE, info(two), heap_facts(two)),
        _run_on(), _interrupted(), _same_inode(), _names(), _mixed(),
    ]
