/* SPDX-License-Identifier: MIT */
/*
 * A root that is a directory: the running kernel's "/" or a captured tree. Everything is
 * opened below one directory descriptor; in a tree with openat2() so that no link leads
 * out (Linux 5.6), where that is missing component by component without following links.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/kcmp.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/syscall.h>

#include "base/caps.h"
#include "base/root_priv.h"
#include "base/scan.h"

struct root_dir {
	struct root root;
	int fd;
	bool no_openat2;
};

static struct root_dir *to_dir(const struct root *root)
{
	return (struct root_dir *)(uintptr_t)root;
}

static void dir_free(struct root *root)
{
	struct root_dir *dir = to_dir(root);

	closep(&dir->fd);
	free(root->name);
	free(dir);
}

/* Without openat2(): walk, follow no link at all. */
static int open_walk(int at, const char *path, int flags)
{
	_cleanup_(closep) int dir = -1;
	char part[256];

	for (;;) {
		size_t len = strcspn(path, "/");
		int fd;

		if (len >= sizeof(part))
			return -ENAMETOOLONG;
		memcpy(part, path, len);
		part[len] = '\0';
		if (!strcmp(part, ".."))
			return -EXDEV;
		if (!path[len]) {
			fd = openat(dir >= 0 ? dir : at, part, flags | O_NOFOLLOW);
			return fd < 0 ? -errno : fd;
		}
		fd = openat(dir >= 0 ? dir : at, part,
			    O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (fd < 0)
			return -errno;
		closep(&dir);
		dir = fd;
		path += len + 1;
	}
}

static int open_below(const struct root *root, const char *path, int flags)
{
	struct root_dir *dir = to_dir(root);
	struct open_how how = {
		.flags = (unsigned)flags | O_CLOEXEC,
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};
	int fd;

	flags |= O_CLOEXEC;
	if (root->is_live) {
		fd = openat(dir->fd, path, flags);
		return fd < 0 ? -errno : fd;
	}
	if (!dir->no_openat2) {
		fd = (int)syscall(SYS_openat2, dir->fd, path, &how, sizeof(how));
		if (fd >= 0 || (errno != ENOSYS && errno != EPERM))
			return fd < 0 ? -errno : fd;
		dir->no_openat2 = true;
	}
	return open_walk(dir->fd, path, flags);
}

/*
 * Open for reading. A tree may hold a pipe or a device under a node's name; waiting on it
 * or reading it for ever is not what anybody meant.
 */
static int open_node(const struct root *root, const char *path)
{
	_cleanup_(closep) int fd =
		open_below(root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	struct stat st;

	if (fd < 0 || root->is_live)
		return take_fd(&fd);
	if (fstat(fd, &st) < 0)
		return -errno;
	if (S_ISDIR(st.st_mode))
		return -EISDIR;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	return take_fd(&fd);
}

static int dir_reader(const struct root *root, const char *path, struct reader *ret)
{
	int fd = open_node(root, path);

	if (fd < 0)
		return fd;
	/* Live nodes hand out a page at a time; a large block would only cost memory. */
	reader_init_fd(ret, fd, root->is_live ? 32768 : 0);
	return 0;
}

static int dir_read(const struct root *root, const char *path, size_t limit,
		    struct text *ret)
{
	bool once = limit == ROOT_RECORD;
	_cleanup_(closep) int fd =
		open_below(root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	char block[8192];
	ssize_t n;

	if (fd < 0)
		return fd;
	do {
		n = read(fd, block, once ? ROOT_RECORD : sizeof(block));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (ret->n + (size_t)n > limit)
			return -EFBIG;
		text_add(ret, block, (size_t)n);
	} while (n && !once);
	return 0;
}

static int dir_may_read(const struct root *root, const char *path)
{
	struct root_dir *dir = to_dir(root);
	int fd;

	if (root->is_live)
		return faccessat(dir->fd, path, R_OK, AT_EACCESS) < 0 ? -errno : 0;
	fd = open_below(root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	closep(&fd);
	return fd < 0 ? fd : 0;
}

/* Non-zero stops the walk and is returned. */
typedef int (*entry_fn)(void *arg, const char *name);

static int each_entry(int fd, entry_fn visit, void *arg)
{
	char block[32768] __attribute__((aligned(8)));
	int r;

	for (;;) {
		long n = syscall(SYS_getdents64, fd, block, sizeof(block));

		if (n <= 0)
			return n < 0 ? -errno : 0;
		for (long at = 0; at < n;) {
			struct dirent64 *entry = (struct dirent64 *)(block + at);

			at += entry->d_reclen;
			if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
				continue;
			r = visit(arg, entry->d_name);
			if (r)
				return r;
		}
	}
}

static int collect_name(void *arg, const char *name)
{
	text_add(arg, name, strlen(name) + 1);
	return 0;
}

static int dir_list(const struct root *root, const char *path, struct text *ret)
{
	_cleanup_(closep) int fd = open_below(root, path, O_RDONLY | O_DIRECTORY);
	int r = fd < 0 ? fd : each_entry(fd, collect_name, ret);

	if (!r)
		root_sort_names(ret);
	return r;
}

static int dir_link(const struct root *root, const char *path, struct text *ret)
{
	_cleanup_(closep) int fd = open_below(root, path, O_PATH | O_NOFOLLOW);
	char target[4096];
	ssize_t n;

	if (fd < 0)
		return fd;
	n = readlinkat(fd, "", target, sizeof(target));
	if (n < 0)
		return -errno;
	text_add(ret, target, (size_t)n);
	return 0;
}

struct fd_walk {
	int dir;
	root_fd_fn visit;
	void *arg;
};

/*
 * A link that may not be read tells nothing of the rest, and the others may not be read
 * either: a security module can refuse them while the folder itself may be listed.
 */
static int visit_fd(void *arg, const char *name)
{
	const struct fd_walk *walk = arg;
	char target[512];
	uint64_t fd;
	ssize_t n;

	if (!scan_only_dec(name, strlen(name), &fd) || fd >= ABSENT32)
		return 0;
	/* Longer targets are cut: a dma-buf's is "/dmabuf:" and at most 32 bytes. */
	n = readlinkat(walk->dir, name, target, sizeof(target));
	if (n < 0)
		return errno == EACCES || errno == EPERM ? -errno : 0;
	walk->visit(walk->arg, &(struct root_fd){ .fd = (uint32_t)fd,
						  .dev_major = ABSENT32,
						  .dev_minor = ABSENT32,
						  .ino = ABSENT64,
						  .target = target,
						  .len = (size_t)n });
	return 0;
}

static int dir_each_fd(const struct root *root, const char *dir, root_fd_fn visit,
		       void *arg)
{
	_cleanup_(closep) int fd = open_below(root, dir, O_RDONLY | O_DIRECTORY);
	struct fd_walk walk = { fd, visit, arg };

	return fd < 0 ? fd : each_entry(fd, visit_fd, &walk);
}

static const struct root_ops dir_ops = {
	.free = dir_free,
	.reader = dir_reader,
	.read = dir_read,
	.may_read = dir_may_read,
	.list = dir_list,
	.link = dir_link,
	.each_fd = dir_each_fd,
};

int root_open(const char *name, struct root **ret)
{
	/* A tree is the user's: whoever may read it himself may have it read. */
	enum caps_use before = caps_enter(CAPS_OWN);
	struct root_dir *dir;
	int fd = open(name ? name : "/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	int error = errno;
	size_t len;

	caps_enter(before);
	if (fd < 0)
		return -error;
	dir = mem_alloc(sizeof(*dir));
	len = name ? strlen(name) : 0;
	while (len > 1 && name[len - 1] == '/')
		len--;
	*dir = (struct root_dir){
		.root = { .ops = &dir_ops,
			  .is_live = !name,
			  .is_tree = name != NULL,
			  .name = mem_copy(name, len) },
		.fd = fd,
	};
	*ret = &dir->root;
	return 0;
}

int root_stat_dmabuf(const struct root *root, const char *path, struct root_stat *ret)
{
	struct stat st;

	if (!root->is_live)
		return -EOPNOTSUPP;
	if (fstatat(to_dir(root)->fd, path, &st, 0) < 0)
		return -errno;
	*ret = (struct root_stat){
		.ino = st.st_ino,
		.size_bytes = (uint64_t)st.st_size,
		.blocks_bytes = (uint64_t)st.st_blocks * 512,
		.dev_major = major(st.st_dev),
		.dev_minor = minor(st.st_dev),
	};
	return 0;
}

/* procfs counts the threads in the link count of `task`: two and one for each. */
unsigned root_threads(const struct root *root, uint32_t pid)
{
	struct stat st;
	char path[32];

	if (!root->is_live)
		return 0;
	snprintf(path, sizeof(path), "proc/%" PRIu32 "/task", pid);
	if (fstatat(to_dir(root)->fd, path, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
	    st.st_nlink < 3)
		return 0;
	return (unsigned)st.st_nlink - 2;
}

int root_shares_fds(const struct root *root, uint32_t pid, uint32_t tid)
{
	long r;

	if (!root->is_live)
		return -EOPNOTSUPP;
	r = syscall(SYS_kcmp, pid, tid, KCMP_FILES, 0, 0);
	return r < 0 ? -errno : r == 0;
}

int root_write(const struct root *root, const char *path, const char *text)
{
	_cleanup_(closep) int fd = -1;
	size_t len = strlen(text);
	ssize_t n;

	if (!root->is_live)
		return -EROFS;
	fd = openat(to_dir(root)->fd, path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	n = write(fd, text, len);
	if (n < 0)
		return -errno;
	return (size_t)n == len ? 0 : -EIO;
}
