/* SPDX-License-Identifier: MIT */
/* Tying descriptors without an inode to the only buffer of their look. */
#include "sources/untied.h"

void untied_add(struct untied *u, struct snapshot *snap, uint32_t pid, uint32_t fd,
		const struct fdinfo *info)
{
	struct strings *s = &snap->strings;

	*vec_add(&u->fds) = (struct untied_fd){
		.pid = pid,
		.fd = fd,
		.size_bytes = info->size_bytes,
		.exporter = info->exporter.at ? strings_add(s, info->exporter.at,
							    info->exporter.len) :
						0,
		/* bufinfo shows an empty name as none before Linux 6.0. */
		.name = info->name.len ? strings_add(s, info->name.at, info->name.len) :
					 0,
	};
}

void untied_fini(struct untied *u)
{
	vec_free(&u->fds);
}

/* A mapping shows neither exporter nor, for sure, the size: at least what is mapped. */
static bool looks_like(const struct buffer *buf, const struct untied_fd *fd)
{
	if (buf->name != fd->name || (buf->exporter && buf->exporter != fd->exporter))
		return false;
	return buf->size_is_exact ?
		       buf->size_bytes == fd->size_bytes :
		       buf->size_bytes == ABSENT64 || buf->size_bytes <= fd->size_bytes;
}

static struct buffer *only_one(struct snapshot *snap, const struct untied_fd *fd)
{
	struct buffer *found = NULL;

	snapshot_each_buffer(snap, buf) {
		if (buf->ino == ABSENT64 || !looks_like(buf, fd))
			continue;
		if (found)
			return NULL;
		found = buf;
	}
	return found;
}

/* A hand-made tree is small; a hostile one must not make this quadratic for long. */
#define MOST_LOOKS ((uint64_t)100000000)

uint64_t untied_settle(struct untied *u, struct snapshot *snap)
{
	uint64_t looks = 0, left = 0;

	vec_each(&u->fds, fd) {
		struct buffer *buf = NULL;

		looks += snap->buffers.n;
		if (looks < MOST_LOOKS && fd->size_bytes != ABSENT64)
			buf = only_one(snap, fd);
		if (!buf) {
			left++;
			continue;
		}
		buf->sources |= 1u << SRC_FDINFO;
		if (!buf->size_is_exact) {
			buf->size_bytes = fd->size_bytes;
			buf->size_is_exact = true;
		}
		if (!buf->exporter)
			buf->exporter = fd->exporter;
		snapshot_hold_fd(snap, buf, snapshot_process(snap, fd->pid), fd->fd);
	}
	return left;
}
