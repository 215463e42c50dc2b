#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The helpers themselves, run over a stand-in for the tool: each word must pass on what it
# promises and fail on what it forbids.

bats_require_minimum_version 1.8.0
load helpers

setup() {
	DMABUF_INSPECT=$BATS_TEST_TMPDIR/tool
	cat >"$DMABUF_INSPECT" <<-'EOF'
		#!/bin/sh
		case $1 in
		json) printf '{"n": 3, "who": "camera", "none": null}\n' ;;
		err) echo 'out'; echo 'a complaint' >&2; exit 3 ;;
		env) echo "$LC_ALL $TZ $COLUMNS ${DMABUF_INSPECT_SYSROOT-unset}" ;;
		nul) printf 'a\0b\n' ;;
		sleep) exec sleep 30 ;;
		cat) cat ;;
		*) printf 'one\ntwo\n\n' ;;
		esac
	EOF
	chmod +x "$DMABUF_INSPECT"
	EXPECTED_DIR=$BATS_TEST_TMPDIR/expected
}

# The word must fail, and say why.
fails() {
	local said
	if said=$("$@" 2>&1); then
		fail "should have failed: $*"
	fi
	[[ -n $said ]] || fail "failed without a word: $*"
}

@test "inspect keeps status, stdout and stderr apart" {
	inspect -3 err
	status_is 3
	stdout_is "out"
	stderr_is "a complaint"
	stderr_has "complaint"
	stderr_matches "^a c"
	stdout_lacks "complaint"
}

@test "inspect fails on another status than expected" {
	fails inspect err
	fails inspect -2 err
	fails inspect -1 plain
}

@test "inspect ends a tool that hangs" {
	export INSPECT_TIMEOUT=0.2
	inspect -124 sleep
}

@test "inspect passes standard input on" {
	inspect cat <<<"from here"
	stdout_is "from here"
}

@test "inspect runs in a known environment" {
	inspect env
	stdout_is "C UTC 100 unset"
}

@test "words about stdout fail when they are not true" {
	inspect plain
	stdout_has "two"
	stdout_matches '^t.o$'
	stdout_lines_are 3
	fails stdout_has "three"
	fails stdout_lacks "two"
	fails stdout_matches '^tw$'
	fails stdout_lines_are 2
	fails stdout_is "one"
	fails stdout_is_empty
	stderr_is_empty
	fails stderr_has "anything"
	fails status_is 1
}

@test "words about stderr fail when they are not true" {
	inspect -3 err
	fails stderr_is_empty
	fails stderr_is "complaint"
	fails stderr_lacks "complaint"
	fails stderr_matches '^complaint'
}

@test "stdout_is_file compares byte for byte" {
	mkdir "$EXPECTED_DIR"
	printf 'one\ntwo\n\n' >"$EXPECTED_DIR/same"
	printf 'one\ntwo\n' >"$EXPECTED_DIR/shorter"
	inspect plain
	stdout_is_file same
	fails stdout_is_file shorter
	fails stdout_is_file missing
	printf 'ab\n' >"$EXPECTED_DIR/no-nul"
	inspect nul
	fails stdout_is_file no-nul
}

@test "UPDATE=1 writes the expected file" {
	inspect plain
	UPDATE=1 stdout_is_file new/file.txt
	stdout_is_file new/file.txt
	inspect json
	fails stdout_is_file new/file.txt
}

@test "json_is and json_has read stdout as JSON" {
	inspect json
	json_is .n 3
	json_is .who camera
	json_is .none null
	json_is 'keys' '["n","none","who"]'
	json_has '.n > 2'
	fails json_is .n 4
	fails json_has .none
	fails json_has '.n > 3'
	inspect plain
	fails json_is .n 3
	fails json_has .n
}

@test "json_valid checks against a schema and the files beside it" {
	cat >"$BATS_TEST_TMPDIR/whole.json" <<-'EOF'
		{"type": "object", "additionalProperties": false, "required": ["n"],
		 "properties": {"n": {"$ref": "number.json"}, "who": {"type": "string"},
		                "none": {"type": "null"}}}
	EOF
	echo '{"type": "integer", "minimum": 1}' >"$BATS_TEST_TMPDIR/number.json"
	inspect json
	json_valid "$BATS_TEST_TMPDIR/whole.json"
	echo '{"type": "integer", "minimum": 9}' >"$BATS_TEST_TMPDIR/number.json"
	fails json_valid "$BATS_TEST_TMPDIR/whole.json"
	fails json_valid no-such-schema
	echo '{"n": 9, "n": 9}' >"$BATS_TEST_TMPDIR/twice"
	fails json_valid "$BATS_TEST_TMPDIR/whole.json" "$BATS_TEST_TMPDIR/twice"
}

@test "use_fixture sets the root, the working directory and the expected files" {
	TOP=$BATS_TEST_TMPDIR
	mkdir -p "$TOP/tests/fixtures/case/root" "$TOP/tests/fixtures/case/expected"
	echo "C UTC 100 $TOP/tests/fixtures/case/root" >"$TOP/tests/fixtures/case/expected/env"
	use_fixture case
	inspect env
	stdout_is_file env
	[[ $PWD == "$TOP/tests/fixtures/case" ]]
	fails use_fixture no-such-case
}

@test "requires refuses words it does not know" {
	requires command:sh file:/
	fails requires fortune
}

@test "requires skips, and the reason is shown" {
	# Printed, for bats takes a line that starts with @test as one of this file.
	printf 'load %s\n@test "never" { requires command:no-such-command-here; false; }\n' \
		"$BATS_TEST_DIRNAME/helpers" >"$BATS_TEST_TMPDIR/skips.bats"
	run bats --tap "$BATS_TEST_TMPDIR/skips.bats"
	[[ $output == *"ok 1 never # skip needs no-such-command-here"* ]]
}

@test "wait_for gives up in time" {
	wait_for 5 true
	fails wait_for 1 false
}
