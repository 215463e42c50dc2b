#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# `snapshot`: a saved snapshot is as good as what it was taken from, in any JSON spelling,
# and one that is damaged is refused with its place.

bats_require_minimum_version 1.8.0
load ../lib/helpers

setup() {
	DIR=$BATS_TEST_TMPDIR
}

# same_report FIRST SECOND ARGS...: the report on both is the same.
same_report() {
	local first=$1 second=$2
	shift 2
	inspect "$@" "$first"
	cp "$STDOUT" "$DIR/first"
	inspect "$@" "$second"
	text_is_file "$STDOUT" "$DIR/first"
}

# Every view of a live tree and of its snapshot, and nothing is new or gone between them.
same_reports() { # ORIGINAL
	local by id
	inspect snapshot -o "$DIR/saved.json" "$1"
	json_valid snapshot "$DIR/saved.json"
	inspect snapshot "$DIR/saved.json"
	cmp "$STDOUT" "$DIR/saved.json"
	for by in owner buffer task exporter device holder size heap; do
		same_report "$1" "$DIR/saved.json" list --by "$by"
		same_report "$1" "$DIR/saved.json" list --json --by "$by"
	done
	for id in $(jq -r '.buffers[:5][].id' "$DIR/saved.json"); do
		same_report "$1" "$DIR/saved.json" show "$id"
	done
	inspect diff --exit-code "$1" "$DIR/saved.json"
}

@test "what is saved of a lab kernel gives the same reports" {
	local fixture tested=0
	for fixture in "$TOP"/tests/fixtures/lab-*/root.tar.xz; do
		mkdir "$DIR/root"
		tar -xf "$fixture" -C "$DIR/root"
		# A leak is several trees, one a moment.
		if [[ -d $DIR/root/proc ]]; then
			same_reports "$DIR/root"
			tested=$((tested + 1))
		fi
		rm -r "$DIR/root"
	done
	[[ $tested -gt 0 ]]
}

@test "what is saved of a log and of a heap listing gives the same reports" {
	cd "$TOP"
	same_reports samples/rk3588-leak/log0.log
	same_reports samples/rv1106/rk-dma-heap-info
}

@test "a counter alone: how many buffers there are stays unknown" {
	cd "$TOP"
	inspect snapshot samples/rk3588-video/before
	json_valid snapshot
	json_is '.totals.buffers | tojson' null
	json_is '.buffers | length' 0
	cp "$STDOUT" "$DIR/size.json"
	inspect list --json "$DIR/size.json"
	json_is '.totals.buffers | tojson' null
}

@test "jq may sort it, spread it or put it on one line" {
	cd "$TOP"
	inspect snapshot -o "$DIR/plain.json" samples/rk3588-leak/log1.log
	jq -S . "$DIR/plain.json" >"$DIR/sorted.json"
	jq -c . "$DIR/plain.json" >"$DIR/short.json"
	jq --tab . "$DIR/plain.json" | sed 's/$/\r/' >"$DIR/dos.json"
	local name
	for name in sorted short dos; do
		inspect snapshot "$DIR/$name.json"
		cmp "$STDOUT" "$DIR/plain.json"
	done
	inspect snapshot - <"$DIR/short.json"
	cmp "$STDOUT" "$DIR/plain.json"
}

@test "one record a line: what changed is what diff shows" {
	cd "$TOP"
	inspect snapshot -o "$DIR/a.json" samples/rk3588-leak/log0.log
	inspect snapshot -o "$DIR/b.json" samples/rk3588-leak/log1.log
	inspect diff --json "$DIR/a.json" "$DIR/b.json"
	local new gone
	new=$(jq '.new | length' "$STDOUT")
	gone=$(jq '.gone | length' "$STDOUT")
	[[ $new -gt 0 ]]
	run bash -c "diff <(sed 's/,$//' '$DIR/a.json') <(sed 's/,$//' '$DIR/b.json') |
		grep -c '^> {\"id\"'"
	[[ $output -eq $new ]]
	run bash -c "diff <(sed 's/,$//' '$DIR/a.json') <(sed 's/,$//' '$DIR/b.json') |
		grep -c '^< {\"id\"'"
	[[ $output -eq $gone ]]
}

@test "a snapshot that is cut, damaged, of a later version or something else" {
	cd "$TOP"
	inspect snapshot -o "$DIR/good.json" samples/rk3588-leak/log0.log
	head -c 5000 "$DIR/good.json" >"$DIR/cut.json"
	inspect -4 list "$DIR/cut.json"
	stdout_is_empty
	stderr_matches "cut\.json:[0-9]+:[0-9]+: error: the file ends in the middle of the document"
	sed 's/"size_bytes":[0-9]*/"size_bytes":"big"/' "$DIR/good.json" >"$DIR/damaged.json"
	inspect -4 diff "$DIR/damaged.json" "$DIR/good.json"
	stderr_has "size_bytes: expected a number, got"
	sed 's/"version": 1/"version": 2/' "$DIR/good.json" >"$DIR/later.json"
	inspect -4 list "$DIR/later.json"
	stderr_has "version: 2 is not known"
	inspect list --json "$DIR/good.json"
	cp "$STDOUT" "$DIR/list.json"
	inspect -4 list "$DIR/list.json"
	stderr_has "is what another command printed, no snapshot"
	echo '{"schema": "something/else", "version": 1}' >"$DIR/other.json"
	inspect -4 list "$DIR/other.json"
	stderr_has "is no snapshot of dmabuf-inspect"
}

@test "a name that would act on a terminal does not, as text and as JSON" {
	cat >"$DIR/hostile.json" <<-'END'
		{ "schema": "dmabuf-inspect/snapshot", "version": 1, "buffers": [
		{ "ino": 1, "size_bytes": 4096, "name": "a\u001b[2Jb\u009b31mc\u202ed\ne",
		  "sources": ["bufinfo"] } ] }
	END
	inspect list --by buffer "$DIR/hostile.json"
	stdout_lacks $'\x1b'
	stdout_lacks $'\xc2\x9b'
	stdout_lacks $'\xe2\x80\xae'
	inspect snapshot "$DIR/hostile.json"
	stdout_lacks $'\x1b'
	stdout_lacks $'\xc2\x9b'
	stdout_lacks $'\xe2\x80\xae'
	json_is '.buffers[0].name | @json' '"a\u001b[2Jb'$'\xc2\x9b''31mc'$'\xe2\x80\xae''d\ne"'
}
