/* SPDX-License-Identifier: MIT */
/* Starting a command and waiting for it, with time in between. */
#include "commands/peak_child.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>

#include "base/caps.h"
#include "base/root.h"

static const int held[] = { SIGCHLD, SIGINT, SIGQUIT, SIGTERM, SIGHUP };

static void held_set(sigset_t *set)
{
	sigemptyset(set);
	for (size_t i = 0; i < ARRAY_SIZE(held); i++)
		sigaddset(set, held[i]);
}

/* In the child: as if we had never been. Tells the parent why it could not become CMD. */
static void become(const struct child *child, char *const *argv, int report)
{
	int error;
	ssize_t n;

	caps_child();
	signal(SIGPIPE, SIG_DFL);
	sigaction(SIGCHLD, &child->on_child, NULL);
	sigprocmask(SIG_SETMASK, &child->signals, NULL);
	execvp(argv[0], argv);
	error = errno;
	n = write(report, &error, sizeof(error));
	(void)n;
	_exit(127);
}

/* The pipe closes when the command has begun; an error comes through it. */
static int started(int report)
{
	int error = 0;
	ssize_t n;

	do {
		n = read(report, &error, sizeof(error));
	} while (n < 0 && errno == EINTR);
	return n == sizeof(error) ? -error : 0;
}

int child_start(struct child *child, char *const *argv)
{
	const struct sigaction wait = { .sa_handler = SIG_DFL };
	int fds[2], r;
	sigset_t set;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return -errno;
	held_set(&set);
	*child = (struct child){ .pid = -1 };
	sigprocmask(SIG_BLOCK, &set, &child->signals);
	/* A parent that ignored it would leave us nothing to wait for. */
	sigaction(SIGCHLD, &wait, &child->on_child);
	child->pid = fork();
	if (!child->pid)
		become(child, argv, fds[1]);
	r = child->pid < 0 ? -errno : 0;
	closep(&fds[1]);
	if (!r)
		r = started(fds[0]);
	closep(&fds[0]);
	if (r < 0) {
		if (child->pid > 0)
			waitpid(child->pid, &child->status, 0);
		child_close(child);
	}
	return r;
}

static int next_signal(uint64_t until, siginfo_t *info)
{
	uint64_t now = root_ticks(), left = until > now ? until - now : 0;
	struct timespec ts = { .tv_sec = (time_t)(left / 1000000000u),
			       .tv_nsec = (long)(left % 1000000000u) };
	sigset_t set;

	held_set(&set);
	return sigtimedwait(&set, info, &ts);
}

bool child_wait(struct child *child, uint64_t until)
{
	for (;;) {
		siginfo_t info;
		int number = next_signal(until, &info);

		if (number == SIGCHLD) {
			if (waitpid(child->pid, &child->status, WNOHANG) == child->pid)
				return true;
		} else if (number > 0) {
			/* From a process, to us alone; the terminal's go to all of us. */
			if (info.si_code <= 0)
				kill(child->pid, number);
		} else if (errno == EAGAIN) {
			return false;
		}
	}
}

void child_close(struct child *child)
{
	const struct timespec now = { 0 };
	sigset_t set;

	/* What came too late for the command must not end the report. */
	held_set(&set);
	while (sigtimedwait(&set, NULL, &now) > 0)
		;
	sigaction(SIGCHLD, &child->on_child, NULL);
	sigprocmask(SIG_SETMASK, &child->signals, NULL);
}
