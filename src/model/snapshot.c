/* SPDX-License-Identifier: MIT */
/* The snapshot: records, their identity, and the sums over them. */
#include "model/snapshot.h"

const char *const source_names[N_SOURCES] = {
	[SRC_RK_BUFFERS] = "rk_dmabuf/buffers",
	[SRC_RK_DEV] = "rk_dmabuf/dev",
	[SRC_RK_SGT] = "rk_dmabuf/sgt",
	[SRC_RK_SIZE] = "rk_dmabuf/size",
	[SRC_RK_PEAK] = "rk_dmabuf/peak",
	[SRC_BUFINFO] = "bufinfo",
	[SRC_SYSFS] = "sysfs",
	[SRC_FDINFO] = "fdinfo",
	[SRC_MAPS] = "maps",
	[SRC_RK_DMA_HEAP] = "rk_dma_heap",
	[SRC_RK_CMA] = "rk_cma",
	[SRC_CMA_DEBUGFS] = "cma_debugfs",
	[SRC_CMA_SYSFS] = "cma_sysfs",
	[SRC_MPP] = "mpp",
	[SRC_RGA] = "rga",
	[SRC_DRM_FDINFO] = "drm_fdinfo",
	[SRC_MM_DUMP] = "drm_mm_dump",
	[SRC_ION] = "ion",
	[SRC_MEMINFO] = "meminfo",
};

const char *const coverage_names[] = {
	[COVERAGE_NOT_ASKED] = "not asked", [COVERAGE_OK] = "ok",
	[COVERAGE_PARTIAL] = "partial",	    [COVERAGE_ABSENT] = "absent",
	[COVERAGE_DENIED] = "denied",	    [COVERAGE_ERROR] = "error",
};

int source_by_name(const char *name, size_t len)
{
	for (int i = 0; i < N_SOURCES; i++)
		if (strlen(source_names[i]) == len && !memcmp(source_names[i], name, len))
			return i;
	return -1;
}

static void table_init(struct index_table *t)
{
	*t = (struct index_table){ .n_slots = 64 };
	t->slots = mem_alloc(t->n_slots * sizeof(*t->slots));
}

struct snapshot *snapshot_new(void)
{
	struct snapshot *snap = mem_alloc(sizeof(*snap));

	snap->captured.time_ns = snap->captured.boottime_ns = ABSENT64;
	snap->reported_bytes = snap->peak_bytes = snap->page_bytes = ABSENT64;
	snap->reported_by = N_SOURCES;
	strings_init(&snap->strings);
	table_init(&snap->by_ino);
	table_init(&snap->by_pointer);
	return snap;
}

void snapshot_free(struct snapshot *snap)
{
	if (!snap)
		return;
	strings_fini(&snap->strings);
	vec_free(&snap->buffers);
	vec_free(&snap->attachments);
	vec_free(&snap->segments);
	vec_free(&snap->processes);
	vec_free(&snap->holders);
	vec_free(&snap->more_fds);
	vec_free(&snap->contiguous);
	vec_free(&snap->heaps);
	vec_free(&snap->areas);
	vec_free(&snap->bitmap);
	vec_free(&snap->sessions);
	vec_free(&snap->rga);
	vec_free(&snap->ion);
	vec_free(&snap->drm);
	vec_free(&snap->ranges);
	free(snap->by_ino.slots);
	free(snap->by_pointer.slots);
	free(snap);
}

struct buffer *snapshot_add_buffer(struct snapshot *snap, enum source_id source)
{
	uint32_t order = (uint32_t)snap->buffers.n;
	struct buffer *buf = vec_add(&snap->buffers);

	snap->made_by |= 1u << source;
	*buf = (struct buffer){
		.ino = ABSENT64,
		.pointer = ABSENT64,
		.size_bytes = ABSENT64,
		.age_ns = ABSENT64,
		.address_start = ABSENT64,
		.address_end = ABSENT64,
		.allocator_pid = ABSENT32,
		.refs = ABSENT32,
		.flags = ABSENT32,
		.mode = ABSENT32,
		.holders = ABSENT32,
		.sources = 1u << source,
		.order = order,
	};
	return buf;
}

static uint32_t tag_of(uint64_t key)
{
	return (uint32_t)((key * 0x9e3779b97f4a7c15u) >> 32);
}

/* Which field of a buffer a table is keyed by. */
static uint64_t key_of(const struct snapshot *snap, const struct index_table *t,
		       uint32_t i)
{
	const struct buffer *buf = &snap->buffers.v[i];

	return t == &snap->by_ino ? buf->ino : buf->pointer;
}

/* False: a buffer with this key is there already, and stays the one that is found. */
static bool table_put(const struct snapshot *snap, struct index_table *t,
		      struct index_slot slot)
{
	size_t at = slot.tag & (t->n_slots - 1);

	for (; t->slots[at].index; at = (at + 1) & (t->n_slots - 1))
		if (t->slots[at].tag == slot.tag &&
		    key_of(snap, t, t->slots[at].index - 1) ==
			    key_of(snap, t, slot.index - 1))
			return false;
	t->slots[at] = slot;
	return true;
}

static void table_grow(struct index_table *t, size_t need)
{
	struct index_slot *old = t->slots;
	size_t n_old = t->n_slots;

	if (need * 3 <= t->n_slots * 2)
		return;
	while (need * 3 > t->n_slots * 2)
		t->n_slots *= 2;
	t->slots = mem_alloc(t->n_slots * sizeof(*t->slots));
	for (size_t s = 0; s < n_old; s++) {
		size_t at = old[s].tag & (t->n_slots - 1);

		if (!old[s].index)
			continue;
		while (t->slots[at].index)
			at = (at + 1) & (t->n_slots - 1);
		t->slots[at] = old[s];
	}
	free(old);
}

/* How many buffers ahead the slots are asked for. */
#define AHEAD 12

static void table_sync(const struct snapshot *snap, struct index_table *t)
{
	size_t n = snap->buffers.n;

	table_grow(t, t->n + (n - t->done));
	for (; t->done < n; t->done++) {
		uint64_t key = key_of(snap, t, (uint32_t)t->done);

		if (t->done + AHEAD < n) {
			uint64_t later = key_of(snap, t, (uint32_t)t->done + AHEAD);

			__builtin_prefetch(&t->slots[tag_of(later) & (t->n_slots - 1)]);
		}
		if (key == ABSENT64 || snap->buffers.v[t->done].is_merged)
			continue;
		if (table_put(snap, t,
			      (struct index_slot){ tag_of(key), (uint32_t)t->done + 1 }))
			t->n++;
		else
			t->has_twins = true;
	}
}

/* The tables are a cache: filling them changes nothing that a reader of *snap can see. */
static struct index_table *synced(const struct snapshot *snap,
				  const struct index_table *t)
{
	struct index_table *table = (struct index_table *)(uintptr_t)t;

	if (table->done != snap->buffers.n)
		table_sync(snap, table);
	return table;
}

static struct buffer *table_get(const struct snapshot *snap,
				const struct index_table *table, uint64_t key)
{
	const struct index_table *t = synced(snap, table);
	uint32_t tag = tag_of(key);

	for (size_t at = tag & (t->n_slots - 1); t->slots[at].index;
	     at = (at + 1) & (t->n_slots - 1))
		if (t->slots[at].tag == tag &&
		    key_of(snap, t, t->slots[at].index - 1) == key)
			return &snap->buffers.v[t->slots[at].index - 1];
	return NULL;
}

struct buffer *snapshot_by_ino(const struct snapshot *snap, uint64_t ino)
{
	return ino == ABSENT64 ? NULL : table_get(snap, &snap->by_ino, ino);
}

struct buffer *snapshot_by_pointer(const struct snapshot *snap, uint64_t pointer)
{
	return pointer == ABSENT64 ? NULL : table_get(snap, &snap->by_pointer, pointer);
}

bool snapshot_has_pointer_twins(const struct snapshot *snap)
{
	return synced(snap, &snap->by_pointer)->has_twins;
}

void snapshot_reindex(struct snapshot *snap)
{
	free(snap->by_ino.slots);
	free(snap->by_pointer.slots);
	table_init(&snap->by_ino);
	table_init(&snap->by_pointer);
}

struct buffer *snapshot_need_ino(struct snapshot *snap, uint64_t ino,
				 enum source_id source)
{
	struct buffer *buf = snapshot_by_ino(snap, ino);

	if (!buf) {
		buf = snapshot_add_buffer(snap, source);
		buf->ino = ino;
	}
	buf->sources |= 1u << source;
	return buf;
}

/* A hostile list of distinct devices must not make folding quadratic. */
#define FOLD_BACK 256

void snapshot_attach(struct snapshot *snap, struct buffer *buf, uint32_t device)
{
	if (!buf->has_attachments || !buf->n_attachments)
		snapshot_attach_none(snap, buf);
	for (uint32_t i = buf->n_attachments, back = 0; i-- > 0 && back < FOLD_BACK;
	     back++) {
		struct attachment *it = &snap->attachments.v[buf->attachments + i];

		if (it->device == device) {
			it->count++;
			return;
		}
	}
	*vec_add(&snap->attachments) =
		(struct attachment){ .device = device, .count = 1 };
	buf->n_attachments++;
}

void snapshot_attach_none(struct snapshot *snap, struct buffer *buf)
{
	buf->has_attachments = true;
	buf->attachments = (uint32_t)snap->attachments.n;
	buf->n_attachments = 0;
}

void snapshot_add_segment(struct snapshot *snap, uint32_t *first, uint32_t *n,
			  struct segment segment)
{
	if (!*n)
		*first = (uint32_t)snap->segments.n;
	*vec_add(&snap->segments) = segment;
	++*n;
}

/* Linux pids stay below 4194304; more digits than that are no pid. */
#define PID_DIGITS 7

void snapshot_set_name(struct snapshot *snap, struct buffer *buf, struct span name,
		       unsigned width)
{
	struct scan s = scan_text(name.at, name.len);
	uint64_t pid;

	buf->name = strings_add(&snap->strings, name.at, name.len);
	buf->name_is_cut = width && name.len >= width;
	buf->task_is_cut = false;
	buf->allocator_pid = ABSENT32;
	buf->allocator_task = STR_ABSENT;
	if (!scan_dec(&s, &pid) || !pid || s.at - name.at > PID_DIGITS ||
	    !scan_word(&s, "-") || scan_done(&s))
		return;
	buf->allocator_pid = (uint32_t)pid;
	buf->allocator_task = strings_add(&snap->strings, s.at, scan_left(&s));
	buf->task_is_cut = buf->name_is_cut;
}

uint32_t snapshot_process(struct snapshot *snap, uint32_t pid)
{
	/* Asked for the same one again and again while that process is scanned. */
	if (snap->last_process < snap->processes.n &&
	    snap->processes.v[snap->last_process].pid == pid)
		return snap->last_process;
	for (size_t i = snap->processes.n; i-- > 0;) {
		if (snap->processes.v[i].pid == pid)
			return snap->last_process = (uint32_t)i;
		/*
		 * Most often they come in ascending order: a new one belongs at the
		 * end.
		 */
		if (i + 1 == snap->processes.n && snap->is_ascending &&
		    snap->processes.v[i].pid < pid)
			break;
	}
	if (!snap->processes.n)
		snap->is_ascending = true;
	else if (snap->processes.v[snap->processes.n - 1].pid > pid)
		snap->is_ascending = false;
	*vec_add(&snap->processes) = (struct process){
		.pid = pid,
		.start_ns = ABSENT64,
		.n_fds = ABSENT32,
		.fd_limit = ABSENT32,
		.rss_bytes = ABSENT64,
	};
	return snap->last_process = (uint32_t)snap->processes.n - 1;
}

struct holder *snapshot_hold(struct snapshot *snap, struct buffer *buf, uint32_t process)
{
	uint32_t at = buf->holders;
	struct holder *h;

	for (; at != ABSENT32; at = snap->holders.v[at].next)
		if (snap->holders.v[at].process == process)
			return &snap->holders.v[at];
	h = vec_add(&snap->holders);
	*h = (struct holder){ .next = buf->holders,
			      .process = process,
			      .fd = ABSENT32,
			      .more_fds = ABSENT32 };
	buf->holders = (uint32_t)snap->holders.n - 1;
	return h;
}

void snapshot_hold_fd(struct snapshot *snap, struct buffer *buf, uint32_t process,
		      uint32_t fd)
{
	struct holder *h = snapshot_hold(snap, buf, process);

	if (h->fd == ABSENT32) {
		h->fd = fd;
		return;
	}
	*vec_add(&snap->more_fds) = (struct more_fd){ .fd = fd, .next = h->more_fds };
	h->more_fds = (uint32_t)snap->more_fds.n - 1;
}

struct heap *snapshot_heap(struct snapshot *snap, uint32_t name)
{
	struct heap *heap;

	vec_each(&snap->heaps, it)
		if (it->name == name)
			return it;
	heap = vec_add(&snap->heaps);
	*heap = (struct heap){ .name = name,
			       .total_bytes = ABSENT64,
			       .used_bytes = ABSENT64,
			       .pool_bytes = ABSENT64 };
	return heap;
}

struct area *snapshot_area(struct snapshot *snap, uint32_t name, enum source_id source)
{
	struct area *area;

	vec_each(&snap->areas, it)
		if (it->name == name && it->source == source)
			return it;
	area = vec_add(&snap->areas);
	*area = (struct area){
		.name = name,
		.source = source,
		.base = ABSENT64,
		.total_bytes = ABSENT64,
		.used_bytes = ABSENT64,
		.maxchunk_bytes = ABSENT64,
		.bit_bytes = ABSENT64,
	};
	return area;
}

void snapshot_cover(struct snapshot *snap, enum source_id source,
		    enum coverage_status status, const char *detail)
{
	struct coverage *c = &snap->coverage[source];

	c->status = status;
	if (detail)
		c->detail = strings_adds(&snap->strings, detail);
}

void snapshot_count(struct snapshot *snap, enum source_id source, uint64_t records,
		    uint64_t skipped)
{
	struct coverage *c = &snap->coverage[source];

	c->records += records;
	c->skipped += skipped;
	if (c->status == COVERAGE_NOT_ASKED || c->status == COVERAGE_OK)
		c->status = c->skipped ? COVERAGE_PARTIAL : COVERAGE_OK;
}

void snapshot_report(struct snapshot *snap, enum source_id source, uint64_t bytes)
{
	if (snap->reported_bytes != ABSENT64 && source != SRC_RK_SIZE)
		return;
	snap->reported_bytes = bytes;
	snap->reported_by = source;
}

void snapshot_settle_counters(struct snapshot *snap)
{
	bool any = false;

	if (snap->reported_by != SRC_RK_SIZE || snap->reported_bytes)
		return;
	snapshot_each_buffer(snap, buf)
		any |= buf->size_bytes && buf->size_bytes != ABSENT64;
	if (!any)
		return;
	snap->reported_bytes = ABSENT64;
	snap->reported_by = N_SOURCES;
	snapshot_cover(
		snap, SRC_RK_SIZE, COVERAGE_PARTIAL,
		"reads 0 while buffers are listed: CONFIG_RK_DMABUF_DEBUG is off in this "
		"kernel");
	if (snap->peak_bytes)
		return;
	snap->peak_bytes = ABSENT64;
	if (snapshot_covers(snap, SRC_RK_PEAK))
		snapshot_cover(
			snap, SRC_RK_PEAK, COVERAGE_PARTIAL,
			"reads 0 while buffers are listed: CONFIG_RK_DMABUF_DEBUG is off "
			"in this kernel");
}

struct totals snapshot_totals(const struct snapshot *snap)
{
	struct totals t = { .reported_bytes = snap->reported_bytes,
			    .peak_bytes = snap->peak_bytes };
	uint64_t listed;

	snapshot_each_buffer(snap, buf) {
		uint64_t sum;

		t.buffers++;
		if (buf->size_bytes == ABSENT64 ||
		    __builtin_add_overflow(t.size_bytes, buf->size_bytes, &sum))
			t.unsized++;
		else
			t.size_bytes = sum;
	}
	vec_each(&snap->contiguous, it)
		if (it->size_bytes != ABSENT64)
			t.contiguous_bytes += it->size_bytes;
	listed = t.size_bytes +
		 (snap->reported_by == SRC_RK_DMA_HEAP ? t.contiguous_bytes : 0);
	if (snap->reported_bytes != ABSENT64)
		t.unaccounted_bytes = (int64_t)(snap->reported_bytes - listed);
	return t;
}
