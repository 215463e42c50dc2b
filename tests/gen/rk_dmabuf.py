# SPDX-License-Identifier: MIT
"""The nodes /proc/rk_dmabuf/{size,peak,dev,sgt} and /proc/rk_memblock/*.

All stored versions of the driver print the same text; see section 1 of the format notes.
"""

from kprintf import compile, kprintf, size_and_unit, wrap_end

HEADER = b"%16s %-16s %-16s %14s %8s\n\n"
FIXED = b"%px %-16.16s %-16.16s %10lu KiB"
SEGMENT = b"%4d: %pa..%pa (%10lu %s)\n"
PAD = b" " * 65     # also on 32-bit, where the fixed part has 57 columns


def size(total_bytes):
    """The size node."""
    return kprintf(b"Total: %lu KiB\n", total_bytes >> 10)


def peak(peak_bytes):
    """The peak node: whole MiB, while size is in KiB."""
    return kprintf(b"Peak: %lu MiB\n", peak_bytes >> 20)


def header(last):
    """The header and the empty line after it; last is AttachedDevices or SGLIST."""
    return kprintf(HEADER, b"DMABUF", b"NAME", b"EXPORT", b"SIZE:KiB", last)


def fixed_part(bits=64):
    """A function (buffer) -> the columns dev and sgt share."""
    form = compile(FIXED, bits)

    def render(buf):
        return form(buf.pointer, buf.name, buf.exporter, buf.size >> 10)

    return render


def dev(buffers, bits=64):
    """The dev node, in chunks."""
    fixed = fixed_part(bits)
    yield header(b"AttachedDevices")
    for buf in buffers:
        yield b" ".join([fixed(buf), *buf.attachments]) + b"\n"


def segment_lines(segments, bits=64, phys_bits=None):
    """Range lines, the index counted from 0, each ended by a newline."""
    phys_bits = phys_bits or bits
    form = compile(SEGMENT, bits, phys_bits)
    for i, (start, length) in enumerate(segments):
        yield form(i, start, wrap_end(start, length, phys_bits), *size_and_unit(length))


def sgt(buffers, bits=64, phys_bits=None):
    """The sgt node, in chunks; a buffer without a cached mapping is left out."""
    fixed = fixed_part(bits)
    yield header(b"SGLIST")
    for buf in buffers:
        if not buf.segments:
            continue
        lines = segment_lines(buf.segments, bits, phys_bits)
        yield fixed(buf) + PAD.join(lines)


def memblock(ranges, bits=64):
    """/proc/rk_memblock/memory or reserved."""
    yield from segment_lines(ranges, bits)
    yield kprintf(b"Total: %lu KiB\n", sum(length for _, length in ranges) >> 10)
