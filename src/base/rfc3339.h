/* SPDX-License-Identifier: MIT */
/*
 * Moments as text, RFC 3339: 2026-11-21T19:53:28.123456789Z. Plain arithmetic on the
 * Gregorian calendar, so that the host's time zone and locale have no say in it.
 */
#ifndef BASE_RFC3339_H
#define BASE_RFC3339_H

#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"

#define RFC3339_TEXT 64

/* UTC with all nine digits of the second. `ns` since 1970, not ABSENT64. */
const char *rfc3339_text(char out[RFC3339_TEXT], uint64_t ns);

/*
 * Reads a whole text: date, `T`, time, 0 to 9 digits of the second, `Z` or `+HH:MM`.
 * -EINVAL when it is none, -ERANGE before 1970 or beyond what 64 bits hold.
 */
int rfc3339_parse(const char *text, size_t len, uint64_t *ret) _must_check_;

#endif
