/* SPDX-License-Identifier: MIT */
/*
 * Aligning two readings of one list. Between them a few buffers came or went, so the
 * number of differences D is small and Myers' greedy algorithm, O((n+m)·D), suits.
 */
#include "model/join.h"

struct myers {
	const uint64_t *a, *b;
	int64_t n_a, n_b;
	unsigned most;
	int64_t *trace; /* row d: furthest x for diagonals -d … d, 2d+1 values */
};

static int64_t *row(const struct myers *m, unsigned d)
{
	return m->trace + (size_t)d * d; /* 1 + 3 + 5 + … */
}

/* Furthest x on diagonal k after d differences, from the row of d - 1. */
static int64_t step(const struct myers *m, unsigned d, int64_t k)
{
	const int64_t *before = d ? row(m, d - 1) + (d - 1) : NULL;
	int64_t x;

	if (!d)
		return 0;
	if (k == -(int64_t)d || (k != d && before[k - 1] < before[k + 1]))
		x = before[k + 1];
	else
		x = before[k - 1] + 1;
	return x;
}

static int64_t slide(const struct myers *m, int64_t x, int64_t k)
{
	while (x < m->n_a && x - k < m->n_b && x - k >= 0 && m->a[x] == m->b[x - k])
		x++;
	return x;
}

/* Walk back from the end along the rows that were kept. */
static void backtrack(const struct myers *m, unsigned d, uint32_t *partner)
{
	int64_t x = m->n_a, k = m->n_a - m->n_b;

	for (;; d--) {
		int64_t start = step(m, d, k);

		for (; x > start; x--)
			if (x - 1 - k >= 0)
				partner[x - 1] = (uint32_t)(x - 1 - k);
		if (!d)
			return;
		if (k == -(int64_t)d || (k != d && row(m, d - 1)[d - 1 + k - 1] <
							   row(m, d - 1)[d - 1 + k + 1]))
			k++;
		else
			k--;
		x = row(m, d - 1)[d - 1 + k];
	}
}

/* The number of differences, or -1 when they are more than allowed. */
static int search(struct myers *m)
{
	for (unsigned d = 0; d <= m->most; d++) {
		int64_t *now = row(m, d) + d;

		for (int64_t k = -(int64_t)d; k <= (int64_t)d; k++) {
			bool reachable = (uint64_t)(k + (int64_t)d) % 2 == 0;

			/* Diagonals of the other parity belong to the row before. */
			now[k] = reachable ? slide(m, step(m, d, k), k) : -1;
			if (reachable && k == m->n_a - m->n_b && now[k] >= m->n_a)
				return (int)d;
		}
	}
	return -1;
}

bool join_align(struct join_keys a, struct join_keys b, unsigned most, uint32_t *partner)
{
	_cleanup_(freep) int64_t *trace = NULL;
	struct myers m = { a.v, b.v, (int64_t)a.n, (int64_t)b.n, most, NULL };
	int d;

	if (a.n > b.n ? a.n - b.n > most : b.n - a.n > most)
		return false;
	trace = mem_resize(NULL, (size_t)(most + 1) * (most + 1) + 1, sizeof(*trace));
	m.trace = trace;
	d = search(&m);
	if (d < 0)
		return false;
	for (size_t i = 0; i < a.n; i++)
		partner[i] = ABSENT32;
	backtrack(&m, (unsigned)d, partner);
	return true;
}
