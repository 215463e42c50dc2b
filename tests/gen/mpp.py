# SPDX-License-Identifier: MIT
"""The nodes of /proc/mpp_service; sessions-summary prints the buffers before it names the session."""

from kprintf import kprintf
from rk_dmabuf import segment_lines

RULE = b"-" * 108 + b"\n"

LOAD_HELP = (b"please set load_interval first!!!\n"
             b"e.g. set 1000ms to load_interval:\n"
             b"echo 1000 > /proc/mpp_service/load_interval\n")


def _cell(value):
    if value is None:
        return kprintf(b"%8s|", b"null")
    if isinstance(value, int):
        return kprintf(b"%8d|", value)
    return kprintf(b"%8s|", value)


def encoder_table(session):
    """The two-row table of an encoder session; a column for every item the program reported."""
    titles = [b"session", b"device"] + [title for title, _ in session.items]
    values = [session.index, session.encoder] + [value for _, value in session.items]
    rows = [b"|" + b"".join(_cell(cell) for cell in row) + b"\n" for row in (titles, values)]
    return RULE + b"".join(rows)


def _identity(session):
    total = sum(size for _, size in session.used + session.unused)
    return kprintf(b"session: pid=%d index=%d\n device: %s\n memory: %lu MiB\n",
                   session.pid, session.index, session.device, total >> 20)


def sessions_summary(sessions, bits=64):
    """sessions-summary of 5.10, 6.1 and 6.18, in chunks; the index restarts at the unused list."""
    for session in sessions:
        if session.has_dma:
            yield b"session iova range dump:\n"
            yield from segment_lines(session.used, bits)
            yield from segment_lines(session.unused, bits)
            yield _identity(session)
        if session.encoder is not None:
            yield encoder_table(session)


def sessions_summary_4_19(sessions):
    """The 4.19 shape, and sessions-info of an encoder's own directory: encoder tables only."""
    for session in sessions:
        if session.encoder is not None:
            yield encoder_table(session)


def sessions_summary_guide(totals):
    """The shape Rockchip's guide shows: (device, KiB) a line."""
    for device, kib in totals:
        yield kprintf(b"%s Total: %lu KiB\n", device, kib)


def load(devices):
    """load; devices are (name, load, utilization) in 1/100 %, None while load_interval is 0."""
    if devices is None:
        return LOAD_HELP
    return b"".join(
        kprintf(b"%-25s load: %3d.%02d%% utilization: %3d.%02d%%\n",
                name, *divmod(busy, 100), *divmod(used, 100))
        for name, busy, used in devices)


def supports_device(devices):
    """supports-device; devices are (index, name, hardware id or 0)."""
    text = b"---- SUPPORT DEVICES ----\n"
    for index, name, hw_id in devices:
        text += kprintf(b"DEVICE[%2d]:%-10s", index, name)
        text += (kprintf(b"HW_ID:0x%08x", hw_id) if hw_id else b"") + b"\n"
    return text
