/* SPDX-License-Identifier: MIT */
/*
 * Tests of src/sources/text.c where nodes have lines that look alike: `Total: n KiB` is
 * all of rk_dmabuf/size, begins rk_cma, ends memblock, and stands in MPP's older form.
 */
#include "../lib/tap.h"
#include "../lib/feed.h"

#define SIZE "Total: 65552 KiB\n"
#define DEV                                                                            \
	"          DMABUF NAME             EXPORT                 SIZE:KiB "           \
	"AttachedDevices\n\nffffff8022507400 402-allocator@4. system-uncached        " \
	"2628 KiB fb000000.gpu\n"
#define CMA "Total: 1024 KiB\n Used: 96 KiB\n\n00000007\n"
#define MEMBLOCK                                                          \
	"   0: 0x0000000000200000..0x0000000083ffffff (   2160640 KiB)\n" \
	"   1: 0x00000000f0000000..0x00000000f00fffff (      1024 KiB)\n" \
	"Total: 2161664 KiB\n"

struct saved {
	struct diag diag;
	struct snapshot *snap;
	int error;
};

static void read_sources(struct saved *s, const char *text, unsigned moment, unsigned set)
{
	struct text_request req = { "saved.log", set, moment };
	struct reader reader;

	*s = (struct saved){ .diag = { .out = NULL } };
	reader_init_mem(&reader, text, strlen(text));
	s->snap = sources_read_text(&reader, &req, &s->diag, &s->error);
	reader_fini(&reader);
	if (!s->snap)
		s->snap = snapshot_new();
}

static void read_text(struct saved *s, const char *text, unsigned moment)
{
	read_sources(s, text, moment, SOURCES_ALL);
}

static void check(const char *text, const char *name, uint64_t reported, size_t areas,
		  size_t buffers)
{
	struct saved s;

	read_text(&s, text, 0);
	ok(s.snap->reported_bytes == reported, "%s: the kernel's total", name);
	ok(s.snap->areas.n == areas, "%s: %zu areas", name, areas);
	ok(s.snap->buffers.n == buffers, "%s: %zu buffers", name, buffers);
	ok(!s.diag.n[DIAG_ERROR] && !s.diag.n[DIAG_WARNING], "%s: nothing is wrong",
	   name);
	snapshot_free(s.snap);
}

static void test_totals(void)
{
	const uint64_t size = (uint64_t)65552 * 1024;
	struct saved s;

	check(SIZE, "size", size, 0, 0);
	check("Total: 65552 KiB", "size without newline", size, 0, 0);
	check("# cat size\n" SIZE "# cat dev\n" DEV, "size, dev", size, 0, 1);
	check(SIZE DEV CMA, "size, dev, cma", size, 1, 1);
	check(CMA "# \n" SIZE DEV, "cma, size, dev", size, 1, 1);
	check(CMA SIZE DEV, "cma and size without a prompt", size, 1, 1);
	check(DEV CMA CMA, "dev and two areas", ABSENT64, 2, 1);
	check(SIZE DEV MEMBLOCK, "memblock behind", size, 0, 1);
	check(MEMBLOCK SIZE DEV, "memblock before", size, 0, 1);
	check(DEV MEMBLOCK, "memblock's total is not the kernel's", ABSENT64, 0, 1);
	check(SIZE "\n\n" DEV, "empty lines between", size, 0, 1);
	check(SIZE DEV "# cat s*\nfdc38100.rkvdec-core\nTotal: 699760 KiB\n",
	      "the guide's MPP form", size, 0, 1);
	check(DEV "# \nffa50000.rkvenc\n" SIZE, "a device's name, then the guide's form",
	      ABSENT64, 0, 1);
	check("ffa50000.rkvenc\n# \n" SIZE, "a device's name alone", size, 0, 0);

	read_text(&s, "ffa50000.rkvenc\nnothing\n", 0);
	is_int(s.error, -61, "a device's name alone is no node");
	snapshot_free(s.snap);
	read_text(&s, MEMBLOCK "# \n", 0);
	is_u64(s.snap->coverage[SRC_RK_CMA].status, COVERAGE_NOT_ASKED,
	       "memblock is nobody's");
	snapshot_free(s.snap);
}

static void test_moments(void)
{
	static const char log[] = SIZE DEV CMA "# play\nTotal: 83948 KiB\n" DEV CMA;
	struct saved s;

	read_text(&s, log, 0);
	is_u64(s.snap->reported_bytes, 83948 * 1024,
	       "the second size begins another moment");
	is_u64(s.snap->areas.n, 1, "... an area does not");
	is_u64(s.snap->buffers.n, 1, "... which has its own dev");
	snapshot_free(s.snap);
	read_text(&s, log, 1);
	is_u64(s.snap->reported_bytes, (uint64_t)65552 * 1024, "the first moment");
	is_u64(s.snap->areas.n, 1, "... has its area");
	snapshot_free(s.snap);
	read_text(&s, log, 3);
	is_int(s.error, -34, "there is no third");
	snapshot_free(s.snap);
}

static void test_source_option(void)
{
	struct saved s;

	read_sources(&s, SIZE DEV CMA, 0, 1u << SRC_RK_SIZE);
	is_u64(s.snap->reported_bytes, (uint64_t)65552 * 1024,
	       "asked for size alone, an area is still told from it");
	ok(!s.snap->areas.n && !s.snap->buffers.n, "... and neither it nor dev is kept");
	is_int(s.snap->coverage[SRC_RK_DEV].status, COVERAGE_NOT_ASKED,
	       "... nor counted");
	snapshot_free(s.snap);
	read_sources(&s, DEV CMA, 0, 1u << SRC_RK_SIZE);
	is_int(s.error, -61, "nothing of what was asked for");
	snapshot_free(s.snap);
}

int main(void)
{
	test_totals();
	test_moments();
	test_source_option();
	return done_testing();
}
