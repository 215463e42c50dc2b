/* SPDX-License-Identifier: MIT */
/* Fuzzes src/sources/maps.c. */
#include "fuzz_source.h"

extern const struct source source_maps;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_source(&source_maps, "proc/1/maps", data, size);
}
