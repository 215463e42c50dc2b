/* SPDX-License-Identifier: MIT */
/* Fuzzes src/sources/rk_cma.c. */
#include "fuzz_source.h"

extern const struct source source_rk_cma;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_source(&source_rk_cma, "proc/rk_cma/cma", data, size);
}
