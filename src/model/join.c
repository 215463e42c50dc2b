/* SPDX-License-Identifier: MIT */
/*
 * Joining rk_dmabuf rows (pointer, no inode) with records that have an inode, and old
 * fdinfo blocks (neither) with whatever looks like them.
 *
 * Buffers that look the same form a class. Within a class the k-th of one list is the
 * k-th of the other, both lists being newest first, unless their numbers differ: then the
 * order among all buffers (an alignment of the two whole lists) says which one came or
 * went. A first round asks everything to agree, also the devices; a second leaves the
 * devices out, since they change between two reads; a third the name, which sysfs does
 * not know and which user space may set at any time.
 */
#include "model/join.h"

#define RK_SOURCES (1u << SRC_RK_DEV | 1u << SRC_RK_SGT)
/* Names and exporters are cut to this width in rk_dmabuf/dev and sgt. */
#define CUT 16
/* Buffers that came or went between the two reads before order is given up. */
#define MOST_CHANGES 1024

enum likeness { LIKE_ALL, LIKE_NAMED, LIKE_SIZED, N_LIKENESS };

static uint64_t mix(uint64_t h, uint64_t value)
{
	h = (h ^ value) * 0xff51afd7ed558ccdu;
	return h ^ h >> 32;
}

/* As a 16-character column shows it: cut, then without the blanks that look like padding.
 */
static uint64_t mix_text(uint64_t h, const struct snapshot *snap, uint32_t id)
{
	const char *text = snapshot_str(snap, id);
	size_t len = text ? MIN(strings_len(&snap->strings, id), (size_t)CUT) : 0;

	while (len && text[len - 1] == ' ')
		len--;
	for (size_t i = 0; i < len; i++)
		h = mix(h, (unsigned char)text[i]);
	return mix(h, text ? len : CUT + 1);
}

/* Attachments in any order: the newest one may have come in between. */
static uint64_t devices_key(const struct snapshot *snap, const struct buffer *buf)
{
	uint64_t sum = buf->has_attachments;

	for (uint32_t i = 0; i < buf->n_attachments; i++) {
		const struct attachment *at = &snap->attachments.v[buf->attachments + i];

		sum += mix(mix(7, at->device), at->count);
	}
	return sum;
}

/* rk_dma_heap lists under a heap what that heap exported: formats.md 2.2. */
static uint32_t exporter_of(const struct buffer *buf)
{
	return buf->exporter ? buf->exporter : buf->heap;
}

static uint64_t key(const struct snapshot *snap, const struct buffer *buf,
		    enum likeness like)
{
	uint64_t h = mix(like, buf->size_bytes >> 10);

	h = mix_text(h, snap, exporter_of(buf));
	if (like <= LIKE_NAMED)
		h = mix_text(h, snap, buf->name);
	if (like == LIKE_ALL)
		h = mix(h, devices_key(snap, buf));
	return h;
}

struct list {
	VEC(uint32_t) of; /* buffer indices, newest first */
	uint64_t *keys;
	bool *taken;
	size_t n_paired;
};

static void list_fini(struct list *l)
{
	vec_free(&l->of);
	free(l->keys);
	free(l->taken);
}

static void list_prepare(struct list *l)
{
	l->keys = mem_alloc(l->of.n * sizeof(*l->keys));
	l->taken = mem_alloc(l->of.n * sizeof(*l->taken));
}

static void list_keys(struct list *l, const struct snapshot *snap, enum likeness like)
{
	for (size_t i = 0; i < l->of.n; i++)
		l->keys[i] = key(snap, &snap->buffers.v[l->of.v[i]], like);
}

/* Move what `from` knows and `into` does not. */
static void fold(struct snapshot *snap, uint32_t into_index, uint32_t from_index)
{
	struct buffer *into = &snap->buffers.v[into_index];
	struct buffer *from = &snap->buffers.v[from_index];

	into->sources |= from->sources;
	into->pointer = from->pointer;
	into->order = MIN(into->order, from->order);
	if (!into->exporter)
		into->exporter = from->exporter;
	if (!into->name && from->name) {
		into->name = from->name;
		into->allocator_pid = from->allocator_pid;
		into->allocator_task = from->allocator_task;
		into->task_is_cut = from->task_is_cut;
		into->name_is_cut = from->name_is_cut;
	}
	if (into->size_bytes == ABSENT64) {
		into->size_bytes = from->size_bytes;
		into->size_is_exact = from->size_is_exact;
	}
	if (!into->has_attachments && from->has_attachments) {
		into->has_attachments = true;
		into->attachments = from->attachments;
		into->n_attachments = from->n_attachments;
	}
	if (!into->n_segments) {
		into->segments = from->segments;
		into->n_segments = from->n_segments;
	}
	from->is_merged = true;
}

/* rk's i-th is ino's j-th. */
static void pair(struct snapshot *snap, struct list *rk, size_t i, struct list *ino,
		 size_t j)
{
	fold(snap, ino->of.v[j], rk->of.v[i]);
	rk->taken[i] = ino->taken[j] = true;
}

/* A class: how many of each list, and where the next unpaired one of `ino` is. */
struct class
{
	uint64_t key;
	uint32_t n_rk, n_ino;
	uint32_t next; /* index in ino->of + 1, chained by `after` */
};

struct classes {
	struct class *slots;
	size_t n_slots;
	uint32_t *after; /* by index in ino->of: the next of the class, + 1 */
};

static struct class *class_of(const struct classes *c, uint64_t key)
{
	size_t at = (key * 0x9e3779b97f4a7c15u) >> 20 & (c->n_slots - 1);

	while (c->slots[at].n_rk + c->slots[at].n_ino && c->slots[at].key != key)
		at = (at + 1) & (c->n_slots - 1);
	c->slots[at].key = key;
	return &c->slots[at];
}

static void classes_build(struct classes *c, const struct list *rk,
			  const struct list *ino)
{
	for (c->n_slots = 64; c->n_slots < (rk->of.n + ino->of.n) * 2;)
		c->n_slots *= 2;
	c->slots = mem_alloc(c->n_slots * sizeof(*c->slots));
	c->after = mem_alloc(ino->of.n * sizeof(*c->after));
	for (size_t j = ino->of.n; j-- > 0;) {
		struct class *class;

		if (ino->taken[j])
			continue;
		class = class_of(c, ino->keys[j]);
		class->n_ino++;
		c->after[j] = class->next;
		class->next = (uint32_t)j + 1;
	}
	for (size_t i = 0; i < rk->of.n; i++)
		if (!rk->taken[i])
			class_of(c, rk->keys[i])->n_rk++;
}

/* Renamed between the two reads, or another buffer of the same size? */
static bool names_differ(const struct snapshot *snap, uint32_t i, uint32_t j)
{
	uint32_t x = snap->buffers.v[i].name, y = snap->buffers.v[j].name;

	return y && mix_text(0, snap, x) != mix_text(0, snap, y);
}

/* Pair what order left over, the k-th with the k-th of its class. */
static void pair_classes(struct snapshot *snap, struct list *rk, struct list *ino,
			 enum likeness like)
{
	struct classes c = { 0 };

	if (rk->n_paired == rk->of.n || ino->n_paired == ino->of.n)
		return;
	classes_build(&c, rk, ino);
	for (size_t i = 0; i < rk->of.n; i++) {
		struct class *class;
		bool renamed;
		uint32_t j;

		if (rk->taken[i])
			continue;
		class = class_of(&c, rk->keys[i]);
		j = class->next;
		if (!j)
			continue;
		class->next = c.after[j - 1];
		renamed = like == LIKE_SIZED &&
			  names_differ(snap, rk->of.v[i], ino->of.v[j - 1]);
		if (renamed || class->n_rk != class->n_ino)
			snap->buffers.v[ino->of.v[j - 1]].is_ambiguous = true;
		pair(snap, rk, i, ino, j - 1);
		rk->n_paired++;
		ino->n_paired++;
	}
	free(c.slots);
	free(c.after);
}

/*
 * Pair along the alignment. Where a class has more members on one side, neighbours of the
 * same look could be exchanged: those pairs are ambiguous.
 */
static void pair_in_order(struct snapshot *snap, struct list *rk, struct list *ino)
{
	_cleanup_(freep) uint32_t *partner = mem_alloc(rk->of.n * sizeof(*partner));
	size_t paired = 0;
	struct classes c = { 0 };
	bool all;

	if (!join_align((struct join_keys){ rk->keys, rk->of.n },
			(struct join_keys){ ino->keys, ino->of.n }, MOST_CHANGES,
			partner))
		return;
	for (size_t i = 0; i < rk->of.n; i++)
		paired += partner[i] != ABSENT32;
	/* Nothing came or went: no class has more members on one side. */
	all = paired == rk->of.n && paired == ino->of.n;
	if (!all)
		classes_build(&c, rk, ino);
	for (size_t i = 0; i < rk->of.n; i++) {
		bool ambiguous = false;

		if (partner[i] == ABSENT32)
			continue;
		if (!all) {
			const struct class *class = class_of(&c, rk->keys[i]);

			ambiguous = class->n_rk != class->n_ino;
		}
		if (ambiguous)
			snap->buffers.v[ino->of.v[partner[i]]].is_ambiguous = true;
		pair(snap, rk, i, ino, partner[i]);
	}
	rk->n_paired = ino->n_paired = paired;
	free(c.slots);
	free(c.after);
}

static const struct snapshot *sort_snap;

/* bufinfo has the kernel's order; others by inode, which counts up from Linux 5.19 on. */
static int newest_first(const void *a, const void *b)
{
	const struct buffer *x = &sort_snap->buffers.v[*(const uint32_t *)a];
	const struct buffer *y = &sort_snap->buffers.v[*(const uint32_t *)b];
	bool x_listed = x->sources & 1u << SRC_BUFINFO,
	     y_listed = y->sources & 1u << SRC_BUFINFO;

	if (x_listed != y_listed)
		return x_listed ? -1 : 1;
	if (!x_listed && x->ino != y->ino)
		return x->ino > y->ino ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

static void join_rk(struct snapshot *snap)
{
	struct list rk = { 0 }, ino = { 0 };

	snapshot_each_buffer(snap, buf) {
		if (buf->sources & RK_SOURCES && buf->ino == ABSENT64)
			*vec_add(&rk.of) = snapshot_index(snap, buf);
		else if (buf->pointer == ABSENT64)
			*vec_add(&ino.of) = snapshot_index(snap, buf);
	}
	if (rk.of.n && ino.of.n) {
		sort_snap = snap;
		qsort(ino.of.v, ino.of.n, sizeof(*ino.of.v), newest_first);
		list_prepare(&rk);
		list_prepare(&ino);
		for (enum likeness like = LIKE_ALL; like < N_LIKENESS; like++) {
			list_keys(&rk, snap, like);
			list_keys(&ino, snap, like);
			if (like == LIKE_ALL)
				pair_in_order(snap, &rk, &ino);
			pair_classes(snap, &rk, &ino, like);
		}
	}
	list_fini(&rk);
	list_fini(&ino);
}

static bool is_nameless(const struct buffer *buf)
{
	return buf->sources == 1u << SRC_FDINFO && buf->ino == ABSENT64;
}

/*
 * fdinfo blocks without an inode, out of a saved log: two of them may be two descriptors
 * of one buffer, and each may be one that another source has listed. A look-alike is
 * taken for the same buffer, so the total may be too small, never too large.
 */
static void join_nameless(struct snapshot *snap)
{
	struct list all = { 0 }, none = { 0 };
	struct classes c = { 0 };
	size_t n_nameless = 0;

	/* The listed ones first: they are what the nameless are folded into. */
	for (int nameless = 0; nameless < 2; nameless++)
		snapshot_each_buffer(snap, buf)
			if (is_nameless(buf) == nameless) {
				*vec_add(&all.of) = snapshot_index(snap, buf);
				n_nameless += (size_t)nameless;
			}
	if (n_nameless) {
		list_prepare(&all);
		list_keys(&all, snap, LIKE_NAMED);
		classes_build(&c, &none, &all);
		for (size_t i = all.of.n - n_nameless; i < all.of.n; i++) {
			size_t first = class_of(&c, all.keys[i])->next - 1;
			uint32_t into = all.of.v[first];

			if (first == i)
				continue;
			snap->buffers.v[all.of.v[i]].pointer =
				snap->buffers.v[into].pointer;
			snap->buffers.v[into].is_ambiguous = true;
			fold(snap, into, all.of.v[i]);
		}
	}
	free(c.slots);
	free(c.after);
	list_fini(&all);
}

void join_buffers(struct snapshot *snap)
{
	/* Looking at every buffer costs; most saved logs hold one list. */
	if (snap->made_by & RK_SOURCES && snap->made_by & ~RK_SOURCES)
		join_rk(snap);
	if (snap->made_by & 1u << SRC_FDINFO)
		join_nameless(snap);
	if (snap->made_by & (snap->made_by - 1))
		snapshot_reindex(snap);
}
