# SPDX-License-Identifier: MIT
"""Hostile cases of whole logs: banners, prompts, CRLF, several nodes (line 13 of the checklist)."""

import hostile_bufinfo
import hostile_heap
import hostile_rk
import mpp
import paste
import rk_dmabuf
from facts import Case
from hostile_rk import DISPLAY, GPU, KIB, numbered
from model import MppSession

NOISE = (b"[  123.456789] rk_iommu fdc38700.iommu: Page fault at 0x00000000fe000000 of type read\n"
         b"01-02 03:04:05.678   402   402 D allocator: Total 3 devices attached\n"
         b"\n"
         b"ffffff80deadbe00 is not a row of anything\n")


def _buffers():
    make = numbered(exporter=b"system-uncached")
    return [make(name=b"402-allocator@4.0-s", attachments=[GPU, DISPLAY, GPU]),
            make(name=b"474-c2@1.1-service", exporter=b"rockchipdrm", size=56 * KIB,
                 segments=[(0xfde00000, 32 * KIB), (0xfde08000, 24 * KIB)]),
            make(name=None, size=1260 * KIB)]


def _nodes():
    """(path, node, text, facts) of the nodes a log script prints."""
    rows, heap = _buffers(), hostile_heap.plain_heap()
    heap.pages = []
    total = sum(buf.size for buf in rows)
    session = MppSession(3964, 11, b"fdc38100.rkvdec-core", [(0xfe000000, 12152 * KIB)])
    listed = hostile_bufinfo.plain_buffers()
    return [
        (b"/proc/rk_dmabuf/size", "rk_dmabuf/size", rk_dmabuf.size(total),
         {"reported_bytes": total}),
        (b"/proc/rk_dmabuf/peak", "rk_dmabuf/peak", rk_dmabuf.peak(total),
         {"peak_shown_bytes": total >> 20 << 20}),
        (b"/proc/rk_dmabuf/dev", "rk_dmabuf/dev", hostile_rk.dev_text(rows),
         hostile_rk.dev_facts(rows)),
        (b"/proc/rk_dmabuf/sgt", "rk_dmabuf/sgt", hostile_rk.sgt_text(rows),
         hostile_rk.sgt_facts(rows)),
        (b"/proc/rk_dma_heap/dma_heap_info", "rk_dma_heap", hostile_heap.info([heap]),
         hostile_heap.heap_facts([heap])),
        (b"/proc/mpp_service/sessions-summary", "mpp/sessions-summary",
         b"".join(mpp.sessions_summary([session])), {"sessions": 1}),
        (b"/sys/kernel/debug/dma_buf/bufinfo", "bufinfo",
         hostile_bufinfo.node_text(listed, "5.10"),
         hostile_bufinfo.bufinfo_facts(listed, "5.10")),
    ]


def _log(name, nodes, decorate, note="", finish=lambda content: content):
    """A log of these nodes, and where in it each of them stands."""
    content, placed = b"", []
    for path, node, body, facts in nodes:
        whole = decorate(body, path)
        first = content.count(b"\n") + whole[:whole.index(body)].count(b"\n") + 1
        placed.append({"node": node, "first_line": first,
                       "last_line": first + body.count(b"\n") - 1} | facts)
        content += whole
    facts = {"nodes": placed}
    if len(placed) == 1:
        facts |= {key: value for key, value in nodes[0][3].items()}
    return Case(name, 13, "log", finish(content), facts, note)


def cases():
    """All of them."""
    nodes = _nodes()
    dev = [nodes[2]]

    def noisy(body, path):
        return NOISE + paste.banner(body, path) + NOISE

    def prompted(body, path):
        return paste.prompt(body, path)

    def padded(body, path):
        return paste.prompt(body, path, b"130|rk3588_s_evb7:/ # ", b" " * 60)

    return [
        _log("log-prompt", dev, prompted),
        _log("log-prompt-with-blanks", dev, padded, "a terminal padded the first line"),
        _log("log-prompt-behind", dev, lambda body, path: prompted(body, path) + b"console:/ # \n"),
        _log("log-prompt-glued", dev, lambda body, path: prompted(body, path) + b"console:/ # "),
        _log("log-root-prompt", dev,
             lambda body, path: paste.prompt(body, path, b"[root@board tmp]# ")),
        _log("log-banner-stars", nodes, lambda body, path: paste.banner(body, path)),
        _log("log-banner-equals", nodes, lambda body, path: paste.banner(body, path, b"=")),
        _log("log-many-nodes", nodes, prompted, "seven nodes, a prompt before each"),
        _log("log-many-nodes-bare", nodes, lambda body, path: body, "seven nodes, nothing between"),
        _log("log-noise-around", nodes, noisy, "kernel and logcat lines that look a little like rows"),
        _log("log-crlf", nodes, prompted, "CRLF line ends", paste.crlf),
        _log("log-crlf-dev", dev, lambda body, path: body, "CRLF line ends", paste.crlf),
        _log("log-tabs-expanded", nodes, prompted, "", paste.expand_tabs),
        _log("log-byte-order-mark", dev, lambda body, path: body, "",
             lambda content: b"\xef\xbb\xbf" + content),
        _log("log-same-node-twice", [dev[0], dev[0]], prompted,
             "two reads of one node: two moments, not six buffers"),
    ]
