/* SPDX-License-Identifier: MIT */
/*
 * What the fuzz targets of sources share: an input is read as a kernel node and again as
 * saved text, and every index of the snapshot it made must lead to something.
 */
#pragma once

#include <stdlib.h>

#include "../lib/feed.h"

static void fuzz_must(bool holds)
{
	if (!holds)
		abort();
}

static void fuzz_range(uint32_t first, uint32_t n, size_t have)
{
	fuzz_must(!n || (first < have && n <= have - first));
}

static void fuzz_check(const struct snapshot *snap)
{
	size_t strings = snap->strings.entries.n;

	vec_each(&snap->buffers, it) {
		fuzz_range(it->segments, it->n_segments, snap->segments.n);
		fuzz_range(it->attachments, it->n_attachments, snap->attachments.n);
		fuzz_must(it->name < strings && it->exporter < strings &&
			  it->heap < strings && it->allocator_task < strings);
		fuzz_must(!it->size_is_exact || it->size_bytes != ABSENT64);
	}
	vec_each(&snap->attachments, it)
		fuzz_must(it->count && it->device && it->device < strings);
	vec_each(&snap->sessions, it)
		fuzz_range(it->segments, it->n_segments, snap->segments.n);
	vec_each(&snap->areas, it) {
		fuzz_range(it->words, it->n_words, snap->bitmap.n);
		fuzz_must(it->used_bytes == ABSENT64 || it->total_bytes == ABSENT64 ||
			  it->used_bytes <= it->total_bytes);
	}
	vec_each(&snap->contiguous, it)
		fuzz_must(it->owner < strings && it->size_bytes != ABSENT64);
}

/* As the reader of logs does: one node after the other, foreign lines in between. */
__attribute__((unused)) static void fuzz_saved(struct snapshot *snap,
					       const struct node_format *format,
					       const uint8_t *data, size_t size)
{
	struct diag diag = { 0 };
	struct feed feed = { .p = { .snap = snap, .diag = &diag, .file = "saved.log" } };
	enum line_result r = LINE_FOREIGN;
	struct reader reader;
	struct line line;

	reader_init_mem(&reader, (const char *)data, size);
	while (reader_next(&reader, &line) == 1) {
		struct span text = { line.text, line.len };

		if (feed.format) {
			r = feed_line(&feed, &line);
			if (r == LINE_ENDS || r == LINE_FOREIGN)
				feed_close(&feed);
		}
		if (feed.format || r == LINE_ENDS || !format->opens(text)) {
			r = LINE_FOREIGN;
			continue;
		}
		feed_open(&feed, format);
		r = feed_line(&feed, &line);
		if (r == LINE_ENDS || r == LINE_FOREIGN)
			feed_close(&feed);
		r = LINE_FOREIGN;
	}
	feed_close(&feed);
	text_fini(&feed.held);
	reader_fini(&reader);
}

__attribute__((unused)) static int fuzz_source(const struct source *source,
					       const char *path, const uint8_t *data,
					       size_t size)
{
	struct fed f = { .snap = snapshot_new() };

	feed_bytes(&f, source->format, path, (const char *)data, size);
	fuzz_check(f.snap);
	snapshot_free(f.snap);
	f.snap = snapshot_new();
	fuzz_saved(f.snap, source->format, data, size);
	fuzz_check(f.snap);
	snapshot_free(f.snap);
	return 0;
}
