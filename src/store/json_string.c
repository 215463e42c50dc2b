/* SPDX-License-Identifier: MIT */
/* Texts of the JSON reader: found in place where possible, put together where not. */
#include "store/json_priv.h"

#include <errno.h>

#include "base/escape.h"

/* Bytes of a text that stand for themselves: ASCII but quote, backslash and controls. */
static const bool is_plain[256] = {
	[' '] = true,
	['!'] = true,
	['#' ... '['] = true,
	[']' ... 0x7f] = true,
};

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The byte after next; false at the end of the document. */
static bool take(struct json_in *in, char *ret)
{
	if (in->at == in->end && !json_more(in)) {
		if (!in->error)
			json_cut_short(in);
		return false;
	}
	*ret = *in->at++;
	return true;
}

static bool four_digits(struct json_in *in, uint32_t *ret)
{
	uint32_t value = 0;
	char c;

	for (int i = 0; i < 4; i++) {
		if (!take(in, &c))
			return false;
		if (hex_value(c) < 0)
			return json_fail(in, -EBADMSG, "\\u without four hex digits");
		value = value << 4 | (uint32_t)hex_value(c);
	}
	*ret = value;
	return true;
}

static void add_code(struct text *out, uint32_t code)
{
	char b[4];

	if (code < 0x80) {
		text_addc(out, (char)code);
		return;
	}
	if (code < 0x800) {
		b[0] = (char)(0xc0 | code >> 6);
		b[1] = (char)(0x80 | (code & 0x3f));
		text_add(out, b, 2);
		return;
	}
	if (code < 0x10000) {
		b[0] = (char)(0xe0 | code >> 12);
		b[1] = (char)(0x80 | (code >> 6 & 0x3f));
		b[2] = (char)(0x80 | (code & 0x3f));
		text_add(out, b, 3);
		return;
	}
	b[0] = (char)(0xf0 | code >> 18);
	b[1] = (char)(0x80 | (code >> 12 & 0x3f));
	b[2] = (char)(0x80 | (code >> 6 & 0x3f));
	b[3] = (char)(0x80 | (code & 0x3f));
	text_add(out, b, 4);
}

/* The high half of a surrogate pair, while the text ends with what stands in for it. */
struct half {
	uint32_t code; /* 0: none */
	size_t end;    /* of the text then */
};

/*
 * After `\u`. A pair of surrogates is one code point; half a pair is none and becomes
 * U+FFFD, which the second half takes back.
 */
static bool unicode_escape(struct json_in *in, struct half *high)
{
	struct half before = *high;
	uint32_t code = 0;

	if (!four_digits(in, &code))
		return false;
	*high = (struct half){ 0 };
	if (!code)
		return json_fail(in, -EBADMSG, "text with a NUL in it");
	if (code < 0xd800 || code > 0xdfff) {
		add_code(&in->text, code);
	} else if (code >= 0xdc00 && before.code && before.end == in->text.n) {
		in->text.n -= 3;
		add_code(&in->text,
			 0x10000 + ((before.code & 0x3ff) << 10) + (code & 0x3ff));
	} else {
		add_code(&in->text, 0xfffd);
		if (code < 0xdc00)
			*high = (struct half){ code, in->text.n };
	}
	return true;
}

/* After a backslash. */
static bool escape(struct json_in *in, struct half *high)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *which;
	char c;

	if (!take(in, &c))
		return false;
	if (c == 'u')
		return unicode_escape(in, high);
	which = c ? strchr(from, c) : NULL;
	if (!which)
		return json_fail(in, -EBADMSG, "unknown escape \\%s", diag_quote(&c, 1));
	text_addc(&in->text, to[which - from]);
	return true;
}

/* Past what can be taken as it is, in this block. */
static void skip_run(struct json_in *in)
{
	while (in->at < in->end && (*in->at & 0x80 || is_plain[(unsigned char)*in->at]))
		in->at++;
}

/* Adds a run of any length to the text; *ret is what ended it: quote or backslash. */
static bool add_run(struct json_in *in, size_t limit, char *ret)
{
	do {
		const char *start = in->at;

		skip_run(in);
		if ((size_t)(in->at - start) > limit - in->text.n)
			return json_fail(in, -EBADMSG, "text longer than %zu bytes",
					 limit);
		text_add(&in->text, start, (size_t)(in->at - start));
	} while (in->at == in->end && json_more(in));
	if (!take(in, ret))
		return false;
	return *ret == '"' || *ret == '\\' ||
	       json_fail(in, -EBADMSG, "control character in a text");
}

bool json_skip_text(struct json_in *in)
{
	char c;

	for (in->at++;;) {
		skip_run(in);
		if (in->at == in->end && json_more(in))
			continue;
		if (!take(in, &c))
			return false;
		if (c == '"')
			return true;
		if (c != '\\')
			return json_fail(in, -EBADMSG, "control character in a text");
		if (!take(in, &c))
			return false;
	}
}

static bool is_utf8(const char *bytes, size_t len)
{
	uint32_t code;
	size_t n;

	for (size_t i = 0; i < len; i += n) {
		n = escape_utf8_decode(bytes + i, len - i, &code);
		if (!n)
			return false;
	}
	return true;
}

/* The rest of a text that cannot be used in place; some of it is in in->text already. */
static bool slow_text(struct json_in *in, size_t limit, struct span *ret)
{
	struct half high = { 0 };
	char c = 0;

	for (;;) {
		if (!add_run(in, limit, &c))
			return false;
		if (c == '"')
			break;
		if (!escape(in, &high))
			return false;
		/* One escape can go beyond, by a byte or three. */
		if (in->text.n > limit)
			return json_fail(in, -EBADMSG, "text longer than %zu bytes",
					 limit);
	}
	if (!is_utf8(in->text.v, in->text.n))
		return json_fail(in, -EBADMSG, "text is not UTF-8");
	*ret = (struct span){ in->text.v, in->text.n };
	return true;
}

bool json_text_of(struct json_in *in, size_t limit, struct span *ret)
{
	const char *start, *at;

	if (json_peek(in) != '"')
		return json_unexpected(in, "a text");
	start = at = ++in->at;
	while (at < in->end && is_plain[(unsigned char)*at])
		at++;
	in->at = at;
	if (at < in->end && *at == '"' && (size_t)(at - start) <= limit) {
		in->at++;
		*ret = (struct span){ start, (size_t)(at - start) };
		return true;
	}
	if ((size_t)(at - start) > limit)
		return json_fail(in, -EBADMSG, "text longer than %zu bytes", limit);
	text_clear(&in->text);
	text_add(&in->text, start, (size_t)(at - start));
	return slow_text(in, limit, ret);
}
