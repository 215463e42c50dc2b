#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What goes wrong in the world: full disks, closed pipes, wrong files, hostile trees. Each
# ends in a clear error and a status, and nothing is half written.

bats_require_minimum_version 1.8.0
load ../lib/helpers

setup() {
	cd "$TOP" || return 1
	LOG=samples/rk3588-leak/log1.log
	DIR=$BATS_TEST_TMPDIR
}

@test "a full disk: an error, status 4, no file" {
	inspect -4 list -o /dev/full "$LOG"
	stderr_has "No space left on device"
	inspect -4 snapshot -o /dev/full "$LOG"
	stderr_has "No space left on device"
	run bash -c "'$DMABUF_INSPECT' list '$LOG' >/dev/full"
	[[ $status -eq 4 ]]
}

@test "a pipe that its reader closed: an error, status 4, no signal" {
	run bash -c "'$DMABUF_INSPECT' list --by buffer --json '$LOG' 2>'$DIR/err' | true; echo \${PIPESTATUS[0]}"
	[[ ${lines[-1]} -eq 4 || ${lines[-1]} -eq 0 ]]
	[[ ${lines[-1]} -eq 0 ]] || grep -q "closed by its reader" "$DIR/err"
}

@test "a failed report leaves the old file alone" {
	echo precious >"$DIR/report"
	inspect -4 list -o "$DIR/report" "$DIR/nothing-here"
	[[ $(<"$DIR/report") == precious ]]
	inspect list -o "$DIR/report" "$LOG"
	grep -q "83948 KiB" "$DIR/report"
	[[ $(find "$DIR" -maxdepth 1 -name '*report*' | wc -l) -eq 1 ]]
}

@test "a missing file, an empty one, one without any node" {
	inspect -4 list "$DIR/nothing-here"
	stderr_has "nothing-here: No such file or directory"
	: >"$DIR/empty"
	inspect -4 list "$DIR/empty"
	stderr_has "no dma-buf node found"
	echo "hello, my board is slow" >"$DIR/mail"
	inspect -4 list "$DIR/mail"
	stderr_has "no dma-buf node found"
	stdout_is_empty
}

@test "a directory that is no tree, a directory where a file was meant" {
	inspect -4 list "$DIR"
	stderr_has "no node that tells of dma-bufs is here"
	inspect -4 list -o "$DIR" "$LOG"
	stderr_has "s a directory"
}

@test "an unreadable file" {
	cp "$LOG" "$DIR/secret"
	chmod 000 "$DIR/secret"
	chmod 755 "$DIR" "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR/test"
	local nobody=()
	[[ $EUID -ne 0 ]] || nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups)
	run "${nobody[@]}" "$DMABUF_INSPECT" list "$DIR/secret"
	[[ $status -eq 4 && $output == *"Permission denied"* ]]
}

@test "a line of 8 GB costs that line and little memory" {
	truncate -s 8G "$DIR/long"
	cat "$LOG" >>"$DIR/long"
	run timeout 120 bash -c "ulimit -v 4000000; '$DMABUF_INSPECT' list '$DIR/long'"
	# The shell's limit does not go with the sanitizers' shadow memory.
	if [[ $output == *ReserveShadow* || $output == *"failed to allocate"* ]]; then
		run timeout 120 "$DMABUF_INSPECT" list "$DIR/long"
	fi
	rm "$DIR/long"
	[[ $status -eq 0 ]]
	[[ $output == *"83948 KiB"* ]]
}

@test "binary rubbish and truncated nodes" {
	head -c 300000 /dev/urandom >"$DIR/rubbish"
	inspect -4 list "$DIR/rubbish"
	{
		head -n 6 "$LOG"
		sed -n 7p "$LOG" | head -c 30
	} >"$DIR/cut"
	inspect list --json "$DIR/cut"
	json_is .totals.buffers 3
	stderr_matches "cut:7:[0-9]+: error: "
	json_is '.coverage[] | select(.source == "rk_dmabuf/dev") | .status' partial
	json_is '.coverage[] | select(.source == "rk_dmabuf/dev") | .skipped' 1
}

@test "a damaged line costs that line, with file, line and column" {
	sed '5s/KiB/K?B/' "$LOG" >"$DIR/damaged"
	inspect list --json "$DIR/damaged"
	stderr_matches "damaged:5:[0-9]+: error: "
	json_is .totals.buffers 43
	sed '5s/.*/lines of something else/' "$LOG" >"$DIR/damaged"
	inspect list --json "$DIR/damaged"
	stderr_matches "damaged:5:1: error: 1 line inside rk_dmabuf/dev not understood"
	json_is .totals.buffers 43
}

@test "no name reaches the terminal as it is" {
	use_fixture lab-6.1-arm64
	local by
	for by in owner buffer task holder; do
		inspect list --by "$by" --color never
		run ! grep -qP '[\x00-\x08\x0b-\x1f\x7f]' "$BATS_TEST_TMPDIR/stdout"
	done
	inspect list --by buffer --json
	run ! grep -qP '[\x00-\x08\x0b-\x1f\x7f]' "$BATS_TEST_TMPDIR/stdout"
	run iconv -f UTF-8 -t UTF-8 "$BATS_TEST_TMPDIR/stdout" -o /dev/null
	[[ $status -eq 0 ]]
}

# make_process PID: an empty process in the tree $DIR/root.
make_process() {
	mkdir -p "$DIR/root/proc/$1/fd" "$DIR/root/proc/$1/fdinfo"
	echo "$1 (task$1) S 1 $(printf '0 %.0s' {1..40})" >"$DIR/root/proc/$1/stat"
	: >"$DIR/root/proc/$1/maps"
}

# make_fd PID FD INO SIZE NAME: a dma-buf descriptor.
make_fd() {
	ln -s "/dmabuf:$5" "$DIR/root/proc/$1/fd/$2"
	printf 'pos:\t0\nflags:\t02000002\nmnt_id:\t8\nino:\t%s\nsize:\t%s\ncount:\t1\nexp_name:\tsystem\nname:\t%s\n' \
		"$3" "$4" "$5" >"$DIR/root/proc/$1/fdinfo/$2"
}

@test "an ordinary file called /dmabuf: is no dma-buf, open or mapped" {
	make_process 10
	make_process 11
	make_fd 11 3 7 4096 real
	ln -s /dmabuf:fake "$DIR/root/proc/10/fd/4"
	printf 'pos:\t0\nflags:\t02\nmnt_id:\t21\nino:\t99\n' >"$DIR/root/proc/10/fdinfo/4"
	{
		echo "7f0000000000-7f0000001000 r-xp 00000000 00:1b 55                        /usr/bin/liar"
		echo "7f0000001000-7f0000101000 rw-s 00000000 00:1b 99                        /dmabuf:fake"
		echo "7f0000201000-7f0000301000 rw-s 00000000 08:01 98                        /dmabuf:disk"
	} >"$DIR/root/proc/10/maps"
	echo "7f0000001000-7f0000002000 rw-s 00000000 00:0b 7                         /dmabuf:real" \
		>"$DIR/root/proc/11/maps"
	inspect list --json "$DIR/root"
	json_is .totals.buffers 1
	json_is .totals.size_bytes 4096
	json_is '.buffers[0].holders | length' 1
	json_is '.buffers[0].holders[0].mappings' 1
}

@test "a partial mapping never shrinks a buffer" {
	make_process 11
	make_fd 11 3 7 1048576 frame
	echo "7f0000001000-7f0000002000 rw-s 00000000 00:0b 7                         /dmabuf:frame" \
		>"$DIR/root/proc/11/maps"
	inspect list --json "$DIR/root"
	json_is .totals.size_bytes 1048576
	json_is '.buffers[0].holders[0].mapped_bytes' 4096
}

@test "keys that a name forges in fdinfo are the name's" {
	make_process 11
	make_fd 11 3 7 1048576 $'x\nsize:\t9\nino:\t1\nexp_name:\ty'
	inspect list --json "$DIR/root"
	json_is .totals.buffers 1
	json_is '.buffers[0] | [.ino, .size_bytes, .exporter] | tojson' '[7,1048576,"system"]'
}

@test "one buffer in many hands is counted once" {
	local pid
	for pid in 11 12 13; do
		make_process "$pid"
		make_fd "$pid" 3 7 1048576 shared
		make_fd "$pid" 4 7 1048576 shared
	done
	inspect list --json "$DIR/root"
	json_is .totals.buffers 1
	json_is .totals.size_bytes 1048576
	json_is '.buffers[0].holders | map(.fds | length) | tojson' '[2,2,2]'
}

@test "links in a tree do not lead out of it" {
	mkdir -p "$DIR/root/proc/rk_dmabuf" "$DIR/outside"
	tail -n +2 "$LOG" >"$DIR/outside/dev"
	ln -s "$DIR/outside/dev" "$DIR/root/proc/rk_dmabuf/dev"
	inspect -4 list "$DIR/root"
	ln -sf ../../../outside/dev "$DIR/root/proc/rk_dmabuf/dev"
	inspect -4 list "$DIR/root"
}

@test "a pipe or a device under a node's name does not hang the reader" {
	mkdir -p "$DIR/root/proc/rk_dmabuf"
	mkfifo "$DIR/root/proc/rk_dmabuf/dev"
	echo "Total: 5 KiB" >"$DIR/root/proc/rk_dmabuf/size"
	inspect list --json "$DIR/root"
	json_is .totals.reported_bytes 5120
	json_is '.coverage[] | select(.source == "rk_dmabuf/dev") | .status' error
}

@test "live: no stat and no open of what is no dma-buf" {
	requires command:strace
	run strace -f -qq -o "$DIR/trace" true
	[[ $status -eq 0 ]] || skip "strace may not trace here"
	[[ -z ${ASAN_OPTIONS_IN_USE-} ]] || skip "sanitizers look around themselves"
	run strace -f -qq -e trace=file -o "$DIR/trace" "$DMABUF_INSPECT" list
	# Descriptors are read as links in their folder; nothing follows one.
	run ! grep -E 'proc/[0-9]+/(task/[0-9]+/)?fd/[0-9]+' "$DIR/trace"
}

@test "wrong usage: status 2 and how to get help" {
	local arguments
	for arguments in "" "lst" "list --nonsense" "list a b" "diff" "list --by nothing" \
		"list --min-size big" "list --pid x" "show"; do
		# shellcheck disable=SC2086 # words
		inspect -2 $arguments
		stdout_is_empty
	done
}
