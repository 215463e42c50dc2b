/* SPDX-License-Identifier: MIT */
/* The report of `doctor` for people: long sentences, wrapped to the terminal. */
#include "render/doctor.h"

#include "base/escape.h"
#include "render/table.h"

#define NARROWEST 40
/* Sentences are wrapped in a file, too. */
#define WITHOUT_TERMINAL 100

/*
 * Print text from column `at` on, wrapped at blanks; further lines begin at column
 * `indent`. The text may hold a path or a release from input: it is escaped.
 */
static void print_wrapped(const struct look *look, unsigned at, unsigned indent,
			  const char *raw)
{
	unsigned width = look->width ? MAX(look->width, NARROWEST) : WITHOUT_TERMINAL;
	_text_ struct text text = { 0 };
	const char *word;

	escape_terminal(&text, raw, strlen(raw));
	word = text.v ? text.v : "";
	for (bool first = true; *word; first = false) {
		size_t n = strcspn(word, " ");
		unsigned columns = (unsigned)escape_width(word, n);

		if (!first && at + 1 + columns > width) {
			fprintf(look->out, "\n%*s", (int)indent, "");
			at = indent;
		} else if (!first) {
			fputc(' ', look->out);
			at++;
		}
		fwrite(word, 1, n, look->out);
		at += columns;
		word += n + (word[n] == ' ');
	}
	fputc('\n', look->out);
}

/* `label` in `width` columns and a style, then text. */
static void print_labelled(const struct look *look, const char *label, unsigned width,
			   enum style style, const char *raw)
{
	style_begin(look->out, style, look->color);
	fprintf(look->out, "%*s", -(int)width, label);
	style_end(look->out, style, look->color);
	print_wrapped(look, width, width, raw);
}

static void print_title(const struct look *look, const char *title)
{
	fputc('\n', look->out);
	style_begin(look->out, STYLE_BOLD, look->color);
	fputs(title, look->out);
	style_end(look->out, STYLE_BOLD, look->color);
	fputc('\n', look->out);
}

static void print_step(const struct look *look, unsigned indent, const char *step)
{
	fprintf(look->out, "%*s", (int)indent, "");
	style_begin(look->out, STYLE_BOLD, look->color);
	fputs("-> ", look->out);
	style_end(look->out, STYLE_BOLD, look->color);
	print_wrapped(look, indent + 3, indent + 3, step);
}

static void print_kernel(const struct look *look, const struct doctor_show *show)
{
	const struct root_info *info = &show->report->info;
	_text_ struct text line = { 0 };

	text_printf(&line, "Kernel %s%s%s; ",
		    info->kernel.n ? info->kernel.v : "not known",
		    info->machine.n ? " on " : "",
		    info->machine.n ? info->machine.v : "");
	if (show->kernel.origin)
		text_printf(&line, "its options from %s%s", show->kernel.origin,
			    show->kernel.is_complete ? "" : ", which is not complete");
	else
		text_adds(&line,
			  "its options are not known (--kernel FILE: its configuration, "
			  "vmlinux or Image)");
	print_wrapped(look, 0, 0, line.v);
}

static void print_verdicts(const struct look *look, const struct doctor_report *report)
{
	static const enum style styles[] = {
		[DOCTOR_CAN] = STYLE_SHRUNK,
		[DOCTOR_CAN_PARTLY] = STYLE_BOLD,
		[DOCTOR_CANNOT] = STYLE_GROWN,
	};

	print_title(look, "What can be answered here");
	vec_each(&report->verdicts, it) {
		fprintf(look->out, "  %-36s ", it->title);
		style_begin(look->out, styles[it->answer], look->color);
		fprintf(look->out, "%-6s ", doctor_answer_names[it->answer]);
		style_end(look->out, styles[it->answer], look->color);
		print_wrapped(look, 46, 46, it->reason);
	}
}

static void print_findings(const struct look *look, const struct doctor_report *report)
{
	if (!report->findings.n)
		return;
	print_title(look, "What to know");
	vec_each(&report->findings, it) {
		print_labelled(look, it->is_note ? "  note     " : "  problem  ", 11,
			       it->is_note ? STYLE_DIM : STYLE_GROWN, it->text);
		if (it->step)
			print_step(look, 11, it->step);
	}
}

static void print_uses(const struct look *look, const struct doctor_node *node)
{
	_text_ struct text line = { 0 };

	for (size_t i = 0; i < node->n_uses; i++)
		text_printf(&line, "%s%s: %s", i ? ", " : "needs ", node->uses[i].option,
			    doctor_option_names[node->uses[i].state]);
	if (line.n) {
		fprintf(look->out, "%*s", 32, "");
		print_wrapped(look, 32, 32, line.v);
	}
}

static void print_node(const struct look *look, const struct doctor_node *node)
{
	bool is_well = node->state == DOCTOR_OK || node->state == DOCTOR_EMPTY;
	_text_ struct text line = { 0 };

	text_adds(&line, node->source->summary);
	if (node->detail)
		text_printf(&line, " (%s)", node->detail);
	fprintf(look->out, "  %-17s ", source_names[node->source->id]);
	style_begin(look->out, is_well ? STYLE_SHRUNK : STYLE_PLAIN, look->color);
	fprintf(look->out, "%-11s ", doctor_state_names[node->state]);
	style_end(look->out, is_well ? STYLE_SHRUNK : STYLE_PLAIN, look->color);
	print_wrapped(look, 32, 32, line.v);
	if (look->verbose) {
		fprintf(look->out, "%*s", 32, "");
		text_clear(&line);
		text_printf(&line, "/%s", node->path);
		print_wrapped(look, 32, 32, line.v);
	}
	if (look->verbose || !is_well)
		print_uses(look, node);
	if (node->step)
		print_step(look, 32, node->step);
}

/* A dozen vendor nodes that a mainline kernel cannot have are one line. */
static void print_foreign(const struct look *look, const struct doctor_report *report)
{
	_text_ struct text line = { 0 };

	vec_each(&report->nodes, it)
		if (doctor_is_foreign(it))
			text_printf(&line, "%s%s", line.n ? ", " : "",
				    source_names[it->source->id]);
	if (!line.n)
		return;
	print_title(look, "Not in this kernel's source tree (-v: what would bring each)");
	fputs("  ", look->out);
	print_wrapped(look, 2, 2, line.v);
}

static void print_nodes(const struct look *look, const struct doctor_report *report)
{
	print_title(look, "Source by source");
	/* What is there first, what is missing last; the table's order within. */
	for (unsigned state = 0; state < N_DOCTOR_STATES; state++)
		vec_each(&report->nodes, it)
			if (it->state == state &&
			    (look->verbose || !doctor_is_foreign(it)))
				print_node(look, it);
	if (!look->verbose)
		print_foreign(look, report);
}

static void print_privileges(const struct look *look, const struct doctor_show *show)
{
	if (!show->n_privileges)
		return;
	print_title(look, "Capabilities of this process");
	for (size_t i = 0; i < show->n_privileges; i++) {
		const struct doctor_privilege *it = &show->privileges[i];

		if (!it->is_for_reading && !look->verbose)
			continue;
		fprintf(look->out, "  %-20s %-8s ", it->name,
			it->has ? "has" : "missing");
		print_wrapped(look, 32, 32, it->buys);
	}
}

void doctor_text(const struct look *look, const struct doctor_show *show)
{
	print_kernel(look, show);
	print_verdicts(look, show->report);
	print_findings(look, show->report);
	print_nodes(look, show->report);
	print_privileges(look, show);
}
