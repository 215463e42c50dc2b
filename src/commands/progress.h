/* SPDX-License-Identifier: MIT */
/* A word on standard error when a person at a terminal waits longer than a second. */
#ifndef COMMANDS_PROGRESS_H
#define COMMANDS_PROGRESS_H

#include "commands/command.h"

/*
 * `what` is borrowed until progress_end(). Nothing is shown unless stderr is a
 * terminal.
 */
void progress_begin(struct env *env, const char *what);
/* Takes back what was shown. */
void progress_end(struct env *env);

#endif
