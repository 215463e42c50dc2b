#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# `diff` and `snapshot`: the guide's leak, round trips, refusals, exit statuses.

bats_require_minimum_version 1.8.0
load ../lib/helpers

setup() {
	cd "$TOP" || return 1
}

@test "two saved dev logs: the guide's leak" {
	inspect diff samples/rk3588-leak/log0.log samples/rk3588-leak/log1.log
	stdout_is_file diff-rk3588-logs.txt
	inspect diff --json samples/rk3588-leak/log0.log samples/rk3588-leak/log1.log
	json_is .net_bytes 18837504
	json_is .net_buffers 7
	json_is .unchanged 37
	json_is '.groups[0] | [.pid, .task, .exporter, .size_bytes, .new_buffers] | tojson' \
		'[402,"allocator@4.","system-uncached",2691072,7]'
	json_is '.new | length' 7
	json_is '.gone | length' 0
	json_valid diff
}

@test "two trees, a tree and a log: the same answer" {
	inspect diff samples/rk3588-leak/before samples/rk3588-leak/after
	stdout_has "+18396 KiB in +7 buffers"
	inspect diff samples/rk3588-leak/before samples/rk3588-leak/log1.log
	stdout_has "+18396 KiB in +7 buffers"
	stdout_has "7 new, 0 gone, 37 in both"
}

@test "counters alone are compared when there is no list" {
	inspect diff samples/rk3588-video/before samples/rk3588-video/after
	stdout_has "+18396 KiB, from 65552 KiB to 83948 KiB"
	inspect diff --json samples/rk3588-video/before samples/rk3588-video/after
	json_is .net_bytes 18837504
	json_is .net_buffers null
}

@test "snapshot of a thing against the thing: no difference" {
	use_fixture lab-6.1-arm64
	inspect snapshot -o "$BATS_TEST_TMPDIR/now.json"
	inspect diff --exit-code "$BATS_TEST_TMPDIR/now.json"
	stdout_has "+0 B in +0 buffers"
	stdout_has "0 new, 0 gone, 22 in both"
	inspect snapshot "$BATS_TEST_TMPDIR/now.json"
	run diff "$BATS_TEST_TMPDIR/now.json" "$BATS_TEST_TMPDIR/stdout"
	[[ $status -eq 0 ]]
}

@test "snapshot | diff - live, through a pipe" {
	use_fixture lab-6.1-arm64
	"$DMABUF_INSPECT" snapshot | "$DMABUF_INSPECT" diff - live >"$BATS_TEST_TMPDIR/piped"
	grep -q "0 new, 0 gone, 22 in both" "$BATS_TEST_TMPDIR/piped"
}

@test "--exit-code: 1 for a difference, 0 for none, 3 when it cannot be told" {
	inspect -1 diff --exit-code samples/rk3588-leak/log0.log samples/rk3588-leak/log1.log
	inspect -0 diff --exit-code samples/rk3588-leak/log0.log samples/rk3588-leak/log0.log
	inspect -3 diff --exit-code samples/rk3588-video/after samples/rk3588-video/after
	inspect -1 diff --exit-code samples/rk3588-video/before samples/rk3588-video/after
}

@test "snapshots of two boots are refused, --force compares" {
	local tree
	for tree in one two; do
		mkdir -p "$BATS_TEST_TMPDIR/$tree/proc/sys/kernel/random"
		cp -r samples/rk3588-leak/before/proc/rk_dmabuf "$BATS_TEST_TMPDIR/$tree/proc/"
		echo "$tree" >"$BATS_TEST_TMPDIR/$tree/proc/sys/kernel/random/boot_id"
	done
	inspect -4 diff "$BATS_TEST_TMPDIR/one" "$BATS_TEST_TMPDIR/two"
	stderr_has "different boots"
	stdout_is_empty
	inspect diff --force "$BATS_TEST_TMPDIR/one" "$BATS_TEST_TMPDIR/two"
	stdout_has "37 in both"
}

@test "time between two snapshots is told when both know their moment" {
	local tree
	for tree in one two; do
		mkdir -p "$BATS_TEST_TMPDIR/$tree/proc"
		cp -r samples/rk3588-leak/before/proc/rk_dmabuf "$BATS_TEST_TMPDIR/$tree/proc/"
	done
	echo "100.00 1.00" >"$BATS_TEST_TMPDIR/one/proc/uptime"
	echo "400.50 1.00" >"$BATS_TEST_TMPDIR/two/proc/uptime"
	inspect diff "$BATS_TEST_TMPDIR/one" "$BATS_TEST_TMPDIR/two"
	stdout_has "in 5 min 0 s"
}

@test "several dumps in one log are moments" {
	cat samples/rk3588-leak/log0.log samples/rk3588-leak/log1.log >"$BATS_TEST_TMPDIR/both.log"
	inspect diff "$BATS_TEST_TMPDIR/both.log@1" "$BATS_TEST_TMPDIR/both.log@2"
	stdout_has "+18396 KiB in +7 buffers"
	inspect list "$BATS_TEST_TMPDIR/both.log"
	stdout_has "83948 KiB"
	stderr_has "holds 2 dumps"
	inspect list "$BATS_TEST_TMPDIR/both.log@first"
	stdout_has "65552 KiB"
	inspect -4 list "$BATS_TEST_TMPDIR/both.log@3"
	stderr_has "does not hold 3 dumps"
}

@test "a buffer that got another device or holder is the same buffer, changed" {
	sed '4s/ fb000000.gpu$/ fb000000.gpu fdb50000.av1d/' samples/captures/rk3588-android12-rk_dmabuf-dev.txt \
		>"$BATS_TEST_TMPDIR/new"
	run ! cmp -s samples/captures/rk3588-android12-rk_dmabuf-dev.txt "$BATS_TEST_TMPDIR/new"
	inspect diff --json samples/captures/rk3588-android12-rk_dmabuf-dev.txt "$BATS_TEST_TMPDIR/new"
	json_is '.changed | length' 1
	json_is '.changed[0].field' attachments
	json_is .unchanged 12
}

@test "a log of dev against a tree that has inodes too: pointers still tell" {
	"$TOP/tests/gen/gen" tree "$BATS_TEST_TMPDIR/tree" --generation 6.1 --processes 5 --fds 20 --buffers 40
	inspect list --json "$BATS_TEST_TMPDIR/tree"
	json_is .totals.buffers 40
	json_is '[.buffers[] | select(.ino != null and .pointer != null)] | length' 40
	inspect diff --json "$BATS_TEST_TMPDIR/tree/proc/rk_dmabuf/dev" "$BATS_TEST_TMPDIR/tree"
	json_is '[.unchanged, (.new | length), (.gone | length)] | tojson' '[40,0,0]'
}
