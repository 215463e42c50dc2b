/* SPDX-License-Identifier: MIT */
/* Records to JSON objects, by their field lists. */
#include "store/record_json.h"

#include <inttypes.h>

#include "base/escape.h"
#include "base/rfc3339.h"
#include "model/identity.h"

/* The keys are literals: json-c need neither copy them nor look for an earlier one. */
void json_add(struct json_object *obj, const char *key, struct json_object *value)
{
	json_object_object_add_ex(obj, key, value,
				  JSON_C_OBJECT_ADD_KEY_IS_NEW |
					  JSON_C_OBJECT_ADD_CONSTANT_KEY);
}

struct json_object *json_number(uint64_t number)
{
	return number == ABSENT64 ? NULL : json_object_new_uint64(number);
}

struct json_object *json_number32(uint32_t number)
{
	return number == ABSENT32 ? NULL : json_object_new_uint64(number);
}

struct json_object *json_hex(uint64_t address)
{
	char text[19];
	int len;

	if (address == ABSENT64)
		return NULL;
	len = snprintf(text, sizeof(text), "0x%" PRIx64, address);
	return json_object_new_string_len(text, len);
}

/* Kernel text is nearly always ASCII: nothing to check then. */
static bool is_ascii(const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (bytes[i] & 0x80)
			return false;
	return true;
}

/* *ret_replaced: some byte was not UTF-8. */
static struct json_object *text_of(const struct strings *strings, uint32_t id,
				   bool *ret_replaced)
{
	const char *bytes = strings_get(strings, id);
	size_t len = bytes ? strings_len(strings, id) : 0;
	_text_ struct text valid = { 0 };

	*ret_replaced = false;
	if (!bytes)
		return NULL;
	if (is_ascii(bytes, len))
		return json_object_new_string_len(bytes, (int)len);
	*ret_replaced = escape_utf8(&valid, bytes, len);
	return json_object_new_string_len(valid.v, (int)valid.n);
}

struct json_object *json_text(const struct strings *strings, uint32_t id)
{
	bool replaced;

	return text_of(strings, id, &replaced);
}

void json_add_text(struct json_object *obj, const char *key,
		   const struct strings *strings, uint32_t id)
{
	_text_ struct text hex_key = { 0 }, hex = { 0 };
	const char *bytes;
	bool replaced;

	json_add(obj, key, text_of(strings, id, &replaced));
	if (!replaced)
		return;
	bytes = strings_get(strings, id);
	for (size_t i = 0; i < strings_len(strings, id); i++)
		text_printf(&hex, "%02x", (unsigned char)bytes[i]);
	text_printf(&hex_key, "%s_hex", key);
	json_object_object_add(obj, hex_key.v,
			       json_object_new_string_len(hex.v, (int)hex.n));
}

static struct json_object *list_of(size_t n)
{
	return json_object_new_array_ext(n > INT32_MAX ? INT32_MAX : (int)n);
}

static struct json_object *source_set(uint32_t set)
{
	struct json_object *list = list_of((size_t)__builtin_popcount(set));

	for (int i = 0; i < N_SOURCES; i++)
		if (set & 1u << i)
			json_object_array_add(list,
					      json_object_new_string(source_names[i]));
	return list;
}

static struct json_object *allocator(const struct snapshot *snap,
				     const struct buffer *buf)
{
	if (buf->allocator_pid == ABSENT32 && buf->allocator_task == STR_ABSENT)
		return NULL;
	return json_record(snap, &allocator_kind, buf);
}

static struct json_object *attachments(const struct snapshot *snap,
				       const struct buffer *buf)
{
	struct json_object *list;

	if (!buf->has_attachments)
		return NULL;
	list = list_of(buf->n_attachments);
	for (uint32_t i = 0; i < buf->n_attachments; i++)
		json_object_array_add(
			list, json_record(snap, &attachment_kind,
					  &snap->attachments.v[buf->attachments + i]));
	return list;
}

/* range: first and number. */
static struct json_object *segments(const struct snapshot *snap, const uint32_t *range)
{
	struct json_object *list = list_of(range[1]);

	for (uint32_t i = 0; i < range[1]; i++)
		json_object_array_add(list, json_record(snap, &segment_kind,
							&snap->segments.v[range[0] + i]));
	return list;
}

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static struct json_object *fds(const struct snapshot *snap, const struct holder_view *h)
{
	VEC(uint32_t) found = { 0 };
	struct json_object *list;

	if (h->fd == ABSENT32)
		return snapshot_covers(snap, SRC_FDINFO) ? list_of(0) : NULL;
	*vec_add(&found) = h->fd;
	for (uint32_t at = h->more_fds; at != ABSENT32; at = snap->more_fds.v[at].next)
		*vec_add(&found) = snap->more_fds.v[at].fd;
	qsort(found.v, found.n, sizeof(*found.v), by_number);
	list = list_of(found.n);
	vec_each(&found, it)
		json_object_array_add(list, json_object_new_uint64(*it));
	vec_free(&found);
	return list;
}

static struct holder_view view_holder(const struct snapshot *snap, const struct holder *h)
{
	const struct process *process = &snap->processes.v[h->process];
	bool looked = snapshot_covers(snap, SRC_MAPS);
	struct holder_view view = {
		.pid = process->pid,
		.task = process->task,
		.fd = h->fd,
		.more_fds = h->more_fds,
		.mappings = h->mappings || looked ? h->mappings : ABSENT32,
		.mapped_bytes = h->mapped_bytes || looked ? h->mapped_bytes : ABSENT64,
	};

	if (!h->mappings && h->mapped_bytes == ABSENT64)
		view.mapped_bytes = looked ? 0 : ABSENT64;
	return view;
}

static int by_pid(const void *a, const void *b)
{
	const struct holder_view *x = a, *y = b;

	return x->pid < y->pid ? -1 : x->pid > y->pid;
}

static struct json_object *holders(const struct snapshot *snap, const struct buffer *buf)
{
	VEC(struct holder_view) found = { 0 };
	struct json_object *list;

	if (buf->holders == ABSENT32)
		return snapshot_knows_holders(snap) ? list_of(0) : NULL;
	for (uint32_t at = buf->holders; at != ABSENT32; at = snap->holders.v[at].next)
		*vec_add(&found) = view_holder(snap, &snap->holders.v[at]);
	qsort(found.v, found.n, sizeof(*found.v), by_pid);
	list = list_of(found.n);
	vec_each(&found, it)
		json_object_array_add(list, json_record(snap, &holder_kind, it));
	vec_free(&found);
	return list;
}

/* Eight digits a word, lowest word first. */
static struct json_object *bitmap(const struct snapshot *snap, const uint32_t *range)
{
	_text_ struct text hex = { 0 };

	if (!range[1])
		return NULL;
	for (uint32_t i = 0; i < range[1]; i++)
		text_printf(&hex, "%08" PRIx32, snap->bitmap.v[range[0] + i]);
	return json_object_new_string_len(hex.v, (int)hex.n);
}

static struct json_object *time_text(uint64_t ns)
{
	char text[RFC3339_TEXT];

	return ns == ABSENT64 ? NULL : json_object_new_string(rfc3339_text(text, ns));
}

static struct json_object *id_text(const struct snapshot *snap, const struct buffer *buf)
{
	char id[BUFFER_ID_TEXT];

	return json_object_new_string(buffer_id(snap, buf, id));
}

static struct json_object *value_of(const struct snapshot *snap,
				    const struct field *field, const void *record)
{
	const void *member = field_of(field, record);
	const uint32_t *u32 = member;
	const uint64_t *u64 = member;

	switch (field->kind) {
	case FIELD_TEXT:
		return json_text(&snap->strings, *u32);
	case FIELD_U64:
	case FIELD_COUNT:
		return json_number(*u64);
	case FIELD_U32:
		return json_number32(*u32);
	case FIELD_HEX:
		return json_hex(*u64);
	case FIELD_BOOL:
		return json_object_new_boolean(*(const bool *)member);
	case FIELD_TIME:
		return time_text(*u64);
	case FIELD_SOURCE:
		return json_object_new_string(source_names[*u32]);
	case FIELD_STATUS:
		return json_object_new_string(coverage_names[*u32]);
	case FIELD_SOURCES:
		return source_set(*u32);
	case FIELD_ID:
		return id_text(snap, record);
	case FIELD_ALLOCATOR:
		return allocator(snap, record);
	case FIELD_ATTACHMENTS:
		return attachments(snap, record);
	case FIELD_SEGMENTS:
		return u32[1] || field->when == ALWAYS ? segments(snap, u32) : NULL;
	case FIELD_HOLDERS:
		return holders(snap, record);
	case FIELD_FDS:
		return fds(snap, record);
	case FIELD_BITMAP:
		return bitmap(snap, u32);
	}
	return NULL;
}

struct json_object *json_record(const struct snapshot *snap,
				const struct record_kind *kind, const void *record)
{
	struct json_object *obj = json_object_new_object();

	for (unsigned i = 0; i < kind->n_fields; i++) {
		const struct field *field = &kind->fields[i];
		const void *member = field_of(field, record);
		struct json_object *value;

		if (field->kind == FIELD_TEXT) {
			uint32_t id = *(const uint32_t *)member;

			if (id != STR_ABSENT || field->when == ALWAYS)
				json_add_text(obj, field->key, &snap->strings, id);
			continue;
		}
		if (field->when == WHEN_TRUE && !*(const bool *)member)
			continue;
		value = value_of(snap, field, record);
		if (value || field->when == ALWAYS)
			json_add(obj, field->key, value);
	}
	return obj;
}

struct json_object *json_buffer(const struct snapshot *snap, const struct buffer *buf)
{
	return json_record(snap, &buffer_kind, buf);
}
