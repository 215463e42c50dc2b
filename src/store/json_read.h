/* SPDX-License-Identifier: MIT */
/*
 * Reads JSON (RFC 8259) as a stream: the caller asks for what it expects next and nothing
 * is kept but the text in hand. Made for documents of any size from anybody: depth, text
 * and number lengths are bounded, what nobody asked for is skipped in constant memory.
 *
 *	while (json_key(in, &key))
 *		if (span_is(key, "pid"))
 *			json_u64(in, UINT32_MAX, &pid);
 *		else
 *			json_skip(in);
 *
 * The first thing that is wrong is reported once with its place; from then on every
 * function says false, so loops end by themselves and `error` is looked at once.
 */
#ifndef STORE_JSON_READ_H
#define STORE_JSON_READ_H

#include "base/diag.h"
#include "base/mem.h"
#include "base/reader.h"
#include "base/scan.h"

#define JSON_DEPTH_LIMIT 64
#define JSON_TEXT_LIMIT ((size_t)64 * 1024)

/* A byte order mark, which some editors put before the text; it is passed over. */
#define JSON_BOM "\xef\xbb\xbf"

struct json_in {
	struct reader *reader; /* borrowed */
	struct diag *diag;
	const char *file;
	const char *what; /* the key whose value is being read, for messages */
	const char *block, *at, *end;
	uint64_t offset;      /* of `block` in the document */
	uint64_t line;	      /* from 1 */
	uint64_t line_offset; /* of the line's first byte */
	struct place token;   /* where the value or key in hand begins */
	struct text text;     /* a text that an escape or the end of a block broke up */
	uint64_t had_item;    /* bit per depth: a comma must come before the next one */
	unsigned depth;
	int error; /* 0 or -errno */
};

void json_init(struct json_in *in, struct reader *reader, const char *file,
	       struct diag *diag);
void json_fini(struct json_in *in);

/* Report at the value in hand and fail with this -errno. Always false. */
bool json_fail(struct json_in *in, int error, const char *fmt, ...) _printf_(3, 4);

/* First byte of the next value or closing bracket; 0 at the end or after an error. */
char json_peek(struct json_in *in);

/* Begin an object or an array. */
bool json_object(struct json_in *in);
bool json_array(struct json_in *in);

/* The next key, valid until the next call; false when the object ended. */
bool json_key(struct json_in *in, struct span *ret);
/* Is there one more element? False when the array ended. */
bool json_item(struct json_in *in);

/* Consume a null and say true; anything else is left and false. */
bool json_null(struct json_in *in);
bool json_bool(struct json_in *in, bool *ret);
/* A whole number from 0 to most. */
bool json_u64(struct json_in *in, uint64_t most, uint64_t *ret);
/* Text as UTF-8, never with a NUL, valid until the next call; at most `limit` bytes. */
bool json_text_of(struct json_in *in, size_t limit, struct span *ret);
bool json_skip(struct json_in *in);

/* Nothing but blanks follows. */
bool json_end(struct json_in *in);

#endif
