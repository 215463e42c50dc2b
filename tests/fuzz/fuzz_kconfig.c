/* SPDX-License-Identifier: MIT */
/*
 * Kernel files from strangers: configurations, kernels of all kinds, modules, symbol
 * tables. The first byte picks what the rest is read as, so that one corpus serves both
 * readers.
 */
#include <stdlib.h>

#include "symbols/kernel.h"

static void use(struct kernel *kernel)
{
	size_t n = 0;

	/* The answers may be anything, but they must be answers. */
	n += kernel_option(kernel, "CONFIG_DEBUG_FS") <= KCONFIG_YES;
	n += kernel_option(kernel, "CONFIG_RK_DMABUF_PROCFS") <= KCONFIG_YES;
	n += kernel_option(kernel, "") <= KCONFIG_YES;
	if (n != 3)
		abort();
	if (kconfig_value(kernel->config, "CONFIG_CC_VERSION_TEXT"))
		n += strlen(kconfig_value(kernel->config, "CONFIG_CC_VERSION_TEXT"));
	if (symbols_modinfo(kernel->symbols, "vermagic"))
		n += strlen(symbols_modinfo(kernel->symbols, "vermagic"));
	if (n > (size_t)1 << 30)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_text_ struct text advice = { 0 };
	struct kernel kernel = { 0 };
	const char *bytes = (const char *)data + 1;

	if (!size)
		return 0;
	if (data[0] & 1 &&
	    kconfig_parse(bytes, size - 1, "file name", &kernel.config, &advice))
		kernel.config = NULL;
	if (data[0] & 2 &&
	    symbols_parse(bytes, size - 1, "file name", &kernel.symbols, &advice))
		kernel.symbols = NULL;
	use(&kernel);
	kernel_fini(&kernel);
	return 0;
}
