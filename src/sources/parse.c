/* SPDX-License-Identifier: MIT */
/* What all parsers share: reporting lost lines, joining broken rows, reading one node. */
#include <errno.h>
#include <stdarg.h>

#include "sources/source.h"

/* A name has at most 32 bytes, so at most that many newlines break one row. */
#define HOLD_LINES 34
#define HOLD_BYTES ((size_t)8192)

static void report(struct parse *p, enum severity sev, const struct line *line,
		   const char *at, const char *message)
{
	struct place place = { .file = p->file, .line = line->number };

	if (at >= line->text && at <= line->text + line->len)
		place.column = (uint64_t)(at - line->text) + 1;
	diag_at(p->diag, sev, &place, "%s", message);
}

enum line_result parse_damaged(struct parse *p, const struct line *line, const char *at,
			       const char *fmt, ...)
{
	char message[512];
	va_list ap;

	if (p->is_trial)
		return LINE_DAMAGED;
	va_start(ap, fmt);
	vsnprintf(message, sizeof(message), fmt, ap);
	va_end(ap);
	report(p, DIAG_ERROR, line, at, message);
	p->skipped++;
	return LINE_DAMAGED;
}

void parse_warning(struct parse *p, const struct line *line, const char *at,
		   const char *fmt, ...)
{
	char message[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(message, sizeof(message), fmt, ap);
	va_end(ap);
	report(p, DIAG_WARNING, line, at, message);
}

uint32_t parse_str(struct parse *p, struct span span)
{
	return strings_add(&p->snap->strings, span.at, span.len);
}

struct span parse_path_part(const struct parse *p, unsigned i)
{
	const char *at = p->path;

	while (at && i--) {
		at = strchr(at, '/');
		at = at ? at + 1 : NULL;
	}
	return at ? (struct span){ at, strcspn(at, "/") } : (struct span){ "", 0 };
}

void feed_open(struct feed *f, const struct node_format *format)
{
	f->format = format;
	f->p.source = format->source;
	f->p.state = format->state_size ? mem_alloc(format->state_size) : NULL;
	f->p.records = f->p.skipped = 0;
	f->p.last_try = false;
	f->n_held = 0;
	f->is_started = f->is_refused = false;
}

static struct line held_line(const struct feed *f)
{
	return (struct line){ .text = f->held.v,
			      .len = f->held.n,
			      .number = f->held_number,
			      .has_end = true };
}

static void hold(struct feed *f, const struct line *line)
{
	if (!f->n_held) {
		text_clear(&f->held);
		f->held_number = line->number;
	} else {
		text_addc(&f->held, '\n');
	}
	text_add(&f->held, line->text, line->len);
	f->n_held++;
}

/* Nothing joins the held text any more: it is taken as it stands, or lost. */
static enum line_result settle(struct feed *f)
{
	struct line line = held_line(f);
	enum line_result r;

	f->n_held = 0;
	f->p.last_try = true;
	r = f->format->line(&f->p, &line);
	f->p.last_try = false;
	if (r == LINE_HOLD || (r == LINE_FOREIGN && f->p.is_exact))
		r = parse_damaged(&f->p, &line, line.text, "incomplete: '%s'",
				  diag_quote(line.text, line.len));
	if (r == LINE_FOREIGN && !f->is_started)
		f->is_refused = true;
	else
		f->is_started = true;
	return r;
}

static enum line_result offer(struct feed *f, const struct line *line)
{
	enum line_result r = f->format->line(&f->p, line);

	if (r == LINE_HOLD) {
		if (line->len < HOLD_BYTES) {
			hold(f, line);
			return LINE_TAKEN;
		}
		f->p.last_try = true;
		r = f->format->line(&f->p, line);
		f->p.last_try = false;
	}
	if (r == LINE_FOREIGN && f->p.is_exact)
		r = parse_damaged(&f->p, line, line->text, "not a line of %s: '%s'",
				  source_names[f->p.source],
				  diag_quote(line->text, line->len));
	f->is_started = true;
	return r;
}

enum line_result feed_line(struct feed *f, const struct line *line)
{
	enum line_result r;
	struct line joined;
	size_t before;

	if (unlikely(line->is_cut))
		return parse_damaged(&f->p, line, line->text + line->len,
				     "line longer than %zu bytes", READER_LINE_LIMIT);
	if (likely(!f->n_held))
		return offer(f, line);
	before = f->held.n;
	hold(f, line);
	joined = held_line(f);
	joined.has_end = line->has_end;
	if (f->n_held < HOLD_LINES && f->held.n < HOLD_BYTES) {
		f->p.is_trial = true;
		r = f->format->line(&f->p, &joined);
		f->p.is_trial = false;
		if (r == LINE_HOLD)
			return LINE_TAKEN;
		if (r == LINE_TAKEN || r == LINE_ENDS) {
			f->n_held = 0;
			f->is_started = true;
			return r;
		}
	}
	f->held.n = before;
	f->held.v[before] = '\0';
	r = settle(f);
	if (r == LINE_ENDS || f->is_refused)
		return LINE_FOREIGN;
	return offer(f, line);
}

void feed_close(struct feed *f)
{
	if (!f->format)
		return;
	if (f->n_held)
		settle(f);
	if (f->format->end && !f->is_refused)
		f->format->end(&f->p);
	if (!f->is_refused && f->p.source < N_SOURCES)
		snapshot_count(f->p.snap, f->p.source, f->p.records, f->p.skipped);
	free(f->p.state);
	f->p.state = NULL;
	f->format = NULL;
}

int parse_node(struct snapshot *snap, const struct root *root, const char *path,
	       const struct node_format *format, struct diag *diag)
{
	_text_ struct text name = { 0 };
	struct feed f = {
		.p = { .snap = snap, .diag = diag, .path = path, .is_exact = true }
	};
	struct reader reader;
	struct line line;
	int r = root_reader(root, path, &reader);

	if (r < 0)
		return r;
	f.p.file = root_name(root, path, &name);
	feed_open(&f, format);
	while ((r = reader_next(&reader, &line)) == 1)
		feed_line(&f, &line);
	feed_close(&f);
	text_fini(&f.held);
	diag_end_file(diag);
	reader_fini(&reader);
	return r;
}
