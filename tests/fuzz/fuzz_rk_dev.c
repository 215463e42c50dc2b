/* SPDX-License-Identifier: MIT */
/* Fuzzes src/sources/rk_dev.c. */
#include "fuzz_source.h"

extern const struct source source_rk_dev;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_source(&source_rk_dev, "proc/rk_dmabuf/dev", data, size);
}
