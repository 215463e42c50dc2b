# SPDX-License-Identifier: MIT
# Reads what one test file printed and answers "PASSED FAILED SKIPPED" for run-tests.
#
# kind is "tap" or "command", status its exit status; the names and reasons of what was
# skipped or is wrong with the file as a whole go to the file `notes`. A TAP program fails as
# a whole when it has no plan, ran another number of tests than planned, or ended badly
# although each of its tests passed.

/^[0-9]+\.\.[0-9]+/ {
	split($0, plan, /\.\.|[^0-9.]/)
	planned = plan[2]
	has_plan = 1
	if (planned == 0)
		whole_reason = $0
	next
}
/^(not )?ok [0-9]+/ {
	seen++
	if ($0 ~ /# *[Ss][Kk][Ii][Pp]/) {
		skipped++
		note("skip: " $0)
	} else if ($0 ~ /^not ok/ && $0 !~ /# *TODO/) {
		failed++
	} else {
		passed++
	}
	next
}
/^Bail out!/ { bailed = 1 }
{ if ($0 != "") last = $0 }

function note(text) {
	sub(/^skip: ok [0-9]+ (- )?/, "skip: ", text)
	print text > notes
}

END {
	if (kind == "command" && !seen && !has_plan) {
		if (status == 77)
			note("skip: " last)
		print (status == 0) + 0, (status != 0 && status != 77) + 0, (status == 77) + 0
		exit
	}
	if (has_plan && planned == 0 && status == 0) {
		sub(/^[^#]*# */, "", whole_reason)
		note("skip: all of it: " whole_reason)
		print 0, 0, 1
		exit
	}
	if (status == 124 || status == 137) {
		failed++
		note("timed out")
	} else if (!has_plan) {
		failed++
		note("no plan; exit status " status)
	} else if (seen != planned) {
		failed++
		note("planned " planned " tests, saw " seen + 0 "; exit status " status)
	} else if ((status != 0 || bailed) && !failed) {
		failed++
		note("every test passed, but the exit status is " status)
	}
	print passed + 0, failed + 0, skipped + 0
}
