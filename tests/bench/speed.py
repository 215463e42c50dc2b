#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The speed table: our tool against what a user would do instead, in one run.

speed.py [--quick]. Inputs are generated into a temporary folder. Commands are run in turn,
A B A B …; a figure is the median, a ratio the median of the pairs' ratios, of processor
time (user and system), which other work on the machine disturbs least.
"""
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile

TOOL = os.environ.get("DMABUF_INSPECT", "build/dmabuf-inspect")
QUICK = "--quick" in sys.argv
ROUNDS = 2 if QUICK else 7
NULL = subprocess.DEVNULL


def compile_helper(folder, name):
    path = os.path.join(folder, name)
    subprocess.run(["gcc", "-O2", "-D_GNU_SOURCE", "tests/bench/%s.c" % name, "-o", path], check=True)
    return path


class Run:
    """One finished run: processor seconds, and the peak of resident memory in MB."""

    measure = None

    def __init__(self, command):
        reader, writer = os.pipe()
        with subprocess.Popen(["sh", "-c", 'exec 3>&%d; exec "$@"' % writer, "sh", Run.measure,
                               *command], stdout=NULL, stderr=NULL, stdin=NULL,
                              pass_fds=[writer]) as child:
            os.close(writer)
            with os.fdopen(reader) as file:
                cpu, memory = file.read().split()
        self.status = child.returncode
        self.cpu = float(cpu)
        self.memory = float(memory) / 1024


def compare(ours, other):
    """Medians of both, of the ratio ours/other, and our memory."""
    Run(ours), Run(other)
    pairs = [(Run(ours), Run(other)) for _ in range(ROUNDS)]
    for run, _ in pairs:
        if run.status not in (0, 1, 3):
            raise SystemExit("%s ended with %d" % (ours, run.status))
    return (statistics.median(a.cpu for a, _ in pairs), statistics.median(b.cpu for _, b in pairs),
            statistics.median(a.cpu / max(b.cpu, 1e-4) for a, b in pairs),
            max(a.memory for a, _ in pairs))


def row(what, instead, ours, other):
    a, b, ratio, memory = compare(ours, other)
    print("# %-44s %7.3f s %6.1f MB   %-30s %7.3f s   x %.2f" % (what, a, memory, instead, b, ratio),
          flush=True)
    return a, memory


def generate(path, *arguments):
    with open(path, "wb") as file:
        subprocess.run(["tests/gen/gen", *arguments], stdout=file, check=True)
    return path


def texts(folder, buffers):
    """Saved nodes against the awk that people sum them with."""
    parser = os.path.join(os.path.dirname(TOOL), "tests/bench/bench_parse")
    awk = {"dev": '/KiB/ { n[$2] += substr($0, 52, 10) } END { for (k in n) print n[k], k }',
           "sgt": '/^[0-9a-f]/ { n[$2] += substr($0, 52, 10) } END { for (k in n) print n[k], k }',
           "bufinfo": '/^[0-9]/ && NF > 4 { n[$NF] += $1 } END { for (k in n) print n[k], k }'}
    files = {}
    for node, count in (("dev", buffers), ("sgt", buffers), ("bufinfo", buffers * 3 // 5)):
        files[node] = generate(os.path.join(folder, node), node, "--buffers", str(count),
                               *(["--generation", "6.1"] if node == "bufinfo" else []))
        row("list, %.0f MB of %s" % (os.path.getsize(files[node]) / 1e6, node), "awk, the same sum",
            [TOOL, "list", files[node]], ["awk", awk[node], files[node]])
    if os.path.exists(parser):
        subprocess.run([parser, *files.values()], check=True)
    return files


def trees(folder, processes, buffers):
    """A tree of processes against the walk that cannot be avoided, and against ls."""
    tree = os.path.join(folder, "tree")
    walk = compile_helper(folder, "walk")
    subprocess.run(["tests/gen/gen", "tree", tree, "--generation", "6.1", "--processes",
                    str(processes), "--fds", "100", "--buffers", str(buffers)],
                   stdout=NULL, check=True)
    only = [TOOL, "list", "--source", "fdinfo", "--source", "maps", tree]
    what = "%d processes x 100 fds, %d buffers" % (processes, buffers)
    row(what, "bare readlink-and-read walk", only, [walk, tree])
    row("  with bufinfo and rk_dmabuf joined", "bare readlink-and-read walk", [TOOL, "list", tree],
        [walk, tree])
    row(what, "ls -l proc/*/fd", only, ["sh", "-c", "ls -l %s/proc/*/fd" % tree])
    return tree


def snapshots(folder, tree):
    old, new = os.path.join(folder, "old.json"), os.path.join(folder, "new.json")
    row("snapshot of that tree, written", "gzip -1 of the same bytes",
        [TOOL, "snapshot", "-o", old, tree], ["sh", "-c", "gzip -1 <%s >/dev/null" % old])
    shutil.copy(old, new)
    row("diff of two such, %.0f MB each" % (os.path.getsize(old) / 1e6), "cmp of the two files",
        [TOOL, "diff", old, new], ["cmp", old, new])
    row("the same", "jq length of one", [TOOL, "diff", old, new], ["jq", ".buffers | length", old])


def growth(folder, buffers):
    """Ten times the buffers: how many times the processor time, for each command."""
    small = generate(os.path.join(folder, "small"), "dev", "--buffers", str(buffers))
    large = generate(os.path.join(folder, "large"), "dev", "--buffers", str(buffers * 10))
    for command in (["list"], ["snapshot"]):
        row("%s, %d buffers" % (command[0], buffers * 10), "%s, %d" % (command[0], buffers),
            [TOOL, *command, large], [TOOL, *command, small])
    row("diff, %d against as many" % (buffers * 10), "diff, %d" % buffers,
        [TOOL, "diff", large, large], [TOOL, "diff", small, small])


def system_calls():
    """On the running kernel: system calls for each process and each descriptor."""
    if not shutil.which("strace"):
        print("# system calls: no strace here")
        return
    fds = processes = 0
    for pid in os.listdir("/proc"):
        if pid.isdigit():
            try:
                fds += len(os.listdir("/proc/%s/fd" % pid))
                processes += 1
            except OSError:
                pass
    calls = {}
    for sources in (["fdinfo"], ["fdinfo", "maps"]):
        only = [x for s in sources for x in ("--source", s)]
        trace = subprocess.run(["strace", "-f", "-qq", TOOL, "list", *only], stdout=NULL,
                               stderr=subprocess.PIPE, text=True, errors="replace", check=False)
        calls[len(sources)] = trace.stderr
    links = len(re.findall(r"^readlinkat\(", calls[1], re.M))
    rest = len(re.findall(r"^\w+\(", calls[2], re.M)) - links
    print("# live: %d processes, %d descriptors: %.2f readlinks a descriptor, %.1f other system "
          "calls a process" % (processes, fds, links / max(fds, 1), rest / max(processes, 1)))


def live():
    row("list, live", "ls -l /proc/*/fd", [TOOL, "list"], ["sh", "-c", "ls -l /proc/*/fd"])
    if shutil.which("lsof"):
        row("list, live", "lsof -nP", [TOOL, "list"], ["lsof", "-nP"])
    row("peak, from a small tree", "true", [TOOL, "peak", "samples/rk3588-video/playing"], ["true"])
    system_calls()


def main():
    scale = 100 if QUICK else 1
    print("# %-44s %9s %9s   %-30s %9s   ratio" % ("what", "cpu", "peak", "instead", "cpu"))
    with tempfile.TemporaryDirectory(prefix="dmabuf-bench-") as folder:
        Run.measure = compile_helper(folder, "measure")
        texts(folder, 540000 // scale)
        tree = trees(folder, 2000 // scale, 100000 // scale)
        snapshots(folder, tree)
        growth(folder, 50000 // scale)
        live()
    print("ok 1 - the table was measured\n1..1")


if __name__ == "__main__":
    sys.exit(main())
