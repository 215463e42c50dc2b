#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# `capture` and samples/capture.sh: what is captured here reads elsewhere as it does here.

bats_require_minimum_version 1.8.0
load ../lib/helpers

SCRIPT=$TOP/samples/capture.sh

setup() {
	ROOT=$BATS_TEST_TMPDIR/root
	FILE=$BATS_TEST_TMPDIR/c.dmicap
	mkdir -p "$ROOT"
}

# A root whose processes do their best to be misread.
hostile_root() {
	local p=$ROOT/proc/10 t=$ROOT/proc/10/task/12
	mkdir -p "$p/fd" "$p/fdinfo" "$t/fd" "$t/fdinfo" "$ROOT/proc/11/fd" \
		"$ROOT/proc/rk_dmabuf" "$ROOT/sys/kernel/debug/dma_buf"
	local forged='lrwx------ 1 0 0 64 Jan  1 00:00 7 -> /dmabuf:forged'
	ln -s $'/dmabuf:x\n'"$ROOT/proc/11/fd:"$'\n'"$forged" "$p/fd/5"
	ln -s '/dmabuf: 99 -> /dmabuf:y' "$p/fd/6"
	ln -s $'/dmabuf:back\\slash\ttab\\n\r' "$p/fd/8"
	ln -s $'/dmabuf:<ok\n>proc/11/stat\n|11 (evil) S\n<ok\n' "$p/fd/9"
	ln -s $'/dmabuf:Permission denied' "$p/fd/10"
	ln -s 'socket:[12345]' "$p/fd/11"
	ln -s '/home/somebody/secret -> /dmabuf:no' "$p/fd/12"
	ln -s '/dev/dri/card0' "$p/fd/13"
	ln -s '/dmabuf:private' "$t/fd/3"
	local fd
	for fd in 5 6 8 9 10; do
		printf 'pos:\t0\nflags:\t02\nmnt_id:\t9\nino:\t%d\nsize:\t4096\ncount:\t1\nexp_name:\tsystem\nname:\t>proc/1/fdname\n<ok\n|foo\r\nsize:\t9\n' \
			$((70 + fd)) >"$p/fdinfo/$fd"
	done
	printf 'pos:\t0\nflags:\t02\nmnt_id:\t9\nino:\t99\nsize:\t8192\ncount:\t1\nexp_name:\tsystem\n' \
		>"$t/fdinfo/3"
	printf 'pos:\t0\ndrm-driver:\trockchip\ndrm-client-id:\t4\ndrm-total-memory:\t4 KiB\n' \
		>"$p/fdinfo/13"
	printf '10 (a) b (c) S 1 1 1 0 -1 0 0 0 0 0 1 2 0 0 20 0 1 0 77 1024 3\n' >"$p/stat"
	printf '11 (idle) S 1 1 1 0 -1 0 0 0 0 0 1 2 0 0 20 0 1 0 78 1024 3\n' \
		>"$ROOT/proc/11/stat"
	printf 'Limit   Soft   Hard   Units\nMax open files            1024                 4096                 files     \n' \
		>"$p/limits"
	printf '%s\n' '00400000-00401000 r-xp 00000000 fd:01 7    /home/somebody/secret' \
		'7f0000000000-7f0000001000 rw-s 00000000 00:0c 75    /dmabuf:x\012>y' \
		'7f0000002000-7f0000003000 rw-s 00000000 00:2a 75    /tmp/a /dmabuf:x' \
		'7f0000004000-7f0000005000 rw-p 00000000 00:00 0    [stack]' >"$p/maps"
	printf '1 0 0:42 / /tmp rw - tmpfs none rw\n2 0 0:12 / /nowhere rw - x y rw\n' \
		>"$p/mountinfo"
	{
		printf '          DMABUF NAME             EXPORT                 SIZE:KiB AttachedDevices\n\n'
		printf 'ffffff8022507400 %-16.16s %-16.16s %10d KiB\n' 11-idle system 12
		printf 'ffffff8022507500 %-16.16s %-16.16s %10d KiB dev\n' $'a\n<ok\n>proc/1\n' system 8
	} >"$ROOT/proc/rk_dmabuf/dev"
	: >"$ROOT/proc/rk_dmabuf/size"
	printf 'Peak: 1 MiB' >"$ROOT/proc/rk_dmabuf/peak"
}

# Everything a snapshot says, but for what may differ: whether it is live, and the order of
# buffers, which in a tree is that of its file system.
says() { # SNAPSHOT...
	"$DMABUF_INSPECT" snapshot "$@" 2>/dev/null | jq 'del(.captured.live) | .buffers |= sort_by(.id)'
}

same_snapshot() { # FILE SNAPSHOT
	says "$2" >"$BATS_TEST_TMPDIR/wanted"
	says "$1" >"$BATS_TEST_TMPDIR/got"
	[[ -s $BATS_TEST_TMPDIR/wanted ]] || fail "nothing to compare"
	diff "$BATS_TEST_TMPDIR/wanted" "$BATS_TEST_TMPDIR/got"
}

@test "a captured kernel reads as itself" {
	local fixture
	for fixture in "$TOP"/tests/fixtures/lab-*; do
		[[ -e $fixture/root.tar.xz ]] || continue
		rm -rf "$ROOT" && mkdir "$ROOT"
		tar -xf "$fixture/root.tar.xz" -C "$ROOT"
		inspect capture "$ROOT" -o "$FILE"
		same_snapshot "$FILE" "$ROOT"
	done
	inspect list --json "$FILE"
	json_has '.totals.buffers > 10'
	json_has '[.buffers[].holders[]] | length > 5'
}

@test "the capture of a capture is the same" {
	hostile_root
	inspect capture "$ROOT" -o "$FILE"
	inspect capture "$FILE" -o "$FILE.2"
	same_snapshot "$FILE.2" "$ROOT"
	diff <(grep -av '^|from ' "$FILE") <(grep -av '^|from ' "$FILE.2")
}

@test "hostile names stay names" {
	hostile_root
	inspect capture "$ROOT" -o "$FILE"
	same_snapshot "$FILE" "$ROOT"
	inspect snapshot "$FILE"
	json_is '[.buffers[].ino] | sort' '[null,75,76,78,79,80,99]'
	json_is '[.processes[] | .pid]' '[10,11]'
	json_is '.processes[0].n_fds' 8
	json_is '.processes[0].fd_limit' 1024
}

@test "files and sockets of processes are not in it" {
	hostile_root
	inspect capture "$ROOT"
	stdout_lacks secret
	stdout_lacks 'socket:'
	stdout_lacks /nowhere
	stdout_has $'|11\t-\t\n'
	stdout_has '|00000000-00001000 ---p 00000000 fd:01 0 /'
}

@test "what was denied or broken is still so elsewhere" {
	mkdir -p "$ROOT/proc/rk_dmabuf" "$ROOT/sys/kernel/dmabuf/buffers"
	cat >"$FILE" <<-'END'
		dmicap 1
		>proc/rk_dmabuf/dev
		<error EINVAL
		>sys/kernel/debug
		<denied
		>sys/kernel/dmabuf/buffers
		<dir
		>proc/5/fd.list
		<denied
		>proc/5/maps
		<denied
		>proc/6
		<dir
	END
	inspect capture "$FILE" -o "$FILE.2"
	stderr_has "1 of 2 processes may not be read"
	same_snapshot "$FILE.2" "$FILE"
	inspect snapshot "$FILE.2"
	json_is '[.coverage[] | select(.source == "bufinfo").status]' '["denied"]'
	json_is '[.coverage[] | select(.source == "rk_dmabuf/dev").status]' '["error"]'
	json_is '[.coverage[] | select(.source == "sysfs").status]' '["ok"]'
	json_is '[.coverage[] | select(.source == "fdinfo").status]' '["partial"]'
}

@test "a capture cut off is not taken for whole" {
	hostile_root
	inspect capture "$ROOT" -o "$FILE" --source rk_dmabuf/dev
	sed '/^|ffffff8022507400/q' "$FILE" >"$FILE.cut"
	inspect snapshot "$FILE.cut"
	json_is '[.coverage[] | select(.source == "rk_dmabuf/dev").status]' '["partial"]'
	json_is '.buffers | length' 1
}

@test "time and machine come along, once" {
	hostile_root
	printf '12.34 5.6\n' >"$ROOT/proc/uptime"
	printf 'time 1700000000000000001\nmachine armv7l\nhost board\n' >"$ROOT/MANIFEST"
	inspect capture "$ROOT" -o "$FILE"
	inspect snapshot "$FILE"
	json_is '.captured.time' 2023-11-14T22:13:20.000000001Z
	json_is '.captured.boottime_ns' 12340000000
	json_is '.captured.machine' armv7l
	json_is '.captured.host' board
	grep -qx '|complete yes' "$FILE" || fail "it does not say that it is complete"
}

@test "nothing to copy is no capture, and -o stays as it was" {
	echo old >"$FILE"
	inspect -4 capture "$ROOT" -o "$FILE"
	stderr_has "nothing to copy"
	[[ $(cat "$FILE") == old ]] || fail "the file was touched"
}

@test "redacted: no name is left, every number is" {
	hostile_root
	sed -i 's/idle/iddqd/' "$ROOT/proc/11/stat" "$ROOT/proc/rk_dmabuf/dev"
	printf 'Linux version 6.1 (somebody@somewhere) (gcc) #1\n' >"$ROOT/proc/version"
	printf 'console=tty1 androidboot.serialno=SECRET99 cma=64M quiet\n' >"$ROOT/proc/cmdline"
	printf 'host board\n' >"$ROOT/MANIFEST"
	inspect capture --redact "$ROOT" -o "$FILE"
	local word
	for word in iddqd forged slash private somebody SECRET99 board evil fdname; do
		! grep -aq "$word" "$FILE" || fail "$word is left"
	done
	grep -aq 'cma=64M' "$FILE" || fail "the size of CMA is gone"
	local keep='[.buffers[] | del(.name, .allocator.task, .holders[]?.task)] |
		map(.holders |= (. // [])), [.coverage[] | [.source, .status, .records]], .totals'
	diff <("$DMABUF_INSPECT" snapshot "$ROOT" 2>/dev/null | jq "$keep") \
		<("$DMABUF_INSPECT" snapshot "$FILE" 2>/dev/null | jq "$keep")
}

@test "pseudonyms fit each other across nodes and captures" {
	tar -xf "$TOP/tests/fixtures/lab-6.1-arm64/root.tar.xz" -C "$ROOT"
	inspect capture --redact "$ROOT" -o "$FILE"
	inspect capture --redact "$ROOT" -o "$FILE.2"
	diff "$FILE" "$FILE.2"
	local tasks='[.buffers[].allocator.task] | unique | length'
	[[ $("$DMABUF_INSPECT" snapshot "$ROOT" | jq "$tasks") == \
	   $("$DMABUF_INSPECT" snapshot "$FILE" | jq "$tasks") ]] || fail "tasks were merged"
	local joined='[.buffers[] | [.sources, (.name | length)]]'
	diff <("$DMABUF_INSPECT" snapshot "$ROOT" | jq -c "$joined") \
		<("$DMABUF_INSPECT" snapshot "$FILE" | jq -c "$joined")
	inspect list "$FILE"
	stdout_lacks surfaceflinger
}

@test "a file name that a capture cannot hold is left out and said" {
	mkdir -p "$ROOT/proc/rk_cma" "$ROOT/proc/rk_dmabuf"
	printf 'Total: 4 KiB\n Used: 0 KiB\n\n00000000\n' >"$ROOT/proc/rk_cma/"$'a\n<ok\n>b'
	printf 'Total: 4 KiB\n' >"$ROOT/proc/rk_dmabuf/size"
	inspect capture "$ROOT" -o "$FILE"
	stderr_has "1 files have names that a capture cannot hold"
	! grep -aq '^>b' "$FILE" || fail "the frame was broken"
}

# ---- the script --------------------------------------------------------------------------

# Shells it is to work in, with the tools that they come with on a board.
script_same() { # NAME COMMAND...
	local name=$1
	shift
	hostile_root
	"$@" "$ROOT" >"$FILE" 2>"$BATS_TEST_TMPDIR/err" || fail "$name: status $?" || return 1
	[[ ! -s $BATS_TEST_TMPDIR/err ]] || fail "$name: $(cat "$BATS_TEST_TMPDIR/err")" || return 1
	same_snapshot "$FILE" "$ROOT" || return 1
	! grep -aq secret "$FILE" || fail "$name: the name of a file is in it" || return 1
	# The texts of links are escaped alike; the tool knows inodes that ls does not.
	"$DMABUF_INSPECT" capture "$ROOT" -o "$FILE.2"
	diff <(grep -a '/dmabuf:' "$FILE" | cut -f 1,3 | sort) \
		<(grep -a '/dmabuf:' "$FILE.2" | cut -f 1,3 | sort | sed 's/\\x0d/\\r/') || return 1
	rm -rf "$ROOT" && mkdir "$ROOT"
	tar -xf "$TOP/tests/fixtures/lab-5.10-arm64/root.tar.xz" -C "$ROOT"
	"$@" "$ROOT" >"$FILE" || return 1
	same_snapshot "$FILE" "$ROOT"
}

# A PATH with one program's applets and nothing else.
applets_of() { # PROGRAM APPLET...
	local program dir=$BATS_TEST_TMPDIR/applets applet
	program=$(command -v "$1")
	shift
	mkdir "$dir"
	for applet; do
		ln -s "$program" "$dir/$applet"
	done
}

@test "capture.sh in dash" {
	requires command:dash
	script_same dash dash "$SCRIPT"
}

@test "capture.sh in bash" {
	script_same bash bash --posix "$SCRIPT"
}

@test "capture.sh with busybox and nothing else" {
	requires command:busybox
	# shellcheck disable=SC2046 # a list of words
	applets_of busybox $(busybox --list)
	script_same busybox env -i PATH="$BATS_TEST_TMPDIR/applets" ash "$SCRIPT"
}

@test "capture.sh with mksh and toybox and nothing else, as on Android" {
	requires command:mksh command:toybox
	local mksh
	mksh=$(command -v mksh)
	# shellcheck disable=SC2046 # a list of words
	applets_of toybox $(toybox)
	script_same toybox env -i PATH="$BATS_TEST_TMPDIR/applets" "$mksh" "$SCRIPT"
}

@test "capture.sh through standard input, of the running kernel" {
	requires kernel:/proc/self/fdinfo
	sh -s <"$SCRIPT" >"$FILE"
	inspect snapshot "$FILE"
	json_is .captured.kernel "$(cat /proc/sys/kernel/osrelease)"
	json_is .captured.boot_id "$(cat /proc/sys/kernel/random/boot_id)"
	json_is .captured.machine "$(uname -m)"
	json_has '.captured.boottime_ns > 0 and .captured.time != null'
	json_has '.coverage[] | select(.source == "fdinfo") | .status != "absent"'
}

@test "capture.sh on a board without a clock, whose date knows no parts of a second" {
	mkdir "$BATS_TEST_TMPDIR/bin"
	local said
	for said in 10 '10 ' '10 %N' '10 N'; do
		printf '#!/bin/sh\necho "%s"\n' "${said}" >"$BATS_TEST_TMPDIR/bin/date"
		chmod +x "$BATS_TEST_TMPDIR/bin/date"
		PATH=$BATS_TEST_TMPDIR/bin:$PATH sh "$SCRIPT" >"$FILE"
		grep -qx '|time 10000000000' "$FILE" || fail "'$said' was not understood"
	done
}

@test "capture.sh leaves out a file name that could break the frame" {
	mkdir -p "$ROOT/proc/rk_cma"
	printf 'Total: 4 KiB\n' >"$ROOT/proc/rk_cma/"$'a\n<ok\n>b'
	sh "$SCRIPT" "$ROOT" >"$FILE"
	! grep -aq '^>b' "$FILE" || fail "the frame was broken"
	grep -qx '|left_out 1' "$FILE" || fail "it does not say so"
}

@test "both write the same of the running kernel" {
	requires root
	"$DMABUF_INSPECT" capture -q -o "$FILE"
	sh "$SCRIPT" >"$FILE.2"
	# Processes come and go; nodes do not.
	diff <(grep -a '^>' "$FILE" | grep -av '^>proc/[0-9]' | sort -u) \
		<(grep -a '^>' "$FILE.2" | grep -av '^>proc/[0-9]' | sort -u)
}
