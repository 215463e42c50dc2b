/* SPDX-License-Identifier: MIT */
/* Keys and members of every record kind, in the order they are written. */
#include "store/fields.h"

#define F(key, kind, when, type, member)                                         \
	{                                                                        \
		key, sizeof(key) - 1, FIELD_##kind, when, offsetof(type, member) \
	}
#define KIND(name, type, what)                                              \
	const struct record_kind name##_kind = { what, name##_fields,       \
						 ARRAY_SIZE(name##_fields), \
						 sizeof(type) };            \
	_Static_assert(ARRAY_SIZE(name##_fields) <= 32, "fields are a 32-bit set")

static const struct field captured_fields[] = {
	F("time", TIME, WHEN_KNOWN, struct captured, time_ns),
	F("boottime_ns", U64, WHEN_KNOWN, struct captured, boottime_ns),
	F("boot_id", TEXT, WHEN_KNOWN, struct captured, boot_id),
	F("host", TEXT, WHEN_KNOWN, struct captured, host),
	F("kernel", TEXT, WHEN_KNOWN, struct captured, kernel),
	F("machine", TEXT, WHEN_KNOWN, struct captured, machine),
	F("live", BOOL, ALWAYS, struct captured, is_live),
};
KIND(captured, struct captured, "captured");

static const struct field coverage_fields[] = {
	F("source", SOURCE, ALWAYS, struct coverage_view, source),
	F("status", STATUS, ALWAYS, struct coverage_view, status),
	F("records", COUNT, ALWAYS, struct coverage_view, coverage.records),
	F("skipped", COUNT, ALWAYS, struct coverage_view, coverage.skipped),
	F("detail", TEXT, WHEN_KNOWN, struct coverage_view, coverage.detail),
};
KIND(coverage, struct coverage_view, "coverage");

static const struct field counters_fields[] = {
	F("reported_bytes", U64, ALWAYS, struct counters_view, reported_bytes),
	F("reported_by", SOURCE, ALWAYS, struct counters_view, reported_by),
	F("peak_bytes", U64, ALWAYS, struct counters_view, peak_bytes),
};
KIND(counters, struct counters_view, "counters");

static const struct field buffer_fields[] = {
	F("id", ID, ALWAYS, struct buffer, order),
	F("ino", U64, ALWAYS, struct buffer, ino),
	F("pointer", HEX, WHEN_KNOWN, struct buffer, pointer),
	F("name", TEXT, ALWAYS, struct buffer, name),
	F("name_is_cut", BOOL, WHEN_TRUE, struct buffer, name_is_cut),
	F("allocator", ALLOCATOR, ALWAYS, struct buffer, allocator_pid),
	F("exporter", TEXT, ALWAYS, struct buffer, exporter),
	F("size_bytes", U64, ALWAYS, struct buffer, size_bytes),
	F("size_is_exact", BOOL, ALWAYS, struct buffer, size_is_exact),
	F("refs", U32, WHEN_KNOWN, struct buffer, refs),
	F("flags", U32, WHEN_KNOWN, struct buffer, flags),
	F("mode", U32, WHEN_KNOWN, struct buffer, mode),
	F("age_ns", U64, WHEN_KNOWN, struct buffer, age_ns),
	F("heap", TEXT, WHEN_KNOWN, struct buffer, heap),
	F("address_start", HEX, WHEN_KNOWN, struct buffer, address_start),
	F("address_end", HEX, WHEN_KNOWN, struct buffer, address_end),
	F("attachments", ATTACHMENTS, ALWAYS, struct buffer, attachments),
	F("segments", SEGMENTS, WHEN_KNOWN, struct buffer, segments),
	F("holders", HOLDERS, ALWAYS, struct buffer, holders),
	F("is_ambiguous", BOOL, WHEN_TRUE, struct buffer, is_ambiguous),
	F("sources", SOURCES, ALWAYS, struct buffer, sources),
};
KIND(buffer, struct buffer, "buffer");

static const struct field allocator_fields[] = {
	F("pid", U32, ALWAYS, struct buffer, allocator_pid),
	F("task", TEXT, ALWAYS, struct buffer, allocator_task),
	F("task_is_cut", BOOL, ALWAYS, struct buffer, task_is_cut),
};
KIND(allocator, struct buffer, "allocator");

static const struct field attachment_fields[] = {
	F("device", TEXT, ALWAYS, struct attachment, device),
	F("count", U32, ALWAYS, struct attachment, count),
};
KIND(attachment, struct attachment, "attachment");

static const struct field segment_fields[] = {
	F("address", HEX, ALWAYS, struct segment, address),
	F("size_bytes", U64, ALWAYS, struct segment, size_bytes),
};
KIND(segment, struct segment, "segment");

static const struct field holder_fields[] = {
	F("pid", U32, ALWAYS, struct holder_view, pid),
	F("task", TEXT, ALWAYS, struct holder_view, task),
	F("fds", FDS, ALWAYS, struct holder_view, fd),
	F("mappings", U32, ALWAYS, struct holder_view, mappings),
	F("mapped_bytes", U64, ALWAYS, struct holder_view, mapped_bytes),
};
KIND(holder, struct holder_view, "holder");

static const struct field process_fields[] = {
	F("pid", U32, ALWAYS, struct process, pid),
	F("task", TEXT, ALWAYS, struct process, task),
	F("start_ns", U64, WHEN_KNOWN, struct process, start_ns),
	F("n_fds", U32, WHEN_KNOWN, struct process, n_fds),
	F("fd_limit", U32, WHEN_KNOWN, struct process, fd_limit),
	F("rss_bytes", U64, WHEN_KNOWN, struct process, rss_bytes),
};
KIND(process, struct process, "process");

static const struct field contiguous_fields[] = {
	F("heap", TEXT, WHEN_KNOWN, struct contiguous, heap),
	F("owner", TEXT, WHEN_KNOWN, struct contiguous, owner),
	F("address_start", HEX, WHEN_KNOWN, struct contiguous, address_start),
	F("address_end", HEX, WHEN_KNOWN, struct contiguous, address_end),
	F("size_bytes", U64, ALWAYS, struct contiguous, size_bytes),
};
KIND(contiguous, struct contiguous, "contiguous");

static const struct field heap_fields[] = {
	F("name", TEXT, ALWAYS, struct heap, name),
	F("total_bytes", U64, WHEN_KNOWN, struct heap, total_bytes),
	F("used_bytes", U64, WHEN_KNOWN, struct heap, used_bytes),
	F("pool_bytes", U64, WHEN_KNOWN, struct heap, pool_bytes),
};
KIND(heap, struct heap, "heap");

static const struct field area_fields[] = {
	F("name", TEXT, ALWAYS, struct area, name),
	F("source", SOURCE, ALWAYS, struct area, source),
	F("base", HEX, WHEN_KNOWN, struct area, base),
	F("total_bytes", U64, WHEN_KNOWN, struct area, total_bytes),
	F("used_bytes", U64, WHEN_KNOWN, struct area, used_bytes),
	F("maxchunk_bytes", U64, WHEN_KNOWN, struct area, maxchunk_bytes),
	F("bit_bytes", U64, WHEN_KNOWN, struct area, bit_bytes),
	F("bitmap", BITMAP, WHEN_KNOWN, struct area, words),
};
KIND(area, struct area, "area");

static const struct field session_fields[] = {
	F("kind", TEXT, ALWAYS, struct session, kind),
	F("pid", U32, WHEN_KNOWN, struct session, pid),
	F("index", U32, WHEN_KNOWN, struct session, index),
	F("device", TEXT, WHEN_KNOWN, struct session, device),
	F("memory_bytes", U64, WHEN_KNOWN, struct session, memory_bytes),
	F("segments", SEGMENTS, ALWAYS, struct session, segments),
};
KIND(session, struct session, "session");

static const struct field rga_fields[] = {
	F("handle", U64, WHEN_KNOWN, struct rga, handle),
	F("refs", U64, WHEN_KNOWN, struct rga, refs),
	F("tgid", U64, WHEN_KNOWN, struct rga, tgid),
	F("kind", TEXT, WHEN_KNOWN, struct rga, kind),
	F("iova", HEX, WHEN_KNOWN, struct rga, iova),
	F("size_bytes", U64, ALWAYS, struct rga, size_bytes),
};
KIND(rga, struct rga, "rga");

static const struct field ion_fields[] = {
	F("heap", TEXT, WHEN_KNOWN, struct ion, heap),
	F("client", TEXT, WHEN_KNOWN, struct ion, client),
	F("pid", U32, WHEN_KNOWN, struct ion, pid),
	F("size_bytes", U64, ALWAYS, struct ion, size_bytes),
	F("orphaned", BOOL, ALWAYS, struct ion, orphaned),
	F("map_count", U32, WHEN_KNOWN, struct ion, map_count),
	F("refs", U32, WHEN_KNOWN, struct ion, refs),
};
KIND(ion, struct ion, "ion");

static const struct field drm_fields[] = {
	F("pid", U32, ALWAYS, struct drm_view, pid),
	F("task", TEXT, WHEN_KNOWN, struct drm_view, task),
	F("driver", TEXT, WHEN_KNOWN, struct drm_view, drm.driver),
	F("pdev", TEXT, WHEN_KNOWN, struct drm_view, drm.pdev),
	F("client_id", U64, WHEN_KNOWN, struct drm_view, drm.client_id),
	F("region", TEXT, WHEN_KNOWN, struct drm_view, drm.region),
	F("total_bytes", U64, WHEN_KNOWN, struct drm_view, drm.total_bytes),
	F("shared_bytes", U64, WHEN_KNOWN, struct drm_view, drm.shared_bytes),
	F("resident_bytes", U64, WHEN_KNOWN, struct drm_view, drm.resident_bytes),
};
KIND(drm, struct drm_view, "drm");

static const struct field range_fields[] = {
	F("space", TEXT, WHEN_KNOWN, struct range, space),
	F("start", HEX, ALWAYS, struct range, start),
	F("size", U64, ALWAYS, struct range, size),
	F("used", BOOL, ALWAYS, struct range, used),
};
KIND(range, struct range, "range");

const struct section sections[N_SECTIONS] = {
	[SECTION_CONTIGUOUS] = { "contiguous", &contiguous_kind, 1u << SRC_RK_DMA_HEAP },
	[SECTION_HEAPS] = { "heaps", &heap_kind, 1u << SRC_RK_DMA_HEAP | 1u << SRC_ION },
	[SECTION_SESSIONS] = { "sessions", &session_kind, 1u << SRC_MPP },
	[SECTION_RGA] = { "rga", &rga_kind, 1u << SRC_RGA },
	[SECTION_ION] = { "ion", &ion_kind, 1u << SRC_ION },
	[SECTION_DRM] = { "drm", &drm_kind, 1u << SRC_DRM_FDINFO },
	[SECTION_PROCESSES] = { "processes", &process_kind,
				1u << SRC_FDINFO | 1u << SRC_MAPS |
					1u << SRC_DRM_FDINFO },
	[SECTION_AREAS] = { "areas", &area_kind,
			    1u << SRC_RK_CMA | 1u << SRC_CMA_DEBUGFS |
				    1u << SRC_CMA_SYSFS },
	[SECTION_RANGES] = { "ranges", &range_kind, 1u << SRC_MM_DUMP },
};

void record_clear(const struct record_kind *kind, void *record)
{
	memset(record, 0, kind->size);
	for (unsigned i = 0; i < kind->n_fields; i++) {
		const struct field *field = &kind->fields[i];
		void *member = field_of(field, record);

		switch (field->kind) {
		case FIELD_U64:
		case FIELD_HEX:
		case FIELD_TIME:
			*(uint64_t *)member = ABSENT64;
			break;
		case FIELD_U32:
		case FIELD_SOURCE:
		case FIELD_STATUS:
		case FIELD_HOLDERS:
		case FIELD_ALLOCATOR:
		case FIELD_ID:
			*(uint32_t *)member = ABSENT32;
			break;
		case FIELD_FDS:
			((uint32_t *)member)[0] = ((uint32_t *)member)[1] = ABSENT32;
			break;
		default:
			break;
		}
	}
}
