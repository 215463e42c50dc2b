/* SPDX-License-Identifier: MIT */
/* Fuzzes src/sources/rk_dma_heap.c. */
#include "fuzz_source.h"

extern const struct source source_rk_dma_heap;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_source(&source_rk_dma_heap, "proc/rk_dma_heap/dma_heap_info", data,
			   size);
}
