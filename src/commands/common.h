/* SPDX-License-Identifier: MIT */
/* What several commands do alike: filters from options, how the report is to look. */
#ifndef COMMANDS_COMMON_H
#define COMMANDS_COMMON_H

#include "analysis/filter.h"
#include "commands/command.h"
#include "render/summary.h"

/*
 * The report's look; opens it, when everything has been read: gives up the capabilities
 * that reading took. false: it cannot be opened (said).
 */
bool common_look(struct env *env, struct look *ret);

/* --pid --task --name --exporter --device --min-size, checked before. */
void common_filter(const struct env *env, struct filter *ret);

/*
 * The snapshot with everything the filters leave out merged away, so that all sums and
 * lists are about what was asked for. The kernel's own counters go too: they count all.
 */
void common_apply_filter(const struct env *env, struct snapshot *snap);

#endif
