/* SPDX-License-Identifier: MIT */
/*
 * The names a kernel or a module defines: what is built in shows even where no
 * configuration is at hand.
 */
#ifndef SYMBOLS_SYMBOLS_H
#define SYMBOLS_SYMBOLS_H

#include <stdbool.h>

#include "base/mem.h"
#include "base/root.h"

struct symbols;

/*
 * Bytes of an ELF file (vmlinux, a .ko, gzip of either), or text as in System.map and
 * /proc/kallsyms. -EINVAL: none of these. -ENODATA: it has no symbols (a stripped file).
 * -EOPNOTSUPP: packed by something else than gzip; *advice (may be NULL) has the command.
 */
int symbols_parse(const char *bytes, size_t len, const char *name, struct symbols **ret,
		  struct text *advice) _must_check_;

/* The same of a file that the user named. Errors of file_read() too. */
int symbols_read(const char *name, struct symbols **ret,
		 struct text *advice) _must_check_;

/* Of the root's own kernel: proc/kallsyms. -ENOENT and friends. */
int symbols_of_root(const struct root *root, struct symbols **ret) _must_check_;

void symbols_free(struct symbols *symbols);
DEFINE_CLEANUP(struct symbols *, symbols_free)

/*
 * Does it define this name? Names that the compiler made of it (`name.isra.0`) count.
 * With NULL, and for a name the table could not hold, the answer is no.
 */
bool symbols_has(const struct symbols *symbols, const char *name);

/* Does it use this name without defining it? Only modules do. */
bool symbols_needs(const struct symbols *symbols, const char *name);

/* The module that defines it, as kallsyms says; NULL: the kernel itself, or not there. */
const char *symbols_module(const struct symbols *symbols, const char *name);

/*
 * `key=value` out of a module's .modinfo: "vermagic", "name", "depends". NULL: not there.
 */
const char *symbols_modinfo(const struct symbols *symbols, const char *key);

/* Names defined. */
size_t symbols_count(const struct symbols *symbols);

/*
 * All functions are in it, not only exported ones: a name it does not have is not there.
 */
bool symbols_is_complete(const struct symbols *symbols);

const char *symbols_origin(const struct symbols *symbols);

#endif
