/* SPDX-License-Identifier: MIT */
/*
 * What a command is. Options are data: usage, --help, completions and the check of the
 * man page all come from the same tables (`dmabuf-inspect help --options`).
 */
#ifndef COMMANDS_COMMAND_H
#define COMMANDS_COMMAND_H

#include "base/diag.h"
#include "base/file.h"
#include "base/units.h"

/* The contract's exit statuses. */
enum exit_status {
	EXIT_DONE = 0,	/* done; a verdict command: clean */
	EXIT_FOUND = 1, /* a verdict command found something */
	EXIT_USAGE = 2,
	EXIT_CANNOT_TELL = 3,
	EXIT_FAILED = 4, /* no report */
};

enum option_id {
	OPT_END,
	/* shared by all commands */
	OPT_JSON,
	OPT_SYSROOT,
	OPT_SOURCE,
	OPT_PID,
	OPT_TASK,
	OPT_NAME,
	OPT_EXPORTER,
	OPT_DEVICE,
	OPT_MIN_SIZE,
	OPT_UNITS,
	OPT_COLOR,
	OPT_OUTPUT,
	OPT_QUIET,
	OPT_VERBOSE,
	OPT_HELP,
	OPT_VERSION,
	/* each command's own */
	OPT_BY,
	OPT_SORT,
	OPT_TOP,
	OPT_EXIT_CODE,
	OPT_FORCE,
	OPT_RESET,
	OPT_REDACT,
	OPT_INTERVAL,
	OPT_SVG,
	OPT_HEAP,
	OPT_KERNEL,
	OPT_OPTIONS,
	N_OPTIONS,
};

struct option_spec {
	enum option_id id;
	const char *name; /* without the dashes */
	char letter;	  /* 0: long form only */
	const char *arg;  /* placeholder, NULL: takes none */
	const char *help;
	const char *values; /* what arg may be, separated by blanks; NULL: anything */
	bool repeats;
};

extern const struct option_spec shared_options[];

struct env;

struct command {
	const char *name, *args, *summary;
	const struct option_spec *options; /* ends with OPT_END; NULL: none */
	/* Operands, least and most; -1: any number. */
	int least, most;
	/* Takes `-- CMD ARG…`; the operands then are the command. */
	bool takes_command;
	/* Returns an exit status. Messages were printed. */
	int (*run)(struct env *env);
};

/* All commands, NULL at the end. */
extern const struct command *const commands[];
const struct command *command_find(const char *name);

struct option_value {
	enum option_id id;
	const char *arg;
};

/* One run of the program: what was asked, and where to say what. */
struct env {
	struct diag diag;
	const struct command *command;
	VEC(struct option_value) options;
	char **operands;
	int n_operands;
	char **child; /* what follows `--`, NULL when there is no `--` */
	enum units units;
	bool json, color, is_terminal;
	unsigned width;	     /* columns of the report; 0: no limit */
	unsigned sources;    /* set of 1 << source_id */
	struct outfile file; /* the report */
};

bool option_given(const struct env *env, enum option_id id);
/* The last value given, NULL when it was not. */
const char *option_arg(const struct env *env, enum option_id id);

/* Reads arguments into *env. 0, or an exit status + 1 when the program is to end. */
int options_parse(struct env *env, int argc, char **argv);
void options_help(const struct command *command, FILE *out);
/* Prints `message` and how to get help. Always EXIT_USAGE. */
int options_usage(struct env *env, const char *fmt, ...) _printf_(2, 3);

/*
 * The report: opened when there is something to say, so that a failure before leaves -o's
 * old file alone. NULL when it cannot be opened (said).
 */
FILE *env_report(struct env *env);
/* Done: EXIT status `status`, or EXIT_FAILED (said) when writing failed. */
int env_finish(struct env *env, int status);

#endif
