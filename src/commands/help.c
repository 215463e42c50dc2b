/* SPDX-License-Identifier: MIT */
/* `help`: how to use a command; `help --options`: the option tables, for scripts. */
#include "commands/command.h"

static const struct option_spec options[] = {
	{ OPT_OPTIONS, "options", 0, NULL,
	  "every command and option, one a line, separated by tabs", NULL, false },
	{ .id = OPT_END },
};

/*
 * command, long form, letter, argument, values, help; `-` for the shared ones' command.
 */
static void put_options(FILE *out, const char *name, const struct option_spec *specs)
{
	for (const struct option_spec *o = specs; o && o->id; o++)
		fprintf(out, "option\t%s\t--%s\t%s%c\t%s\t%s\t%s\n", name, o->name,
			o->letter ? "-" : "", o->letter ? o->letter : '-',
			o->arg ? o->arg : "-", o->values ? o->values : "-", o->help);
}

static int run(struct env *env)
{
	const struct command *command = NULL;
	FILE *out = env_report(env);

	if (!out)
		return EXIT_FAILED;
	if (option_given(env, OPT_OPTIONS)) {
		put_options(out, "-", shared_options);
		for (size_t i = 0; commands[i]; i++) {
			fprintf(out, "command\t%s\t%s\t%s\n", commands[i]->name,
				*commands[i]->args ? commands[i]->args : "-",
				commands[i]->summary);
			put_options(out, commands[i]->name, commands[i]->options);
		}
		return EXIT_DONE;
	}
	if (env->n_operands) {
		command = command_find(env->operands[0]);
		if (!command)
			return options_usage(env, "no command '%s'",
					     diag_quote(env->operands[0],
							strlen(env->operands[0])));
	}
	options_help(command, out);
	return EXIT_DONE;
}

const struct command command_help = {
	.name = "help",
	.args = "[COMMAND]",
	.summary = "How to use the tool, or one of its commands.",
	.options = options,
	.most = 1,
	.run = run,
};
