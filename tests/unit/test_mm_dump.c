/* SPDX-License-Identifier: MIT */
/* Tests of src/sources/mm_dump.c. */
#include <sys/stat.h>

#include "../lib/tap.h"
#include "../lib/feed.h"
#include "../lib/tree.h"

extern const struct source source_mm_dump;

#define PATH "sys/kernel/debug/dri/0/mm_dump"
#define ROCKCHIP                                                  \
	"0x0000000000000000-0x00000000002fd000: 3133440: used\n"  \
	"0x00000000002fd000-0x0000000000dde000: 11407360: free\n" \
	"total: 14540800, used 3133440 free 11407360\n"
#define V3D                                                      \
	"0x0000000000000001-0x0000000000000011: 16: used\n"      \
	"0x0000000000000011-0x0000000000100000: 1048559: free\n" \
	"total: 1048575, used 16 free 1048559\n"

static void start(struct fed *f, const char *path, const char *text)
{
	feed_begin(f);
	feed_text(f, source_mm_dump.format, path, text);
}

static void test_units(void)
{
	struct fed f;

	start(&f, PATH, ROCKCHIP);
	is_u64(f.snap->ranges.n, 2, "two ranges");
	is_str(snapshot_str(f.snap, f.snap->ranges.v[0].space), "0",
	       "named by the minor");
	ok(f.snap->ranges.v[0].used && !f.snap->ranges.v[1].used, "used and free");
	is_u64(f.snap->ranges.v[1].start, 0x2fd000, "start");
	is_u64(f.snap->ranges.v[1].size, 11407360, "bytes");
	is_int(f.diag.n[DIAG_WARNING], 0, "they add up");
	feed_finish(&f);

	start(&f, PATH, V3D);
	is_u64(f.snap->ranges.v[0].start, 4096, "pages become bytes");
	is_u64(f.snap->ranges.v[1].size, (uint64_t)1048559 * 4096, "... sizes, too");
	feed_finish(&f);

	start(&f, NULL, ROCKCHIP "# \n");
	ok(f.ended && f.snap->ranges.n == 2, "saved text");
	is_str(snapshot_str(f.snap, f.snap->ranges.v[0].space), "mm_dump",
	       "... names no minor");
	is_str(snapshot_str(f.snap, f.snap->coverage[SRC_MM_DUMP].detail),
	       "the unit is not told; taken for bytes", "... nor its unit");
	feed_finish(&f);
}

static void test_damage(void)
{
	static const char *const bad[] = {
		"0x0000000000000000-0x00000000002fd000: 3133441: used\n",
		"0x0000000000000000-0x00000000002fd000: 3133440: lost\n",
		"0x0-0x2fd000: 3133440: used\n",
		"0x00000000002fd000-0x0000000000000000: 18446744073706418175: used\n",
		"nonsense\n",
		"\n",
	};
	struct fed f;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		start(&f, PATH, bad[i]);
		ok(!f.snap->ranges.n && f.diag.n[DIAG_ERROR] == 1,
		   "damage %zu is reported", i);
		feed_finish(&f);
	}
	start(&f, PATH,
	      "0x0000000000000000-0x00000000002fd000: 3133440: used\n"
	      "total: 14540800, used 3133440 free 11407360\n");
	is_int(f.diag.n[DIAG_WARNING], 1, "a missing range is told");
	feed_finish(&f);
	start(&f, PATH, "");
	is_int(f.snap->coverage[SRC_MM_DUMP].status, COVERAGE_OK, "no IOMMU, no ranges");
	feed_finish(&f);
}

#define DRI "sys/kernel/debug/dri/"

static void test_tree(void)
{
	struct tree t;
	struct fed f;

	tree_begin(&t);
	tree_put(&t, DRI "0/name",
		 "rockchip dev=display-subsystem unique=display-subsystem\n");
	tree_put(&t, DRI "0/mm_dump", ROCKCHIP);
	tree_put(&t, DRI "128/name",
		 "rockchip dev=display-subsystem unique=display-subsystem\n");
	tree_put(&t, DRI "128/mm_dump", ROCKCHIP);
	tree_put(&t, DRI "1/name", "panfrost dev=fb000000.gpu unique=fb000000.gpu\n");
	feed_begin(&f);
	is_int(source_mm_dump.collect(f.snap, tree_root(&t), &f.diag), 0,
	       "a tree is read");
	is_u64(f.snap->ranges.n, 2, "one device's two nodes count once");
	is_u64(f.snap->coverage[SRC_MM_DUMP].detail, STR_ABSENT,
	       "Rockchip's unit is known");
	feed_finish(&f);

	tree_put(&t, DRI "2/mm_dump", ROCKCHIP);
	feed_begin(&f);
	is_int(source_mm_dump.collect(f.snap, tree_root(&t), &f.diag), 0, "another");
	ok(f.snap->ranges.n == 4 && f.snap->coverage[SRC_MM_DUMP].detail,
	   "... of unknown unit");
	feed_finish(&f);
	tree_end(&t);

	tree_begin(&t);
	feed_begin(&f);
	is_int(source_mm_dump.collect(f.snap, tree_root(&t), &f.diag), -ENOENT,
	       "no debugfs");
	feed_finish(&f);
	tree_end(&t);
}

int main(void)
{
	test_units();
	test_damage();
	test_tree();
	return done_testing();
}
