/* SPDX-License-Identifier: MIT */
/* Fuzzes src/sources/rga.c. */
#include "fuzz_source.h"

extern const struct source source_rga;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_source(&source_rga, "proc/rkrga/mm_session", data, size);
}
