/* SPDX-License-Identifier: MIT */
/* `capture`: copy the raw nodes, so that they can be read elsewhere. */
#include "sources/capture.h"

#include <inttypes.h>

#include "base/caps.h"
#include "commands/command.h"
#include "commands/load.h"
#include "commands/progress.h"
#include "config.h"

static const struct option_spec options[] = {
	{ OPT_REDACT, "redact", 0, NULL,
	  "pseudonyms for the names of buffers and tasks, no host name", NULL, false },
	{ .id = OPT_END },
};

/* What is missing from the copy: nobody can look again later. */
static void say_result(struct env *env, const struct capture_result *result)
{
	if (!result->dmabuf_nodes)
		diag_warning(&env->diag, NULL,
			     "no node that lists dma-bufs could be copied; "
			     "'dmabuf-inspect doctor' says what it would take");
	if (result->denied)
		diag_warning(&env->diag, NULL,
			     "%" PRIu64 " nodes may not be read; root would "
			     "have them",
			     result->denied);
	if (result->denied_processes)
		diag_warning(&env->diag, NULL,
			     "%" PRIu64 " of %" PRIu64 " processes may not be "
			     "read; root or CAP_SYS_PTRACE would have them",
			     result->denied_processes, result->processes);
	if (result->failed)
		diag_warning(&env->diag, NULL,
			     "%" PRIu64 " nodes could not be read to their "
			     "end; the capture says why",
			     result->failed);
	if (result->left_out)
		diag_warning(&env->diag, NULL,
			     "%" PRIu64 " files have names that a capture "
			     "cannot hold and were left out",
			     result->left_out);
	if (env->diag.verbose)
		diag_note(&env->diag, NULL,
			  "%" PRIu64 " nodes and %" PRIu64 " processes copied",
			  result->nodes, result->processes);
}

static int run(struct env *env)
{
	_cleanup_(root_freep) struct root *root = NULL;
	struct capture_request req = {
		.tool = "dmabuf-inspect " DMABUF_INSPECT_VERSION,
		.sources = env->sources,
		.redact = option_given(env, OPT_REDACT),
	};
	struct capture_result result;
	enum caps_use before;

	root = load_root_of(env, env->n_operands ? env->operands[0] : NULL);
	if (!root)
		return EXIT_FAILED;
	req.root = root;
	req.out = env_report(env);
	if (!req.out)
		return EXIT_FAILED;
	if (env->is_terminal)
		diag_note(&env->diag, NULL, "-o FILE keeps the capture in a file");
	progress_begin(env, "copying the kernel's nodes");
	before = caps_enter(root_is_live(root) ? CAPS_NODES : CAPS_OWN);
	capture_write(&req, &result);
	caps_enter(before);
	progress_end(env);
	if (!result.nodes && !result.processes) {
		diag_error(&env->diag, NULL, "nothing to copy: no kernel node is here");
		outfile_abort(&env->file);
		return EXIT_FAILED;
	}
	say_result(env, &result);
	return EXIT_DONE;
}

const struct command command_capture = {
	.name = "capture",
	.args = "[SNAPSHOT]",
	.summary = "Copy the raw nodes into one file, to be analysed elsewhere.",
	.options = options,
	.most = 1,
	.run = run,
};
