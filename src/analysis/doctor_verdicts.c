/* SPDX-License-Identifier: MIT */
/*
 * The questions people come with, and whether they can be answered here. "Partly" always
 * names what is missing; a node that is empty answers as well as a full one.
 */
#include <inttypes.h>

#include "analysis/doctor_priv.h"

static bool works(const struct doctor *d, enum source_id id)
{
	const struct doctor_node *node = doctor_node_of(d->report, id);

	return node && (node->state == DOCTOR_OK || node->state == DOCTOR_PARTIAL ||
			node->state == DOCTOR_EMPTY);
}

static void answer(struct doctor *d, const char *question, enum doctor_answer answer,
		   char *reason)
{
	static const struct {
		const char *question, *title;
	} titles[] = {
		{ "list", "List the buffers?" },
		{ "total", "The total, by the kernel's count?" },
		{ "allocator", "Who allocated them?" },
		{ "holders", "Who holds them now?" },
		{ "devices", "Which devices are attached?" },
		{ "addresses", "Where do they lie?" },
		{ "peak", "The highest total?" },
	};
	struct doctor_verdict *verdict = vec_add(&d->report->verdicts);

	*verdict = (struct doctor_verdict){ question, question, answer, reason };
	for (size_t i = 0; i < ARRAY_SIZE(titles); i++)
		if (!strcmp(titles[i].question, question))
			verdict->title = titles[i].title;
}

/* The working ones of these, as "dev and bufinfo"; empty when none works. */
static size_t name_working(const struct doctor *d, const enum source_id *ids, size_t n,
			   struct text *out)
{
	size_t found = 0;

	for (size_t i = 0; i < n; i++) {
		if (!works(d, ids[i]))
			continue;
		text_printf(out, "%s%s", found ? ", " : "", source_names[ids[i]]);
		found++;
	}
	return found;
}
#define NAME_WORKING(d, ids, out) name_working(d, ids, ARRAY_SIZE(ids), out)

/*
 * The best step to get one of these, as the end of a reason; none where no step leads
 * there.
 */
static void add_way(const struct doctor *d, const enum source_id *ids, size_t n,
		    struct text *out)
{
	const struct doctor_node *best = NULL;

	/* What is only denied or not mounted is nearer than what needs another kernel. */
	for (size_t i = 0; i < n; i++) {
		const struct doctor_node *node = doctor_node_of(d->report, ids[i]);

		if (node && node->step && !doctor_is_foreign(node) &&
		    (!best || node->state < best->state))
			best = node;
	}
	if (best)
		text_printf(out, "; nearest: %s (%s)", best->step,
			    source_names[best->source->id]);
}
#define ADD_WAY(d, ids, out) add_way(d, ids, ARRAY_SIZE(ids), out)

static void judge_list(struct doctor *d)
{
	static const enum source_id all[] = { SRC_RK_BUFFERS, SRC_RK_DEV, SRC_BUFINFO,
					      SRC_SYSFS };
	static const enum source_id some[] = { SRC_RK_DMA_HEAP, SRC_FDINFO, SRC_MAPS };
	struct text reason = { 0 };

	if (NAME_WORKING(d, all, &reason)) {
		answer(d, "list", DOCTOR_CAN, reason.v);
	} else if (NAME_WORKING(d, some, &reason)) {
		text_adds(&reason,
			  works(d, SRC_RK_DMA_HEAP) ?
				  ": only the vendor heap's and what a process holds" :
				  ": only what a process holds, none held by the kernel");
		ADD_WAY(d, all, &reason);
		answer(d, "list", DOCTOR_CAN_PARTLY, reason.v);
	} else {
		text_adds(&reason, "no node lists them");
		ADD_WAY(d, all, &reason);
		answer(d, "list", DOCTOR_CANNOT, reason.v);
	}
}

static void judge_total(struct doctor *d)
{
	static const enum source_id counters[] = { SRC_RK_SIZE };
	struct text reason = { 0 };

	if (works(d, SRC_RK_SIZE)) {
		text_adds(&reason, source_names[SRC_RK_SIZE]);
	} else {
		text_adds(&reason, "no counter; reports add up what is listed");
		ADD_WAY(d, counters, &reason);
	}
	answer(d, "total", works(d, SRC_RK_SIZE) ? DOCTOR_CAN : DOCTOR_CANNOT, reason.v);
}

static void judge_allocator(struct doctor *d)
{
	const struct snapshot *snap = d->in->snap;
	uint64_t listed = 0, known = 0;
	enum doctor_option debug = doctor_option_of(d, "CONFIG_RK_DMABUF_DEBUG");

	if (snap)
		snapshot_each_buffer(snap, buf) {
			listed++;
			known += buf->allocator_pid != ABSENT32 ||
				 buf->name != STR_ABSENT;
		}
	if (listed && known == listed)
		answer(d, "allocator", DOCTOR_CAN,
		       mem_printf("all %" PRIu64
				  " buffers carry a name; it is the allocating "
				  "process's, maybe a service's",
				  listed));
	else if (known)
		answer(d, "allocator", DOCTOR_CAN_PARTLY,
		       mem_printf("%" PRIu64 " of %" PRIu64 " buffers carry a name",
				  known, listed));
	else if (!listed && doctor_is_on(debug))
		answer(d, "allocator", DOCTOR_CAN,
		       mem_printf(
			       "CONFIG_RK_DMABUF_DEBUG names each buffer; none is there "
			       "now"));
	else if (!listed)
		answer(d, "allocator", DOCTOR_CANNOT,
		       mem_printf("no buffer is listed whose name could tell"));
	else
		answer(d, "allocator", DOCTOR_CANNOT,
		       mem_printf("no buffer carries a name: holders are the next best"));
}

static void judge_holders(struct doctor *d)
{
	static const enum source_id ids[] = { SRC_FDINFO, SRC_MAPS };
	const struct snapshot *snap = d->in->snap;
	const struct doctor_node *fdinfo = doctor_node_of(d->report, SRC_FDINFO);
	const struct doctor_node *maps = doctor_node_of(d->report, SRC_MAPS);
	bool hidden = d->facts.hides_processes &&
		      !(d->facts.is_live && d->facts.may_ptrace);
	struct text reason = { 0 };

	if (!NAME_WORKING(d, ids, &reason)) {
		text_adds(&reason, "no process can be looked into");
		ADD_WAY(d, ids, &reason);
		answer(d, "holders", DOCTOR_CANNOT, reason.v);
		return;
	}
	if (snap && snap->unreadable_processes)
		text_printf(&reason,
			    ", but %" PRIu64 " of %" PRIu64 " processes may not be "
			    "read",
			    snap->unreadable_processes, snap->seen_processes);
	if (hidden)
		text_adds(&reason, ", but processes of other users are hidden (hidepid)");
	if (!works(d, SRC_FDINFO) || !works(d, SRC_MAPS))
		text_printf(&reason, ", but %s cannot be read",
			    source_names[works(d, SRC_FDINFO) ? SRC_MAPS : SRC_FDINFO]);
	if (hidden || !works(d, SRC_FDINFO) || !works(d, SRC_MAPS) ||
	    (snap && snap->unreadable_processes) || fdinfo->state == DOCTOR_PARTIAL ||
	    maps->state == DOCTOR_PARTIAL) {
		ADD_WAY(d, ids, &reason);
		answer(d, "holders", DOCTOR_CAN_PARTLY, reason.v);
	} else {
		answer(d, "holders", DOCTOR_CAN, reason.v);
	}
}

static void judge_devices(struct doctor *d)
{
	static const enum source_id all[] = { SRC_RK_BUFFERS, SRC_RK_DEV, SRC_BUFINFO };
	static const enum source_id some[] = { SRC_RK_DMA_HEAP };
	struct text reason = { 0 };

	if (NAME_WORKING(d, all, &reason)) {
		answer(d, "devices", DOCTOR_CAN, reason.v);
	} else if (NAME_WORKING(d, some, &reason)) {
		text_adds(&reason, ": only of the vendor heap's buffers");
		ADD_WAY(d, all, &reason);
		answer(d, "devices", DOCTOR_CAN_PARTLY, reason.v);
	} else {
		text_adds(&reason, "no node names them");
		ADD_WAY(d, all, &reason);
		answer(d, "devices", DOCTOR_CANNOT, reason.v);
	}
}

static void judge_addresses(struct doctor *d)
{
	static const enum source_id ids[] = { SRC_RK_SGT, SRC_RK_DMA_HEAP, SRC_MPP,
					      SRC_RGA,	  SRC_CMA_DEBUGFS, SRC_RK_CMA };
	struct text reason = { 0 };

	if (!NAME_WORKING(d, ids, &reason)) {
		text_adds(&reason, "no node shows addresses");
		ADD_WAY(d, ids, &reason);
		answer(d, "addresses", DOCTOR_CANNOT, reason.v);
	} else if (works(d, SRC_RK_DMA_HEAP)) {
		answer(d, "addresses", DOCTOR_CAN, reason.v);
	} else {
		text_adds(&reason, works(d, SRC_RK_SGT) ?
					   ": those of buffers with a cached mapping" :
					   ": areas and sessions, not each buffer");
		answer(d, "addresses", DOCTOR_CAN_PARTLY, reason.v);
	}
}

static void judge_peak(struct doctor *d)
{
	static const enum source_id ids[] = { SRC_RK_PEAK };
	struct text reason = { 0 };

	if (works(d, SRC_RK_PEAK)) {
		text_printf(&reason, "%s, floored to MiB", source_names[SRC_RK_PEAK]);
		answer(d, "peak", DOCTOR_CAN, reason.v);
		return;
	}
	text_adds(&reason,
		  "the kernel keeps none; the highest of many samples can be had");
	ADD_WAY(d, ids, &reason);
	answer(d, "peak", DOCTOR_CANNOT, reason.v);
}

void doctor_judge(struct doctor *d)
{
	judge_list(d);
	judge_total(d);
	judge_allocator(d);
	judge_holders(d);
	judge_devices(d);
	judge_addresses(d);
	judge_peak(d);
}
