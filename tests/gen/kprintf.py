# SPDX-License-Identifier: MIT
"""The kernel's printf, as far as the dma-buf nodes use it, turned into functions that build bytes.

compile(format) gives a function of the arguments.  What differs from libc and is done here:
  %s of None       prints (null), then width and precision apply as to any text
  %16.s            a dot without a number is no limit, not a precision of 0
  %px, %p          16 or 8 hex digits by the pointer size, no 0x (%p: the caller gives the hashed value)
  %pa              0x and twice as many digits as phys_addr_t has bytes
  %x of a negative its two's complement in the width of the type
"""

import functools
import re

CONVERSION = re.compile(
    rb"%(?P<flags>[-+ #0]*)(?P<width>\d*)(?P<dot>\.?)(?P<prec>\d*)"
    rb"(?P<length>hh|h|ll|l|z|)(?P<conv>p[xa]?(?![A-Za-z0-9])|[sduxXoc%])")

LONG_LENGTHS = (b"l", b"z")


class FormatError(ValueError):
    """A conversion this module does not know."""


def _text(arg):
    return b"(null)" if arg is None else arg


def _masker(bits):
    mask = (1 << bits) - 1
    return lambda arg: arg & mask


def _type_bits(length, bits):
    if length == b"ll":
        return 64
    return bits if length in LONG_LENGTHS else 32


def _translate(match, bits, phys_bits):
    """One conversion: the piece of a Python format and the function its argument goes through."""
    flags, width, conv = match["flags"], match["width"], match["conv"]
    if conv == b"%":
        return b"%%", None
    if conv == b"s":
        precision = b"." + match["prec"] if match["prec"] else b""
        return b"%" + flags + width + precision + b"b", _text
    if conv in (b"px", b"p"):
        return b"%%0%dx" % (bits // 4), _masker(bits)
    if conv == b"pa":
        return b"0x%%0%dx" % (phys_bits // 4), _masker(phys_bits)
    piece = b"%" + flags + width + (b"d" if conv == b"u" else conv)
    if conv in b"uxXo":
        return piece, _masker(_type_bits(match["length"], bits))
    return piece, None


@functools.lru_cache(maxsize=None)
def compile(form, bits=64, phys_bits=None):
    """A function (*args) -> bytes for the kernel format string form."""
    pieces, filters, end = [], [], 0
    for match in CONVERSION.finditer(form):
        if b"%" in form[end:match.start()]:
            raise FormatError(form)
        piece, argument_filter = _translate(match, bits, phys_bits or bits)
        pieces += [form[end:match.start()], piece]
        if match["conv"] != b"%":
            filters.append(argument_filter)
        end = match.end()
    if b"%" in form[end:]:
        raise FormatError(form)
    python_form = b"".join(pieces) + form[end:]
    active = [(i, f) for i, f in enumerate(filters) if f]
    count = len(filters)

    def render(*args):
        if len(args) != count:
            raise FormatError(b"%b takes %d arguments" % (form, count))
        values = list(args)
        for i, argument_filter in active:
            values[i] = argument_filter(values[i])
        return python_form % tuple(values)

    return render


def kprintf(form, *args, bits=64, phys_bits=None):
    """Render once."""
    return compile(form, bits, phys_bits)(*args)


def wrap_end(start, size, phys_bits):
    """Last byte of a range the way the kernel computes it: start + size - 1, wrapping."""
    return (start + size - 1) & ((1 << phys_bits) - 1)


def size_and_unit(size):
    """The pair printed by the range lines: KiB from 1024 bytes up, else bytes."""
    return (size >> 10, b"KiB") if size >> 10 else (size, b"Bytes")
