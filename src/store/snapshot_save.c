/* SPDX-License-Identifier: MIT */
/* Writes the snapshot document. */
#include "store/snapshot_json.h"

#include <errno.h>

#include "store/record_json.h"

struct save {
	FILE *out;
	int error; /* the first one */
};

/* Takes the object. */
static void put(struct save *s, struct json_object *obj)
{
	int error = json_write(obj, s->out);

	if (!s->error)
		s->error = error;
	json_object_put(obj);
}

/* `"key": value` with what parts it from the key before. */
static void put_key(struct save *s, const char *key, struct json_object *value)
{
	fprintf(s->out, ",\n\"%s\": ", key);
	put(s, value);
}

static void open_list(struct save *s, const char *key)
{
	fprintf(s->out, ",\n\"%s\": [", key);
}

static void put_item(struct save *s, size_t i, struct json_object *obj)
{
	fputs(i ? ",\n" : "\n", s->out);
	put(s, obj);
}

static void close_list(struct save *s, size_t n)
{
	fputs(n ? "\n]" : "]", s->out);
}

static void put_coverage(struct save *s, const struct snapshot *snap)
{
	struct json_object *list = json_coverage(snap);
	size_t n = json_object_array_length(list);

	open_list(s, "coverage");
	for (size_t i = 0; i < n; i++)
		put_item(s, i, json_object_get(json_object_array_get_idx(list, i)));
	close_list(s, n);
	json_object_put(list);
}

static void put_buffers(struct save *s, const struct snapshot *snap)
{
	size_t n = 0;

	open_list(s, "buffers");
	snapshot_each_buffer(snap, buf) {
		if (s->error)
			break;
		put_item(s, n++, json_buffer(snap, buf));
	}
	close_list(s, n);
}

static void put_section(struct save *s, const struct snapshot *snap, enum section_id id)
{
	_cleanup_(freep) uint32_t *order = NULL;
	size_t n = section_count(snap, id);

	if (!section_is_known(snap, id))
		return;
	if (id == SECTION_PROCESSES)
		order = process_order(snap);
	open_list(s, sections[id].key);
	for (size_t i = 0; i < n && !s->error; i++)
		put_item(s, i, json_section_record(snap, id, order ? order[i] : i));
	close_list(s, n);
}

static void put_facts(struct save *s, const struct snapshot *snap)
{
	if (snap->page_bytes != ABSENT64)
		put_key(s, "page_bytes", json_number(snap->page_bytes));
	if (snap->seen_processes || snap->unreadable_processes ||
	    section_is_known(snap, SECTION_PROCESSES)) {
		put_key(s, "seen_processes",
			json_object_new_uint64(snap->seen_processes));
		put_key(s, "unreadable_processes",
			json_object_new_uint64(snap->unreadable_processes));
	}
}

int snapshot_save(const struct snapshot *snap, FILE *out)
{
	struct save s = { .out = out };

	errno = 0;
	fputs("{\n\"schema\": \"dmabuf-inspect/snapshot\"", out);
	put_key(&s, "version", json_object_new_int(SNAPSHOT_VERSION));
	put_key(&s, "tool", json_object_new_string(json_tool));
	put_key(&s, "captured", json_captured(snap));
	put_coverage(&s, snap);
	put_key(&s, "totals", json_totals(snap));
	put_facts(&s, snap);
	put_buffers(&s, snap);
	for (int id = 0; id < N_SECTIONS; id++)
		put_section(&s, snap, (enum section_id)id);
	fputs("\n}\n", out);
	if (!s.error && (fflush(out) || ferror(out)))
		s.error = errno ? -errno : -EIO;
	return s.error;
}
