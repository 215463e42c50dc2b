# SPDX-License-Identifier: MIT
"""What a process shows: fdinfo, fd link texts, maps, stat, limits; and the dma-buf tracepoints."""

from bufinfo import GENERATIONS
from kprintf import kprintf
from rga_drm import drm_fdinfo


def dmabuf_lines(buf):
    """The lines a dma-buf adds to fdinfo (5.3 and later)."""
    text = kprintf(b"size:\t%zu\ncount:\t%ld\nexp_name:\t%s\n", buf.size, buf.refs, buf.exporter)
    return text if buf.name is None else text + kprintf(b"name:\t%s\n", buf.name)


def fdinfo(fd, generation="5.10"):
    """/proc/PID/fdinfo/N."""
    series = GENERATIONS[generation]
    text = kprintf(b"pos:\t%lld\nflags:\t0%o\nmnt_id:\t%d\n", fd.pos, fd.flags, fd.mount)
    if series.fdinfo_ino:
        text += b"ino:\t%d\n" % (fd.buffer.ino if fd.buffer else fd.ino)
    if fd.buffer and series.fdinfo_part:
        text += dmabuf_lines(fd.buffer)
    if fd.drm:
        text += drm_fdinfo(fd.drm)
    return text


def _dmabuf_path(buf, generation):
    """The path of a dma-buf: its name is copied into 32 bytes, NUL included."""
    series, name = GENERATIONS[generation], buf.name or b""
    if not series.fdinfo_part:
        return b"anon_inode:dmabuf"
    if len(name) > 31:
        name = b"" if series.long_name_lost else name[:31]
    return b"/dmabuf:" + name


def link_text(fd, generation="5.10"):
    """Where /proc/PID/fd/N points."""
    return fd.target if fd.buffer is None else _dmabuf_path(fd.buffer, generation)


def mapping_path(mapping, generation="5.10"):
    """The path column of a mapping, escaped as the kernel does: only the newline."""
    path = _dmabuf_path(mapping.buffer, generation) if mapping.buffer else mapping.path
    return path.replace(b"\n", b"\\012")


def maps_line(mapping, generation="5.10", bits=64):
    """A line of /proc/PID/maps; the path begins at column 73, on 32-bit 49, or later."""
    ino = mapping.buffer.ino if mapping.buffer else mapping.ino
    line = kprintf(b"%08lx-%08lx %s %08llx %02x:%02x %lu ", mapping.start,
                   mapping.start + mapping.size, mapping.perms, mapping.offset,
                   *mapping.device, ino)
    path = mapping_path(mapping, generation)
    if path:
        width = 25 + bits // 8 * 6 - 1
        line = line.ljust(width) + b" " + path
    return line + b"\n"


def maps(process, generation="5.10", bits=64):
    """/proc/PID/maps."""
    return b"".join(maps_line(m, generation, bits) for m in process.mappings)


def stat(process):
    """/proc/PID/stat: command, parent and start time are the model's, the rest idle values."""
    after_state = [process.ppid, process.pid, process.pid, 0, -1, 4194560] + [0] * 8
    after_state += [20, 0, 1, 0, process.start_ticks, 12 << 20, 900, (1 << 64) - 1] + [0] * 27
    return b"%d (%b) S %b\n" % (process.pid, process.comm,
                                b" ".join(b"%d" % field for field in after_state))


LIMITS = (
    (b"Max cpu time", None, None, b"seconds"),
    (b"Max file size", None, None, b"bytes"),
    (b"Max data size", None, None, b"bytes"),
    (b"Max stack size", 8388608, None, b"bytes"),
    (b"Max core file size", 0, None, b"bytes"),
    (b"Max resident set", None, None, b"bytes"),
    (b"Max processes", 15360, 15360, b"processes"),
    (b"Max open files", None, 1048576, b"files"),
    (b"Max locked memory", 65536, 65536, b"bytes"),
    (b"Max address space", None, None, b"bytes"),
    (b"Max file locks", None, None, b"locks"),
    (b"Max pending signals", 15360, 15360, b"signals"),
    (b"Max msgqueue size", 819200, 819200, b"bytes"),
    (b"Max nice priority", 0, 0, b""),
    (b"Max realtime priority", 0, 0, b""),
    (b"Max realtime timeout", None, None, b"us"),
)


def limits(process):
    """/proc/PID/limits."""
    def value(number):
        return b"unlimited" if number is None else b"%d" % number

    text = kprintf(b"%-25s %-20s %-20s %-10s\n", b"Limit", b"Soft Limit", b"Hard Limit", b"Units")
    for name, soft, hard, unit in LIMITS:
        if name == b"Max open files":
            soft = process.open_files_limit
        columns = kprintf(b"%-25s %-20s %-20s ", name, value(soft), value(hard))
        text += columns + (kprintf(b"%-10s", unit) if unit else b"") + b"\n"
    return text


def tracepoint(event, buf, fd=None, attachment=None):
    """The text of a dma_buf trace event behind `event: `; attachment is (pointer, dynamic, device)."""
    text = kprintf(b"%s: exp_name=%s size=%zu ino=%lu", event, buf.exporter, buf.size, buf.ino)
    if attachment:
        text += kprintf(b" attachment:%px is_dynamic=%d dev_name=%s", *attachment)
    return text if fd is None else text + b" fd=%d" % fd
