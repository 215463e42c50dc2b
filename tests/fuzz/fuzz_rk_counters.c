/* SPDX-License-Identifier: MIT */
/* Fuzzes src/sources/rk_counters.c. */
#include "fuzz_source.h"

extern const struct source source_rk_size;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_source(&source_rk_size, "proc/rk_dmabuf/size", data, size);
}
