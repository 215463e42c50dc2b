# SPDX-License-Identifier: MIT
"""Hold the generators against the real captures: models written by hand, rendered, compared bytewise.

Only the damage that captures/INDEX.md names is applied to what was rendered.
"""

import pathlib

import bufinfo
import fdinfo_maps
import paste
import rk_dmabuf
import samples
import rv1106
from model import Buffer, Fd, Fence, Mapping

SAMPLES = pathlib.Path(__file__).resolve().parents[2] / "samples"
KIB = 1024
GPU, DISPLAY = b"fb000000.gpu", b"display-subsystem"
DECODER, IEP = b"fdc38100.rkvdec-core", b"fdbb0000.iep"

# pointer, kind, devices of the RK3588 capture
RK3588_ROWS = [
    (0xffffff8022507400, "frame", [GPU, DISPLAY, GPU]),
    (0xffffff8143313a00, "frame", [GPU, DISPLAY, GPU]),
    (0xffffff819883e200, "codec", [DECODER]),
    (0xffffff819daddc00, "frame", [DISPLAY, GPU]),
    (0xffffff80364ec200, "frame", [GPU, DISPLAY, GPU]),
    (0xffffff819dac0400, "frame", [GPU, DISPLAY, GPU]),
    (0xffffff81032a1400, "frame", [DISPLAY, GPU]),
    (0xffffff8102c5a400, "video", [IEP, DECODER, GPU, DISPLAY]),
    (0xffffff8102c59800, "video", [IEP, GPU, DECODER, DISPLAY]),
    (0xffffff81049b9000, "video", [IEP, DECODER, GPU, DISPLAY]),
    (0xffffff800f84de00, "video", [DECODER, GPU, DISPLAY]),
    (0xffffff800f84c400, "video", [GPU, DECODER, DISPLAY]),
]
RK3588_KINDS = {    # the names whole, as the other nodes would show them: here they must be cut
    "frame": (b"402-allocator@4.0-s", b"system-uncached", 2628 * KIB),
    "video": (b"402-allocator@4.0-s", b"system-uncached", 1260 * KIB),
    "codec": (b"474-c2@1.1-service", b"rockchipdrm", 56 * KIB),
}


def _capture(name):
    return (SAMPLES / "captures" / name).read_bytes()


def rk3588():
    """The RK3588 dev capture: a prompt padded by the terminal, then the node."""
    buffers = []
    for pointer, kind, devices in RK3588_ROWS:
        name, exporter, size = RK3588_KINDS[kind]
        buffers.append(Buffer(pointer, 0, name, exporter, size, attachments=devices))
    node = b"".join(rk_dmabuf.dev(buffers))
    return paste.prompt(node, b"/proc/rk_dmabuf/dev", b"130|rk3588_s_evb7:/ # ", b" " * 145)


def rpi4():
    """The Raspberry Pi 4 bufinfo: first two lines lost, tabs expanded."""
    v3d = b"fec00000.v3d"
    rows = [(9, b"v3d_tfu", 2), (9, b"v3d_tfu", 2), (5, b"v3d_render", 1), (5, b"v3d_tfu", 1)]
    buffers = [Buffer(exporter=b"drm", size=8294400, refs=refs, flags=0, mode=0x80005,
                      attachments=[v3d] * devices,
                      fences=[Fence(b"write", b"drm_sched", timeline, 0, True)])
               for refs, timeline, devices in rows]
    return paste.expand_tabs(paste.drop_lines(b"".join(bufinfo.bufinfo(buffers, "5.2")), 2))


def asahi():
    """The Apple M1 bufinfo: prompt, tabs expanded, cut behind the fifth row."""
    display = [b"soc:display-subsystem"]
    rows = [(1064960, 125955, 9, [5809165, 5808999], display),
            (1064960, 125953, 9, [5809174, 5809053], display),
            (23068672, 125950, 3, [5802117, 5802012], []),
            (23068672, 125948, 3, [2694494], []), (23805952, 125947, 10, [], [])]
    buffers = [Buffer(0, ino, None, b"drm", size, refs, 0, 0x80005, devices,
                      fences=[Fence(b"write", b"drm_sched", b"asahi_sched", seq, True)
                              for seq in fences])
               for size, ino, refs, fences, devices in rows]
    node = paste.expand_tabs(b"".join(bufinfo.bufinfo(buffers, "6.1")))
    row = node.index(b"23805952")
    cut = node[:node.index(b"\n", row) + 1]
    return paste.prompt(cut, b"/sys/kernel/debug/dma_buf/bufinfo",
                        b"[root@mkurz-macbook-pro mkurz]# ")


# Of the three emulated machines: what differs, and what the log holds besides nodes.
MAINLINE = {
    "5.10": {
        "generation": "5.10", "exporter": b"heap_helpers", "inodes": (23, 24), "mode": 0x80007,
        "mount": 8, "map": (0x7f90ddf000, (0, 7)),
        "head": b"Linux (none) 5.10.262 #1 SMP Sat Nov 21 18:56:46 UTC 2026 aarch64 GNU/Linux\n",
        "misc": 62, "heaps": [b"reserved", b"system"], "sizes": (80, 12060),
        "sysfs_before": b"ls: /sys/kernel/dmabuf: No such file or directory\n",
        "sysfs_after": b"ls: /sys/kernel/dmabuf/buffers: No such file or directory\n",
    },
    "6.1": {
        "generation": "6.1", "exporter": b"system", "inodes": (1, 2), "mode": 0x80007,
        "mount": 8, "map": (0x7f84a5b000, (0, 7)),
        "head": b"Linux (none) 6.1.192 #1 SMP Sat Nov 21 18:53:05 UTC 2026 aarch64 GNU/Linux\n",
        "misc": 126, "heaps": [b"reserved", b"system"], "sizes": (80, 11980),
        "sysfs_before": b"buffers\n", "sysfs_after": b"1  2\n",
    },
    "7.3": {
        "generation": "6.1", "exporter": b"system", "inodes": (1, 2), "mode": 0x2080007,
        "mount": 13, "map": (0xffff964ab000, (0, 11)),
        "head": b"Linux (none) 7.3.4 #1 SMP PREEMPT Sat Nov 21 19:06:54 UTC 2026 aarch64 "
                b"GNU/Linux\n",
        "misc": 257, "heaps": [b"default_cma_region", b"reserved", b"system"],
        "sizes": (100, 12040),
        "sysfs_before": b"ls: /sys/kernel/dmabuf: No such file or directory\n",
        "sysfs_after": b"ls: /sys/kernel/dmabuf/buffers: No such file or directory\n",
    },
}


def _listing(directory, device_numbers, sizes):
    """What `ls -l` of busybox printed for a directory of character devices."""
    lines = [b"\n", b"%b:\n" % directory, b"total 0\n",
             b"drwxr-xr-x    2 0        0        %9d Jan  1 00:00 .\n" % sizes[0],
             b"drwxr-xr-x    4 0        0        %9d Jan  1 00:00 ..\n" % sizes[1]]
    for name, major, minor in device_numbers:
        lines.append(b"crw-------    1 0        0        %4d, %3d Jan  1 00:00 %b\n"
                     % (major, minor, name))
    return b"".join(lines)


def _links(fds, generation):
    """What `ls -l` of busybox printed for the descriptors: a link each, unprintable bytes as ?."""
    text = b"total 0\n"
    for number, target in enumerate([b"/dev/console"] * 3 + [b"/dev/dma_heap/system"]):
        mode = b"lrwx------" if number < 3 else b"lr-x------"
        text += b"%b    1 0        0               64 Jan  1 00:00 %d -> %b\n" % (
            mode, number, target)
    for fd in fds:
        shown = fdinfo_maps.link_text(fd, generation).replace(b"\n", b"?").replace(b"\t", b"?")
        text += b"lrwx------    1 0        0               64 Jan  1 00:00 %d -> %b\n" % (
            fd.number, shown)
    return text


def mainline(series):
    """The whole log of one emulated machine."""
    facts = MAINLINE[series]
    generation = facts["generation"]
    first, second = facts["inodes"]
    plain = Buffer(0, first, None, facts["exporter"], 1048576, 2, mode=facts["mode"])
    evil = Buffer(0, second, b"ev il\nsize:\t9\tx", facts["exporter"], 3133440, 1,
                  mode=facts["mode"])
    fds = [Fd(4, buffer=plain, mount=facts["mount"]), Fd(5, buffer=evil, mount=facts["mount"])]
    start, device = facts["map"]
    mapping = Mapping(start, 8192, device=device, buffer=plain)
    heaps = list(zip(facts["heaps"], [254] * 3, (1, 2) if len(facts["heaps"]) == 3 else (1,)))
    heaps.append((b"system", 254, 0))
    parts = [
        facts["head"],
        b"crw-------    1 0        0          10, %3d Jan  1 00:00 /dev/udmabuf\n" % facts["misc"],
        _listing(b"/dev/dma_heap", heaps, facts["sizes"]),
        _listing(b"/dev/dri", [(b"card0", 226, 0), (b"renderD128", 226, 128)],
                 (80, facts["sizes"][1])),
        *bufinfo.bufinfo([], generation),
        facts["sysfs_before"],
        *(fdinfo_maps.fdinfo(fd, generation) for fd in fds),
        _links(fds, generation),
        fdinfo_maps.maps_line(mapping, generation),
        *bufinfo.bufinfo([evil, plain], generation),
        facts["sysfs_after"],
    ]
    return b"".join(parts)


def check(tap):
    """Captures and samples."""
    whole = {"rk3588-android12-rk_dmabuf-dev.txt": rk3588(),
             "rpi4-4.19-bufinfo.txt": rpi4(), "asahi-m1-bufinfo.txt": asahi()}
    for series in MAINLINE:
        whole["mainline-%s-arm64-system-heap.txt" % series] = mainline(series)
    for name, rendered in whole.items():
        tap.same(rendered, _capture(name), "capture %s" % name)
    present = {path.name for path in (SAMPLES / "captures").glob("*.txt")}
    tap.ok(present == set(whole), "every capture is held against a model",
           "\n".join(sorted(present ^ set(whole))))
    disagreements = rv1106.facts_agree()
    tap.ok(not disagreements, "the RV1106 facts agree with each other", "\n".join(disagreements))
    for name, rendered in samples.made_files().items():
        path = SAMPLES / name
        stored = path.read_bytes() if path.exists() else b"(missing)"
        tap.same(rendered, stored, "sample %s is what the generator writes" % name)
