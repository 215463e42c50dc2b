/* SPDX-License-Identifier: MIT */
/* analysis/doctor*.c: mounts, security, processes, and the machine the test runs on. */
#include "doctor_place.h"

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
	test_debugfs();
	test_holders();
	test_live();
	clean();
	rmdir(folder);
	return done_testing();
}
