/* SPDX-License-Identifier: MIT */
/* Fuzzes src/sources/rk_sgt.c. */
#include "fuzz_source.h"

extern const struct source source_rk_sgt;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_source(&source_rk_sgt, "proc/rk_dmabuf/sgt", data, size);
}
