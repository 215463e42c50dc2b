/* SPDX-License-Identifier: MIT */
/* Tests of src/sources/rk_dma_heap.c and rk_dma_heap_line.c. */
#include "../lib/tap.h"
#include "../lib/feed.h"

extern const struct source source_rk_dma_heap;

#define PATH "proc/rk_dma_heap/dma_heap_info"
#define HEADER(ino) "dma-heap:<rk-dma-heap-cma> -dmabuf\ti_ino = " ino "\n"
#define ALLOC \
	"\tAlloc by (vmpi                )\t[0x03e02000-0x03e1afff]\t0x00019000 (100 KiB)\n"
#define ALLOC2 \
	"\tAlloc by (vmpi                )\t[0x03d96000-0x03e01fff]\t0x0006c000 (432 KiB)\n"
#define TITLE "\t\tAttached Devices:\n"
#define RKVENC "\t\tffa50000.rkvenc\n"
#define COUNT(n) "Total " n " devices attached\n\n"
#define NON "dma-heap:<rk-dma-heap-cma> -non dmabuf\n"
#define ISP \
	"\tAlloc by (ffa00000.rkisp      )\t[0x02803000-0x02813fff]\t0x00011000 (68 KiB)\n"
#define BLOCK(ino) HEADER(ino) ALLOC TITLE RKVENC COUNT("1")
#define TOTAL "\nTotal : 0x2a000 (168 KiB)\n"

static void start(struct fed *f, const char *path, const char *text)
{
	feed_begin(f);
	feed_text(f, source_rk_dma_heap.format, path, text);
}

static const struct buffer *only_buffer(const struct fed *f)
{
	static const struct buffer none;

	ok(f->snap->buffers.n == 1, "one buffer");
	return f->snap->buffers.n ? f->snap->buffers.v : &none;
}

static void read_file(const char *path, struct text *ret)
{
	char block[4096];
	FILE *file = fopen(path, "rb");
	size_t n;

	while (file && (n = fread(block, 1, sizeof(block), file)) > 0)
		text_add(ret, block, n);
	if (file)
		fclose(file);
}

static void check_rv1106(struct fed *f)
{
	uint64_t sum = 0, attachments = 0;
	size_t devices = 0;

	vec_each(&f->snap->buffers, buf) {
		sum += buf->size_bytes;
		devices += buf->has_attachments;
	}
	vec_each(&f->snap->attachments, it)
		attachments += it->count;
	vec_each(&f->snap->contiguous, it)
		sum += it->size_bytes;
	is_u64(f->snap->buffers.n, 32, "32 buffers");
	is_u64(f->snap->contiguous.n, 12, "12 contiguous allocations");
	is_u64(sum, 0x1634000, "their sizes add up to the total");
	is_u64(f->snap->reported_bytes, 0x1634000, "... which is printed");
	is_u64(devices, 32, "every buffer's devices are known");
	is_int(f->diag.n[DIAG_ERROR] + f->diag.n[DIAG_WARNING], 0,
	       "nothing is wrong with it");
	is_u64(f->snap->coverage[SRC_RK_DMA_HEAP].records, 44, "44 records");
	is_u64(f->snap->heaps.n, 1, "one heap");
	is_u64(f->snap->heaps.v[0].used_bytes, 0x1634000, "... all of it is its");
	ok(attachments >= 20, "there are attachments");
}

static void test_rv1106(void)
{
	_text_ struct text node = { 0 }, paste = { 0 };
	struct fed f;

	read_file("samples/rv1106/rk-dma-heap-info", &node);
	start(&f, PATH, node.v ? node.v : "");
	check_rv1106(&f);
	ok(f.snap->buffers.v[0].ino == 5656, "the newest comes first");
	feed_finish(&f);

	/* The guide's own printing has no tabs; blanks are folded. */
	for (size_t i = 0; node.v && i < node.n; i++) {
		char c = node.v[i] == '\t' ? ' ' : node.v[i];

		if (c != ' ' || !paste.n ||
		    (paste.v[paste.n - 1] != ' ' && paste.v[paste.n - 1] != '\n'))
			text_addc(&paste, c);
	}
	start(&f, NULL, paste.v ? paste.v : "");
	diag_note(&f.diag, NULL, "%s", "pasted:");
	check_rv1106(&f);
	ok(f.ended, "the total ends it");
	is_str(snapshot_str(f.snap, f.snap->buffers.v[0].name), "vmpi",
	       "no padding in the name");
	feed_finish(&f);
}

static void test_record(void)
{
	const struct buffer *buf;
	struct fed f;

	start(&f, PATH, BLOCK("5655") NON ISP TOTAL);
	buf = only_buffer(&f);
	is_u64(buf->ino, 5655, "inode");
	is_str(snapshot_str(f.snap, buf->name), "vmpi", "name without padding");
	is_u64(buf->allocator_pid, ABSENT32, "no pid in it");
	is_u64(buf->allocator_task, STR_ABSENT, "a buffer's name need not be a task's");
	is_str(snapshot_str(f.snap, buf->heap), "rk-dma-heap-cma", "heap");
	is_u64(buf->address_start, 0x03e02000, "start");
	is_u64(buf->address_end, 0x03e1afff, "end");
	is_u64(buf->size_bytes, 102400, "size");
	ok(buf->size_is_exact && buf->has_attachments && buf->n_attachments == 1,
	   "one device");
	ok(f.snap->contiguous.n == 1 && f.snap->contiguous.v[0].size_bytes == 68 * 1024 &&
		   f.snap->contiguous.v[0].address_end == 0x02813fff,
	   "one contiguous allocation");
	is_u64(f.snap->reported_bytes, 168 * 1024, "total");
	feed_finish(&f);

	feed_begin(&f);
	f.snap->reported_bytes = 4096;
	feed_text(&f, source_rk_dma_heap.format, PATH, BLOCK("5655") TOTAL);
	is_u64(f.snap->reported_bytes, 4096, "the counter of rk_dmabuf goes before");
	feed_finish(&f);

	start(&f, PATH,
	      HEADER("1") "\tAlloc by (77-rkipc             )\t[0x03e02000-0x03e1afff]"
			  "\t0x00019000 (100 KiB)\n" TITLE RKVENC RKVENC COUNT("2")
				  TOTAL);
	buf = only_buffer(&f);
	is_u64(buf->allocator_pid, 77, "a pid in the name is the allocator's");
	is_u64(f.snap->attachments.v[0].count, 2, "a device attached twice counts twice");
	feed_finish(&f);

	start(&f, PATH,
	      HEADER("1") "\tAlloc by ((null)              )\t[0x0000000003e02000-"
			  "0x0000000003e1afff]\t0x0000000000019000 (100 KiB)\n" TITLE
				  COUNT("0") TOTAL);
	buf = only_buffer(&f);
	is_u64(buf->name, STR_ABSENT, "(null) is no name");
	ok(buf->has_attachments && !buf->n_attachments, "known to have no devices");
	feed_finish(&f);
}

static void test_generations(void)
{
	const struct buffer *buf;
	struct fed f;

	start(&f, PATH,
	      HEADER("5655") "\tAlloc by (vmpi)\t[0x03e02000-0x03e1afff]"
			     "\t0x00019000\n" TITLE COUNT("0") NON
	      "\tAlloc by (rkisp-vir0)\t[0x02e4f000-0x02e52fff]\t0x00004000\n"
	      "\nTotal : 0x1d000\n");
	buf = only_buffer(&f);
	is_str(snapshot_str(f.snap, buf->allocator_task), "vmpi", "v1 names the task");
	is_u64(buf->allocator_pid, ABSENT32, "... without its pid");
	is_u64(f.snap->contiguous.n, 1, "v1 contiguous");
	is_u64(f.snap->reported_bytes, 0x1d000, "v1 total");
	is_int(f.diag.n[DIAG_ERROR], 0, "no errors in v1");
	feed_finish(&f);

	start(&f, PATH,
	      BLOCK("5655") "\tAlloc by (rockit              )\t4000 (16 KiB)\n" TOTAL);
	only_buffer(&f);
	ok(f.snap->contiguous.n == 1 && f.snap->contiguous.v[0].size_bytes == 0x4000,
	   "v3 pages");
	is_u64(f.snap->contiguous.v[0].address_start, ABSENT64, "... have no range");
	is_int(f.diag.n[DIAG_ERROR], 0, "no errors in v3");
	feed_finish(&f);

	start(&f, PATH, BLOCK("1") "dma-heap:<other> -non dmabuf\n" ISP TOTAL);
	is_u64(f.snap->heaps.n, 2, "two heaps");
	is_u64(f.snap->heaps.v[0].used_bytes, ABSENT64,
	       "the total belongs to neither alone");
	feed_finish(&f);

	start(&f, PATH, "\nTotal : 0x0 (0 KiB)\n");
	is_u64(f.snap->reported_bytes, 0, "nothing allocated");
	is_int(f.snap->coverage[SRC_RK_DMA_HEAP].status, COVERAGE_OK,
	       "... and that is known");
	feed_finish(&f);
}

static void test_quirks(void)
{
	struct fed f;

	start(&f, PATH, "dma-heap:<rk-dma-heap-cma> -dmabuf" BLOCK("5655") TOTAL);
	is_u64(only_buffer(&f)->ino, 5655, "the header behind a run-on one is good");
	is_int(f.diag.n[DIAG_WARNING], 1, "... the other buffer is missed");
	is_int(f.snap->coverage[SRC_RK_DMA_HEAP].status, COVERAGE_PARTIAL,
	       "... in the coverage");
	feed_finish(&f);

	start(&f, PATH,
	      "dma-heap:<rk-dma-heap-cma> -dmabuf\nTotal : 0x19000 (100 KiB)\n");
	ok(!f.snap->buffers.n && f.diag.n[DIAG_WARNING] == 1 && !f.diag.n[DIAG_ERROR],
	   "the last buffer is not described");
	feed_finish(&f);

	start(&f, PATH, HEADER("5655") ALLOC TITLE NON ISP TOTAL);
	ok(!only_buffer(&f)->has_attachments,
	   "a list that a signal broke off: devices unknown");
	is_u64(f.snap->contiguous.n, 1, "... contiguous blocks follow");
	is_int(f.diag.n[DIAG_WARNING], 1, "... said once");
	feed_finish(&f);

	/* Two buffers of one inode: both bodies behind both headers, with the header's
	 * devices. */
	start(&f, PATH,
	      BLOCK("7") "\ti_ino = 7\n" ALLOC2 TITLE RKVENC COUNT("1") HEADER("7")
		      ALLOC TITLE COUNT("0") "\ti_ino = 7\n" ALLOC2 TITLE COUNT("0")
			      TOTAL);
	is_u64(f.snap->buffers.n, 2, "two buffers of one inode are two, not four");
	ok(f.snap->buffers.v[0].size_bytes == 102400 &&
		   f.snap->buffers.v[1].size_bytes == 442368 &&
		   f.snap->buffers.v[1].ino == 7,
	   "... each with its size");
	ok(f.snap->buffers.v[0].is_ambiguous && f.snap->buffers.v[1].is_ambiguous,
	   "... and known to be alike");
	is_u64(f.snap->attachments.n, 1, "... devices are counted once");
	ok(f.snap->buffers.v[0].n_attachments == 1 &&
		   f.snap->buffers.v[1].has_attachments &&
		   !f.snap->buffers.v[1].n_attachments,
	   "... for the buffer of their header");
	is_int(f.diag.n[DIAG_ERROR] + f.diag.n[DIAG_WARNING], 0, "... that is no damage");
	feed_finish(&f);

	start(&f, PATH, BLOCK("7") ALLOC2 TITLE COUNT("0") TOTAL);
	is_u64(f.snap->buffers.n, 2, "a second body without its inode line");
	feed_finish(&f);

	feed_begin(&f);
	snapshot_need_ino(f.snap, 5655, SRC_BUFINFO)->size_bytes = 102400;
	snapshot_attach_none(f.snap, f.snap->buffers.v);
	feed_text(&f, source_rk_dma_heap.format, PATH, BLOCK("5655") TOTAL);
	is_u64(only_buffer(&f)->sources, 1u << SRC_BUFINFO | 1u << SRC_RK_DMA_HEAP,
	       "joins the buffer of bufinfo");
	is_u64(f.snap->buffers.v[0].n_attachments, 0, "... whose devices stay");
	feed_finish(&f);
}

static void test_damage(void)
{
	struct fed f;

	start(&f, PATH,
	      HEADER("1") "\tAlloc by (vmpi    \n" TITLE COUNT("0") BLOCK("2") TOTAL);
	is_u64(only_buffer(&f)->ino, 2, "a cut line costs its buffer, not the next");
	is_int(f.diag.n[DIAG_ERROR], 1, "... one message");
	feed_finish(&f);

	start(&f, PATH,
	      HEADER("1") "\tAlloc by (vmpi                )\t[0x03e02000-0x03e1afff]"
			  "\t0x00029000 (100 KiB)\n" TITLE RKVENC COUNT("1") BLOCK("2")
				  TOTAL);
	is_u64(only_buffer(&f)->ino, 2, "range and size that disagree are damage");
	is_int(f.diag.n[DIAG_ERROR], 1, "... one message");
	feed_finish(&f);

	start(&f, PATH,
	      HEADER("1") "\tAlloc by (xyz\n" ALLOC TITLE COUNT("0") BLOCK("2") TOTAL);
	is_u64(only_buffer(&f)->ino, 2,
	       "a cut line does not become the name of the next");
	feed_finish(&f);

	start(&f, PATH,
	      NON "\tAlloc by (a-device.of-a-long-name-of-its-own)\t"
		  "[0x02803000-0x02813fff]\t0x00011000 (68 KiB)\n" TOTAL);
	ok(f.snap->contiguous.n == 1 && !f.diag.n[DIAG_ERROR],
	   "an owner's name may be long");
	feed_finish(&f);

	start(&f, PATH, HEADER("x") ALLOC TITLE RKVENC COUNT("1") BLOCK("2") TOTAL);
	is_u64(only_buffer(&f)->ino, 2, "a block without its inode is lost");
	is_int(f.diag.n[DIAG_ERROR], 1, "... one message");
	feed_finish(&f);

	start(&f, PATH, HEADER("1") HEADER("2") ALLOC TITLE COUNT("0") TOTAL);
	is_u64(only_buffer(&f)->ino, 2, "a header without its body");
	is_int(f.diag.n[DIAG_ERROR], 1, "... is reported");
	feed_finish(&f);

	start(&f, PATH, BLOCK("1"));
	only_buffer(&f);
	is_int(f.snap->coverage[SRC_RK_DMA_HEAP].status, COVERAGE_PARTIAL,
	       "without a total it is not all");
	feed_finish(&f);

	start(&f, PATH, HEADER("1") ALLOC TITLE RKVENC COUNT("2") TOTAL);
	only_buffer(&f);
	is_int(f.diag.n[DIAG_WARNING], 1, "a device missing from the list is told");
	feed_finish(&f);

	start(&f, PATH, BLOCK("1") "oops: x y\n" TOTAL);
	only_buffer(&f);
	is_int(f.diag.n[DIAG_ERROR], 1, "a line of another kind is told");
	feed_finish(&f);
}

static void test_hostile_names(void)
{
	/* As printed: at least 20 wide. */
	static const char *const names[] = {
		"a) (b               ",
		"x)\t[0x00000000-0x0  ",
		"a\nb                 ",
		"\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n",
		"a)\t400 (1 KiB)\n\tAlloc by (bcdef",
		"\nTotal 0 devices attached\n     ",
		"\ndma-heap:<x> -dmabuf\ti_ino = 1",
		"\nTotal : 0x0 (0 KiB)",
		"a)\n\t\tAttached Devices:\n\t\tgpu",
		"vmpi)\t[0x1-0x2]\t0x2 (0 KiB)\n",
		"31-bytes-31-bytes-31-bytes-31-b",
		"12345678901234567890)\t4 (0 KiB)\n",
	};
	struct fed f;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		_text_ struct text t = { 0 };
		const struct buffer *buf;

		text_printf(
			&t,
			"dma-heap:<rk-dma-heap-cma> -dmabuf\ti_ino = 5\n"
			"\tAlloc by (%s)\t[0x03e02000-0x03e1afff]\t0x00019000 (100 KiB)\n",
			names[i]);
		text_adds(&t, TITLE RKVENC COUNT("1") NON ISP TOTAL);
		start(&f, PATH, t.v);
		buf = f.snap->buffers.n == 1 ? f.snap->buffers.v : NULL;
		ok(buf && buf->size_bytes == 102400 && buf->n_attachments == 1 &&
			   f.snap->contiguous.n == 1 &&
			   f.snap->reported_bytes == 168 * 1024,
		   "hostile name %zu forges nothing", i);
		ok(!f.diag.n[DIAG_ERROR] && !f.diag.n[DIAG_WARNING],
		   "... and costs nothing");
		feed_finish(&f);
	}

	start(&f, PATH,
	      BLOCK("1") "\tAlloc by (a)\t4 (0 KiB)\nb      )\t1000 (4 KiB)\n" TOTAL);
	ok(f.snap->contiguous.n == 1 && f.snap->contiguous.v[0].size_bytes == 0x1000,
	   "a task's name forges no page line");
	feed_finish(&f);
}

static void test_saved(void)
{
	const struct node_format *format = source_rk_dma_heap.format;
	struct fed f;

	ok(feed_opens(format, "dma-heap:<rk-dma-heap-cma> -dmabuf  i_ino = 5655"),
	   "opens");
	ok(feed_opens(format, "dma-heap:<rk-dma-heap-cma> -non dmabuf"),
	   "opens, contiguous");
	ok(feed_opens(format, "Total : 0x0 (0 KiB)"), "opens, nothing allocated");
	ok(!feed_opens(format, "Total: 22736 KiB"), "a counter does not");
	ok(!feed_opens(format, "Total 1 devices attached"), "bufinfo does not");

	start(&f, NULL,
	      "dma-heap:<rk-dma-heap-cma> -dmabuf i_ino = 5655\n"
	      "Alloc by (vmpi ) [0x03e02000-0x03e1afff] 0x00019000 (100 KiB)\n"
	      "Attached Devices:\nffa50000.rkvenc\nTotal 1 devices attached\n"
	      "dma-heap:<rk-dma-heap-cma> -non dmabuf\n"
	      "Alloc by (ffa00000.rkisp ) [0x02803000-0x02813fff] 0x00011000 (68 KiB)\n"
	      "Total : 0x2a000 (168 KiB)\n# \n");
	ok(only_buffer(&f)->n_attachments == 1 && f.snap->contiguous.n == 1 && f.ended,
	   "tabs, padding and empty lines lost");
	is_int(f.diag.n[DIAG_ERROR] + f.diag.n[DIAG_WARNING], 0, "... without a word");
	feed_finish(&f);

	start(&f, NULL,
	      HEADER("5655") "        Alloc by (vmpi                )       "
			     "[0x0000000003e02000-0x0000000003e1afff]\n"
			     "0x0000000000019000 (100 KiB)\n" TITLE COUNT("0") NON
	      "        Alloc by (ffa00000.rkisp      )       [0x02803000-"
	      "0x02813fff]      0x00011000\n(68 KiB)\n" TOTAL);
	ok(only_buffer(&f)->size_bytes == 102400 && f.snap->contiguous.n == 1 && f.ended,
	   "wrapped by a mail program");
	feed_finish(&f);

	start(&f, NULL,
	      HEADER("5655") ALLOC TITLE RKVENC "[root@RV1106 ]# free -m\n" TOTAL);
	ok(only_buffer(&f)->ino == 5655 && f.is_foreign, "a prompt cuts it off");
	ok(!f.snap->buffers.v[0].has_attachments, "... in its devices");
	feed_finish(&f);
}

int main(void)
{
	test_rv1106();
	test_record();
	test_generations();
	test_quirks();
	test_damage();
	test_hostile_names();
	test_saved();
	return done_testing();
}
