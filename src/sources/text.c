/* SPDX-License-Identifier: MIT */
/*
 * Saved text: finds the nodes inside a log by their content. Between nodes anything may
 * stand (prompts, banners, dmesg); inside one, lines that are not understood are counted
 * and the first is named, but only when the node goes on behind them: text after its end
 * is nobody's loss.
 *
 * The same node again is another moment, as people save it: `cat dev`, play a video,
 * `cat dev`. One moment is read, the last unless another was asked for.
 */
#include <errno.h>

#include "model/join.h"
#include "sources/source.h"

struct log_state {
	struct feed feed;
	struct snapshot *snap;
	const struct text_request *req;
	struct diag *diag;
	unsigned moment;		/* being read, from 1; 0: no node so far */
	uint32_t seen;			/* nodes of this moment: 1 << source_id */
	uint32_t seen_before;		/* the same without the open one */
	bool done;			/* the moment asked for is complete */
	const struct node_format *last; /* node that the lines now passing came behind */
	uint64_t gap, gap_line;		/* how many of them, and the first */
	bool gap_is_inside;		/* the open node may go on behind them */
	char gap_quote[64];
	struct snapshot *unasked; /* takes what nobody asked for */
	struct diag mute;
};

/* The lines between two parts of one node were in it, and are lost. */
static void settle_gap(struct log_state *st, const struct node_format *format)
{
	struct place place = { st->req->file, st->gap_line, 1 };

	if (!st->gap || !format || st->last != format)
		return;
	diag_error(st->diag, &place, "%llu line%s inside %s not understood: '%s'",
		   (unsigned long long)st->gap, st->gap == 1 ? "" : "s",
		   source_names[format->source], st->gap_quote);
	snapshot_count(st->snap, format->source, 0, st->gap);
}

static void reoffer(struct log_state *st, const struct node_format *after);

static void close_node(struct log_state *st)
{
	const struct node_format *format = st->feed.format;

	feed_close(&st->feed);
	if (format && st->feed.is_refused) {
		reoffer(st, format);
		return;
	}
	if (st->gap_is_inside)
		settle_gap(st, format);
	st->last = format;
	st->gap = 0;
}

static void begin_moment(struct log_state *st)
{
	if (st->moment++) {
		snapshot_free(st->snap);
		st->snap = snapshot_new();
	}
	st->seen = 0;
}

static bool begins(const struct node_format *format, struct span line)
{
	return !format->begins || format->begins(line);
}

static void open_node(struct log_state *st, const struct node_format *format,
		      struct span line)
{
	uint32_t bit = 1u << format->source;
	bool asked = st->req->set & bit;
	bool again = asked && !format->repeats && st->seen & bit && begins(format, line);

	if (again && st->moment == st->req->moment) {
		st->done = true;
		return;
	}
	/* Told when the node is over: it may not be what it looks like. */
	st->gap_is_inside = asked && !again && st->moment;
	if (again || (asked && !st->moment))
		begin_moment(st);
	st->seen_before = st->seen;
	st->seen |= asked ? bit : 0;
	if (!asked && !st->unasked)
		st->unasked = snapshot_new();
	st->feed.p.snap = asked ? st->snap : st->unasked;
	st->feed.p.diag = asked ? st->diag : &st->mute;
	feed_open(&st->feed, format);
}

/*
 * Is the line the beginning of a node? Opens it. Only formats behind `after` are tried,
 * when that is not NULL. Nodes that nobody asked for are read as well: else their lines
 * would be taken for those of a node that looks alike.
 */
static bool sniff(struct log_state *st, struct span line, const struct node_format *after)
{
	for (size_t i = 0; i < n_sources; i++) {
		const struct node_format *format = sources[i]->format;

		if (after) {
			after = format == after ? NULL : after;
			continue;
		}
		if (!format || !format->opens || !format->opens(line))
			continue;
		open_node(st, format, line);
		return !st->done;
	}
	return false;
}

static void pass_by(struct log_state *st, const struct line *line)
{
	if (!span_trim((struct span){ line->text, line->len }).len)
		return;
	if (!st->gap++) {
		st->gap_line = line->number;
		snprintf(st->gap_quote, sizeof(st->gap_quote), "%.63s",
			 diag_quote(line->text, line->len));
	}
}

/* A line outside any node. */
static void start_line(struct log_state *st, const struct line *line,
		       const struct node_format *after)
{
	enum line_result r;

	if (line->is_cut || !sniff(st, (struct span){ line->text, line->len }, after)) {
		pass_by(st, line);
		return;
	}
	r = feed_line(&st->feed, line);
	if (r == LINE_ENDS || r == LINE_FOREIGN)
		close_node(st);
}

/*
 * Terminals pad the line they echo; no node but fdinfo names ends in blanks on purpose.
 */
static void take_line(struct log_state *st, const struct line *line)
{
	enum line_result r;

	/* More than once only where closing has opened another node, see reoffer(). */
	while (st->feed.format) {
		r = feed_line(&st->feed, line);
		if (r == LINE_TAKEN || r == LINE_DAMAGED)
			return;
		close_node(st);
		if (r == LINE_ENDS)
			return;
	}
	if (!st->done)
		start_line(st, line, NULL);
}

/* The lines that a node opened with and then refused may open one of another kind. */
static void reoffer(struct log_state *st, const struct node_format *after)
{
	_text_ struct text held = { 0 };
	struct line line = { .number = st->feed.held_number, .has_end = true };

	st->seen = st->seen_before;
	if (!st->seen && st->moment == 1)
		st->moment = 0; /* nothing was found yet */
	text_add(&held, st->feed.held.v, st->feed.held.n);
	for (size_t at = 0; at < held.n && !st->done; at += line.len + 1, line.number++) {
		line.text = held.v + at;
		line.len = strcspn(line.text, "\n");
		if (at)
			take_line(st, &line);
		else
			start_line(st, &line, after);
	}
}

static int finish(struct log_state *st, int r)
{
	unsigned want = st->req->moment;

	while (st->feed.format)
		close_node(st);
	text_fini(&st->feed.held);
	snapshot_free(st->unasked);
	diag_end_file(st->diag);
	if (r < 0)
		return r;
	if (!st->moment)
		return -ENODATA;
	if (want && want != st->moment)
		return -ERANGE;
	if (!want && st->moment > 1)
		diag_note(st->diag, &(struct place){ .file = st->req->file },
			  "holds %u dumps; this is the last, FILE@1 is the first",
			  st->moment);
	return 0;
}

struct snapshot *sources_read_text(struct reader *reader, const struct text_request *req,
				   struct diag *diag, int *error)
{
	struct log_state st = { .req = req, .diag = diag, .snap = snapshot_new() };
	struct line line;
	int r = 0;

	st.feed.p = (struct parse){ .snap = st.snap, .diag = diag, .file = req->file };
	while (!st.done && (r = reader_next(reader, &line)) == 1)
		take_line(&st, &line);
	*error = finish(&st, st.done ? 0 : r);
	if (*error < 0) {
		snapshot_free(st.snap);
		return NULL;
	}
	join_buffers(st.snap);
	snapshot_settle_counters(st.snap);
	return st.snap;
}
