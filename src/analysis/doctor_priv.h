/* SPDX-License-Identifier: MIT */
/* What the doctor*.c files share. */
#ifndef ANALYSIS_DOCTOR_PRIV_H
#define ANALYSIS_DOCTOR_PRIV_H

#include "analysis/doctor.h"

enum ternary { UNKNOWN, NO, YES };

/* What the place itself is like, apart from its nodes. */
struct facts {
	bool is_live;
	bool has_manifest; /* a capture by our own means, which tries every node */
	enum ternary debugfs_known; /* does the kernel know that file system? */
	enum ternary debugfs_mounted;
	bool debugfs_off;     /* the boot arguments switch it off */
	bool hides_processes; /* proc is mounted with hidepid */
	int ptrace_scope;     /* yama; -1: not there */
	bool enforces;	      /* SELinux refuses what its policy does not allow */
	const char *lockdown; /* "integrity", "confidentiality"; NULL: none */
	bool may_ptrace,
		may_search; /* the two capabilities that reading needs; live only */
};

struct doctor {
	const struct doctor_input *in;
	struct doctor_report *report;
	struct facts facts;
};

void doctor_facts(const struct root *root, struct facts *ret);

enum doctor_option doctor_option_of(const struct doctor *d, const char *name);

/* Is the option on, built in or as a module? */
static inline bool doctor_is_on(enum doctor_option state)
{
	return state == DOCTOR_OPTION_YES || state == DOCTOR_OPTION_MODULE;
}

/* The path lies below debugfs. */
static inline bool doctor_in_debugfs(const char *path)
{
	return !strncmp(path, "sys/kernel/debug/", 17);
}

/* Are size and peak stubs here, as formats.md 1.1 has it? */
bool doctor_counters_off(const struct doctor *d);

/* The state and detail of a node that is filled in but for these and the step. */
void doctor_state(const struct doctor *d, struct doctor_node *node);

/* What mends this node, owned by the caller; NULL: nothing is to be mended. */
char *doctor_step(const struct doctor *d, const struct doctor_node *node);
/* What gives this process what it is not allowed now. */
char *doctor_step_denied(const struct doctor *d, const char *path);

void doctor_find(struct doctor *d);
void doctor_judge(struct doctor *d);

#endif
