/* SPDX-License-Identifier: MIT */
/*
 * Runs a command and prints what it cost, to the descriptor 3: processor seconds and the
 * peak of resident memory in KiB. It is small itself, because a child's peak begins with
 * its parent's size. measure COMMAND [ARG…]; exits with the command's status.
 */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct rusage use;
	int status;
	pid_t pid = argc > 1 ? fork() : -1;

	if (!pid) {
		close(3);
		execvp(argv[1], argv + 1);
		_exit(127);
	}
	if (pid < 0 || wait4(pid, &status, 0, &use) < 0)
		return 126;
	dprintf(3, "%ld.%06ld %ld\n",
		(long)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
			(long)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1000000,
		(long)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) % 1000000,
		use.ru_maxrss);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 125;
}
