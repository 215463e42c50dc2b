#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# `peak`: the kernel's peak, resetting it, and the total while a command runs.

bats_require_minimum_version 1.8.0
load ../lib/helpers

setup() {
	ROOT=$BATS_TEST_TMPDIR/root
	mkdir -p "$ROOT/proc/rk_dmabuf"
	cp "$TOP"/samples/rk3588-leak/before/proc/rk_dmabuf/* "$ROOT/proc/rk_dmabuf/"
	export DMABUF_INSPECT_SYSROOT=$ROOT
}

counters() { # KIB MIB
	echo "Total: $1 KiB" >"$ROOT/proc/rk_dmabuf/size"
	echo "Peak: $2 MiB" >"$ROOT/proc/rk_dmabuf/peak"
}

@test "peak and total are told with their units, and why the peak is lower" {
	inspect peak
	stdout_matches '^Peak   64 MiB .*floored to MiB$'
	stdout_matches '^Total  65552 KiB now.*65552 KiB listed in 37 buffers$'
	stdout_has "reads lower than the total because the kernel floors it to MiB"
	stderr_is_empty
}

@test "the same as JSON, in bytes" {
	inspect peak --json
	json_valid peak
	json_is .peak_bytes 67108864
	json_is .peak_is_floored_to_bytes 1048576
	json_is .reported_bytes 67125248
	json_is .listed_bytes 67125248
	json_is .listed_buffers 37
	json_is .counters on
	json_is '[.reset, .command]' '[null,null]'
}

@test "no process is looked at" {
	mkdir -p "$ROOT/proc/1"
	inspect peak --json
	json_is '[.coverage[].source] | map(select(. == "fdinfo" or . == "maps"))' '[]'
}

@test "a peak above the total needs no remark" {
	counters 1535 2
	inspect peak --json
	json_is '.notes' '[]'
}

@test "a total of 1535 KiB and a peak of 1 MiB agree" {
	counters 1535 1
	inspect peak --json
	json_is '.notes | length' 1
	json_has '.notes[0] | test("floors it to MiB")'
}

@test "a peak of 0 beside a total was reset" {
	counters 65552 0
	inspect peak --json
	json_is .peak_bytes 0
	json_has '.notes[0] | test("was reset, which stores 0")'
}

@test "counters that read 0 while buffers are listed are not believed" {
	counters 0 0
	inspect peak --json
	json_valid peak
	json_is .counters off
	json_is .peak_bytes null
	json_is .reported_bytes null
	json_is .listed_bytes 67125248
	json_has '.notes[0] | test("CONFIG_RK_DMABUF_DEBUG")'
	inspect peak
	stdout_has "Peak   not known"
	stdout_has "65552 KiB now, listed in 37 buffers"
}

@test "counters that read 0 with nothing listed leave it open" {
	counters 0 0
	sed -i 2q "$ROOT/proc/rk_dmabuf/dev"
	inspect peak --json
	json_is .counters unknown
	json_is .peak_bytes 0
	json_has '.notes[0] | test("either nothing")'
}

@test "without the node the total is told, and the peak is not 0" {
	rm "$ROOT/proc/rk_dmabuf/peak"
	inspect peak --json
	json_valid peak
	json_is .counters absent
	json_is .peak_bytes null
	json_is .reported_bytes 67125248
}

@test "a damaged peak is not the same as a kernel that does not count" {
	echo "Peak: many" >"$ROOT/proc/rk_dmabuf/peak"
	inspect peak --json
	json_is .counters absent
	json_is .peak_bytes null
	stderr_has "rk_dmabuf/peak:1:"
}

@test "nothing at all is no report" {
	rm -r "$ROOT/proc/rk_dmabuf"
	inspect -4 peak
	stdout_is_empty
}

@test "a snapshot, a tree and a capture have a peak, too" {
	unset DMABUF_INSPECT_SYSROOT
	"$DMABUF_INSPECT" snapshot "$ROOT" >"$BATS_TEST_TMPDIR/s.json"
	"$DMABUF_INSPECT" capture "$ROOT" -o "$BATS_TEST_TMPDIR/c.dmicap"
	for of in "$ROOT" "$BATS_TEST_TMPDIR/s.json" "$BATS_TEST_TMPDIR/c.dmicap"; do
		inspect peak --json "$of"
		json_is .peak_bytes 67108864
		json_is .listed_buffers 37
	done
}

@test "a copy cannot be reset" {
	before=$(cat "$ROOT/proc/rk_dmabuf/peak")
	inspect -4 peak --reset
	stdout_is_empty
	stderr_has "only the running kernel's peak can be reset"
	[[ $(cat "$ROOT/proc/rk_dmabuf/peak") == "$before" ]] || fail "it was written to"
	inspect -2 peak --reset "$ROOT"
	stderr_has "only the running kernel"
}

# A name space of its own, where /proc is a folder: as far as one gets without a board. Runs
# the shell text on standard input there.
on_stage() {
	requires root command:unshare
	unshare -m true 2>/dev/null || skip "no mount name spaces here"
	unset DMABUF_INSPECT_SYSROOT
	{
		# Sanitizers look at /proc/self, and for leaks at /proc/PID.
		echo "export ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0"
		echo "mkdir '$BATS_TEST_TMPDIR/proc' &&
			mount --bind /proc '$BATS_TEST_TMPDIR/proc' &&
			mount -t tmpfs none /proc && mkdir /proc/rk_dmabuf &&
			ln -s '$BATS_TEST_TMPDIR/proc/self' /proc/self || exit 99"
		echo "cp '$ROOT'/proc/rk_dmabuf/* /proc/rk_dmabuf/ || exit 99"
		cat
	} >"$BATS_TEST_TMPDIR/stage"
	STDOUT=$BATS_TEST_TMPDIR/stdout
	status=0
	unshare -m sh "$BATS_TEST_TMPDIR/stage" >"$STDOUT" 2>"$BATS_TEST_TMPDIR/stderr" ||
		status=$?
	# shellcheck disable=SC2034 # of stderr_has
	stderr=$(cat "$BATS_TEST_TMPDIR/stderr")
}

@test "on the running kernel a 0 is written to peak" {
	on_stage <<-'END'
		"$DMABUF_INSPECT" peak --reset --json || exit
		cat /proc/rk_dmabuf/peak >&2
	END
	status_is 0
	json_valid peak
	json_is '[.reset.done, .reset.error, .reset.old_peak_bytes]' '[true,null,67108864]'
	# A plain file keeps the rest of its line; the kernel looks at the first byte only.
	stderr_has "0eak: 64 MiB"
}

@test "resetting what is not there says so" {
	rm "$ROOT/proc/rk_dmabuf/peak"
	on_stage <<-'END'
		"$DMABUF_INSPECT" peak --reset
	END
	status_is 4
	stderr_has "not there: the kernel keeps no peak"
}

@test "a read-only kernel file system says so" {
	on_stage <<-'END'
		mount -o remount,ro /proc
		"$DMABUF_INSPECT" peak --reset
	END
	status_is 4
	stderr_has "mounted read-only"
}

@test "before a command the peak of the running kernel is reset" {
	on_stage <<-'END'
		"$DMABUF_INSPECT" peak --json -o "$BATS_TEST_TMPDIR/stdout.json" -- \
			cat /proc/rk_dmabuf/peak
	END
	status_is 0
	[[ $(cat "$STDOUT") == "0eak: 64 MiB" ]] || fail "CMD saw: $(cat "$STDOUT")"
	STDOUT=$BATS_TEST_TMPDIR/stdout.json
	json_is '[.reset.done, .reset.old_peak_bytes]' '[true,67108864]'
	json_is .command.exit_status 0
}

@test "the highest total while a command runs" {
	cat >"$BATS_TEST_TMPDIR/cmd" <<-'END'
		set -e
		node=$DMABUF_INSPECT_SYSROOT/proc/rk_dmabuf/size
		put() { echo "$1" >"$node.new"; mv "$node.new" "$node"; }
		put 'Total: 999999 KiB'
		sleep 0.5
		put 'Total: 83948 KiB'
		exit 7
	END
	inspect peak --json --interval 10ms -- sh "$BATS_TEST_TMPDIR/cmd"
	json_valid peak
	json_is .command.total_source rk_dmabuf/size
	json_is .command.before_bytes 67125248
	json_is .command.highest_bytes 1023998976
	json_is .command.after_bytes 85962752
	json_is '[.command.exit_status, .command.signal]' '[7,null]'
	json_is .command.interval_ns 10000000
	json_has '.command.samples > 10'
	json_has '.command.highest_at_ns < .command.duration_ns'
	json_has '.command.duration_ns > 450000000'
	json_is .reset.done false
}

@test "the report of a command as text" {
	inspect peak -- sh -c 'exit 3'
	stdout_matches '^Command sh -c exit 3$'
	stdout_matches '^  ended with exit status 3 after '
	stdout_matches '^Highest total seen 65552 KiB, '
	stdout_matches '^  65552 KiB before, 65552 KiB after \(\+0 B\)$'
	stdout_has "could not be reset at the start: this is not the running kernel"
}

@test "a command that dies of a signal" {
	inspect peak --json -- sh -c 'kill -9 $$'
	json_is '[.command.exit_status, .command.signal]' '[null,9]'
	inspect peak -- sh -c 'kill -9 $$'
	stdout_has "ended by signal 9 (Killed)"
}

@test "a command that cannot be started is 127 or 126, and -o stays as it was" {
	echo old >"$BATS_TEST_TMPDIR/out"
	inspect -127 peak -o "$BATS_TEST_TMPDIR/out" -- no-such-command
	stderr_has "no-such-command: No such file"
	inspect -126 peak -o "$BATS_TEST_TMPDIR/out" -- "$TOP/README"
	stderr_has "Permission denied"
	[[ $(cat "$BATS_TEST_TMPDIR/out") == old ]] || fail "the file was touched"
}

@test "counters that do not count are left for the list" {
	counters 0 0
	inspect peak --json -- true
	json_is .command.total_source rk_dmabuf/dev
	json_is .command.highest_bytes 67125248
}

@test "bufinfo serves where there is no counter" {
	rm -r "$ROOT/proc/rk_dmabuf"
	mkdir -p "$ROOT/sys/kernel/debug/dma_buf"
	cp "$TOP/samples/captures/mainline-6.1-arm64-system-heap.txt" \
		"$ROOT/sys/kernel/debug/dma_buf/bufinfo"
	"$DMABUF_INSPECT" list --json >"$BATS_TEST_TMPDIR/list" 2>/dev/null
	inspect peak --json -- true
	json_is .command.total_source bufinfo
	json_is .command.highest_bytes "$(jq .totals.size_bytes "$BATS_TEST_TMPDIR/list")"
}

@test "without any total the command is not started" {
	rm -r "$ROOT/proc/rk_dmabuf"
	inspect -4 peak -- touch "$BATS_TEST_TMPDIR/ran"
	stderr_has "was not started"
	[[ ! -e $BATS_TEST_TMPDIR/ran ]] || fail "it was"
}

# The signal goes to the tool alone; the command gets it, the report still comes.
passes_on() { # SIGNAL
	"$DMABUF_INSPECT" peak --json -- sh -c "trap 'kill \$!; exit 9' $1
		: >'$BATS_TEST_TMPDIR/up'; sleep 20 & wait \$!" >"$BATS_TEST_TMPDIR/stdout" 3>&- &
	local pid=$!
	wait_for 10 test -e "$BATS_TEST_TMPDIR/up"
	kill -s "$1" "$pid"
	wait "$pid" || fail "status $?" || return 1
	rm "$BATS_TEST_TMPDIR/up"
	STDOUT=$BATS_TEST_TMPDIR/stdout
	json_is .command.exit_status 9
}

@test "signals to the tool reach the command, and it still reports" {
	passes_on TERM
	passes_on HUP
}

@test "the command has the signals it would have without us" {
	inspect peak -o /dev/null -- grep -E '^Sig(Blk|Ign)' /proc/self/status
	stdout_matches '^SigBlk:.0*$'
	stdout_lacks 1000
}

@test "missed moments are counted, not made up" {
	inspect peak --json --interval 1ms -- sh -c 'sleep 0.2'
	json_has '.command | .samples + .missed_samples <= .duration_ns / .interval_ns + 2'
}

@test "wrong usage" {
	inspect -2 peak --interval 0 -- true
	inspect -2 peak --interval often -- true
	inspect -2 peak --interval 1s
	inspect -2 peak "$ROOT" -- true
	inspect -2 peak --source fdinfo
	inspect -2 peak --
}
