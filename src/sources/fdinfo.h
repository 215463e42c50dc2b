/* SPDX-License-Identifier: MIT */
/* The text of /proc/PID/fdinfo/FD of a dma-buf (formats.md 6.3). */
#ifndef SOURCES_FDINFO_H
#define SOURCES_FDINFO_H

#include "base/scan.h"
#include "sources/source.h"

struct fdinfo {
	bool is_dmabuf; /* the kernel printed exp_name: no ordinary file */
	uint64_t ino;	/* ABSENT64 before Linux 5.14 */
	uint64_t mnt_id;
	uint64_t size_bytes, count;
	struct span exporter, name; /* name.at NULL: not named */
	bool in_name;		    /* parser state: all that follows is the name's */
	bool in_own;		    /* the dma-buf's own keys have begun */
};

void fdinfo_init(struct fdinfo *info);

/*
 * One line. Keys count in the kernel's order and once: pos, flags, mnt_id, ino (generic
 * code), then size, count, exp_name, name. The name is the last thing the kernel prints,
 * so nothing in it can come before a true key; what follows `name:` belongs to the name.
 * False: not a line of an fdinfo text.
 */
bool fdinfo_line(struct fdinfo *info, struct span line);

/* A whole text as one read gave it. The spans point into it. */
void fdinfo_parse(struct fdinfo *info, const char *text, size_t len);

/* The buffer it speaks of, made when new; NULL without an inode. */
struct buffer *fdinfo_buffer(struct snapshot *snap, const struct fdinfo *info);

#endif
