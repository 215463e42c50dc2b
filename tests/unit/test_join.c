/* SPDX-License-Identifier: MIT */
/* Joining lists that share no key: alignment against a brute-force answer, and the rules.
 */
#include "../lib/tap.h"
#include "model/join.h"

/* Length of the longest common subsequence, the slow and sure way. */
static size_t lcs(const uint64_t *a, size_t n, const uint64_t *b, size_t m)
{
	size_t table[64][64] = { 0 };

	for (size_t i = n; i-- > 0;)
		for (size_t j = m; j-- > 0;)
			table[i][j] = a[i] == b[j] ?
					      table[i + 1][j + 1] + 1 :
					      MAX(table[i + 1][j], table[i][j + 1]);
	return table[0][0];
}

static uint32_t seed = 1;

static uint32_t draw(uint32_t below)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % below;
}

/* Pairs that are equal, in order, each used once; returns how many, -1 when a rule
 * breaks. */
static long count_pairs(const uint64_t *a, size_t n, const uint64_t *b,
			const uint32_t *partner)
{
	long pairs = 0, last = -1;

	for (size_t i = 0; i < n; i++) {
		if (partner[i] == ABSENT32)
			continue;
		if ((long)partner[i] <= last || a[i] != b[partner[i]])
			return -1;
		last = (long)partner[i];
		pairs++;
	}
	return pairs;
}

static void align_is_longest(void)
{
	size_t wrong = 0, refused = 0;

	for (int round = 0; round < 20000; round++) {
		uint64_t a[40], b[40];
		uint32_t partner[40], kinds = 1 + draw(6);
		size_t n = draw(40), m = draw(40), longest;

		for (size_t i = 0; i < n; i++)
			a[i] = draw(kinds);
		for (size_t j = 0; j < m; j++)
			b[j] = draw(kinds);
		longest = lcs(a, n, b, m);
		if (!join_align((struct join_keys){ a, n }, (struct join_keys){ b, m },
				80, partner)) {
			refused++;
			continue;
		}
		wrong += count_pairs(a, n, b, partner) != (long)longest;
	}
	is_u64(wrong, 0,
	       "an alignment is a longest common subsequence, 20000 random pairs");
	is_u64(refused, 0, "none of them was refused");
}

static void align_gives_up(void)
{
	uint64_t a[20], b[20];
	uint32_t partner[20];

	for (size_t i = 0; i < 20; i++) {
		a[i] = i;
		b[i] = 100 + i;
	}
	ok(!join_align((struct join_keys){ a, 20 }, (struct join_keys){ b, 20 }, 10,
		       partner),
	   "too many differences: order is given up");
	ok(join_align((struct join_keys){ a, 20 }, (struct join_keys){ b, 20 }, 40,
		      partner),
	   "as many as allowed: aligned");
	ok(join_align((struct join_keys){ a, 0 }, (struct join_keys){ b, 0 }, 10,
		      partner),
	   "two empty lists");
}

struct row {
	uint64_t key; /* pointer or inode */
	const char *name;
	uint64_t size;
	const char *device; /* NULL: none attached */
};

static void add(struct snapshot *snap, enum source_id source, const struct row *row)
{
	struct buffer *buf = snapshot_add_buffer(snap, source);
	size_t cut = source == SRC_RK_DEV ? MIN(strlen(row->name), (size_t)16) :
					    strlen(row->name);

	if (source == SRC_RK_DEV) {
		buf->pointer = row->key;
		buf->size_bytes = row->size & ~1023ull;
	} else {
		buf->ino = row->key;
		buf->size_bytes = row->size;
		buf->size_is_exact = true;
	}
	snapshot_set_name(snap, buf, (struct span){ row->name, cut },
			  source == SRC_RK_DEV ? 16 : 0);
	buf->exporter = strings_adds(&snap->strings, "system");
	snapshot_attach_none(snap, buf);
	if (row->device)
		snapshot_attach(snap, buf, strings_adds(&snap->strings, row->device));
}

static struct snapshot *build(const struct row *dev, size_t n_dev, const struct row *info,
			      size_t n_info)
{
	struct snapshot *snap = snapshot_new();

	for (size_t i = 0; i < n_dev; i++)
		add(snap, SRC_RK_DEV, &dev[i]);
	for (size_t i = 0; i < n_info; i++)
		add(snap, SRC_BUFINFO, &info[i]);
	join_buffers(snap);
	return snap;
}

/* Pointer joined to this inode, 0 when none. */
static uint64_t pointer_of(const struct snapshot *snap, uint64_t ino)
{
	const struct buffer *buf = snapshot_by_ino(snap, ino);

	return buf->pointer == ABSENT64 ? 0 : buf->pointer;
}

static void same_lists(void)
{
	static const struct row dev[] = { { 0xc0, "402-allocator@4.0-s", 2691072, "gpu" },
					  { 0xb0, "402-allocator@4.0-s", 2691072, NULL },
					  { 0xa0, "474-c2@1.1", 57344, NULL } };
	static const struct row info[] = { { 3, "402-allocator@4.0-s", 2691072, "gpu" },
					   { 2, "402-allocator@4.0-s", 2691072, NULL },
					   { 1, "474-c2@1.1", 57344, NULL } };
	_cleanup_(snapshot_freep) struct snapshot *snap = build(dev, 3, info, 3);

	is_u64(snapshot_totals(snap).buffers, 3,
	       "two lists of the same buffers: each once");
	is_u64(pointer_of(snap, 3), 0xc0, "the first is the first");
	is_u64(pointer_of(snap, 1), 0xa0, "the last is the last");
	ok(!snapshot_by_ino(snap, 2)->is_ambiguous, "nothing ambiguous");
	ok(!snapshot_by_ino(snap, 2)->name_is_cut, "the full name wins over the cut one");
	is_u64(snapshot_by_ino(snap, 2)->sources, 1u << SRC_RK_DEV | 1u << SRC_BUFINFO,
	       "seen in both");
}

static void came_and_went(void)
{
	/* x came after dev was read, y went before bufinfo was. */
	static const struct row dev[] = { { 0xc0, "a", 4096, NULL },
					  { 0xb0, "y", 8192, NULL },
					  { 0xa0, "a", 4096, NULL } };
	static const struct row info[] = { { 9, "x", 8192, NULL },
					   { 3, "a", 4096, NULL },
					   { 1, "a", 4096, NULL } };
	_cleanup_(snapshot_freep) struct snapshot *snap = build(dev, 3, info, 3);

	is_u64(pointer_of(snap, 3), 0xc0, "order holds around what came and went");
	is_u64(pointer_of(snap, 1), 0xa0, "order holds behind it");
	/* x and y: same size and exporter, other names. Renamed, or two buffers? Once. */
	is_u64(snapshot_totals(snap).buffers, 3, "a look-alike pair is counted once");
	ok(snapshot_by_ino(snap, 9)->is_ambiguous, "and said to be unsure");
}

static void unequal_numbers(void)
{
	static const struct row dev[] = { { 0xd0, "a", 4096, NULL },
					  { 0xc0, "a", 4096, NULL },
					  { 0xb0, "a", 4096, NULL } };
	static const struct row info[] = { { 2, "a", 4096, NULL },
					   { 1, "a", 4096, NULL } };
	_cleanup_(snapshot_freep) struct snapshot *snap = build(dev, 3, info, 2);

	is_u64(snapshot_totals(snap).buffers, 3, "three alike against two: three in all");
	ok(snapshot_by_ino(snap, 1)->is_ambiguous, "which of them is said to be unsure");
}

static void devices_decide(void)
{
	/* The buffer without a device went away in between; devices tell which it was. */
	static const struct row dev[] = { { 0xd0, "a", 4096, "vpu" },
					  { 0xc0, "a", 4096, NULL },
					  { 0xb0, "a", 4096, "gpu" } };
	static const struct row info[] = { { 3, "a", 4096, "vpu" },
					   { 1, "a", 4096, "gpu" } };
	_cleanup_(snapshot_freep) struct snapshot *snap = build(dev, 3, info, 2);

	is_u64(pointer_of(snap, 1), 0xb0, "attached devices tell look-alikes apart");
	ok(!snapshot_by_ino(snap, 1)->is_ambiguous, "and leave no doubt");
}

static void nothing_alike(void)
{
	static const struct row dev[] = { { 0xd0, "a", 4096, NULL } };
	static const struct row info[] = { { 3, "a", 8192, NULL } };
	_cleanup_(snapshot_freep) struct snapshot *snap = build(dev, 1, info, 1);

	is_u64(snapshot_totals(snap).buffers, 2, "other sizes are other buffers");
	is_u64(pointer_of(snap, 3), 0, "and are not joined");
}

static void add_nameless(struct snapshot *snap, const char *name, uint64_t size)
{
	struct buffer *buf = snapshot_add_buffer(snap, SRC_FDINFO);

	buf->size_bytes = size;
	buf->size_is_exact = true;
	buf->exporter = strings_adds(&snap->strings, "system");
	snapshot_set_name(snap, buf, (struct span){ name, strlen(name) }, 0);
}

static void nameless_once(void)
{
	static const struct row info[] = { { 3, "a", 4096, NULL } };
	_cleanup_(snapshot_freep) struct snapshot *snap = snapshot_new();

	add(snap, SRC_BUFINFO, &info[0]);
	add_nameless(snap, "a", 4096);
	add_nameless(snap, "a", 4096);
	add_nameless(snap, "b", 4096);
	add_nameless(snap, "b", 4096);
	join_buffers(snap);
	is_u64(snapshot_totals(snap).buffers, 2,
	       "fdinfo blocks without inode never add twice");
}

int main(void)
{
	align_is_longest();
	align_gives_up();
	same_lists();
	came_and_went();
	unequal_numbers();
	devices_decide();
	nothing_alike();
	nameless_once();
	return done_testing();
}
