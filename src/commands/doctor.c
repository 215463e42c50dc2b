/* SPDX-License-Identifier: MIT */
/* `doctor`: which nodes are there, readable, switched off, and what would mend each. */
#include "render/doctor.h"

#include <errno.h>

#include "base/caps.h"
#include "base/escape.h"
#include "commands/common.h"
#include "commands/load.h"
#include "sources/source.h"
#include "symbols/kernel.h"

static const struct option_spec options[] = {
	{ OPT_KERNEL, "kernel", 0, "FILE",
	  "how the kernel was built: a configuration, vmlinux, Image, bzImage or System.map",
	  NULL, false },
	{ .id = OPT_END },
};

/* The two enums are one list, in two layers that may not know each other. */
_Static_assert((int)DOCTOR_OPTION_UNKNOWN == (int)KCONFIG_UNKNOWN, "unknown");
_Static_assert((int)DOCTOR_OPTION_MISSING == (int)KCONFIG_MISSING, "missing");
_Static_assert((int)DOCTOR_OPTION_NO == (int)KCONFIG_NO, "no");
_Static_assert((int)DOCTOR_OPTION_MODULE == (int)KCONFIG_MODULE, "module");
_Static_assert((int)DOCTOR_OPTION_YES == (int)KCONFIG_YES, "yes");

static enum doctor_option option_state(const void *arg, const char *name)
{
	return (enum doctor_option)kernel_option(arg, name);
}

/* Of the file that the user named, else of the root itself. False: said why. */
static bool load_kernel(struct env *env, const struct root *root, struct kernel *ret)
{
	const char *name = option_arg(env, OPT_KERNEL);
	_text_ struct text advice = { 0 }, safe = { 0 };
	int r;

	if (!name) {
		kernel_of_root(root, ret);
		return true;
	}
	r = kernel_read(name, ret, &advice);
	if (!r)
		return true;
	/* The advice ends in a command to be copied: it is not to be cut. */
	if (advice.n)
		escape_terminal(&safe, advice.v, advice.n);
	else
		text_adds(&safe, r == -EINVAL ?
					 "neither a kernel nor a kernel configuration" :
				 r == -EISDIR ? "is a directory" :
						strerror(-r));
	diag_error(&env->diag, NULL, "%s: %s", diag_quote(name, strlen(name)), safe.v);
	return false;
}

/* "6.1" of "6.1.75-rk"; what follows differs between a package and its kernel. */
static bool is_other_series(const char *a, const char *b)
{
	size_t n = strcspn(a, "."), m;

	n += a[n] ? 1 + strcspn(a + n + 1, ".-+_ ") : 0;
	m = strlen(b);
	return m < n || strncmp(a, b, n) != 0 || (b[n] >= '0' && b[n] <= '9');
}

static void warn_if_other(struct env *env, const struct kernel *kernel,
			  const struct root_info *info)
{
	const char *version = kconfig_version(kernel->config);

	if (option_given(env, OPT_KERNEL) && version && info->kernel.n &&
	    is_other_series(version, info->kernel.v))
		diag_warning(&env->diag, NULL, "%s is of kernel %s, looked at is %s",
			     option_arg(env, OPT_KERNEL),
			     diag_quote(version, strlen(version)),
			     diag_quote(info->kernel.v, info->kernel.n));
}

static size_t count(const char *const *list, size_t most)
{
	size_t n = 0;

	while (n < most && list[n])
		n++;
	return n;
}

/* The table of sources in the doctor's terms, owned by the caller. */
static struct doctor_source *describe_sources(void)
{
	struct doctor_source *list = mem_resize(NULL, n_sources, sizeof(*list));

	for (size_t i = 0; i < n_sources; i++)
		list[i] = (struct doctor_source){
			.id = sources[i]->id,
			.summary = sources[i]->summary,
			.paths = sources[i]->paths,
			.n_paths =
				count(sources[i]->paths, ARRAY_SIZE(sources[i]->paths)),
			.options = sources[i]->options,
			.n_options = count(sources[i]->options,
					   ARRAY_SIZE(sources[i]->options)),
			.needs_root = sources[i]->needs_root,
			.remedy = sources[i]->remedy,
		};
	return list;
}

static int show(struct env *env, const struct doctor_show *what)
{
	struct doctor_privilege privileges[16];
	struct doctor_show all = *what;
	struct look look;

	if (what->snap->captured.is_live)
		for (size_t i = 0; i < n_caps_needs && i < ARRAY_SIZE(privileges); i++)
			privileges[all.n_privileges++] = (struct doctor_privilege){
				.name = caps_needs[i].name,
				.buys = caps_needs[i].buys,
				.has = caps_has(&caps_needs[i]),
				.is_for_reading = caps_needs[i].is_for_reading,
			};
	all.privileges = privileges;
	if (!common_look(env, &look))
		return EXIT_FAILED;
	if (env->json)
		return doctor_json(look.out, &all) < 0 ? EXIT_FAILED : EXIT_DONE;
	doctor_text(&look, &all);
	return EXIT_DONE;
}

static int run(struct env *env)
{
	_cleanup_(root_freep) struct root *root = NULL;
	_cleanup_(snapshot_freep) struct snapshot *snap = NULL;
	_cleanup_(freep) struct doctor_source *list = describe_sources();
	_cleanup_(kernel_fini) struct kernel kernel = { 0 };
	/* Damaged lines are `list`'s to name; here they are counted. */
	struct diag silent = { .quiet = true };
	struct doctor_report report;
	enum caps_use before;
	int status;

	root = load_root_of(env, env->n_operands ? env->operands[0] : NULL);
	if (!root)
		return EXIT_FAILED;
	before = caps_enter(root_is_live(root) ? CAPS_NODES : CAPS_OWN);
	if (!load_kernel(env, root, &kernel)) {
		caps_enter(before);
		return EXIT_FAILED;
	}
	snap = sources_collect(root, env->sources,
			       env->diag.verbose ? &env->diag : &silent);
	doctor_look(&(struct doctor_input){ .root = root,
					    .sources = list,
					    .n_sources = n_sources,
					    .snap = snap,
					    .option = option_state,
					    .option_arg = &kernel },
		    &report);
	caps_enter(before);
	warn_if_other(env, &kernel, &report.info);
	status = show(env, &(struct doctor_show){
				   .report = &report,
				   .snap = snap,
				   .kernel = { kernel_origin(&kernel),
					       kconfig_is_complete(kernel.config) },
			   });
	doctor_fini(&report);
	return status;
}

const struct command command_doctor = {
	.name = "doctor",
	.args = "[SNAPSHOT]",
	.summary =
		"Which nodes are there and readable, and the step that would mend each.",
	.options = options,
	.most = 1,
	.run = run,
};
