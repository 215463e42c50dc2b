/* SPDX-License-Identifier: MIT */
/* Sampling the total of all buffers while a command runs. */
#include "commands/peak_watch.h"

#include <errno.h>
#include <sys/wait.h>

#include "base/caps.h"
#include "commands/peak_child.h"
#include "sources/source.h"

/* What one source says the total is: its counter, else the sum of its list. */
static uint64_t read_total(const struct root *root, enum source_id source)
{
	enum caps_use before = caps_enter(root_is_live(root) ? CAPS_NODES : CAPS_OWN);
	struct diag silent = { 0 };
	struct snapshot *snap = sources_collect(root, 1u << source, &silent);
	uint64_t bytes = ABSENT64;

	caps_enter(before);
	if (snapshot_covers(snap, source) && snap->reported_bytes != ABSENT64)
		bytes = snap->reported_bytes;
	else if (snapshot_covers(snap, source) && source != SRC_RK_SIZE)
		bytes = snapshot_totals(snap).size_bytes;
	snapshot_free(snap);
	return bytes;
}

uint64_t sampler_read(const struct sampler *s)
{
	return read_total(s->root, s->source);
}

/*
 * A size of 0 may mean that this kernel does not count, so then a list is taken if there
 * is one, and the 0 only when nothing else can be read.
 */
int sampler_choose(struct sampler *s, const struct root *root, unsigned set)
{
	static const enum source_id order[] = { SRC_RK_SIZE, SRC_RK_DEV, SRC_BUFINFO,
						SRC_SYSFS, SRC_RK_DMA_HEAP };
	bool zero = false;

	*s = (struct sampler){ .root = root };
	for (size_t i = 0; i < ARRAY_SIZE(order); i++) {
		if (!(set & 1u << order[i]))
			continue;
		s->source = order[i];
		s->first_bytes = read_total(root, order[i]);
		if (s->first_bytes == ABSENT64)
			continue;
		if (s->first_bytes || order[i] != SRC_RK_SIZE)
			return 0;
		zero = true;
	}
	s->source = SRC_RK_SIZE;
	s->first_bytes = 0;
	return zero ? 0 : -ENODATA;
}

static void take(struct peak_watch *w, uint64_t bytes, uint64_t at)
{
	if (bytes == ABSENT64)
		return;
	w->samples++;
	if (w->highest_bytes == ABSENT64 || bytes > w->highest_bytes) {
		w->highest_bytes = bytes;
		w->highest_at_ns = at;
	}
}

static void take_status(struct peak_watch *w, int status)
{
	w->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	w->exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int watch_command(const struct sampler *s, struct peak_watch *ret)
{
	uint64_t start, next;
	struct child child;
	int r;

	ret->source = s->source;
	ret->samples = ret->missed = 0;
	ret->highest_bytes = ABSENT64;
	ret->before_bytes = sampler_read(s);
	take(ret, ret->before_bytes, 0);
	start = root_ticks();
	r = child_start(&child, ret->argv);
	if (r < 0)
		return r;
	next = start + ret->interval_ns;
	while (!child_wait(&child, next)) {
		uint64_t now;

		take(ret, sampler_read(s), root_ticks() - start);
		now = root_ticks();
		for (next += ret->interval_ns; next <= now; next += ret->interval_ns)
			ret->missed++;
	}
	ret->duration_ns = root_ticks() - start;
	ret->after_bytes = sampler_read(s);
	take(ret, ret->after_bytes, ret->duration_ns);
	take_status(ret, child.status);
	child_close(&child);
	return 0;
}
