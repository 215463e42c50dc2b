/* SPDX-License-Identifier: MIT */
/* Headline and coverage, as they stand in every text report. */
#include "render/summary.h"

#include <inttypes.h>

#include "base/escape.h"
#include "model/identity.h"
#include "render/table.h"

/* Sources that list buffers whether or not a process holds them. */
#define SOURCES_OF_LISTS (SOURCES_OF_BUFFERS & ~SOURCES_OF_HOLDERS)

void summary_count(struct text *out, uint64_t n, const char *what)
{
	text_printf(out, "%" PRIu64 " %s%s", n, what, n == 1 ? "" : "s");
}

static const char *size(const struct look *look, char *text, uint64_t bytes)
{
	return units_size(text, bytes, look->units);
}

/* Floored to KiB by the kernel, so up to 1 KiB a buffer is within the expected. */
static bool differs(const struct snapshot *snap, const struct totals *t)
{
	uint64_t inexact = 0;
	int64_t gap = t->unaccounted_bytes;

	if (t->reported_bytes == ABSENT64 || !snapshot_knows_buffers(snap))
		return false;
	snapshot_each_buffer(snap, buf)
		inexact += !buf->size_is_exact;
	return gap < -1024 || gap > (int64_t)(inexact + 1) * 1024;
}

static void counters(const struct look *look, const struct snapshot *snap,
		     const struct totals *t)
{
	char a[UNITS_TEXT], b[UNITS_TEXT];

	if (t->peak_bytes != ABSENT64)
		fprintf(look->out, "Peak %s (the kernel floors it to MiB)\n",
			size(look, a, t->peak_bytes));
	if (t->contiguous_bytes)
		fprintf(look->out,
			"and %s in %zu heap allocations that are no dma-buf: %s in "
			"all\n",
			size(look, a, t->contiguous_bytes), snap->contiguous.n,
			size(look, b, t->contiguous_bytes + t->size_bytes));
	if (differs(snap, t))
		fprintf(look->out,
			"The kernel's own counter says %s: %s more or less than what "
			"is listed\n",
			size(look, a, t->reported_bytes),
			units_change(b, t->unaccounted_bytes, look->units));
	if (t->unsized)
		fprintf(look->out,
			"%" PRIu64 " of the buffers are of unknown size and not in "
			"the sum\n",
			t->unsized);
}

void summary_totals(const struct look *look, const struct snapshot *snap)
{
	struct totals t = snapshot_totals(snap);
	char a[UNITS_TEXT];
	_text_ struct text line = { 0 };

	if (snapshot_knows_buffers(snap)) {
		text_adds(&line, size(look, a, t.size_bytes));
		if (look->units == UNITS_AUTO && strstr(a, "KiB") &&
		    t.size_bytes >= 1 << 24)
			text_printf(&line, " (%.1f MiB)",
				    (double)t.size_bytes / (1 << 20));
		text_adds(&line, " in ");
		summary_count(&line, t.buffers, "buffer");
	} else if (t.reported_bytes != ABSENT64) {
		text_printf(&line,
			    "%s, by the kernel's counter; the buffers themselves are not "
			    "listed",
			    size(look, a, t.reported_bytes));
	} else {
		text_adds(&line,
			  "The buffers are not listed by anything that could be read");
	}
	style_begin(look->out, STYLE_BOLD, look->color);
	fputs(line.v, look->out);
	style_end(look->out, STYLE_BOLD, look->color);
	fputc('\n', look->out);
	if (snapshot_knows_buffers(snap) && !snapshot_covers_any(snap, SOURCES_OF_LISTS))
		fputs("These are buffers that processes hold: no node here lists all of them "
		      "('dmabuf-inspect doctor')\n",
		      look->out);
	counters(look, snap, &t);
}

static bool worth_saying(const struct look *look, const struct coverage *c)
{
	if (look->verbose)
		return c->status != COVERAGE_NOT_ASKED;
	return c->status == COVERAGE_DENIED || c->status == COVERAGE_ERROR ||
	       c->status == COVERAGE_PARTIAL || (c->status == COVERAGE_OK && c->detail);
}

/* Several sources that share their fate, the same processes denied, say so once. */
static bool same_fate(const struct coverage *a, const struct coverage *b)
{
	return a->status == b->status && a->detail && a->detail == b->detail;
}

static void coverage_line(const struct look *look, const struct snapshot *snap,
			  unsigned id)
{
	const struct coverage *c = &snap->coverage[id];
	_text_ struct text names = { 0 }, detail = { 0 };
	uint64_t skipped = c->detail && !look->verbose ? 0 : c->skipped;

	text_adds(&names, source_names[id]);
	for (unsigned other = id + 1; other < N_SOURCES; other++)
		if (same_fate(c, &snap->coverage[other]))
			text_printf(&names, ", %s", source_names[other]);
	if (c->detail)
		escape_terminal(&detail, snapshot_str(snap, c->detail),
				strings_len(&snap->strings, c->detail));
	fprintf(look->out, "  %-17s %-8s", names.v, coverage_names[c->status]);
	if (c->records)
		fprintf(look->out, " %" PRIu64 " read", c->records);
	if (skipped)
		fprintf(look->out, "%s %" PRIu64 " not understood", c->records ? "," : "",
			skipped);
	if (detail.n)
		fprintf(look->out, "%s %s", c->records || skipped ? ";" : "", detail.v);
	fputc('\n', look->out);
}

void summary_coverage(const struct look *look, const struct snapshot *snap)
{
	bool first = true;

	for (unsigned id = 0; id < N_SOURCES; id++) {
		bool said = false;

		for (unsigned before = 0; before < id; before++)
			said |= same_fate(&snap->coverage[before], &snap->coverage[id]);
		if (said || !worth_saying(look, &snap->coverage[id]))
			continue;
		if (first)
			fputs(look->verbose ? "\nSources:\n" :
					      "\nNot the whole picture:\n",
			      look->out);
		first = false;
		coverage_line(look, snap, id);
	}
}

void summary_owner(struct text *out, const struct snapshot *snap, struct owner owner,
		   bool is_cut)
{
	static const char *const words[] = {
		[OWNER_SHARED] = "(several holders)",
		[OWNER_KERNEL] = "(kernel only)",
		[OWNER_UNKNOWN] = "(not known)",
	};

	if (owner.kind == OWNER_SHARED || owner.kind == OWNER_KERNEL ||
	    owner.kind == OWNER_UNKNOWN) {
		text_adds(out, words[owner.kind]);
		return;
	}
	if (owner.pid != ABSENT32)
		text_printf(out, "%" PRIu32 " ", owner.pid);
	if (owner.task)
		escape_terminal(out, snapshot_str(snap, owner.task),
				strings_len(&snap->strings, owner.task));
	else
		text_adds(out, "?");
	if (is_cut)
		text_adds(out, "…");
}
