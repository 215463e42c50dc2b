# SPDX-License-Identifier: MIT
"""Every node that `gen NODE` can write, each a function of the options that yields chunks of bytes."""

import random

import bufinfo
import cma
import fdinfo_maps
import ion
import mpp
import population
import rga_drm
import rk_dma_heap
import rk_dmabuf
from model import (CmaArea, Contig, DrmClient, DrmRegion, Fd, Heap, IonClient, IonHeap, IonOrphan,
                   Mapping, MppSession, Process, RgaHandle)

MIB = 1 << 20
PAGE = 4096


def _buffers(opt):
    return population.buffers(opt.buffers, opt.seed, opt.bits, opt.generation, opt.distinct_names)


def _total(opt):
    return sum(buf.size for buf in _buffers(opt))


def _heap(opt):
    """A heap of contiguous buffers, packed; every ninth allocation is not a dma-buf."""
    heap, address = Heap(b"rk-dma-heap-cma"), 0x02800000
    for i, buf in enumerate(_buffers(opt)):
        length = -(-buf.size // PAGE) * PAGE
        if i % 9 == 8:
            heap.contiguous.append(Contig(b"ffa00000.rkisp", address, length))
        else:
            buf.exporter, buf.size, buf.address = heap.name, length, address
            heap.buffers.append(buf)
        address += length
    heap.pages = [Contig(b"rockit", None, PAGE * 4)]
    return heap


def _area(opt):
    rng, pages = random.Random(opt.seed), max(256, opt.buffers)
    return CmaArea(b"rk-dma-heap-cma", 0x2800, pages, opt.order,
                   rng.getrandbits(max(1, pages >> opt.order)))


def _sessions(opt):
    """Sessions of twenty buffers; every fourth is an encoder, every seventh has a stale slot."""
    iova, index, session = 0xfe000000, 0, None
    for i, buf in enumerate(_buffers(opt)):
        if i % 20 == 0:
            if session:
                yield session
            index += 1
            encoder = index % 4 == 0
            device = b"fdbd0000.rkvenc-core" if encoder else b"fdc38100.rkvdec-core"
            session = MppSession(2000 + index, index, device,
                                 encoder=b"RKVENC" if encoder else None,
                                 items=[(b"width", 3840), (b"height", 2160)] if encoder else [])
            if index % 7 == 0:
                session.unused.append((0, 0))
        iova = (iova - buf.size & 0xffff0000) or 0xfe000000
        session.used.append((iova, buf.size))
    if session:
        yield session


def _handles(opt):
    kinds = ("dma_buf", "virtual", "physical", "dma_buf")
    return [RgaHandle(i + 1, kinds[i % 4], 1 + i % 3, 2, 2000 + i % 50,
                      buf.pointer >> 9 & 0xffffffff, 0xae081f65, 0xeb520000 + i * PAGE, 0,
                      0xbfb01d3d, buf.size) for i, buf in enumerate(_buffers(opt))]


def _ion_heap(opt):
    heap = IonHeap(b"system", deferred=0)
    for i, buf in enumerate(_buffers(opt)):
        name = (buf.name or b"0-kernel").split(b"-", 1)[1]
        if i % 3:
            heap.orphans.append(IonOrphan(name, 300 + i % 90, buf.size))
        else:
            heap.clients.append(IonClient(name, 300 + i % 90, buf.size))
    heap.tail = [ion.pool_line(4, 8, True, False), ion.pool_line(2, 8, False, True)]
    return heap


def _ion_leak(opt):
    orphans = _ion_heap(opt).orphans
    for i, orphan in enumerate(orphans):
        orphan.pointer = population.pointer(i, 32)
    return ion.leak(orphans, b"norheap")


def _process(opt):
    start, process = 0x7f84a5b000, Process(4711, b"holder")
    for i, buf in enumerate(_buffers(opt)):
        length = -(-buf.size // PAGE) * PAGE
        process.mappings.append(Mapping(start, length, buffer=buf, device=(0, 7)))
        start += length
        process.fds.append(Fd(i + 3, buffer=buf))
    return process


def _ranges(opt):
    start = 0
    for i, buf in enumerate(_buffers(opt)):
        length = -(-buf.size // PAGE) * PAGE
        yield start, length, i % 3 != 2
        start += length


def _drm(opt):
    for i, buf in enumerate(_buffers(opt)):
        region = DrmRegion(b"memory", buf.size, 0, buf.size // 2, buf.size)
        yield rga_drm.drm_fdinfo(DrmClient(b"panthor", i + 1, b"fb000000.gpu", None, [region]))


def _trace(opt):
    for i, buf in enumerate(_buffers(opt)):
        yield b"rkipc-%d [000] ..... %d.%06d: %b\n" % (
            2000 + i % 9, i // 50, i * 20000 % 1000000,
            fdinfo_maps.tracepoint(b"dma_buf_export", buf))


def _sgt(opt):
    return rk_dmabuf.sgt(_buffers(opt), opt.bits, opt.phys_bits)


def _memblock(opt):
    ranges = [(start, length) for start, length, used in _ranges(opt) if used]
    return rk_dmabuf.memblock(ranges, opt.bits)


def _rk_dma_heap(opt):
    return rk_dma_heap.info([_heap(opt)], opt.heap_version, opt.bits, opt.phys_bits)


def _fdinfo(opt):
    return (fdinfo_maps.fdinfo(fd, opt.generation) for fd in _process(opt).fds)


def _maps(opt):
    return [fdinfo_maps.maps(_process(opt), opt.generation, opt.bits)]


def _cma_file(name):
    return lambda opt: [cma.debugfs(_area(opt))[name]]


NODES = {
    "dev": lambda opt: rk_dmabuf.dev(_buffers(opt), opt.bits),
    "sgt": _sgt,
    "size": lambda opt: [rk_dmabuf.size(_total(opt))],
    "peak": lambda opt: [rk_dmabuf.peak(_total(opt))],
    "memblock": _memblock,
    "rk_dma_heap": _rk_dma_heap,
    "rk_total_pools_kb": lambda opt: [rk_dma_heap.total_pools_kb(_total(opt))],
    "alloc_bitmap": lambda opt: [cma.rk_cma(_area(opt))],
    "rk_cma": lambda opt: [cma.rk_cma(_area(opt))],
    "cma_used": _cma_file("used"),
    "cma_bitmap": _cma_file("bitmap"),
    "mpp": lambda opt: mpp.sessions_summary(_sessions(opt), opt.bits),
    "mpp_4_19": lambda opt: mpp.sessions_summary_4_19(_sessions(opt)),
    "mpp_guide": lambda opt: mpp.sessions_summary_guide(
        (s.device, sum(size for _, size in s.used) >> 10) for s in _sessions(opt)),
    "mpp_load": lambda opt: [mpp.load([(b"fdbd0000.rkvenc-core", 1134, 1108)])],
    "rga": lambda opt: rga_drm.mm_session(_handles(opt), bits=opt.bits),
    "rga_load": lambda opt: [rga_drm.load([(b"rga3_core0", 0), (b"rga2", 7)],
                                          [(1, 2037, b"mpv")])],
    "mm_dump": lambda opt: rga_drm.mm_dump(list(_ranges(opt))),
    "gem_names": lambda opt: rga_drm.gem_names(
        (i + 1, buf.size, 1, buf.refs) for i, buf in enumerate(_buffers(opt))),
    "drm_fdinfo": _drm,
    "bufinfo": lambda opt: bufinfo.bufinfo(_buffers(opt), opt.generation, opt.bits),
    "bpf": lambda opt: bufinfo.bpf_iterator(_buffers(opt)),
    "fdinfo": _fdinfo,
    "maps": _maps,
    "trace": _trace,
    "ion": lambda opt: ion.heap_3_10(_ion_heap(opt), opt.bits),
    "ion_3_0_8": lambda opt: ion.heap_3_0_8(_ion_heap(opt)),
    "ion_3_0": lambda opt: ion.heap_3_0(_ion_heap(opt)),
    "ion_leak": _ion_leak,
    "ion_bitmap": lambda opt: ion.heap_bitmap(_area(opt)),
    "ion_client": lambda opt: ion.client((b"system", buf.size) for buf in _buffers(opt)),
}
