/* SPDX-License-Identifier: MIT */
/* `map`: who sits where in a heap, the holes, the largest allocation that still fits. */
#include "render/map.h"

#include "base/escape.h"
#include "commands/common.h"
#include "commands/load.h"

static const struct option_spec options[] = {
	{ OPT_HEAP, "heap", 0, "NAME:[BASE+]SIZE",
	  "where a heap lies, where no node tells: rk-dma-heap-cma:0x02800000+66M", NULL,
	  true },
	{ OPT_SVG, "svg", 0, NULL, "draw a picture (SVG)", NULL, false },
	{ .id = OPT_END },
};

VEC_TYPE(given_list, struct layout_given);

/* `NAME:0xBASE+SIZE` or `NAME:SIZE`; a name may hold a colon. */
static bool parse_heap(const char *arg, struct layout_given *ret)
{
	const char *colon = strrchr(arg, ':'), *plus;
	struct scan s;

	if (!colon || colon == arg)
		return false;
	*ret = (struct layout_given){ .name = { arg, (size_t)(colon - arg) },
				      .base = ABSENT64 };
	plus = strchr(colon, '+');
	if (plus) {
		s = scan_text(colon + 1, (size_t)(plus - colon - 1));
		if (!scan_0x(&s, &ret->base) || !scan_done(&s))
			return false;
	}
	if (units_parse_size(plus ? plus + 1 : colon + 1, &ret->size) < 0 || !ret->size)
		return false;
	return ret->base == ABSENT64 || ret->size <= UINT64_MAX - ret->base;
}

/* All --heap options; false: said what is wrong with one. */
static bool parse_heaps(struct env *env, struct given_list *ret)
{
	vec_each(&env->options, o) {
		if (o->id != OPT_HEAP)
			continue;
		if (!parse_heap(o->arg, vec_add(ret))) {
			options_usage(env,
				      "--heap '%s' is not NAME:0xBASE+SIZE or NAME:SIZE",
				      diag_quote(o->arg, strlen(o->arg)));
			return false;
		}
	}
	return true;
}

static bool is_named(const struct layout *layout, const struct snapshot *snap,
		     struct span name)
{
	vec_each(&layout->spaces, s)
		if (s->kind == LAYOUT_PHYSICAL && s->name &&
		    strings_len(&snap->strings, s->name) == name.len &&
		    !memcmp(snapshot_str(snap, s->name), name.at, name.len))
			return true;
	return false;
}

/* A heap that is not there is most likely misspelt: say which are. */
static bool check_heaps(struct env *env, const struct layout *layout,
			const struct snapshot *snap, const struct given_list *given)
{
	vec_each(given, g) {
		_text_ struct text known = { 0 };

		if (is_named(layout, snap, g->name))
			continue;
		vec_each(&layout->spaces, s) {
			if (s->kind != LAYOUT_PHYSICAL || !s->name)
				continue;
			text_adds(&known, known.n ? ", " : "; it has ");
			escape_terminal(&known, snapshot_str(snap, s->name),
					strings_len(&snap->strings, s->name));
		}
		diag_error(&env->diag, NULL,
			   "--heap: no heap '%s' with addresses in it%s",
			   diag_quote(g->name.at, g->name.len), known.n ? known.v : "");
		return false;
	}
	return true;
}

/* Filters name whom to draw; the others are there all the same, and in the way. */
static bool *wanted(const struct env *env, const struct snapshot *snap)
{
	bool *flags = NULL;
	struct filter filter;

	common_filter(env, &filter);
	if (!filter_is_empty(&filter))
		flags = filter_run(&filter, snap);
	filter_fini(&filter);
	return flags;
}

static void say_no_address(struct env *env)
{
	diag_error(&env->diag, NULL, "nothing in it tells an address");
	diag_note(
		&env->diag, NULL,
		"addresses come from /proc/rk_dma_heap/dma_heap_info (RV1103, "
		"RV1106), /proc/rk_dmabuf/sgt, /proc/mpp_service/sessions-summary, "
		"/proc/rk_cma/*, and, as root, /sys/kernel/debug/cma/*/bitmap, "
		"/sys/kernel/debug/dri/*/mm_dump and ION's heap bitmaps; 'dmabuf-inspect "
		"doctor' says how to get them");
}

static int render(struct env *env, const struct layout *layout,
		  const struct snapshot *snap)
{
	struct look look;
	struct map_view view = { &look, snap, layout };

	if (!common_look(env, &look))
		return EXIT_FAILED;
	if (env->json)
		return map_json(&view) < 0 ? EXIT_FAILED : EXIT_DONE;
	if (option_given(env, OPT_SVG))
		map_svg(&view);
	else
		map_text(&view);
	return EXIT_DONE;
}

static int run(struct env *env)
{
	_cleanup_(snapshot_freep) struct snapshot *snap = NULL;
	_cleanup_(given_list_fini) struct given_list given = { 0 };
	_cleanup_(layout_fini) struct layout layout = { 0 };
	_cleanup_(freep) bool *flags = NULL;
	struct layout_request req;

	if (env->json && option_given(env, OPT_SVG))
		return options_usage(env, "--json and --svg are two forms of one report");
	if (!parse_heaps(env, &given))
		return EXIT_USAGE;
	snap = load_snapshot(env, env->n_operands ? env->operands[0] : NULL);
	if (!snap)
		return EXIT_FAILED;
	flags = wanted(env, snap);
	req = (struct layout_request){ flags, given.v, given.n };
	layout_build(&layout, snap, &req);
	if (!layout.spaces.n) {
		say_no_address(env);
		return EXIT_FAILED;
	}
	if (!check_heaps(env, &layout, snap, &given))
		return EXIT_FAILED;
	return render(env, &layout, snap);
}

const struct command command_map = {
	.name = "map",
	.args = "[SNAPSHOT]",
	.summary =
		"Who sits where in a heap, the holes, the largest allocation that still fits.",
	.options = options,
	.most = 1,
	.run = run,
};
