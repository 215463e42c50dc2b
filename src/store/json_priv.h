/* SPDX-License-Identifier: MIT */
/* What json_read.c and json_string.c share. */
#ifndef STORE_JSON_PRIV_H
#define STORE_JSON_PRIV_H

#include "store/json_read.h"

/* Fetch the next block; only when at == end. False at the end or after an error. */
bool json_more(struct json_in *in);

/* The token in hand begins here. */
void json_mark(struct json_in *in);

/* "expected …, got '…'" at the next byte. Always false. */
bool json_unexpected(struct json_in *in, const char *wanted);
/* Report that the document is not complete. */
void json_cut_short(struct json_in *in);

/* Past a text of any length, keeping none of it. */
bool json_skip_text(struct json_in *in);

#endif
