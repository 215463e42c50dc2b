/* SPDX-License-Identifier: MIT */
/* Streaming JSON reader: brackets, keys, numbers and literals. Texts: json_string.c. */
#include "store/json_read.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>

#include "store/json_priv.h"

#define NUMBER_LIMIT 64

void json_init(struct json_in *in, struct reader *reader, const char *file,
	       struct diag *diag)
{
	const char *start;
	size_t len;

	*in = (struct json_in){ .reader = reader, .file = file, .diag = diag, .line = 1 };
	in->token = (struct place){ .file = file, .line = 1, .column = 1 };
	/* What cannot be read now is read, and reported, when it is needed. */
	if (reader_peek(reader, 3, &start, &len) < 0 || len < 3 ||
	    memcmp(start, JSON_BOM, 3) || !json_more(in))
		return;
	in->at += 3;
	in->line_offset = 3;
}

void json_fini(struct json_in *in)
{
	text_fini(&in->text);
}

bool json_fail(struct json_in *in, int error, const char *fmt, ...)
{
	char message[512];
	va_list ap;

	if (in->error)
		return false;
	va_start(ap, fmt);
	vsnprintf(message, sizeof(message), fmt, ap);
	va_end(ap);
	if (in->what)
		diag_error(in->diag, &in->token, "%s: %s", in->what, message);
	else
		diag_error(in->diag, &in->token, "%s", message);
	in->error = error;
	return false;
}

bool json_more(struct json_in *in)
{
	size_t len;
	int r;

	if (in->error)
		return false;
	in->offset += (uint64_t)(in->end - in->block);
	in->block = in->at = in->end = "";
	r = reader_block(in->reader, &in->block, &len);
	if (r < 0) {
		json_mark(in);
		return json_fail(in, r, "cannot be read: %s", strerror(-r));
	}
	if (!r)
		in->block = "";
	in->at = in->block;
	in->end = in->block + (r ? len : 0);
	return r;
}

void json_mark(struct json_in *in)
{
	in->token.line = in->line;
	in->token.column =
		in->offset + (uint64_t)(in->at - in->block) - in->line_offset + 1;
}

void json_cut_short(struct json_in *in)
{
	json_mark(in);
	in->what = NULL;
	json_fail(in, -EBADMSG, "the file ends in the middle of the document");
}

/* To the next byte that is no blank, where a token begins; false at the end. */
static bool skip_blanks(struct json_in *in)
{
	for (;;) {
		for (; in->at < in->end; in->at++) {
			if (*in->at == '\n') {
				in->line++;
				in->line_offset =
					in->offset + (uint64_t)(in->at - in->block) + 1;
			} else if (*in->at != ' ' && *in->at != '\t' && *in->at != '\r') {
				json_mark(in);
				return !in->error;
			}
		}
		if (!json_more(in))
			return false;
	}
}

char json_peek(struct json_in *in)
{
	if (!skip_blanks(in)) {
		if (!in->error)
			json_cut_short(in);
		return 0;
	}
	if (!*in->at)
		json_fail(in, -EBADMSG, "a zero byte");
	return *in->at;
}

bool json_unexpected(struct json_in *in, const char *wanted)
{
	char c = json_peek(in);

	if (in->error)
		return false;
	return json_fail(in, -EBADMSG, "expected %s, got '%s'", wanted,
			 diag_quote(&c, 1));
}

static bool enter(struct json_in *in, char bracket, const char *wanted)
{
	if (json_peek(in) != bracket)
		return json_unexpected(in, wanted);
	if (in->depth + 1 >= JSON_DEPTH_LIMIT)
		return json_fail(in, -EBADMSG, "nested more than %d deep",
				 JSON_DEPTH_LIMIT);
	in->at++;
	in->depth++;
	in->had_item &= ~((uint64_t)1 << in->depth);
	return true;
}

bool json_object(struct json_in *in)
{
	return enter(in, '{', "an object");
}

bool json_array(struct json_in *in)
{
	return enter(in, '[', "a list");
}

/* Up to the next item, past the comma that must stand before it; false at `bracket`. */
static bool next(struct json_in *in, char bracket)
{
	uint64_t bit = (uint64_t)1 << in->depth;
	char c = json_peek(in);

	if (!c)
		return false;
	if (c == bracket) {
		in->at++;
		in->depth--;
		return false;
	}
	if (in->had_item & bit) {
		if (c != ',')
			return json_unexpected(in, bracket == '}' ? "',' or '}'" :
								    "',' or ']'");
		in->at++;
		c = json_peek(in);
	}
	in->had_item |= bit;
	return c;
}

bool json_key(struct json_in *in, struct span *ret)
{
	in->what = NULL;
	if (!next(in, '}'))
		return false;
	if (*in->at != '"')
		return json_unexpected(in, "a key");
	if (!json_text_of(in, JSON_TEXT_LIMIT, ret))
		return false;
	/* The blanks and the colon may lie in the next block, where the key does not. */
	if (in->at == in->end || *in->at != ':') {
		if (ret->at != in->text.v) {
			text_clear(&in->text);
			text_add(&in->text, ret->at, ret->len);
			ret->at = in->text.v;
		}
		if (json_peek(in) != ':')
			return json_unexpected(in, "':'");
	}
	in->at++;
	return true;
}

bool json_item(struct json_in *in)
{
	return next(in, ']');
}

/* The bytes of a number or literal. It cannot be the last thing: brackets are open. */
static struct span word(struct json_in *in, char buf[NUMBER_LIMIT])
{
	size_t n = 0;

	while (in->at < in->end || json_more(in)) {
		char c = *in->at;

		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-' ||
		      c == '+' || c == '.' || c == 'E'))
			break;
		if (n == NUMBER_LIMIT) {
			json_fail(in, -EBADMSG, "a number or word without end");
			break;
		}
		buf[n++] = c;
		in->at++;
	}
	if (in->at == in->end && !in->error)
		json_cut_short(in);
	return (struct span){ buf, n };
}

static bool literal(struct json_in *in, const char *text)
{
	char buf[NUMBER_LIMIT];
	struct span found = word(in, buf);

	if (in->error)
		return false;
	return span_is(found, text) || json_fail(in, -EBADMSG, "expected %s, got '%s'",
						 text, diag_quote(found.at, found.len));
}

bool json_null(struct json_in *in)
{
	return json_peek(in) == 'n' && literal(in, "null");
}

bool json_bool(struct json_in *in, bool *ret)
{
	char c = json_peek(in);

	if (c != 't' && c != 'f')
		return json_unexpected(in, "true or false");
	if (!literal(in, c == 't' ? "true" : "false"))
		return false;
	*ret = c == 't';
	return true;
}

bool json_u64(struct json_in *in, uint64_t most, uint64_t *ret)
{
	char buf[NUMBER_LIMIT], c = json_peek(in);
	struct span found;
	struct scan s;
	uint64_t value;

	if (c != '-' && (c < '0' || c > '9'))
		return json_unexpected(in, "a number");
	found = word(in, buf);
	if (in->error)
		return false;
	s = scan_text(found.at, found.len);
	if (!scan_dec(&s, &value) || !scan_done(&s) || (*buf == '0' && found.len > 1))
		return json_fail(in, -EBADMSG, "expected a whole number, got '%s'",
				 diag_quote(found.at, found.len));
	if (value > most)
		return json_fail(in, -EBADMSG, "%" PRIu64 " is more than %" PRIu64, value,
				 most);
	*ret = value;
	return true;
}

static bool digits(struct scan *s)
{
	const char *start = s->at;

	while (!scan_done(s) && *s->at >= '0' && *s->at <= '9')
		s->at++;
	return s->at > start;
}

/* -?(0|[1-9][0-9]*)(.[0-9]+)?([eE][+-]?[0-9]+)? */
static bool is_number(struct span text)
{
	struct scan s = scan_text(text.at, text.len);

	scan_word(&s, "-");
	if (!scan_word(&s, "0") && !digits(&s))
		return false;
	if (scan_word(&s, ".") && !digits(&s))
		return false;
	if (scan_word(&s, "e") || scan_word(&s, "E")) {
		if (!scan_word(&s, "-"))
			scan_word(&s, "+");
		if (!digits(&s))
			return false;
	}
	return scan_done(&s);
}

static bool skip_number(struct json_in *in)
{
	char buf[NUMBER_LIMIT];
	struct span found = word(in, buf);

	if (in->error)
		return false;
	return is_number(found) || json_fail(in, -EBADMSG, "expected a value, got '%s'",
					     diag_quote(found.at, found.len));
}

static bool skip_scalar(struct json_in *in)
{
	bool value;

	switch (json_peek(in)) {
	case '"':
		return json_skip_text(in);
	case 't':
	case 'f':
		return json_bool(in, &value);
	case 'n':
		return json_null(in);
	case '-':
	case '0' ... '9':
		return skip_number(in);
	default:
		return json_unexpected(in, "a value");
	}
}

/* The key of an object member, whatever it is and however long. */
static bool skip_key(struct json_in *in)
{
	if (*in->at != '"')
		return json_unexpected(in, "a key");
	if (!json_skip_text(in))
		return false;
	if (json_peek(in) != ':')
		return json_unexpected(in, "':'");
	in->at++;
	return true;
}

/* Not recursive: `is_object` remembers, a bit per depth, which brackets are open. */
bool json_skip(struct json_in *in)
{
	unsigned floor = in->depth;
	uint64_t is_object = 0;

	do {
		char c = json_peek(in);

		if (c == '{' || c == '[') {
			uint64_t bit;

			if (!enter(in, c, ""))
				return false;
			bit = (uint64_t)1 << in->depth;
			is_object = c == '{' ? is_object | bit : is_object & ~bit;
		} else if (!skip_scalar(in)) {
			return false;
		}
		while (in->depth > floor) {
			bool object = is_object >> in->depth & 1;

			if (next(in, object ? '}' : ']')) {
				if (object && !skip_key(in))
					return false;
				break;
			}
			if (in->error)
				return false;
		}
	} while (in->depth > floor);
	return !in->error;
}

bool json_end(struct json_in *in)
{
	if (in->error)
		return false;
	if (!skip_blanks(in))
		return !in->error;
	in->what = NULL;
	return json_fail(in, -EBADMSG, "something follows the document: '%s'",
			 diag_quote(in->at, (size_t)MIN(in->end - in->at, 16)));
}
