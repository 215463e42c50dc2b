/* SPDX-License-Identifier: MIT */
/*
 * Progress by alarm: SIGALRM after a second, then every second, writes one line that the
 * end erases. The handler only calls write().
 */
#include "commands/progress.h"

#include <errno.h>
#include <signal.h>
#include <sys/time.h>

static char line[160];
static size_t line_len;
static volatile sig_atomic_t shown;
static struct sigaction before;

static void on_alarm(int signal)
{
	int saved = errno;
	ssize_t n = write(STDERR_FILENO, line, line_len);

	(void)signal, (void)n;
	shown = 1;
	errno = saved;
}

static void set_timer(long seconds)
{
	struct itimerval timer = { .it_value = { seconds, 0 } };

	setitimer(ITIMER_REAL, &timer, NULL);
}

void progress_begin(struct env *env, const char *what)
{
	struct sigaction action = { .sa_handler = on_alarm, .sa_flags = SA_RESTART };

	line_len = 0;
	if (env->diag.quiet || !isatty(STDERR_FILENO))
		return;
	line_len = (size_t)snprintf(line, sizeof(line), "\rdmabuf-inspect: %s…", what);
	if (line_len >= sizeof(line))
		line_len = sizeof(line) - 1;
	shown = 0;
	sigaction(SIGALRM, &action, &before);
	set_timer(1);
}

void progress_end(struct env *env)
{
	(void)env;
	if (!line_len)
		return;
	set_timer(0);
	sigaction(SIGALRM, &before, NULL);
	if (shown)
		fputs("\r\033[K", stderr);
	line_len = 0;
}
