/* SPDX-License-Identifier: MIT */
/* What several commands do alike. */
#include "commands/common.h"

#include "base/caps.h"

bool common_look(struct env *env, struct look *ret)
{
	FILE *out = env_report(env);

	/* The nodes are read; only the report is still to be put in its place. */
	caps_drop_all(option_given(env, OPT_OUTPUT) ? CAPS_OWN : CAPS_NONE);

	*ret = (struct look){ .out = out,
			      .units = env->units,
			      .width = env->width,
			      .color = env->color,
			      .verbose = env->diag.verbose };
	return out != NULL;
}

void common_filter(const struct env *env, struct filter *ret)
{
	static const struct {
		enum option_id option;
		enum filter_kind kind;
	} known[] = {
		{ OPT_PID, FILTER_PID },       { OPT_TASK, FILTER_TASK },
		{ OPT_NAME, FILTER_NAME },     { OPT_EXPORTER, FILTER_EXPORTER },
		{ OPT_DEVICE, FILTER_DEVICE },
	};
	const char *size = option_arg(env, OPT_MIN_SIZE);

	*ret = (struct filter){ 0 };
	if (size && units_parse_size(size, &ret->min_size) < 0)
		ret->min_size = 0;
	for (size_t i = 0; i < env->options.n; i++) {
		const struct option_value *o = &env->options.v[i];
		uint64_t pid = ABSENT64;

		for (size_t k = 0; k < ARRAY_SIZE(known); k++) {
			if (o->id != known[k].option)
				continue;
			if (o->id == OPT_PID)
				scan_only_dec(o->arg, strlen(o->arg), &pid);
			*vec_add(&ret->terms) = (struct filter_term){
				.kind = known[k].kind,
				.pattern = o->arg,
				.pid = (uint32_t)pid,
			};
		}
	}
}

void common_apply_filter(const struct env *env, struct snapshot *snap)
{
	_cleanup_(freep) bool *wanted = NULL;
	struct filter filter;

	common_filter(env, &filter);
	if (!filter_is_empty(&filter)) {
		wanted = filter_run(&filter, snap);
		for (size_t i = 0; i < snap->buffers.n; i++)
			snap->buffers.v[i].is_merged |= !wanted[i];
		snap->reported_bytes = snap->peak_bytes = ABSENT64;
		snap->contiguous.n = 0;
	}
	filter_fini(&filter);
}
