#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# doctor: states, steps and answers over captured trees; what it says of the kernel's options.

bats_require_minimum_version 1.8.0
load ../lib/helpers

# The normal state of many boards: rk_dmabuf without CONFIG_RK_DMABUF_DEBUG.
make_board() {
	ROOT=$BATS_TEST_TMPDIR/board
	mkdir -p "$ROOT/proc/rk_dmabuf"
	printf 'Total: 0 KiB\n' >"$ROOT/proc/rk_dmabuf/size"
	printf 'Peak: 0 MiB\n' >"$ROOT/proc/rk_dmabuf/peak"
	printf '%16s %-16s %-16s %14s %8s\n\n' DMABUF NAME EXPORT SIZE:KiB AttachedDevices \
		>"$ROOT/proc/rk_dmabuf/dev"
	printf '%s %-16s %-16s %10d KiB%s\n' ffffff8022507400 '(null)' system 2628 ' fb000000.gpu' \
		>>"$ROOT/proc/rk_dmabuf/dev"
	cat >"$BATS_TEST_TMPDIR/config" <<-CONFIG
		# Linux/arm64 6.1.75 Kernel Configuration
		CONFIG_DEBUG_FS=y
		CONFIG_RK_DMABUF_PROCFS=y
		# CONFIG_RK_DMABUF_DEBUG is not set
	CONFIG
}

source_is() { # SOURCE STATE
	json_is ".sources[] | select(.source == \"$1\") | .state" "$2"
}

answer_is() { # QUESTION ANSWER
	json_is ".answers[] | select(.question == \"$1\") | .answer" "$2"
}

@test "doctor tells counters that are stubs from counters that are 0" {
	make_board
	inspect doctor --json --kernel "$BATS_TEST_TMPDIR/config" "$ROOT"
	stderr_is_empty
	json_valid doctor
	source_is rk_dmabuf/size off
	source_is rk_dmabuf/peak off
	source_is rk_dmabuf/dev ok
	answer_is list yes
	answer_is allocator no
	answer_is peak no
	json_is '[.findings[].kind] | index("counters-off") != null' true
	json_is '.sources[] | select(.source == "rk_dmabuf/size") | .step' \
		'rebuild the kernel with CONFIG_RK_DMABUF_DEBUG=y; until then rely on the sum of dev, which reports here do'
}

@test "doctor does not take a right 0 for a stub" {
	make_board
	printf 'Total: 2628 KiB\n' >"$ROOT/proc/rk_dmabuf/size"
	inspect doctor --json "$ROOT"
	source_is rk_dmabuf/size ok
	source_is rk_dmabuf/peak ok
	json_is '[.findings[].kind] | index("counters-off")' null
}

@test "doctor reads the options of a captured kernel out of its config.gz" {
	use_fixture lab-6.1-arm64
	inspect doctor --json
	stderr_is_empty
	json_valid doctor
	json_is .kernel_options.origin proc/config.gz
	json_is .kernel_options.is_complete true
	source_is sysfs ok
	source_is rk_dmabuf/dev absent
	json_is '.sources[] | select(.source == "rk_dmabuf/dev") | .options[0].state' missing
	answer_is list yes
	answer_is devices yes
	json_is .capabilities '[]'
}

@test "every source that is not well has one step, every other none" {
	use_fixture lab-5.10-arm64
	inspect doctor --json
	json_is '[.sources[] | select((.state == "ok" or .state == "empty") != (.step == null))]' '[]'
}

@test "doctor for people names each source and each answer" {
	use_fixture lab-6.1-arm64
	inspect doctor
	stdout_matches '^Kernel 6\.1\..*its options from proc/config\.gz$'
	stdout_matches '^  List the buffers\? +yes +bufinfo, sysfs$'
	stdout_matches '^ +-> '
	stdout_has "Not in this kernel's source tree"
	stdout_matches '^  rk_dmabuf/dev, rk_dmabuf/sgt, '
	inspect doctor -v
	stdout_matches '^  rk_dmabuf/dev +absent '
}

@test "doctor is no verdict: it ends with 0 whatever it finds" {
	mkdir "$BATS_TEST_TMPDIR/empty"
	inspect -0 doctor "$BATS_TEST_TMPDIR/empty"
	stdout_has "its options are not known"
}

@test "doctor says what to do with a kernel that it cannot read" {
	make_board
	printf '\2\41\114\30packed' >"$BATS_TEST_TMPDIR/Image.lz4"
	inspect -4 doctor --kernel "$BATS_TEST_TMPDIR/Image.lz4" "$ROOT"
	stdout_is_empty
	stderr_has "packed by lz4; unpack it and give the result: lz4 -dc"
	stderr_has ">unpacked"
	inspect -4 doctor --kernel "$BATS_TEST_TMPDIR/nothing" "$ROOT"
	stderr_has "No such file"
	echo hello >"$BATS_TEST_TMPDIR/text"
	inspect -4 doctor --kernel "$BATS_TEST_TMPDIR/text" "$ROOT"
	stderr_has "neither a kernel nor a kernel configuration"
}

@test "doctor warns of a configuration that is of another kernel" {
	make_board
	mkdir -p "$ROOT/proc/sys/kernel"
	echo 5.10.160 >"$ROOT/proc/sys/kernel/osrelease"
	inspect doctor --kernel "$BATS_TEST_TMPDIR/config" "$ROOT"
	stderr_has "is of kernel 6.1.75, looked at is 5.10.160"
	echo 6.1.99-rk >"$ROOT/proc/sys/kernel/osrelease"
	inspect doctor --kernel "$BATS_TEST_TMPDIR/config" "$ROOT"
	stderr_is_empty
}

@test "doctor of the running kernel says which capabilities it has" {
	inspect doctor --json
	json_valid doctor
	json_is '[.capabilities[].name] | contains(["CAP_SYS_PTRACE", "CAP_DAC_READ_SEARCH"])' true
	json_is '[.answers[].question] | join(" ")' \
		'list total allocator holders devices addresses peak'
}
