/* SPDX-License-Identifier: MIT */
/* Fuzzes src/sources/mm_dump.c. */
#include "fuzz_source.h"

extern const struct source source_mm_dump;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_source(&source_mm_dump, "sys/kernel/debug/dri/0/mm_dump", data, size);
}
