/* SPDX-License-Identifier: MIT */
/* Whatever SNAPSHOT stands for on the command line, as a snapshot. */
#ifndef COMMANDS_LOAD_H
#define COMMANDS_LOAD_H

#include "base/root.h"
#include "commands/command.h"
#include "model/snapshot.h"

/*
 * operand NULL or "live": the running kernel, or what --sysroot and
 * DMABUF_INSPECT_SYSROOT put in its place. Else a directory, a snapshot or capture
 * file, saved text, `-`; with `@first`, `@last` or `@N` behind it one dump of several.
 * Filters are not applied. NULL: said why.
 */
struct snapshot *load_snapshot(struct env *env, const char *operand);

/* The root that `live` stands for here. NULL: said why. */
struct root *load_root(struct env *env);

/*
 * A root for commands that need nodes rather than a snapshot (capture, doctor): live, a
 * tree or a capture file. NULL: said why.
 */
struct root *load_root_of(struct env *env, const char *operand);

#endif
