/* SPDX-License-Identifier: MIT */
/* The `diff` report as text: the answer, by whom, then what changed on the way. */
#include "render/diff.h"

#include <inttypes.h>

#include "base/escape.h"
#include "model/identity.h"
#include "render/list.h"
#include "render/table.h"

/* Rows of changes shown before -v is asked for. */
#define CHANGES_SHOWN 12

void diff_value(struct text *out, const struct snapshot *snap, const struct buffer *buf,
		enum change_field field)
{
	switch (field) {
	case CHANGE_NAME:
		if (buf->name)
			escape_terminal(out, snapshot_str(snap, buf->name),
					strings_len(&snap->strings, buf->name));
		else
			text_adds(out, "(none)");
		break;
	case CHANGE_REFS:
		text_printf(out, "%" PRIu32, buf->refs);
		break;
	case CHANGE_DEVICES:
		list_devices(out, snap, buf);
		break;
	default:
		list_holders(out, snap, buf);
	}
}

static void headline(const struct look *look, const struct diff *d)
{
	uint64_t elapsed = diff_elapsed_ns(d->old, d->new);
	struct totals a = snapshot_totals(d->old), b = snapshot_totals(d->new);
	uint64_t from = d->lists ? a.size_bytes : a.reported_bytes;
	uint64_t to = d->lists ? b.size_bytes : b.reported_bytes;
	char t1[UNITS_TEXT], t2[UNITS_TEXT], t3[UNITS_TEXT];
	enum style style = d->net_bytes > 0 ? STYLE_GROWN : STYLE_SHRUNK;

	if (!d->knows_bytes) {
		fputs("The two have nothing in common that could be compared.\n",
		      look->out);
		return;
	}
	style_begin(look->out, d->net_bytes ? style : STYLE_BOLD, look->color);
	fprintf(look->out, "%s", units_change(t1, d->net_bytes, look->units));
	if (d->lists)
		fprintf(look->out, " in %+" PRId64 " buffer%s", d->net_buffers,
			d->net_buffers == 1 || d->net_buffers == -1 ? "" : "s");
	style_end(look->out, d->net_bytes ? style : STYLE_BOLD, look->color);
	if (from != ABSENT64 && to != ABSENT64)
		fprintf(look->out, ", from %s to %s", units_size(t2, from, look->units),
			units_size(t3, to, look->units));
	if (elapsed != ABSENT64)
		fprintf(look->out, ", in %s", units_duration(t2, elapsed));
	fputc('\n', look->out);
	if (!d->lists)
		fputs("By the kernel's counters; whose buffers they are needs a list of them "
		      "(rk_dmabuf/dev, bufinfo) in both.\n",
		      look->out);
}

/* "7 new, 3 gone, 37 in both". */
static void counts(const struct look *look, const struct diff *d)
{
	if (!d->lists)
		return;
	fprintf(look->out, "%zu new, %zu gone, %" PRIu64 " in both", d->added.n,
		d->gone.n, d->unchanged);
	if (d->by_look)
		fprintf(look->out,
			" (%" PRIu64 " of them told by name, exporter and size only)",
			d->by_look);
	fputc('\n', look->out);
}

static void group_table(const struct look *look, const struct diff *d)
{
	static const struct column columns[] = {
		{ "NET", true, false },	     { "NEW", true, false },
		{ "GONE", true, false },     { "SIZE OF EACH", true, false },
		{ "PID TASK", false, true }, { "EXPORTER", false, true },
	};
	_cleanup_(table_freep) struct table *t = table_new(columns, ARRAY_SIZE(columns));
	uint64_t largest = 0;
	enum units units;

	vec_each(&d->groups, g)
		largest = MAX(largest, MAX(g->new_bytes, g->gone_bytes));
	units = units_for_table(look->units, largest);
	vec_each(&d->groups, g) {
		const struct snapshot *snap = g->from_new ? d->new : d->old;
		_text_ struct text owner = { 0 };
		char net[UNITS_TEXT];

		table_styled(t, units_change(net, g->net_bytes, units),
			     g->net_bytes > 0 ? STYLE_GROWN :
			     g->net_bytes     ? STYLE_SHRUNK :
						STYLE_PLAIN);
		table_number(t, g->new_buffers);
		table_number(t, g->gone_buffers);
		table_size(t, g->size_bytes, units);
		summary_owner(&owner, snap, g->owner, false);
		table_escaped(t, &owner);
		table_str(t, &snap->strings, g->exporter);
	}
	if (!table_rows(t))
		return;
	fputc('\n', look->out);
	table_print(t, look->out, look->width, look->color);
}

/* References follow from holders and devices: alone they are shown with -v only. */
static bool shows(const struct look *look, const struct change *c)
{
	return look->verbose || c->field != CHANGE_REFS;
}

static void changes(const struct look *look, const struct diff *d)
{
	static const struct column columns[] = {
		{ "CHANGED", false, false },
		{ "WHAT", false, false },
		{ "OLD", false, true },
		{ "NEW", false, true },
	};
	_cleanup_(table_freep) struct table *t = table_new(columns, ARRAY_SIZE(columns));
	size_t left_out = 0;

	vec_each(&d->changed, c) {
		_text_ struct text a = { 0 }, b = { 0 };
		const struct buffer *new = &d->new->buffers.v[c->new_buffer];
		char id[BUFFER_ID_TEXT];

		if (!shows(look, c))
			continue;
		if (!look->verbose && table_rows(t) == CHANGES_SHOWN) {
			left_out++;
			continue;
		}
		diff_value(&a, d->old, &d->old->buffers.v[c->old_buffer], c->field);
		diff_value(&b, d->new, new, c->field);
		table_text(t, buffer_id(d->new, new, id));
		table_text(t, change_field_names[c->field]);
		table_escaped(t, &a);
		table_escaped(t, &b);
	}
	if (!table_rows(t))
		return;
	fputc('\n', look->out);
	table_print(t, look->out, look->width, look->color);
	if (left_out)
		fprintf(look->out, "… and %zu more changes (-v shows all)\n", left_out);
}

/* The name tells who allocated; with a service in between that is not who leaks. */
static void hint(const struct look *look, const struct diff *d)
{
	bool by_name = false;

	vec_each(&d->groups, g)
		by_name |= g->net_bytes > 0 && g->owner.kind == OWNER_ALLOCATOR;
	if (by_name)
		fputs("\nPID and TASK are the process that allocated; where that is a service "
		      "(gralloc allocator,\ncompositor, X server), its clients' holders tell more: "
		      "list --by holder.\n",
		      look->out);
}

void diff_text(const struct look *look, const struct diff *d)
{
	headline(look, d);
	counts(look, d);
	group_table(look, d);
	changes(look, d);
	hint(look, d);
	summary_coverage(look, d->new);
}
