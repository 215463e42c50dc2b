/* SPDX-License-Identifier: MIT */
/* Everything known of one buffer, and what is not and why. */
#include "render/show.h"

#include <inttypes.h>

#include "base/escape.h"
#include "model/identity.h"
#include "store/json_doc.h"
#include "render/list.h"
#include "render/table.h"

#define SHOW_VERSION 1

static void line(const struct look *look, const char *label, const char *value)
{
	style_begin(look->out, STYLE_DIM, look->color);
	fprintf(look->out, "  %-12s", label);
	style_end(look->out, STYLE_DIM, look->color);
	fprintf(look->out, "%s\n", value);
}

static void line_str(const struct look *look, const struct snapshot *snap,
		     const char *label, uint32_t str)
{
	_text_ struct text value = { 0 };

	if (str)
		escape_terminal(&value, snapshot_str(snap, str),
				strings_len(&snap->strings, str));
	line(look, label, !str ? "not known" : value.n ? value.v : "(empty)");
}

static const struct process *find_process(const struct snapshot *snap, uint32_t pid)
{
	vec_each(&snap->processes, it)
		if (it->pid == pid)
			return it;
	return NULL;
}

/* The pid may be another's by now: comm tells as far as it is known. */
static const char *allocator_state(const struct snapshot *snap, const struct buffer *buf)
{
	const struct process *proc;
	size_t n;

	if (buf->allocator_pid == ABSENT32 || !snap->seen_processes)
		return "";
	proc = find_process(snap, buf->allocator_pid);
	if (!proc)
		return " (that process is gone)";
	if (!proc->task)
		return "";
	n = MIN(strings_len(&snap->strings, proc->task),
		strings_len(&snap->strings, buf->allocator_task));
	if (memcmp(snapshot_str(snap, proc->task),
		   snapshot_str(snap, buf->allocator_task), n))
		return " (the pid now belongs to another task)";
	return " (alive)";
}

static void allocator(const struct look *look, const struct snapshot *snap,
		      const struct buffer *buf)
{
	_text_ struct text value = { 0 };

	if (!buf->allocator_task) {
		line(look, "allocator", "not known: the name is not PID-TASK");
		return;
	}
	summary_owner(&value, snap, account_owner(snap, buf), buf->task_is_cut);
	text_adds(&value, allocator_state(snap, buf));
	line(look, "allocator", value.v);
}

static void sizes(const struct look *look, const struct buffer *buf)
{
	_text_ struct text value = { 0 };
	char size[UNITS_TEXT];

	if (buf->size_bytes == ABSENT64) {
		line(look, "size", "not known");
		return;
	}
	text_printf(&value, "%s (%" PRIu64 " bytes%s)",
		    units_size(size, buf->size_bytes, look->units), buf->size_bytes,
		    buf->size_is_exact ? "" :
					 " at least: floored to KiB, or seen in part");
	line(look, "size", value.v);
}

static void numbers(const struct look *look, const struct snapshot *snap,
		    const struct buffer *buf)
{
	char text[64], duration[UNITS_TEXT];

	if (buf->ino != ABSENT64) {
		snprintf(text, sizeof(text), "%" PRIu64, buf->ino);
		line(look, "inode", text);
	}
	if (buf->pointer != ABSENT64) {
		snprintf(text, sizeof(text), "%016" PRIx64, buf->pointer);
		line(look, "pointer", text + (buf->pointer >> 32 ? 0 : 8));
	}
	if (buf->heap)
		line_str(look, snap, "heap", buf->heap);
	if (buf->address_start != ABSENT64) {
		snprintf(text, sizeof(text), "0x%08" PRIx64 "-0x%08" PRIx64,
			 buf->address_start, buf->address_end);
		line(look, "address", text);
	}
	if (buf->refs != ABSENT32) {
		snprintf(text, sizeof(text),
			 "%" PRIu32 " (descriptors, mappings and importers)", buf->refs);
		line(look, "references", text);
	}
	if (buf->age_ns != ABSENT64)
		line(look, "age", units_duration(duration, buf->age_ns));
}

static void segments(const struct look *look, const struct snapshot *snap,
		     const struct buffer *buf)
{
	char size[UNITS_TEXT], text[96];

	for (uint32_t i = 0; i < buf->n_segments; i++) {
		const struct segment *s = &snap->segments.v[buf->segments + i];

		if (s->address == ABSENT64)
			snprintf(text, sizeof(text), "(no address)        %12s",
				 units_size(size, s->size_bytes, look->units));
		else
			snprintf(text, sizeof(text), "0x%016" PRIx64 "  %12s", s->address,
				 units_size(size, s->size_bytes, look->units));
		line(look, i ? "" : "segments", text);
		if (i == 15 && buf->n_segments > 17) {
			snprintf(text, sizeof(text), "… and %" PRIu32 " more",
				 buf->n_segments - i - 1);
			line(look, "", text);
			break;
		}
	}
}

static void seen_in(const struct look *look, const struct buffer *buf)
{
	_text_ struct text value = { 0 };

	for (unsigned id = 0; id < N_SOURCES; id++)
		if (buf->sources & 1u << id)
			text_printf(&value, "%s%s", value.n ? ", " : "",
				    source_names[id]);
	if (buf->is_ambiguous)
		text_adds(&value, " (joined by order: several look the same)");
	line(look, "seen in", value.v);
}

void show_text(const struct look *look, const struct snapshot *snap,
	       const struct buffer *buf)
{
	_text_ struct text devices = { 0 }, holders = { 0 };
	char id[BUFFER_ID_TEXT];

	style_begin(look->out, STYLE_BOLD, look->color);
	fprintf(look->out, "buffer %s", buffer_id(snap, buf, id));
	style_end(look->out, STYLE_BOLD, look->color);
	fputc('\n', look->out);
	if (buf->name)
		line_str(look, snap, "name", buf->name);
	else
		line(look, "name", "none");
	allocator(look, snap, buf);
	line_str(look, snap, "exporter", buf->exporter ? buf->exporter : buf->heap);
	sizes(look, buf);
	numbers(look, snap, buf);
	list_devices(&devices, snap, buf);
	line(look, "devices",
	     !buf->has_attachments ? "not known" :
	     buf->n_attachments	   ? devices.v :
				     "none attached");
	list_holders(&holders, snap, buf);
	line(look, "holders",
	     strcmp(holders.v, "?") ? holders.v :
	     snap->seen_processes   ? "not known: not all processes could be read" :
				      "not known: no process was looked at");
	segments(look, snap, buf);
	seen_in(look, buf);
}

int show_json(FILE *out, const struct snapshot *snap, const uint32_t *indices, size_t n)
{
	struct json_doc doc;

	json_doc_begin(&doc, out, "show", SHOW_VERSION);
	json_doc_head(&doc, snap);
	json_doc_list(&doc, "buffers");
	for (size_t i = 0; i < n; i++)
		json_doc_item(&doc, json_buffer(snap, &snap->buffers.v[indices[i]]));
	json_doc_list_end(&doc);
	json_doc_end(&doc);
	return doc.error;
}
