/* SPDX-License-Identifier: MIT */
/* Scoped ownership: the cleanup attribute, hand-over, and a few everyday macros. */
#ifndef BASE_CLEANUP_H
#define BASE_CLEANUP_H

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define _cleanup_(fn) __attribute__((cleanup(fn)))
#define _printf_(fmt, first) __attribute__((format(printf, fmt, first)))
#define _must_check_ __attribute__((warn_unused_result))
#define _unused_ __attribute__((unused))

/* Defines fnp(), what _cleanup_(fnp) calls for a variable of this pointer type. */
#define DEFINE_CLEANUP(type, fn)                   \
	_unused_ static inline void fn##p(type *p) \
	{                                          \
		if (*p)                            \
			fn(*p);                    \
	}

/* Hand over what a cleanup variable owns; the variable no longer frees it. */
#define TAKE_PTR(p)                         \
	({                                  \
		__typeof__(p) taken_ = (p); \
		(p) = NULL;                 \
		taken_;                     \
	})

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))
#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

static inline int take_fd(int *fd)
{
	int taken = *fd;

	*fd = -1;
	return taken;
}

static inline void closep(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static inline void freep(void *p)
{
	free(*(void **)p);
}

DEFINE_CLEANUP(FILE *, fclose)

#endif
