#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The scripts of tests/tools: each must find what it is there to find, for a check that
# cannot fail is worse than none.

bats_require_minimum_version 1.8.0
load helpers

setup() {
	TOOLS=$BATS_TEST_DIRNAME/../tools
	cd "$BATS_TEST_TMPDIR" || return 1
}

# layers FILE CODE: what check-layers says of one file with this code.
layers() {
	mkdir -p "src/$(dirname "$1")"
	cp "$BATS_TEST_DIRNAME/../../src/LAYERS" src/
	printf '%b' "$2" >"src/$1"
	run "$TOOLS/check-layers" - src
}

@test "check-layers: what is allowed passes" {
	layers sources/a.c '#include <stdio.h>\n#include "base/mem.h"\n#include "model/x.h"\n'
	[[ $status -eq 0 ]]
	layers base/root_dir.c 'int f = openat(1, "x", 0);\n'
	[[ $status -eq 0 ]]
}

@test "check-layers: an include upwards is found" {
	layers base/a.c 'int x;\n#include "model/snapshot.h"\n'
	[[ $status -eq 1 && $output == *"base/a.c:2: base may not include model/snapshot.h"* ]]
	layers sources/b.c '#  include "commands/command.h"\n'
	[[ $status -eq 1 && $output == *"sources/b.c:1:"* ]]
}

@test "check-layers: main may include one header of commands only" {
	layers main.c '#include "commands/command.h"\n'
	[[ $status -eq 0 ]]
	layers main.c '#include "commands/list.h"\n'
	[[ $status -eq 1 ]]
}

@test "check-layers: calls out of place are found, each kind" {
	local call
	for call in 'fopen("x", "r")' 'open("x", 0)' 'stat("x", &s)' 'readlink (a, b, c)' \
		'printf("x")' 'exit(1)' 'time(NULL)' 'getpid()' 'uname(&u)'; do
		layers analysis/a.c "int f(void)\n{\n\treturn $call;\n}\n"
		[[ $status -eq 1 && $output == *"analysis/a.c:3: ${call%%[ (]*} belongs to"* ]] ||
			fail "$call: $output"
	done
}

@test "check-layers: libraries out of place are found" {
	layers model/a.c '#include <json-c/json.h>\n'
	[[ $status -eq 1 ]]
	layers commands/a.c '#include <sys/capability.h>\n'
	[[ $status -eq 1 ]]
	layers symbols/a.c '#include <libelf.h>\n'
	[[ $output != *symbols/a.c* ]]
}

@test "check-layers: names, members, comments and strings are no calls" {
	layers model/a.c 'struct stat s; /* exit(1)\n printf( */ // open(\nchar *a = "time(";
x->open(1); y.exit(2); fstat(3); my_printf(4); struct f g = { .open = h };\n'
	[[ $status -eq 0 ]] || fail "$output"
}

@test "check-layers: a folder without a layer is found" {
	layers attic/a.c 'int x;\n'
	[[ $status -eq 1 && $output == *"knows no layer attic"* ]]
}

# A function with so many lines and this list of parameters.
function_of() { # LINES PARAMETERS
	printf 'int f(%s)\n{\n' "$2"
	local i
	for ((i = 3; i < $1; i++)); do
		echo '	;'
	done
	echo '}'
}

@test "check-budget: the last allowed line, parameter and column pass" {
	{
		function_of 60 'int a, int b, int (*c)(int, int), int d, int e'
		echo
		function_of 60 'void'
		printf '%090d\n' 0
		printf '\t"%090d");\n' 0
	} >ok.c
	run "$TOOLS/check-budget" - "$PWD/ok.c"
	[[ $status -eq 0 ]] || fail "$output"
}

@test "check-budget: one too many of each is found" {
	function_of 61 void >function.c
	function_of 9 'int a, int b,
	int c, int d, int e, int f' >parameters.c
	printf '\t%083d\n"" %090d\n' 0 0 >columns.c
	yes '' | head -n 501 >file.c
	run "$TOOLS/check-budget" - "$PWD"/{function,parameters,columns,file}.c
	[[ $status -eq 1 ]]
	[[ $output == *"function.c:1: function of 61 lines"* ]]
	[[ $output == *"parameters.c:1: function with 6 parameters"* ]]
	[[ $output == *"columns.c:1: line of 91 columns"* ]]
	[[ $output == *"columns.c:2: line of 93 columns"* ]]
	[[ $output == *"file.c:501: file of 501 lines"* ]]
}

@test "run-tests: sums up, shows failures, names skips" {
	printf '#!/bin/sh\nprintf "1..3\\nok 1 - a\\nnot ok 2 - b\\nok 3 - c # SKIP no board\\n"\n' \
		>tap
	chmod +x tap
	run "$TOOLS/run-tests" --tier one ./tap --skip two 'not there' --command three true
	[[ $status -eq 1 ]]
	[[ ${lines[-1]} == "2 passed, 1 failed, 2 skipped" ]]
	[[ $output == *"| not ok 2 - b"* && $output == *"no board"* ]]
	[[ $output == *"two: not there"* ]]
}

@test "run-tests: a program that dies, lies or says nothing has failed" {
	local body
	for body in 'exit 0' 'echo "1..2"; echo "ok 1 - a"' 'echo "ok 1 - a"; exit 0' \
		'echo "1..1"; echo "ok 1 - a"; exit 99' 'echo "1..1"; echo "ok 1 - a"; kill -9 $$' \
		'echo 1..1; echo "ok 1"; echo "ok 2"'; do
		printf '#!/bin/sh\n%s\n' "$body" >bad
		chmod +x bad
		run "$TOOLS/run-tests" ./bad
		[[ $status -eq 1 && ${lines[-1]} == *" 1 failed, 0 skipped" ]] || fail "$body: $output"
	done
	TIMEOUT=0.2 run "$TOOLS/run-tests" --command hangs 'sleep 9'
	[[ $status -eq 1 && ${lines[-1]} == "0 passed, 1 failed, 0 skipped" ]]
}

@test "run-tests: nothing run is no success" {
	run "$TOOLS/run-tests"
	[[ $status -eq 1 && ${lines[-1]} == "0 passed, 0 failed, 0 skipped" ]]
	run "$TOOLS/run-tests" --skip all 'no board'
	[[ $status -eq 1 && ${lines[-1]} == "0 passed, 0 failed, 1 skipped" ]]
	run "$TOOLS/run-tests" --command one 'echo no board; exit 77'
	[[ $status -eq 1 && $output == *"no board"* ]]
}

@test "same-options: a difference is found in either direction" {
	printf '#!/bin/sh\n%s\n' \
		'printf "command\tlist\\noption\t-\t--json\\noption\tlist\t--by\n"' >tool
	chmod +x tool
	echo 'list' >text
	same() { printf '%s\n' "$@" | "$TOOLS/same-options" ./tool here text; }
	run same --json --by
	[[ $status -eq 0 ]] || fail "$output"
	run same --json
	[[ $status -eq 1 && $output == *"--by is missing"* ]]
	run same --json --by --bye
	[[ $status -eq 1 && $output == *"--bye is not one"* ]]
	echo 'lists' >text
	run same --json --by
	[[ $status -eq 1 && $output == *"command list is missing"* ]]
}

@test "deps: unknown groups are refused" {
	run "$TOOLS/deps" no-such-group
	[[ $status -eq 2 ]]
}
