# SPDX-License-Identifier: MIT
"""Hold the generators against texts written out by hand: the printf rules, an example of every node."""

import bufinfo
import cma
import fdinfo_maps
import ion
import mpp
import rga_drm
import rk_dma_heap
import rk_dmabuf
from kprintf import FormatError, compile, kprintf
from model import (Buffer, CmaArea, Contig, DrmClient, DrmRegion, Fd, Fence, Heap, IonClient,
                   IonHeap, IonOrphan, Mapping, MppSession, Process, RgaHandle)

KIB = 1024
DEV_HEADER = (b"          DMABUF NAME             EXPORT                 SIZE:KiB AttachedDevices\n"
              b"\n")
SGT_HEADER = b"          DMABUF NAME             EXPORT                 SIZE:KiB   SGLIST\n\n"


def check_printf(tap):
    """The rules of the kernel's own printf."""
    rules = [
        (b"%s", [None], {}, b"(null)"),
        (b"%-16.16s|", [None], {}, b"(null)          |"),
        (b"%.3s", [None], {}, b"(nu"),
        (b"%16.s", [b"surfaceflinger"], {}, b"  surfaceflinger"),
        (b"%16.s", [b"longer than sixteen bytes"], {}, b"longer than sixteen bytes"),
        (b"%-16.16s|", [b"359-allocator@4.0-s"], {}, b"359-allocator@4.|"),
        (b"%-8s|%8s", [b"ninebytes", b"ninebytes"], {}, b"ninebytes|ninebytes"),
        (b"%px", [0xffffff8022507400], {}, b"ffffff8022507400"),
        (b"%px", [0xc2507400], {"bits": 32}, b"c2507400"),
        (b"%p", [0x9f1263d7], {}, b"000000009f1263d7"),
        (b"%pa", [0xfde00000], {}, b"0x00000000fde00000"),
        (b"%pa", [0x03e02000], {"bits": 32}, b"0x03e02000"),
        (b"%pa", [0x03e02000], {"bits": 32, "phys_bits": 64}, b"0x0000000003e02000"),
        (b"%08zu %10lu", [123456789, 12345678901], {}, b"123456789 12345678901"),
        (b"0x%x %d", [-127, -127], {}, b"0xffffff81 -127"),
        (b"%d%%", [7], {}, b"7%"),
    ]
    for form, args, width, wanted in rules:
        tap.same(kprintf(form, *args, **width), wanted, "printf %s" % form.decode())
    try:
        compile(b"%pU")(b"x")
        tap.ok(False, "printf refuses a conversion it does not know")
    except FormatError:
        tap.ok(True, "printf refuses a conversion it does not know")


def check_rk_dmabuf(tap):
    """size, peak, dev, sgt, memblock."""
    frame = Buffer(0xffffff8022507400, 0, b"402-allocator@4.0-s", b"system-uncached", 2628 * KIB,
                   attachments=[b"fb000000.gpu", b"display-subsystem", b"fb000000.gpu"])
    unnamed = Buffer(0xffffff819883e200, 0, None, b"rockchipdrm", 56 * KIB)
    codec = Buffer(0xffffff819883e200, 0, b"474-c2@1.1-service", b"rockchipdrm", 56 * KIB,
                   segments=[(0xfde00000, 32 * KIB), (0xfde08000, 24 * KIB)])
    rkipc = Buffer(0xc2507400, 0, b"1234-rkipc", b"rk-dma-heap-cma", 100 * KIB,
                   attachments=[b"ffa50000.rkvenc"])
    tap.same(rk_dmabuf.size(1536 * KIB - 1), b"Total: 1535 KiB\n", "size is floored")
    tap.same(rk_dmabuf.peak(1535 * KIB), b"Peak: 1 MiB\n", "peak is floored")
    tap.same(b"".join(rk_dmabuf.dev([frame, unnamed])), DEV_HEADER +
             b"ffffff8022507400 402-allocator@4. system-uncached        2628 KiB fb000000.gpu "
             b"display-subsystem fb000000.gpu\n"
             b"ffffff819883e200 (null)           rockchipdrm              56 KiB\n", "dev")
    tap.same(b"".join(rk_dmabuf.dev([rkipc], 32)), DEV_HEADER +
             b"c2507400 1234-rkipc       rk-dma-heap-cma         100 KiB ffa50000.rkvenc\n",
             "dev on 32-bit")
    pad = b" " * 65
    tap.same(b"".join(rk_dmabuf.sgt([frame, codec])), SGT_HEADER +
             b"ffffff819883e200 474-c2@1.1-servi rockchipdrm              56 KiB   0: "
             b"0x00000000fde00000..0x00000000fde07fff (        32 KiB)\n" + pad +
             b"   1: 0x00000000fde08000..0x00000000fde0dfff (        24 KiB)\n", "sgt")
    tap.same(b"".join(rk_dmabuf.memblock([(0x200000, 2160640 * KIB)])),
             b"   0: 0x0000000000200000..0x0000000083ffffff (   2160640 KiB)\n"
             b"Total: 2160640 KiB\n", "memblock")


def check_rk_dma_heap(tap):
    """dma_heap_info in three generations, and what the same inode twice does."""
    name = b"rk-dma-heap-cma"
    buf = Buffer(0, 5655, b"vmpi", name, 100 * KIB, attachments=[b"ffa50000.rkvenc"],
                 address=0x03e02000)
    heap = Heap(name, [buf], [Contig(b"ffa00000.rkisp", 0x02803000, 68 * KIB)],
                [Contig(b"rockit", None, 16 * KIB)], total=0x2a000)
    middle = (b"\t\tAttached Devices:\n\t\tffa50000.rkvenc\nTotal 1 devices attached\n\n"
              b"dma-heap:<rk-dma-heap-cma> -non dmabuf\n")
    tap.same(b"".join(rk_dma_heap.info([heap])),
             b"dma-heap:<rk-dma-heap-cma> -dmabuf\ti_ino = 5655\n"
             b"\tAlloc by (vmpi                )\t[0x03e02000-0x03e1afff]\t0x00019000 (100 KiB)\n"
             + middle +
             b"\tAlloc by (ffa00000.rkisp      )\t[0x02803000-0x02813fff]\t0x00011000 (68 KiB)\n"
             b"\nTotal : 0x2a000 (168 KiB)\n", "rk_dma_heap v2")
    tap.same(b"".join(rk_dma_heap.info([heap], "v1")),
             b"dma-heap:<rk-dma-heap-cma> -dmabuf\ti_ino = 5655\n"
             b"\tAlloc by (vmpi)\t[0x03e02000-0x03e1afff]\t0x00019000\n" + middle +
             b"\tAlloc by (ffa00000.rkisp)\t[0x02803000-0x02813fff]\t0x00011000\n"
             b"\nTotal : 0x2a000\n", "rk_dma_heap v1")
    v3 = b"".join(rk_dma_heap.info([heap], "v3"))
    tap.ok(v3.endswith(b"\tAlloc by (rockit              )\t4000 (16 KiB)\n"
                       b"\nTotal : 0x2a000 (168 KiB)\n"), "rk_dma_heap v3 ends with page lines")
    heap.buffers = [buf, Buffer(0, 5655, b"two", name, 4096, address=0x03f00000)]
    twice = b"".join(rk_dma_heap.info([heap]))
    tap.ok(twice.count(b"i_ino = 5655\n") == 4 and twice.count(b"-dmabuf\t") == 2,
           "rk_dma_heap: one inode twice, two headers, four bodies")


def check_cma(tap):
    """rk_cma, debugfs and sysfs of one area."""
    area = CmaArea(b"cma", 0x10000, 16384, 6, (1 << 96) - 1)
    tap.same(cma.rk_cma(area), b"Total: 65536 KiB\n Used: 24576 KiB\n\n"
             b"FFFFFFFF FFFFFFFF FFFFFFFF 00000000 00000000 00000000 00000000 00000000\n", "rk_cma")
    odd = CmaArea(b"cma", 0, 9 * 32, 0, 1 | 1 << 256)
    tap.same(cma.bitmap_hex(odd), b"00000001" + b" 00000000" * 7 + b"\n00000001\n",
             "rk_cma: eight words a line, one line end after the last")
    files = cma.debugfs(area)
    tap.same(files["bitmap"], b"4294967295 4294967295 4294967295 0 0 0 0 0\n", "cma bitmap")
    tap.same(files["used"] + files["maxchunk"], b"6144\n10240\n", "cma used and maxchunk in pages")
    tap.same(cma.sysfs(area, 7, 0, 1)["available_pages"], b"10240\n", "cma sysfs")


def check_mpp(tap):
    """sessions-summary, load and supports-device."""
    rows = [(0xfe000000, 12152 * KIB), (0xfb000000, 12152 * KIB)]
    session = MppSession(3964, 11, b"fdbd0000.rkvenc-core", rows, encoder=b"RKVENC",
                         items=[(b"width", 3840), (b"height", 2160), (b"format", b"h265")])
    tap.same(b"".join(mpp.sessions_summary([session])),
             b"session iova range dump:\n"
             b"   0: 0x00000000fe000000..0x00000000febddfff (     12152 KiB)\n"
             b"   1: 0x00000000fb000000..0x00000000fbbddfff (     12152 KiB)\n"
             b"session: pid=3964 index=11\n device: fdbd0000.rkvenc-core\n memory: 23 MiB\n"
             + b"-" * 108 + b"\n| session|  device|   width|  height|  format|\n"
             b"|      11|  RKVENC|    3840|    2160|    h265|\n", "sessions-summary")
    stale = MppSession(1, 2, b"x", [(4096, 512)], [(0, 0)])
    tap.same(b"".join(mpp.sessions_summary([stale])),
             b"session iova range dump:\n"
             b"   0: 0x0000000000001000..0x00000000000011ff (       512 Bytes)\n"
             b"   0: 0x0000000000000000..0xffffffffffffffff (         0 Bytes)\n"
             b"session: pid=1 index=2\n device: x\n memory: 0 MiB\n", "sessions-summary, stale slot")
    tap.same(mpp.load([(b"fdbd0000.rkvenc-core", 1134, 1108)]),
             b"fdbd0000.rkvenc-core      load:  11.34% utilization:  11.08%\n", "mpp load")
    tap.same(mpp.supports_device([(9, b"RKVDEC", 0x53813f05), (16, b"RKVENC", 0)]),
             b"---- SUPPORT DEVICES ----\nDEVICE[ 9]:RKVDEC    HW_ID:0x53813f05\n"
             b"DEVICE[16]:RKVENC    \n", "supports-device")


def check_rga_drm(tap):
    """mm_session, mm_dump, gem_names and DRM fdinfo."""
    handle = RgaHandle(170, "dma_buf", 3, 2, 2037, 0x9f1263d7, 0, 0xeb520000, 0, 0xbfb01d3d, 8110080)
    tap.same(b"".join(rga_drm.mm_session([handle])),
             b"rga_mm dump:\nbuffer count = 1\n" + b"=" * 63 +
             b"\nhandle = 170 refcount = 3 mm_flag = 0x2\ttgid = 2037\ndma_buffer:\n"
             b"\t dma_buf = 000000009f1263d7, iova = 0xeb520000sgt = 0x00000000bfb01d3d, "
             b"size = 8110080, map_core = 0x1\n" + b"-" * 63 + b"\n", "rga mm_session")
    tap.same(b"".join(rga_drm.mm_dump([(0, 4096, True), (4096, 8192, False)])),
             b"0x0000000000000000-0x0000000000001000: 4096: used\n"
             b"0x0000000000001000-0x0000000000003000: 8192: free\n"
             b"total: 12288, used 4096 free 8192\n", "mm_dump")
    tap.same(b"".join(rga_drm.gem_names([(1, 8294400, 2, 3)])),
             b"  name     size handles refcount\n     1  8294400       2        3\n", "gem_names")
    client = DrmClient(b"v3d", 7, None, None, [DrmRegion(b"memory", 3 << 20, 4097, 0, 1 << 40)])
    tap.same(rga_drm.drm_fdinfo(client),
             b"drm-driver:\tv3d\ndrm-client-id:\t7\ndrm-total-memory:\t3 MiB\n"
             b"drm-shared-memory:\t4097\ndrm-active-memory:\t0\n"
             b"drm-resident-memory:\t1048576 MiB\n", "DRM fdinfo")


def check_bufinfo(tap):
    """A row of every generation, a fence of every style, an empty node."""
    named = Buffer(0, 520340, b"359-allocator@4.0-s", b"system-uncached", 1781760, 4,
                   attachments=[b"display-subsystem"],
                   fences=[Fence(b"write", b"drm_sched", b"gfx", 12146, True)])
    unnamed = Buffer(0, 7, None, b"drm", 4096, 12)
    tap.same(b"".join(bufinfo.bufinfo([named], "6.1")),
             b"\nDma-buf Objects:\nsize    \tflags   \tmode    \tcount   \texp_name\tino     \tname\n"
             b"01781760\t00000002\t00080007\t00000004\tsystem-uncached\t00520340\t"
             b"359-allocator@4.0-s\n"
             b"\twrite fence:drm_sched gfx seq 12146 signalled\n\tAttached Devices:\n"
             b"\tdisplay-subsystem\nTotal 1 devices attached\n\n\nTotal 1 objects, 1781760 bytes\n",
             "bufinfo 6.1")
    numbers = b"00004096\t00000002\t00080007\t00000012\t"
    rows = {"5.2": b"drm\n", "rk4.19": b"drm" + b" " * 57 + b"\t00000007\t\n",
            "5.10": b"drm\t00000007\t\n", "6.1": b"drm\t00000007\t<none>\n",
            "qcom-4.14": b"drm         \t(null)\n"}
    for generation, wanted in rows.items():
        tap.same(bufinfo.row(generation)(unnamed), numbers + wanted,
                 "bufinfo %s, an unnamed buffer" % generation)
    fence = Fence(b"read", b"drv", b"time line", 9, False)
    styles = {"old": b"\tShared fence: drv time line unsignalled\n",
              "seq": b"\tShared fence: drv time line seq 9 unsignalled\n",
              "new": b"\tread fence:drv time line seq 9 unsignalled\n",
              "detached": b"\tread fence:drv time line seq 9 unsignalled\n"}
    for style, wanted in styles.items():
        tap.same(bufinfo.fence_line(fence, style), wanted, "fence, %s" % style)
    fence.signalled = True
    tap.same(bufinfo.fence_line(fence, "detached"),
             b"\tread fence:detached-driver signaled-timeline seq 9 signalled\n", "fence, detached")
    tap.same(b"".join(bufinfo.bpf_iterator([Buffer(0, 3, b"a\nb", b"system", 9), unnamed])),
             b"3\n9\na b\nsystem\n7\n4096\n\ndrm\n", "BPF iterator")


def check_processes(tap):
    """fdinfo, links, maps, stat, tracepoints."""
    buf = Buffer(0, 7, b"a\nb c", b"system", 8192, 2)
    fd = Fd(5, buffer=buf, mount=8)
    part = b"size:\t8192\ncount:\t2\nexp_name:\tsystem\nname:\ta\nb c\n"
    tap.same(fdinfo_maps.fdinfo(fd, "6.1"), b"pos:\t0\nflags:\t02000002\nmnt_id:\t8\nino:\t7\n" + part,
             "fdinfo 6.1")
    tap.same(fdinfo_maps.fdinfo(fd, "5.10"), b"pos:\t0\nflags:\t02000002\nmnt_id:\t8\n" + part,
             "fdinfo 5.10 has no ino")
    tap.same(fdinfo_maps.fdinfo(fd, "5.2"), b"pos:\t0\nflags:\t02000002\nmnt_id:\t8\n",
             "fdinfo 5.2 has nothing of the dma-buf")
    tap.same(fdinfo_maps.link_text(fd, "5.10") + b"|" + fdinfo_maps.link_text(fd, "5.2"),
             b"/dmabuf:a\nb c|anon_inode:dmabuf", "link text, not escaped")
    long_name = Fd(6, buffer=Buffer(name=b"1234567" + b"x" * 25))
    tap.same(fdinfo_maps.link_text(long_name, "5.10") + fdinfo_maps.link_text(long_name, "6.1"),
             b"/dmabuf:1234567" + b"x" * 24 + b"/dmabuf:", "link text of a name of 32 bytes")
    mapping = Mapping(0x76fd0000, 8192, device=(0, 5), buffer=buf)
    line = fdinfo_maps.maps_line(mapping, "5.10", 32)
    tap.same(line, b"76fd0000-76fd2000 rw-s 00000000 00:05 7".ljust(49) + b"/dmabuf:a\\012b c\n",
             "maps on 32-bit, the newline escaped")
    process = Process(4711, b"a) R (b", 1, 900)
    tap.ok(fdinfo_maps.stat(process).startswith(b"4711 (a) R (b) S 1 ")
           and fdinfo_maps.stat(process).rsplit(b")", 1)[1].split()[19] == b"900",
           "stat: start time is field 22, counted from the last parenthesis")
    tap.same(fdinfo_maps.tracepoint(b"dma_buf_fd", buf, 9),
             b"dma_buf_fd: exp_name=system size=8192 ino=7 fd=9", "tracepoint")


def check_ion(tap):
    """The heap files of 3.10 and 3.0, leak, bitmap."""
    rule = b"-" * 52 + b"\n"
    head = b"          client              pid             size\n" + rule
    heap = IonHeap(b"system", [IonClient(b"surfaceflinger", 611, 50642944), IonClient(b"z", 1, 0)],
                   [IonOrphan(b"composer@2.2-se", 3306, 8294400)], deferred=0)
    totals = (rule + b"  total orphaned          8294400\n          total          58937344\n"
              b"   deferred free                0\n" + rule)
    tap.same(b"".join(ion.heap_3_10(heap)), head +
             b"  surfaceflinger              611         50642944\n" + rule +
             b"orphaned allocations (info is from last known client):\n"
             b" composer@2.2-se             3306          8294400 0 1\n" + totals, "ion heap 3.10")
    heap.orphans[0].pointer = 0xd0a91c00
    tap.ok(b" 3306          8294400 0xd0a91c00 0 1\n" in b"".join(ion.heap_3_10(heap, 32)),
           "ion heap 3.10, Rockchip: a pointer before the counts")
    tap.same(b"".join(ion.heap_3_0(heap)), b"-" * 49 + b"\n"
             b"          client              pid          size(K)\n"
             b"  surfaceflinger              611            49456\n", "ion heap 3.0")
    tap.same(b"".join(ion.leak(heap.orphans, b"norheap")),
             b"          buffer             heap          size(K)        ref_count\n"
             b"        d0a91c00          norheap             8100                1\n", "ion leak")
    area = CmaArea(b"cma", 0x60000, 512, 0, 0xdeadbeef | 1 << 511)
    zeros = b"00000000 " * 7
    tap.same(b"".join(ion.heap_bitmap(area)), b"cma Heap bitmap:\n"
             b"0002M@0x60100000: 80000000 " + zeros.rstrip() + b"\n"
             b"0001M@0x60000000: " + zeros + b"deadbeef\n"
             b"Heap size: 2M, Heap base: 0x60000000\n", "ion bitmap")


def check(tap):
    """All examples."""
    for group in (check_printf, check_rk_dmabuf, check_rk_dma_heap, check_cma, check_mpp,
                  check_rga_drm, check_bufinfo, check_processes, check_ion):
        group(tap)
