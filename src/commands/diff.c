/* SPDX-License-Identifier: MIT */
/* `diff`: what is new, gone and changed between two snapshots. */
#include "render/diff.h"

#include "commands/common.h"
#include "commands/load.h"
#include "model/identity.h"

static const struct option_spec options[] = {
	{ OPT_EXIT_CODE, "exit-code", 0, NULL,
	  "exit 1 when buffers are new or gone, 3 when that cannot be told", NULL,
	  false },
	{ OPT_FORCE, "force", 0, NULL, "compare snapshots of two boots all the same",
	  NULL, false },
	{ .id = OPT_END },
};

static bool may_compare(struct env *env, const struct snapshot *old,
			const struct snapshot *new)
{
	switch (diff_order(old, new)) {
	case DIFF_OTHER_BOOT:
		if (option_given(env, OPT_FORCE))
			return true;
		diag_error(&env->diag, NULL,
			   "the two are of different boots: inodes and pointers "
			   "mean other buffers; --force compares all the same");
		return false;
	case DIFF_SWAPPED:
		diag_warning(&env->diag, NULL,
			     "OLD was taken after NEW: new and gone change places");
		break;
	case DIFF_IN_ORDER:
		break;
	}
	return true;
}

/* What --exit-code makes of it. */
static int verdict(const struct env *env, const struct diff *d)
{
	if (!option_given(env, OPT_EXIT_CODE))
		return EXIT_DONE;
	if (d->added.n || d->gone.n || (!d->lists && d->knows_bytes && d->net_bytes))
		return EXIT_FOUND;
	return d->lists ? EXIT_DONE : EXIT_CANNOT_TELL;
}

static int report(struct env *env, const struct diff *d)
{
	struct look look;

	if (!common_look(env, &look))
		return EXIT_FAILED;
	if (env->json && diff_json(look.out, d) < 0)
		return EXIT_FAILED;
	if (!env->json)
		diff_text(&look, d);
	return verdict(env, d);
}

static int run(struct env *env)
{
	_cleanup_(snapshot_freep) struct snapshot *old = NULL, *new = NULL;
	struct diff diff;
	int status;

	old = load_snapshot(env, env->operands[0]);
	if (!old)
		return EXIT_FAILED;
	new = load_snapshot(env, env->n_operands > 1 ? env->operands[1] : NULL);
	if (!new || !may_compare(env, old, new))
		return EXIT_FAILED;
	common_apply_filter(env, old);
	common_apply_filter(env, new);
	diff_run(&diff, old, new);
	status = report(env, &diff);
	diff_fini(&diff);
	return status;
}

const struct command command_diff = {
	.name = "diff",
	.args = "OLD [NEW]",
	.summary =
		"What is new, gone and changed, by owner and size; NEW is live by default.",
	.options = options,
	.least = 1,
	.most = 2,
	.run = run,
};
