/* SPDX-License-Identifier: MIT */
/* `list`: what is allocated, by whom. */
#include "render/list.h"

#include "commands/common.h"
#include "commands/load.h"

static const struct option_spec options[] = {
	{ OPT_BY, "by", 0, "WHAT", "what a row stands for; the default is owner",
	  "owner buffer task exporter device holder size heap", false },
	{ OPT_SORT, "sort", 0, "KEY", "order of the rows; the default is size",
	  "size count name pid", false },
	{ OPT_TOP, "top", 0, "N", "only the first N rows", NULL, false },
	{ .id = OPT_END },
};

static enum account_sort sort_of(const char *key)
{
	static const char *const names[] = { "size", "count", "name", "pid" };

	for (size_t i = 0; key && i < ARRAY_SIZE(names); i++)
		if (!strcmp(key, names[i]))
			return (enum account_sort)i;
	return SORT_SIZE;
}

static int run(struct env *env)
{
	_cleanup_(snapshot_freep) struct snapshot *snap = NULL;
	struct list_request req = { .top = ABSENT64 };
	const char *by = option_arg(env, OPT_BY), *top = option_arg(env, OPT_TOP);
	struct look look;

	req.by = by ? (enum account_by)account_by_name(by) : BY_OWNER;
	req.sort = sort_of(option_arg(env, OPT_SORT));
	if (top && !scan_only_dec(top, strlen(top), &req.top))
		return options_usage(env, "--top '%s' is no number",
				     diag_quote(top, strlen(top)));
	snap = load_snapshot(env, env->n_operands ? env->operands[0] : NULL);
	if (!snap)
		return EXIT_FAILED;
	common_apply_filter(env, snap);
	if (!common_look(env, &look))
		return EXIT_FAILED;
	if (env->json)
		return list_json(look.out, snap, &req) < 0 ? EXIT_FAILED : EXIT_DONE;
	list_text(&look, snap, &req);
	return EXIT_DONE;
}

const struct command command_list = {
	.name = "list",
	.args = "[SNAPSHOT]",
	.summary = "What is allocated: totals and peak, then rows by owner or otherwise.",
	.options = options,
	.most = 1,
	.run = run,
};
