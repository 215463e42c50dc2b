/* SPDX-License-Identifier: MIT */
/* What is saved is loaded, member by member and byte by byte, in any spelling of JSON. */
#include "../lib/tap.h"
#undef diag_note /* base/diag.h has one, too */

#include <unistd.h>

#include "store_sample.h"

static bool same_str(const struct snapshot *a, uint32_t x, const struct snapshot *b,
		     uint32_t y)
{
	if (x == STR_ABSENT || y == STR_ABSENT)
		return x == y;
	return strings_len(&a->strings, x) == strings_len(&b->strings, y) &&
	       !memcmp(snapshot_str(a, x), snapshot_str(b, y),
		       strings_len(&a->strings, x));
}

static struct text save_of(const char *doc, size_t len)
{
	_cleanup_(snapshot_freep) struct snapshot *snap = NULL;
	struct text again = { 0 };
	int error;

	snap = sample_load(doc, len, NULL, &error);
	if (snap)
		again = sample_save(snap);
	return again;
}

static void check_head(const struct snapshot *a, const struct snapshot *b)
{
	is_u64(b->captured.time_ns, a->captured.time_ns, "time");
	is_u64(b->captured.boottime_ns, a->captured.boottime_ns, "time since boot");
	ok(same_str(a, a->captured.host, b, b->captured.host), "a host that is no UTF-8");
	ok(b->captured.is_live, "live");
	is_u64(b->reported_bytes, 9007199254740993u, "beyond what a double holds");
	is_int(b->reported_by, SRC_RK_DMA_HEAP, "whose word that is");
	is_u64(b->peak_bytes, UINT64_MAX - 1, "beyond what a signed number holds");
	is_u64(b->page_bytes, 16384, "page size");
	is_u64(b->seen_processes, 230, "processes seen");
	is_u64(b->unreadable_processes, 41, "processes not readable");
	for (int i = 0; i < N_SOURCES; i++)
		ok(a->coverage[i].status == b->coverage[i].status &&
			   a->coverage[i].records == b->coverage[i].records &&
			   a->coverage[i].skipped == b->coverage[i].skipped &&
			   same_str(a, a->coverage[i].detail, b, b->coverage[i].detail),
		   "coverage of %s", source_names[i]);
}

static void check_full_buffer(const struct snapshot *a, const struct snapshot *b)
{
	const struct buffer *x = a->buffers.v, *y = b->buffers.v;

	ok(x->ino == y->ino && x->pointer == y->pointer &&
		   x->size_bytes == y->size_bytes && x->age_ns == y->age_ns &&
		   x->address_start == y->address_start &&
		   x->address_end == y->address_end,
	   "64-bit members");
	ok(x->refs == y->refs && x->flags == y->flags && x->mode == y->mode &&
		   x->allocator_pid == y->allocator_pid && x->sources == y->sources,
	   "32-bit members");
	ok(y->size_is_exact && y->has_attachments && y->task_is_cut && y->name_is_cut &&
		   y->is_ambiguous && !y->is_merged,
	   "booleans");
	ok(same_str(a, x->name, b, y->name) && same_str(a, x->exporter, b, y->exporter) &&
		   same_str(a, x->heap, b, y->heap) &&
		   same_str(a, x->allocator_task, b, y->allocator_task),
	   "texts");
	is_u64(y->n_attachments, 2, "attachments");
	is_u64(b->attachments.v[y->attachments + 1].count, 2, "... folded");
	ok(same_str(a, a->attachments.v[x->attachments + 1].device, b,
		    b->attachments.v[y->attachments + 1].device),
	   "... with a device that is no UTF-8");
	is_u64(y->n_segments, 2, "segments");
	is_u64(b->segments.v[y->segments].address, 0xfffff000, "... address");
	is_u64(b->segments.v[y->segments + 1].address, ABSENT64, "... no address");
}

static void check_holders(const struct snapshot *b)
{
	unsigned holders = 0, fds = 0, mappings = 0;

	for (uint32_t at = b->buffers.v[0].holders; at != ABSENT32;
	     at = b->holders.v[at].next) {
		const struct holder *h = &b->holders.v[at];

		holders++;
		mappings += h->mappings;
		fds += h->fd != ABSENT32;
		for (uint32_t more = h->more_fds; more != ABSENT32;
		     more = b->more_fds.v[more].next)
			fds++;
		is_u64(h->mapped_bytes, h->mappings * 4096, "mapped bytes of a holder");
	}
	is_u64(holders, 4, "holders");
	is_u64(fds, 13, "descriptors");
	is_u64(mappings, 3, "mappings");
	is_u64(b->buffers.v[2].holders, ABSENT32, "a buffer without holders");
}

static void check_identity(const struct snapshot *a, const struct snapshot *b)
{
	char id[BUFFER_ID_TEXT];

	is_u64(b->buffers.n, 4, "what was merged away is gone");
	ok(snapshot_by_ino(b, 4294967297u) == &b->buffers.v[0],
	   "found by inode, the first of two that share it");
	ok(snapshot_by_pointer(b, 0x88000000) == &b->buffers.v[2], "found by pointer");
	ok(!snapshot_by_ino(b, 1), "what is not there is not found");
	is_str(buffer_id(b, &b->buffers.v[0], id), "i4294967297", "id by inode");
	is_str(buffer_id(b, &b->buffers.v[1], id), "n2", "id by place, not counted anew");
	is_str(buffer_id(b, &b->buffers.v[2], id), "p88000000", "id by pointer");
	ok(same_str(a, a->buffers.v[3].name, b, b->buffers.v[2].name),
	   "hostile name, byte by byte");
	is_u64(b->buffers.v[2].allocator_pid, 7, "its allocator");
	ok(same_str(a, a->buffers.v[3].allocator_task, b, b->buffers.v[2].allocator_task),
	   "... and that task, byte by byte");
	ok(b->buffers.v[2].has_attachments && !b->buffers.v[2].n_attachments,
	   "known to have no attachment");
	ok(!b->buffers.v[1].has_attachments, "attachments not known");
	ok(b->buffers.v[3].name != STR_ABSENT && b->buffers.v[1].name == STR_ABSENT,
	   "the empty name is not the absent one");
}

static void check_sections(const struct snapshot *b)
{
	const struct area *area = b->areas.v;

	is_u64(b->contiguous.n, 2, "contiguous");
	is_u64(b->contiguous.v[1].address_end, ABSENT64, "... at no known address");
	is_u64(b->heaps.v[0].used_bytes, 0, "a heap with nothing used");
	is_u64(b->heaps.v[1].used_bytes, ABSENT64, "a heap with unknown use");
	is_u64(area->n_words, 3, "bitmap words");
	ok(b->bitmap.v[area->words] == 0xdeadbeef && b->bitmap.v[area->words + 2] == 1,
	   "bitmap");
	is_u64(area->source, SRC_CMA_DEBUGFS, "source of an area");
	is_u64(b->sessions.v[0].n_segments, 1, "segments of a session");
	is_u64(b->segments.v[b->sessions.v[0].segments].address, 0xfc000000, "... IOVA");
	is_u64(b->sessions.v[1].pid, ABSENT32, "a session without a pid");
	is_u64(b->rga.v[0].iova, 0xeb520000, "rga");
	ok(b->ion.v[0].orphaned && !b->ion.v[1].orphaned, "ion orphans");
	is_u64(b->processes.v[b->drm.v[0].process].pid, 99, "process of a drm client");
	is_str(snapshot_str(b, b->drm.v[0].pdev), "0000:00:02.0", "... its device");
	is_str(snapshot_str(b, b->drm.v[0].driver), "panthor", "... driver");
	is_str(snapshot_str(b, b->drm.v[0].region), "memory", "... region");
	is_u64(b->drm.v[0].client_id, 5000000000u, "... and client");
	ok(b->drm.v[0].total_bytes == 1 && b->drm.v[0].shared_bytes == 2 &&
		   b->drm.v[0].resident_bytes == 3,
	   "... and bytes");
	is_u64(b->drm.v[1].process, ABSENT32, "a drm client without a process");
	is_u64(b->ranges.v[0].start, 0, "a range that starts at 0");
	is_u64(b->processes.n, 6, "processes");
}

/* Every block size down to one byte: no token depends on where a block ends. */
static void check_blocks(const struct text *doc)
{
	static const size_t sizes[] = { 1, 2, 3, 7, 64, 4096 };

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		_cleanup_(snapshot_freep) struct snapshot *snap = NULL;
		_text_ struct text again = { 0 };
		_cleanup_(fclosep) FILE *file = tmpfile();
		struct diag diag = { .out = stderr };
		struct reader reader;
		int error = 0;

		if (!file || fwrite(doc->v, 1, doc->n, file) != doc->n)
			abort();
		rewind(file);
		reader_init_fd(&reader, dup(fileno(file)), sizes[i]);
		snap = snapshot_load(&reader, "blocks", &diag, &error);
		reader_fini(&reader);
		if (snap)
			again = sample_save(snap);
		ok(snap && !strcmp(again.v, doc->v), "in blocks of %zu", sizes[i]);
	}
}

/* The same document as other tools write it; python3 is Debian's, json its own. */
static void check_respelled(const struct text *doc)
{
	static const char *const spellings[] = {
		"sort_keys=True, indent=4",
		"separators=(',', ':')",
		"ensure_ascii=False, indent='\\t'",
		"sort_keys=True, separators=(' , ', ' : ')",
	};

	for (size_t i = 0; i < ARRAY_SIZE(spellings); i++) {
		_text_ struct text command = { 0 }, other = { 0 }, again = { 0 };
		_cleanup_(fclosep) FILE *in = tmpfile(), *out = tmpfile();
		char block[4096];
		size_t n;

		if (!in || !out || fwrite(doc->v, 1, doc->n, in) != doc->n || fflush(in))
			abort();
		text_printf(&command,
			    "/usr/bin/python3 -c \"import json; d = "
			    "json.load(open('/dev/fd/%d', encoding='utf-8')); "
			    "open('/dev/fd/%d', 'w', encoding='utf-8').write("
			    "json.dumps(d, %s))\"",
			    fileno(in), fileno(out), spellings[i]);
		if (system(command.v)) {
			skip_test(spellings[i], "no /usr/bin/python3");
			continue;
		}
		rewind(out);
		while ((n = fread(block, 1, sizeof(block), out)) > 0)
			text_add(&other, block, n);
		ok(other.n && strcmp(other.v, doc->v), "python spells it differently");
		again = save_of(other.v, other.n);
		is_str(again.v, doc->v, spellings[i]);
	}
}

static void check_empty(void)
{
	_cleanup_(snapshot_freep) struct snapshot *snap = snapshot_new();
	_text_ struct text doc = sample_save(snap), again = { 0 };

	again = save_of(doc.v, doc.n);
	is_str(again.v, doc.v, "a snapshot that knows nothing");
	ok(strstr(doc.v, "\"buffers\":null,\"size_bytes\":null"),
	   "... and does not say it has no buffers");
	ok(!strstr(doc.v, "\"rga\""), "... nor that RGA has none");
	snapshot_cover(snap, SRC_RGA, COVERAGE_OK, NULL);
	text_fini(&doc);
	doc = sample_save(snap);
	ok(strstr(doc.v, "\"rga\": []"), "a list that was read and empty is there");
	ok(!strstr(doc.v, "\"heaps\"") && !strstr(doc.v, "\"processes\""),
	   "... nor that there are no heaps or processes");
}

int main(void)
{
	_cleanup_(snapshot_freep) struct snapshot *a = sample_snapshot(), *b = NULL;
	_text_ struct text doc = sample_save(a), again = { 0 }, log = { 0 };
	int error;

	b = sample_load(doc.v, doc.n, &log, &error);
	if (!ok(b, "loads what it saved %s", log.n ? diag_quote(log.v, log.n) : ""))
		return done_testing();
	is_str(log.v, "", "without a message");
	check_head(a, b);
	check_full_buffer(a, b);
	check_holders(b);
	check_identity(a, b);
	check_sections(b);
	again = sample_save(b);
	is_str(again.v, doc.v, "saved again, it is the same");
	check_blocks(&doc);
	check_respelled(&doc);
	check_empty();
	return done_testing();
}
