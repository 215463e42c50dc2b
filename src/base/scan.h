/* SPDX-License-Identifier: MIT */
/*
 * Reading fields out of one line. A `struct scan` walks a line it does not own; every
 * function either consumes what it names and says true, or consumes nothing.
 */
#ifndef BASE_SCAN_H
#define BASE_SCAN_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* "Not known", for 64- and 32-bit numbers that come from a kernel or a file. */
#define ABSENT64 UINT64_MAX
#define ABSENT32 UINT32_MAX

struct span {
	const char *at;
	size_t len;
};

struct scan {
	const char *at, *end;
};

static inline struct scan scan_text(const char *text, size_t len)
{
	return (struct scan){ text, text + len };
}

static inline bool scan_done(const struct scan *s)
{
	return s->at == s->end;
}

static inline size_t scan_left(const struct scan *s)
{
	return (size_t)(s->end - s->at);
}

/* Skip blanks and tabs; says how many. */
static inline size_t scan_blanks(struct scan *s)
{
	const char *start = s->at;

	while (s->at < s->end && (*s->at == ' ' || *s->at == '\t'))
		s->at++;
	return (size_t)(s->at - start);
}

/* Exactly this text next. */
static inline bool scan_word_n(struct scan *s, const char *word, size_t len)
{
	if (scan_left(s) < len || memcmp(s->at, word, len))
		return false;
	s->at += len;
	return true;
}
#define scan_word(s, literal) scan_word_n(s, "" literal, sizeof(literal) - 1)

/*
 * Decimal, no sign, no blank before it. False (nothing consumed) without a digit or when
 * it does not fit 64 bits; UINT64_MAX itself does not fit, it means "not known" here.
 */
bool scan_dec(struct scan *s, uint64_t *ret);

/* Hexadecimal of least to most digits, either case, no 0x. */
bool scan_hex(struct scan *s, unsigned least, unsigned most, uint64_t *ret);

/* `0x` and 1 to 16 hexadecimal digits. */
bool scan_0x(struct scan *s, uint64_t *ret);

/* The next run of bytes that are neither blank nor tab; empty at the end. */
struct span scan_token(struct scan *s);

/* The rest, without blanks and tabs at its end. */
struct span scan_rest(struct scan *s);

/* A whole text that is one decimal, blanks and line end around it allowed. */
bool scan_only_dec(const char *text, size_t len, uint64_t *ret);

/* Without blanks and tabs on both sides. */
struct span span_trim(struct span span);
bool span_is(struct span span, const char *text);
bool span_starts(struct span span, const char *text);

/* First place of `what` in the span, NULL when it is not there. */
const char *span_find(struct span span, const char *what);
/* Last place. */
const char *span_find_last(struct span span, const char *what);

/* a+b, a*b, or ABSENT64 when it does not fit or one is absent. */
uint64_t sum_or_absent(uint64_t a, uint64_t b);
uint64_t product_or_absent(uint64_t a, uint64_t b);

#endif
