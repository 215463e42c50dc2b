/* SPDX-License-Identifier: MIT */
/*
 * How a kernel was configured: from its text (`.config`, /boot/config-*, config.gz) or
 * out of a kernel file that carries it (CONFIG_IKCONFIG).
 */
#ifndef SYMBOLS_KCONFIG_H
#define SYMBOLS_KCONFIG_H

#include <stdbool.h>

#include "base/mem.h"
#include "base/root.h"

enum kconfig_state {
	KCONFIG_UNKNOWN, /* not in what we have, which is only a part */
	KCONFIG_MISSING, /* this kernel has no such option, or what it needs is off */
	KCONFIG_NO,	 /* known, and not set */
	KCONFIG_MODULE,
	KCONFIG_YES, /* built in, or a number or a text */
};

struct kconfig;

/*
 * Bytes of a file: text, gzip of it, or a kernel (vmlinux, Image, zImage, bzImage,
 * boot.img). -EINVAL: neither a configuration nor a kernel. -ENODATA: a kernel that
 * carries none. -EOPNOTSUPP: the kernel inside is compressed by something we cannot
 * unpack. In the last two cases *advice (may be NULL) says what it is and what to do;
 * `name` appears there in a shell command.
 */
int kconfig_parse(const char *bytes, size_t len, const char *name, struct kconfig **ret,
		  struct text *advice) _must_check_;

/* The same of a file that the user named. Errors of file_read() too. */
int kconfig_read(const char *name, struct kconfig **ret,
		 struct text *advice) _must_check_;

/*
 * Of the root's own kernel: proc/config.gz, then boot/config-RELEASE and its kin. -ENOENT
 * when there is none.
 */
int kconfig_of_root(const struct root *root, struct kconfig **ret) _must_check_;

void kconfig_free(struct kconfig *config);
DEFINE_CLEANUP(struct kconfig *, kconfig_free)

/* With or without CONFIG_. A NULL config knows nothing. */
enum kconfig_state kconfig_get(const struct kconfig *config, const char *option);

/* What follows the `=`, NULL when it is not set. Quotes stay. */
const char *kconfig_value(const struct kconfig *config, const char *option);

/* All options are in it, set or not: what is not there does not exist in that kernel. */
bool kconfig_is_complete(const struct kconfig *config);

/* Kernel version from its head line ("6.1.75"), NULL when there is none. */
const char *kconfig_version(const struct kconfig *config);

/* Which file it came from: a path below the root, or the user's file. */
const char *kconfig_origin(const struct kconfig *config);

size_t kconfig_count(const struct kconfig *config);

#endif
