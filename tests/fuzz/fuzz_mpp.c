/* SPDX-License-Identifier: MIT */
/* Fuzzes src/sources/mpp.c. */
#include "fuzz_source.h"

extern const struct source source_mpp;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_source(&source_mpp, "proc/mpp_service/sessions-summary", data, size);
}
