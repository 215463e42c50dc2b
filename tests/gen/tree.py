# SPDX-License-Identifier: MIT
"""A fake root: proc with processes and their descriptors, and the dma-buf nodes that belong to them."""

import os
import pathlib
import random

import bufinfo
import fdinfo_maps
import population
import rk_dmabuf
from model import Fd, Mapping, Process

COMMS = (b"surfaceflinger", b"allocator@4.0-s", b"mpv", b"ffmpeg", b"Xorg", b"rkipc",
         b"Web Content", b"(sd-pam)", b"kworker) R 1 (", b"c2@1.1-service")
OTHER_TARGETS = (b"/dev/null", b"socket:[%d]", b"pipe:[%d]", b"anon_inode:[eventpoll]",
                 b"anon_inode:[eventfd]", b"/dev/dri/renderD128", b"anon_inode:sync_file",
                 b"/data/log/main.log (deleted)")
RELEASES = {"5.10": "5.10.110", "5.15": "5.15.120", "6.1": "6.1.75", "6.12": "6.12.63",
            "6.18": "6.18.26", "4.4": "4.4.159", "rk4.19": "4.19.232"}
BOOT_ID = "%08x-7d3b-4c1e-9a52-%012x"
PAGE = 4096
MAP_BASE = {64: 0x7f80000000, 32: 0x70000000}


def _processes(opt):
    return [Process(300 + 7 * i, COMMS[i % len(COMMS)], 1, 500 + 3 * i)
            for i in range(opt.processes)]


def _hand_out(opt, rng, processes, held, mapped):
    """Give every process its descriptors; every buffer gets a first one before any is shared."""
    per_process = int(opt.fds * opt.dmabuf_share)
    slots = [(process, i) for i in range(per_process) for process in processes]
    if not held:
        slots = []
    for position, (process, i) in enumerate(slots):
        buf = held[position] if position < len(held) else rng.choice(held)
        process.fds.append(Fd(3 + i, buffer=buf))
        buf.refs += 1
    for process in processes:
        first = 3 + len(process.fds)
        for number in range(first, 3 + opt.fds):
            target = OTHER_TARGETS[(number + process.pid) % len(OTHER_TARGETS)]
            if b"%d" in target:
                target %= process.pid * 100 + number
            process.fds.append(Fd(number, target, ino=1000 + number))
        _map(process, opt)
    for i, buf in enumerate(mapped):
        _map_buffer(processes[i % len(processes)], buf, opt)


def _map(process, opt):
    """The program, its heap, and a mapping of every fourth dma-buf it has a descriptor of."""
    process.mappings += [
        Mapping(0x555000 << 8, 0x21000, b"r-xp", 0, (179, 6), 4242, b"/usr/bin/app"),
        Mapping(0x556000 << 8, 0x21000, b"rw-p", path=b"[heap]", device=(0, 0)),
    ]
    for fd in process.fds:
        if fd.buffer and fd.number % 4 == 0:
            _map_buffer(process, fd.buffer, opt)


def _map_buffer(process, buf, opt):
    last = process.mappings[-1]
    start = max(MAP_BASE[opt.bits], last.start + last.size)
    length = -(-buf.size // PAGE) * PAGE
    process.mappings.append(Mapping(start, length, device=(0, 7), buffer=buf))
    buf.refs += 1


def build(opt):
    """Buffers (newest first) and processes that hold them, refs counted."""
    rng = random.Random(opt.seed)
    buffers = list(population.buffers(opt.buffers, opt.seed, opt.bits, opt.generation,
                                      opt.distinct_names))
    processes = _processes(opt)
    for buf in buffers:
        buf.refs = 0
    split = len(buffers) - opt.kernel_held
    mapped_from = split - opt.map_only
    _hand_out(opt, rng, processes, buffers[:mapped_from], buffers[mapped_from:split])
    for buf in buffers:
        buf.refs = buf.refs or 1    # no holder: an importer keeps it
    return buffers, processes


def _write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "wb") as out:
        out.writelines([content] if isinstance(content, bytes) else content)


def _put(name, content, directory_fd):
    out = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644, dir_fd=directory_fd)
    os.write(out, content)
    os.close(out)


def write_process(root, process, generation, bits):
    """proc/PID of one process."""
    base = os.path.join(root, "proc", str(process.pid))
    for sub in ("fd", "fdinfo"):
        os.makedirs(os.path.join(base, sub))
    _write(pathlib.Path(base, "comm"), process.comm + b"\n")
    _write(pathlib.Path(base, "stat"), fdinfo_maps.stat(process))
    _write(pathlib.Path(base, "limits"), fdinfo_maps.limits(process))
    _write(pathlib.Path(base, "maps"), fdinfo_maps.maps(process, generation, bits))
    fd_dir = os.open(os.path.join(base, "fd"), os.O_RDONLY)
    info_dir = os.open(os.path.join(base, "fdinfo"), os.O_RDONLY)
    for fd in process.fds:
        os.symlink(fdinfo_maps.link_text(fd, generation), str(fd.number), dir_fd=fd_dir)
        _put(str(fd.number), fdinfo_maps.fdinfo(fd, generation), info_dir)
    os.close(fd_dir)
    os.close(info_dir)


def write_system(root, opt, buffers):
    """The nodes that are not of a process."""
    root = pathlib.Path(root)
    release = RELEASES.get(opt.generation, opt.generation)
    boot_id = BOOT_ID % (opt.seed & 0xffffffff, opt.seed & 0xffffffffffff)
    total = sum(buf.size for buf in buffers)
    for name, content in {
            "proc/uptime": b"%.2f %.2f\n" % (opt.uptime, opt.uptime * 3),
            "proc/sys/kernel/random/boot_id": boot_id.encode() + b"\n",
            "proc/sys/kernel/osrelease": release.encode() + b"\n",
            "proc/version": b"Linux version %b (builder@builder) (gcc 10.3) #1 SMP PREEMPT\n"
                            % release.encode(),
            "proc/rk_dmabuf/size": rk_dmabuf.size(total),
            "proc/rk_dmabuf/peak": rk_dmabuf.peak(total),
            "proc/rk_dmabuf/dev": rk_dmabuf.dev(buffers, opt.bits),
            "proc/rk_dmabuf/sgt": rk_dmabuf.sgt(buffers, opt.bits),
            "sys/kernel/debug/dma_buf/bufinfo":
                bufinfo.bufinfo(buffers, opt.generation, opt.bits)}.items():
        _write(root / name, content)
    if opt.sysfs:
        for buf in buffers:
            for name, content in bufinfo.sysfs_files(buf).items():
                _write(root / "sys/kernel/dmabuf/buffers" / str(buf.ino) / name, content)


def write(root, opt):
    """The whole tree below root, which must not have a proc yet."""
    buffers, processes = build(opt)
    write_system(root, opt, buffers)
    for process in processes:
        write_process(root, process, opt.generation, opt.bits)
