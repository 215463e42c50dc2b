/* SPDX-License-Identifier: MIT */
/*
 * Descriptors whose buffer is not known by inode: a tree copied by hand off a kernel
 * before 5.14 has fdinfo texts without `ino:` and links that cannot be asked any more.
 * One buffer of that very size, exporter and name is that buffer; of several it could be
 * any.
 */
#ifndef SOURCES_UNTIED_H
#define SOURCES_UNTIED_H

#include "sources/fdinfo.h"

struct untied_fd {
	uint32_t pid, fd;
	uint32_t exporter, name; /* strings */
	uint64_t size_bytes;
};

struct untied {
	VEC(struct untied_fd) fds;
};

void untied_add(struct untied *u, struct snapshot *snap, uint32_t pid, uint32_t fd,
		const struct fdinfo *info);

/* When all lists are read: tie what can be. Returns how many could not. */
uint64_t untied_settle(struct untied *u, struct snapshot *snap);
void untied_fini(struct untied *u);

#endif
