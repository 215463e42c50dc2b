/* SPDX-License-Identifier: MIT */
/* Writes the snapshot document. */
#include "store/snapshot_json.h"

#include <errno.h>

#include "store/json_doc.h"

static void put_coverage(struct json_doc *doc, const struct snapshot *snap)
{
	struct json_object *list = json_coverage(snap);
	size_t n = json_object_array_length(list);

	json_doc_list(doc, "coverage");
	for (size_t i = 0; i < n; i++)
		json_doc_item(doc, json_object_get(json_object_array_get_idx(list, i)));
	json_doc_list_end(doc);
	json_object_put(list);
}

static void put_buffers(struct json_doc *doc, const struct snapshot *snap)
{
	json_doc_list(doc, "buffers");
	snapshot_each_buffer(snap, buf) {
		if (doc->error)
			break;
		json_doc_item(doc, json_buffer(snap, buf));
	}
	json_doc_list_end(doc);
}

static void put_section(struct json_doc *doc, const struct snapshot *snap,
			enum section_id id)
{
	_cleanup_(freep) uint32_t *order = NULL;
	size_t n = section_count(snap, id);

	if (!section_is_known(snap, id))
		return;
	if (id == SECTION_PROCESSES)
		order = process_order(snap);
	json_doc_list(doc, sections[id].key);
	for (size_t i = 0; i < n && !doc->error; i++)
		json_doc_item(doc, json_section_record(snap, id, order ? order[i] : i));
	json_doc_list_end(doc);
}

static void put_facts(struct json_doc *doc, const struct snapshot *snap)
{
	if (snap->page_bytes != ABSENT64)
		json_doc_key(doc, "page_bytes", json_number(snap->page_bytes));
	if (snap->seen_processes || snap->unreadable_processes ||
	    section_is_known(snap, SECTION_PROCESSES)) {
		json_doc_key(doc, "seen_processes",
			     json_object_new_uint64(snap->seen_processes));
		json_doc_key(doc, "unreadable_processes",
			     json_object_new_uint64(snap->unreadable_processes));
	}
}

int snapshot_save(const struct snapshot *snap, FILE *out)
{
	struct json_doc doc;

	errno = 0;
	json_doc_begin(&doc, out, "snapshot", SNAPSHOT_VERSION);
	json_doc_key(&doc, "captured", json_captured(snap));
	put_coverage(&doc, snap);
	json_doc_key(&doc, "totals", json_totals(snap));
	put_facts(&doc, snap);
	put_buffers(&doc, snap);
	for (int id = 0; id < N_SECTIONS; id++)
		put_section(&doc, snap, (enum section_id)id);
	json_doc_end(&doc);
	if (!doc.error && (fflush(out) || ferror(out)))
		doc.error = errno ? -errno : -EIO;
	return doc.error;
}
