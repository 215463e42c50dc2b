/* SPDX-License-Identifier: MIT */
/* String pool: open addressing over one growing block of bytes. */
#include "base/strings.h"

static uint32_t hash_bytes(const char *text, size_t len)
{
	uint64_t h = 0x9e3779b97f4a7c15u ^ len, word;

	for (; len >= 8; len -= 8, text += 8) {
		memcpy(&word, text, 8);
		h = (h ^ word) * 0xff51afd7ed558ccdu;
		h ^= h >> 32;
	}
	if (len) {
		word = 0;
		memcpy(&word, text, len);
		h = (h ^ word) * 0xff51afd7ed558ccdu;
		h ^= h >> 32;
	}
	return (uint32_t)(h ^ (h >> 29));
}

void strings_init(struct strings *pool)
{
	*pool = (struct strings){ .n_slots = 256 };
	pool->slots = mem_alloc(pool->n_slots * sizeof(*pool->slots));
	*vec_add(&pool->entries) = (struct str_entry){ 0 };
}

void strings_fini(struct strings *pool)
{
	vec_free(&pool->entries);
	text_fini(&pool->bytes);
	free(pool->slots);
	*pool = (struct strings){ 0 };
}

static void rehash(struct strings *pool)
{
	free(pool->slots);
	pool->n_slots *= 2;
	pool->slots = mem_alloc(pool->n_slots * sizeof(*pool->slots));
	for (uint32_t id = 1; id < pool->entries.n; id++) {
		size_t at = pool->entries.v[id].hash & (pool->n_slots - 1);

		while (pool->slots[at])
			at = (at + 1) & (pool->n_slots - 1);
		pool->slots[at] = id;
	}
}

/* Returns the slot that holds these bytes or the free one where they belong. */
static size_t find_slot(const struct strings *pool, uint32_t hash, const char *text,
			size_t len)
{
	size_t at = hash & (pool->n_slots - 1);

	for (; pool->slots[at]; at = (at + 1) & (pool->n_slots - 1)) {
		const struct str_entry *e = &pool->entries.v[pool->slots[at]];

		if (e->hash == hash && e->len == len &&
		    !memcmp(pool->bytes.v + e->offset, text, len))
			break;
	}
	return at;
}

uint32_t strings_add(struct strings *pool, const char *text, size_t len)
{
	uint32_t hash = hash_bytes(text, len), id;
	size_t at = find_slot(pool, hash, text, len);

	if (pool->slots[at])
		return pool->slots[at];
	id = (uint32_t)pool->entries.n;
	*vec_add(&pool->entries) = (struct str_entry){
		.hash = hash,
		.len = (uint32_t)len,
		.offset = pool->bytes.n,
	};
	text_add(&pool->bytes, text, len);
	text_addc(&pool->bytes, '\0');
	pool->slots[at] = id;
	if (pool->entries.n * 2 > pool->n_slots)
		rehash(pool);
	return id;
}

uint32_t strings_adds(struct strings *pool, const char *text)
{
	return strings_add(pool, text, strlen(text));
}

uint32_t strings_find(const struct strings *pool, const char *text, size_t len)
{
	return pool->slots[find_slot(pool, hash_bytes(text, len), text, len)];
}

const char *strings_get(const struct strings *pool, uint32_t id)
{
	return id ? pool->bytes.v + pool->entries.v[id].offset : NULL;
}

size_t strings_len(const struct strings *pool, uint32_t id)
{
	return pool->entries.v[id].len;
}
