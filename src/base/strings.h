/* SPDX-License-Identifier: MIT */
/*
 * String pool: every name, device and task is kept once and known by a small number.
 * Bytes are kept as they came (any value, also NUL); id 0 means "absent", which is not
 * the empty string.
 */
#ifndef BASE_STRINGS_H
#define BASE_STRINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/mem.h"

#define STR_ABSENT 0u

struct str_entry {
	uint32_t hash;
	uint32_t len;
	size_t offset;
};

struct strings {
	VEC(struct str_entry) entries; /* [0] is the absent string */
	struct text bytes;	       /* each string followed by a NUL */
	uint32_t *slots;	       /* open addressing, 0 is free */
	size_t n_slots;
};

void strings_init(struct strings *pool);
void strings_fini(struct strings *pool);

/* The id of these bytes, adding them when new. Never STR_ABSENT. */
uint32_t strings_add(struct strings *pool, const char *text, size_t len);
uint32_t strings_adds(struct strings *pool, const char *text);

/* The id of these bytes, STR_ABSENT when the pool does not have them. */
uint32_t strings_find(const struct strings *pool, const char *text, size_t len);

/* Borrowed, valid until the next strings_add(). NULL when absent. */
const char *strings_get(const struct strings *pool, uint32_t id);
size_t strings_len(const struct strings *pool, uint32_t id);

#endif
