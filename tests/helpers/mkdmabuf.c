// SPDX-License-Identifier: MIT
/*
 * mkdmabuf - make, share, map and leak real dma-bufs on request, and say what truly
 * exists, so that a test can compare the tool's report with the truth.
 *
 *	cc -std=gnu11 -static -pthread -o mkdmabuf mkdmabuf*.c
 *	mkdmabuf COMMAND...	each argument is one command
 *	mkdmabuf < COMMANDS	one command a line
 *
 * The program is a controller, which never holds a dma-buf, and actors: processes
 * of their own that do. Commands go to the current actor; the first one is "main".
 * All actors end with the controller, so nothing outlives it. A test may kill an
 * actor; that is noticed and told like "die".
 *
 * Processes
 *	spawn ACTOR [COMM]	start an actor; its comm is COMM or ACTOR
 *	as ACTOR		make it the current one
 *	comm TEXT		change its comm (PR_SET_NAME)
 *	limit N			change its limit on open files
 *	die			it exits as it is, closing nothing itself
 * Buffers; NAME is for these commands only, the kernel never sees it
 *	alloc NAME HEAP SIZE	from /dev/dma_heap/HEAP
 *	udmabuf NAME SIZE	from a memfd
 *	drm NAME SIZE [CARD]	dumb buffer of a card, exported; CARD is a driver's
 *				name (vgem, vkms) or a path, default the first card
 *	setname NAME [TEXT]	DMA_BUF_SET_NAME, default the empty name
 *	tag NAME		name it PID-COMM, as a Rockchip debug kernel does itself
 * Holding
 *	dup NAME		one more descriptor, of the same open file
 *	close NAME [N]		close the N newest descriptors, default all;
 *				mappings and imports stay
 *	map NAME BYTES [OFFSET]	map it, readable and writable, shared
 *	unmap NAME		undo the newest mapping
 *	import NAME CARD	give it to a card: an attachment, if the card is not
 *				the exporter, and a reference without a descriptor
 *	release NAME		undo the newest import
 *	sendto ACTOR NAME	a descriptor for ACTOR too, by SCM_RIGHTS
 *	park ACTOR NAME		sent, but never received: held by a socket's queue
 *	thread-private NAME	a thread with a descriptor table of its own keeps
 *				it; this actor's own descriptors of it are closed
 * Control
 *	facts			print what exists now, as JSON
 *	wait [SECONDS]		until SIGTERM, SIGINT, SIGHUP or SIGUSR1
 *
 * SIZE, BYTES and OFFSET may end in K, M or G. TEXT is the rest of the line with
 * \n, \t, \\ and \xHH understood. A command that is written with a leading "-" may
 * fail; "#" starts a comment line. Each command but facts answers one line, "ok …"
 * or "err …", at once. Exit status: 0 all done, 1 something failed (commands given
 * as arguments stop there), 2 wrong usage.
 *
 * facts, per buffer: ino (fstat), size_bytes (lseek), exporter (the name a mainline
 * kernel gives, null if we do not know), label (set by setname; each byte above
 * 0x7e is written \u00XX, label_hex is exact), allocator, holders with fds,
 * thread_fds, mappings and imports, parked_at, exists, and kernel_only: alive with
 * no descriptor and no mapping in any process.
 */
#define _GNU_SOURCE
#include "mkdmabuf.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_WORDS 4

struct answer last;

struct command {
	const char *verb;
	int min_words, max_words; /* behind the verb */
	bool has_text;		  /* the last one is the rest of the line */
	int (*run)(struct stage *stage, char **words, int n_words);
};

static int run_facts(struct stage *stage, char **words, int n_words)
{
	(void)words;
	(void)n_words;
	return facts_print(stage);
}

static int run_wait(struct stage *stage, char **words, int n_words)
{
	struct timespec limit = { 0 };
	uint64_t seconds = 0;
	sigset_t set, old;
	int r = n_words ? parse_number(words[0], &seconds) : 0;

	(void)stage;
	if (r < 0)
		return r;
	limit.tv_sec = (time_t)seconds;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, &old);
	while (sigtimedwait(&set, NULL, n_words ? &limit : NULL) < 0 && errno == EINTR)
		;
	sigprocmask(SIG_SETMASK, &old, NULL);
	return 0;
}

static const struct command commands[] = { { "spawn", 1, 2, true, run_spawn },
					   { "as", 1, 1, false, run_as },
					   { "comm", 1, 1, true, run_comm },
					   { "limit", 1, 1, false, run_limit },
					   { "die", 0, 0, false, run_die },
					   { "alloc", 3, 3, false, run_alloc },
					   { "udmabuf", 2, 2, false, run_udmabuf },
					   { "drm", 2, 3, false, run_drm },
					   { "setname", 1, 2, true, run_setname },
					   { "tag", 1, 1, false, run_tag },
					   { "dup", 1, 1, false, run_dup },
					   { "close", 1, 2, false, run_close },
					   { "map", 2, 3, false, run_map },
					   { "unmap", 1, 1, false, run_unmap },
					   { "import", 2, 2, false, run_import },
					   { "release", 1, 1, false, run_release },
					   { "sendto", 2, 2, false, run_sendto },
					   { "park", 2, 2, false, run_park },
					   { "thread-private", 1, 1, false, run_private },
					   { "facts", 0, 0, false, run_facts },
					   { "wait", 0, 1, false, run_wait },
					   { 0 } };

/* Cut a line into words in place; the last may be the rest of the line. */
static int split(const struct command *command, char *at, char **words)
{
	int n_words = 0;

	for (;;) {
		if (command->has_text && n_words == command->max_words - 1 && *at) {
			words[n_words++] = at;
			return n_words;
		}
		at += strspn(at, " \t");
		if (!*at)
			return n_words;
		if (n_words == command->max_words)
			return command->max_words + 1;
		words[n_words++] = at;
		at += strcspn(at, " \t");
		if (*at)
			*at++ = '\0';
	}
}

static int run_words(struct stage *stage, const struct command *command, char *rest)
{
	char *words[MAX_WORDS];
	int n_words = split(command, rest, words);

	if (n_words < command->min_words || n_words > command->max_words)
		return misused("number of arguments");
	return command->run(stage, words, n_words);
}

/* Run one line; false if it failed and was not allowed to. */
static bool run_line(struct stage *stage, const char *line)
{
	bool may_fail = *line == '-';
	char *copy = strdup(line + may_fail), *rest;
	const struct command *command = commands;
	int r;

	if (!copy)
		abort();
	rest = copy + strcspn(copy, " \t");
	if (*rest)
		*rest++ = '\0';
	while (command->verb && strcmp(command->verb, copy))
		command++;
	memset(&last, 0, offsetof(struct answer, text) + 1);
	actors_reap(stage);
	r = command->verb ? run_words(stage, command, rest) : misused("unknown command");
	if (r < 0)
		printf("err %s: %s: %s\n", line, last.what, strerror(-r));
	else if (command->run != run_facts)
		printf("ok %s\n", line);
	fflush(stdout);
	free(copy);
	return r == 0 || may_fail;
}

static void read_lines(struct stage *stage)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t len;

	while ((len = getline(&line, &size, stdin)) >= 0) {
		if (len && line[len - 1] == '\n')
			line[--len] = '\0';
		if (len && *line != '#')
			stage->n_failed += !run_line(stage, line);
	}
	free(line);
}

int main(int argc, char **argv)
{
	static struct stage stage;
	char first[] = "spawn main mkdmabuf";

	if (argc > 1 && (!strcmp(argv[1], "-h") || !strcmp(argv[1], "--help"))) {
		puts("usage: mkdmabuf COMMAND... | mkdmabuf < COMMANDS\n"
		     "The manual is the comment at the top of mkdmabuf.c. Commands:");
		for (const struct command *c = commands; c->verb; c++)
			printf("  %s\n", c->verb);
		return 0;
	}
	if (run_words(&stage, commands, first + strlen("spawn ")) < 0) {
		fprintf(stderr, "mkdmabuf: no first actor: %s\n", last.what);
		return 1;
	}
	if (argc == 1)
		read_lines(&stage);
	for (int i = 1; i < argc && !stage.n_failed; i++)
		stage.n_failed += !run_line(&stage, argv[i]);
	for (size_t i = 0; i < stage.n_actors; i++) {
		if (!stage.actors[i].alive)
			continue;
		kill(stage.actors[i].pid, SIGKILL);
		actor_bury(&stage, i);
	}
	return stage.n_failed ? 1 : 0;
}
