/* SPDX-License-Identifier: MIT */
/*
 * What can be seen of dma-bufs in one place, what cannot, why, and the one step that
 * would change it. Looks at a root (running kernel, captured tree, capture), at what
 * collecting from it gave, and at what is known of how the kernel was built.
 */
#ifndef ANALYSIS_DOCTOR_H
#define ANALYSIS_DOCTOR_H

#include "base/root.h"
#include "model/snapshot.h"

enum doctor_state {
	DOCTOR_OK,
	DOCTOR_PARTIAL, /* read, but not all of it */
	DOCTOR_EMPTY,	/* read, and nothing is in it */
	DOCTOR_OFF,	/* there, but switched off in this kernel */
	DOCTOR_NOT_MOUNTED,
	DOCTOR_DENIED,
	DOCTOR_ERROR,
	DOCTOR_ABSENT,
	N_DOCTOR_STATES,
};

/* State of a kernel option. */
enum doctor_option {
	DOCTOR_OPTION_UNKNOWN,
	DOCTOR_OPTION_MISSING, /* this kernel has no such option */
	DOCTOR_OPTION_NO,
	DOCTOR_OPTION_MODULE,
	DOCTOR_OPTION_YES,
};

enum doctor_answer { DOCTOR_CAN, DOCTOR_CAN_PARTLY, DOCTOR_CANNOT };

/* API: these words stand in JSON. */
extern const char *const doctor_state_names[N_DOCTOR_STATES];
extern const char *const doctor_option_names[]; /* "unknown", "missing", "no", … */
extern const char *const doctor_answer_names[]; /* "yes", "partly", "no" */

/* A source as the doctor sees it; all borrowed, and must outlive the report. */
struct doctor_source {
	enum source_id id;
	const char *summary;
	const char *const *paths; /* below the root, `*` stands for one component */
	size_t n_paths;
	const char *const *options; /* CONFIG_…, what it needs */
	size_t n_options;
	bool needs_root;
	const char *remedy; /* what mends its absence when nothing better is known */
};

struct doctor_input {
	const struct root *root;
	const struct doctor_source *sources;
	size_t n_sources;
	const struct snapshot
		*snap; /* collected from `root`; NULL: nodes are only probed */
	/* How the kernel was built; NULL: not known. */
	enum doctor_option (*option)(const void *arg, const char *name);
	const void *option_arg;
};

struct doctor_use {
	const char *option;
	enum doctor_option state;
};

#define DOCTOR_USES 4

struct doctor_node {
	const struct doctor_source *source;
	enum doctor_state state;
	char *path;   /* the one that is there, else the first that could be */
	char *detail; /* what was seen; NULL: no more than the state says */
	char *step;   /* exactly one thing to do; NULL: nothing is to be mended */
	struct doctor_use uses[DOCTOR_USES];
	size_t n_uses;
};

/* Something about this place that no single source shows. */
struct doctor_finding {
	const char *kind; /* API: "counters-off", "hidepid", … */
	bool is_note;	  /* good to know, nothing to mend */
	char *text;
	char *step; /* NULL for a note */
};

struct doctor_verdict {
	const char *question; /* API: "list", "allocator", "holders", … */
	const char *title;    /* "list the buffers" */
	enum doctor_answer answer;
	char *reason;
};

struct doctor_report {
	struct root_info info;
	VEC(struct doctor_node) nodes;
	VEC(struct doctor_finding) findings;
	VEC(struct doctor_verdict) verdicts;
};

void doctor_look(const struct doctor_input *input, struct doctor_report *ret);
void doctor_fini(struct doctor_report *report);

/* The node of a source, NULL when it was not among those looked at. */
const struct doctor_node *doctor_node_of(const struct doctor_report *report,
					 enum source_id id);

/*
 * Is the node one that this kernel's tree does not know (a vendor's node on mainline)?
 * Its configuration has no such option at all, so no setting would bring it.
 */
bool doctor_is_foreign(const struct doctor_node *node);

#endif
