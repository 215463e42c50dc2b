/* SPDX-License-Identifier: MIT */
/* Tests of src/sources/bufinfo.c over saved text: pastes, logs, the captures. */
#include "test_bufinfo.h"

static void test_pastes(void)
{
	struct fed f;

	start(&f, NULL,
	      "Dma-buf Objects:\n"
	      "size            flags           mode            count           exp_name"
	      "        ino             name\n"
	      "01064960        00000000        00080005        00000009        drm"
	      "     00125955        <none>\n"
	      "        write fence:drm_sched asahi_sched seq 5809165 signalled\n"
	      "        Attached Devices:\n        soc:display-subsystem\n"
	      "Total 1 devices attached\n"
	      "23805952        00000000        00080005        00000010        drm"
	      "     00125947        <none>");
	is_u64(f.snap->buffers.n, 2, "tabs expanded, no empty lines, cut behind a row");
	is_str(device(&f, 0, 0), "soc:display-subsystem", "device");
	ok(!buffer(&f, 1)->has_attachments, "the last one's devices are not known");
	is_int(f.snap->coverage[SRC_BUFINFO].status, COVERAGE_PARTIAL, "partial");
	is_int(f.diag.n[DIAG_ERROR], 0, "no errors");
	feed_finish(&f);

	start(&f, NULL,
	      "size            flags           mode            count           exp_name\n"
	      "ino             name\n"
	      "01064960        00000000        00080005        00000009        drm\n"
	      "00125955        359-main\n"
	      "        write fence:drm_sched asahi_sched some time line seq 5809165\n"
	      "signalled\n        Attached Devices:\n00000000.gpu\n"
	      "soc:display-subsystem\n"
	      "Total 2 devices attached\n\n"
	      "01064960        00000000        00080005        00000009        drm"
	      "     00125956\n"
	      "<none>\n        Attached Devices:\nTotal 0 devices attached\n\n"
	      "01064960        00000000        00080005        00000009\n"
	      "drm     00125957        x\n        Attached Devices:\n"
	      "Total 0 devices attached\nTotal 3 objects, 3194880 bytes\nroot@x:~# \n");
	is_clean(&f, 3, "wrapped by a mail program");
	is_str(name(&f, 0), "359-main", "name");
	is_u64(buffer(&f, 0)->ino, 125955, "inode");
	is_u64(buffer(&f, 0)->n_attachments, 2, "devices without indentation");
	ok(!buffer(&f, 1)->name, "a wrapped <none>");
	is_str(snapshot_str(f.snap, buffer(&f, 2)->exporter), "drm",
	       "a wrapped exporter");
	ok(f.ended, "the total ends it");
	feed_finish(&f);
}

/* `fold -w 72` over Rockchip's padded and Qualcomm's doubled names. */
static void test_folded(void)
{
	struct fed f;

	start(&f, NULL,
	      "Dma-buf Objects:\nsize            flags           mode            count\nexp_name\n"
	      "                        ino\n"
	      "01781760        00000002        00080007        00000005\ndrm\n\n"
	      "                    00023566        camera\n"
	      "        Attached Devices:\nTotal 0 devices attached\n\n"
	      "Total 1 objects, 1781760 bytes\n");
	is_clean(&f, 1, "Rockchip 4.19, folded");
	is_u64(buffer(&f, 0)->ino, 23566, "inode");
	is_str(name(&f, 0), "camera", "name");
	feed_finish(&f);

	start(&f, NULL,
	      "size            flags           mode            count\n"
	      "exp_name            buf name\nino\n"
	      "01781760        00000002        00080007        00000005\n"
	      "drm             camera          00023566        camera\n"
	      "        Attached Devices:\nTotal 0 devices attached\n\n"
	      "Total 1 objects, 1781760 bytes\n");
	is_clean(&f, 1, "Qualcomm, folded");
	is_u64(buffer(&f, 0)->ino, 23566, "inode");
	is_str(name(&f, 0), "camera", "name");
	feed_finish(&f);

	start(&f, NULL,
	      "size            flags           mode            count\n"
	      "exp_name            buf name\n"
	      "01781760        00000002        00080007        00000005        drm\n"
	      "        camera\n        Attached Devices:\nTotal 0 devices attached\n\n"
	      "Total 1 objects, 1781760 bytes\n");
	is_clean(&f, 1, "Qualcomm 4.14, folded");
	is_str(name(&f, 0), "camera", "name");
	feed_finish(&f);
}

static void test_nameless(void)
{
	struct fed f;

	start(&f, NULL,
	      "size   flags   mode   count   exp_name   ino   name\n"
	      "01781760  00000002  00080007  00000004  drm\n00000002\n"
	      "  Attached Devices:\nTotal 0 devices attached\n"
	      "Total 1 objects, 1781760 bytes\n");
	is_clean(&f, 1, "folded, without a name");
	is_u64(buffer(&f, 0)->ino, 2, "inode");
	ok(!buffer(&f, 0)->name, "no name");
	feed_finish(&f);

	start(&f, NULL, HEAD6 NUMBERS "system\t00000002\n\n" NO_DEVICES END1);
	is_clean(&f, 1, "an empty line behind a row");
	ok(!buffer(&f, 0)->name, "... is no name where the row lost its last TAB");
	feed_finish(&f);

	start(&f, NULL, NUMBERS "system\t00000002\t<none>\n" NO_DEVICES END1);
	ok(!buffer(&f, 0)->name, "no header: <none> is no name");
	feed_finish(&f);
}

static void test_no_header(void)
{
	struct fed f;

	start(&f, NULL,
	      "01064960        00000000        00080005        00000009        drm\n"
	      "        Attached Devices:\n        fec00000.v3d\n"
	      "Total 1 devices attached\n\n"
	      "01064960        00000000        00080005        00000001        drm\n"
	      "        Attached Devices:\nTotal 0 devices attached\n\n\n"
	      "Total 2 objects, 2129920 bytes\n");
	is_clean(&f, 2, "no header, five columns");
	is_u64(buffer(&f, 1)->n_attachments, 0, "devices");
	feed_finish(&f);

	start(&f, NULL,
	      "01064960        00000000        00080005        00000009        drm\n"
	      "00125955        359-main\n        Attached Devices:\n"
	      "Total 0 devices attached\n"
	      "Total 1 objects, 1064960 bytes\n");
	is_clean(&f, 1, "no header, wrapped before the inode");
	is_u64(buffer(&f, 0)->ino, 125955, "inode");
	feed_finish(&f);

	start(&f, NULL,
	      HEAD6 NUMBERS "system\t00000002\n359-allocator@4.0-s\n" NO_DEVICES END1);
	is_clean(&f, 1, "5.10, wrapped before the name");
	is_str(name(&f, 0), "359-allocator@4.0-s", "name without a newline");
	feed_finish(&f);

	start(&f, NULL,
	      HEAD6 NUMBERS "system\t00000002\tev il\nsize:\t9\tx\n" NO_DEVICES END1);
	is_str(name(&f, 0), "ev il\nsize:\t9\tx",
	       "a newline in a name, saved with its tabs");
	feed_finish(&f);
}

static void test_saved(void)
{
	const struct node_format *format = source_bufinfo.format;
	struct fed f;

	ok(feed_opens(format, "Dma-buf Objects:"), "the title opens");
	ok(feed_opens(format, "size    flags   mode    count   exp_name"),
	   "so does a header");
	ok(feed_opens(format, NUMBERS "drm"), "and a row");
	ok(!feed_opens(format, "00000001 00000002 00000003"), "not three numbers");
	ok(!feed_opens(format, "size: 4096"), "nor fdinfo");
	ok(!feed_opens(
		   format,
		   "ffffff8022507400 402-allocator@4. system-uncached        2628 KiB"),
	   "nor a row of dev");
	ok(!feed_opens(format, "Total 1 objects, 1 bytes"), "nor a total alone");
	ok(format->begins((struct span){ "Dma-buf Objects:", 16 }),
	   "the title begins a dump");
	ok(!format->begins((struct span){ NUMBERS "drm", sizeof(NUMBERS "drm") - 1 }),
	   "a row does not");

	start(&f, NULL, HEAD7 ROW7 ONE_DEVICE HEAD7 ROW7);
	ok(f.is_foreign && f.lines == 9, "a second title is another dump");
	is_u64(f.snap->buffers.n, 1, "... not read into this one");
	feed_finish(&f);
	start(&f, NULL, HEAD7 ROW7 ONE_DEVICE FOUR "\tino     \tname\n" ROW7);
	ok(f.is_foreign && f.lines == 8, "so is a second header");
	feed_finish(&f);

	start(&f, NULL, HEAD7 ROW7 "root@rk3588:~# cat /proc/rk_dmabuf/dev\nmore\n");
	ok(f.is_foreign, "cut behind a row, a prompt");
	is_str(name(&f, 0), "359-allocator@4.0-s", "... which is not name");
	feed_finish(&f);
	start(&f, NULL,
	      HEAD7 NUMBERS "system\t00000002\ta\n# \nrk3588:/ # cat /proc/meminfo\n");
	ok(f.is_foreign, "a short prompt");
	is_str(name(&f, 0), "a", "... neither");
	feed_finish(&f);
}

/* Logs that grep thinned out. */
static void test_greps(void)
{
	struct fed f;

	/* grep '^[0-9T]': no device list at all. */
	start(&f, NULL,
	      FOUR "\tino     \tname\n" ROW7 "Total 1 devices attached\n" NUMBERS
		   "system\t00000002\ta\nTotal 0 devices attached\n"
		   "Total 2 objects, 3563520 bytes\n");
	is_u64(f.snap->buffers.n, 2, "rows and totals only");
	is_u64(f.snap->reported_bytes, 3563520, "... the total");
	ok(!buffer(&f, 1)->has_attachments, "... devices not known");
	ok(detail(&f) && strstr(detail(&f), "devices of 2 buffers are"), "... said: %s",
	   detail(&f));
	feed_finish(&f);

	start(&f, NULL,
	      FOUR "\tino     \tname\n" ROW7 NUMBERS
		   "system\t00000002\ta\nTotal 9 objects, 9 bytes\n" NUMBERS
		   "system\t00000003\tb\nTotal 3 objects, 5345280 bytes\n");
	is_u64(f.snap->buffers.n, 3, "rows only, a name with a forged total");
	is_u64(f.snap->reported_bytes, 5345280, "... the last total counts");
	feed_finish(&f);
	start(&f, NULL,
	      FOUR "\tino     \tname\n" NUMBERS "system\t00000002\ta\n"
		   "Total 1 objects, 9 bytes\n" NUMBERS
		   "system\t00000003\tb\n" NO_DEVICES);
	is_u64(f.snap->reported_bytes, ABSENT64, "... and none is left when rows follow");
	feed_finish(&f);
}

/* A capture of the samples, from its last title on. */
static void test_capture(const char *file, size_t buffers, uint64_t total,
			 const char *want)
{
	char path[128], text[8192], *at = text;
	struct fed f;
	FILE *in;
	size_t n;

	snprintf(path, sizeof(path), "samples/captures/%s", file);
	in = fopen(path, "r");
	if (!ok(in != NULL, "%s is there", path))
		return;
	n = fread(text, 1, sizeof(text) - 1, in);
	fclose(in);
	text[n] = '\0';
	for (char *p = text; (p = strstr(p, "Dma-buf Objects:")); p++)
		at = p;
	feed_begin(&f);
	feed_text(&f, source_bufinfo.format, NULL, at);
	is_u64(f.snap->buffers.n, buffers, file);
	is_u64(f.snap->reported_bytes, total, "... total");
	is_int(f.diag.n[DIAG_ERROR], 0, "... no errors");
	if (want)
		is_str(name(&f, 0), want, "... name");
	feed_finish(&f);
}

int main(void)
{
	test_pastes();
	test_folded();
	test_nameless();
	test_no_header();
	test_saved();
	test_greps();
	test_capture("asahi-m1-bufinfo.txt", 5, ABSENT64, NULL);
	test_capture("rpi4-4.19-bufinfo.txt", 4, 33177600, NULL);
	test_capture("mainline-5.10-arm64-system-heap.txt", 2, 4182016,
		     "ev il\nsize:\t9\tx");
	test_capture("mainline-6.1-arm64-system-heap.txt", 2, 4182016,
		     "ev il\nsize:\t9\tx");
	test_capture("mainline-7.3-arm64-system-heap.txt", 2, 4182016,
		     "ev il\nsize:\t9\tx");
	return done_testing();
}
