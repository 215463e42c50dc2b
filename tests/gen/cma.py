# SPDX-License-Identifier: MIT
"""The CMA nodes: /proc/rk_cma/<area>, debugfs cma/<area>/*, sysfs kernel/mm/cma/<area>/*."""

from kprintf import kprintf

WORDS_PER_LINE = 8


def bitmap_hex(area):
    """The bitmap of rk_cma: upper-case words, lowest first, eight a line, one line end at the end."""
    words = [b"%08X" % word for word in area.words()]
    rows = [words[i:i + WORDS_PER_LINE] for i in range(0, len(words), WORDS_PER_LINE)]
    return b"".join(b" ".join(row) + b"\n" for row in rows)


def rk_cma(area, with_bitmap=True):
    """/proc/rk_cma/<area>, and rk_dma_heap/alloc_bitmap; without the bitmap: its buffer could not be had."""
    shift = area.page_shift - 10
    head = kprintf(b"Total: %lu KiB\n Used: %llu KiB\n\n",
                   area.pages << shift, area.used_pages() << shift)
    return head + (bitmap_hex(area) if with_bitmap else b"")


def longest_run(area, value):
    """Length in bits of the longest run of bits that are value."""
    bits = "".join("1" if area.bitmap >> i & 1 else "0" for i in range(area.bits()))
    return max(len(run) for run in bits.split("0" if value else "1"))


def debugfs(area):
    """File name and content of cma/<area>/; everything in pages, base_pfn a frame number."""
    return {
        "count": b"%d\n" % area.pages,
        "used": b"%d\n" % area.used_pages(),
        "maxchunk": b"%d\n" % (longest_run(area, 0) << area.order),
        "order_per_bit": b"%d\n" % area.order,
        "base_pfn": b"%d\n" % area.base_pfn,
        "bitmap": b" ".join(b"%d" % word for word in area.words()) + b"\n",
    }


def sysfs(area, success, fail, release):
    """File name and content of mm/cma/<area>/; success, fail, release are pages since boot."""
    return {
        "alloc_pages_success": b"%d\n" % success,
        "alloc_pages_fail": b"%d\n" % fail,
        "release_pages_success": b"%d\n" % release,
        "total_pages": b"%d\n" % area.pages,
        "available_pages": b"%d\n" % (area.pages - area.used_pages()),
    }
