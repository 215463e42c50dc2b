/* SPDX-License-Identifier: MIT */
/* Messages with severity and place; counts them, and keeps one bad file from flooding. */
#include "base/diag.h"

#include <inttypes.h>
#include <stdarg.h>

#include "base/escape.h"

#define QUOTE_BYTES 48

static const char *const severity_name[] = { "note", "warning", "error" };

static bool over_cap(struct diag *diag, const struct place *place)
{
	if (!place || !place->file)
		return false;
	if (place->file != diag->file) {
		diag_end_file(diag);
		diag->file = place->file;
	}
	return ++diag->in_file > DIAG_PER_FILE && !diag->verbose;
}

void diag_at(struct diag *diag, enum severity sev, const struct place *place,
	     const char *fmt, ...)
{
	va_list ap;

	diag->n[sev]++;
	if (!diag->out || (diag->quiet && sev != DIAG_ERROR) || over_cap(diag, place))
		return;
	if (place && place->file) {
		_text_ struct text name = { 0 };

		escape_terminal(&name, place->file, strlen(place->file));
		fputs(name.v, diag->out);
		if (place->line)
			fprintf(diag->out, ":%" PRIu64, place->line);
		if (place->line && place->column)
			fprintf(diag->out, ":%" PRIu64, place->column);
	} else {
		fputs("dmabuf-inspect", diag->out);
	}
	fprintf(diag->out, ": %s: ", severity_name[sev]);
	va_start(ap, fmt);
	vfprintf(diag->out, fmt, ap);
	va_end(ap);
	fputc('\n', diag->out);
}

void diag_end_file(struct diag *diag)
{
	if (diag->out && !diag->verbose && diag->in_file > DIAG_PER_FILE) {
		_text_ struct text name = { 0 };

		escape_terminal(&name, diag->file, strlen(diag->file));
		fprintf(diag->out, "%s: %u more messages like these (-v shows all)\n",
			name.v, diag->in_file - DIAG_PER_FILE);
	}
	diag->in_file = 0;
	diag->file = NULL;
}

const char *diag_quote(const char *bytes, size_t len)
{
	static char quoted[4][QUOTE_BYTES * 10 + 8];
	static unsigned turn;
	char *slot = quoted[turn++ % ARRAY_SIZE(quoted)];
	_text_ struct text t = { 0 };

	escape_terminal(&t, bytes, MIN(len, (size_t)QUOTE_BYTES));
	snprintf(slot, sizeof(quoted[0]), "%s%s", t.v, len > QUOTE_BYTES ? "…" : "");
	return slot;
}
