# SPDX-License-Identifier: MIT
"""The node dma_heap_info of the RV1103/RV1106 heaps (the guide: rk-dma-heap-info), three generations.

v1: debugfs only, no padding, no KiB; the name is the allocating comm the heap keeps.  v2: names padded
to 20, sizes in hex and KiB.  v3: loose pages as well.
"""

import collections

from kprintf import compile, kprintf, wrap_end

ALLOC = {
    "v1": b"\tAlloc by (%s)\t[%pa-%pa]\t%pa\n",
    "v2": b"\tAlloc by (%-20s)\t[%pa-%pa]\t%pa (%lu KiB)\n",
}
PAGES = b"\tAlloc by (%-20s)\t%lx (%lu KiB)\n"


def _alloc_line(version, bits, phys_bits):
    form = compile(ALLOC["v1" if version == "v1" else "v2"], bits, phys_bits)

    def render(owner, start, length):
        end = wrap_end(start, length, phys_bits)
        if version == "v1":
            return form(owner, start, end, length)
        return form(owner, start, end, length, length >> 10)

    return render


def body(buf, listed, alloc_line):
    """What follows the heap's name: the dma-buf, the range of a private list entry of its inode."""
    lines = [kprintf(b"\ti_ino = %lu\n", buf.ino),
             alloc_line(buf.name, listed.address, listed.size),
             b"\t\tAttached Devices:\n"]
    lines += [b"\t\t%b\n" % device for device in buf.attachments]
    lines.append(kprintf(b"Total %d devices attached\n\n", len(buf.attachments)))
    return lines


def _heap(heap, version, alloc_line):
    private = collections.defaultdict(list)
    for buf in heap.buffers:
        if not buf.unlisted:
            private[buf.ino].append(buf)
    for index, buf in enumerate(heap.buffers):
        yield b"dma-heap:<%b> -dmabuf" % heap.name
        # None on the list: no line end, the next header runs on.  Two of one inode: two bodies.
        for listed in private[buf.ino]:
            lines = body(buf, listed, alloc_line)
            if index == heap.interrupted_at:
                lines = lines[:3]
            yield from lines
        if index == heap.interrupted_at:
            break       # the rest of this heap's dma-bufs is missing
    for contig in heap.contiguous:
        yield b"dma-heap:<%b> -non dmabuf\n" % heap.name
        yield alloc_line(contig.owner, contig.start, contig.size)
    if version == "v3":
        for pages in heap.pages:
            yield kprintf(PAGES, pages.owner, pages.size, pages.size >> 10)


def info(heaps, version="v2", bits=32, phys_bits=None):
    """dma_heap_info, in chunks."""
    alloc_line = _alloc_line(version, bits, phys_bits or bits)
    for heap in heaps:
        yield from _heap(heap, version, alloc_line)
    total = sum(heap.counted() for heap in heaps)
    if version == "v1":
        yield kprintf(b"\nTotal : 0x%lx\n", total, bits=bits)
    else:
        yield kprintf(b"\nTotal : 0x%lx (%lu KiB)\n", total, total >> 10, bits=bits)


def total_pools_kb(pool_bytes):
    """/sys/kernel/rk_dma_heap/rk_total_pools_kb."""
    return b"%d\n" % (pool_bytes // 1024)
