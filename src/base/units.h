/* SPDX-License-Identifier: MIT */
/* Sizes and durations: printing for people, reading from the command line. */
#ifndef BASE_UNITS_H
#define BASE_UNITS_H

#include <stdint.h>

#include "base/cleanup.h"

enum units {
	UNITS_AUTO, /* the unit that keeps it exact and short: 2628 KiB, 512 B, 1.5 GiB */
	UNITS_BYTES,
	UNITS_KIB,
};

#define UNITS_TEXT 32

/*
 * A size with its unit. AUTO is exact wherever that stays readable (2628 KiB, 83948 KiB,
 * 64 MiB, 300 B), else rounded to three figures.
 */
const char *units_size(char out[UNITS_TEXT], uint64_t bytes, enum units units);

/*
 * The unit for a column of sizes, of which this is the largest: AUTO becomes KiB, so that
 * they compare at a glance, unless that would take too many digits.
 */
enum units units_for_table(enum units units, uint64_t largest);

/* A size with a sign, `+0 B` for nothing. */
const char *units_change(char out[UNITS_TEXT], int64_t bytes, enum units units);

/* A duration: 3.2 s, 4 min 12 s, 2 h 5 min, 3 d 4 h. */
const char *units_duration(char out[UNITS_TEXT], uint64_t ns);

/*
 * Reads `64`, `64K`, `64KiB`, `1.5M`, `2GiB`, `1000B` (powers of 1024). -EINVAL when it
 * is no size or has trailing text, -ERANGE when it does not fit.
 */
int units_parse_size(const char *text, uint64_t *ret) _must_check_;

/* Reads `10`, `1.5`, `200ms`, `10s`, `5m`, `2h`, `1d` into nanoseconds; plain numbers are
 * seconds. */
int units_parse_duration(const char *text, uint64_t *ret) _must_check_;

#endif
