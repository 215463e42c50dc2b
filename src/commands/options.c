/* SPDX-License-Identifier: MIT */
/* The command line: options that all commands share, parsing, usage and help. */
#include <errno.h>
#include <fnmatch.h>
#include <getopt.h>
#include <stdarg.h>
#include <sys/ioctl.h>

#include "commands/command.h"
#include "config.h"
#include "model/snapshot.h"

const struct option_spec shared_options[] = {
	{ OPT_JSON, "json", 0, NULL, "print JSON (schemas in share/schema)", NULL,
	  false },
	{ OPT_SYSROOT, "sysroot", 0, "DIR",
	  "a captured tree in place of the running kernel", NULL, false },
	{ OPT_SOURCE, "source", 0, "NAME", "ask only this source, `*` allowed", NULL,
	  true },
	{ OPT_PID, "pid", 0, "PID", "buffers of this allocator or holder", NULL, true },
	{ OPT_TASK, "task", 0, "GLOB", "buffers of this allocator's or holder's task",
	  NULL, true },
	{ OPT_NAME, "name", 0, "GLOB", "buffers with this name", NULL, true },
	{ OPT_EXPORTER, "exporter", 0, "GLOB", "buffers of this exporter", NULL, true },
	{ OPT_DEVICE, "device", 0, "GLOB", "buffers attached to this device", NULL,
	  true },
	{ OPT_MIN_SIZE, "min-size", 0, "SIZE", "buffers of at least this size: 64K, 1.5M",
	  NULL, false },
	{ OPT_UNITS, "units", 0, "UNIT", "how sizes are shown", "auto bytes KiB", false },
	{ OPT_COLOR, "color", 0, "WHEN", "colour in the text", "auto always never",
	  false },
	{ OPT_OUTPUT, "output", 'o', "FILE",
	  "write the report to FILE, whole or not at all", NULL, false },
	{ OPT_QUIET, "quiet", 'q', NULL, "no warnings and notes", NULL, false },
	{ OPT_VERBOSE, "verbose", 'v', NULL, "every message, every source", NULL, false },
	{ OPT_HELP, "help", 'h', NULL, "this help", NULL, false },
	{ OPT_VERSION, "version", 'V', NULL, "version and what it was built with", NULL,
	  false },
	{ OPT_END, NULL, 0, NULL, NULL, NULL, false },
};

bool option_given(const struct env *env, enum option_id id)
{
	return option_arg(env, id) != NULL;
}

const char *option_arg(const struct env *env, enum option_id id)
{
	for (size_t i = env->options.n; i-- > 0;)
		if (env->options.v[i].id == id)
			return env->options.v[i].arg ? env->options.v[i].arg : "";
	return NULL;
}

int options_usage(struct env *env, const char *fmt, ...)
{
	char message[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(message, sizeof(message), fmt, ap);
	va_end(ap);
	diag_error(&env->diag, NULL, "%s", message);
	fprintf(stderr, "Try 'dmabuf-inspect %s%s--help'.\n",
		env->command ? env->command->name : "", env->command ? " " : "");
	return EXIT_USAGE;
}

static void print_options(const struct option_spec *specs, FILE *out)
{
	for (const struct option_spec *o = specs; o && o->id; o++) {
		char left[64];

		snprintf(left, sizeof(left), "%c%c%s --%s%s%s", o->letter ? '-' : ' ',
			 o->letter ? o->letter : ' ', o->letter ? "," : " ", o->name,
			 o->arg ? " " : "", o->arg ? o->arg : "");
		fprintf(out, "  %-24s %s%s%s%s\n", left, o->help, o->values ? " (" : "",
			o->values ? o->values : "", o->values ? ")" : "");
	}
}

void options_help(const struct command *command, FILE *out)
{
	if (!command) {
		fputs("Usage: dmabuf-inspect COMMAND [OPTION…] [SNAPSHOT…]\n\n"
		      "Which DMA-BUF memory is allocated, by whom, who still holds it, what "
		      "grew.\n\nCommands\n",
		      out);
		for (size_t i = 0; commands[i]; i++)
			fprintf(out, "  %-10s %s\n", commands[i]->name,
				commands[i]->summary);
		fputs("\nSNAPSHOT is `live` (the default), a snapshot or capture file, a captured "
		      "tree, or\nany log that holds a node: cat /proc/rk_dmabuf/dev > log0.\n\n"
		      "Options of all commands\n",
		      out);
		print_options(shared_options, out);
		fputs("\n'dmabuf-inspect COMMAND --help' shows a command's own options.\n",
		      out);
		return;
	}
	fprintf(out, "Usage: dmabuf-inspect %s [OPTION…]%s%s\n\n%s\n", command->name,
		*command->args ? " " : "", command->args, command->summary);
	if (command->options && command->options->id) {
		fputs("\nOptions\n", out);
		print_options(command->options, out);
	}
	fputs("\nOptions of all commands\n", out);
	print_options(shared_options, out);
}

/* getopt's own table, from ours; `val` is the option's id. */
static void add_specs(const struct option_spec *specs, struct option *table, size_t *n,
		      struct text *letters)
{
	for (const struct option_spec *o = specs; o && o->id; o++) {
		table[(*n)++] = (struct option){
			.name = o->name,
			.has_arg = o->arg ? required_argument : no_argument,
			.val = 256 + (int)o->id,
		};
		if (o->letter) {
			text_addc(letters, o->letter);
			if (o->arg)
				text_addc(letters, ':');
		}
	}
}

static const struct option_spec *find_spec(const struct option_spec *specs, int val)
{
	for (const struct option_spec *o = specs; o && o->id; o++)
		if (val == 256 + (int)o->id || (val < 256 && o->letter == val))
			return o;
	return NULL;
}

static bool is_value(const char *values, const char *arg)
{
	size_t len = strlen(arg);

	for (const char *at = values; *at;) {
		size_t n = strcspn(at, " ");

		if (n == len && !memcmp(at, arg, n))
			return true;
		at += n + (at[n] == ' ');
	}
	return false;
}

static int take_option(struct env *env, int val)
{
	const struct option_spec *own = env->command ? env->command->options : NULL;
	const struct option_spec *spec = find_spec(own, val);

	if (!spec)
		spec = find_spec(shared_options, val);
	if (!spec)
		return EXIT_USAGE;
	if (spec->values && !is_value(spec->values, optarg))
		return options_usage(env, "--%s takes one of: %s", spec->name,
				     spec->values);
	*vec_add(&env->options) = (struct option_value){ spec->id, optarg };
	return 0;
}

static int parse_getopt(struct env *env, int argc, char **argv)
{
	_text_ struct text letters = { 0 };
	struct option table[N_OPTIONS * 2] = { 0 };
	size_t n = 0;
	int val, r;

	text_adds(&letters, env->command ? ":" : "+:");
	add_specs(shared_options, table, &n, &letters);
	add_specs(env->command ? env->command->options : NULL, table, &n, &letters);
	opterr = 0;
	while ((val = getopt_long(argc, argv, letters.v, table, NULL)) != -1) {
		const char *word = optind > 0 && optind <= argc ? argv[optind - 1] : "";

		if (val == ':')
			return options_usage(env, "'%s' needs an argument", word);
		if (val == '?')
			return options_usage(env, "no option '%s'%s%s",
					     diag_quote(word, strlen(word)),
					     env->command ? " for " : "",
					     env->command ? env->command->name : "");
		r = take_option(env, val);
		if (r)
			return r;
	}
	return 0;
}

static int check_sources(struct env *env)
{
	unsigned set = 0;

	vec_each(&env->options, o) {
		bool known = false;

		if (o->id != OPT_SOURCE)
			continue;
		for (int id = 0; id < N_SOURCES; id++)
			if (!fnmatch(o->arg, source_names[id], 0)) {
				set |= 1u << id;
				known = true;
			}
		if (!known)
			return options_usage(
				env,
				"no source '%s'; 'dmabuf-inspect doctor' lists "
				"them",
				diag_quote(o->arg, strlen(o->arg)));
	}
	env->sources = set ? set : (1u << N_SOURCES) - 1;
	return 0;
}

static int check_values(struct env *env)
{
	const char *units = option_arg(env, OPT_UNITS),
		   *size = option_arg(env, OPT_MIN_SIZE);
	uint64_t number;

	if (units)
		env->units = *units == 'a' ? UNITS_AUTO :
			     *units == 'b' ? UNITS_BYTES :
					     UNITS_KIB;
	if (size && units_parse_size(size, &number) < 0)
		return options_usage(env, "--min-size '%s' is no size",
				     diag_quote(size, strlen(size)));
	vec_each(&env->options, o)
		if (o->id == OPT_PID && !scan_only_dec(o->arg, strlen(o->arg), &number))
			return options_usage(env, "--pid '%s' is no number",
					     diag_quote(o->arg, strlen(o->arg)));
	return check_sources(env);
}

static void look_at_terminal(struct env *env)
{
	const char *when = option_arg(env, OPT_COLOR), *columns = getenv("COLUMNS");
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
	const char *name = option_arg(env, OPT_OUTPUT);
	struct winsize size = { 0 };
	uint64_t width;

	env->is_terminal = (!name || !strcmp(name, "-")) && isatty(STDOUT_FILENO);
	if (env->is_terminal && !ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_col)
		env->width = size.ws_col;
	else if (env->is_terminal)
		env->width = 80;
	if (columns && scan_only_dec(columns, strlen(columns), &width) && width >= 20 &&
	    width < 10000)
		env->width = (unsigned)width;
	if (when && strcmp(when, "auto"))
		env->color = !strcmp(when, "always");
	else
		env->color = env->is_terminal && !(no_color && *no_color) &&
			     !(term && !strcmp(term, "dumb"));
}

static void print_version(void)
{
	printf("dmabuf-inspect %s\n%s\n", DMABUF_INSPECT_VERSION,
	       DMABUF_INSPECT_FEATURES);
}

/* --help and --version end the program; 0: neither was given. */
static int answer_help(struct env *env)
{
	if (option_given(env, OPT_HELP)) {
		options_help(env->command, stdout);
		return EXIT_DONE + 1;
	}
	if (option_given(env, OPT_VERSION)) {
		print_version();
		return EXIT_DONE + 1;
	}
	return 0;
}

/* What follows `--` is a command for those that take one; getopt must not see it. */
static int split_child(struct env *env, int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (!strcmp(argv[i], "--") && env->command->takes_command) {
			env->child = argv + i + 1;
			return i;
		}
	return argc;
}

static int check_operands(struct env *env)
{
	const struct command *c = env->command;

	if (env->n_operands < c->least)
		return options_usage(env, "%s needs %s", c->name, c->args);
	if (c->most >= 0 && env->n_operands > c->most)
		return options_usage(env, "%s: '%s' is one operand too many%s", c->name,
				     diag_quote(env->operands[c->most],
						strlen(env->operands[c->most])),
				     c->takes_command ? " (a command goes behind --)" :
							"");
	if (env->child && !*env->child)
		return options_usage(env, "no command behind --");
	return 0;
}

int options_parse(struct env *env, int argc, char **argv)
{
	int r = parse_getopt(env, argc, argv), at = optind, end;

	if (!r)
		r = answer_help(env);
	if (r)
		return r == EXIT_USAGE ? EXIT_USAGE + 1 : r;
	if (at >= argc) {
		options_help(NULL, stderr);
		return EXIT_USAGE + 1;
	}
	env->command = command_find(argv[at]);
	if (!env->command)
		return 1 + options_usage(env, "no command '%s'",
					 diag_quote(argv[at], strlen(argv[at])));
	argv += at;
	argc -= at;
	end = split_child(env, argc, argv);
	optind = 0;
	r = parse_getopt(env, end, argv);
	if (!r && (r = answer_help(env)))
		return r;
	env->operands = argv + optind;
	env->n_operands = end - optind;
	if (!r)
		r = check_operands(env);
	if (!r)
		r = check_values(env);
	if (r)
		return r + 1;
	env->json = option_given(env, OPT_JSON);
	env->diag.quiet = option_given(env, OPT_QUIET);
	env->diag.verbose = option_given(env, OPT_VERBOSE);
	look_at_terminal(env);
	return 0;
}
