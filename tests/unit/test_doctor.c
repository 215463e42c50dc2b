/* SPDX-License-Identifier: MIT */
/* analysis/doctor*.c over small trees, with snapshots made by hand. */
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
static void add_buffers(struct snapshot *snap, unsigned n, const char *name)
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

static void test_armbian(void)
{
	struct place p = {
		.yes = "CONFIG_RK_DMABUF_PROCFS CONFIG_DEBUG_FS CONFIG_DMABUF_CACHE",
		.no = "CONFIG_RK_DMABUF_DEBUG CONFIG_DMABUF_SYSFS_STATS",
		.missing = "CONFIG_DMABUF_DEBUG_ADVANCED",
		.snap = snapshot_new()
	};

	clean();
	put("proc/rk_dmabuf/dev", "x");
	put("proc/rk_dmabuf/size", "Total: 0 KiB\n");
	put("proc/rk_dmabuf/peak", "Peak: 0 MiB\n");
	add_buffers(p.snap, 3, NULL);
	cover(p.snap, SRC_RK_SIZE, COVERAGE_OK, 1);
	cover(p.snap, SRC_RK_PEAK, COVERAGE_OK, 1);
	cover(p.snap, SRC_BUFINFO, COVERAGE_ABSENT, 0);
	cover(p.snap, SRC_SYSFS, COVERAGE_ABSENT, 0);
	p.snap->peak_bytes = 0;
	snapshot_report(p.snap, SRC_RK_SIZE, 0);
	snapshot_settle_counters(p.snap);
	look(&p);
	is_node(&p, SRC_RK_DEV, DOCTOR_OK, NULL, "dev is read");
	is_node(&p, SRC_RK_SIZE, DOCTOR_OFF,
		"rebuild the kernel with CONFIG_RK_DMABUF_DEBUG=y",
		"size 0 while dev lists buffers is a stub");
	is_node(&p, SRC_RK_PEAK, DOCTOR_OFF,
		"rebuild the kernel with CONFIG_RK_DMABUF_DEBUG=y", "... and so is peak");
	is_node(&p, SRC_SYSFS, DOCTOR_ABSENT,
		"rebuild the kernel with CONFIG_DMABUF_SYSFS_STATS=y",
		"an option that is off is named");
	is_node(&p, SRC_BUFINFO, DOCTOR_ABSENT,
		"capture again as root with debugfs mounted",
		"a tree without debugfs was captured without it");
	ok(finding(&p, "counters-off") &&
		   strstr(finding(&p, "counters-off")->text, "3 buffers"),
	   "the finding counts them");
	ok(finding(&p, "no-names") &&
		   strstr(finding(&p, "no-names")->step, "RK_DMABUF_DEBUG"),
	   "names are missing, too");
	ok(finding(&p, "attachments-cached") &&
		   finding(&p, "attachments-cached")->is_note,
	   "the cache of attachments is noted");
	ok(!finding(&p, "option-spelling"), "no option is misread");
	is_answer(&p, "list", DOCTOR_CAN, "rk_dmabuf/dev");
	is_answer(&p, "allocator", DOCTOR_CANNOT, "no buffer carries a name");
	is_answer(&p, "devices", DOCTOR_CAN, "rk_dmabuf/dev");
	is_answer(&p, "peak", DOCTOR_CANNOT, "CONFIG_RK_DMABUF_DEBUG=y");
	is_answer(&p, "holders", DOCTOR_CANNOT, "no process");
	leave(&p);
}

/* Not off: a peak that was just reset, a total of nothing at all. */
static void test_not_off(void)
{
	struct place p = { .yes = "CONFIG_RK_DMABUF_DEBUG", .snap = snapshot_new() };

	clean();
	put("proc/rk_dmabuf/size", "Total: 12 KiB\n");
	put("proc/rk_dmabuf/peak", "Peak: 0 MiB\n");
	add_buffers(p.snap, 3, "402-allocator@4.");
	cover(p.snap, SRC_RK_SIZE, COVERAGE_OK, 1);
	cover(p.snap, SRC_RK_PEAK, COVERAGE_OK, 1);
	snapshot_report(p.snap, SRC_RK_SIZE, 12288);
	p.snap->peak_bytes = 0;
	look(&p);
	is_node(&p, SRC_RK_PEAK, DOCTOR_OK, NULL,
		"a peak of 0 beside a total is a reset one");
	ok(!finding(&p, "counters-off") && !finding(&p, "no-names"), "nothing is found");
	is_answer(&p, "allocator", DOCTOR_CAN, "all 3");
	is_answer(&p, "peak", DOCTOR_CAN, "floored");
	leave(&p);

	p.snap = snapshot_new();
	add_buffers(p.snap, 1, "402-allocator@4.");
	add_buffers(p.snap, 2, NULL);
	look(&p);
	is_answer(&p, "allocator", DOCTOR_CAN_PARTLY, "1 of 3");
	ok(!finding(&p, "no-names"), "one name is a name");
	leave(&p);

	p = (struct place){ .snap = snapshot_new() };
	cover(p.snap, SRC_RK_DEV, COVERAGE_OK, 0);
	cover(p.snap, SRC_RK_SIZE, COVERAGE_OK, 1);
	cover(p.snap, SRC_RK_PEAK, COVERAGE_OK, 1);
	snapshot_report(p.snap, SRC_RK_SIZE, 0);
	p.snap->peak_bytes = 0;
	snapshot_settle_counters(p.snap);
	look(&p);
	is_node(&p, SRC_RK_DEV, DOCTOR_EMPTY, NULL, "no buffers is an answer");
	is_node(&p, SRC_RK_SIZE, DOCTOR_OK, NULL, "and 0 is right then");
	is_answer(&p, "list", DOCTOR_CAN, "rk_dmabuf/dev");
	leave(&p);

	p = (struct place){ .snap = snapshot_new() };
	add_buffers(p.snap, 2, NULL);
	cover(p.snap, SRC_RK_SIZE, COVERAGE_OK, 1);
	cover(p.snap, SRC_RK_PEAK, COVERAGE_OK, 1);
	p.snap->peak_bytes = 5 << 20;
	snapshot_report(p.snap, SRC_RK_SIZE, 0);
	snapshot_settle_counters(p.snap);
	look(&p);
	is_node(&p, SRC_RK_PEAK, DOCTOR_OK, NULL, "a peak other than 0 was counted");
	leave(&p);

	p = (struct place){ .no = "CONFIG_RK_DMABUF_DEBUG", .snap = snapshot_new() };
	cover(p.snap, SRC_RK_SIZE, COVERAGE_OK, 1);
	snapshot_report(p.snap, SRC_RK_SIZE, 0);
	look(&p);
	is_node(&p, SRC_RK_SIZE, DOCTOR_OFF, "rebuild the kernel with",
		"unless the option is known to be off");
	ok(finding(&p, "counters-off") &&
		   strstr(finding(&p, "counters-off")->text, "whatever is allocated"),
	   "... which is found");
	leave(&p);
}

static void test_debugfs(void)
{
	struct place p = { .yes = "CONFIG_DEBUG_FS", .no = "CONFIG_CMA_DEBUGFS" };

	clean();
	put("proc/self/mounts", "proc /proc proc rw,nosuid,hidepid=2 0 0\n");
	put("proc/filesystems", "nodev\tsysfs\nnodev\tdebugfs\n");
	look(&p);
	is_node(&p, SRC_BUFINFO, DOCTOR_NOT_MOUNTED,
		"capture again after: mount -t debugfs none /sys/kernel/debug",
		"debugfs that is not mounted");
	is_node(&p, SRC_CMA_DEBUGFS, DOCTOR_NOT_MOUNTED,
		"rebuild the kernel with CONFIG_CMA_DEBUGFS=y",
		"... where mounting alone would bring nothing");
	ok(finding(&p, "debugfs-not-mounted"), "... is found");
	ok(finding(&p, "hidepid"), "hidepid is found");
	is_answer(&p, "list", DOCTOR_CANNOT, "mount -t debugfs");
	leave(&p);

	put("proc/self/mounts", "proc /proc proc rw,hidepid=off 0 0\n"
				"none /sys/kernel/debug debugfs rw 0 0\n");
	p.yes = "CONFIG_DEBUG_FS";
	look(&p);
	is_node(&p, SRC_BUFINFO, DOCTOR_ABSENT,
		"capture again with 'dmabuf-inspect capture'",
		"mounted, but not captured");
	ok(!finding(&p, "hidepid"), "hidepid=off hides nothing");
	leave(&p);

	put("proc/self/mounts", "proc /proc proc rw 0 0\n");
	put("proc/filesystems", "nodev\tsysfs\nnodev\tnodebugfs\n");
	p.no = "CONFIG_DEBUG_FS";
	look(&p);
	is_node(&p, SRC_BUFINFO, DOCTOR_NOT_MOUNTED,
		"rebuild the kernel with CONFIG_DEBUG_FS=y", "a kernel without debugfs");
	ok(finding(&p, "debugfs-missing"), "... is found");
	leave(&p);

	put("proc/cmdline", "console=ttyS0 debugfs=off quiet\n");
	put("sys/kernel/security/lockdown", "none [integrity] confidentiality\n");
	look(&p);
	is_node(&p, SRC_BUFINFO, DOCTOR_NOT_MOUNTED, "boot without debugfs=off",
		"one that the boot arguments switch off");
	ok(finding(&p, "lockdown") && finding(&p, "lockdown")->is_note &&
		   strstr(finding(&p, "lockdown")->text, "integrity"),
	   "lockdown is noted");
	leave(&p);
}

static void test_options(void)
{
	struct place p = {
		.yes = "CONFIG_DMABUF_DEBUG",
		.missing = "CONFIG_DMABUF_SYSFS_STATS CONFIG_RK_DMABUF_PROCFS "
			   "CONFIG_RK_DMABUF_DEBUG CONFIG_DMABUF_DEBUG_ADVANCED"
	};
	const struct doctor_finding *f;

	clean();
	look(&p);
	is_node(&p, SRC_SYSFS, DOCTOR_ABSENT, "use bufinfo: this kernel has no",
		"statistics that a new kernel no longer has");
	is_node(&p, SRC_RK_DEV, DOCTOR_ABSENT,
		"get a Rockchip kernel: this kernel's tree has no CONFIG_RK_DMABUF_PROCFS",
		"a vendor's option that mainline lacks");
	f = finding(&p, "option-spelling");
	ok(f && strstr(f->text, "not what it sounds like"), "DMABUF_DEBUG of mainline");
	leave(&p);

	p.yes = "CONFIG_DMABUF_DEBUG CONFIG_DMABUF_DEBUG_ADVANCED";
	look(&p);
	f = finding(&p, "option-spelling");
	ok(f && strstr(f->text, "first guide"),
	   "DMABUF_DEBUG of the vendor's first trees");
	ok(finding(&p, "advanced-debug"), "... with its ADVANCED sister");
	is_node(&p, SRC_SYSFS, DOCTOR_ABSENT,
		"capture again with 'dmabuf-inspect capture'; if it is missing then too: "
		"CONFIG_DMABUF_SYSFS_STATS=y",
		"nothing known of a tree: captured anew, the source's own word counts");
	ok(doctor_node_of(&p.report, SRC_RK_DEV)->n_uses == 2 &&
		   !strcmp(doctor_node_of(&p.report, SRC_RK_DEV)->uses[1].option,
			   "CONFIG_DEBUG_FS"),
	   "the options a node needs are listed");
	leave(&p);

	put("MANIFEST", "dmicap 1\n");
	look(&p);
	is_node(&p, SRC_SYSFS, DOCTOR_ABSENT, "CONFIG_DMABUF_SYSFS_STATS=y",
		"... at once where the capture tried every node");
	leave(&p);

	p.module = "CONFIG_RK_DMABUF_PROCFS";
	p.yes = "CONFIG_DEBUG_FS";
	look(&p);
	is_node(&p, SRC_RK_DEV, DOCTOR_ABSENT,
		"capture again as root with 'dmabuf-inspect capture'",
		"a module may have been loaded where the tree comes from");
	leave(&p);
}

/* A folder that may not be opened, and what it cannot hold anyway. */
static void test_denied(void)
{
	struct place p = { .yes = "CONFIG_DEBUG_FS",
			   .missing = "CONFIG_CMA_DEBUGFS",
			   .snap = snapshot_new() };

	clean();
	cover(p.snap, SRC_BUFINFO, COVERAGE_DENIED, 0);
	cover(p.snap, SRC_CMA_DEBUGFS, COVERAGE_DENIED, 0);
	look(&p);
	is_node(&p, SRC_BUFINFO, DOCTOR_DENIED,
		"make sys/kernel/debug/dma_buf/bufinfo readable", "what may not be read");
	is_node(&p, SRC_CMA_DEBUGFS, DOCTOR_ABSENT, "CONFIG_CMA_DEBUGFS=y",
		"... unless this kernel cannot have it");
	leave(&p);
}

static void test_holders(void)
{
	struct place p = { .snap = snapshot_new() };

	clean();
	put("proc/1/maps", "");
	put("proc/1/fdinfo/3", "");
	put("proc/sys/kernel/yama/ptrace_scope", "1\n");
	cover(p.snap, SRC_FDINFO, COVERAGE_PARTIAL, 4);
	cover(p.snap, SRC_MAPS, COVERAGE_OK, 0);
	p.snap->unreadable_processes = 41;
	p.snap->seen_processes = 230;
	look(&p);
	is_node(&p, SRC_FDINFO, DOCTOR_PARTIAL, "make proc/*/fdinfo readable",
		"processes that could not be read");
	is_answer(&p, "holders", DOCTOR_CAN_PARTLY, "41 of 230");
	is_answer(&p, "list", DOCTOR_CAN_PARTLY, "none held by the kernel");
	ok(finding(&p, "ptrace-scope") && finding(&p, "ptrace-scope")->is_note,
	   "yama is not the reason");
	leave(&p);

	p.snap = snapshot_new();
	cover(p.snap, SRC_FDINFO, COVERAGE_OK, 4);
	cover(p.snap, SRC_MAPS, COVERAGE_OK, 0);
	look(&p);
	is_answer(&p, "holders", DOCTOR_CAN, "fdinfo, maps");
	ok(!finding(&p, "ptrace-scope"), "nor is it mentioned when nothing was refused");
	leave(&p);

	put("proc/mounts", "proc /proc proc rw,hidepid=invisible 0 0\n");
	p.snap = snapshot_new();
	cover(p.snap, SRC_FDINFO, COVERAGE_OK, 4);
	cover(p.snap, SRC_MAPS, COVERAGE_OK, 0);
	look(&p);
	is_answer(&p, "holders", DOCTOR_CAN_PARTLY, "hidepid");
	leave(&p);
}

/* Without a snapshot nodes are probed. */
static void test_probing(void)
{
	struct place p = { 0 };

	clean();
	put("proc/rk_dmabuf/dev", "DMABUF\n");
	put("proc/rk_dmabuf/size", "");
	put("proc/7/maps", "");
	look(&p);
	is_node(&p, SRC_RK_DEV, DOCTOR_OK, NULL, "a node with text");
	is_node(&p, SRC_RK_SIZE, DOCTOR_EMPTY, NULL, "an empty one");
	is_node(&p, SRC_RK_PEAK, DOCTOR_ABSENT, "capture again with", "a missing one");
	is_node(&p, SRC_MAPS, DOCTOR_OK, NULL, "one of each process");
	is_str(doctor_node_of(&p.report, SRC_MAPS)->path, "proc/*/maps",
	       "... by its pattern");
	leave(&p);
}

static void test_live(void)
{
	struct doctor_input in = { .sources = table, .n_sources = ARRAY_SIZE(table) };
	struct doctor_report report;
	struct root *root = NULL;
	unsigned steps = 0;

	if (root_open(NULL, &root))
		return;
	in.root = root;
	doctor_look(&in, &report);
	vec_each(&report.nodes, node)
		steps += (node->state > DOCTOR_EMPTY) == (node->step != NULL);
	is_u64(steps, ARRAY_SIZE(table), "live: each node that is not well has a step");
	is_u64(report.verdicts.n, 7, "... and each question an answer");
	doctor_fini(&report);
	root_free(root);
}

int main(void)
{
	if (!mkdtemp(folder))
		return 1;
	test_armbian();
	test_not_off();
	test_debugfs();
	test_options();
	test_denied();
	test_holders();
	test_probing();
	test_live();
	clean();
	rmdir(folder);
	return done_testing();
}
