# SPDX-License-Identifier: MIT
"""The RV1106 listing of Rockchip's allocator guide, restored from a table of facts.

The guide (Rockchip Linux Memory Allocator, V1.0.0, June 2022, chapter 4.1) prints one read of
rk-dma-heap-info on an RV1106.  The table below is what a reader of its damaged text can take from
it; facts_agree() holds it against every number the guide prints redundantly.
"""

from model import Buffer, Contig, Heap
import rk_dma_heap

HEAP = b"rk-dma-heap-cma"
TOTAL = 0x1634000
TOTAL_KIB = 22736
ENC, ISP = b"ffa50000.rkvenc", b"ffa00000.rkisp"

# inode, name, start, end, size, KiB, devices
DMA_BUFS = [
    (5656, b"vmpi", 0x03e1b000, 0x03e33fff, 0x00019000, 100, []),
    (5655, b"vmpi", 0x03e02000, 0x03e1afff, 0x00019000, 100, [ENC]),
    (5654, b"vmpi", 0x03d96000, 0x03e01fff, 0x0006c000, 432, []),
    (5653, b"vmpi", 0x03d86000, 0x03d95fff, 0x00010000, 64, []),
    (5652, b"vmpi", 0x03d76000, 0x03d85fff, 0x00010000, 64, [ENC, ENC]),
    (5637, b"vmpi", 0x03c76000, 0x03d75fff, 0x00100000, 1024, [ENC, ENC]),
    (5636, b"vmpi", 0x03c74000, 0x03c75fff, 0x00002000, 8, [ENC]),
    (5635, b"vmpi", 0x03c72000, 0x03c73fff, 0x00002000, 8, [ENC]),
    (5626, b"vmpi", 0x03c40000, 0x03c71fff, 0x00032000, 200, [ENC]),
    (5625, b"vmpi", 0x03c3f000, 0x03c3ffff, 0x00001000, 4, [ENC]),
    (5624, b"vmpi", 0x03c37000, 0x03c3efff, 0x00008000, 32, [ENC]),
    (5623, b"vmpi", 0x03c36000, 0x03c36fff, 0x00001000, 4, [ENC]),
    (5622, b"vmpi", 0x03c2e000, 0x03c35fff, 0x00008000, 32, [ENC]),
    (5621, b"vmpi", 0x03b64000, 0x03c2dfff, 0x000ca000, 808, [ENC]),
    (5610, b"vmpi", 0x03acf000, 0x03b63fff, 0x00095000, 596, [ISP, ENC, ISP, ISP, ISP]),
    (5609, b"vmpi", 0x03ac0000, 0x03acefff, 0x0000f000, 60, [ENC]),
    (5608, b"vmpi", 0x03ab1000, 0x03abffff, 0x0000f000, 60, [ENC]),
    (5607, b"vmpi", 0x038ef000, 0x03ab0fff, 0x001c2000, 1800, [ENC]),
    (5606, b"vmpi", 0x038ed000, 0x038eefff, 0x00002000, 8, [ENC]),
    (5605, b"vmpi", 0x038b3000, 0x038ecfff, 0x0003a000, 232, [ENC]),
    (5604, b"vmpi", 0x038b1000, 0x038b2fff, 0x00002000, 8, [ENC]),
    (5603, b"vmpi", 0x03877000, 0x038b0fff, 0x0003a000, 232, [ENC]),
    (5602, b"vmpi", 0x0324e000, 0x03876fff, 0x00629000, 6308, [ENC]),
    (5586, b"ff660000.npu", 0x0308c000, 0x030f7fff, 0x0006c000, 432, []),
    (5585, b"ff660000.npu", 0x03087000, 0x0308bfff, 0x00005000, 20, []),
    (5584, b"ff660000.npu", 0x03082000, 0x03086fff, 0x00005000, 20, []),
    (5583, b"ff660000.npu", 0x0307d000, 0x03081fff, 0x00005000, 20, []),
    (5582, b"ff660000.npu", 0x0306b000, 0x0307cfff, 0x00012000, 72, []),
    (5581, b"ff660000.npu", 0x03059000, 0x0306afff, 0x00012000, 72, []),
    (5580, b"ff660000.npu", 0x03047000, 0x03058fff, 0x00012000, 72, []),
    (5579, b"ff660000.npu", 0x02e5f000, 0x03046fff, 0x001e8000, 1952, []),
    (5328, b"vmpi", 0x02800000, 0x02802fff, 0x00003000, 12, []),
]

# owner, start, end, size, KiB
CONTIGUOUS = [
    (b"ffa00000.rkisp", 0x02803000, 0x02813fff, 0x00011000, 68),
    (b"ffa00000.rkisp", 0x02814000, 0x02824fff, 0x00011000, 68),
    (b"ffa00000.rkisp", 0x02825000, 0x02825fff, 0x00001000, 4),
    (b"ffa00000.rkisp", 0x02826000, 0x02826fff, 0x00001000, 4),
    (b"ffa00000.rkisp", 0x02827000, 0x02dddfff, 0x005b7000, 5852),
    (b"ffa00000.rkisp", 0x02dde000, 0x02e4efff, 0x00071000, 452),
    (b"rkisp-vir0", 0x02e4f000, 0x02e52fff, 0x00004000, 16),
    (b"rkisp-vir0", 0x02e53000, 0x02e56fff, 0x00004000, 16),
    (b"rkisp-vir0", 0x02e57000, 0x02e5afff, 0x00004000, 16),
    (b"rkisp-vir0", 0x02e5b000, 0x02e5efff, 0x00004000, 16),
    (b"ffa00000.rkisp", 0x030f8000, 0x03249fff, 0x00152000, 1352),
    (b"ffa00000.rkisp", 0x0324a000, 0x0324dfff, 0x00004000, 16),
]


def facts_agree():
    """What in the table contradicts itself; an empty list if nothing does."""
    wrong = []
    ranges = [row[2:6] for row in DMA_BUFS] + [row[1:5] for row in CONTIGUOUS]
    for start, end, size, kib in ranges:
        if end - start + 1 != size or size != kib * 1024:
            wrong.append("%#x: range, size and KiB disagree" % start)
    ordered = sorted(ranges)
    for (_, end, _, _), (start, _, _, _) in zip(ordered, ordered[1:]):
        if start <= end:
            wrong.append("%#x: overlaps the range before it" % start)
    total = sum(size for _, _, size, _ in ranges)
    if total != TOTAL or total != TOTAL_KIB * 1024:
        wrong.append("sum %#x, not %#x" % (total, TOTAL))
    if len(DMA_BUFS) != 32 or len(CONTIGUOUS) != 12:
        wrong.append("not 32 dma-bufs and 12 contiguous allocations")
    return wrong


def heap():
    """The heap of the listing as a model."""
    buffers = [Buffer(ino=ino, name=name, exporter=HEAP, size=size, address=start,
                      attachments=list(devices))
               for ino, name, start, _, size, _, devices in DMA_BUFS]
    contiguous = [Contig(owner, start, size) for owner, start, _, size, _ in CONTIGUOUS]
    return Heap(HEAP, buffers, contiguous)


def listing():
    """The restored node: generation v2, 32-bit addresses."""
    return b"".join(rk_dma_heap.info([heap()], "v2", bits=32))
