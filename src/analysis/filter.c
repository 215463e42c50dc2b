/* SPDX-License-Identifier: MIT */
/* Which buffers a report is about: --pid --task --name --exporter --device --min-size. */
#include "analysis/filter.h"

#include <fnmatch.h>

bool filter_is_empty(const struct filter *f)
{
	return !f->terms.n && !f->min_size;
}

void filter_fini(struct filter *f)
{
	vec_free(&f->terms);
}

/*
 * A glob against pooled text. The pool ends each string with a NUL; one with a NUL inside
 * (only a damaged file has such) is compared up to it.
 */
static bool matches(const struct snapshot *snap, const char *pattern, uint32_t text)
{
	return text && !fnmatch(pattern, snapshot_str(snap, text), 0);
}

/* A cut task matches a pattern that its full form might have matched literally. */
static bool matches_task(const struct snapshot *snap, const struct filter_term *term,
			 uint32_t task, bool is_cut)
{
	if (matches(snap, term->pattern, task))
		return true;
	return task && is_cut && !strpbrk(term->pattern, "*?[") &&
	       !strncmp(term->pattern, snapshot_str(snap, task),
			strings_len(&snap->strings, task));
}

static bool held_by(const struct snapshot *snap, const struct filter_term *term,
		    const struct buffer *buf)
{
	for (uint32_t i = buf->holders; i != ABSENT32; i = snap->holders.v[i].next) {
		const struct process *proc =
			&snap->processes.v[snap->holders.v[i].process];

		if (term->kind == FILTER_PID ? proc->pid == term->pid :
					       matches(snap, term->pattern, proc->task))
			return true;
	}
	return false;
}

static bool attached_to(const struct snapshot *snap, const char *pattern,
			const struct buffer *buf)
{
	for (uint32_t i = 0; i < buf->n_attachments; i++)
		if (matches(snap, pattern,
			    snap->attachments.v[buf->attachments + i].device))
			return true;
	return false;
}

static bool term_matches(const struct snapshot *snap, const struct filter_term *term,
			 const struct buffer *buf)
{
	switch (term->kind) {
	case FILTER_PID:
		return buf->allocator_pid == term->pid || held_by(snap, term, buf);
	case FILTER_TASK:
		return matches_task(snap, term, buf->allocator_task, buf->task_is_cut) ||
		       held_by(snap, term, buf);
	case FILTER_NAME:
		return matches(snap, term->pattern, buf->name);
	case FILTER_EXPORTER:
		return matches(snap, term->pattern,
			       buf->exporter ? buf->exporter : buf->heap);
	case FILTER_DEVICE:
		return attached_to(snap, term->pattern, buf);
	default:
		return false;
	}
}

static bool passes(const struct filter *f, const struct snapshot *snap,
		   const struct buffer *buf)
{
	unsigned asked = 0, met = 0;

	if (f->min_size && (buf->size_bytes == ABSENT64 || buf->size_bytes < f->min_size))
		return false;
	vec_each(&f->terms, term) {
		unsigned bit = 1u << term->kind;

		asked |= bit;
		if (!(met & bit) && term_matches(snap, term, buf))
			met |= bit;
	}
	return met == asked;
}

bool *filter_run(const struct filter *f, const struct snapshot *snap)
{
	bool *wanted = mem_alloc(snap->buffers.n);

	snapshot_each_buffer(snap, buf)
		wanted[snapshot_index(snap, buf)] = passes(f, snap, buf);
	return wanted;
}
