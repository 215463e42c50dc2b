/* SPDX-License-Identifier: MIT */
/*
 * Making hostile text safe to show. Names come from any process: they may hold escape
 * sequences, newlines, bidirectional overrides and bytes that are no UTF-8.
 */
#ifndef BASE_ESCAPE_H
#define BASE_ESCAPE_H

#include <stdbool.h>

#include "base/mem.h"

/*
 * Code points that act on a terminal instead of showing: controls (C0, DEL, C1), line
 * separators, bidirectional and invisible format characters, tags.
 */
bool escape_acts(uint32_t code);

/*
 * Append for a terminal: printable UTF-8 as it is, the rest as \n \t \e-style C escapes
 * (\xHH a byte, \u{H} a code point that would move the cursor or turn the line round).
 * A backslash is doubled only where the result would read as an escape.
 */
void escape_terminal(struct text *out, const char *bytes, size_t len);

/* Append as valid UTF-8: each byte that is not becomes U+FFFD. True when one did. */
bool escape_utf8(struct text *out, const char *bytes, size_t len);

/*
 * Length of the valid UTF-8 sequence at `bytes`, its code point in *ret; 0 when the bytes
 * there are not valid (overlong, surrogate, cut, out of range).
 */
size_t escape_utf8_decode(const char *bytes, size_t len, uint32_t *ret);

/* Terminal columns of one code point: 0 combining, 2 wide (East Asian), else 1. */
unsigned escape_columns(uint32_t code);

/* Terminal columns of text that escape_terminal() made. */
size_t escape_width(const char *text, size_t len);

#endif
