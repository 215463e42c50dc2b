/* SPDX-License-Identifier: MIT */
/*
 * Which buffer of one snapshot is which of another: by inode, by pointer, and for what
 * has neither in common, by look. One source may cut a name and floor a size where
 * another does not, so texts are compared as 16-character columns and sizes in whole KiB.
 */
#include "analysis/match.h"

#define CUT 16

static uint64_t mix(uint64_t h, uint64_t value)
{
	h = (h ^ value) * 0xff51afd7ed558ccdu;
	return h ^ h >> 32;
}

/* The text without what a column of 16 would cut or hide. */
static struct span column(const struct snapshot *snap, uint32_t id)
{
	struct span text = { snapshot_str(snap, id), 0 };

	if (text.at)
		text.len = MIN(strings_len(&snap->strings, id), (size_t)CUT);
	while (text.len && text.at[text.len - 1] == ' ')
		text.len--;
	return text;
}

static bool same_column(const struct snapshot *a, uint32_t x, const struct snapshot *b,
			uint32_t y)
{
	struct span s = column(a, x), t = column(b, y);

	if (!s.at || !t.at)
		return s.at == t.at;
	return s.len == t.len && !memcmp(s.at, t.at, s.len);
}

static bool same_exporter(const struct snapshot *a, const struct buffer *x,
			  const struct snapshot *b, const struct buffer *y)
{
	/* A source that does not tell the exporter does not contradict one that does. */
	return !x->exporter || !y->exporter ||
	       same_column(a, x->exporter, b, y->exporter);
}

static bool same_size(const struct buffer *x, const struct buffer *y)
{
	if (x->size_bytes == ABSENT64 || y->size_bytes == ABSENT64)
		return true;
	if (x->size_is_exact && y->size_is_exact)
		return x->size_bytes == y->size_bytes;
	return x->size_bytes >> 10 == y->size_bytes >> 10;
}

uint64_t match_look(const struct snapshot *snap, const struct buffer *buf)
{
	struct span texts[] = { column(snap, buf->name), column(snap, buf->exporter) };
	uint64_t h = mix(1, buf->size_bytes >> 10);

	for (size_t t = 0; t < ARRAY_SIZE(texts); t++) {
		for (size_t i = 0; i < texts[t].len; i++)
			h = mix(h, (unsigned char)texts[t].at[i]);
		h = mix(h, texts[t].at ? texts[t].len : CUT + 1);
	}
	return h;
}

static void take(struct match *m, const struct snapshot *old, const struct buffer *x,
		 const struct snapshot *new, const struct buffer *y)
{
	m->partner[snapshot_index(old, x)] = snapshot_index(new, y);
	m->taken[snapshot_index(new, y)] = true;
}

static bool is_taken(const struct match *m, const struct snapshot *new,
		     const struct buffer *y)
{
	return m->taken[snapshot_index(new, y)];
}

static void match_keys(struct match *m, const struct snapshot *old,
		       const struct snapshot *new)
{
	snapshot_each_buffer(old, x) {
		const struct buffer *y = snapshot_by_ino(new, x->ino);

		if (y && !y->is_merged && !is_taken(m, new, y) && same_size(x, y) &&
		    same_exporter(old, x, new, y)) {
			take(m, old, x, new, y);
			continue;
		}
		if (y && x->ino != ABSENT64)
			continue; /* the inode is another buffer's now */
		y = snapshot_by_pointer(new, x->pointer);
		if (y && !y->is_merged && !is_taken(m, new, y) && same_size(x, y) &&
		    (x->ino == ABSENT64 || y->ino == ABSENT64) &&
		    same_exporter(old, x, new, y) &&
		    same_column(old, x->name, new, y->name))
			take(m, old, x, new, y);
	}
}

/* Which kinds of identity a snapshot offers. */
struct identities {
	bool ino, pointer;
};

static struct identities identities(const struct snapshot *snap)
{
	struct identities has = { false, false };

	snapshot_each_buffer(snap, buf) {
		has.ino |= buf->ino != ABSENT64;
		has.pointer |= buf->pointer != ABSENT64;
	}
	return has;
}

/* Had this buffer been in the other snapshot, would a key have shown it? */
static bool has_key(const struct buffer *buf, struct identities other)
{
	return (buf->ino != ABSENT64 && other.ino) ||
	       (buf->pointer != ABSENT64 && other.pointer);
}

struct look_table {
	struct look_slot {
		uint64_t look;
		uint32_t first; /* new buffer + 1, chained by `next` */
	} * slots;
	size_t n_slots;
	uint32_t *next;
};

static struct look_slot *find_look(struct look_table *t, uint64_t look)
{
	size_t at = (look >> 20) & (t->n_slots - 1);

	while (t->slots[at].first && t->slots[at].look != look)
		at = (at + 1) & (t->n_slots - 1);
	return &t->slots[at];
}

static void match_looks(struct match *m, const struct snapshot *old,
			const struct snapshot *new)
{
	struct identities of_old = identities(old), of_new = identities(new);
	struct look_table t = { .n_slots = 64 };

	while (t.n_slots < new->buffers.n * 2)
		t.n_slots *= 2;
	t.slots = mem_alloc(t.n_slots * sizeof(*t.slots));
	t.next = mem_alloc(new->buffers.n * sizeof(*t.next));
	for (size_t i = new->buffers.n; i-- > 0;) {
		const struct buffer *y = &new->buffers.v[i];
		struct look_slot *slot;

		if (y->is_merged || m->taken[i] || has_key(y, of_old))
			continue;
		slot = find_look(&t, match_look(new, y));
		slot->look = match_look(new, y);
		t.next[i] = slot->first;
		slot->first = (uint32_t)i + 1;
	}
	snapshot_each_buffer(old, x) {
		struct look_slot *slot;
		uint32_t i;

		if (m->partner[snapshot_index(old, x)] != ABSENT32 || has_key(x, of_new))
			continue;
		slot = find_look(&t, match_look(old, x));
		while ((i = slot->first) && m->taken[i - 1])
			slot->first = t.next[i - 1];
		if (!i)
			continue;
		take(m, old, x, new, &new->buffers.v[i - 1]);
		m->by_look++;
	}
	free(t.slots);
	free(t.next);
}

void match_run(struct match *ret, const struct snapshot *old, const struct snapshot *new)
{
	*ret = (struct match){
		.partner = mem_resize(NULL, old->buffers.n, sizeof(*ret->partner)),
		.taken = mem_alloc(new->buffers.n * sizeof(*ret->taken)),
	};
	for (size_t i = 0; i < old->buffers.n; i++)
		ret->partner[i] = ABSENT32;
	match_keys(ret, old, new);
	match_looks(ret, old, new);
}

void match_fini(struct match *m)
{
	free(m->partner);
	free(m->taken);
}
