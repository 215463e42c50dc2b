/* SPDX-License-Identifier: MIT */
/* What the tests of bufinfo share: the pieces of its text and looking at the result. */
#pragma once

#include "../lib/tap.h"
#include "../lib/feed.h"

extern const struct source source_bufinfo;

#define PATH "sys/kernel/debug/dma_buf/bufinfo"
#define TITLE "\nDma-buf Objects:\n"
#define FOUR "size    \tflags   \tmode    \tcount   \texp_name"
#define HEAD5 TITLE FOUR "\n"
#define HEAD6 TITLE FOUR "\tino     \n"
#define HEAD7 TITLE FOUR "\tino     \tname\n"
#define NUMBERS "01781760\t00000002\t00080007\t00000004\t"
#define ROW7 NUMBERS "system-uncached\t00520340\t359-allocator@4.0-s\n"
#define FENCE "\twrite fence:drm_sched gfx seq 12146 signalled\n"
#define NO_DEVICES "\tAttached Devices:\nTotal 0 devices attached\n\n"
#define ONE_DEVICE \
	"\tAttached Devices:\n\tdisplay-subsystem\nTotal 1 devices attached\n\n"
#define END1 "\nTotal 1 objects, 1781760 bytes\n"

_unused_ static void start(struct fed *f, const char *path, const char *text)
{
	feed_begin(f);
	feed_text(f, source_bufinfo.format, path, text);
}

_unused_ static const struct buffer *buffer(const struct fed *f, size_t i)
{
	static const struct buffer none;

	return i < f->snap->buffers.n ? &f->snap->buffers.v[i] : &none;
}

_unused_ static const char *name(const struct fed *f, size_t i)
{
	return snapshot_str(f->snap, buffer(f, i)->name);
}

_unused_ static const char *detail(const struct fed *f)
{
	return snapshot_str(f->snap, f->snap->coverage[SRC_BUFINFO].detail);
}

_unused_ static const char *device(const struct fed *f, size_t i, uint32_t n)
{
	const struct buffer *buf = buffer(f, i);

	if (n >= buf->n_attachments)
		return NULL;
	return snapshot_str(f->snap, f->snap->attachments.v[buf->attachments + n].device);
}

/* Read without a word of complaint. */
_unused_ static void is_clean(const struct fed *f, size_t buffers, const char *what)
{
	ok(f->snap->buffers.n == buffers && !f->diag.n[DIAG_ERROR] &&
		   f->snap->coverage[SRC_BUFINFO].status == COVERAGE_OK &&
		   f->snap->coverage[SRC_BUFINFO].records == buffers,
	   "%s: clean", what);
	if (f->messages_len || detail(f))
		printf("# %s %s\n", f->messages, detail(f) ? detail(f) : "");
}
