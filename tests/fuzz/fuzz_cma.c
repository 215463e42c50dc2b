/* SPDX-License-Identifier: MIT */
/* Fuzzes src/sources/cma_debugfs.c and cma_sysfs.c: the input is a capture file of areas.
 */
#include "fuzz_source.h"

extern const struct source source_cma_debugfs, source_cma_sysfs;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct snapshot *snap = snapshot_new();
	struct text bytes = { 0 };
	struct diag diag = { 0 };
	struct root *root;

	text_add(&bytes, (const char *)data, size);
	if (root_open_capture(&bytes, &root) == 0) {
		source_cma_debugfs.collect(snap, root, &diag);
		source_cma_sysfs.collect(snap, root, &diag);
		fuzz_check(snap);
		root_free(root);
	} else {
		text_fini(&bytes);
	}
	snapshot_free(snap);
	return 0;
}
