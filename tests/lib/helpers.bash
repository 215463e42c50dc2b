# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# The words that the bats tests are written in. Load it first:
#
#	bats_require_minimum_version 1.8.0
#	load ../lib/helpers
#
#	@test "list names each buffer once" {
#		use_fixture rk3588-android12
#		inspect list --by buffer dev.txt
#		stdout_is_file list-by-buffer.txt
#	}
#
# inspect [-STATUS] ARGS...   run the tool; the status must be STATUS (0 if not given)
# use_fixture NAME            tests/fixtures/NAME: its root/ becomes --sysroot, the folder
#                             the working directory, its expected/ that of stdout_is_file
# status_is N                 stdout_is TEXT        stdout_has TEXT      stdout_lacks TEXT
# stdout_matches ERE          stdout_is_file NAME   stdout_is_empty      stdout_lines_are N
# stderr_is TEXT              stderr_has TEXT       stderr_lacks TEXT    stderr_matches ERE
# stderr_is_empty             json_is JQ EXPECTED   json_has JQ          json_valid SCHEMA [FILE]
# requires WHAT...            skips by name: root, command:NAME, file:PATH, kernel:NODE
# wait_for SECONDS CMD...     until CMD is true; fails after SECONDS
#
# The tool is $DMABUF_INSPECT. What a run wrote is kept in $BATS_TEST_TMPDIR/stdout and
# .../stderr, byte for byte, and in $stdout and $stderr; tests may make files only below
# $BATS_TEST_TMPDIR.

# Tests are files of tests/cli or tests/live, the tree is two folders up.
TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
: "${DMABUF_INSPECT:=$TOP/build/dmabuf-inspect}"
export DMABUF_INSPECT
export LC_ALL=C TZ=UTC COLUMNS=100 TERM=dumb
unset NO_COLOR DMABUF_INSPECT_SYSROOT

# A sanitizer's complaint must not be mistaken for a documented exit status.
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1:exitcode=99:allocator_may_return_null=1}
export LSAN_OPTIONS=${LSAN_OPTIONS:-exitcode=99}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1:halt_on_error=1:exitcode=99}

FIXTURE=
EXPECTED_DIR=$TOP/tests/cli/expected

fail() {
	printf '%s\n' "$@" >&2
	return 1
}

use_fixture() { # NAME
	FIXTURE=$TOP/tests/fixtures/$1
	[[ -d $FIXTURE ]] || fail "no fixture $1" || return 1
	EXPECTED_DIR=$FIXTURE/expected
	unset DMABUF_INSPECT_SYSROOT
	if [[ -d $FIXTURE/root ]]; then
		export DMABUF_INSPECT_SYSROOT=$FIXTURE/root
	elif [[ -f $FIXTURE/root.tar.xz ]]; then
		mkdir -p "$BATS_TEST_TMPDIR/root"
		tar -xf "$FIXTURE/root.tar.xz" -C "$BATS_TEST_TMPDIR/root" || return 1
		export DMABUF_INSPECT_SYSROOT=$BATS_TEST_TMPDIR/root
	fi
	cd "$FIXTURE" || return 1
}

inspect() { # [-STATUS] ARGS...
	local want=0
	if [[ ${1-} =~ ^-[0-9]+$ ]]; then
		want=${1#-}
		shift
	fi
	STDOUT=$BATS_TEST_TMPDIR/stdout
	STDERR=$BATS_TEST_TMPDIR/stderr
	status=0
	timeout --kill-after=5 "${INSPECT_TIMEOUT:-60}" "$DMABUF_INSPECT" "$@" \
		>"$STDOUT" 2>"$STDERR" 3>&- || status=$?
	stdout=$(tr -d '\0' <"$STDOUT")
	stderr=$(tr -d '\0' <"$STDERR")
	# shellcheck disable=SC2034 # the name that bats itself uses
	output=$stdout
	log_run "$@"
	[[ $status -eq $want ]] || fail "expected exit status $want, got $status"
}

# bats shows what a test printed when it fails, so each run goes on record.
log_run() { # ARGS...
	printf '$ dmabuf-inspect%s\n' "${*:+$(printf ' %q' "$@")}"
	printf '  exit status: %s%s\n' "$status" \
		"$([[ $status -eq 124 ]] && echo ' (timed out)')"
	head -n 200 "$STDOUT" | tr -d '\0' | sed 's/^/  out: /'
	head -n 200 "$STDERR" | tr -d '\0' | sed 's/^/  err: /'
}

status_is() { # N
	[[ $status -eq $1 ]] || fail "expected exit status $1, got $status"
}

# Compares byte for byte with a file below expected/; with UPDATE=1 writes that file.
stdout_is_file() { # NAME
	text_is_file "$STDOUT" "$EXPECTED_DIR/$1"
}

stderr_is_file() { # NAME
	text_is_file "$STDERR" "$EXPECTED_DIR/$1"
}

# A file that differs is replaced at once by a complete one, so that files that run at the
# same time never see half of it.
text_is_file() { # GOT WANTED
	if [[ -n ${UPDATE-} ]]; then
		if ! cmp -s "$1" "$2"; then
			mkdir -p "$(dirname "$2")"
			cp "$1" "$2.new.$$" && mv "$2.new.$$" "$2"
			echo "updated $2"
		fi
		return 0
	fi
	[[ -e $2 ]] || fail "no expected file ${2#"$TOP"/}; UPDATE=1 makes it" || return 1
	diff -u --label "expected: ${2#"$TOP"/}" --label got "$2" "$1"
}

stdout_is() { # TEXT
	[[ $stdout == "$1" ]] || fail "stdout is not: $1"
}

stdout_is_empty() {
	[[ ! -s $STDOUT ]] || fail "stdout is not empty"
}

stdout_has() { # TEXT
	[[ $stdout == *"$1"* ]] || fail "not in stdout: $1"
}

stdout_lacks() { # TEXT
	[[ $stdout != *"$1"* ]] || fail "should not be in stdout: $1"
}

# A whole line must match the extended regular expression somewhere.
stdout_matches() { # ERE
	grep -qE -e "$1" "$STDOUT" || fail "no line of stdout matches: $1"
}

stdout_lines_are() { # N
	local n
	n=$(wc -l <"$STDOUT")
	[[ $n -eq $1 ]] || fail "expected $1 lines on stdout, got $n"
}

stderr_is() { # TEXT
	[[ $stderr == "$1" ]] || fail "stderr is not: $1"
}

stderr_is_empty() {
	[[ ! -s $STDERR ]] || fail "stderr is not empty"
}

stderr_has() { # TEXT
	[[ $stderr == *"$1"* ]] || fail "not in stderr: $1"
}

stderr_lacks() { # TEXT
	[[ $stderr != *"$1"* ]] || fail "should not be in stderr: $1"
}

stderr_matches() { # ERE
	grep -qE -e "$1" "$STDERR" || fail "no line of stderr matches: $1"
}

# What the jq filter makes of stdout: text as it is, everything else as compact JSON.
json_is() { # JQ EXPECTED
	local got
	got=$(jq -r -c "$1" "$STDOUT") || fail "jq failed on: $1" || return 1
	[[ $got == "$2" ]] || fail "$1" "       is: $got" " expected: $2"
}

# The jq filter answers neither false nor null.
json_has() { # JQ
	jq -e "$1" "$STDOUT" >/dev/null || fail "not true of stdout: $1"
}

# SCHEMA is a file, or the name of one of share/schema; FILE is stdout if not given.
json_valid() { # SCHEMA [FILE]
	local schema=$1
	[[ -e $schema ]] || schema=$TOP/share/schema/$1.json
	[[ -e $schema ]] || schema=$TOP/share/schema/$1.schema.json
	[[ -e $schema ]] || fail "no schema $1 in share/schema" || return 1
	/usr/bin/python3 "$TOP/tests/tools/validate" "$schema" "${2:-$STDOUT}"
}

# The only way to skip; the reason is shown and counted.
requires() { # root | command:NAME | file:PATH | kernel:NODE ...
	local what
	for what in "$@"; do
		case $what in
		root) [[ $(id -u) -eq 0 ]] || skip "needs root" ;;
		command:*) command -v "${what#*:}" >/dev/null || skip "needs ${what#*:}" ;;
		file:*) [[ -e ${what#*:} ]] || skip "needs ${what#*:}" ;;
		kernel:*) [[ -e ${what#*:} ]] || skip "this kernel has no ${what#*:}" ;;
		*) fail "requires: what is '$what'?" || return 1 ;;
		esac
	done
}

# Polls, for a condition has a limit and a pause has not.
wait_for() { # SECONDS CMD...
	local end=$((SECONDS + $1))
	shift
	until "$@"; do
		[[ $SECONDS -lt $end ]] || fail "waited in vain for: $*" || return 1
		sleep 0.05
	done
}
