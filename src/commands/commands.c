/* SPDX-License-Identifier: MIT */
/* The list of commands, and the report each one writes. */
#include <errno.h>

#include "commands/command.h"

extern const struct command command_list, command_show, command_snapshot, command_capture,
	command_diff, command_peak, command_map, command_doctor, command_help;

const struct command *const commands[] = {
	&command_list,	   &command_show,    &command_diff,   &command_peak, &command_map,
	&command_snapshot, &command_capture, &command_doctor, &command_help, NULL,
};

const struct command *command_find(const char *name)
{
	for (size_t i = 0; commands[i]; i++)
		if (!strcmp(commands[i]->name, name))
			return commands[i];
	return NULL;
}

static void say_write_error(struct env *env, int error)
{
	const char *name = option_arg(env, OPT_OUTPUT);

	diag_error(&env->diag, NULL, "%s: %s",
		   name ? diag_quote(name, strlen(name)) : "standard output",
		   strerror(-error));
}

FILE *env_report(struct env *env)
{
	int r;

	if (env->file.out)
		return env->file.out;
	r = outfile_open(&env->file, option_arg(env, OPT_OUTPUT));
	if (r < 0) {
		say_write_error(env, r);
		return NULL;
	}
	return env->file.out;
}

int env_finish(struct env *env, int status)
{
	int r;

	if (!env->file.out)
		return status;
	r = outfile_commit(&env->file);
	if (r == -EPIPE) {
		/* The reader went away: it has what it wanted, and says so to nobody. */
		diag_error(&env->diag, NULL, "standard output: closed by its reader");
		return EXIT_FAILED;
	}
	if (r < 0) {
		say_write_error(env, r);
		return EXIT_FAILED;
	}
	return status;
}
