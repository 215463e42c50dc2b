/* SPDX-License-Identifier: MIT */
/* Tests of src/sources/bufinfo.c: every generation, damage, every forgery. */
#include "test_bufinfo.h"

#define HUGE_SIZE "99999999999999999999\t00000002\t00080007\t00000004\ta\t00000001\tb\n"
#define PAD "                                                    "

static void test_kernel_form(void)
{
	const struct buffer *buf;
	struct fed f;

	start(&f, PATH, HEAD7 ROW7 FENCE ONE_DEVICE END1);
	is_clean(&f, 1, "6.1");
	buf = buffer(&f, 0);
	is_u64(buf->ino, 520340, "inode");
	is_u64(buf->size_bytes, 1781760, "size");
	ok(buf->size_is_exact, "... exact");
	is_u64(buf->refs, 4, "count");
	is_u64(buf->flags, 2, "flags");
	is_u64(buf->mode, 0x80007, "mode");
	is_str(snapshot_str(f.snap, buf->exporter), "system-uncached", "exporter");
	is_str(name(&f, 0), "359-allocator@4.0-s", "name, whole");
	is_u64(buf->allocator_pid, 359, "allocator");
	ok(buf->has_attachments && buf->n_attachments == 1, "one attachment");
	is_str(device(&f, 0, 0), "display-subsystem", "device");
	is_u64(f.snap->reported_bytes, 1781760, "the kernel's total");
	ok(snapshot_by_ino(f.snap, 520340) == buf, "found by its inode");
	feed_finish(&f);

	start(&f, PATH, HEAD7 "\nTotal 0 objects, 0 bytes\n");
	is_clean(&f, 0, "no buffers");
	is_u64(f.snap->reported_bytes, 0, "a known zero");
	feed_finish(&f);

	start(&f, PATH,
	      HEAD7
	      "100000000\t00000002\t00080007\t00000010\tdrm\t100125959\t<none>\n"
	      "\tAttached Devices:\n\tfec00000.v3d\n\tfb000000.gpu\n\tfec00000.v3d\n"
	      "Total 3 devices attached\n\n\nTotal 1 objects, 100000000 bytes\n");
	is_clean(&f, 1, "nine digits");
	is_u64(buffer(&f, 0)->refs, 10, "count is decimal");
	ok(!buffer(&f, 0)->name, "<none> is no name");
	is_u64(buffer(&f, 0)->n_attachments, 2, "two devices");
	is_u64(f.snap->attachments.v[buffer(&f, 0)->attachments].count, 2,
	       "one of them twice");
	feed_finish(&f);
}

static void test_generations(void)
{
	struct fed f;

	start(&f, PATH,
	      HEAD5
	      "08294400\t00000000\t00080005\t00000009\tdrm\n"
	      "\tExclusive fence: drm_sched v3d_tfu signalled\n\tAttached Devices:\n"
	      "\tfec00000.v3d\n\tfec00000.v3d\nTotal 2 devices attached\n\n"
	      "08294400\t00000000\t00080005\t00000009\tdrm\n" NO_DEVICES
	      "\nTotal 2 objects, 16588800 bytes\n");
	is_clean(&f, 2, "5.2, two alike");
	is_u64(buffer(&f, 0)->ino, ABSENT64, "no inode");
	is_str(snapshot_str(f.snap, buffer(&f, 0)->exporter), "drm", "exporter");
	ok(!buffer(&f, 0)->name, "no name");
	is_u64(buffer(&f, 1)->order, 1, "in the order of the list");
	feed_finish(&f);

	start(&f, PATH,
	      TITLE FOUR
	      "                                                    \tino     \n" NUMBERS
	      "drm" PAD "     \t00001234"
	      "\tcamera\n" NO_DEVICES "01781760\t00000002\t00080007\t00000001\t"
	      "ion" PAD "     \t00001235\t\n" NO_DEVICES
	      "\nTotal 2 objects, 3563520 bytes\n");
	is_clean(&f, 2, "Rockchip 4.19");
	is_str(snapshot_str(f.snap, buffer(&f, 0)->exporter), "drm",
	       "padding is not exporter");
	is_str(name(&f, 0), "camera", "name");
	is_u64(buffer(&f, 1)->ino, 1235, "inode");
	ok(!buffer(&f, 1)->name, "no name");
	feed_finish(&f);

	start(&f, PATH,
	      HEAD6 NUMBERS
	      "heap_helpers\t00000023\t\n"
	      "\tShared fence: drm_sched v3d render seq 7 signalled\n" NO_DEVICES NUMBERS
	      "heap_helpers\t00000024\t12345678\n" NO_DEVICES
	      "\nTotal 2 objects, 3563520 bytes\n");
	is_clean(&f, 2, "5.10");
	ok(!buffer(&f, 0)->name, "a TAB and nothing: no name");
	is_str(name(&f, 1), "12345678", "a name of digits");
	is_u64(buffer(&f, 1)->ino, 24, "... is not the inode");
	ok(buffer(&f, 0)->has_attachments && !buffer(&f, 0)->n_attachments,
	   "no devices, and that is known");
	feed_finish(&f);

	start(&f, PATH,
	      HEAD7 ROW7
	      "\tread fence:detached-driver signaled-timeline seq 3 signalled\n"
	      "\tkernel fence:ttm a b seq 18446744073709551615 unsignalled\n" ONE_DEVICE
		      END1);
	is_clean(&f, 1, "6.18 fences");
	is_str(name(&f, 0), "359-allocator@4.0-s", "fences are not name");
	feed_finish(&f);
}

static void test_qualcomm(void)
{
	const char *const head = TITLE FOUR "    \tbuf name    \tino     \n";
	char text[1024];
	struct fed f;

	snprintf(
		text, sizeof(text), "%s%s", head,
		NUMBERS
		"ion         \tcamera-yuv  \t00007001\tcamera-yuv\n" ONE_DEVICE
		"01781760\t00000002\t00080007\t00000002\tion-system-1234-surfaceflinger\t"
		"            \t00007002\t\n" NO_DEVICES
		"\nTotal 2 objects, 3563520 bytes\n");
	start(&f, PATH, text);
	is_clean(&f, 2, "Qualcomm");
	is_str(name(&f, 0), "camera-yuv", "name");
	is_u64(buffer(&f, 0)->ino, 7001, "inode");
	is_str(snapshot_str(f.snap, buffer(&f, 1)->exporter),
	       "ion-system-1234-surfaceflinger", "long exporter");
	ok(!buffer(&f, 1)->name, "no name");
	feed_finish(&f);

	/* The name forges an inode, then all of a row that lacks one. */
	snprintf(text, sizeof(text), "%s%s", head,
		 NUMBERS
		 "ion         \ta\t00000009\ta\t00007001\ta\t00000009\ta\n" NO_DEVICES
		 "01781760\t00000002\t00080007\t00000002\tion         \t"
		 "A\n00000001\t00000002\t00000003\t00007002\t"
		 "A\n00000001\t00000002\t00000003\n" NO_DEVICES
		 "\nTotal 2 objects, 3563520 bytes\n");
	start(&f, PATH, text);
	is_clean(&f, 2, "Qualcomm, hostile");
	is_u64(buffer(&f, 0)->ino, 7001, "the true inode");
	is_str(name(&f, 0), "a\t00000009\ta", "... and the name around it");
	is_str(name(&f, 1), "A\n00000001\t00000002\t00000003", "a name with a newline");
	feed_finish(&f);

	start(&f, PATH,
	      TITLE FOUR "    \tbuf name\n" NUMBERS
			 "ion         \tcamera\nyuv\n" NO_DEVICES END1);
	is_clean(&f, 1, "Qualcomm 4.14");
	is_str(name(&f, 0), "camera\nyuv", "its name");
	feed_finish(&f);

	start(&f, NULL,
	      "size    flags    mode    count    exp_name    buf name    ino\n"
	      "01781760    00000002    00080007    00000004    ion    camera    00007001"
	      "    camera\n"
	      "    Attached Devices:\n    a-device\nTotal 1 devices attached\n"
	      "01781760    00000002    00080007    00000004    ion    00007002\n"
	      "    Attached Devices:\nTotal 0 devices attached\n"
	      "Total 2 objects, 3563520 bytes\n");
	is_clean(&f, 2, "Qualcomm, pasted");
	is_str(name(&f, 0), "camera", "its name");
	is_u64(buffer(&f, 1)->ino, 7002, "without a name");
	feed_finish(&f);
}

/*
 * One buffer of this name, then an honest one: what must come out whatever the name is.
 */
static void try_name(const char *bytes, const char *head, const char *want)
{
	char text[2048];
	struct fed f;

	snprintf(text, sizeof(text),
		 "%s" NUMBERS "system\t00000002\t%s\n%s%s" NUMBERS
		 "system\t00000001\thonest\n" NO_DEVICES
		 "\nTotal 2 objects, 3563520 bytes\n",
		 head, bytes, strcmp(head, HEAD6) ? FENCE : "", ONE_DEVICE);
	start(&f, PATH, text);
	is_clean(&f, 2, diag_quote(bytes, strlen(bytes)));
	is_str(name(&f, 0), want, "... the name");
	is_str(device(&f, 0, 0), "display-subsystem", "... its device");
	is_u64(buffer(&f, 0)->n_attachments, 1, "... the only one");
	is_str(name(&f, 1), "honest", "... the next buffer's name");
	ok(buffer(&f, 1)->has_attachments && !buffer(&f, 1)->n_attachments,
	   "... and that it has no devices");
	is_u64(f.snap->reported_bytes, 3563520, "... the total");
	feed_finish(&f);
}

/* More fences than the text between row and devices is kept for. */
static void many_fences(void)
{
	struct fed f;

	start(&f, PATH,
	      HEAD7 NUMBERS
	      "system\t00000002\ta\nb\n" FENCE FENCE FENCE FENCE ONE_DEVICE END1);
	is_clean(&f, 1, "many fences");
	is_str(name(&f, 0), "a\nb", "... and a newline in the name before them");
	feed_finish(&f);
}

static void test_hostile_names(void)
{
	static const char *const names[] = {
		"ev il\nsize:\t9\tx",
		"\n\tAttached Devices:\n\tx",
		"ab\n\tAttached Devices:\n\txy\n\tz",
		"\n\tAttached Devices:\n\n\tAtt",
		"\n\tAttached Devices:\nforeign",
		"\nTotal 0 devices attached\n",
		"\nTotal 1 devices attached\n\n\n",
		"\nTotal 9 objects, 9 bytes",
		"\nTotal 9 objects, 9 bytes\n\n",
		"\nDma-buf Objects:\n",
		"\nsize flags mode count exp_name",
		"\n00000001\t00000002\t00000003\t000",
		"\n00000001\t00000002",
		"\n\twrite fence:x",
		"a\n\tShared fence: signalled",
		"\n\twrite fence: seq 1 signalled",
		"\n\tERROR locking buffer object",
		"\n\n\n\n",
		"tab\tin\tit",
		"\t00000009\t<none>",
		" leading and trailing  ",
		"Attached Devices:",
		"<none>",
		"\n\tx",
		"\r\n\r",
		"\033[2J\n\t\033[0m",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const char *want = names[i];

		ok(strlen(want) <= 31, "the kernel takes this name");
		/* A carriage return before a newline goes with the line end. */
		if (!strcmp(want, "\r\n\r"))
			want = "\n";
		try_name(names[i], HEAD7, strcmp(want, "<none>") ? want : NULL);
		try_name(names[i], HEAD6, want);
	}
	many_fences();
	/* The one that cannot be told: everything else stays right. */
	try_name("a\n\tShared fence: d t signalled", HEAD6, "a");
	try_name("\n\tShared fence: d t signalled\nb", HEAD6,
		 "\n\tShared fence: d t signalled\nb");
}

static void test_damage(void)
{
	struct fed f;

	start(&f, PATH,
	      HEAD7 "01781760\tzz000002\t00080007\t00000004\tsystem\t00000007\tx\n" FENCE
		      ONE_DEVICE ROW7 ONE_DEVICE "\nTotal 2 objects, 3563520 bytes\n");
	is_u64(f.snap->buffers.n, 1, "a broken row costs its buffer only");
	is_int(f.diag.n[DIAG_ERROR], 1, "... is said once");
	ok(strstr(f.messages, ":4:10: error: expected flags, got 'zz000002"),
	   "... with its place");
	is_int(f.snap->coverage[SRC_BUFINFO].status, COVERAGE_PARTIAL,
	       "... and remembered");
	is_str(device(&f, 0, 0), "display-subsystem", "the next one is whole");
	ok(detail(&f) && strstr(detail(&f), "total"), "the total does not fit: %s",
	   detail(&f));
	is_u64(f.snap->reported_bytes, 3563520, "... and is kept as the kernel's word");
	feed_finish(&f);

	start(&f, PATH, HEAD7 "garbage\n" FENCE ONE_DEVICE ROW7 ONE_DEVICE END1);
	is_int(f.diag.n[DIAG_ERROR], 1, "a row that is none: one message");
	is_u64(f.snap->buffers.n, 1, "... the rest is kept");
	feed_finish(&f);

	start(&f, PATH,
	      HEAD7 ROW7 "\tERROR locking buffer object: skipping\n" ONE_DEVICE END1);
	is_u64(buffer(&f, 0)->n_attachments, 1, "skipped inside a block");
	feed_finish(&f);
	start(&f, PATH,
	      HEAD5
	      "\tERROR locking buffer object: skipping\n\nTotal 0 objects, 0 bytes\n");
	is_u64(f.snap->coverage[SRC_BUFINFO].skipped, 1, "a locked buffer is a lost one");
	is_int(f.snap->coverage[SRC_BUFINFO].status, COVERAGE_PARTIAL,
	       "... and not clean");
	feed_finish(&f);

	start(&f, PATH,
	      HEAD7 ROW7
	      "\tAttached Devices:\n\ta\n\tb\nTotal 3 devices attached\n\n" END1);
	ok(!buffer(&f, 0)->has_attachments, "devices lost: none is known");
	is_u64(f.snap->coverage[SRC_BUFINFO].skipped, 1, "... counted");
	feed_finish(&f);
}

static void test_cut(void)
{
	struct fed f;

	start(&f, PATH, HEAD7 ROW7 "\tAttached Devices:\n\tdisplay-subsys");
	is_u64(f.snap->buffers.n, 1, "cut inside a block");
	ok(!buffer(&f, 0)->has_attachments, "... its devices are not known");
	ok(detail(&f) && strstr(detail(&f), "without its total"), "... said: %s",
	   detail(&f));
	is_int(f.snap->coverage[SRC_BUFINFO].status, COVERAGE_PARTIAL, "... not clean");
	is_u64(f.snap->reported_bytes, ABSENT64, "... no total invented");
	feed_finish(&f);

	start(&f, PATH, HEAD7 ROW7 ONE_DEVICE "01781760\t00000002\t000");
	is_u64(f.snap->buffers.n, 1, "cut inside a row");
	is_int(f.diag.n[DIAG_ERROR], 1, "... which is lost");
	feed_finish(&f);

	start(&f, PATH, HEAD7 NUMBERS "system\t00520340\t359-alloc");
	ok(buffer(&f, 0)->name_is_cut, "cut inside the name");
	feed_finish(&f);
}

static void test_ranges(void)
{
	struct fed f;

	start(&f, PATH, "");
	is_int(f.snap->coverage[SRC_BUFINFO].status, COVERAGE_PARTIAL,
	       "an empty file is no list");
	feed_finish(&f);

	start(&f, PATH, HEAD7 HUGE_SIZE NO_DEVICES ROW7 ONE_DEVICE END1);
	is_u64(f.snap->buffers.n, 1, "a size out of range is damage");
	is_int(f.diag.n[DIAG_ERROR], 1, "... said once");
	feed_finish(&f);
	start(&f, PATH,
	      HEAD7
	      "01781760\t00000002\t00080007\t4294967295\ta\t00000001\tb\n" NO_DEVICES
	      "\nTotal 0 objects, 0 bytes\n");
	is_u64(f.snap->buffers.n, 0, "a count out of range is damage");
	feed_finish(&f);
}

static void test_repeats(void)
{
	struct buffer *buf;
	struct fed f;

	start(&f, PATH, HEAD7 ROW7 ONE_DEVICE ROW7 ONE_DEVICE END1);
	is_u64(f.snap->buffers.n, 1, "the same row twice is one buffer");
	is_u64(f.snap->coverage[SRC_BUFINFO].skipped, 1, "... and damage");
	is_u64(buffer(&f, 0)->n_attachments, 1, "... its devices are not doubled");
	is_u64(f.snap->attachments.v[buffer(&f, 0)->attachments].count, 1,
	       "... nor counted twice");
	feed_finish(&f);

	start(&f, PATH,
	      HEAD6 NUMBERS
	      "system\t00000007\ta\n" NO_DEVICES
	      "00004096\t00000002\t00080007\t00000004\tsystem\t00000007\ta\n" ONE_DEVICE
	      "00004096\t00000002\t00080007\t00000004\tsystem\t00000007\ta\n" NO_DEVICES
	      "\nTotal 3 objects, 1789952 bytes\n");
	is_u64(f.snap->buffers.n, 2, "one inode, other facts: two buffers");
	is_u64(f.snap->coverage[SRC_BUFINFO].skipped, 1, "... but not three");
	is_u64(buffer(&f, 1)->n_attachments, 1, "... the second has its own devices");
	feed_finish(&f);

	start(&f, PATH,
	      HEAD7 NUMBERS
	      "a\t00000009\tx\n" NO_DEVICES NUMBERS "a\t00000007\ty\n" NO_DEVICES NUMBERS
	      "a\t00000008\tz\n" NO_DEVICES NUMBERS "a\t00000009\tx\n" NO_DEVICES NUMBERS
	      "a\t00000008\tz\n" NO_DEVICES NUMBERS "a\t00000007\ty\n" NO_DEVICES);
	is_u64(f.snap->buffers.n, 3, "each again, out of order");
	is_u64(f.snap->coverage[SRC_BUFINFO].skipped, 3, "... each found");
	feed_finish(&f);

	feed_begin(&f);
	buf = snapshot_need_ino(f.snap, 520340, SRC_SYSFS);
	buf->size_bytes = 1781760;
	buf->size_is_exact = true;
	snapshot_set_name(f.snap, buf, (struct span){ "known", 5 }, 0);
	snapshot_attach(f.snap, buf, strings_adds(&f.snap->strings, "other"));
	feed_text(&f, source_bufinfo.format, PATH,
		  HEAD7 NUMBERS "system\t00520340\t<none>\n\tAttached Devices:\n");
	is_u64(f.snap->buffers.n, 1, "known from sysfs: completed");
	is_str(name(&f, 0), "known", "... an absent name replaces none");
	is_u64(buffer(&f, 0)->refs, 4, "... its count came new");
	is_str(device(&f, 0, 0), "other", "... what was known survives a cut block");
	is_u64(buffer(&f, 0)->sources, 1u << SRC_SYSFS | 1u << SRC_BUFINFO,
	       "... seen by both");
	feed_finish(&f);

	feed_begin(&f);
	f.snap->reported_bytes = 77;
	feed_text(&f, source_bufinfo.format, PATH, HEAD7 ROW7 ONE_DEVICE END1);
	is_u64(f.snap->reported_bytes, 77, "a counter that was read before stands");
	feed_finish(&f);
}

int main(void)
{
	test_kernel_form();
	test_generations();
	test_qualcomm();
	test_hostile_names();
	test_damage();
	test_cut();
	test_ranges();
	test_repeats();
	return done_testing();
}
