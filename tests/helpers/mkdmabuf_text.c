// SPDX-License-Identifier: MIT
/*
 * mkdmabuf_text.c - numbers and escapes in, growing text, JSON strings and arrays
 * out.
 */
#include "mkdmabuf.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void text_fini(struct text *text)
{
	free(text->at);
	*text = (struct text){ 0 };
}

static void text_reserve(struct text *text, size_t more)
{
	size_t want = text->used + more + 1;

	if (want <= text->size)
		return;
	text->size = want * 2;
	text->at = realloc(text->at, text->size);
	if (!text->at)
		abort();
}

void text_add(struct text *text, const char *format, ...)
{
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (len < 0)
		abort();
	text_reserve(text, (size_t)len);
	va_start(args, format);
	vsnprintf(text->at + text->used, (size_t)len + 1, format, args);
	va_end(args);
	text->used += (size_t)len;
}

void text_add_json(struct text *text, const char *raw)
{
	text_add(text, "\"");
	for (; *raw; raw++) {
		unsigned char byte = (unsigned char)*raw;

		if (byte == '"' || byte == '\\')
			text_add(text, "\\%c", byte);
		else if (byte < 0x20 || byte > 0x7e)
			text_add(text, "\\u%04x", byte);
		else
			text_add(text, "%c", byte);
	}
	text_add(text, "\"");
}

void *grow(void **array, size_t *n_items, size_t item_size)
{
	char *bigger = realloc(*array, (*n_items + 1) * item_size);

	if (!bigger)
		abort();
	*array = bigger;
	bigger += *n_items * item_size;
	memset(bigger, 0, item_size);
	++*n_items;
	return bigger;
}

bool copy_word(char *field, size_t size, const char *word)
{
	size_t len = strlen(word);

	if (len >= size)
		return false;
	memcpy(field, word, len + 1);
	return true;
}

int parse_number(const char *word, uint64_t *ret)
{
	unsigned int shift = 0;
	uint64_t value;
	char *end;

	if (!isdigit((unsigned char)*word))
		return misused("number");
	errno = 0;
	value = strtoull(word, &end, 0);
	if (*end == 'K' || *end == 'M' || *end == 'G')
		shift = *end == 'K' ? 10 : *end == 'M' ? 20 : 30, end++;
	if (errno || *end || value > UINT64_MAX >> shift)
		return misused("number");
	*ret = value << shift;
	return 0;
}

/* Decode what follows a backslash; returns how many characters, 0 if wrong. */
static size_t parse_escape(const char *at, char *ret)
{
	char digits[3] = { 0 };

	switch (*at) {
	case 'n':
		*ret = '\n';
		return 1;
	case 't':
		*ret = '\t';
		return 1;
	case '\\':
		*ret = '\\';
		return 1;
	case 'x':
		if (!isxdigit((unsigned char)at[1]) || !isxdigit((unsigned char)at[2]))
			return 0;
		memcpy(digits, at + 1, 2);
		*ret = (char)strtoul(digits, NULL, 16);
		return *ret ? 3 : 0;
	default:
		return 0;
	}
}

int parse_text(const char *from, char *ret)
{
	size_t used = 0;

	while (*from) {
		size_t len = 1;

		if (used + 1 >= TEXT_SIZE)
			return misused("text too long");
		ret[used] = *from;
		if (*from == '\\') {
			len = parse_escape(from + 1, &ret[used]);
			if (!len++)
				return misused("escape");
		}
		from += len;
		used++;
	}
	ret[used] = '\0';
	return 0;
}
