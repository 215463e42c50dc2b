/* SPDX-License-Identifier: MIT */
/*
 * What a unit test needs: a few checks that print TAP, and nothing else.
 *
 * A test is one program per module, tests/unit/test_<module>.c, linked with all of src/
 * but main.c. It is run in the top folder of the tree, so files are "tests/fixtures/...".
 *
 *	#include "../lib/tap.h"
 *	#include "base/units.h"
 *
 *	int main(void)
 *	{
 *		uint64_t bytes = 0;
 *
 *		is_int(units_parse("4K", &bytes), 0, "a suffix is understood");
 *		is_u64(bytes, 4096, "... and is binary");
 *		return done_testing();
 *	}
 *
 * Each check returns whether it passed, so that what depends on it can be left out.
 */
#pragma once

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static unsigned tap_count, tap_failed;

/* One check with a printf name. The ok() of the macro below adds the place. */
__attribute__((format(printf, 4, 5), unused)) static bool
tap_ok(bool passed, const char *file, int line, const char *name, ...)
{
	va_list args;

	tap_count++;
	tap_failed += !passed;
	printf("%sok %u - ", passed ? "" : "not ", tap_count);
	va_start(args, name);
	vprintf(name, args);
	va_end(args);
	printf("\n");
	if (!passed)
		printf("# at %s:%d\n", file, line);
	fflush(stdout); /* what was printed must survive a crash of the next check */
	return passed;
}

__attribute__((unused)) static bool tap_text_is(const char *got, const char *want,
						const char *file, int line,
						const char *name)
{
	bool same = got == want || (got && want && !strcmp(got, want));

	tap_ok(same, file, line, "%s", name);
	if (!same) {
		printf("#      got: %s%s%s\n", got ? "'" : "", got ? got : "NULL",
		       got ? "'" : "");
		printf("# expected: %s%s%s\n", want ? "'" : "", want ? want : "NULL",
		       want ? "'" : "");
	}
	return same;
}

__attribute__((unused)) static bool
tap_u64_is(uint64_t got, uint64_t want, const char *file, int line, const char *name)
{
	tap_ok(got == want, file, line, "%s", name);
	if (got != want)
		printf("#      got: %" PRIu64 " (0x%" PRIx64 ")\n# expected: %" PRIu64
		       " (0x%" PRIx64 ")\n",
		       got, got, want, want);
	return got == want;
}

__attribute__((unused)) static bool
tap_int_is(int64_t got, int64_t want, const char *file, int line, const char *name)
{
	tap_ok(got == want, file, line, "%s", name);
	if (got != want)
		printf("#      got: %" PRId64 "\n# expected: %" PRId64 "\n", got, want);
	return got == want;
}

/* ok(condition, "name with %d", n) */
#define ok(passed, ...) tap_ok(!!(passed), __FILE__, __LINE__, __VA_ARGS__)
#define is_u64(got, want, name) tap_u64_is(got, want, __FILE__, __LINE__, name)
#define is_int(got, want, name) tap_int_is(got, want, __FILE__, __LINE__, name)
#define is_str(got, want, name) tap_text_is(got, want, __FILE__, __LINE__, name)

/* A remark in the output, shown when the program fails. */
#define diag_note(...) (printf("# "), printf(__VA_ARGS__), printf("\n"))

/* Counted and named in the sum of the run: something of this machine is missing. */
__attribute__((unused)) static void skip_test(const char *name, const char *reason)
{
	tap_count++;
	printf("ok %u - %s # SKIP %s\n", tap_count, name, reason);
}

/* The plan, and the exit status of main(): a program that never gets here has failed. */
__attribute__((unused)) static int done_testing(void)
{
	printf("1..%u\n", tap_count);
	return tap_failed || !tap_count ? 1 : 0;
}
