# SPDX-License-Identifier: MIT
"""Hostile cases of MPP, RGA and ION: lines 1, 8 and 9 of the checklist."""

import ion
import mpp
import rga_drm
from facts import Case, hex_address, text
from model import IonClient, IonHeap, IonOrphan, MppSession, RgaHandle

FRAME = 12152 << 10
DECODER, ENCODER = b"fdc38100.rkvdec-core", b"fdbd0000.rkvenc-core"
ITEMS = [(b"width", 3840), (b"height", 2160), (b"format", b"h265"), (b"fps_in", b"30/1"),
         (b"fps_out", b"30/1"), (b"rc_mode", b"cbr"), (b"bitrate", 123456789), (b"gop_size", 60),
         (b"fps_calc", b"29.970029970"), (b"profile", None)]
MPP, RGA = "mpp/sessions-summary", "rga/mm_session"


def _session(session, bits=64):
    mask = (1 << bits) - 1
    rows = session.used + session.unused
    return {"kind": "mpp", "pid": session.pid, "index": session.index,
            "device": text(session.device), "memory_bytes": sum(size for _, size in rows),
            "segments": [{"address": hex_address(start & mask), "size_bytes": size}
                         for start, size in rows if size]}


def _mpp_case(name, sessions, note="", bits=64, checklist=8):
    named = [session for session in sessions if session.has_dma]
    facts = {"sessions": [_session(session, bits) for session in named]}
    return Case(name, checklist, MPP, b"".join(mpp.sessions_summary(sessions, bits)), facts, note)


def _mpp_cases():
    used = [(0xfe000000, FRAME), (0xfb000000, FRAME)]
    plain = MppSession(3964, 11, DECODER, used)
    second = MppSession(3964, 12, DECODER, used[:1])
    stale = MppSession(4001, 13, DECODER, used, [(0, 0)])
    restart = MppSession(4002, 14, DECODER, used, [(0xf8000000, 512), (0xf7000000, 4096)])
    full = MppSession(4100, 15, ENCODER, used, encoder=b"RKVENC", items=ITEMS)
    bare = MppSession(4101, 16, ENCODER, used, encoder=b"RKVENC")
    no_dma = MppSession(4102, 17, ENCODER, has_dma=False, encoder=b"VEPU2", items=ITEMS[:2])
    empty = MppSession(4103, 18, DECODER)
    cached = MppSession(4104, 19, DECODER, [(0xfe000000 - i * 0xc00000, FRAME) for i in range(60)])
    guide = [(DECODER, 699760), (b"fdc48100.rkvdec-core", 0)]
    return [
        Case("mpp-no-sessions", 1, MPP, b"", {"sessions": []},
             "an empty file: the node cannot be told from its content"),
        _mpp_case("mpp-rows-before-identity", [plain, MppSession(5000, 20, DECODER, used[1:])],
                  "the rows above a session: line are that session's"),
        _mpp_case("mpp-index-restart", [restart], "the index begins again at the unused list"),
        _mpp_case("mpp-stale-row", [stale], "the last row is an empty slot: no buffer"),
        _mpp_case("mpp-two-sessions-of-one-pid", [plain, second], "both count the shared import"),
        _mpp_case("mpp-encoder-all-items", [full], "one item of unknown kind prints null"),
        _mpp_case("mpp-encoder-no-items", [bare]),
        _mpp_case("mpp-encoder-without-dma", [no_dma, plain],
                  "a table without identity before a session with one"),
        _mpp_case("mpp-session-without-buffers", [empty]),
        _mpp_case("mpp-sixty-cached", [cached], "the largest cache of a session: no leak"),
        _mpp_case("mpp-everything", [plain, second, stale, restart, full, bare, no_dma, empty]),
        _mpp_case("mpp-32bit", [plain, stale], bits=32),
        Case("mpp-4-19", 8, MPP, b"".join(mpp.sessions_summary_4_19([full, bare])),
             {"sessions": []}, "encoder tables only: no buffers are told"),
        Case("mpp-guide-form", 8, MPP, b"".join(mpp.sessions_summary_guide(guide)),
             {"devices": [{"device": text(name), "memory_bytes": kib << 10}
                          for name, kib in guide]}),
    ]


def _handle(handle):
    sized = handle.kind in ("dma_buf", "virtual") and (handle.valid or handle.kind == "virtual")
    mapped = handle.kind in ("dma_buf", "virtual") and handle.valid
    known = handle.kind != "unknown" and (handle.valid or handle.kind != "dma_buf")
    return {"handle": handle.handle, "refs": handle.refs, "tgid": handle.tgid,
            "kind": handle.kind if known else None,
            "iova": hex_address(handle.iova) if mapped else None,
            "size_bytes": handle.size if sized else None}


def _rga_case(name, handles, note="", checklist=9, bits=64, count=None):
    return Case(name, checklist, RGA, b"".join(rga_drm.mm_session(handles, count, bits)),
                {"rga": [_handle(handle) for handle in handles]}, note)


def _rga_cases():
    dma = RgaHandle(170, "dma_buf", 3, 2, 2037, 0x9f1263d7, 0, 0xeb520000, 0, 0xbfb01d3d, 8110080)
    user = RgaHandle(34, "virtual", 1, 2, 3210, 0xb400007286e1c000, 0xae081f65, 0xffc70000, 0,
                     0xcc976f9e, 3686400)
    phys = RgaHandle(35, "physical", 1, 5, 3210, 0x10800000)
    contiguous = RgaHandle(171, "dma_buf", 1, 6, 2037, 0x1263, 0, 0xeb000000, 0, 0x1d3d, 4096,
                           contiguous=0x10800000)
    wild = [RgaHandle(172 + i, "dma_buf", 94, 2, tgid, 0x1, 0, 0xea000000, 0, 0x2, 4096)
            for i, tgid in enumerate((-127, 2037672306, 0, -2147483648))]
    broken = [RgaHandle(180, "dma_buf", valid=False), RgaHandle(181, "unknown"),
              RgaHandle(182, "virtual", address=0x7000, size=4096, valid=False)]
    return [
        _rga_case("rga-header-only", [], checklist=1),
        _rga_case("rga-glued-iova", [dma, contiguous], "nothing between the iova's digits and sgt"),
        _rga_case("rga-all-kinds", [dma, user, phys, contiguous]),
        _rga_case("rga-wild-tgid", wild, "read through a freed session: no process ids"),
        _rga_case("rga-invalid-blocks", [broken[0], dma, *broken[1:]],
                  "a block without a body, an illegal one, one with its first lines only"),
        _rga_case("rga-count-differs", [dma, user], "three were counted, two listed", count=3),
        _rga_case("rga-32bit", [dma, phys], bits=32),
    ]


def _ion_facts(heap):
    rows = [{"client": text(c.name), "pid": c.pid, "size_bytes": c.size, "orphaned": False}
            for c in heap.clients if c.size]
    rows += [{"client": text(o.name), "pid": o.pid, "size_bytes": o.size, "orphaned": True,
              "map_count": o.map_count, "refs": o.refs} for o in heap.orphans]
    return {"ion": rows, "reported_bytes": sum(row["size_bytes"] for row in rows)}


def _ion_cases():
    node = "ion/heap"
    clients = [IonClient(b"surfaceflinger", 611, 50642944), IonClient(b"idle", 612, 0),
               IonClient(b"a name of more than 16", 613, 4096)]
    orphans = [IonOrphan(b"composer@2.2-se", 3306, 8294400),
               IonOrphan(b"Web Content", 7, 4096, 2, 3)]
    pointers = [IonOrphan(o.name, o.pid, o.size, o.map_count, o.refs, 0xd0a91c00) for o in orphans]
    tail = [ion.pool_line(4, 8, True, False), ion.pool_line(2, 0, False, True)]
    empty = IonHeap(b"system", deferred=0)
    full = IonHeap(b"system", clients, orphans, deferred=0, tail=tail)
    rockchip = IonHeap(b"cma", clients, pointers)
    total = {"reported_bytes": None}
    return [
        Case("ion-heap-header-only", 1, node, b"".join(ion.heap_3_10(empty)), _ion_facts(empty)),
        Case("ion-heap-3.10", 1, node, b"".join(ion.heap_3_10(full)), _ion_facts(full),
             "names longer than 16 push the row to the right; orphaned is the normal case"),
        Case("ion-heap-3.10-rockchip", 1, node, b"".join(ion.heap_3_10(rockchip, 32)),
             _ion_facts(rockchip), "a pointer stands before the counts"),
        Case("ion-heap-3.0.8", 1, node, b"".join(ion.heap_3_0_8(full)),
             _ion_facts(IonHeap(b"system", clients)) | total),
    ]


def cases():
    """All of them."""
    return _mpp_cases() + _rga_cases() + _ion_cases()
