/* SPDX-License-Identifier: MIT */
/*
 * The state of one node. Collecting has already tried to read it, so its coverage counts;
 * a source that was not asked is probed here: is it there, may it be read, does reading
 * work?
 */
#include <errno.h>
#include <inttypes.h>

#include "analysis/doctor_priv.h"

#define PROBE_MOST ((size_t)1 << 22)

/*
 * The first existing path that a pattern stands for, in *ret. 0, or -ENOENT, or why one
 * cannot tell.
 */
static int expand(const struct root *root, const char *pattern, struct text *ret)
{
	const char *star = strchr(pattern, '*');
	_text_ struct text dir = { 0 }, names = { 0 }, next = { 0 };
	int r, result = -ENOENT;

	if (!star) {
		text_clear(ret);
		text_adds(ret, pattern);
		return root_may_read(root, pattern);
	}
	text_add(&dir, pattern, (size_t)(star - pattern) - 1);
	r = root_list(root, dir.v, &names);
	if (r < 0)
		return r;
	list_each(&names, name) {
		text_clear(&next);
		text_printf(&next, "%s/%s%s", dir.v, name, star + 1);
		r = expand(root, next.v, ret);
		if (!r)
			return 0;
		if (r != -ENOENT && r != -ENOTDIR)
			result = r;
	}
	return result;
}

/* The path that is there; `node->path` becomes it, else the first that could be. */
static int find_path(const struct doctor *d, struct doctor_node *node)
{
	const struct doctor_source *source = node->source;
	_text_ struct text path = { 0 };
	int result = -ENOENT;

	for (size_t i = 0; i < source->n_paths; i++) {
		int r = expand(d->in->root, source->paths[i], &path);

		if (r && result == -ENOENT && r != -ENOTDIR)
			result = r;
		if (r)
			continue;
		/* Of many alike, the pattern says more than the first. */
		node->path = mem_copy(source->paths[i], strlen(source->paths[i]));
		return 0;
	}
	node->path = source->n_paths ?
			     mem_copy(source->paths[0], strlen(source->paths[0])) :
			     mem_copy("", 0);
	return result;
}

static enum doctor_state state_of_error(const struct doctor *d,
					const struct doctor_node *node, int error)
{
	bool in_debugfs = doctor_in_debugfs(node->path);

	switch (-error) {
	case EACCES:
	case EPERM:
		return DOCTOR_DENIED;
	case EINVAL:
		/*
		 * The list is kept by code that CONFIG_DEBUG_FS brings (formats.md 1.4).
		 */
		if (node->source->id == SRC_RK_DEV || node->source->id == SRC_RK_SGT)
			return DOCTOR_OFF;
		return DOCTOR_ERROR;
	case ENOENT:
	case ENOTDIR:
	case ENODEV:
		return in_debugfs && d->facts.debugfs_mounted == NO ? DOCTOR_NOT_MOUNTED :
								      DOCTOR_ABSENT;
	default:
		return DOCTOR_ERROR;
	}
}

/* Not asked for: read a little. */
static void probe(const struct doctor *d, struct doctor_node *node, int found)
{
	_text_ struct text all = { 0 };
	int r = found;

	if (!r && !strchr(node->path, '*'))
		r = root_read(d->in->root, node->path, PROBE_MOST, &all);
	if (r == -EFBIG)
		r = 0;
	if (r < 0) {
		node->state = state_of_error(d, node, r);
		node->detail = mem_copy(strerror(-r), strlen(strerror(-r)));
		return;
	}
	node->state = strchr(node->path, '*') || all.n ? DOCTOR_OK : DOCTOR_EMPTY;
}

/* Read without damage, and its 0 was taken back since buffers are listed. */
static bool was_taken_back(const struct snapshot *snap, enum source_id id)
{
	const struct coverage *c = &snap->coverage[id];

	return c->status == COVERAGE_PARTIAL && c->records && !c->skipped;
}

/*
 * The size is there and says 0: a stub's answer where buffers are listed. Where none is,
 * the kernel's options have to say so.
 */
bool doctor_counters_off(const struct doctor *d)
{
	const struct snapshot *snap = d->in->snap;
	enum doctor_option debug = doctor_option_of(d, "CONFIG_RK_DMABUF_DEBUG");

	if (!snap || !snapshot_covers(snap, SRC_RK_SIZE))
		return false;
	if (snap->reported_by != SRC_RK_SIZE)
		return was_taken_back(snap, SRC_RK_SIZE);
	if (snap->reported_bytes ||
	    (snapshot_covers(snap, SRC_RK_PEAK) && snap->peak_bytes))
		return false;
	return debug == DOCTOR_OPTION_NO || debug == DOCTOR_OPTION_MISSING;
}

static bool is_off(const struct doctor *d, enum source_id id)
{
	const struct snapshot *snap = d->in->snap;

	if (id == SRC_RK_SIZE)
		return doctor_counters_off(d);
	/* A peak other than 0 was counted by somebody. */
	return id == SRC_RK_PEAK && snapshot_covers(snap, SRC_RK_PEAK) &&
	       doctor_counters_off(d) &&
	       (!snap->peak_bytes || snap->peak_bytes == ABSENT64);
}

/* The kernel cannot have it: what may not be looked into need not be asked. */
static bool cannot_exist(const struct doctor_node *node)
{
	for (size_t i = 0; i < node->n_uses; i++)
		if (node->uses[i].state != DOCTOR_OPTION_NO &&
		    node->uses[i].state != DOCTOR_OPTION_MISSING)
			return false;
	return node->n_uses;
}

static void from_coverage(const struct doctor *d, struct doctor_node *node,
			  const struct coverage *c, int found)
{
	const char *detail = snapshot_str(d->in->snap, c->detail);

	switch (c->status) {
	case COVERAGE_OK:
		node->state = c->records ? DOCTOR_OK : DOCTOR_EMPTY;
		break;
	case COVERAGE_PARTIAL:
		node->state = DOCTOR_PARTIAL;
		break;
	case COVERAGE_DENIED:
		node->state = cannot_exist(node) ? DOCTOR_ABSENT : DOCTOR_DENIED;
		if (node->state == DOCTOR_ABSENT)
			detail = NULL;
		break;
	case COVERAGE_ABSENT:
		node->state = state_of_error(d, node, -ENOENT);
		/* The reader says there what would mend it: that is the step. */
		detail = NULL;
		break;
	default:
		probe(d, node, found);
		if (node->state == DOCTOR_OK)
			node->state = DOCTOR_ERROR;
		break;
	}
	if (is_off(d, node->source->id))
		node->state = DOCTOR_OFF;
	if (detail && !node->detail)
		node->detail = mem_copy(detail, strlen(detail));
	else if (!node->detail && c->records)
		node->detail = mem_printf("%" PRIu64 " record%s", c->records,
					  c->records == 1 ? "" : "s");
}

void doctor_state(const struct doctor *d, struct doctor_node *node)
{
	const struct snapshot *snap = d->in->snap;
	int found = find_path(d, node);

	if (snap && snap->coverage[node->source->id].status != COVERAGE_NOT_ASKED)
		from_coverage(d, node, &snap->coverage[node->source->id], found);
	else
		probe(d, node, found);
}
