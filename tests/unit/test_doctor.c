/* SPDX-License-Identifier: MIT */
/* analysis/doctor*.c: the state of each node, and the step that mends it. */
#include "doctor_place.h"

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
}

/* Counters that are 0 beside no list, or beside each other. */
static void test_zero(void)
{
	struct place p = { .snap = snapshot_new() };

	clean();
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

int main(void)
{
	if (!mkdtemp(folder))
		return 1;
	test_armbian();
	test_not_off();
	test_zero();
	test_options();
	test_denied();
	test_probing();
	clean();
	rmdir(folder);
	return done_testing();
}
