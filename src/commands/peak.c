/* SPDX-License-Identifier: MIT */
/* `peak`: the largest total; resets it; watches it while a command runs. */
#include "render/peak.h"

#include <errno.h>

#include "base/caps.h"
#include "commands/command.h"
#include "commands/common.h"
#include "commands/load.h"
#include "commands/peak_watch.h"
#include "sources/source.h"

#define PEAK_NODE "proc/rk_dmabuf/peak"
#define DEFAULT_INTERVAL ((uint64_t)100 * 1000000)
#define LEAST_INTERVAL ((uint64_t)1000000)

static const struct option_spec options[] = {
	{ OPT_RESET, "reset", 0, NULL, "reset the kernel's peak", NULL, false },
	{ OPT_INTERVAL, "interval", 0, "TIME",
	  "how often to look while CMD runs; the default is 100ms", NULL, false },
	{ .id = OPT_END },
};

/*
 * The counters, and one list to hold them against: dev where it is, since it is the same
 * driver's and cheap; else what there is. No process is looked at.
 */
static unsigned sources_of(const struct root *root, unsigned asked)
{
	unsigned counters = 1u << SRC_RK_SIZE | 1u << SRC_RK_PEAK;

	if (root && !root_may_read(root, "proc/rk_dmabuf/dev"))
		return asked & (counters | 1u << SRC_RK_DEV);
	return asked & (counters | WATCH_SOURCES);
}

static struct snapshot *collect(const struct root *root, unsigned set, struct diag *diag)
{
	enum caps_use before = caps_enter(root_is_live(root) ? CAPS_NODES : CAPS_OWN);
	struct snapshot *snap = sources_collect(root, set, diag);

	caps_enter(before);
	return snap;
}

static int put_report(struct env *env, const struct peak_report *report)
{
	struct look look;

	if (!common_look(env, &look))
		return EXIT_FAILED;
	if (env->json)
		return peak_json(&look, report) < 0 ? EXIT_FAILED : EXIT_DONE;
	peak_text(&look, report);
	return EXIT_DONE;
}

static bool is_live_name(const char *operand)
{
	return !operand || !strcmp(operand, "live");
}

static int show(struct env *env, const char *operand)
{
	_cleanup_(snapshot_freep) struct snapshot *snap = NULL;
	_cleanup_(root_freep) struct root *root = NULL;
	struct peak_report report;

	if (is_live_name(operand) && !(root = load_root(env)))
		return EXIT_FAILED;
	env->sources = sources_of(root, env->sources);
	snap = load_snapshot(env, operand);
	if (!snap)
		return EXIT_FAILED;
	peak_report_init(&report, snap);
	return put_report(env, &report);
}

static int write_reset(const struct root *root)
{
	enum caps_use before = caps_enter(CAPS_WRITE);
	int r = root_write(root, PEAK_NODE, "0");

	caps_enter(before);
	return r;
}

/* The number alone, before what it may be changed by. */
static uint64_t read_peak(const struct root *root)
{
	struct diag silent = { 0 };
	struct snapshot *snap = collect(root, 1u << SRC_RK_PEAK, &silent);
	uint64_t bytes = snap->peak_bytes;

	snapshot_free(snap);
	return bytes;
}

static int say_reset_error(struct env *env, const struct root *root, int error)
{
	_text_ struct text name = { 0 };
	const char *why = strerror(-error);

	root_name(root, PEAK_NODE, &name);
	if (error == -EROFS && !root_is_live(root))
		why = "only the running kernel's peak can be reset, and this is a copy";
	else if (error == -ENOENT)
		why = "not there: the kernel keeps no peak (CONFIG_RK_DMABUF_DEBUG, Rockchip "
		      "5.10 and later)";
	else if (error == -EACCES || error == -EPERM)
		why = "only root may reset it";
	else if (error == -EROFS)
		why = "mounted read-only";
	diag_error(&env->diag, NULL, "%s: %s", diag_quote(name.v, name.n), why);
	return EXIT_FAILED;
}

static int reset(struct env *env)
{
	_cleanup_(snapshot_freep) struct snapshot *snap = NULL;
	_cleanup_(root_freep) struct root *root = load_root(env);
	struct peak_report report;
	uint64_t old;
	int r;

	if (!root)
		return EXIT_FAILED;
	old = read_peak(root);
	r = write_reset(root);
	if (r < 0)
		return say_reset_error(env, root, r);
	snap = collect(root, sources_of(root, env->sources), &env->diag);
	peak_report_init(&report, snap);
	report.reset = (struct peak_reset){ true, 0, old, snap->peak_bytes };
	return put_report(env, &report);
}

/* As a shell says it. */
static int could_not_start(struct env *env, int error)
{
	diag_error(&env->diag, NULL, "%s: %s",
		   diag_quote(env->child[0], strlen(env->child[0])), strerror(-error));
	outfile_abort(&env->file);
	return error == -ENOENT ? 127 : 126;
}

static int run_watched(struct env *env, const struct root *root, struct peak_watch *watch)
{
	_cleanup_(snapshot_freep) struct snapshot *snap = NULL;
	struct peak_report report;
	struct peak_reset result = { .was_asked = true, .new_bytes = ABSENT64 };
	struct sampler sampler;
	int r;

	if (sampler_choose(&sampler, root, env->sources) < 0) {
		diag_error(
			&env->diag, NULL,
			"no node that tells the total may be read here, "
			"so '%s' was not started; 'dmabuf-inspect doctor' says what it "
			"would take",
			diag_quote(env->child[0], strlen(env->child[0])));
		return EXIT_FAILED;
	}
	if (!env_report(env))
		return EXIT_FAILED;
	result.old_bytes = read_peak(root);
	result.error = write_reset(root);
	result.new_bytes = result.error ? result.old_bytes : 0;
	r = watch_command(&sampler, watch);
	if (r < 0)
		return could_not_start(env, r);
	snap = collect(root, sources_of(root, env->sources), &env->diag);
	peak_report_init(&report, snap);
	report.is_live = root_is_live(root);
	report.reset = result;
	report.watch = watch;
	return put_report(env, &report);
}

static int watch(struct env *env, const char *interval)
{
	_cleanup_(root_freep) struct root *root = NULL;
	struct peak_watch watched = { .argv = env->child,
				      .interval_ns = DEFAULT_INTERVAL };

	if (interval && (units_parse_duration(interval, &watched.interval_ns) < 0 ||
			 watched.interval_ns < LEAST_INTERVAL))
		return options_usage(env, "--interval '%s' is no time of at least 1ms",
				     diag_quote(interval, strlen(interval)));
	root = load_root(env);
	return root ? run_watched(env, root, &watched) : EXIT_FAILED;
}

static int run(struct env *env)
{
	const char *operand = env->n_operands ? env->operands[0] : NULL;
	const char *interval = option_arg(env, OPT_INTERVAL);

	if (!sources_of(NULL, env->sources))
		return options_usage(env,
				     "--source: none of these tells a peak or a total");
	if (interval && !env->child)
		return options_usage(env, "--interval is for `peak -- CMD`");
	if ((env->child || option_given(env, OPT_RESET)) && !is_live_name(operand))
		return options_usage(
			env, "'%s': only the running kernel can be watched or reset",
			diag_quote(operand, strlen(operand)));
	if (env->child)
		return watch(env, interval);
	return option_given(env, OPT_RESET) ? reset(env) : show(env, operand);
}

const struct command command_peak = {
	.name = "peak",
	.args = "[SNAPSHOT | -- CMD…]",
	.summary = "The largest total since boot or a reset, or while CMD runs.",
	.options = options,
	.most = 1,
	.takes_command = true,
	.run = run,
};
