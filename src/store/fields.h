/* SPDX-License-Identifier: MIT */
/*
 * The record kinds of a snapshot document, as data: which key stands for which member and
 * how it is written. Saving, loading and every `--json` walk the same lists, so a key
 * cannot be written that is not read back. To add a field: one line here, one in
 * share/schema, one in NEWS.
 */
#ifndef STORE_FIELDS_H
#define STORE_FIELDS_H

#include "model/snapshot.h"

enum field_kind {
	FIELD_TEXT, /* string id; `<key>_hex` beside it when it is no UTF-8 */
	FIELD_U64,
	FIELD_U32,
	FIELD_COUNT, /* 64 bits that start at 0 and are never absent */
	FIELD_HEX,   /* address: "0x…" */
	FIELD_BOOL,
	FIELD_TIME,	   /* ns since 1970 as RFC 3339 */
	FIELD_SOURCE,	   /* enum source_id as its name */
	FIELD_STATUS,	   /* enum coverage_status */
	FIELD_SOURCES,	   /* set of 1 << source_id as names */
	FIELD_ID,	   /* of a buffer */
	FIELD_ALLOCATOR,   /* object of members of the same buffer */
	FIELD_ATTACHMENTS, /* of a buffer */
	FIELD_SEGMENTS,	   /* first and number, two members in a row */
	FIELD_HOLDERS,	   /* of a buffer */
	FIELD_FDS,	   /* of a holder */
	FIELD_BITMAP,	   /* first and number of 32-bit words, as hex digits */
};

/* What is written for a value that is not known. */
enum field_when {
	WHEN_KNOWN, /* nothing */
	ALWAYS,	    /* null */
	WHEN_TRUE,  /* booleans: left out when false */
};

struct field {
	const char *key;
	uint8_t key_len;
	enum field_kind kind;
	enum field_when when;
	uint16_t offset;
};

struct record_kind {
	const char *what; /* one of them, for messages */
	const struct field *fields;
	unsigned n_fields; /* at most 32 */
	size_t size;	   /* of the struct */
};

/* A holder with its process looked up; ABSENT32 mappings: nobody looked. */
struct holder_view {
	uint32_t pid, task;
	uint32_t fd, more_fds;
	uint32_t mappings;
	uint64_t mapped_bytes;
};

struct drm_view {
	struct drm drm;
	uint32_t pid, task;
};

struct coverage_view {
	struct coverage coverage;
	uint32_t source, status;
};

/* What of "totals" is no sum: the kernel's own word. */
struct counters_view {
	uint64_t reported_bytes, peak_bytes;
	uint32_t reported_by;
};

extern const struct record_kind captured_kind, coverage_kind, counters_kind, buffer_kind,
	allocator_kind, attachment_kind, segment_kind, holder_kind, process_kind,
	contiguous_kind, heap_kind, area_kind, session_kind, rga_kind, ion_kind, drm_kind,
	range_kind;

/* The lists at the top of the document that are nothing but records of one kind. */
enum section_id {
	SECTION_CONTIGUOUS,
	SECTION_HEAPS,
	SECTION_SESSIONS,
	SECTION_RGA,
	SECTION_ION,
	SECTION_DRM,
	SECTION_PROCESSES,
	SECTION_AREAS,
	SECTION_RANGES,
	N_SECTIONS,
};

struct section {
	const char *key;
	const struct record_kind *kind;
	uint32_t sources; /* set; none of them read and no record: the key is left out */
};

extern const struct section sections[N_SECTIONS];

/* Room for one record of any kind. */
union any_record {
	struct buffer buffer;
	struct attachment attachment;
	struct segment segment;
	struct holder_view holder;
	struct coverage_view coverage;
	struct process process;
	struct contiguous contiguous;
	struct heap heap;
	struct area area;
	struct session session;
	struct rga rga;
	struct ion ion;
	struct drm_view drm;
	struct range range;
};

/* Everything in the record not known. */
void record_clear(const struct record_kind *kind, void *record);

/* The member a field stands for. */
static inline void *field_of(const struct field *field, const void *record)
{
	return (char *)record + field->offset;
}

#endif
