# SPDX-License-Identifier: MIT
"""The RGA nodes (/proc/rkrga/*) and the DRM ones (debugfs mm_dump, gem_names, and fdinfo)."""

from kprintf import kprintf

EQUALS, DASHES = b"=" * 63 + b"\n", b"-" * 63 + b"\n"
LOAD_TITLE, LOAD_DASHES = b"================= load ==================\n", b"-" * 35 + b"\n"


def _contiguous(handle, bits):
    if handle.contiguous is None:
        return b""
    return kprintf(b"\t is contiguous, pa = 0x%lx\n", handle.contiguous, bits=bits)


def _dma_buf(handle, bits):
    if not handle.valid:
        return b""
    # No separator between the iova's digits and "sgt": so the driver prints it.
    line = kprintf(b"\t dma_buf = %p, iova = 0x%lxsgt = 0x%p, size = %ld, map_core = 0x%x\n",
                   handle.address, handle.iova, handle.sgt, handle.size, handle.core, bits=bits)
    return b"dma_buffer:\n" + line + _contiguous(handle, bits)


def _virtual(handle, bits):
    text = b"virtual address:\n" + kprintf(b"\t va = 0x%lx, pages = 0x%p, size = %ld\n",
                                           handle.address, handle.pages, handle.size, bits=bits)
    if not handle.valid:
        return text
    text += kprintf(b"\t iova = 0x%lx, offset = 0x%lx, sgt = 0x%p, size = %ld, map_core = 0x%x\n",
                    handle.iova, handle.offset, handle.sgt, handle.size, handle.core, bits=bits)
    return text + _contiguous(handle, bits)


def _physical(handle, bits):
    return b"physical address:\n" + kprintf(b"\t pa = 0x%lx\n", handle.address, bits=bits)


KINDS = {
    "dma_buf": _dma_buf,
    "virtual": _virtual,
    "physical": _physical,
    "unknown": lambda handle, bits: b"Illegal external buffer!\n",
}


def mm_session(handles, count=None, bits=64):
    """mm_session, in chunks; count is the driver's own counter where it differs from the list."""
    yield b"rga_mm dump:\nbuffer count = %d\n" % (len(handles) if count is None else count)
    yield EQUALS
    for handle in handles:
        yield kprintf(b"handle = %d refcount = %d mm_flag = 0x%x\ttgid = %d\n",
                      handle.handle, handle.refs, handle.flag, handle.tgid)
        yield KINDS[handle.kind](handle, bits) + DASHES


def driver_version(name=b"RGA multicore Device Driver", version=b"1.2.23"):
    """driver_version."""
    return b"%b: v%b\n" % (name, version)


def load(schedulers, processes):
    """load of driver 1.3.4; schedulers are (name, percent), processes (id, pid, name)."""
    text = b"num of scheduler = %d\n" % len(schedulers) + LOAD_TITLE
    for index, (name, percent) in enumerate(schedulers):
        text += b"scheduler[%d]: %b\n\t load = %d%%\n" % (index, name, percent) + LOAD_DASHES
    for ident, pid, name in processes:
        text += b"\t process %d: pid = %d, name: %b\n" % (ident, pid, name)
    return text


def mm_dump(ranges):
    """dri/<n>/mm_dump; ranges are (start, length, used), adjacent, lowest first."""
    used = sum(length for _, length, is_used in ranges if is_used)
    free = sum(length for _, length, is_used in ranges if not is_used)
    for start, length, is_used in ranges:
        yield kprintf(b"0x%016llx-0x%016llx: %llu: %s\n", start, start + length, length,
                      b"used" if is_used else b"free")
    yield b"total: %d, used %d free %d\n" % (used + free, used, free)


def gem_names(objects):
    """dri/<n>/gem_names; objects are (name, size, handles, refcount)."""
    yield b"  name     size handles refcount\n"
    for entry in objects:
        yield kprintf(b"%6d %8zd %7d %8d\n", *entry)


def _drm_size(size, bare_zero=True):
    """A DRM fdinfo value: divided by 1024 while it divides exactly, at most twice."""
    if size == 0 and not bare_zero:
        return b"0 MiB"
    unit = 0
    while unit < 2 and size and size % 1024 == 0:
        size //= 1024
        unit += 1
    return b"%d%b" % (size, (b"", b" KiB", b" MiB")[unit])


def drm_fdinfo(client, bare_zero=True):
    """The lines a DRM driver adds to fdinfo; bare_zero False is the older 0 MiB."""
    text = b"drm-driver:\t%b\ndrm-client-id:\t%d\n" % (client.driver, client.client_id)
    if client.pdev is not None:
        text += b"drm-pdev:\t%b\n" % client.pdev
    if client.client_name is not None:
        text += b"drm-client-name:\t%b\n" % client.client_name
    for region in client.regions:
        for key in ("total", "shared", "active", "resident", "purgeable"):
            value = getattr(region, key)
            if value is not None:
                text += b"drm-%b-%b:\t%b\n" % (key.encode(), region.name,
                                               _drm_size(value, bare_zero))
    return text
