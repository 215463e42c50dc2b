/* SPDX-License-Identifier: MIT */
/* proc/PID/stat and limits of the processes that matter. */
#include "sources/process.h"

#include <inttypes.h>

/* USER_HZ, the unit of times in /proc/PID/stat, is 100 on every Linux ABI in use. */
#define TICK_NS 10000000u

/* Field numbers of proc(5), counted behind the name. */
enum { STAT_START = 22, STAT_RSS = 24 };

/* `pid (comm) S …`: comm may hold blanks and brackets, so it ends at the last `)`. */
static void take_stat(struct snapshot *snap, struct process *proc, struct span stat)
{
	const char *open = span_find(stat, "("), *close = span_find_last(stat, ")");
	struct scan s;

	if (!open || !close || close <= open)
		return;
	proc->task = strings_add(&snap->strings, open + 1, (size_t)(close - open) - 1);
	s = scan_text(close + 1, (size_t)(stat.at + stat.len - close) - 1);
	for (unsigned field = 3; field <= STAT_RSS; field++) {
		struct span token;
		uint64_t value;

		scan_blanks(&s);
		token = scan_token(&s);
		if (!scan_only_dec(token.at, token.len, &value))
			continue;
		if (field == STAT_START)
			proc->start_ns = product_or_absent(value, TICK_NS);
		else if (field == STAT_RSS)
			proc->rss_bytes = product_or_absent(value, snap->page_bytes);
	}
}

static void take_limits(struct process *proc, struct span limits)
{
	static const char label[] = "Max open files";
	const char *at = span_find(limits, label);
	struct scan s;
	uint64_t value;

	if (!at)
		return;
	at += sizeof(label) - 1;
	s = scan_text(at, (size_t)(limits.at + limits.len - at));
	scan_blanks(&s);
	if (scan_dec(&s, &value) && value < ABSENT32)
		proc->fd_limit = (uint32_t)value;
}

void process_read(struct snapshot *snap, const struct root *root, uint32_t index)
{
	uint32_t pid = snap->processes.v[index].pid;
	_text_ struct text text = { 0 };
	char path[48];

	snprintf(path, sizeof(path), "proc/%" PRIu32 "/stat", pid);
	if (!root_read(root, path, ROOT_RECORD, &text) && text.n) {
		take_stat(snap, &snap->processes.v[index],
			  (struct span){ text.v, text.n });
	} else {
		snprintf(path, sizeof(path), "proc/%" PRIu32 "/comm", pid);
		if (!root_read(root, path, ROOT_RECORD, &text) && text.n)
			snap->processes.v[index].task =
				strings_add(&snap->strings, text.v,
					    text.n - (text.v[text.n - 1] == '\n'));
	}
	snprintf(path, sizeof(path), "proc/%" PRIu32 "/limits", pid);
	if (!root_read(root, path, ROOT_RECORD, &text) && text.n)
		take_limits(&snap->processes.v[index], (struct span){ text.v, text.n });
}

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

void process_read_allocators(struct snapshot *snap, const struct root *root,
			     const struct pids *alive)
{
	VEC(uint32_t) named = { 0 };
	uint32_t last = ABSENT32;
	size_t at = 0;

	snapshot_each_buffer(snap, buf) {
		if (buf->allocator_pid != ABSENT32 && buf->allocator_pid != last)
			*vec_add(&named) = buf->allocator_pid;
		last = buf->allocator_pid;
	}
	if (named.n)
		qsort(named.v, named.n, sizeof(*named.v), by_number);
	vec_each(&named, pid) {
		uint32_t index;

		if (pid != named.v && pid[0] == pid[-1])
			continue;
		while (at < alive->ids.n && alive->ids.v[at] < *pid)
			at++;
		if (at == alive->ids.n)
			break;
		if (alive->ids.v[at] != *pid)
			continue;
		index = snapshot_process(snap, *pid);
		if (!snap->processes.v[index].task)
			process_read(snap, root, index);
	}
	vec_free(&named);
}
