/* SPDX-License-Identifier: MIT */
/* /proc/rk_dmabuf/dev on strings: columns, pastes, hostile names, damage. */
#include "../lib/tap.h"

#include "../lib/feed.h"

extern const struct source source_rk_dev;

#define PATH "proc/rk_dmabuf/dev"
#define HEADER \
	"          DMABUF NAME             EXPORT                 SIZE:KiB AttachedDevices\n\n"

static const struct buffer *only(const struct fed *f)
{
	return snapshot_totals(f->snap).buffers == 1 ? &f->snap->buffers.v[0] : NULL;
}

static const char *text_of(const struct fed *f, uint32_t id)
{
	return snapshot_str(f->snap, id);
}

static void node(struct fed *f, const char *text)
{
	feed_begin(f);
	feed_text(f, source_rk_dev.format, PATH, text);
}

static void paste(struct fed *f, const char *text)
{
	feed_begin(f);
	feed_text(f, source_rk_dev.format, NULL, text);
}

static void exact_rows(void)
{
	const struct buffer *b;
	struct fed f;

	node(&f,
	     HEADER "ffffff8022507400 402-allocator@4. system-uncached        2628 KiB "
		    "fb000000.gpu display-subsystem fb000000.gpu\n");
	b = only(&f);
	ok(b && b->pointer == 0xffffff8022507400 && b->size_bytes == 2691072, "a row");
	ok(b && b->allocator_pid == 402 && b->task_is_cut && !b->size_is_exact,
	   "its allocator");
	is_str(b ? text_of(&f, b->allocator_task) : "", "allocator@4.", "its task, cut");
	is_str(b ? text_of(&f, b->exporter) : "", "system-uncached", "its exporter");
	ok(b && b->n_attachments == 2 && f.snap->attachments.v[b->attachments].count == 2,
	   "a device twice, another once");
	is_u64(f.messages_len, 0, "nothing to complain about");
	feed_finish(&f);
	node(&f, HEADER "c2507400 1234-rkipc       rk-dma-heap-cma         100 KiB\n");
	b = only(&f);
	ok(b && b->pointer == 0xc2507400 && b->has_attachments && !b->n_attachments,
	   "32 bit, known to be attached to nothing");
	feed_finish(&f);
	node(&f, HEADER);
	ok(!f.snap->buffers.n && !f.messages_len, "a header without rows is no buffer");
	feed_finish(&f);
	node(&f, HEADER
	     "ffffff8022507400 (null)           drm              12345678901 KiB\n");
	b = only(&f);
	ok(b && !b->name && b->size_bytes == 12345678901ull * 1024,
	   "unnamed; eleven digits");
	feed_finish(&f);
}

static void hostile_names(void)
{
	const struct buffer *b;
	struct fed f;

	node(&f, HEADER
	     "ffffff8022507400 a\n12 KiB\nb       drm                     100 KiB gpu\n");
	b = only(&f);
	is_str(b ? text_of(&f, b->name) : "", "a\n12 KiB\nb",
	       "newlines and a size in a name");
	ok(b && b->size_bytes == 102400 && b->n_attachments == 1,
	   "the size is the column's");
	feed_finish(&f);
	node(&f, HEADER
	     "ffffff8022507400                  drm                     100 KiB\n");
	b = only(&f);
	is_str(b ? text_of(&f, b->name) : "x", "", "an empty name is not an absent one");
	feed_finish(&f);
}

static void damage(void)
{
	struct fed f;

	node(&f, HEADER
	     "ffffff8022507400 402-a            drm                     100 KiB\n"
	     "ffffff8022507400 402-a            drm                     100 KiB\n");
	is_u64(snapshot_totals(f.snap).buffers, 1, "listed twice is counted once");
	ok(strstr(f.messages, PATH ":4:1: error: "), "and said, with its line");
	feed_finish(&f);
	node(&f,
	     HEADER "ffffff8022507400 402-a            drm                     1x0 KiB\n"
		    "ffffff8022507500 402-a            drm                     100 KiB\n"
		    "ffffff80225\n");
	is_u64(snapshot_totals(f.snap).buffers, 1, "a damaged line costs that line");
	is_u64(f.snap->coverage[SRC_RK_DEV].skipped, 2, "and is counted");
	is_u64(f.snap->coverage[SRC_RK_DEV].status, COVERAGE_PARTIAL,
	       "the rest is partial");
	feed_finish(&f);
}

static void pastes(void)
{
	const struct buffer *b;
	struct fed f;

	paste(&f, "ffffff8022507400 402-allocator@4. system-uncached        2628 KiB "
		  "fb000000.gpu\ndisplay-subsystem fb000000.gpu\n");
	b = only(&f);
	ok(b && b->n_attachments == 2, "devices that a mail program wrapped");
	feed_finish(&f);
	paste(&f,
	      "ffffff8022507400 402-allocator@4. system-uncached 2628 KiB fb000000.gpu\n");
	b = only(&f);
	ok(b && b->size_bytes == 2691072, "folded blanks");
	is_str(b ? text_of(&f, b->name) : "", "402-allocator@4.",
	       "its name all the same");
	feed_finish(&f);
	paste(&f,
	      HEADER "ffffff8022507400 402-a            drm                     100 KiB\n"
		     "console:/ # ls\n");
	ok(only(&f) && f.is_foreign, "a prompt behind the rows is not the node's");
	feed_finish(&f);
	ok(!feed_opens(source_rk_dev.format, "deadbeef and some words"),
	   "words open nothing");
	ok(feed_opens(source_rk_dev.format,
		      "ffffff8022507400 402-a            drm                     100 KiB"),
	   "a row without its header does");
}

int main(void)
{
	exact_rows();
	hostile_names();
	damage();
	pastes();
	return done_testing();
}
