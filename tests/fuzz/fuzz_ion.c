/* SPDX-License-Identifier: MIT */
/* Fuzzes src/sources/ion_heap.c, ion_row.c and ion_bitmap.c. */
#include "fuzz_source.h"

extern const struct source source_ion;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_source(&source_ion, "sys/kernel/debug/ion/heaps/system", data, size);
}
