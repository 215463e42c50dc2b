/* SPDX-License-Identifier: MIT */
/* Sizes and durations for people. */
#include "base/units.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

static const char *const unit_name[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };

/* Up to this many KiB stay exact: people compare them with the kernel's own listings. */
#define EXACT_KIB 1000000u

static const char *rounded_size(char *out, uint64_t bytes)
{
	double value = (double)bytes;
	unsigned unit = 0;

	while (value >= 1024 && unit < ARRAY_SIZE(unit_name) - 1) {
		value /= 1024;
		unit++;
	}
	snprintf(out, UNITS_TEXT,
		 value < 10  ? "%.2f %s" :
		 value < 100 ? "%.1f %s" :
			       "%.0f %s",
		 value, unit_name[unit]);
	return out;
}

static const char *auto_size(char *out, uint64_t bytes)
{
	uint64_t whole = bytes;
	unsigned unit = 0;

	while (whole % 1024 == 0 && whole >= (unit ? 10 * 1024 : 1024) &&
	       unit < ARRAY_SIZE(unit_name) - 1) {
		whole /= 1024;
		unit++;
	}
	if (whole >= (unit == 1 ? EXACT_KIB : 10 * 1024))
		return rounded_size(out, bytes);
	snprintf(out, UNITS_TEXT, "%" PRIu64 " %s", whole, unit_name[unit]);
	return out;
}

const char *units_size(char out[UNITS_TEXT], uint64_t bytes, enum units units)
{
	switch (units) {
	case UNITS_BYTES:
		snprintf(out, UNITS_TEXT, "%" PRIu64, bytes);
		return out;
	case UNITS_KIB:
		if (bytes % 1024) /* 512 bytes are not nothing */
			snprintf(out, UNITS_TEXT, "%.1f KiB", (double)bytes / 1024);
		else
			snprintf(out, UNITS_TEXT, "%" PRIu64 " KiB", bytes / 1024);
		return out;
	case UNITS_AUTO:
		break;
	}
	return auto_size(out, bytes);
}

enum units units_for_table(enum units units, uint64_t largest)
{
	return units == UNITS_AUTO && largest < (uint64_t)10 << 30 ? UNITS_KIB : units;
}

const char *units_change(char out[UNITS_TEXT], int64_t bytes, enum units units)
{
	uint64_t size = bytes < 0 ? 0 - (uint64_t)bytes : (uint64_t)bytes;
	char plain[UNITS_TEXT];

	units_size(plain, size, units);
	snprintf(out, UNITS_TEXT, "%c%.30s", bytes < 0 ? '-' : '+', plain);
	return out;
}

const char *units_duration(char out[UNITS_TEXT], uint64_t ns)
{
	uint64_t s = ns / 1000000000;

	if (s < 60)
		snprintf(out, UNITS_TEXT, "%.1f s", (double)ns / 1e9);
	else if (s < 3600)
		snprintf(out, UNITS_TEXT, "%" PRIu64 " min %" PRIu64 " s", s / 60,
			 s % 60);
	else if (s < 86400)
		snprintf(out, UNITS_TEXT, "%" PRIu64 " h %" PRIu64 " min", s / 3600,
			 s / 60 % 60);
	else
		snprintf(out, UNITS_TEXT, "%" PRIu64 " d %" PRIu64 " h", s / 86400,
			 s / 3600 % 24);
	return out;
}

/* A plain decimal with an optional fraction; *end behind it. */
static int parse_decimal(const char *text, double *ret, const char **end)
{
	size_t digits = strspn(text, "0123456789");
	size_t all = digits;
	char *stop;

	if (text[all] == '.')
		all += 1 + strspn(text + all + 1, "0123456789");
	if (!digits && all < 2)
		return -EINVAL;
	errno = 0;
	*ret = strtod(text, &stop);
	if (errno == ERANGE)
		return -ERANGE;
	*end = text + all;
	return stop == *end ? 0 : -EINVAL;
}

static int finish(double value, uint64_t *ret)
{
	if (value >= 9.2e18)
		return -ERANGE;
	*ret = (uint64_t)llround(value);
	return 0;
}

int units_parse_size(const char *text, uint64_t *ret)
{
	static const char letters[] = "KMGTPE";
	const char *end, *at;
	double value;
	int r = parse_decimal(text, &value, &end);

	if (r < 0)
		return r;
	while (*end == ' ')
		end++;
	if (*end && (at = strchr(letters, *end >= 'a' ? *end - 32 : *end))) {
		value *= pow(1024, (double)(at - letters + 1));
		end++;
		if (*end == 'i')
			end++;
	}
	if (*end == 'B' || *end == 'b')
		end++;
	return *end ? -EINVAL : finish(value, ret);
}

int units_parse_duration(const char *text, uint64_t *ret)
{
	static const struct {
		const char *name;
		double ns;
	} known[] = { { "", 1e9 },     { "s", 1e9 },	{ "ms", 1e6 },	 { "m", 60e9 },
		      { "min", 60e9 }, { "h", 3600e9 }, { "d", 86400e9 } };
	const char *end;
	double value;
	int r = parse_decimal(text, &value, &end);

	if (r < 0)
		return r;
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (!strcmp(end, known[i].name))
			return finish(value * known[i].ns, ret);
	return -EINVAL;
}
