/* SPDX-License-Identifier: MIT */
/* Moments to RFC 3339 text and back. */
#include "base/rfc3339.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>

#include "base/scan.h"

#define NS_PER_S 1000000000u
#define S_PER_DAY 86400u

static bool is_leap(unsigned year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static unsigned days_of_year(unsigned year)
{
	return is_leap(year) ? 366 : 365;
}

/* month from 1 to 12 */
static unsigned days_of_month(unsigned year, unsigned month)
{
	static const unsigned char days[] = { 31, 28, 31, 30, 31, 30,
					      31, 31, 30, 31, 30, 31 };

	return days[month - 1] + (month == 2 && is_leap(year));
}

const char *rfc3339_text(char out[RFC3339_TEXT], uint64_t ns)
{
	uint64_t s = ns / NS_PER_S;
	unsigned day = (unsigned)(s / S_PER_DAY), in_day = (unsigned)(s % S_PER_DAY);
	unsigned year = 1970, month = 1;

	for (; day >= days_of_year(year); year++)
		day -= days_of_year(year);
	for (; day >= days_of_month(year, month); month++)
		day -= days_of_month(year, month);
	snprintf(out, RFC3339_TEXT, "%04u-%02u-%02uT%02u:%02u:%02u.%09uZ", year, month,
		 day + 1, in_day / 3600, in_day / 60 % 60, in_day % 60,
		 (unsigned)(ns % NS_PER_S));
	return out;
}

/* Exactly `digits` digits, value from least to most, then the byte `end` (0: none). */
static bool number(struct scan *s, unsigned digits, unsigned least, unsigned most,
		   unsigned *ret)
{
	unsigned value = 0;

	for (; digits; digits--, s->at++) {
		if (scan_done(s) || *s->at < '0' || *s->at > '9')
			return false;
		value = value * 10 + (unsigned)(*s->at - '0');
	}
	*ret = value;
	return value >= least && value <= most;
}

static bool date(struct scan *s, uint64_t *ret_days)
{
	unsigned year, month, day;
	uint64_t days = 0;

	if (!number(s, 4, 0, 9999, &year) || !scan_word(s, "-") ||
	    !number(s, 2, 1, 12, &month) || !scan_word(s, "-") ||
	    !number(s, 2, 1, days_of_month(year, month), &day))
		return false;
	if (year < 1970) {
		*ret_days = ABSENT64;
		return true;
	}
	while (--month)
		days += days_of_month(year, month);
	while (year-- > 1970)
		days += days_of_year(year);
	*ret_days = days + day - 1;
	return true;
}

/* `.` and 1 to 9 digits, or nothing. */
static bool fraction(struct scan *s, uint64_t *ret)
{
	unsigned weight = NS_PER_S, digit;
	uint64_t ns = 0;

	if (!scan_word(s, ".")) {
		*ret = 0;
		return true;
	}
	for (; weight > 1 && number(s, 1, 0, 9, &digit);)
		ns += digit * (weight /= 10);
	*ret = ns;
	return weight < NS_PER_S;
}

/* `Z`, or how far ahead of UTC the clock was, in seconds. */
static bool zone(struct scan *s, int64_t *ret)
{
	bool behind = scan_word(s, "-");
	unsigned hours, minutes;

	*ret = 0;
	if (!behind && !scan_word(s, "+"))
		return scan_word(s, "Z") || scan_word(s, "z");
	if (!number(s, 2, 0, 23, &hours) || !scan_word(s, ":") ||
	    !number(s, 2, 0, 59, &minutes))
		return false;
	*ret = (int64_t)(hours * 3600 + minutes * 60) * (behind ? -1 : 1);
	return true;
}

int rfc3339_parse(const char *text, size_t len, uint64_t *ret)
{
	struct scan s = scan_text(text, len);
	unsigned hour, minute, second;
	uint64_t days, ns, whole;
	int64_t ahead, at;

	if (!date(&s, &days) || (!scan_word(&s, "T") && !scan_word(&s, "t")) ||
	    !number(&s, 2, 0, 23, &hour) || !scan_word(&s, ":") ||
	    !number(&s, 2, 0, 59, &minute) || !scan_word(&s, ":") ||
	    !number(&s, 2, 0, 59, &second) || !fraction(&s, &ns) || !zone(&s, &ahead) ||
	    !scan_done(&s))
		return -EINVAL;
	if (days == ABSENT64)
		return -ERANGE;
	at = (int64_t)(days * S_PER_DAY + hour * 3600 + minute * 60 + second) - ahead;
	if (at < 0 || __builtin_mul_overflow((uint64_t)at, (uint64_t)NS_PER_S, &whole) ||
	    __builtin_add_overflow(whole, ns, &whole) || whole == ABSENT64)
		return -ERANGE;
	*ret = whole;
	return 0;
}
