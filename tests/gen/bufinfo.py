# SPDX-License-Identifier: MIT
"""debugfs dma_buf/bufinfo in all its generations, the per-buffer sysfs files, the BPF iterator's text."""

from dataclasses import dataclass

from kprintf import compile, kprintf


@dataclass(frozen=True)
class Generation:
    """How one kernel series prints dma-bufs."""
    columns: str            # layout of header and row, a key of HEADERS and ROWS
    fences: str             # old, seq, new or detached
    fdinfo_part: bool       # fdinfo has the dma-buf's own lines, and the fd link its name (5.3)
    fdinfo_ino: bool        # fdinfo has ino: (5.14)
    counted_inodes: bool    # inodes from a counter of their own (5.19)
    mode: int = 0x80007
    long_name_lost: bool = False    # a name of 32 bytes leaves the fd link without any (else: cut to 31)


HEADERS = {
    "5": b"%-8s\t%-8s\t%-8s\t%-8s\texp_name\n",
    "rk4.19": b"%-8s\t%-8s\t%-8s\t%-8s\t" + b"exp_name".ljust(60) + b"\tino     \n",
    "6": b"%-8s\t%-8s\t%-8s\t%-8s\texp_name\tino     \n",
    "7": b"%-8s\t%-8s\t%-8s\t%-8s\texp_name\tino     \tname\n",
    "qcom6": b"%-8s\t%-8s\t%-8s\t%-8s\texp_name    \tbuf name\n",
    "qcom8": b"%-8s\t%-8s\t%-8s\t%-8s\texp_name    \tbuf name    \tino     \n",
}

NUMBERS = b"%08zu\t%08x\t%08x\t%08ld\t"
ROWS = {    # each takes the four numbers, then these
    "5": (NUMBERS + b"%s\n", ("exporter",)),
    "rk4.19": (NUMBERS + b"%-60s\t%08lu\t%s\n", ("exporter", "ino", "name_or_nothing")),
    "6": (NUMBERS + b"%s\t%08lu\t%s\n", ("exporter", "ino", "name_or_nothing")),
    "7": (NUMBERS + b"%s\t%08lu\t%s\n", ("exporter", "ino", "name_or_none")),
    "qcom6": (NUMBERS + b"%-12s\t%s\n", ("exporter", "name")),
    "qcom8": (NUMBERS + b"%-12s\t%-12s\t%08lu\t%s\n",
              ("exporter", "name_or_nothing", "ino", "name_or_nothing")),
}

GENERATIONS = {
    "4.4": Generation("5", "old", False, False, False),
    "rk4.19": Generation("rk4.19", "old", True, False, False),
    "5.2": Generation("5", "old", False, False, False),
    "5.10": Generation("6", "old", True, False, False),
    "5.15": Generation("6", "old", True, True, False),
    "5.17": Generation("6", "seq", True, True, False),
    "5.19": Generation("6", "new", True, True, True),
    "6.1": Generation("7", "new", True, True, True, 0x80007, True),
    "6.12": Generation("7", "new", True, True, True, 0x2080007, True),
    "6.18": Generation("7", "detached", True, True, True, 0x2080007, True),
    # Qualcomm: qcom-4.14 as its source has it; of qcom a paste shows the columns, not the widths.
    "qcom-4.14": Generation("qcom6", "old", False, False, False),
    "qcom": Generation("qcom8", "old", True, False, False),
}

OLD_LABELS = {b"write": b"Exclusive", b"kernel": b"Exclusive", b"read": b"Shared"}


def fence_line(fence, style):
    """One fence, in the words of the generation."""
    state = b"signalled" if fence.signalled else b"unsignalled"
    if style == "old":
        return kprintf(b"\t%s fence: %s %s %s\n", OLD_LABELS[fence.usage], fence.driver,
                       fence.timeline, state)
    driver, timeline = fence.driver, fence.timeline
    if style == "detached" and fence.signalled:
        driver, timeline = b"detached-driver", b"signaled-timeline"
    label, gap = (OLD_LABELS[fence.usage], b" ") if style == "seq" else (fence.usage, b"")
    return kprintf(b"\t%s fence:%s%s %s seq %llu %s\n", label, gap, driver, timeline,
                   fence.seqno, state)


def _field(buf, which):
    if which == "name_or_nothing":
        return b"" if buf.name is None else buf.name
    if which == "name_or_none":
        return b"<none>" if buf.name is None else buf.name
    return getattr(buf, which)


def row(generation, bits=64):
    """A function (buffer) -> its row."""
    form, fields = ROWS[GENERATIONS[generation].columns]
    render = compile(form, bits)

    def line(buf):
        return render(buf.size, buf.flags, buf.mode, buf.refs, *(_field(buf, x) for x in fields))

    return line


def header(generation):
    """The header line."""
    return kprintf(HEADERS[GENERATIONS[generation].columns], b"size", b"flags", b"mode", b"count")


def block(buf, line, style):
    """A buffer's row, fences and devices, without the empty line that ends a block."""
    yield line(buf)
    for fence in buf.fences:
        yield fence_line(fence, style)
    yield b"\tAttached Devices:\n"
    for device in buf.attachments:
        yield b"\t%b\n" % device
    yield b"Total %d devices attached\n" % len(buf.attachments)


def bufinfo(buffers, generation="5.10", bits=64):
    """The whole node, in chunks."""
    line, style = row(generation, bits), GENERATIONS[generation].fences
    count = total = 0
    yield b"\nDma-buf Objects:\n" + header(generation)
    for buf in buffers:
        if buf.lock_failed:
            yield b"\tERROR locking buffer object: skipping\n"
            continue
        yield b"".join(block(buf, line, style)) + b"\n"
        count += 1
        total += buf.size
    yield b"\nTotal %d objects, %d bytes\n" % (count, total)


def sysfs_files(buf):
    """File name and content below /sys/kernel/dmabuf/buffers/<ino>/."""
    return {"exporter_name": buf.exporter + b"\n", "size": b"%d\n" % buf.size}


def bpf_iterator(buffers):
    """What the kernel's own self-test program prints: inode, size, name, exporter, a line each."""
    for buf in buffers:
        name = b"" if buf.name is None else buf.name.replace(b"\n", b" ")
        yield b"%d\n%d\n%b\n%b\n" % (buf.ino, buf.size, name, buf.exporter)
