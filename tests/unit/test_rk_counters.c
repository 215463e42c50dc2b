/* SPDX-License-Identifier: MIT */
/* Tests of src/sources/rk_counters.c. */
#include "../lib/tap.h"
#include "../lib/feed.h"

extern const struct source source_rk_size, source_rk_peak;

#define SIZE "proc/rk_dmabuf/size"
#define PEAK "proc/rk_dmabuf/peak"

static void read_size(struct fed *f, const char *path, const char *text)
{
	feed_begin(f);
	feed_text(f, source_rk_size.format, path, text);
}

static void test_size(void)
{
	struct fed f;

	read_size(&f, SIZE, "Total: 65552 KiB\n");
	is_u64(f.snap->reported_bytes, 65552 * 1024, "KiB become bytes");
	is_u64(f.snap->coverage[SRC_RK_SIZE].records, 1, "one record");
	is_int(f.snap->coverage[SRC_RK_SIZE].status, COVERAGE_OK, "read well");
	is_u64(f.snap->peak_bytes, ABSENT64, "the peak stays unknown");
	feed_finish(&f);

	read_size(&f, SIZE, "Total: 0 KiB\n");
	is_u64(f.snap->reported_bytes, 0, "0 is told as 0");
	feed_finish(&f);

	read_size(&f, SIZE, "Total: 65552 KiB");
	is_u64(f.snap->reported_bytes, 65552 * 1024, "without a newline");
	feed_finish(&f);
}

static void test_damage(void)
{
	static const char *const bad[] = {
		"",
		"Total: KiB\n",
		"Total: 1 MiB\n",
		"Total: -1 KiB\n",
		"Total: 1 KiB x\n",
		"Total : 1 KiB\n",
		"Peak: 1 MiB\n",
		"Total: 18446744073709551615 KiB\n",
		"Total: 18014398509481985 KiB\n",
		"Total: 1\n",
	};
	struct fed f;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		read_size(&f, SIZE, bad[i]);
		ok(f.snap->reported_bytes == ABSENT64, "nothing is known of damage %zu",
		   i);
		ok(f.diag.n[DIAG_ERROR] == 1, "... and it is said once");
		ok(f.snap->coverage[SRC_RK_SIZE].status == COVERAGE_PARTIAL,
		   "... and kept");
		feed_finish(&f);
	}
	read_size(&f, SIZE, "Total: 1 KiB\nTotal: 2 KiB\n");
	is_u64(f.snap->reported_bytes, 1024, "a second line does not replace the first");
	is_int(f.diag.n[DIAG_ERROR], 1, "... and is reported");
	feed_finish(&f);
}

static void test_peak(void)
{
	struct fed f;

	feed_begin(&f);
	feed_text(&f, source_rk_peak.format, PEAK, "Peak: 1544 MiB\n");
	is_u64(f.snap->peak_bytes, (uint64_t)1544 << 20, "MiB become bytes");
	is_u64(f.snap->reported_bytes, ABSENT64, "the total stays unknown");
	feed_finish(&f);
	feed_begin(&f);
	feed_text(&f, source_rk_peak.format, PEAK, "Peak: 1544 KiB\n");
	is_u64(f.snap->peak_bytes, ABSENT64, "another unit is damage");
	is_int(f.diag.n[DIAG_ERROR], 1, "... and is reported");
	feed_finish(&f);
}

static void test_saved(void)
{
	struct fed f;

	ok(feed_opens(source_rk_size.format, "Total: 83948 KiB"),
	   "size is told in a log");
	ok(feed_opens(source_rk_peak.format, "Peak: 0 MiB"), "peak is told in a log");
	ok(!feed_opens(source_rk_size.format, "Total : 0x1634000 (22736 KiB)"),
	   "heap is not");
	ok(!feed_opens(source_rk_size.format, "Total 2 objects, 1781760 bytes"),
	   "bufinfo is not");
	ok(!feed_opens(source_rk_size.format, "fdc38100.rkvdec-core Total: 699760 KiB"),
	   "MPP is not");
	ok(!feed_opens(source_rk_size.format, "# cat size; echo Total: 1 KiB"),
	   "a prompt is not");
	read_size(&f, NULL, "Total: 83948 KiB   \n# \n");
	ok(f.ended, "the node ends with its line");
	is_u64(f.snap->reported_bytes, 83948 * 1024, "trailing blanks do not matter");
	feed_finish(&f);
}

int main(void)
{
	test_size();
	test_damage();
	test_peak();
	test_saved();
	return done_testing();
}
