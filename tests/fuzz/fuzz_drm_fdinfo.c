/* SPDX-License-Identifier: MIT */
/* Fuzzes src/sources/drm_fdinfo.c: a text of one read, and blocks of a saved log. */
#include "fuzz_source.h"
#include "sources/drm_fdinfo.h"

extern const struct source source_drm_fdinfo;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct snapshot *snap = snapshot_new();
	size_t strings;

	drm_fdinfo_take(snap, 0, (struct span){ (const char *)data, size });
	drm_fdinfo_take(snap, 1, (struct span){ (const char *)data, size / 2 });
	fuzz_saved(snap, source_drm_fdinfo.format, data, size);
	strings = snap->strings.entries.n;
	vec_each(&snap->drm, it)
		fuzz_must(it->driver < strings && it->region && it->region < strings &&
			  it->pdev < strings &&
			  (it->total_bytes != ABSENT64 || it->shared_bytes != ABSENT64 ||
			   it->resident_bytes != ABSENT64));
	snapshot_free(snap);
	return 0;
}
