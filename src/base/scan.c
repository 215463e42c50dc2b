/* SPDX-License-Identifier: MIT */
/* Reading fields out of one line of kernel text. */
#include "base/scan.h"

bool scan_dec(struct scan *s, uint64_t *ret)
{
	const char *p = s->at;
	uint64_t value = 0;

	for (; p < s->end && *p >= '0' && *p <= '9'; p++) {
		uint64_t digit = (uint64_t)(*p - '0');

		if (value > UINT64_MAX / 10 || value * 10 > UINT64_MAX - digit)
			return false;
		value = value * 10 + digit;
	}
	if (p == s->at || value == ABSENT64)
		return false;
	s->at = p;
	*ret = value;
	return true;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool scan_hex(struct scan *s, unsigned least, unsigned most, uint64_t *ret)
{
	const char *p = s->at;
	uint64_t value = 0;
	int digit;

	while (p < s->end && (digit = hex_digit(*p)) >= 0) {
		if ((size_t)(p - s->at) == most || value >> 60)
			return false;
		value = value << 4 | (uint64_t)digit;
		p++;
	}
	if ((size_t)(p - s->at) < least || p == s->at)
		return false;
	s->at = p;
	*ret = value;
	return true;
}

bool scan_0x(struct scan *s, uint64_t *ret)
{
	struct scan save = *s;

	if (scan_word(s, "0x") && scan_hex(s, 1, 16, ret))
		return true;
	*s = save;
	return false;
}

struct span scan_token(struct scan *s)
{
	const char *start = s->at;

	while (s->at < s->end && *s->at != ' ' && *s->at != '\t')
		s->at++;
	return (struct span){ start, (size_t)(s->at - start) };
}

struct span scan_rest(struct scan *s)
{
	struct span rest = { s->at, scan_left(s) };

	s->at = s->end;
	while (rest.len &&
	       (rest.at[rest.len - 1] == ' ' || rest.at[rest.len - 1] == '\t'))
		rest.len--;
	return rest;
}

bool scan_only_dec(const char *text, size_t len, uint64_t *ret)
{
	struct scan s = scan_text(text, len);
	uint64_t value;

	scan_blanks(&s);
	if (!scan_dec(&s, &value))
		return false;
	while (!scan_done(&s) && strchr(" \t\r\n", *s.at) && *s.at)
		s.at++;
	if (!scan_done(&s))
		return false;
	*ret = value;
	return true;
}

struct span span_trim(struct span span)
{
	while (span.len && (*span.at == ' ' || *span.at == '\t'))
		span.at++, span.len--;
	while (span.len &&
	       (span.at[span.len - 1] == ' ' || span.at[span.len - 1] == '\t'))
		span.len--;
	return span;
}

bool span_is(struct span span, const char *text)
{
	return span.len == strlen(text) && !memcmp(span.at, text, span.len);
}

bool span_starts(struct span span, const char *text)
{
	size_t len = strlen(text);

	return span.len >= len && !memcmp(span.at, text, len);
}

const char *span_find(struct span span, const char *what)
{
	return span.len ? memmem(span.at, span.len, what, strlen(what)) : NULL;
}

const char *span_find_last(struct span span, const char *what)
{
	size_t len = strlen(what);

	for (size_t i = span.len >= len ? span.len - len + 1 : 0; i-- > 0;)
		if (!memcmp(span.at + i, what, len))
			return span.at + i;
	return NULL;
}

uint64_t sum_or_absent(uint64_t a, uint64_t b)
{
	uint64_t sum;

	if (a == ABSENT64 || b == ABSENT64 || __builtin_add_overflow(a, b, &sum))
		return ABSENT64;
	return sum;
}

uint64_t product_or_absent(uint64_t a, uint64_t b)
{
	uint64_t product;

	if (a == ABSENT64 || b == ABSENT64 || __builtin_mul_overflow(a, b, &product))
		return ABSENT64;
	return product;
}
