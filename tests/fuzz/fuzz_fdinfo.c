/* SPDX-License-Identifier: MIT */
/* Fuzzes src/sources/fdinfo.c. */
#include "fuzz_source.h"

extern const struct source source_fdinfo;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_source(&source_fdinfo, "proc/1/fdinfo/3", data, size);
}
