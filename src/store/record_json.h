/* SPDX-License-Identifier: MIT */
/*
 * Parts of a snapshot as JSON objects, for every document that shows them: one spelling
 * of a buffer, a coverage, a total, wherever it stands. Objects are owned by the caller
 * (json_object_put()) until they are added to another. A NULL object is JSON's null.
 */
#ifndef STORE_RECORD_JSON_H
#define STORE_RECORD_JSON_H

#include <json-c/json.h>

#include "model/snapshot.h"
#include "store/fields.h"

#define _json_ _cleanup_(json_putp)
static inline void json_putp(struct json_object **obj)
{
	json_object_put(*obj);
}

/* What every document begins with: schema "dmabuf-inspect/<name>", version, tool. */
struct json_object *json_document(const char *name, int version);
/* The program that writes: "dmabuf-inspect VERSION". */
extern const char json_tool[];

/* Add a key that is a literal and not there yet; takes `value`. */
void json_add(struct json_object *obj, const char *key, struct json_object *value);

/* null when absent */
struct json_object *json_number(uint64_t number);
struct json_object *json_number32(uint32_t number);
/* "0x…", null when absent */
struct json_object *json_hex(uint64_t address);

/* Valid UTF-8 whatever the bytes are: what is not becomes U+FFFD. null when absent. */
struct json_object *json_text(const struct strings *strings, uint32_t id);
/*
 * Adds `key` and, when the text is no UTF-8, `<key>_hex` with the bytes as they are. For
 * every text that comes from a kernel: names and tasks hold any byte.
 */
void json_add_text(struct json_object *obj, const char *key,
		   const struct strings *strings, uint32_t id);

/* One record by its field list. */
struct json_object *json_record(const struct snapshot *snap,
				const struct record_kind *kind, const void *record);

struct json_object *json_buffer(const struct snapshot *snap, const struct buffer *buf);
struct json_object *json_captured(const struct snapshot *snap);
/* Every source that was asked, in the order of the table. */
struct json_object *json_coverage(const struct snapshot *snap);
struct json_object *json_totals(const struct snapshot *snap);
/* { captured, coverage, totals }: what another document says of its snapshot. */
struct json_object *json_head(const struct snapshot *snap);
/* null: not known, no source of it was read; []: known to be empty. */
struct json_object *json_section(const struct snapshot *snap, enum section_id id);

/* How many records a section has, and one of them. */
size_t section_count(const struct snapshot *snap, enum section_id id);
bool section_is_known(const struct snapshot *snap, enum section_id id);
struct json_object *json_section_record(const struct snapshot *snap, enum section_id id,
					size_t i);

/* Indices of `snap->processes` in order of pid; freed by the caller. */
uint32_t *process_order(const struct snapshot *snap);

/*
 * Write one object on one line, without a line end. Whatever could act on a terminal is
 * written as \uXXXX, so a document may be looked at with cat. 0 or -errno of the stream.
 */
int json_write(struct json_object *obj, FILE *out) _must_check_;

#endif
