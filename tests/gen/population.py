# SPDX-License-Identifier: MIT
"""Random but seeded dma-bufs: one seed gives the same buffers, whichever node is rendered."""

import random

from bufinfo import GENERATIONS
from model import Buffer, Fence

KIB = 1024

# Allocating processes as seen in captures and reports: comm, exporter.
ALLOCATORS = (
    (b"allocator@4.0-s", b"system-uncached"), (b"c2@1.1-service", b"rockchipdrm"),
    (b"composer@2.4-se", b"system-uncached-dma32"), (b"surfaceflinger", b"system-uncached"),
    (b"Xorg", b"rockchipdrm"), (b"weston", b"drm"), (b"rkipc", b"rk-dma-heap-cma"),
    (b"gst-launch-1.0", b"rockchipdrm"), (b"ffmpeg", b"system"), (b"cameraserver", b"system"),
    (b"media.codec", b"system-dma32"), (b"chromium", b"drm"), (b"kodi.bin", b"rockchipdrm"),
    (b"mpv", b"system"), (b"rknn_server", b"reserved"), (b"udmabuf-test", b"udmabuf"),
)
SIZES = (4096, 57344, 139264, 1290240, 1781760, 2691072, 3112960, 3133440, 3686400, 8294400,
         12443648, 16588800, 512, 33177600)
DEVICES = (
    (), (b"fb000000.gpu",), (b"display-subsystem", b"fb000000.gpu"),
    (b"fb000000.gpu", b"display-subsystem", b"fb000000.gpu"), (b"fdc38100.rkvdec-core",),
    (b"fdbb0000.iep", b"fdc38100.rkvdec-core", b"fb000000.gpu", b"display-subsystem"),
    (b"fdbd0000.rkvenc-core",), (b"fdb60000.rga", b"fdb60000.rga"),
)
FENCES = (
    (), (), (),
    (Fence(b"write", b"drm_sched", b"gfx", 12146, True),),
    (Fence(b"write", b"drm_sched", b"v3d_render", 977, False),
     Fence(b"read", b"rockchip", b"vop port 0", 31, True)),
)
FIRST_INO_OF_A_BOARD = 20480
CPUS, BATCH = 4, 1024


def owners(distinct_names):
    """(name, exporter) of as many allocating processes."""
    found = []
    for i in range(distinct_names):
        comm, exporter = ALLOCATORS[i % len(ALLOCATORS)]
        found.append((b"%d-%b" % (359 + 13 * i, comm), exporter))
    return found


def pointer(index, bits):
    """A distinct kernel address for each index, in no order."""
    if bits == 64:
        return 0xffffff8000000000 | (index * 0x9e3779b1 & 0xfffffff) << 9
    return 0xc0000000 | (index * 0x9e3779b1 & 0xfffff) << 9


def inode(age, counted):
    """The inode of the age-th buffer since boot: counted, or out of a batch of the CPU that made it."""
    if counted:
        return age + 1
    block, rest = divmod(age, CPUS * BATCH)
    cpu, position = rest % CPUS, rest // CPUS
    return FIRST_INO_OF_A_BOARD + (block * CPUS + cpu) * BATCH + position


def _segments(size, bit_source, start):
    """One to four ranges that cover the size."""
    pages, address, parts = size >> 12, start, []
    for _ in range(bit_source & 3):
        if pages < 2:
            break
        part = pages // 2
        parts.append((address, part << 12))
        address, pages = address + (part << 13), pages - part
    parts.append((address, size - sum(length for _, length in parts)))
    return parts


def buffers(count, seed=1, bits=64, generation="5.10", distinct_names=16):
    """The buffers of a system, newest first, made while they are walked."""
    series, rng = GENERATIONS[generation], random.Random(seed)
    owner_list = owners(distinct_names)
    for i in range(count):
        dice = rng.getrandbits(64)
        name, exporter = owner_list[dice % len(owner_list)]
        size = SIZES[(dice >> 8 & 0xffff) % len(SIZES)]
        cached = exporter in (b"rockchipdrm", b"udmabuf")
        segments = _segments(size, dice >> 30, (dice >> 20 & 0xfffff) << 12) if cached else None
        yield Buffer(
            pointer=pointer(i, bits), ino=inode(count - 1 - i, series.counted_inodes),
            name=None if dice >> 24 & 15 == 0 else name, exporter=exporter, size=size,
            refs=1 + (dice >> 36 & 7), mode=series.mode,
            attachments=DEVICES[(dice >> 40) % len(DEVICES)],
            segments=segments, fences=FENCES[(dice >> 48) % len(FENCES)])
