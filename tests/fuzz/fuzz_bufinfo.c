/* SPDX-License-Identifier: MIT */
/* Fuzzes src/sources/bufinfo*.c. */
#include "fuzz_source.h"

extern const struct source source_bufinfo;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_source(&source_bufinfo, "sys/kernel/debug/dma_buf/bufinfo", data,
			   size);
}
