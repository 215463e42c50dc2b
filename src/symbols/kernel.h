/* SPDX-License-Identifier: MIT */
/*
 * What a kernel was built with, from all there is to tell: its configuration where that
 * can be had, else the functions it has.
 */
#ifndef SYMBOLS_KERNEL_H
#define SYMBOLS_KERNEL_H

#include "symbols/kconfig.h"
#include "symbols/symbols.h"

struct kernel {
	struct kconfig *config;	 /* owned; NULL: none */
	struct symbols *symbols; /* owned; NULL: none */
};

/* Of the root's own kernel. Never fails: what cannot be had is NULL. */
void kernel_of_root(const struct root *root, struct kernel *ret);

/*
 * Of a file that the user named: any kernel, configuration or symbol table. 0 when at
 * least one of the two was found in it, else the error of kconfig_read() with its advice.
 */
int kernel_read(const char *name, struct kernel *ret, struct text *advice) _must_check_;

void kernel_fini(struct kernel *kernel);

/* The state of an option; what the configuration says counts first. */
enum kconfig_state kernel_option(const struct kernel *kernel, const char *option);

/* Which file is the best evidence, for messages; NULL: there is none. */
const char *kernel_origin(const struct kernel *kernel);

#endif
