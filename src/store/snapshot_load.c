/* SPDX-License-Identifier: MIT */
/* Reads the snapshot document: its top keys, and where their records go. */
#include "store/snapshot_json.h"

#include <errno.h>
#include <inttypes.h>

#include "store/load_priv.h"

#define SCHEMA_PREFIX "dmabuf-inspect/"

static bool load_schema(struct load *l)
{
	struct span text;

	if (!json_text_of(&l->in, JSON_TEXT_LIMIT, &text))
		return false;
	if (span_is(text, SCHEMA_PREFIX "snapshot"))
		return true;
	if (span_starts(text, SCHEMA_PREFIX)) {
		text.at += sizeof(SCHEMA_PREFIX) - 1;
		text.len -= sizeof(SCHEMA_PREFIX) - 1;
		return json_fail(&l->in, -EBADMSG,
				 "'%s' is what another command printed, no snapshot; "
				 "`dmabuf-inspect snapshot` writes one",
				 diag_quote(text.at, text.len));
	}
	return json_fail(&l->in, -EBADMSG, "'%s' is no snapshot of dmabuf-inspect",
			 diag_quote(text.at, text.len));
}

static bool load_version(struct load *l)
{
	uint64_t version;

	if (!json_u64(&l->in, ABSENT64, &version))
		return false;
	return version == SNAPSHOT_VERSION ||
	       json_fail(&l->in, -EPROTO,
			 "%" PRIu64 " is not known, this program reads %d", version,
			 SNAPSHOT_VERSION);
}

static bool load_captured(struct load *l)
{
	return load_record(l, &captured_kind, &l->snap->captured);
}

static bool load_one_coverage(struct load *l)
{
	struct coverage_view view;
	struct coverage *c;

	record_clear(&coverage_kind, &view);
	if (!load_record(l, &coverage_kind, &view))
		return false;
	if (view.source == ABSENT32 || view.status == ABSENT32)
		return json_fail(&l->in, -EBADMSG, "coverage without source or status");
	if (view.source == SOURCE_UNKNOWN)
		return true;
	c = &l->snap->coverage[view.source];
	if (c->status != COVERAGE_NOT_ASKED)
		return json_fail(&l->in, -EBADMSG, "coverage of %s is there twice",
				 source_names[view.source]);
	*c = view.coverage;
	c->status = (enum coverage_status)view.status;
	return true;
}

static bool load_coverage(struct load *l)
{
	if (!json_array(&l->in))
		return false;
	while (json_item(&l->in))
		load_one_coverage(l);
	return !l->in.error;
}

/* The sums are made anew; only what the kernel said is taken. */
static bool load_totals(struct load *l)
{
	struct counters_view view;

	record_clear(&counters_kind, &view);
	if (!load_record(l, &counters_kind, &view))
		return false;
	l->snap->reported_bytes = view.reported_bytes;
	l->snap->peak_bytes = view.peak_bytes;
	l->snap->reported_by = view.reported_by < N_SOURCES ?
				       (enum source_id)view.reported_by :
				       N_SOURCES;
	return true;
}

/*
 * What every snapshot holds to, so that nobody has to ask again: an end is not before its
 * start, a part not more than the whole. A document that breaks it is read without these.
 */
static void settle_range(struct load *l, uint64_t *start, uint64_t *end)
{
	if (*start == ABSENT64 || *end == ABSENT64 || *end >= *start)
		return;
	diag_warning(l->in.diag, &l->in.token,
		     "memory that ends before it starts: addresses left out");
	*start = *end = ABSENT64;
}

static void settle_used(struct load *l, uint64_t total, uint64_t *used)
{
	if (total == ABSENT64 || *used == ABSENT64 || *used <= total)
		return;
	diag_warning(l->in.diag, &l->in.token, "more used than there is: use left out");
	*used = ABSENT64;
}

static void settle_buffer(struct load *l, struct buffer *buf)
{
	if (buf->ino != ABSENT64 || buf->pointer != ABSENT64 || buf->order == ABSENT32)
		buf->order = (uint32_t)l->snap->buffers.n;
	if (buf->size_bytes == ABSENT64)
		buf->size_is_exact = false;
	settle_range(l, &buf->address_start, &buf->address_end);
}

static bool load_one_buffer(struct load *l)
{
	struct snapshot *snap = l->snap;
	struct buffer buf;

	record_clear(&buffer_kind, &buf);
	if (!load_record(l, &buffer_kind, &buf) ||
	    !load_room(l, snap->buffers.n, BUFFERS_MOST, "buffers"))
		return false;
	settle_buffer(l, &buf);
	*vec_add(&snap->buffers) = buf;
	return true;
}

static bool load_buffers(struct load *l)
{
	if (!json_array(&l->in))
		return false;
	while (json_item(&l->in))
		load_one_buffer(l);
	return !l->in.error;
}

static bool add_process(struct load *l, const struct process *process)
{
	uint32_t at, task;

	if (process->pid == ABSENT32)
		return json_fail(&l->in, -EBADMSG, "process without a pid");
	at = load_process(l, process->pid);
	if (at == ABSENT32)
		return false;
	if (l->notes.v[at].is_listed)
		return json_fail(&l->in, -EBADMSG, "process %u is there twice",
				 process->pid);
	l->notes.v[at].is_listed = true;
	task = l->snap->processes.v[at].task;
	l->snap->processes.v[at] = *process;
	if (process->task == STR_ABSENT)
		l->snap->processes.v[at].task = task;
	return true;
}

static bool add_drm(struct load *l, const struct drm_view *view)
{
	struct drm drm = view->drm;

	drm.process = ABSENT32;
	if (view->pid != ABSENT32) {
		drm.process = load_process(l, view->pid);
		if (drm.process == ABSENT32)
			return false;
		if (l->snap->processes.v[drm.process].task == STR_ABSENT)
			l->snap->processes.v[drm.process].task = view->task;
	}
	if (!load_room(l, l->snap->drm.n, RECORDS_MOST, "drm clients"))
		return false;
	*vec_add(&l->snap->drm) = drm;
	return true;
}

static bool add_contiguous(struct load *l, struct contiguous *contiguous)
{
	if (contiguous->size_bytes == ABSENT64)
		return json_fail(&l->in, -EBADMSG, "contiguous memory without a size");
	settle_range(l, &contiguous->address_start, &contiguous->address_end);
	*vec_add(&l->snap->contiguous) = *contiguous;
	return true;
}

static bool add_heap(struct load *l, struct heap *heap)
{
	settle_used(l, heap->total_bytes, &heap->used_bytes);
	*vec_add(&l->snap->heaps) = *heap;
	return true;
}

static bool add_area(struct load *l, struct area *area)
{
	if (area->source == ABSENT32)
		return json_fail(&l->in, -EBADMSG, "area without a source");
	if (!area->bit_bytes)
		return json_fail(&l->in, -EBADMSG,
				 "area with bits that stand for 0 bytes");
	settle_used(l, area->total_bytes, &area->used_bytes);
	if (area->source != SOURCE_UNKNOWN)
		*vec_add(&l->snap->areas) = *area;
	return true;
}

static bool add_record(struct load *l, enum section_id id, union any_record *record)
{
	struct snapshot *snap = l->snap;

#define ADD(list, member)                                   \
	(load_room(l, snap->list.n, RECORDS_MOST, #list) && \
	 (*vec_add(&snap->list) = record->member, true))
	switch (id) {
	case SECTION_CONTIGUOUS:
		return load_room(l, snap->contiguous.n, RECORDS_MOST,
				 "contiguous allocations") &&
		       add_contiguous(l, &record->contiguous);
	case SECTION_HEAPS:
		return load_room(l, snap->heaps.n, RECORDS_MOST, "heaps") &&
		       add_heap(l, &record->heap);
	case SECTION_SESSIONS:
		return ADD(sessions, session);
	case SECTION_RGA:
		return ADD(rga, rga);
	case SECTION_ION:
		return ADD(ion, ion);
	case SECTION_DRM:
		return add_drm(l, &record->drm);
	case SECTION_PROCESSES:
		return add_process(l, &record->process);
	case SECTION_AREAS:
		return load_room(l, snap->areas.n, RECORDS_MOST, "areas") &&
		       add_area(l, &record->area);
	case SECTION_RANGES:
		return ADD(ranges, range);
	case N_SECTIONS:
		break;
	}
#undef ADD
	return false;
}

static bool load_section(struct load *l, enum section_id id)
{
	const struct record_kind *kind = sections[id].kind;
	union any_record record;

	if (!json_array(&l->in))
		return false;
	while (json_item(&l->in)) {
		record_clear(kind, &record);
		if (load_record(l, kind, &record))
			add_record(l, id, &record);
	}
	return !l->in.error;
}

static bool load_page_bytes(struct load *l)
{
	return json_u64(&l->in, ABSENT64 - 1, &l->snap->page_bytes) &&
	       (l->snap->page_bytes || json_fail(&l->in, -EBADMSG, "pages of 0 bytes"));
}

static bool load_seen(struct load *l)
{
	return json_u64(&l->in, ABSENT64 - 1, &l->snap->seen_processes);
}

static bool load_unreadable(struct load *l)
{
	return json_u64(&l->in, ABSENT64 - 1, &l->snap->unreadable_processes);
}

static const struct {
	const char *key;
	bool (*load)(struct load *l);
} top_keys[] = {
	{ "schema", load_schema },	 { "version", load_version },
	{ "captured", load_captured },	 { "coverage", load_coverage },
	{ "totals", load_totals },	 { "page_bytes", load_page_bytes },
	{ "seen_processes", load_seen }, { "unreadable_processes", load_unreadable },
	{ "buffers", load_buffers },
};

#define N_TOP ARRAY_SIZE(top_keys)
#define SEEN_SCHEMA ((uint64_t)1 << 0)
#define SEEN_VERSION ((uint64_t)1 << 1)
_Static_assert(N_TOP + N_SECTIONS <= 64, "top keys are a 64-bit set");

/* Place among the top keys, sections last; N_TOP + N_SECTIONS when it is none. */
static size_t top_key(struct span key)
{
	size_t i;

	for (i = 0; i < N_TOP + N_SECTIONS; i++)
		if (span_is(key, i < N_TOP ? top_keys[i].key : sections[i - N_TOP].key))
			break;
	return i;
}

static bool load_top(struct load *l, struct span key)
{
	size_t i = top_key(key);

	if (i == N_TOP + N_SECTIONS)
		return json_skip(&l->in);
	if (l->seen >> i & 1)
		return json_fail(&l->in, -EBADMSG, "%s is there twice",
				 diag_quote(key.at, key.len));
	l->seen |= (uint64_t)1 << i;
	l->in.what = i < N_TOP ? top_keys[i].key : sections[i - N_TOP].key;
	if (json_null(&l->in))
		return true;
	return i < N_TOP ? top_keys[i].load(l) :
			   load_section(l, (enum section_id)(i - N_TOP));
}

static bool load_document(struct load *l)
{
	struct json_in *in = &l->in;
	struct span key;

	if (!json_object(in))
		return false;
	while (json_key(in, &key))
		load_top(l, key);
	in->what = NULL;
	if (!json_end(in))
		return false;
	if (!(l->seen & SEEN_SCHEMA) || !(l->seen & SEEN_VERSION))
		return json_fail(in, -EBADMSG, "no schema and version: not a snapshot");
	return true;
}

struct snapshot *snapshot_load(struct reader *reader, const char *file, struct diag *diag,
			       int *error)
{
	_cleanup_(load_fini) struct load l = { 0 };
	bool loaded;

	load_init(&l, reader, file, diag);
	loaded = load_document(&l);
	diag_end_file(diag); /* the name is the caller's and may not outlive the call */
	if (!loaded) {
		*error = l.in.error;
		return NULL;
	}
	return TAKE_PTR(l.snap);
}

bool snapshot_json_starts(const char *bytes, size_t len)
{
	struct span head = { bytes, len }, key;
	const char *quote;

	if (len >= 3 && !memcmp(bytes, JSON_BOM, 3))
		head.at += 3, head.len -= 3;
	while (head.len && strchr(" \t\r\n", *head.at) && *head.at)
		head.at++, head.len--;
	if (!head.len || *head.at != '{')
		return false;
	if (span_find(head, "\"schema\""))
		return true;
	key = span_trim((struct span){ head.at + 1, head.len - 1 });
	while (key.len && strchr(" \t\r\n", *key.at) && *key.at)
		key.at++, key.len--;
	if (!key.len || *key.at != '"')
		return false;
	quote = memchr(key.at + 1, '"', key.len - 1);
	return quote &&
	       top_key((struct span){ key.at + 1, (size_t)(quote - key.at) - 1 }) <
		       N_TOP + N_SECTIONS;
}
