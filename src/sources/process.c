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
		take_stat(snap, &snap->processes.v[index], (struct span){ text.v, text.n });
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

void process_read_allocators(struct snapshot *snap, const struct root *root)
{
	uint32_t last = ABSENT32;

	for (size_t i = 0; i < snap->buffers.n; i++) {
		uint32_t pid = snap->buffers.v[i].allocator_pid;
		uint32_t index;
		char path[32];

		if (pid == ABSENT32 || pid == last)
			continue;
		last = pid;
		snprintf(path, sizeof(path), "proc/%" PRIu32 "/stat", pid);
		if (!root_exists(root, path))
			continue;
		index = snapshot_process(snap, pid);
		if (!snap->processes.v[index].task)
			process_read(snap, root, index);
	}
}
