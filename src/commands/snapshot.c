/* SPDX-License-Identifier: MIT */
/* `snapshot`: write a snapshot as JSON. */
#include "commands/common.h"
#include "commands/load.h"
#include "store/snapshot_json.h"

static int run(struct env *env)
{
	_cleanup_(snapshot_freep) struct snapshot *snap = NULL;
	struct look look;

	snap = load_snapshot(env, env->n_operands ? env->operands[0] : NULL);
	if (!snap)
		return EXIT_FAILED;
	common_apply_filter(env, snap);
	if (!common_look(env, &look) || snapshot_save(snap, look.out) < 0)
		return EXIT_FAILED;
	return EXIT_DONE;
}

const struct command command_snapshot = {
	.name = "snapshot",
	.args = "[SNAPSHOT]",
	.summary = "Write a snapshot as JSON, for diff, check and later questions.",
	.most = 1,
	.run = run,
};
