/* SPDX-License-Identifier: MIT */
/* Tests of src/sources/mpp.c and mpp_line.c. */
#include "../lib/tap.h"
#include "../lib/feed.h"

extern const struct source source_mpp;

#define PATH "proc/mpp_service/sessions-summary"
#define TITLE "session iova range dump:\n"
#define ROW0 "   0: 0x00000000fe000000..0x00000000febddfff (     12152 KiB)\n"
#define ROW1 "   1: 0x00000000fb000000..0x00000000fbbddfff (     12152 KiB)\n"
#define STALE "   0: 0x0000000000000000..0xffffffffffffffff (         0 Bytes)\n"
#define IDENTITY "session: pid=3964 index=11\n device: fdbd0000.rkvenc-core\n"
#define MEMORY " memory: 23 MiB\n"
#define DASHES                                                         \
	"------------------------------------------------------------" \
	"------------------------------------------------\n"
#define TABLE(index) \
	DASHES "| session|  device|   width|\n|" index "|  RKVENC|    3840|\n"

static void start(struct fed *f, const char *path, const char *text)
{
	feed_begin(f);
	feed_text(f, source_mpp.format, path, text);
}

static const struct session *session(const struct fed *f, size_t i)
{
	static const struct session none = { .pid = 1, .memory_bytes = 1 };

	ok(f->snap->sessions.n > i, "session %zu is there", i);
	return f->snap->sessions.n > i ? &f->snap->sessions.v[i] : &none;
}

static void test_sessions(void)
{
	const struct session *s;
	struct fed f;

	start(&f, PATH, TITLE ROW0 ROW1 IDENTITY MEMORY TABLE("      11"));
	s = session(&f, 0);
	is_u64(f.snap->sessions.n, 1, "the table belongs to the session before it");
	is_u64(s->pid, 3964, "pid");
	is_u64(s->index, 11, "index");
	is_str(snapshot_str(f.snap, s->kind), "mpp", "kind");
	is_str(snapshot_str(f.snap, s->device), "fdbd0000.rkvenc-core", "device");
	is_u64(s->memory_bytes, 2 * 12152 * 1024, "memory to the byte, from the rows");
	is_u64(s->n_segments, 2, "two segments");
	is_u64(f.snap->segments.v[s->segments + 1].address, 0xfb000000, "IOVA");
	is_int(f.diag.n[DIAG_ERROR] + f.diag.n[DIAG_WARNING], 0,
	       "nothing is wrong with it");
	feed_finish(&f);

	start(&f, PATH,
	      TITLE ROW0 ROW1 STALE
	      "   1: 0xf8000000..0xf80001ff (       512 Bytes)\n" IDENTITY MEMORY);
	s = session(&f, 0);
	is_u64(s->n_segments, 3, "the unused list counts, its stale row does not");
	is_u64(s->memory_bytes, 2 * 12152 * 1024 + 512, "... nor change the sum");
	is_int(f.diag.n[DIAG_WARNING], 0, "the index beginning again is no surprise");
	feed_finish(&f);

	start(&f, PATH,
	      TITLE ROW0 IDENTITY
	      " memory: 11 MiB\n" TITLE
	      "session: pid=3964 index=12\n device: fdc38100.rkvdec-core\n memory: 0 MiB\n");
	is_u64(f.snap->sessions.n, 2, "two sessions of one pid");
	s = session(&f, 1);
	ok(s->index == 12 && !s->n_segments && !s->memory_bytes,
	   "the second has nothing mapped");
	feed_finish(&f);

	start(&f, PATH, TITLE ROW0 IDENTITY MEMORY);
	is_u64(session(&f, 0)->memory_bytes, 23 << 20,
	       "rows that disagree leave the MiB");
	feed_finish(&f);

	start(&f, PATH, "");
	ok(!f.snap->sessions.n && f.snap->coverage[SRC_MPP].status == COVERAGE_OK,
	   "no sessions, and that is known");
	feed_finish(&f);
}

static void test_shapes(void)
{
	const struct session *s;
	struct fed f;

	start(&f, PATH, TABLE("      15") TABLE("      16"));
	is_u64(f.snap->sessions.n, 2, "4.19: tables only");
	s = session(&f, 1);
	is_str(snapshot_str(f.snap, s->device), "RKVENC", "... which name the device");
	ok(s->index == 16 && s->pid == ABSENT32 && s->memory_bytes == ABSENT64,
	   "... and neither pid nor memory");
	is_int(f.diag.n[DIAG_ERROR], 0, "... without errors");
	feed_finish(&f);

	start(&f, PATH,
	      "fdc38100.rkvdec-core Total: 699760 KiB\nfdc48100.rkvdec-core Total: 0 KiB\n");
	is_u64(f.snap->sessions.n, 2, "the guide's form");
	s = session(&f, 0);
	ok(s->memory_bytes == (uint64_t)699760 * 1024 && s->pid == ABSENT32 &&
		   s->index == ABSENT32,
	   "... device and memory");
	feed_finish(&f);

	start(&f, PATH, "fdc38100.rkvdec-core\n Total: 699760 KiB\n");
	is_str(snapshot_str(f.snap, session(&f, 0)->device), "fdc38100.rkvdec-core",
	       "the guide's form on two lines");
	is_u64(f.snap->reported_bytes, ABSENT64, "... is not the total of dma-bufs");
	is_int(f.diag.n[DIAG_ERROR], 0, "... and no damage");
	feed_finish(&f);
}

static void test_damage(void)
{
	struct fed f;

	start(&f, PATH, TITLE ROW0 "   1: 0x00000000fb000000..\n" IDENTITY MEMORY);
	is_u64(session(&f, 0)->n_segments, 1, "a damaged row costs that row");
	is_int(f.diag.n[DIAG_ERROR], 1, "... and is reported");
	is_u64(session(&f, 0)->memory_bytes, 23 << 20, "... the sum is the kernel's");
	feed_finish(&f);

	start(&f, PATH, TITLE ROW0 TITLE ROW1 IDENTITY MEMORY);
	is_u64(session(&f, 0)->n_segments, 1, "rows without a session go to nobody");
	is_u64(f.snap->segments.v[f.snap->sessions.v[0].segments].address, 0xfb000000,
	       "... not to the next");
	is_int(f.diag.n[DIAG_ERROR], 1, "... and are reported");
	feed_finish(&f);

	start(&f, PATH, TITLE ROW0);
	ok(!f.snap->sessions.n && f.diag.n[DIAG_ERROR] == 1, "cut behind the rows");
	feed_finish(&f);

	start(&f, PATH,
	      TITLE ROW0 "session: pid=-1 index=11\n device: x\n" TITLE IDENTITY MEMORY);
	ok(f.snap->sessions.n == 1 && f.diag.n[DIAG_ERROR] >= 1,
	   "a negative pid is none");
	feed_finish(&f);

	start(&f, PATH,
	      TITLE "session: pid=4294967297 index=11\n device: x\n memory: 0 MiB\n");
	ok(!f.snap->sessions.n, "a pid that is no int is none");
	feed_finish(&f);

	start(&f, PATH, ROW0 "nonsense\n\n");
	is_int(f.diag.n[DIAG_ERROR], 3, "a stray row, another line and an empty one");
	feed_finish(&f);

	start(&f, PATH, TITLE IDENTITY TITLE IDENTITY MEMORY);
	is_u64(f.snap->sessions.n, 2, "a session without its memory is one");
	is_u64(session(&f, 0)->memory_bytes, ABSENT64, "... of unknown memory");
	feed_finish(&f);
}

/* Cells of 8 bytes that a program chose. */
static void test_hostile_cells(void)
{
	static const char *const cells[] = {
		"\n\n\n\n\n\n\n\n", "a\n  1|  x", "\n| sessi", "|||||||\n",
		"session:",	    "\n  0: 0x0", "\n-------",
	};
	struct fed f;

	for (size_t i = 0; i < ARRAY_SIZE(cells); i++) {
		_text_ struct text t = { 0 };

		text_printf(&t,
			    DASHES "| session|  device|  format|  fps_in|\n"
				   "|      11|  RKVENC|%s|%s|\n",
			    cells[i], cells[i]);
		text_adds(&t, TITLE ROW0
			  "session: pid=5 index=12\n device: d\n memory: 11 MiB\n");
		start(&f, PATH, t.v);
		ok(f.snap->sessions.n == 2 && f.snap->sessions.v[0].index == 11 &&
			   f.snap->sessions.v[1].index == 12 &&
			   f.snap->sessions.v[1].pid == 5 &&
			   f.snap->sessions.v[1].n_segments == 1,
		   "hostile cell %zu forges no session", i);
		feed_finish(&f);
	}
	start(&f, PATH,
	      DASHES
	      "| session|  device|  format|  fps_in|\n|      11|  RKVENC|  a\n\nb|    \n|\n");
	ok(f.snap->sessions.n == 1 && !f.diag.n[DIAG_ERROR],
	   "newlines in cells cost nothing");
	feed_finish(&f);
}

static void test_saved(void)
{
	const struct node_format *format = source_mpp.format;
	struct fed f;

	ok(feed_opens(format, "session iova range dump:"), "the title opens");
	ok(feed_opens(format, "fdc38100.rkvdec-core Total: 699760 KiB"),
	   "the guide's line opens");
	ok(feed_opens(format, "| session|  device|"), "a table opens");
	ok(!feed_opens(format,
		       "   0: 0x0000000000200000..0x0000000083ffffff (   2160640 KiB)"),
	   "memblock does not");
	ok(!feed_opens(format, "Total: 699760 KiB"), "a counter does not");
	ok(!feed_opens(format, "rk3588:/ #"), "a prompt does not");

	start(&f, NULL,
	      TITLE
	      "0: 0x00000000fe000000..0x00000000febddfff (12152 KiB)\n\n"
	      "session: pid=3964 index=11\ndevice: fdbd0000.rkvenc-core\nmemory: 11 MiB   \n# \n");
	ok(session(&f, 0)->memory_bytes == 12152 * 1024 && f.is_foreign && f.lines == 6,
	   "blanks folded, an empty line more, a prompt behind");
	is_int(f.diag.n[DIAG_ERROR], 0, "... without errors");
	feed_finish(&f);

	start(&f, NULL, "ffa50000.rkvenc\nTotal 1 devices attached\n");
	ok(!f.snap->sessions.n && !f.diag.n[DIAG_ERROR], "a device alone is no session");
	feed_finish(&f);
}

int main(void)
{
	test_sessions();
	test_shapes();
	test_damage();
	test_hostile_cells();
	test_saved();
	return done_testing();
}
