/* SPDX-License-Identifier: MIT */
/*
 * The only door to kernel files. A root is the running kernel, a captured tree (an adb
 * pull, a bug report) or a capture file; all are read through the same functions with
 * names below the root, without a leading slash. Nothing after the root may ask the host
 * anything: the clock, the kernel's release, who we are come from here too.
 *
 * Links inside a tree cannot lead out of it. On the running kernel a descriptor's link is
 * only read, never followed, unless it was shown to be a dma-buf: a stat of a file on a
 * hung network file system would not return.
 */
#ifndef BASE_ROOT_H
#define BASE_ROOT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/mem.h"
#include "base/reader.h"

struct root;

/* name NULL: the running kernel. -errno when the directory cannot be opened. */
int root_open(const char *name, struct root **ret) _must_check_;

/*
 * A capture file; `bytes` is taken over (and freed). -EINVAL when it is not one (then
 * `bytes` stays), -EPROTO when it is of a version this program does not know (stays as
 * well), -E2BIG when it holds more nodes than any system has.
 */
int root_open_capture(struct text *bytes, struct root **ret) _must_check_;

void root_free(struct root *root);
DEFINE_CLEANUP(struct root *, root_free)

bool root_is_live(const struct root *root);
/* A captured tree: plain files in a directory. */
bool root_is_tree(const struct root *root);

/* Where `path` is, for messages: "/proc/x" live, "DIR/proc/x" in a tree. */
const char *root_name(const struct root *root, const char *path, struct text *out);

/* Open a node for reading by lines. -ENOENT, -EACCES, -EISDIR, … */
int root_reader(const struct root *root, const char *path,
		struct reader *ret) _must_check_;

/* The whole of a small file, at most `limit` bytes (-EFBIG beyond). Replaces *ret. */
int root_read(const struct root *root, const char *path, size_t limit,
	      struct text *ret) _must_check_;

/*
 * A node the kernel renders as one record in one go (fdinfo, stat, comm): the limit
 * ROOT_RECORD reads it with a single read, its first 4 KiB and no look for more.
 */
#define ROOT_RECORD ((size_t)4096)

bool root_exists(const struct root *root, const char *path);
/* 0 when this process may read it, else -errno; nothing is read. */
int root_may_read(const struct root *root, const char *path);

/* Names in a directory, sorted by bytes, "." and ".." left out; a NUL behind each. */
int root_list(const struct root *root, const char *path, struct text *ret) _must_check_;
#define list_each(list, name)                                                    \
	for (const char *name = (list)->v; name && name < (list)->v + (list)->n; \
	     name += strlen(name) + 1)

/* Text of a symbolic link. */
int root_link(const struct root *root, const char *path, struct text *ret) _must_check_;

/* Process ids, ascending. */
struct pids {
	VEC(uint32_t) ids;
};
int root_pids(const struct root *root, struct pids *ret) _must_check_;

/*
 * One descriptor of a process. Inode and device are ABSENT64 and ABSENT32 unless a
 * capture recorded them, which it does for what was shown to be a dma-buf.
 */
struct root_fd {
	uint32_t fd;
	uint32_t dev_major, dev_minor;
	uint64_t ino;
	const char *target; /* link text, any bytes; valid during the call */
	size_t len;
};
typedef void (*root_fd_fn)(void *arg, const struct root_fd *fd);

/*
 * Calls `visit` for each descriptor in a directory `proc/PID/fd` or
 * `proc/PID/task/TID/fd`; one system call a descriptor. Those that vanish meanwhile are
 * left out. -EACCES when it may not be read, -ENOENT or -ESRCH when the process is gone.
 */
int root_each_fd(const struct root *root, const char *dir, root_fd_fn visit,
		 void *arg) _must_check_;

/*
 * Inode number, size and device of an open file that was shown to be a dma-buf, by its
 * link in /proc. -EOPNOTSUPP in a capture, where there is nothing to ask.
 */
struct root_stat {
	uint64_t ino, size_bytes, blocks_bytes;
	uint32_t dev_major, dev_minor;
};
int root_stat_dmabuf(const struct root *root, const char *path,
		     struct root_stat *ret) _must_check_;

/* Threads of a process without listing them; 0 when that is not known. */
unsigned root_threads(const struct root *root, uint32_t pid);

/* Does this thread use its leader's descriptor table? 1 yes, 0 no, -errno cannot tell. */
int root_shares_fds(const struct root *root, uint32_t pid, uint32_t tid);

/* Write a node. Only `peak --reset` and `peak --` do; -EROFS on anything but live. */
int root_write(const struct root *root, const char *path, const char *text) _must_check_;

/* When and what. Numbers ABSENT64 and texts empty when the root does not say. */
struct root_info {
	uint64_t time_ns, boottime_ns;
	struct text boot_id, host, kernel, machine;
};
void root_info(const struct root *root, struct root_info *ret);
void root_info_fini(struct root_info *info);

/* Monotonic time in ns, for progress and for measuring; the host's, never data. */
uint64_t root_ticks(void);

#endif
