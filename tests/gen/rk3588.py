# SPDX-License-Identifier: MIT
"""The RK3588 samples: the guide's numbers as captured facts, and a listing made to tell its leak.

The guide (Rockchip Linux DMABUF, V1.0.0, May 2022) prints totals only.  The listing is built from the
sizes, names, exporters and device columns of the real RK3588 capture; 20 x 2628 + 10 x 1260 +
7 x 56 KiB is the guide's 65552 KiB, and seven more frames of 2628 KiB its 83948 KiB.
"""

import random

from model import Buffer
import rk_dmabuf

KIB = 1024
BEFORE_KIB, AFTER_KIB, PEAK_MIB, DECODER_KIB = 65552, 83948, 1544, 699760
PROMPT = b"console:/ # "

GPU, DISPLAY = b"fb000000.gpu", b"display-subsystem"
DECODER, IEP = b"fdc38100.rkvdec-core", b"fdbb0000.iep"
ALLOCATOR = (b"402-allocator@4.0-s", b"system-uncached")
CODEC = (b"474-c2@1.1-service", b"rockchipdrm")

# The device columns the real capture shows for each size.
FRAME_DEVICES = [[GPU, DISPLAY, GPU], [DISPLAY, GPU], [GPU, DISPLAY, GPU],
                 [GPU, DISPLAY, GPU], [DISPLAY, GPU]]
VIDEO_DEVICES = [[IEP, DECODER, GPU, DISPLAY], [IEP, GPU, DECODER, DISPLAY],
                 [IEP, DECODER, GPU, DISPLAY], [DECODER, GPU, DISPLAY], [GPU, DECODER, DISPLAY]]
CODEC_DEVICES = [[DECODER]]

CLASSES = {
    "frame": (ALLOCATOR, 2628 * KIB, FRAME_DEVICES),
    "video": (ALLOCATOR, 1260 * KIB, VIDEO_DEVICES),
    "codec": (CODEC, 56 * KIB, CODEC_DEVICES),
}
BEFORE = ["frame"] * 20 + ["video"] * 10 + ["codec"] * 7
LEAKED = ["frame"] * 7


def _buffers(kinds, rng, taken):
    """Buffers of these kinds, each at its own address of the kernel's linear map."""
    for kind in kinds:
        (name, exporter), size, devices = CLASSES[kind]
        pointer = None
        while pointer is None or pointer in taken:
            pointer = 0xffffff8000000000 | rng.randrange(1 << 24) << 9
        taken.add(pointer)
        yield Buffer(pointer=pointer, name=name, exporter=exporter, size=size,
                     attachments=list(rng.choice(devices)))


def leak():
    """The buffers before and after, newest first; those of before are all still there after."""
    rng, taken = random.Random(3588), set()
    kinds = BEFORE[:]
    rng.shuffle(kinds)
    before = list(_buffers(kinds, rng, taken))
    after = list(_buffers(LEAKED, rng, taken)) + before
    return before, after


def _total_kib(buffers):
    return sum(buf.size for buf in buffers) // KIB


def _prompted(path, text):
    return PROMPT + b"cat " + path + b"\n" + text


def leak_samples():
    """The made before/after pair, by path below samples/."""
    files = {}
    states = zip(("before", "after"), (b"log0", b"log1"), leak(), (BEFORE_KIB, AFTER_KIB),
                 (BEFORE_KIB >> 10, PEAK_MIB))
    for state, log, buffers, total_kib, peak_mib in states:
        assert _total_kib(buffers) == total_kib
        dev = b"".join(rk_dmabuf.dev(buffers))
        root = "rk3588-leak/%s/proc/rk_dmabuf/" % state
        files[root + "size"] = rk_dmabuf.size(total_kib * KIB)
        files[root + "peak"] = rk_dmabuf.peak(peak_mib << 20)
        files[root + "dev"] = dev
        files["rk3588-leak/%s.log" % log.decode()] = _prompted(b"/proc/rk_dmabuf/dev", dev)
    return files


def video_samples():
    """The guide's own numbers, by path below samples/: three moments of its case."""
    return {
        "rk3588-video/before/proc/rk_dmabuf/size": rk_dmabuf.size(BEFORE_KIB * KIB),
        "rk3588-video/playing/proc/mpp_service/sessions-summary":
            b"fdc38100.rkvdec-core Total: %d KiB\n" % DECODER_KIB,
        "rk3588-video/playing/proc/rk_dmabuf/peak": rk_dmabuf.peak(PEAK_MIB << 20),
        "rk3588-video/after/proc/rk_dmabuf/size": rk_dmabuf.size(AFTER_KIB * KIB),
    }
