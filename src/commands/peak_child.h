/* SPDX-License-Identifier: MIT */
/*
 * Starting the command that the user gave, and waiting for it as time(1) does: it has the
 * terminal, the signals and the capabilities that it would have without us.
 */
#ifndef COMMANDS_PEAK_CHILD_H
#define COMMANDS_PEAK_CHILD_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

struct child {
	int pid;
	int status; /* of waitpid(), once it has ended */
	sigset_t signals;
	struct sigaction on_child;
};

/*
 * 0, or -errno of starting it: -ENOENT is what a shell calls 127, the rest 126. From here
 * to child_close() signals that would end us are held: the terminal sends them to the
 * command as well, and those that were sent to us alone are passed on.
 */
int child_start(struct child *child, char *const *argv);

/* True when it has ended, false when root_ticks() has come to `until`. */
bool child_wait(struct child *child, uint64_t until);

/* Behind a child that has ended: signals are as before. */
void child_close(struct child *child);

#endif
