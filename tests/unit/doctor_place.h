/* SPDX-License-Identifier: MIT */
/* Small trees with a snapshot made by hand, looked at: for test_doctor*.c. */
#pragma once

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../lib/tap.h"
#include "analysis/doctor.h"

#define SOURCE(which, path_list, option_list, remedy_text)                   \
	{                                                                    \
		.id = which, .summary = "what it gives", .paths = path_list, \
		.n_paths = ARRAY_SIZE(path_list), .options = option_list,    \
		.n_options = ARRAY_SIZE(option_list), .remedy = remedy_text  \
	}

static const char *const dev_paths[] = { "proc/rk_dmabuf/dev" };
static const char *const size_paths[] = { "proc/rk_dmabuf/size" };
static const char *const peak_paths[] = { "proc/rk_dmabuf/peak" };
static const char *const bufinfo_paths[] = { "sys/kernel/debug/dma_buf/bufinfo" };
static const char *const sysfs_paths[] = { "sys/kernel/dmabuf/buffers" };
static const char *const fdinfo_paths[] = { "proc/*/fdinfo" };
static const char *const maps_paths[] = { "proc/*/maps" };
static const char *const rk_options[] = { "CONFIG_RK_DMABUF_PROCFS", "CONFIG_DEBUG_FS" };
static const char *const counter_options[] = { "CONFIG_RK_DMABUF_PROCFS",
					       "CONFIG_RK_DMABUF_DEBUG" };
static const char *const debugfs_options[] = { "CONFIG_DEBUG_FS" };
static const char *const sysfs_options[] = { "CONFIG_DMABUF_SYSFS_STATS" };
static const char *const cma_paths[] = { "sys/kernel/debug/cma/*/count" };
static const char *const cma_options[] = { "CONFIG_CMA_DEBUGFS" };
static const char *const none[] = { NULL };

static struct doctor_source table[] = {
	SOURCE(SRC_RK_DEV, dev_paths, rk_options, "get a Rockchip kernel"),
	SOURCE(SRC_RK_SIZE, size_paths, counter_options, "get a Rockchip kernel"),
	SOURCE(SRC_RK_PEAK, peak_paths, counter_options, "get a Rockchip kernel"),
	SOURCE(SRC_BUFINFO, bufinfo_paths, debugfs_options, "mount debugfs"),
	SOURCE(SRC_SYSFS, sysfs_paths, sysfs_options, "CONFIG_DMABUF_SYSFS_STATS=y"),
	SOURCE(SRC_FDINFO, fdinfo_paths, none, "be root"),
	SOURCE(SRC_MAPS, maps_paths, none, "be root"),
	SOURCE(SRC_CMA_DEBUGFS, cma_paths, cma_options, "CONFIG_CMA_DEBUGFS=y"),
};

static char folder[] = "/tmp/test_doctor.XXXXXX";

static void put(const char *name, const char *text)
{
	char path[160];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	for (char *slash = path + strlen(folder) + 1; (slash = strchr(slash, '/'));
	     slash++) {
		*slash = '\0';
		mkdir(path, 0755);
		*slash = '/';
	}
	f = fopen(path, "w");
	fputs(text, f);
	fclose(f);
}

static void clean(void)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -rf %s/*", folder);
	if (system(command))
		diag_note("%s is not clean", folder);
}

/* A place being looked at: a tree, what is set in its kernel, what was collected. */
struct place {
	const char *yes, *no, *missing, *module; /* option names, blanks between */
	struct snapshot *snap;
	struct root *root;
	struct doctor_report report;
};

static bool among(const char *list, const char *name)
{
	size_t len = strlen(name);

	for (const char *at = list; at && (at = strstr(at, name)); at += len)
		if ((at == list || at[-1] == ' ') && (!at[len] || at[len] == ' '))
			return true;
	return false;
}

static enum doctor_option option(const void *arg, const char *name)
{
	const struct place *p = arg;

	return among(p->yes, name)     ? DOCTOR_OPTION_YES :
	       among(p->no, name)      ? DOCTOR_OPTION_NO :
	       among(p->missing, name) ? DOCTOR_OPTION_MISSING :
	       among(p->module, name)  ? DOCTOR_OPTION_MODULE :
					 DOCTOR_OPTION_UNKNOWN;
}

static void look(struct place *p)
{
	struct doctor_input in = {
		.sources = table,
		.n_sources = ARRAY_SIZE(table),
		.snap = p->snap,
		.option = option,
		.option_arg = p,
	};

	table[5].n_options = table[6].n_options = 0;
	if (root_open(folder, &p->root))
		exit(1);
	in.root = p->root;
	doctor_look(&in, &p->report);
}

static void leave(struct place *p)
{
	doctor_fini(&p->report);
	root_free(p->root);
	snapshot_free(p->snap);
	*p = (struct place){ 0 };
}

static void is_node(const struct place *p, enum source_id id, enum doctor_state state,
		    const char *step, const char *name)
{
	const struct doctor_node *node = doctor_node_of(&p->report, id);
	const char *got = node && node->step ? node->step : "";

	if (!ok(node && node->state == state &&
			(step ? !strncmp(got, step, strlen(step)) : !node->step),
		"%s", name))
		diag_note("got %s, step '%s'",
			  node ? doctor_state_names[node->state] : "?", got);
}

static const struct doctor_finding *finding(const struct place *p, const char *kind)
{
	vec_each(&p->report.findings, it)
		if (!strcmp(it->kind, kind))
			return it;
	return NULL;
}

static void is_answer(const struct place *p, const char *question,
		      enum doctor_answer want, const char *reason)
{
	vec_each(&p->report.verdicts, it) {
		if (strcmp(it->question, question) != 0)
			continue;
		if (!ok(it->answer == want && it->title != it->question &&
				strstr(it->reason, reason),
			"%s: %s", question, doctor_answer_names[want]))
			diag_note("got %s: %s", doctor_answer_names[it->answer],
				  it->reason);
		return;
	}
	ok(false, "%s is answered", question);
}

static void cover(struct snapshot *snap, enum source_id id, enum coverage_status status,
		  uint64_t records)
{
	snapshot_cover(snap, id, status, NULL);
	snap->coverage[id].records = records;
}

/* Buffers that dev listed, with a name or without. */
_unused_ static void add_buffers(struct snapshot *snap, unsigned n, const char *name)
{
	for (unsigned i = 0; i < n; i++) {
		struct buffer *buf = snapshot_add_buffer(snap, SRC_RK_DEV);

		buf->size_bytes = 4096;
		if (name)
			snapshot_set_name(snap, buf, (struct span){ name, strlen(name) },
					  16);
	}
	cover(snap, SRC_RK_DEV, COVERAGE_OK, n);
}
