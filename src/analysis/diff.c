/* SPDX-License-Identifier: MIT */
/* What is new, gone and changed between two snapshots. */
#include "analysis/diff.h"

#include "analysis/match.h"
#include "model/identity.h"

const char *const change_field_names[N_CHANGES] = {
	[CHANGE_NAME] = "name",
	[CHANGE_REFS] = "refs",
	[CHANGE_DEVICES] = "attachments",
	[CHANGE_HOLDERS] = "holders",
};

static bool same_text(const struct snapshot *a, uint32_t x, const struct snapshot *b,
		      uint32_t y)
{
	size_t n = x ? strings_len(&a->strings, x) : 0;

	if (!x || !y)
		return x == y;
	return n == strings_len(&b->strings, y) &&
	       !memcmp(snapshot_str(a, x), snapshot_str(b, y), n);
}

enum diff_order diff_order(const struct snapshot *old, const struct snapshot *new)
{
	const struct captured *a = &old->captured, *b = &new->captured;

	if (a->boot_id && b->boot_id && !same_text(old, a->boot_id, new, b->boot_id))
		return DIFF_OTHER_BOOT;
	if (a->boottime_ns == ABSENT64 || b->boottime_ns == ABSENT64)
		return DIFF_IN_ORDER;
	if (a->boottime_ns <= b->boottime_ns)
		return DIFF_IN_ORDER;
	return a->boot_id && b->boot_id ? DIFF_SWAPPED : DIFF_OTHER_BOOT;
}

uint64_t diff_elapsed_ns(const struct snapshot *old, const struct snapshot *new)
{
	const struct captured *a = &old->captured, *b = &new->captured;

	if (a->boottime_ns != ABSENT64 && b->boottime_ns != ABSENT64 &&
	    b->boottime_ns >= a->boottime_ns)
		return b->boottime_ns - a->boottime_ns;
	if (a->time_ns != ABSENT64 && b->time_ns != ABSENT64 && b->time_ns >= a->time_ns)
		return b->time_ns - a->time_ns;
	return ABSENT64;
}

/* Attachments in any order; a list that one of the two does not know is no change. */
static bool same_devices(const struct snapshot *a, const struct buffer *x,
			 const struct snapshot *b, const struct buffer *y)
{
	if (!x->has_attachments || !y->has_attachments)
		return true;
	if (x->n_attachments != y->n_attachments)
		return false;
	for (uint32_t i = 0; i < x->n_attachments; i++) {
		const struct attachment *p = &a->attachments.v[x->attachments + i];
		bool found = false;

		for (uint32_t j = 0; j < y->n_attachments && !found; j++) {
			const struct attachment *q =
				&b->attachments.v[y->attachments + j];

			found = p->count == q->count &&
				same_text(a, p->device, b, q->device);
		}
		if (!found)
			return false;
	}
	return true;
}

static uint32_t count_fds(const struct snapshot *snap, const struct holder *h)
{
	uint32_t n = h->fd != ABSENT32;

	for (uint32_t i = h->more_fds; i != ABSENT32; i = snap->more_fds.v[i].next)
		n++;
	return n;
}

static bool is_held_alike(const struct snapshot *a, const struct holder *h,
			  const struct snapshot *b, const struct buffer *y)
{
	for (uint32_t j = y->holders; j != ABSENT32; j = b->holders.v[j].next) {
		const struct holder *g = &b->holders.v[j];

		if (a->processes.v[h->process].pid == b->processes.v[g->process].pid)
			return h->mappings == g->mappings &&
			       count_fds(a, h) == count_fds(b, g);
	}
	return false;
}

static uint32_t count_holders(const struct snapshot *snap, const struct buffer *buf)
{
	uint32_t n = 0;

	for (uint32_t i = buf->holders; i != ABSENT32; i = snap->holders.v[i].next)
		n++;
	return n;
}

static bool same_holders(const struct snapshot *a, const struct buffer *x,
			 const struct snapshot *b, const struct buffer *y)
{
	if (!snapshot_knows_holders(a) || !snapshot_knows_holders(b))
		return true;
	if (count_holders(a, x) != count_holders(b, y))
		return false;
	for (uint32_t i = x->holders; i != ABSENT32; i = a->holders.v[i].next)
		if (!is_held_alike(a, &a->holders.v[i], b, y))
			return false;
	return true;
}

static void compare_pair(struct diff *d, const struct buffer *x, const struct buffer *y)
{
	bool cut = x->name_is_cut || y->name_is_cut;
	bool differs[N_CHANGES] = {
		[CHANGE_NAME] = !cut && !same_text(d->old, x->name, d->new, y->name),
		[CHANGE_REFS] = x->refs != ABSENT32 && y->refs != ABSENT32 &&
				x->refs != y->refs,
		[CHANGE_DEVICES] = !same_devices(d->old, x, d->new, y),
		[CHANGE_HOLDERS] = !same_holders(d->old, x, d->new, y),
	};

	d->unchanged++;
	for (int field = 0; field < N_CHANGES; field++)
		if (differs[field])
			*vec_add(&d->changed) = (struct change){
				snapshot_index(d->old, x),
				snapshot_index(d->new, y),
				(enum change_field)field,
			};
}

/* Same owner, exporter and size, also where the two snapshots have other string ids. */
static uint64_t group_key(const struct snapshot *snap, const struct owner *owner,
			  const struct buffer *buf)
{
	const uint32_t ids[] = { owner->task, buf->exporter };
	uint64_t h = 14695981039346656037u ^ buf->size_bytes ^
		     (uint64_t)owner->pid << 32 ^ owner->kind;

	for (size_t i = 0; i < ARRAY_SIZE(ids); i++) {
		const char *text = snapshot_str(snap, ids[i]);
		size_t len = text ? strings_len(&snap->strings, ids[i]) : 0;

		for (size_t c = 0; c < len; c++)
			h = (h ^ (unsigned char)text[c]) * 1099511628211u;
		h = (h ^ len ^ 0x100) * 1099511628211u;
	}
	return h;
}

struct group_table {
	uint32_t *slots;
	size_t n_slots;
};

static struct diff_group *need_group(struct diff *d, struct group_table *t,
				     const struct snapshot *snap,
				     const struct buffer *buf)
{
	struct owner owner = account_owner(snap, buf);
	uint64_t key = group_key(snap, &owner, buf);
	size_t at = (key >> 20) & (t->n_slots - 1);

	for (; t->slots[at]; at = (at + 1) & (t->n_slots - 1))
		if (d->groups.v[t->slots[at] - 1].key == key)
			return &d->groups.v[t->slots[at] - 1];
	*vec_add(&d->groups) = (struct diff_group){
		.owner = owner,
		.exporter = buf->exporter,
		.from_new = snap == d->new,
		.size_bytes = buf->size_bytes,
		.key = key,
	};
	t->slots[at] = (uint32_t)d->groups.n;
	return &d->groups.v[d->groups.n - 1];
}

static void build_groups(struct diff *d)
{
	struct group_table t = { .n_slots = 64 };

	while (t.n_slots < (d->added.n + d->gone.n) * 2)
		t.n_slots *= 2;
	t.slots = mem_alloc(t.n_slots * sizeof(*t.slots));
	vec_each(&d->added, i) {
		const struct buffer *buf = &d->new->buffers.v[*i];
		struct diff_group *g = need_group(d, &t, d->new, buf);

		g->new_buffers++;
		g->new_bytes += buf->size_bytes == ABSENT64 ? 0 : buf->size_bytes;
	}
	vec_each(&d->gone, i) {
		const struct buffer *buf = &d->old->buffers.v[*i];
		struct diff_group *g = need_group(d, &t, d->old, buf);

		g->gone_buffers++;
		g->gone_bytes += buf->size_bytes == ABSENT64 ? 0 : buf->size_bytes;
	}
	vec_each(&d->groups, g)
		g->net_bytes = (int64_t)(g->new_bytes - g->gone_bytes);
	free(t.slots);
}

#define COMPARE(x, y) ((x) < (y) ? -1 : (x) > (y))

/* Largest growth first; then what moved most; then a stable order. */
static int by_growth(const void *x, const void *y)
{
	const struct diff_group *a = x, *b = y;
	int r = -COMPARE(a->net_bytes, b->net_bytes);

	if (!r)
		r = -COMPARE(a->new_bytes + a->gone_bytes, b->new_bytes + b->gone_bytes);
	if (!r)
		r = COMPARE(a->owner.pid, b->owner.pid);
	if (!r)
		r = COMPARE(a->size_bytes, b->size_bytes);
	return r ? r : COMPARE(a->key, b->key);
}

static void sum_up(struct diff *d)
{
	struct totals a = snapshot_totals(d->old), b = snapshot_totals(d->new);

	d->lists = snapshot_knows_buffers(d->old) && snapshot_knows_buffers(d->new);
	d->net_buffers = (int64_t)(b.buffers - a.buffers);
	if (d->lists) {
		d->net_bytes = (int64_t)(b.size_bytes - a.size_bytes);
		d->knows_bytes = true;
		return;
	}
	/* Without both lists the kernels' counters still tell how much, if not whose. */
	if (a.reported_bytes == ABSENT64 && snapshot_knows_buffers(d->old))
		a.reported_bytes = a.size_bytes;
	if (b.reported_bytes == ABSENT64 && snapshot_knows_buffers(d->new))
		b.reported_bytes = b.size_bytes;
	if (a.reported_bytes != ABSENT64 && b.reported_bytes != ABSENT64) {
		d->net_bytes = (int64_t)(b.reported_bytes - a.reported_bytes);
		d->knows_bytes = true;
	}
}

void diff_run(struct diff *ret, const struct snapshot *old, const struct snapshot *new)
{
	struct match m;

	*ret = (struct diff){ .old = old, .new = new };
	sum_up(ret);
	if (!ret->lists)
		return;
	match_run(&m, old, new);
	ret->by_look = m.by_look;
	snapshot_each_buffer(old, x) {
		uint32_t partner = m.partner[snapshot_index(old, x)];

		if (partner == ABSENT32)
			*vec_add(&ret->gone) = snapshot_index(old, x);
		else
			compare_pair(ret, x, &new->buffers.v[partner]);
	}
	snapshot_each_buffer(new, y)
		if (!m.taken[snapshot_index(new, y)])
			*vec_add(&ret->added) = snapshot_index(new, y);
	match_fini(&m);
	build_groups(ret);
	if (ret->groups.n)
		qsort(ret->groups.v, ret->groups.n, sizeof(*ret->groups.v), by_growth);
}

void diff_fini(struct diff *diff)
{
	vec_free(&diff->added);
	vec_free(&diff->gone);
	vec_free(&diff->changed);
	vec_free(&diff->groups);
}
