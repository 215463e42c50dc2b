/* SPDX-License-Identifier: MIT */
/* The `list` report as text. */
#include "render/list.h"

#include <inttypes.h>

#include "base/escape.h"
#include "model/identity.h"
#include "render/table.h"

static void add_escaped(struct text *out, const struct snapshot *snap, uint32_t str)
{
	escape_terminal(out, snapshot_str(snap, str), strings_len(&snap->strings, str));
}

void list_devices(struct text *out, const struct snapshot *snap, const struct buffer *buf)
{
	if (!buf->n_attachments)
		text_adds(out, buf->has_attachments ? "-" : "?");
	for (uint32_t i = 0; i < buf->n_attachments; i++) {
		const struct attachment *a = &snap->attachments.v[buf->attachments + i];

		text_adds(out, i ? " " : "");
		add_escaped(out, snap, a->device);
		if (a->count > 1)
			text_printf(out, "×%" PRIu32, a->count);
	}
}

static void list_holder(struct text *out, const struct snapshot *snap,
			const struct holder *h)
{
	const struct process *proc = &snap->processes.v[h->process];

	text_printf(out, "%" PRIu32 " ", proc->pid);
	if (proc->task)
		add_escaped(out, snap, proc->task);
	if (h->fd != ABSENT32)
		text_printf(out, " fd %" PRIu32, h->fd);
	for (uint32_t i = h->more_fds; i != ABSENT32; i = snap->more_fds.v[i].next)
		text_printf(out, ",%" PRIu32, snap->more_fds.v[i].fd);
	if (h->mappings == 1)
		text_adds(out, " map");
	else if (h->mappings)
		text_printf(out, " map×%" PRIu32, h->mappings);
}

void list_holders(struct text *out, const struct snapshot *snap, const struct buffer *buf)
{
	VEC(uint32_t) order = { 0 };

	if (buf->holders == ABSENT32)
		text_adds(out,
			  account_sees_holders(snap) ? "none: held by the kernel" : "?");
	/* The list is newest first; people read processes in order. */
	for (uint32_t i = buf->holders; i != ABSENT32; i = snap->holders.v[i].next)
		*vec_add(&order) = i;
	for (size_t i = order.n; i-- > 0;) {
		list_holder(out, snap, &snap->holders.v[order.v[i]]);
		if (i)
			text_adds(out, "; ");
	}
	vec_free(&order);
}

static const struct snapshot *sort_snap;
static enum account_sort sort_key;

#define COMPARE(x, y) ((x) < (y) ? -1 : (x) > (y))

static int compare_names(const struct buffer *a, const struct buffer *b)
{
	const char *x = snapshot_str(sort_snap, a->name),
		   *y = snapshot_str(sort_snap, b->name);

	return x && y ? strcmp(x, y) : !x - !y;
}

static int compare(const void *x, const void *y)
{
	const struct buffer *a = &sort_snap->buffers.v[*(const uint32_t *)x];
	const struct buffer *b = &sort_snap->buffers.v[*(const uint32_t *)y];
	int r = 0;

	if (sort_key == SORT_SIZE) /* unknown, all ones, goes last: compare size + 1 */
		r = -COMPARE(a->size_bytes + 1, b->size_bytes + 1);
	else if (sort_key == SORT_PID)
		r = COMPARE(a->allocator_pid, b->allocator_pid);
	else if (sort_key == SORT_NAME)
		r = compare_names(a, b);
	return r ? r : COMPARE(a->order, b->order);
}

uint32_t *list_order(const struct snapshot *snap, enum account_sort sort, size_t *ret_n)
{
	uint32_t *order = mem_alloc((snap->buffers.n + 1) * sizeof(*order));
	size_t n = 0;

	snapshot_each_buffer(snap, buf)
		order[n++] = snapshot_index(snap, buf);
	sort_snap = snap;
	sort_key = sort;
	if (n)
		qsort(order, n, sizeof(*order), compare);
	*ret_n = n;
	return order;
}

static void buffer_table(const struct look *look, const struct snapshot *snap,
			 const struct list_request *req)
{
	static const struct column columns[] = {
		{ "ID", false, false },	    { "SIZE", true, false },
		{ "NAME", false, true },    { "EXPORTER", false, true },
		{ "DEVICES", false, true }, { "HOLDERS", false, true },
	};
	bool holds = snapshot_knows_holders(snap);
	_cleanup_(table_freep) struct table *t =
		table_new(columns, ARRAY_SIZE(columns) - !holds);
	enum units units = units_for_table(look->units, snapshot_totals(snap).size_bytes);
	_cleanup_(freep) uint32_t *order = NULL;
	size_t n;

	order = list_order(snap, req->sort, &n);
	for (size_t i = 0; i < n && i < req->top; i++) {
		const struct buffer *buf = &snap->buffers.v[order[i]];
		_text_ struct text devices = { 0 }, holders = { 0 };
		char id[BUFFER_ID_TEXT];

		table_text(t, buffer_id(snap, buf, id));
		table_size(t, buf->size_bytes, units);
		table_str(t, &snap->strings, buf->name);
		table_str(t, &snap->strings, buf->exporter ? buf->exporter : buf->heap);
		list_devices(&devices, snap, buf);
		table_escaped(t, &devices);
		if (!holds)
			continue;
		list_holders(&holders, snap, buf);
		table_escaped(t, &holders);
	}
	table_print(t, look->out, look->width, look->color);
	if (n > req->top)
		fprintf(look->out, "… and %zu more buffers\n", n - (size_t)req->top);
}

/* What the first column says of a group. */
static void group_label(struct text *out, const struct snapshot *snap, enum account_by by,
			const struct account_group *g, enum units units)
{
	char size[UNITS_TEXT];

	switch (by) {
	case BY_OWNER:
	case BY_TASK:
	case BY_HOLDER:
		summary_owner(out, snap, g->owner, false);
		break;
	case BY_SIZE:
		text_adds(out, g->size_class == ABSENT64 ?
				       "(not known)" :
				       units_size(size, g->size_class, units));
		break;
	case BY_DEVICE:
		if (g->text)
			add_escaped(out, snap, g->text);
		else
			text_adds(out, g->key_b ? "(not attached)" : "(not known)");
		break;
	default:
		if (g->text)
			add_escaped(out, snap, g->text);
		else
			text_adds(out, "(not known)");
	}
}

static const char *const by_title[N_BY] = {
	[BY_OWNER] = "PID TASK", [BY_TASK] = "TASK",	     [BY_EXPORTER] = "EXPORTER",
	[BY_DEVICE] = "DEVICE",	 [BY_HOLDER] = "PID HOLDER", [BY_SIZE] = "SIZE OF EACH",
	[BY_HEAP] = "HEAP",
};

/* Is the label the exporter itself? */
static bool tells_exporter(enum account_by by)
{
	return by == BY_EXPORTER || by == BY_HEAP;
}

/* `all`: bytes of all buffers. */
struct group_row {
	const struct snapshot *snap;
	enum account_by by;
	uint64_t all;
};

static void group_row(struct table *t, const struct look *look,
		      const struct group_row *row, const struct account_group *g)
{
	const struct snapshot *snap = row->snap;
	_text_ struct text label = { 0 };
	double percent;
	char share[16];

	table_size(t, g->bytes, look->units);
	table_number(t, g->buffers);
	percent = row->all ? 100.0 * (double)g->bytes / (double)row->all : 0;
	if (g->bytes && percent < 0.5)
		snprintf(share, sizeof(share), "<1%%");
	else
		snprintf(share, sizeof(share), "%.0f%%", percent);
	table_text(t, share);
	group_label(&label, snap, row->by, g, look->units);
	table_escaped(t, &label);
	if (tells_exporter(row->by))
		return;
	if (g->many_exporters)
		table_text(t, "several exporters");
	else
		table_str(t, &snap->strings, g->exporter);
}

static void group_table(const struct look *look, const struct snapshot *snap,
			const struct list_request *req)
{
	struct column columns[] = {
		{ "SIZE", true, false },     { "BUFFERS", true, false },
		{ "SHARE", true, false },    { by_title[req->by], false, true },
		{ "EXPORTER", false, true },
	};
	struct look in_table = *look;
	struct group_row row = { snap, req->by, snapshot_totals(snap).size_bytes };
	_cleanup_(table_freep) struct table *t = NULL;
	struct account account;

	t = table_new(columns, ARRAY_SIZE(columns) - tells_exporter(req->by));
	in_table.units = units_for_table(look->units, row.all);
	account_run(&account, snap, req->by, NULL);
	account_sort(&account, snap, req->sort);
	for (size_t i = 0; i < account.groups.n && i < req->top; i++)
		group_row(t, &in_table, &row, &account.groups.v[i]);
	table_print(t, look->out, look->width, look->color);
	if (account.groups.n > req->top)
		fprintf(look->out, "… and %zu more\n",
			account.groups.n - (size_t)req->top);
	if (account.overlaps && account.groups.n > 1)
		fputs("A buffer stands in each row it belongs to: the rows do not add up.\n",
		      look->out);
	account_fini(&account);
}

void list_text(const struct look *look, const struct snapshot *snap,
	       const struct list_request *req)
{
	summary_totals(look, snap);
	if (snapshot_totals(snap).buffers) {
		fputc('\n', look->out);
		if (req->by == BY_BUFFER)
			buffer_table(look, snap, req);
		else
			group_table(look, snap, req);
	}
	list_extras(look, snap);
	summary_coverage(look, snap);
}
