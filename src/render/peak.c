/* SPDX-License-Identifier: MIT */
/*
 * The `peak` report. Its two numbers are floored in different units (peak to MiB, total
 * to KiB), a reset stores 0 and not the total, and both are 0 for ever where the kernel
 * has the files but not the option that counts (formats.md 1.1): each of these is said
 * where it shows.
 */
#include "render/peak.h"

#include <errno.h>
#include <inttypes.h>

#include "base/escape.h"
#include "base/root.h"
#include "model/identity.h"
#include "store/json_doc.h"

#define PEAK_VERSION 1
#define MIB ((uint64_t)1 << 20)

static uint64_t listed_bytes(const struct peak_report *report)
{
	return snapshot_knows_buffers(report->snap) ? report->totals.size_bytes :
						      ABSENT64;
}

void peak_report_init(struct peak_report *report, const struct snapshot *snap)
{
	const struct coverage *c = &snap->coverage[SRC_RK_PEAK];

	*report = (struct peak_report){ .snap = snap,
					.totals = snapshot_totals(snap),
					.counters = PEAK_COUNTED,
					.is_live = snap->captured.is_live };
	/* Read without damage, and yet no number: the sources know that nobody counts. */
	if (report->totals.peak_bytes == ABSENT64)
		report->counters = snapshot_covers(snap, SRC_RK_PEAK) && !c->skipped ?
					   PEAK_NOT_COUNTED :
					   PEAK_ABSENT;
	else if (!report->totals.peak_bytes &&
		 (snap->reported_by != SRC_RK_SIZE || !snap->reported_bytes))
		report->counters = PEAK_UNCERTAIN;
}

uint64_t peak_bytes(const struct peak_report *report)
{
	return report->totals.peak_bytes;
}

static void add_note(struct text *out, const char *note)
{
	text_add(out, note, strlen(note) + 1);
}

static void note_counters(const struct peak_report *report, struct text *out)
{
	uint64_t peak = report->totals.peak_bytes, total = report->totals.reported_bytes;

	switch (report->counters) {
	case PEAK_ABSENT:
		add_note(
			out,
			"no peak could be read; where /proc/rk_dmabuf/peak is missing, "
			"the kernel keeps none (CONFIG_RK_DMABUF_DEBUG, Rockchip 5.10 and "
			"later), and `peak -- CMD` watches the total while CMD runs");
		return;
	case PEAK_NOT_COUNTED:
		add_note(
			out,
			"the kernel's size and peak both read 0 while buffers are listed: "
			"it was built without CONFIG_RK_DMABUF_DEBUG and counts neither");
		return;
	case PEAK_UNCERTAIN:
		add_note(out, "the kernel's counters read 0: either nothing has been "
			      "allocated since boot or a reset, or the kernel was built "
			      "without CONFIG_RK_DMABUF_DEBUG and does not count");
		return;
	case PEAK_COUNTED:
		break;
	}
	if (total == ABSENT64 || peak >= total ||
	    report->snap->reported_by != SRC_RK_SIZE)
		return;
	if (peak / MIB == total / MIB)
		add_note(
			out,
			"the peak reads lower than the total because the kernel floors it "
			"to MiB");
	else if (!peak)
		add_note(
			out,
			"the peak was reset, which stores 0; it becomes the total at the "
			"next allocation");
	else
		add_note(out,
			 "the peak reads lower than the total: they were read one after "
			 "the other, and the total grew in between");
}

static const char *why_not_reset(const struct peak_report *report)
{
	if (report->reset.error == -ENOENT)
		return "this kernel has no /proc/rk_dmabuf/peak";
	if (report->reset.error == -EACCES || report->reset.error == -EPERM)
		return "only root may";
	if (report->reset.error == -EROFS && !report->is_live)
		return "this is not the running kernel";
	return strerror(-report->reset.error);
}

static void note_watch(const struct peak_report *report, struct text *out)
{
	const struct peak_watch *w = report->watch;
	_text_ struct text note = { 0 };

	if (report->reset.error == -ENOENT && report->counters == PEAK_ABSENT) {
		/* That it is not there has been said. */
	} else if (report->reset.error) {
		text_printf(&note,
			    "the kernel's peak could not be reset at the start: %s",
			    why_not_reset(report));
		if (peak_bytes(report) != ABSENT64)
			text_adds(&note, "; it counts from boot or the last reset");
		add_note(out, note.v);
	} else if (peak_bytes(report) != ABSENT64 && w->highest_bytes != ABSENT64 &&
		   peak_bytes(report) > w->highest_bytes) {
		add_note(out,
			 "the kernel's peak is higher than any sample: it lasted less "
			 "than an interval");
	}
	text_clear(&note);
	if (w->missed) {
		text_printf(&note,
			    "%" PRIu64 " samples came too late and were left out; a "
			    "longer --interval costs less",
			    w->missed);
		add_note(out, note.v);
	}
}

void peak_notes(const struct peak_report *report, const struct look *look,
		struct text *out)
{
	(void)look;
	note_counters(report, out);
	if (report->watch)
		note_watch(report, out);
}

static const char *size(const struct look *look, char *text, uint64_t bytes)
{
	return units_size(text, bytes, look->units);
}

static void put_now(const struct look *look, const struct peak_report *report)
{
	uint64_t listed = listed_bytes(report), peak = peak_bytes(report);
	_text_ struct text line = { 0 };
	char text[UNITS_TEXT];

	if (peak != ABSENT64)
		fprintf(look->out,
			"Peak   %s since boot or the last reset, floored to MiB\n",
			size(look, text, peak));
	else
		fputs("Peak   not known\n", look->out);
	if (report->totals.reported_bytes != ABSENT64)
		text_printf(&line, "%s now, by the kernel's counter",
			    size(look, text, report->totals.reported_bytes));
	if (listed != ABSENT64) {
		text_printf(&line, "%s%s ", line.n ? "; " : "", size(look, text, listed));
		text_adds(&line, report->totals.reported_bytes != ABSENT64 ?
					 "listed in " :
					 "now, listed in ");
		summary_count(&line, report->totals.buffers, "buffer");
	}
	fprintf(look->out, "Total  %s\n", line.n ? line.v : "not known");
}

static void put_reset(const struct look *look, const struct peak_report *report)
{
	char a[UNITS_TEXT], b[UNITS_TEXT];

	fputs("Peak reset", look->out);
	if (report->reset.old_bytes != ABSENT64)
		fprintf(look->out, ": it was %s", size(look, a, report->reset.old_bytes));
	if (report->reset.new_bytes != ABSENT64)
		fprintf(look->out, ", it is %s", size(look, b, report->reset.new_bytes));
	fputc('\n', look->out);
}

static void put_command(const struct look *look, const struct peak_watch *w)
{
	_text_ struct text line = { 0 };
	char text[UNITS_TEXT];

	for (char *const *arg = w->argv; *arg; arg++) {
		if (line.n)
			text_addc(&line, ' ');
		escape_terminal(&line, *arg, strlen(*arg));
	}
	fprintf(look->out, "Command %s\n", line.v);
	if (w->signal)
		fprintf(look->out, "  ended by signal %d (%s)", w->signal,
			strsignal(w->signal));
	else
		fprintf(look->out, "  ended with exit status %d", w->exit_status);
	fprintf(look->out, " after %s\n", units_duration(text, w->duration_ns));
}

/* units_duration() has a tenth of a second for its smallest part. */
static const char *interval(char out[UNITS_TEXT], uint64_t ns)
{
	if (ns >= 1000000000u)
		return units_duration(out, ns);
	snprintf(out, UNITS_TEXT, "%.4g ms", (double)ns / 1e6);
	return out;
}

static void put_watch(const struct look *look, const struct peak_report *report)
{
	const struct peak_watch *w = report->watch;
	char a[UNITS_TEXT], b[UNITS_TEXT], c[UNITS_TEXT];

	put_command(look, w);
	fprintf(look->out, "Highest total seen %s, %s after the start\n",
		size(look, a, w->highest_bytes), units_duration(b, w->highest_at_ns));
	fprintf(look->out, "  %s before, %s after", size(look, a, w->before_bytes),
		size(look, b, w->after_bytes));
	if (w->before_bytes != ABSENT64 && w->after_bytes != ABSENT64)
		fprintf(look->out, " (%s)",
			units_change(c, (int64_t)(w->after_bytes - w->before_bytes),
				     look->units));
	fprintf(look->out, "\n  %" PRIu64 " samples of %s, every %s\n", w->samples,
		source_names[w->source], interval(a, w->interval_ns));
	if (peak_bytes(report) != ABSENT64)
		fprintf(look->out, "Kernel's peak %s%s, floored to MiB\n",
			size(look, a, peak_bytes(report)),
			report->reset.error ? "" : " since the start");
}

void peak_text(const struct look *look, const struct peak_report *report)
{
	_text_ struct text notes = { 0 };

	if (report->watch)
		put_watch(look, report);
	else if (report->reset.was_asked)
		put_reset(look, report);
	else
		put_now(look, report);
	peak_notes(report, look, &notes);
	list_each(&notes, note)
		fprintf(look->out, "Note: %s.\n", note);
	summary_coverage(look, report->snap);
}

static struct json_object *reset_json(const struct peak_report *report)
{
	struct json_object *obj = json_object_new_object();
	const char *error = report->reset.error ? why_not_reset(report) : NULL;

	json_add(obj, "done", json_object_new_boolean(!report->reset.error));
	json_add(obj, "error", error ? json_object_new_string(error) : NULL);
	json_add(obj, "old_peak_bytes", json_number(report->reset.old_bytes));
	json_add(obj, "new_peak_bytes", json_number(report->reset.new_bytes));
	return obj;
}

/* An argument may hold any byte. */
static struct json_object *argv_json(char *const *argv)
{
	struct json_object *array = json_object_new_array();

	for (; *argv; argv++) {
		_text_ struct text text = { 0 };

		escape_utf8(&text, *argv, strlen(*argv));
		json_object_array_add(array,
				      json_object_new_string(text.v ? text.v : ""));
	}
	return array;
}

static struct json_object *watch_json(const struct peak_watch *w)
{
	struct json_object *obj = json_object_new_object();
	bool exited = !w->signal;

	json_add(obj, "argv", argv_json(w->argv));
	json_add(obj, "exit_status", exited ? json_object_new_int(w->exit_status) : NULL);
	json_add(obj, "signal", exited ? NULL : json_object_new_int(w->signal));
	json_add(obj, "duration_ns", json_number(w->duration_ns));
	json_add(obj, "total_source", json_object_new_string(source_names[w->source]));
	json_add(obj, "interval_ns", json_number(w->interval_ns));
	json_add(obj, "samples", json_number(w->samples));
	json_add(obj, "missed_samples", json_number(w->missed));
	json_add(obj, "before_bytes", json_number(w->before_bytes));
	json_add(obj, "after_bytes", json_number(w->after_bytes));
	json_add(obj, "highest_bytes", json_number(w->highest_bytes));
	json_add(obj, "highest_at_ns", json_number(w->highest_at_ns));
	return obj;
}

int peak_json(const struct look *look, const struct peak_report *report)
{
	static const char *const counters[] = {
		[PEAK_COUNTED] = "on",
		[PEAK_NOT_COUNTED] = "off",
		[PEAK_UNCERTAIN] = "unknown",
		[PEAK_ABSENT] = "absent",
	};
	bool listed = snapshot_knows_buffers(report->snap);
	_text_ struct text notes = { 0 };
	struct json_doc doc;

	json_doc_begin(&doc, look->out, "peak", PEAK_VERSION);
	json_doc_head(&doc, report->snap);
	json_doc_key(&doc, "counters",
		     json_object_new_string(counters[report->counters]));
	json_doc_key(&doc, "peak_bytes", json_number(peak_bytes(report)));
	json_doc_key(&doc, "peak_is_floored_to_bytes", json_number(MIB));
	json_doc_key(&doc, "reported_bytes", json_number(report->totals.reported_bytes));
	json_doc_key(&doc, "listed_bytes", json_number(listed_bytes(report)));
	json_doc_key(&doc, "listed_buffers",
		     json_number(listed ? report->totals.buffers : ABSENT64));
	json_doc_key(&doc, "reset", report->reset.was_asked ? reset_json(report) : NULL);
	json_doc_key(&doc, "command", report->watch ? watch_json(report->watch) : NULL);
	peak_notes(report, look, &notes);
	json_doc_list(&doc, "notes");
	list_each(&notes, note)
		json_doc_item(&doc, json_object_new_string(note));
	json_doc_list_end(&doc);
	json_doc_end(&doc);
	return doc.error;
}
