# SPDX-License-Identifier: MIT
"""The ION nodes in debugfs, from 3.0 to 4.19; names use %16.s, which the kernel never cuts."""

from kprintf import compile, kprintf

ROW = b"%16.s %16u %16zu\n"
HEADER = b"%16.s %16.s %16.s\n"
RULE_52, RULE_49 = b"-" * 52 + b"\n", b"-" * 49 + b"\n"
KIB = 1024


def _client_rows(clients, unit=1):
    form = compile(ROW)
    for client in clients:
        if client.size:     # a client with nothing in the heap is not listed
            yield form(client.name, client.pid, client.size // unit)


def heap_3_0_8(heap):
    """ion/<heap> of 3.0.8: clients in bytes, nothing else."""
    yield kprintf(HEADER, b"client", b"pid", b"size")
    yield from _client_rows(heap.clients)


def heap_3_0(heap):
    """ion/<heap> of the later Rockchip 3.0: the heap's own lines first, clients in KiB."""
    yield from heap.tail
    yield RULE_49
    yield kprintf(HEADER, b"client", b"pid", b"size(K)")
    yield from _client_rows(heap.clients, KIB)


def leak(orphans, heap_name, qualcomm=False, bits=32):
    """ion/leak: buffers no client handle reaches; Rockchip in KiB, Qualcomm in hex bytes."""
    titles = (b"size", b"ref cnt") if qualcomm else (b"size(K)", b"ref_count")
    yield kprintf(b"%16.s %16.s %16.s %16.s\n", b"buffer", b"heap", *titles)
    form = compile(b"%16x %16.s %16x %16d\n" if qualcomm else b"%16x %16.s %16d %16d\n", bits)
    for orphan in orphans:
        size = orphan.size if qualcomm else orphan.size // KIB
        yield form(orphan.pointer, heap_name, size, orphan.refs)


def _orphan_rows(orphans, bits):
    plain = compile(b"%16.s %16u %16zu %d %d\n", bits)
    with_pointer = compile(b"%16.s %16u %16zu 0x%p %d %d\n", bits)
    for orphan in orphans:
        if orphan.pointer is None:      # AOSP
            yield plain(orphan.name, orphan.pid, orphan.size, orphan.map_count, orphan.refs)
        else:                           # Rockchip 3.10
            yield with_pointer(orphan.name, orphan.pid, orphan.size, orphan.pointer,
                               orphan.map_count, orphan.refs)


def heap_3_10(heap, bits=64):
    """ion/heaps/<heap> of 3.10 to 4.9."""
    line = compile(b"%16.s %16zu\n", bits)
    orphaned = sum(orphan.size for orphan in heap.orphans)
    total = heap.total
    if total is None:
        total = orphaned + sum(client.size for client in heap.clients)
    yield kprintf(HEADER, b"client", b"pid", b"size") + RULE_52
    yield from _client_rows(heap.clients)
    yield RULE_52 + b"orphaned allocations (info is from last known client):\n"
    yield from _orphan_rows(heap.orphans, bits)
    yield RULE_52 + line(b"total orphaned", orphaned) + line(b"total ", total)
    if heap.deferred is not None:
        yield line(b"deferred free", heap.deferred)
    yield RULE_52
    yield from heap.tail


def pool_line(count, order, highmem, cached, page_size=4096):
    """A line of a heap's page pools, as the system heap adds it at the end."""
    return kprintf(b"%d order %u %s pages in %s pool = %lu total\n", count, order,
                   b"highmem" if highmem else b"lowmem", b"cached" if cached else b"uncached",
                   count * (page_size << order))


def heap_bitmap(area):
    """ion/heaps/<heap>-bitmap of a CMA heap on 32-bit: a row a MiB, highest first, words high to low."""
    words, base = area.words(), area.base_pfn << area.page_shift
    yield b"%b Heap bitmap:\n" % area.name
    for i in reversed(range(len(words) // 8)):
        row = b" ".join(b"%08x" % word for word in reversed(words[i * 8:i * 8 + 8]))
        yield b"%04dM@0x%x: %b\n" % (i + 1, base + (i << 20), row)
    yield b"Heap size: %dM, Heap base: 0x%x\n" % (area.pages >> 8, base)


def heap_4_12(count, total, high_watermark):
    """File name and content of ion/<heap>/ since 4.12: no clients any more."""
    return {
        "num_of_buffers": b"%d\n" % count,
        "num_of_alloc_bytes": b"%d\n" % total,
        "alloc_bytes_wm": b"%d\n" % high_watermark,
    }


def sysfs_totals(heaps_kib, pools_kib):
    """File name and content of /sys/kernel/ion/ of Android 4.19 and 5.4."""
    return {"total_heaps_kb": b"%d\n" % heaps_kib, "total_pools_kb": b"%d\n" % pools_kib}


def client(heap_sizes):
    """ion/clients/<pid>-<n> (from recollection): the bytes a client has in each heap."""
    yield kprintf(b"%16.s: %16.s\n", b"heap_name", b"size_in_bytes")
    for heap_name, size in heap_sizes:
        yield kprintf(b"%16.s: %16zu\n", heap_name, size)
