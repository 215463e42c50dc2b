/* SPDX-License-Identifier: MIT */
/*
 * Options of a kernel whose configuration is not at hand, told by functions that exist
 * only with the option. A table of all functions that lacks one shows that the option is
 * off.
 */
#include "symbols/kernel.h"

#include <errno.h>

#include "base/file.h"

#define FILE_MOST ((size_t)1 << 30)

/*
 * Each function is a real one with the option and an inline stub, or nothing, without.
 * Where kernels differ there are several; any of them will do.
 */
static const struct witness {
	const char *option, *function;
} witnesses[] = {
	{ "CONFIG_DMA_SHARED_BUFFER", "dma_buf_export" },
	{ "CONFIG_DEBUG_FS", "debugfs_create_dir" },
	/*
	 * drivers/soc/rockchip/rk_dmabuf_procfs.c; drivers/dma-buf/dma-buf.c of the
	 * vendor.
	 */
	{ "CONFIG_RK_DMABUF_PROCFS", "rk_dmabuf_dev_show" },
	{ "CONFIG_RK_DMABUF_DEBUG", "dma_buf_get_peak_size" },
	{ "CONFIG_DMABUF_CACHE", "dma_buf_cache_attach" },
	{ "CONFIG_DMABUF_HEAPS", "dma_heap_add" },
	{ "CONFIG_DMABUF_SYSFS_STATS", "dma_buf_stats_setup" },
	{ "CONFIG_CMA", "cma_alloc" },
	{ "CONFIG_CMA_DEBUGFS", "cma_debugfs_get" },
	{ "CONFIG_CMA_SYSFS", "cma_sysfs_account_success_pages" },
};

void kernel_of_root(const struct root *root, struct kernel *ret)
{
	*ret = (struct kernel){ 0 };
	if (kconfig_of_root(root, &ret->config) < 0)
		ret->config = NULL;
	/* A hundred thousand names: only when they are needed. */
	if (!kconfig_is_complete(ret->config) && symbols_of_root(root, &ret->symbols) < 0)
		ret->symbols = NULL;
}

int kernel_read(const char *name, struct kernel *ret, struct text *advice)
{
	_text_ struct text all = { 0 };
	int r = file_read(name, FILE_MOST, &all), s;

	if (r < 0)
		return r;
	*ret = (struct kernel){ 0 };
	r = kconfig_parse(all.v ? all.v : "", all.n, name, &ret->config, advice);
	s = symbols_parse(all.v ? all.v : "", all.n, name, &ret->symbols, NULL);
	return r && s ? r : 0;
}

void kernel_fini(struct kernel *kernel)
{
	kconfig_free(kernel->config);
	symbols_free(kernel->symbols);
	*kernel = (struct kernel){ 0 };
}

enum kconfig_state kernel_option(const struct kernel *kernel, const char *option)
{
	enum kconfig_state state = kconfig_get(kernel->config, option);
	bool is_known = false;

	for (size_t i = 0; i < ARRAY_SIZE(witnesses) && state == KCONFIG_UNKNOWN; i++) {
		const char *function = witnesses[i].function;

		if (strcmp(witnesses[i].option, option))
			continue;
		is_known = true;
		if (symbols_has(kernel->symbols, function))
			state = symbols_module(kernel->symbols, function) ?
					KCONFIG_MODULE :
					KCONFIG_YES;
	}
	/* The functions of a module that is not loaded are nowhere to be seen. */
	if (is_known && state == KCONFIG_UNKNOWN &&
	    symbols_is_complete(kernel->symbols) &&
	    strcmp(option, "CONFIG_RK_DMABUF_PROCFS") != 0)
		state = KCONFIG_NO;
	return state;
}

const char *kernel_origin(const struct kernel *kernel)
{
	if (kernel->config)
		return kconfig_origin(kernel->config);
	return symbols_origin(kernel->symbols);
}
