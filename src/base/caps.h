/* SPDX-License-Identifier: MIT */
/*
 * Capabilities: which ones this process has, what a missing one would show, and using
 * each only where it is meant. The only user of libcap.
 *
 * A process got its capabilities in one of two ways. Either its caller has them (root, a
 * service with ambient capabilities): those are *own*, and may be used for whatever the
 * caller asks. Or the program file brought them (setcap): they are for reading kernel
 * nodes and for nothing else, or anybody could read any file through this tool.
 *
 * After caps_start() the effective set is empty. caps_enter() raises what one kind of
 * work needs and returns what was in force, to be put back:
 *
 *	enum caps_use before = caps_enter(CAPS_NODES);
 *	... read the running kernel ...
 *	caps_enter(before);
 *	caps_drop_all(...);	the nodes are read, nothing is raised any more
 *
 * file.c does so around every file the user named (CAPS_OWN); a captured tree is read
 * under CAPS_OWN as well, never under CAPS_NODES. Without caps_start() nothing changes
 * anything.
 */
#ifndef BASE_CAPS_H
#define BASE_CAPS_H

#include <stdbool.h>

#include "base/cleanup.h"

enum caps_use {
	CAPS_NONE,
	CAPS_OWN,   /* what the caller could do without us */
	CAPS_NODES, /* reading nodes of the running kernel */
	CAPS_WRITE, /* writing them too: peak --reset, peak --, trace */
};

/*
 * Look at what there is, give up for good what no work of ours needs, lower the rest.
 * Called once, before anything is opened. -EOPNOTSUPP in a set-user-ID program: do not go
 * on. After any other error (a sandbox forbids it) everything is as it was.
 */
int caps_start(void) _must_check_;

enum caps_use caps_enter(enum caps_use use);

/*
 * Give up what is left. `keep`: CAPS_NONE, or CAPS_OWN when a file is still to be written
 * or a command still to be started with what the caller has himself. The capabilities a
 * program file brought go in any case.
 */
void caps_drop_all(enum caps_use keep);

/*
 * In a child, between fork and exec of a command that the user gave: the caller's own
 * capabilities are in force, those of the program file gone. Inheritable, ambient and
 * bounding sets are never touched, so the command starts with what it would have without
 * us. Makes system calls only.
 */
void caps_child(void);

/* A capability that shows more than everybody may see. */
struct caps_need {
	const char *name; /* CAP_SYS_PTRACE */
	const char *buys; /* "who holds each buffer: …" */
	int number;
	bool is_for_reading; /* list, show, leaks and the like; else for trace only */
};

extern const struct caps_need caps_needs[];
extern const unsigned n_caps_needs;

/* Did the process start with it? Before caps_start(): does it have it now? */
bool caps_has(const struct caps_need *need);

/* The command that gives a program file what reading needs: `setcap …+ep PROGRAM`. */
extern const char *const caps_setcap;

#endif
