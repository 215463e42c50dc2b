/* SPDX-License-Identifier: MIT */
/*
 * For unit tests and fuzz targets of sources: feeds a text to one format, as a kernel
 * node or as a part of a saved log, without the readers around it.
 */
#pragma once

#undef diag_note /* tap.h's remark; base/diag.h has a message of this name */
#include "sources/source.h"

struct fed {
	struct snapshot *snap;
	struct diag diag;
	char *messages; /* all of them, when feed_begin() was used */
	size_t messages_len;
	uint64_t lines;	 /* consumed by the last feed_text() */
	bool ended;	 /* the last one ended by itself */
	bool is_foreign; /* the last one met a line that is not its own */
};

__attribute__((unused)) static void feed_begin(struct fed *f)
{
	*f = (struct fed){ .snap = snapshot_new() };
	f->diag.verbose = true;
	f->diag.out = open_memstream(&f->messages, &f->messages_len);
}

__attribute__((unused)) static void feed_finish(struct fed *f)
{
	if (f->diag.out)
		fclose(f->diag.out);
	free(f->messages);
	snapshot_free(f->snap);
}

/*
 * `path` not NULL: a kernel node, every line must be its own. NULL: saved text, where the
 * first foreign line ends the node, as it does in the reader of logs.
 */
__attribute__((unused)) static void feed_bytes(struct fed *f,
					       const struct node_format *format,
					       const char *path, const char *bytes,
					       size_t len)
{
	struct feed feed = { .p = { .snap = f->snap,
				    .diag = &f->diag,
				    .file = path ? path : "saved.log",
				    .path = path,
				    .is_exact = path } };
	enum line_result r = LINE_TAKEN;
	struct reader reader;
	struct line line;

	f->lines = 0;
	reader_init_mem(&reader, bytes, len);
	feed_open(&feed, format);
	while (reader_next(&reader, &line) == 1) {
		r = feed_line(&feed, &line);
		if (!path && (r == LINE_FOREIGN || r == LINE_ENDS))
			break;
		f->lines++;
	}
	f->lines += r == LINE_ENDS && !path;
	f->ended = r == LINE_ENDS;
	f->is_foreign = r == LINE_FOREIGN;
	feed_close(&feed);
	text_fini(&feed.held);
	reader_fini(&reader);
	if (f->diag.out)
		fflush(f->diag.out);
}

__attribute__((unused)) static void feed_text(struct fed *f,
					      const struct node_format *format,
					      const char *path, const char *text)
{
	feed_bytes(f, format, path, text, strlen(text));
}

/* Does this text, at the start of its line, open the format? */
__attribute__((unused)) static bool feed_opens(const struct node_format *format,
					       const char *line)
{
	return format->opens && format->opens((struct span){ line, strlen(line) });
}
