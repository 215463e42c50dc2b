/* SPDX-License-Identifier: MIT */
/* What whole documents are made of: their head, the lists of records, safe writing. */
#include "store/record_json.h"

#include <errno.h>
#include <inttypes.h>

#include "base/escape.h"
#include "config.h"
#include "model/identity.h"

const char json_tool[] = "dmabuf-inspect " DMABUF_INSPECT_VERSION;

struct json_object *json_document(const char *name, int version)
{
	struct json_object *obj = json_object_new_object();
	_text_ struct text schema = { 0 };

	text_printf(&schema, "dmabuf-inspect/%s", name);
	json_add(obj, "schema", json_object_new_string_len(schema.v, (int)schema.n));
	json_add(obj, "version", json_object_new_int(version));
	json_add(obj, "tool", json_object_new_string(json_tool));
	return obj;
}

struct json_object *json_captured(const struct snapshot *snap)
{
	return json_record(snap, &captured_kind, &snap->captured);
}

struct json_object *json_coverage(const struct snapshot *snap)
{
	struct json_object *list = json_object_new_array();

	for (uint32_t i = 0; i < N_SOURCES; i++) {
		struct coverage_view view = { snap->coverage[i], i,
					      snap->coverage[i].status };

		if (view.status != COVERAGE_NOT_ASKED)
			json_object_array_add(list,
					      json_record(snap, &coverage_kind, &view));
	}
	return list;
}

/* False: so far off that it fits no signed number, as in a forged document. */
static bool unaccounted_fits(const struct totals *t)
{
	uint64_t listed = t->reported_bytes - (uint64_t)t->unaccounted_bytes;
	int64_t difference;

	return !__builtin_sub_overflow(t->reported_bytes, listed, &difference);
}

struct json_object *json_totals(const struct snapshot *snap)
{
	struct totals t = snapshot_totals(snap);
	struct json_object *obj = json_object_new_object();
	bool known = snapshot_knows_buffers(snap);
	bool contiguous = section_is_known(snap, SECTION_CONTIGUOUS);
	bool balanced = known && t.reported_bytes != ABSENT64 && unaccounted_fits(&t);

	json_add(obj, "buffers", known ? json_object_new_uint64(t.buffers) : NULL);
	json_add(obj, "size_bytes", known ? json_object_new_uint64(t.size_bytes) : NULL);
	json_add(obj, "unsized_buffers",
		 known ? json_object_new_uint64(t.unsized) : NULL);
	json_add(obj, "reported_bytes", json_number(t.reported_bytes));
	json_add(obj, "reported_by",
		 snap->reported_by < N_SOURCES ?
			 json_object_new_string(source_names[snap->reported_by]) :
			 NULL);
	json_add(obj, "peak_bytes", json_number(t.peak_bytes));
	json_add(obj, "contiguous_bytes",
		 contiguous ? json_object_new_uint64(t.contiguous_bytes) : NULL);
	json_add(obj, "unaccounted_bytes",
		 balanced ? json_object_new_int64(t.unaccounted_bytes) : NULL);
	return obj;
}

struct json_object *json_head(const struct snapshot *snap)
{
	struct json_object *obj = json_object_new_object();

	json_add(obj, "captured", json_captured(snap));
	json_add(obj, "coverage", json_coverage(snap));
	json_add(obj, "totals", json_totals(snap));
	return obj;
}

static const void *records(const struct snapshot *snap, enum section_id id, size_t *ret_n)
{
#define LIST(member) (*ret_n = snap->member.n, snap->member.v)
	switch (id) {
	case SECTION_CONTIGUOUS:
		return LIST(contiguous);
	case SECTION_HEAPS:
		return LIST(heaps);
	case SECTION_SESSIONS:
		return LIST(sessions);
	case SECTION_RGA:
		return LIST(rga);
	case SECTION_ION:
		return LIST(ion);
	case SECTION_DRM:
		return LIST(drm);
	case SECTION_PROCESSES:
		return LIST(processes);
	case SECTION_AREAS:
		return LIST(areas);
	case SECTION_RANGES:
		return LIST(ranges);
	case N_SECTIONS:
		break;
	}
#undef LIST
	*ret_n = 0;
	return NULL;
}

size_t section_count(const struct snapshot *snap, enum section_id id)
{
	size_t n;

	records(snap, id, &n);
	return n;
}

bool section_is_known(const struct snapshot *snap, enum section_id id)
{
	return section_count(snap, id) || snapshot_covers_any(snap, sections[id].sources);
}

struct json_object *json_section_record(const struct snapshot *snap, enum section_id id,
					size_t i)
{
	const struct record_kind *kind = sections[id].kind;
	const char *first;
	size_t n;

	if (id == SECTION_DRM) {
		struct drm_view view = { .drm = snap->drm.v[i], .pid = ABSENT32 };

		if (view.drm.process != ABSENT32) {
			view.pid = snap->processes.v[view.drm.process].pid;
			view.task = snap->processes.v[view.drm.process].task;
		}
		return json_record(snap, kind, &view);
	}
	first = records(snap, id, &n);
	return json_record(snap, kind, first + i * kind->size);
}

static int by_pid(const void *a, const void *b, void *arg)
{
	const struct process *v = arg;
	uint32_t x = v[*(const uint32_t *)a].pid, y = v[*(const uint32_t *)b].pid;

	return x < y ? -1 : x > y;
}

uint32_t *process_order(const struct snapshot *snap)
{
	uint32_t *order = mem_alloc(snap->processes.n * sizeof(*order));

	for (size_t i = 0; i < snap->processes.n; i++)
		order[i] = (uint32_t)i;
	qsort_r(order, snap->processes.n, sizeof(*order), by_pid, snap->processes.v);
	return order;
}

struct json_object *json_section(const struct snapshot *snap, enum section_id id)
{
	_cleanup_(freep) uint32_t *order = NULL;
	size_t n = section_count(snap, id);
	struct json_object *list;

	if (!section_is_known(snap, id))
		return NULL;
	if (id == SECTION_PROCESSES)
		order = process_order(snap);
	list = json_object_new_array();
	for (size_t i = 0; i < n; i++)
		json_object_array_add(list, json_section_record(snap, id,
								order ? order[i] : i));
	return list;
}

/* Bytes from `bytes` on that need no look: ASCII below DEL (json-c escapes controls). */
static size_t plain_run(const char *bytes, size_t len)
{
	size_t i = 0;

	while (i < len && (unsigned char)bytes[i] < 0x7f)
		i++;
	return i;
}

/* The text is json-c's, valid UTF-8; what acts on a terminal stands in strings only. */
static void write_safe(const char *text, size_t len, FILE *out)
{
	while (len) {
		size_t n = plain_run(text, len);
		uint32_t code;

		fwrite(text, 1, n, out);
		text += n;
		len -= n;
		if (!len)
			return;
		n = escape_utf8_decode(text, len, &code);
		if (!n)
			return;
		if (!escape_acts(code))
			fwrite(text, 1, n, out);
		else if (code < 0x10000)
			fprintf(out, "\\u%04" PRIx32, code);
		else
			fprintf(out, "\\u%04" PRIx32 "\\u%04" PRIx32,
				0xd800 + ((code - 0x10000) >> 10),
				0xdc00 + (code & 0x3ff));
		text += n;
		len -= n;
	}
}

int json_write(struct json_object *obj, FILE *out)
{
	size_t len = 0;
	const char *text;

	text = json_object_to_json_string_length(
		obj, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE, &len);
	write_safe(text, len, out);
	/* What failed may have been an earlier write; errno is still that one's. */
	if (ferror(out))
		return errno ? -errno : -EIO;
	return 0;
}
