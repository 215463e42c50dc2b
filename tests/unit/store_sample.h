/* SPDX-License-Identifier: MIT */
/*
 * A snapshot in which every member that a document carries is set to a value of its own
 * in one record and not known in another; saving and loading in memory.
 */
#pragma once

#include <errno.h>

#include "model/identity.h"
#include "store/snapshot_json.h"

/* Escape, newline, quote, C1, bidi override, what is no UTF-8, and an emoji. */
#define HOSTILE \
	"7-\x1b[31m\n\"\\\xc2\x9b\xe2\x80\xae\xff\x80 \xf0\x9f\x98\x80\xed\xa0\x80"

static inline struct span sample_span(const char *text)
{
	return (struct span){ text, strlen(text) };
}

static inline uint32_t sample_str(struct snapshot *snap, const char *text)
{
	return strings_adds(&snap->strings, text);
}

static inline void sample_head(struct snapshot *snap)
{
	snap->captured = (struct captured){
		.time_ns = 1795290808123456789u,
		.boottime_ns = 7200000000001u,
		.boot_id = sample_str(snap, "01234567-89ab-cdef-0123-456789abcdef"),
		.host = sample_str(snap, "bo\xe4rd"),
		.kernel = sample_str(snap, "6.1.75"),
		.machine = sample_str(snap, "aarch64"),
		.is_live = true,
	};
	snap->reported_bytes = 9007199254740993u; /* a double cannot hold it */
	snap->reported_by = SRC_RK_DMA_HEAP;
	snap->peak_bytes = UINT64_MAX - 1;
	snap->page_bytes = 16384;
	snap->seen_processes = 230;
	snap->unreadable_processes = 41;
	snapshot_cover(snap, SRC_FDINFO, COVERAGE_PARTIAL,
		       "41 of 230 processes unreadable");
	snapshot_cover(snap, SRC_MAPS, COVERAGE_OK, NULL);
	snapshot_cover(snap, SRC_BUFINFO, COVERAGE_DENIED, "debugfs: \xff\n");
	snapshot_cover(snap, SRC_ION, COVERAGE_ABSENT, NULL);
	snapshot_cover(snap, SRC_RGA, COVERAGE_ERROR, "");
	snapshot_cover(snap, SRC_MPP, COVERAGE_OK, NULL);
	snap->coverage[SRC_MAPS].records = 12;
	snap->coverage[SRC_FDINFO].skipped = UINT64_MAX - 1;
}

/* Everything known. */
static inline void sample_full_buffer(struct snapshot *snap)
{
	struct buffer *buf = snapshot_add_buffer(snap, SRC_FDINFO);
	uint32_t index = snapshot_index(snap, buf);

	buf->ino = 4294967297u;
	buf->pointer = 0xffffff8812345600u;
	snapshot_set_name(snap, buf, sample_span("1234-a task"), 11);
	buf->exporter = sample_str(snap, "system-uncached");
	buf->size_bytes = 18446744073709547520u;
	buf->size_is_exact = true;
	buf->refs = 4294967294u;
	buf->flags = 02000002;
	buf->mode = 0;
	buf->age_ns = 0;
	buf->heap = sample_str(snap, "cma");
	buf->address_start = 0;
	buf->address_end = 0xfff;
	buf->sources |= 1u << SRC_MAPS | 1u << SRC_RK_BUFFERS | 1u << (N_SOURCES - 1);
	buf->is_ambiguous = true;
	snapshot_attach(snap, buf, sample_str(snap, "fdb50000.video-codec"));
	snapshot_attach(snap, buf, sample_str(snap, "dev\xfe"));
	snapshot_attach(snap, buf, sample_str(snap, "dev\xfe"));
	snapshot_add_segment(snap, &buf->segments, &buf->n_segments,
			     (struct segment){ 0xfffff000, 4096 });
	snapshot_add_segment(snap, &buf->segments, &buf->n_segments,
			     (struct segment){ ABSENT64, ABSENT64 });
	for (uint32_t pid = 1236; pid > 1232; pid--) {
		uint32_t process = snapshot_process(snap, pid);

		buf = &snap->buffers.v[index];
		snapshot_hold(snap, buf, process)->mappings = pid % 3;
		snapshot_hold(snap, buf, process)->mapped_bytes = pid % 3 * 4096;
		for (uint32_t fd = 9; pid != 1234 && fd > 5; fd--)
			snapshot_hold_fd(snap, buf, process, fd ^ 2);
	}
	snapshot_hold_fd(snap, buf, 0, 7); /* the same number in another table */
}

static inline void sample_buffers(struct snapshot *snap)
{
	struct buffer *buf;

	sample_full_buffer(snap);
	snapshot_add_buffer(snap, SRC_BUFINFO)->is_merged = true;
	buf = snapshot_add_buffer(snap,
				  SRC_RK_DEV); /* nothing known: goes by its place */
	buf->sources = 0;
	buf = snapshot_add_buffer(snap, SRC_RK_DEV);
	buf->pointer = 0x88000000;
	snapshot_set_name(snap, buf, sample_span(HOSTILE), 0);
	snapshot_attach_none(snap, buf);
	buf = snapshot_add_buffer(snap, SRC_RK_DEV);
	buf->ino = 4294967297u; /* repeats on old kernels */
	snapshot_set_name(snap, buf, sample_span(""), 0);
}

static inline void sample_heaps(struct snapshot *snap)
{
	uint32_t cma = sample_str(snap, "cma");
	struct heap *heap = snapshot_heap(snap, cma);
	struct area *area;

	heap->total_bytes = 1u << 30;
	heap->used_bytes = 0;
	snapshot_heap(snap, sample_str(snap, "system"))->pool_bytes = 12;
	*vec_add(&snap->contiguous) = (struct contiguous){
		cma, sample_str(snap, "ffa00000.rkisp"), 0x2803000, 0x2813fff, 69632,
	};
	*vec_add(&snap->contiguous) = (struct contiguous){
		STR_ABSENT, STR_ABSENT, ABSENT64, ABSENT64, 0,
	};
	area = snapshot_area(snap, cma, SRC_CMA_DEBUGFS);
	area->base = 0x10000000;
	area->total_bytes = 3 * 32 * 4096;
	area->used_bytes = 8192;
	area->maxchunk_bytes = 4096;
	area->bit_bytes = 4096;
	area->words = (uint32_t)snap->bitmap.n;
	area->n_words = 3;
	*vec_add(&snap->bitmap) = 0xdeadbeef;
	*vec_add(&snap->bitmap) = 0;
	*vec_add(&snap->bitmap) = 1;
	snapshot_area(snap, cma, SRC_RK_CMA);
	*vec_add(&snap->ranges) = (struct range){ sample_str(snap, "0"), 0, 4096, true };
	*vec_add(&snap->ranges) = (struct range){ STR_ABSENT, ABSENT64, ABSENT64, false };
}

static inline void sample_importers(struct snapshot *snap)
{
	struct session *session;
	struct process *process;

	*vec_add(&snap->sessions) = (struct session){
		.kind = sample_str(snap, "mpp"),
		.pid = 77,
		.index = 0,
		.device = sample_str(snap, "RKVENC"),
		.memory_bytes = 4096,
	};
	session = &snap->sessions.v[0];
	snapshot_add_segment(snap, &session->segments, &session->n_segments,
			     (struct segment){ 0xfc000000, 4096 });
	*vec_add(&snap->sessions) = (struct session){
		.kind = session->kind,
		.pid = ABSENT32,
		.index = ABSENT32,
		.memory_bytes = ABSENT64,
	};
	*vec_add(&snap->rga) = (struct rga){
		.handle = 170,
		.refs = 3,
		.tgid = 2037,
		.kind = sample_str(snap, "dma-buf"),
		.iova = 0xeb520000,
		.size_bytes = 8110080,
	};
	*vec_add(&snap->rga) =
		(struct rga){ 1, ABSENT64, ABSENT64, STR_ABSENT, ABSENT64, ABSENT64 };
	*vec_add(&snap->ion) = (struct ion){
		.heap = sample_str(snap, "carveout"),
		.client = sample_str(snap, "cl\x80ient"),
		.pid = 88,
		.refs = 2,
		.size_bytes = 4096,
		.orphaned = true,
	};
	*vec_add(&snap->ion) = (struct ion){ STR_ABSENT, STR_ABSENT, ABSENT32, ABSENT32,
					     ABSENT32,	 ABSENT64,   false };
	*vec_add(&snap->drm) = (struct drm){
		.process = snapshot_process(snap, 99),
		.driver = sample_str(snap, "panthor"),
		.region = sample_str(snap, "memory"),
		.pdev = sample_str(snap, "0000:00:02.0"),
		.client_id = 5000000000u,
		.total_bytes = 1,
		.shared_bytes = 2,
		.resident_bytes = 3,
	};
	*vec_add(&snap->drm) = (struct drm){ ABSENT32, STR_ABSENT, STR_ABSENT, STR_ABSENT,
					     ABSENT64, ABSENT64,   ABSENT64,   ABSENT64 };
	process = &snap->processes.v[snapshot_process(snap, 1234)];
	*process =
		(struct process){ 1234, sample_str(snap, "t\xa0sk"), 0, 0, 1024, 4096 };
	snapshot_process(snap, 4194303);
}

static inline struct snapshot *sample_snapshot(void)
{
	struct snapshot *snap = snapshot_new();

	sample_head(snap);
	sample_buffers(snap);
	sample_heaps(snap);
	sample_importers(snap);
	return snap;
}

/* The document; its text is for the caller to free. */
static inline struct text sample_save(const struct snapshot *snap)
{
	struct text doc = { 0 };
	FILE *out = open_memstream(&doc.v, &doc.n);

	if (!out || snapshot_save(snap, out) || fclose(out))
		abort();
	doc.cap = doc.n + 1;
	return doc;
}

/* Loads a document out of memory; messages go to *log when there is one. */
static inline struct snapshot *sample_load(const char *doc, size_t len, struct text *log,
					   int *error)
{
	struct diag diag = { .verbose = true };
	struct snapshot *snap;
	struct reader reader;

	*error = 0;
	if (log) {
		text_fini(log);
		diag.out = open_memstream(&log->v, &log->n);
	}
	reader_init_mem(&reader, doc, len);
	snap = snapshot_load(&reader, "a.json", &diag, error);
	reader_fini(&reader);
	if (diag.out)
		fclose(diag.out);
	return snap;
}
