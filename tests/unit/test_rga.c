/* SPDX-License-Identifier: MIT */
/* Tests of src/sources/rga.c. */
#include "../lib/tap.h"
#include "../lib/feed.h"

extern const struct source source_rga;

#define PATH "proc/rkrga/mm_session"
#define RULE(c) c c c c c c c c c "\n"
#define EQUALS RULE("=======")
#define DASHES RULE("-------")
#define HEAD(n) "rga_mm dump:\nbuffer count = " n "\n" EQUALS
#define HANDLE(n, tgid) "handle = " n " refcount = 3 mm_flag = 0x2\ttgid = " tgid "\n"
#define DMA_BUF                                                               \
	"dma_buffer:\n\t dma_buf = 000000009f1263d7, iova = 0xeb520000sgt = " \
	"0x00000000bfb01d3d, size = 8110080, map_core = 0x1\n"
#define VA \
	"virtual address:\n\t va = 0x7f8a2000, pages = 0x00000000ae081f65, size = 3686400\n"

static void start(struct fed *f, const char *path, const char *text)
{
	feed_begin(f);
	feed_text(f, source_rga.format, path, text);
}

static const struct rga *rga(const struct fed *f, size_t i)
{
	static const struct rga none;

	ok(f->snap->rga.n > i, "handle %zu is there", i);
	return f->snap->rga.n > i ? &f->snap->rga.v[i] : &none;
}

static void is_kind(const struct fed *f, const struct rga *r, const char *kind)
{
	is_str(snapshot_str(f->snap, r->kind), kind, kind);
}

static void test_kinds(void)
{
	const struct rga *r;
	struct fed f;

	start(&f, PATH, HEAD("1") HANDLE("170", "2037") DMA_BUF DASHES);
	r = rga(&f, 0);
	is_u64(r->handle, 170, "handle");
	is_u64(r->refs, 3, "references");
	is_u64(r->tgid, 2037, "tgid");
	is_u64(r->iova, 0xeb520000, "an IOVA with sgt glued to it");
	is_u64(r->size_bytes, 8110080, "size");
	is_kind(&f, r, "dma-buf");
	is_int(f.diag.n[DIAG_ERROR] + f.diag.n[DIAG_WARNING], 0,
	       "nothing is wrong with it");
	feed_finish(&f);

	start(&f, PATH,
	      HEAD("4") HANDLE("1", "5") VA
	      "\t iova = 0xffc70000, offset = 0x10, sgt = 0x00000000bfb01d3d, size = 3686400, "
	      "map_core = 0x1\n\t is contiguous, pa = 0x10000000\n" DASHES HANDLE(
		      "2", "5") "physical address:\n\t pa = 0x3c000000\n" DASHES
		      HANDLE("3", "5") "Illegal external buffer!\n" DASHES HANDLE(
			      "4", "5") DASHES);
	is_u64(f.snap->rga.n, 4, "four handles");
	is_kind(&f, rga(&f, 0), "user");
	ok(rga(&f, 0)->iova == 0xffc70000 && rga(&f, 0)->size_bytes == 3686400, "mapped");
	is_kind(&f, rga(&f, 1), "physical");
	is_u64(rga(&f, 1)->size_bytes, ABSENT64, "... of unknown size");
	is_kind(&f, rga(&f, 2), "invalid");
	is_kind(&f, rga(&f, 3), "invalid");
	is_u64(rga(&f, 3)->iova, ABSENT64, "... mapped nowhere");
	is_int(f.diag.n[DIAG_ERROR], 0, "no errors");
	feed_finish(&f);

	start(&f, PATH, HEAD("1") HANDLE("1", "5") VA DASHES);
	ok(rga(&f, 0)->iova == ABSENT64 && rga(&f, 0)->size_bytes == 3686400,
	   "user memory that is not mapped has its size");
	feed_finish(&f);

	start(&f, PATH, HEAD("0"));
	ok(!f.snap->rga.n && f.snap->coverage[SRC_RGA].status == COVERAGE_OK,
	   "no buffers");
	feed_finish(&f);
}

static void test_wild(void)
{
	static const char *const wild[] = { "-127", "2037672306", "0", "-2147483648" };
	struct fed f;

	for (size_t i = 0; i < ARRAY_SIZE(wild); i++) {
		_text_ struct text t = { 0 };

		text_printf(&t,
			    "rga_mm dump:\nbuffer count = 2\n"
			    "handle = 1 refcount = 94 mm_flag = 0x2\ttgid = %s\n",
			    wild[i]);
		text_adds(&t, DMA_BUF DASHES HANDLE("2", "-127") DMA_BUF DASHES);
		start(&f, PATH, t.v);
		is_u64(rga(&f, 0)->tgid, ABSENT64, wild[i]);
		is_int(f.diag.n[DIAG_WARNING], 1, "... said once for both");
		is_int(f.snap->coverage[SRC_RGA].status, COVERAGE_OK,
		       "... nothing was lost");
		feed_finish(&f);
	}
}

static void test_damage(void)
{
	struct fed f;

	start(&f, PATH,
	      HEAD("2") "handle = x refcount = 3 mm_flag = 0x2\ttgid = 1\n" DMA_BUF DASHES
		      HANDLE("2", "5") DMA_BUF DASHES);
	ok(f.snap->rga.n == 1 && f.snap->rga.v[0].handle == 2,
	   "a lost handle costs its block");
	is_int(f.diag.n[DIAG_ERROR], 1, "... one message");
	feed_finish(&f);

	start(&f, PATH,
	      HEAD("1")
		      HANDLE("1", "5") "dma_buffer:\n\t dma_buf = 0, iova = eb\n" DASHES);
	ok(f.snap->rga.n == 1 && f.snap->rga.v[0].iova == ABSENT64,
	   "a lost line costs its facts");
	is_kind(&f, rga(&f, 0), "dma-buf");
	is_int(f.diag.n[DIAG_ERROR], 1, "... one message");
	feed_finish(&f);

	start(&f, PATH, HEAD("1") HANDLE("1", "5") DMA_BUF);
	ok(f.snap->rga.n == 1 && f.snap->coverage[SRC_RGA].status == COVERAGE_PARTIAL,
	   "cut");
	feed_finish(&f);

	start(&f, PATH, HEAD("0") "nonsense\n\n");
	is_int(f.diag.n[DIAG_ERROR], 2, "other lines");
	feed_finish(&f);
}

static void test_saved(void)
{
	struct fed f;

	ok(feed_opens(source_rga.format, "rga_mm dump:"), "the title opens");
	ok(feed_opens(source_rga.format,
		      "handle = 170 refcount = 3 mm_flag = 0x2 tgid = 2037"),
	   "a handle opens, its tab lost");
	ok(!feed_opens(source_rga.format, "buffer count = 1"), "a count alone does not");

	start(&f, NULL,
	      HEAD("1") "handle = 170 refcount = 3 mm_flag = 0x2    tgid = 2037\n"
			"dma_buffer:\n dma_buf = 000000009f1263d7, iova = 0xeb520000sgt =\n"
			"0x00000000bfb01d3d, size = 8110080, map_core = 0x1\n" DASHES
			"# \n");
	ok(rga(&f, 0)->size_bytes == 8110080 && f.is_foreign && !f.diag.n[DIAG_ERROR],
	   "wrapped");
	feed_finish(&f);
}

int main(void)
{
	test_kinds();
	test_wild();
	test_damage();
	test_saved();
	return done_testing();
}
