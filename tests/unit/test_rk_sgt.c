/* SPDX-License-Identifier: MIT */
/* Tests of src/sources/rk_sgt.c. */
#include "../lib/tap.h"
#include "../lib/feed.h"

extern const struct source source_rk_sgt, source_rk_dev;

#define PATH "proc/rk_dmabuf/sgt"
#define HEADER \
	"          DMABUF NAME             EXPORT                 SIZE:KiB   SGLIST\n\n"
#define DEV_HEADER \
	"          DMABUF NAME             EXPORT                 SIZE:KiB AttachedDevices\n\n"
#define PAD "                                                                 "
#define ROW "ffffff819883e200 474-c2@1.1-servi rockchipdrm              56 KiB"
#define SEG0 "   0: 0x00000000fde00000..0x00000000fde07fff (        32 KiB)\n"
#define SEG1 PAD "   1: 0x00000000fde08000..0x00000000fde0dfff (        24 KiB)\n"

static void start(struct fed *f, const char *path, const char *text)
{
	feed_begin(f);
	feed_text(f, source_rk_sgt.format, path, text);
}

static const struct buffer *only_buffer(const struct fed *f)
{
	static const struct buffer none;

	ok(f->snap->buffers.n == 1, "one buffer");
	return f->snap->buffers.n ? f->snap->buffers.v : &none;
}

static void test_kernel_form(void)
{
	const struct buffer *buf;
	struct fed f;

	start(&f, PATH, HEADER ROW SEG0 SEG1);
	buf = only_buffer(&f);
	is_u64(buf->pointer, 0xffffff819883e200, "pointer");
	is_str(snapshot_str(f.snap, buf->name), "474-c2@1.1-servi", "name");
	is_str(snapshot_str(f.snap, buf->exporter), "rockchipdrm", "exporter");
	is_u64(buf->n_segments, 2, "two segments");
	is_u64(f.snap->segments.v[buf->segments + 1].address, 0xfde08000,
	       "second address");
	is_u64(f.snap->segments.v[buf->segments + 1].size_bytes, 24576, "second size");
	is_u64(buf->size_bytes, 56 * 1024, "size");
	ok(buf->size_is_exact, "the segments prove that nothing was floored away");
	ok(!buf->has_attachments, "this node knows no devices");
	is_int(f.diag.n[DIAG_ERROR], 0, "no errors");
	is_u64(f.snap->coverage[SRC_RK_SGT].records, 1, "one record");
	feed_finish(&f);

	start(&f, PATH, HEADER);
	is_u64(f.snap->buffers.n, 0, "no rows, no buffers");
	is_int(f.snap->coverage[SRC_RK_SGT].status, COVERAGE_OK, "... and that is known");
	feed_finish(&f);
}

static void test_sizes(void)
{
	const struct buffer *buf;
	struct fed f;

	start(&f, PATH,
	      HEADER "c2507400 1234-rkipc       rk-dma-heap-cma           1 KiB"
		     "   0: 0x02803000..0x028033ff (         1 KiB)\n" PAD
		     "   1: 0x02804000..0x028041ff (       512 Bytes)\n");
	buf = only_buffer(&f);
	is_u64(buf->pointer, 0xc2507400, "8-digit pointer, segments behind the wide pad");
	is_u64(buf->size_bytes, 1536, "what flooring hid is found");
	ok(buf->size_is_exact, "... and exact");
	feed_finish(&f);

	start(&f, PATH,
	      HEADER ROW SEG0 PAD
	      "   1: 0xffffffffffffffff..0x0000000000005ffe (        24 KiB)\n");
	buf = only_buffer(&f);
	is_u64(buf->n_segments, 2, "a segment without an address is kept");
	is_u64(f.snap->segments.v[1].address, ABSENT64, "... its address is all ones");
	is_u64(f.snap->segments.v[1].size_bytes, 24576,
	       "... its size is the printed one");
	ok(!buf->size_is_exact, "... which proves nothing about the buffer's");
	feed_finish(&f);

	start(&f, PATH, HEADER ROW SEG0);
	buf = only_buffer(&f);
	ok(!buf->size_is_exact && buf->size_bytes == 57344,
	   "segments that do not add up");
	feed_finish(&f);

	start(&f, PATH, HEADER ROW SEG0 SEG1 ROW SEG0 SEG1);
	only_buffer(&f);
	is_int(f.diag.n[DIAG_ERROR], 1, "a pointer listed twice is reported");
	is_u64(f.snap->segments.n, 2, "... and its segments are dropped");
	feed_finish(&f);
}

static void join_with(struct fed *f, const char *dev_row)
{
	feed_begin(f);
	feed_text(f, source_rk_dev.format, "proc/rk_dmabuf/dev", dev_row);
	feed_text(f, source_rk_sgt.format, PATH, HEADER ROW SEG0 SEG1);
}

static void test_join(void)
{
	const struct buffer *buf;
	struct fed f;

	join_with(&f, DEV_HEADER ROW " fb000000.gpu\n");
	buf = only_buffer(&f);
	is_u64(buf->n_segments, 2, "segments join the buffer of dev");
	ok(buf->size_is_exact && buf->n_attachments == 1, "... which keeps its devices");
	is_u64(buf->sources, 1u << SRC_RK_DEV | 1u << SRC_RK_SGT, "... and both sources");
	feed_finish(&f);

	join_with(&f, DEV_HEADER
		  "ffffff819883e200 474-c2@1.1-servi rockchipdrm              60 KiB\n");
	buf = only_buffer(&f);
	is_u64(buf->n_segments, 0,
	       "a pointer that means another size now gets no segments");
	is_u64(buf->size_bytes, 60 * 1024, "... dev's record stays");
	ok(!buf->size_is_exact, "... as it was");
	is_int(f.diag.n[DIAG_WARNING], 1, "... with one warning");
	is_int(f.diag.n[DIAG_ERROR], 0, "... and no error");
	is_int(f.snap->coverage[SRC_RK_SGT].status, COVERAGE_PARTIAL,
	       "... and partial coverage");
	feed_finish(&f);

	join_with(&f, DEV_HEADER
		  "ffffff819883e200 474-c2@1.1-servi system                   56 KiB\n");
	is_u64(only_buffer(&f)->n_segments, 0, "nor does one of another exporter");
	feed_finish(&f);

	join_with(&f, DEV_HEADER
		  "ffffff819883e200 (null)           rockchipdrm              56 KiB\n");
	buf = only_buffer(&f);
	ok(buf->n_segments == 2, "one whose name was not set yet is the same buffer");
	feed_finish(&f);

	feed_begin(&f);
	snapshot_add_buffer(f.snap, SRC_RK_BUFFERS);
	f.snap->buffers.v[0].pointer = 0xffffff819883e200;
	f.snap->buffers.v[0].exporter =
		strings_adds(&f.snap->strings, "system-uncached-dma32");
	feed_text(
		&f, source_rk_sgt.format, PATH,
		HEADER
		"ffffff819883e200 (null)           system-uncached-        56 KiB" SEG0);
	ok(only_buffer(&f)->n_segments == 1,
	   "an exporter is compared as far as it is printed");
	feed_finish(&f);
}

static void test_damage(void)
{
	struct fed f;

	start(&f, PATH,
	      HEADER ROW SEG0 PAD
	      "   1: 0x00000000fde08000..0x000\n" PAD
	      "   2: 0x00000000fde0c000..0x00000000fde0dfff (         8 KiB)\n");
	is_u64(only_buffer(&f)->n_segments, 2, "a damaged segment costs that segment");
	ok(!f.snap->buffers.v[0].size_is_exact, "... and the proof of the size");
	is_int(f.diag.n[DIAG_ERROR], 1, "... and is reported once");
	feed_finish(&f);

	start(&f, PATH,
	      HEADER
	      "ffffff819883e300 474-c2@1.1-servi rockchipdrm              56 K1B" SEG0
		      SEG1 ROW SEG0 SEG1);
	is_u64(only_buffer(&f)->n_segments, 2, "segments of a lost row go to nobody");
	is_u64(f.snap->buffers.v[0].pointer, 0xffffff819883e200, "... not to the next");
	is_int(f.diag.n[DIAG_ERROR], 1, "... one message");
	feed_finish(&f);

	start(&f, PATH, HEADER ROW SEG0 SEG0 SEG1);
	is_u64(only_buffer(&f)->n_segments, 2, "a segment that stands alone is refused");
	is_int(f.diag.n[DIAG_ERROR], 1, "... and reported");
	feed_finish(&f);

	start(&f, PATH,
	      HEADER ROW SEG0 PAD
	      "   2: 0x00000000fde0c000..0x00000000fde0dfff (         8 KiB)\n");
	is_int(f.diag.n[DIAG_WARNING], 1, "a gap is told");
	feed_finish(&f);

	start(&f, PATH,
	      HEADER
	      "ffffff819883e200 474-c2@1.1-servi rockchipdrm              40 KiB" SEG0 PAD
	      "   2: 0x00000000fde0c000..0x00000000fde0dfff (         8 KiB)\n");
	ok(!f.snap->buffers.v[0].size_is_exact, "... and proves nothing");
	feed_finish(&f);

	start(&f, PATH, HEADER ROW "\nnonsense\n" ROW SEG0);
	is_u64(only_buffer(&f)->n_segments, 1, "a row without a segment is lost");
	is_int(f.diag.n[DIAG_ERROR], 2, "... as is a line of another kind");
	feed_finish(&f);
}

static void test_hostile_names(void)
{
	/* 16 bytes of name as `%-16.16s` prints them. */
	static const char *const names[] = {
		"a\nb             ",
		"\n               ",
		"12 KiB 13 KiB   ",
		"   0: 0x00000000",
		"abcdef\nffffff80 ",
		"a\n   0: 0x000000",
		"\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n",
	};
	struct fed f;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		_text_ struct text t = { 0 };

		text_printf(&t,
			    HEADER "ffffff819883e200 %s rockchipdrm              56 KiB",
			    names[i]);
		text_adds(&t, SEG0 SEG1);
		start(&f, PATH, t.v);
		ok(f.snap->buffers.n == 1 && f.snap->buffers.v[0].n_segments == 2 &&
			   f.snap->buffers.v[0].pointer == 0xffffff819883e200,
		   "hostile name %zu breaks its row and forges none", i);
		ok(!f.diag.n[DIAG_ERROR], "... and nothing is lost");
		feed_finish(&f);
	}
}

static void test_saved(void)
{
	struct fed f;

	ok(feed_opens(source_rk_sgt.format, "DMABUF NAME EXPORT SIZE:KiB SGLIST"),
	   "a folded header opens");
	ok(feed_opens(source_rk_sgt.format, ROW
		      "   0: 0x00000000fde00000..0x00000000fde07fff (        32 KiB)"),
	   "a row opens");
	ok(!feed_opens(source_rk_sgt.format, ROW " fb000000.gpu"),
	   "a row of dev does not");
	ok(!feed_opens(source_rk_sgt.format, ROW), "nor one without devices");
	ok(!feed_opens(source_rk_sgt.format,
		       "   0: 0x0000000000200000..0x0000000083ffffff (   2160640 KiB)"),
	   "nor memblock");
	ok(!source_rk_sgt.format->begins((struct span){ ROW, strlen(ROW) }),
	   "a row begins no dump");

	start(&f, NULL,
	      "DMABUF NAME EXPORT SIZE:KiB SGLIST\n"
	      "ffffff819883e200 474-c2@1.1-servi rockchipdrm 56 KiB "
	      "0: 0x00000000fde00000..0x00000000fde07fff (32 KiB)\n"
	      "1: 0x00000000fde08000..0x00000000fde0dfff (24 KiB)\nrk3588:/ # \n");
	ok(only_buffer(&f)->n_segments == 2 && f.snap->buffers.v[0].size_is_exact,
	   "folded blanks");
	ok(f.is_foreign && f.lines == 3, "the prompt is not ours");
	feed_finish(&f);

	start(&f, NULL,
	      HEADER ROW
	      "   0:\n0x00000000fde00000..0x00000000fde07fff (        32 KiB)\n" PAD
	      "   1:\n0x00000000fde08000..0x00000000fde0dfff (        24\nKiB)\n");
	ok(only_buffer(&f)->n_segments == 2 && !f.diag.n[DIAG_ERROR],
	   "wrapped by a mail program");
	feed_finish(&f);

	start(&f, NULL,
	      HEADER ROW SEG0 SEG1
	      "   0: 0x0000000000200000..0x0000000083ffffff (   2160640 KiB)\n"
	      "Total: 2160640 KiB\n");
	ok(only_buffer(&f)->n_segments == 2 && f.is_foreign,
	   "memblock behind it is not ours");
	feed_finish(&f);

	start(&f, NULL, HEADER ROW SEG0 SEG1 ROW " fb000000.gpu\n");
	ok(f.is_foreign && !f.diag.n[DIAG_ERROR],
	   "a row of dev behind it is left to dev");
	feed_finish(&f);
}

int main(void)
{
	test_kernel_form();
	test_sizes();
	test_join();
	test_damage();
	test_hostile_names();
	test_saved();
	return done_testing();
}
