/* SPDX-License-Identifier: MIT */
/* Sums by owner, task, exporter, device, holder, size or heap. */
#include "analysis/account.h"

const char *const account_by_names[N_BY] = {
	[BY_OWNER] = "owner",	    [BY_BUFFER] = "buffer", [BY_TASK] = "task",
	[BY_EXPORTER] = "exporter", [BY_DEVICE] = "device", [BY_HOLDER] = "holder",
	[BY_SIZE] = "size",	    [BY_HEAP] = "heap",
};

int account_by_name(const char *name)
{
	for (int by = 0; by < N_BY; by++)
		if (!strcmp(account_by_names[by], name))
			return by;
	return -1;
}

bool account_sees_holders(const struct snapshot *snap)
{
	return snap->coverage[SRC_FDINFO].status == COVERAGE_OK &&
	       snap->coverage[SRC_MAPS].status == COVERAGE_OK;
}

static const struct process *find_process(const struct snapshot *snap, uint32_t pid)
{
	vec_each(&snap->processes, it)
		if (it->pid == pid)
			return it;
	return NULL;
}

static bool begins_with(const struct snapshot *snap, uint32_t whole, uint32_t part)
{
	size_t n = strings_len(&snap->strings, part);

	return strings_len(&snap->strings, whole) >= n &&
	       !memcmp(snapshot_str(snap, whole), snapshot_str(snap, part), n);
}

struct owner account_owner(const struct snapshot *snap, const struct buffer *buf)
{
	const struct holder *h;
	const struct process *proc;

	if (buf->allocator_task) {
		struct owner o = { OWNER_ALLOCATOR, buf->allocator_pid,
				   buf->allocator_task };

		if (buf->task_is_cut && o.pid != ABSENT32 &&
		    (proc = find_process(snap, o.pid)) && proc->task &&
		    begins_with(snap, proc->task, o.task))
			o.task = proc->task;
		return o;
	}
	if (buf->holders == ABSENT32 && !account_sees_holders(snap))
		return (struct owner){ buf->name ? OWNER_NAME : OWNER_UNKNOWN, ABSENT32,
				       buf->name };
	if (buf->holders == ABSENT32)
		return (struct owner){ OWNER_KERNEL, ABSENT32, STR_ABSENT };
	h = &snap->holders.v[buf->holders];
	if (h->next != ABSENT32)
		return (struct owner){ OWNER_SHARED, ABSENT32, STR_ABSENT };
	proc = &snap->processes.v[h->process];
	return (struct owner){ OWNER_HOLDER, proc->pid, proc->task };
}

/* Groups under construction, found by their two keys. */
struct builder {
	const struct snapshot *snap;
	struct account *account;
	uint32_t *slots;
	size_t n_slots;
};

static size_t slot_of(const struct builder *b, uint64_t key_a, uint64_t key_b)
{
	uint64_t h = (key_a * 0x9e3779b97f4a7c15u) ^ (key_b * 0xc2b2ae3d27d4eb4fu);
	size_t at = (size_t)(h >> 30) & (b->n_slots - 1);

	for (; b->slots[at]; at = (at + 1) & (b->n_slots - 1)) {
		const struct account_group *g = &b->account->groups.v[b->slots[at] - 1];

		if (g->key_a == key_a && g->key_b == key_b)
			break;
	}
	return at;
}

static void grow(struct builder *b)
{
	if (b->account->groups.n * 2 < b->n_slots)
		return;
	free(b->slots);
	b->n_slots = b->n_slots ? b->n_slots * 2 : 256;
	b->slots = mem_alloc(b->n_slots * sizeof(*b->slots));
	for (size_t i = 0; i < b->account->groups.n; i++) {
		const struct account_group *g = &b->account->groups.v[i];

		b->slots[slot_of(b, g->key_a, g->key_b)] = (uint32_t)i + 1;
	}
}

/* Adds a buffer to the group that `like` identifies. */
static void add(struct builder *b, const struct account_group *like,
		const struct buffer *buf)
{
	struct account_group *g;
	size_t at;

	grow(b);
	at = slot_of(b, like->key_a, like->key_b);
	if (!b->slots[at]) {
		g = vec_add(&b->account->groups);
		*g = *like;
		g->exporter = buf->exporter;
		b->slots[at] = (uint32_t)b->account->groups.n;
	}
	g = &b->account->groups.v[b->slots[at] - 1];
	g->many_exporters |= g->exporter != buf->exporter;
	g->buffers++;
	if (buf->size_bytes == ABSENT64)
		g->unsized++;
	else
		g->bytes += buf->size_bytes;
	/* A cut form of the task may have come first. */
	if (g->owner.task && strings_len(&b->snap->strings, like->owner.task) >
				     strings_len(&b->snap->strings, g->owner.task))
		g->owner.task = like->owner.task;
	/* The strongest reason for putting it down to that owner stands for all. */
	g->owner.kind = MIN(g->owner.kind, like->owner.kind);
}

/*
 * What of a task is left when a 16-character column has cut "PID-TASK": the same process
 * must not become two owners because one source cuts its name and another does not.
 */
static uint64_t task_key(const struct snapshot *snap, struct owner owner)
{
	size_t room = 15, len = strings_len(&snap->strings, owner.task);
	const char *text = snapshot_str(snap, owner.task);
	uint64_t h = 14695981039346656037u;

	if (owner.pid == ABSENT32 || !text)
		return owner.task;
	for (uint32_t pid = owner.pid; pid; pid /= 10)
		room--;
	for (size_t i = 0; i < MIN(len, room); i++)
		h = (h ^ (unsigned char)text[i]) * 1099511628211u;
	return h;
}

static struct account_group group_of_owner(const struct snapshot *snap,
					   struct owner owner, bool by_task)
{
	struct account_group g = { .owner = owner, .size_class = ABSENT64 };

	if (by_task) {
		g.owner.pid = ABSENT32;
		g.owner.kind = owner.kind == OWNER_HOLDER ? OWNER_ALLOCATOR : owner.kind;
		g.key_a = owner.task;
		g.key_b = g.owner.kind;
	} else {
		/* What a process allocated and what it holds unnamed is one owner's. */
		bool is_process = owner.kind == OWNER_ALLOCATOR ||
				  owner.kind == OWNER_HOLDER;

		g.key_a = (uint64_t)owner.pid << 3 | (is_process ? 0 : owner.kind);
		g.key_b = task_key(snap, owner);
	}
	return g;
}

static struct account_group group_of_text(uint32_t text)
{
	return (struct account_group){ .text = text,
				       .key_a = text,
				       .size_class = ABSENT64 };
}

static void add_holders(struct builder *b, const struct snapshot *snap,
			const struct buffer *buf)
{
	struct account_group g;

	if (buf->holders == ABSENT32) {
		enum owner_kind kind = account_sees_holders(snap) ? OWNER_KERNEL :
								    OWNER_UNKNOWN;

		g = group_of_owner(snap, (struct owner){ kind, ABSENT32, STR_ABSENT },
				   false);
		add(b, &g, buf);
	}
	for (uint32_t i = buf->holders; i != ABSENT32; i = snap->holders.v[i].next) {
		const struct process *proc =
			&snap->processes.v[snap->holders.v[i].process];

		g = group_of_owner(snap,
				   (struct owner){ OWNER_HOLDER, proc->pid, proc->task },
				   false);
		add(b, &g, buf);
	}
}

static void add_devices(struct builder *b, const struct snapshot *snap,
			const struct buffer *buf)
{
	struct account_group g;

	if (!buf->n_attachments) {
		g = group_of_text(STR_ABSENT);
		g.key_b = buf->has_attachments; /* known none, or not known */
		add(b, &g, buf);
	}
	for (uint32_t i = 0; i < buf->n_attachments; i++) {
		g = group_of_text(snap->attachments.v[buf->attachments + i].device);
		add(b, &g, buf);
	}
}

static void add_one(struct builder *b, const struct snapshot *snap,
		    const struct buffer *buf, enum account_by by)
{
	struct account_group g;

	switch (by) {
	case BY_DEVICE:
		add_devices(b, snap, buf);
		return;
	case BY_HOLDER:
		add_holders(b, snap, buf);
		return;
	case BY_OWNER:
	case BY_TASK:
		g = group_of_owner(snap, account_owner(snap, buf), by == BY_TASK);
		break;
	case BY_SIZE:
		g = (struct account_group){ .key_a = buf->size_bytes,
					    .size_class = buf->size_bytes };
		break;
	case BY_HEAP:
		/* A heap exports under its own name; without a heap the exporter says as
		 * much. */
		g = group_of_text(buf->heap ? buf->heap : buf->exporter);
		break;
	default:
		g = group_of_text(buf->exporter);
		break;
	}
	add(b, &g, buf);
}

void account_run(struct account *ret, const struct snapshot *snap, enum account_by by,
		 const bool *wanted)
{
	struct builder b = { .snap = snap, .account = ret };

	*ret = (struct account){ .overlaps = by == BY_DEVICE || by == BY_HOLDER };
	snapshot_each_buffer(snap, buf)
		if (!wanted || wanted[snapshot_index(snap, buf)])
			add_one(&b, snap, buf, by);
	free(b.slots);
	account_sort(ret, snap, SORT_SIZE);
}

static const struct snapshot *sort_snap;
static enum account_sort sort_key;

static int compare_text(uint32_t x, uint32_t y)
{
	const char *a = snapshot_str(sort_snap, x), *b = snapshot_str(sort_snap, y);

	return a && b ? strcmp(a, b) : !a - !b;
}

#define COMPARE(x, y) ((x) < (y) ? -1 : (x) > (y))

static int compare(const void *x, const void *y)
{
	const struct account_group *a = x, *b = y;
	int r = 0;

	if (sort_key == SORT_COUNT)
		r = -COMPARE(a->buffers, b->buffers);
	else if (sort_key == SORT_PID)
		r = COMPARE(a->owner.pid, b->owner.pid);
	else if (sort_key == SORT_NAME)
		r = compare_text(a->owner.task ? a->owner.task : a->text,
				 b->owner.task ? b->owner.task : b->text);
	if (!r)
		r = -COMPARE(a->bytes, b->bytes);
	if (!r)
		r = -COMPARE(a->buffers, b->buffers);
	if (!r)
		r = compare_text(a->owner.task ? a->owner.task : a->text,
				 b->owner.task ? b->owner.task : b->text);
	if (!r)
		r = COMPARE(a->key_a, b->key_a);
	return r ? r : COMPARE(a->key_b, b->key_b);
}

void account_sort(struct account *account, const struct snapshot *snap,
		  enum account_sort sort)
{
	sort_snap = snap;
	sort_key = sort;
	if (account->groups.n)
		qsort(account->groups.v, account->groups.n, sizeof(*account->groups.v),
		      compare);
}

void account_fini(struct account *account)
{
	vec_free(&account->groups);
}
