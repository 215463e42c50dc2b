/* SPDX-License-Identifier: MIT */
/* Fuzzes src/sources/meminfo.c. */
#include "fuzz_source.h"

extern const struct source source_meminfo;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_source(&source_meminfo, "proc/meminfo", data, size);
}
