/* SPDX-License-Identifier: MIT */
/* The rest of the `list` report: what is no dma-buf, or who imports them. */
#include <inttypes.h>

#include "base/escape.h"
#include "render/list.h"
#include "render/table.h"

static void heading(const struct look *look, const char *text)
{
	fputc('\n', look->out);
	style_begin(look->out, STYLE_BOLD, look->color);
	fputs(text, look->out);
	style_end(look->out, STYLE_BOLD, look->color);
	fputc('\n', look->out);
}

static void print(const struct look *look, const struct table *t)
{
	table_print(t, look->out, look->width, look->color);
}

struct owner_sum {
	uint32_t owner, heap;
	uint64_t n, bytes;
};

static int by_bytes(const void *x, const void *y)
{
	const struct owner_sum *a = x, *b = y;

	return a->bytes > b->bytes ? -1 : a->bytes < b->bytes;
}

static void contiguous(const struct look *look, const struct snapshot *snap)
{
	static const struct column columns[] = {
		{ "SIZE", true, false },
		{ "COUNT", true, false },
		{ "OWNER", false, true },
		{ "HEAP", false, true },
	};
	_cleanup_(table_freep) struct table *t = table_new(columns, ARRAY_SIZE(columns));
	VEC(struct owner_sum) sums = { 0 };

	if (!snap->contiguous.n)
		return;
	vec_each(&snap->contiguous, c) {
		struct owner_sum *sum = NULL;

		vec_each(&sums, it)
			if (it->owner == c->owner && it->heap == c->heap)
				sum = it;
		if (!sum) {
			sum = vec_add(&sums);
			*sum = (struct owner_sum){ c->owner, c->heap, 0, 0 };
		}
		sum->n++;
		sum->bytes += c->size_bytes == ABSENT64 ? 0 : c->size_bytes;
	}
	if (sums.n)
		qsort(sums.v, sums.n, sizeof(*sums.v), by_bytes);
	vec_each(&sums, it) {
		table_size(t, it->bytes, look->units);
		table_number(t, it->n);
		table_str(t, &snap->strings, it->owner);
		table_str(t, &snap->strings, it->heap);
	}
	heading(look, "Heap allocations that are no dma-buf");
	print(look, t);
	vec_free(&sums);
}

static void heaps(const struct look *look, const struct snapshot *snap)
{
	static const struct column columns[] = {
		{ "HEAP OR AREA", false, true },
		{ "TOTAL", true, false },
		{ "USED", true, false },
		{ "POOL", true, false },
	};
	_cleanup_(table_freep) struct table *t = table_new(columns, ARRAY_SIZE(columns));

	uint64_t largest = 0;
	enum units units;

	vec_each(&snap->areas, a)
		largest = MAX(largest, a->total_bytes == ABSENT64 ? 0 : a->total_bytes);
	units = units_for_table(look->units, largest);
	vec_each(&snap->heaps, h) {
		table_str(t, &snap->strings, h->name);
		table_size(t, h->total_bytes, units);
		table_size(t, h->used_bytes, units);
		table_size(t, h->pool_bytes, units);
	}
	vec_each(&snap->areas, a) {
		table_str(t, &snap->strings, a->name);
		table_size(t, a->total_bytes, units);
		table_size(t, a->used_bytes, units);
		table_text(t, "-");
	}
	if (!table_rows(t))
		return;
	heading(look, "Heaps and CMA areas ('map' draws them)");
	print(look, t);
}

static void sessions(const struct look *look, const struct snapshot *snap)
{
	static const struct column columns[] = {
		{ "MEMORY", true, false },  { "BUFFERS", true, false },
		{ "DEVICE", false, true },  { "THREAD", true, false },
		{ "SESSION", true, false },
	};
	_cleanup_(table_freep) struct table *t = table_new(columns, ARRAY_SIZE(columns));

	vec_each(&snap->sessions, s) {
		table_size(t, s->memory_bytes, look->units);
		table_number(t, s->n_segments);
		table_str(t, &snap->strings, s->device);
		table_number(t, s->pid == ABSENT32 ? ABSENT64 : s->pid);
		table_number(t, s->index == ABSENT32 ? ABSENT64 : s->index);
	}
	if (!table_rows(t))
		return;
	heading(look,
		"MPP sessions (codec imports; a session keeps up to 60 buffers cached)");
	print(look, t);
}

static void ion(const struct look *look, const struct snapshot *snap)
{
	static const struct column columns[] = {
		{ "SIZE", true, false },   { "PID", true, false },
		{ "CLIENT", false, true }, { "HEAP", false, true },
		{ "", false, false },
	};
	_cleanup_(table_freep) struct table *t = table_new(columns, ARRAY_SIZE(columns));

	vec_each(&snap->ion, i) {
		table_size(t, i->size_bytes, look->units);
		table_number(t, i->pid == ABSENT32 ? ABSENT64 : i->pid);
		table_str(t, &snap->strings, i->client);
		table_str(t, &snap->strings, i->heap);
		table_text(t, i->orphaned ?
				      "orphaned: its handle is freed, an fd may live on" :
				      "");
	}
	if (!table_rows(t))
		return;
	heading(look, "ION clients");
	print(look, t);
}

static void rga(const struct look *look, const struct snapshot *snap)
{
	uint64_t bytes = 0, odd = 0;
	char size[UNITS_TEXT];

	vec_each(&snap->rga, r) {
		bytes += r->size_bytes == ABSENT64 ? 0 : r->size_bytes;
		odd += r->tgid == ABSENT64;
	}
	if (!snap->rga.n)
		return;
	heading(look, "RGA");
	fprintf(look->out, "%zu handle%s, %s in all\n", snap->rga.n,
		snap->rga.n == 1 ? "" : "s", units_size(size, bytes, look->units));
	if (odd)
		fprintf(look->out,
			"%" PRIu64 " with a tgid that cannot be one: the driver reads "
			"it through a freed pointer\n",
			odd);
}

static void drm(const struct look *look, const struct snapshot *snap)
{
	static const struct column columns[] = {
		{ "TOTAL", true, false },  { "SHARED", true, false },
		{ "PID", true, false },	   { "TASK", false, true },
		{ "DRIVER", false, true }, { "REGION", false, false },
	};
	_cleanup_(table_freep) struct table *t = table_new(columns, ARRAY_SIZE(columns));

	vec_each(&snap->drm, d) {
		const struct process *proc = d->process < snap->processes.n ?
						     &snap->processes.v[d->process] :
						     NULL;

		table_size(t, d->total_bytes, look->units);
		table_size(t, d->shared_bytes, look->units);
		table_number(t, proc ? proc->pid : ABSENT64);
		table_str(t, &snap->strings, proc ? proc->task : STR_ABSENT);
		table_str(t, &snap->strings, d->driver);
		table_str(t, &snap->strings, d->region);
	}
	if (!table_rows(t))
		return;
	heading(look, "DRM clients (what they share is also counted above)");
	print(look, t);
}

void list_extras(const struct look *look, const struct snapshot *snap)
{
	contiguous(look, snap);
	heaps(look, snap);
	sessions(look, snap);
	ion(look, snap);
	rga(look, snap);
	drm(look, snap);
}
