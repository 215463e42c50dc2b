/* SPDX-License-Identifier: MIT */
/* Moments to text and back: the calendar's corners, both ends of 64 bits, wrong texts. */
#include "../lib/tap.h"

#include <errno.h>

#include "base/rfc3339.h"

static const struct {
	uint64_t ns;
	const char *text;
} both_ways[] = {
	{ 0, "1970-01-01T00:00:00.000000000Z" },
	{ 999999999, "1970-01-01T00:00:00.999999999Z" },
	{ 951782400000000000u, "2000-02-29T00:00:00.000000000Z" },
	{ 1709251199000000001u, "2024-02-29T23:59:59.000000001Z" },
	{ 1767225599123456789u, "2025-12-31T23:59:59.123456789Z" },
	{ 4107542400000000000u, "2100-03-01T00:00:00.000000000Z" },
	{ 18446744073709551614u, "2554-07-21T23:34:33.709551614Z" },
};

static const struct {
	const char *text;
	uint64_t ns;
} accepted[] = {
	{ "2026-11-21T19:53:28Z", 1795290808000000000u },
	{ "2026-11-21t19:53:28.5z", 1795290808500000000u },
	{ "2026-11-21T20:53:28.000000001+01:00", 1795290808000000001u },
	{ "2026-11-21T13:23:28-06:30", 1795290808000000000u },
};

static const char *const refused[] = {
	"",
	"2026-11-21",
	"2026-11-21T19:53:28",
	"2026-11-21 19:53:28Z",
	"2026-13-01T00:00:00Z",
	"2026-00-01T00:00:00Z",
	"2026-02-29T00:00:00Z",
	"2026-04-31T00:00:00Z",
	"2026-01-00T00:00:00Z",
	"2026-01-01T24:00:00Z",
	"2026-01-01T00:60:00Z",
	"2026-01-01T00:00:60Z",
	"2026-01-01T00:00:00.Z",
	"2026-01-01T00:00:00.1234567890Z",
	"2026-01-01T00:00:00+1:00",
	"2026-01-01T00:00:00+24:00",
	"2026-01-01T00:00:00Zx",
	"226-01-01T00:00:00Z",
	"-026-01-01T00:00:00Z",
	"2026-1-01T00:00:00Z",
	"2026-01-01T00:00:00 Z",
};

static const char *const out_of_range[] = {
	"1969-12-31T23:59:59Z",		  "1970-01-01T00:00:00+00:01",
	"2554-07-21T23:34:33.709551615Z", /* all ones means "not known" */
	"2554-07-21T23:34:34Z",		  "9999-12-31T23:59:59.999999999Z",
};

int main(void)
{
	char text[RFC3339_TEXT];
	uint64_t ns;

	for (size_t i = 0; i < ARRAY_SIZE(both_ways); i++) {
		is_str(rfc3339_text(text, both_ways[i].ns), both_ways[i].text, "written");
		ns = 1;
		is_int(rfc3339_parse(text, strlen(text), &ns), 0, "read again");
		is_u64(ns, both_ways[i].ns, "the same moment");
	}
	for (size_t i = 0; i < ARRAY_SIZE(accepted); i++) {
		ns = 1;
		is_int(rfc3339_parse(accepted[i].text, strlen(accepted[i].text), &ns), 0,
		       accepted[i].text);
		is_u64(ns, accepted[i].ns, "... is that moment");
	}
	ns = 7;
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++)
		is_int(rfc3339_parse(refused[i], strlen(refused[i]), &ns), -EINVAL,
		       refused[i]);
	for (size_t i = 0; i < ARRAY_SIZE(out_of_range); i++)
		is_int(rfc3339_parse(out_of_range[i], strlen(out_of_range[i]), &ns),
		       -ERANGE, out_of_range[i]);
	is_u64(ns, 7, "a refused text leaves the result alone");
	return done_testing();
}
