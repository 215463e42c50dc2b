/* SPDX-License-Identifier: MIT */
/*
 * Files the user named. Reading is plain; writing goes through a temporary file in the
 * target's folder: one without a name where the file system knows those (O_TMPFILE, Linux
 * 3.11; not on vfat or jffs2), so that a killed program leaves nothing behind.
 */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/auxv.h>
#include <sys/stat.h>

#include "base/caps.h"

#define LINKS_MOST 40
#define TEMP_TRIES 64
#define BUFFER_BYTES 65536

bool outfile_always_named;

/* Descriptors 0 to 2 may be closed; ours must not become somebody's standard error. */
static int above_standard(int fd)
{
	int moved;

	if (fd < 0)
		return -errno;
	if (fd > STDERR_FILENO)
		return fd;
	moved = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	if (moved < 0)
		moved = -errno;
	close(fd);
	return moved;
}

static int dup_above_standard(int fd)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);

	return copy < 0 ? -errno : copy;
}

static int open_own(int at, const char *name, int flags, mode_t mode)
{
	enum caps_use before = caps_enter(CAPS_OWN);
	int fd = above_standard(openat(at, name, flags | O_CLOEXEC | O_NOCTTY, mode));

	caps_enter(before);
	return fd;
}

static int stat_own(const char *name, struct stat *ret)
{
	enum caps_use before = caps_enter(CAPS_OWN);
	int r = stat(name, ret) < 0 ? -errno : 0;

	caps_enter(before);
	return r;
}

static bool is_standard(const char *name)
{
	return !name || !strcmp(name, "-");
}

int file_kind(const char *name, enum file_kind *ret)
{
	struct stat st;
	int r;

	if (is_standard(name)) {
		*ret = FILE_STREAM;
		return 0;
	}
	r = stat_own(name, &st);
	if (r < 0)
		return r;
	*ret = S_ISDIR(st.st_mode) ? FILE_DIRECTORY :
	       S_ISREG(st.st_mode) ? FILE_PLAIN :
				     FILE_STREAM;
	return 0;
}

int file_open(const char *name)
{
	_cleanup_(closep) int fd = -1;
	struct stat st;

	if (is_standard(name))
		fd = dup_above_standard(STDIN_FILENO);
	else
		fd = open_own(AT_FDCWD, name, O_RDONLY, 0);
	if (fd < 0)
		return fd;
	/* A folder can be opened but not read; said here, the message names the file. */
	if (!fstat(fd, &st) && S_ISDIR(st.st_mode))
		return -EISDIR;
	return take_fd(&fd);
}

int file_reader(const char *name, struct reader *ret)
{
	int fd = file_open(name);

	if (fd < 0)
		return fd;
	reader_init_fd(ret, fd, 0);
	return 0;
}

int file_read_fd(int fd, size_t limit, struct text *ret)
{
	char block[32768];
	int r = 0;

	text_clear(ret);
	while (!r) {
		ssize_t n = read(fd, block, sizeof(block));

		if (!n)
			return 0;
		if (n < 0)
			r = errno == EINTR ? 0 : -errno;
		else if ((size_t)n > limit - ret->n)
			r = -EFBIG;
		else
			text_add(ret, block, (size_t)n);
	}
	text_clear(ret);
	return r;
}

int file_read(const char *name, size_t limit, struct text *ret)
{
	_cleanup_(closep) int fd = file_open(name);

	text_clear(ret);
	return fd < 0 ? fd : file_read_fd(fd, limit, ret);
}

int file_update(const char *name)
{
	/* O_NONBLOCK: a pipe without a reader must not hang us. */
	_cleanup_(closep) int fd =
		open_own(AT_FDCWD, name, O_RDWR | O_CREAT | O_NONBLOCK, 0666);
	struct stat st;

	if (fd < 0)
		return fd == -ENXIO ? -EINVAL : fd;
	if (fstat(fd, &st) < 0)
		return -errno;
	return S_ISREG(st.st_mode) ? take_fd(&fd) : -EINVAL;
}

/*
 * ---- writing -------------------------------------------------------------------------
 */

/* The stream's own writer: it remembers why, which a stream alone does not. */
static ssize_t write_out(void *arg, const char *bytes, size_t len)
{
	struct outfile *o = arg;
	size_t done = 0;

	while (done < len && !o->error) {
		ssize_t n = write(o->fd, bytes + done, len - done);

		if (n >= 0)
			done += (size_t)n;
		else if (errno != EINTR)
			o->error = -errno;
	}
	return o->error ? 0 : (ssize_t)len;
}

static int close_out(void *arg)
{
	struct outfile *o = arg;
	int fd = take_fd(&o->fd);

	/* Network file systems report a full disk only now. */
	if (close(fd) < 0 && !o->error)
		o->error = -errno;
	return o->error ? EOF : 0;
}

/* Takes the descriptor. */
static int attach_stream(struct outfile *o, int fd)
{
	static const cookie_io_functions_t functions = { .write = write_out,
							 .close = close_out };

	if (fd < 0)
		return fd;
	o->out = fopencookie(o, "w", functions);
	if (!o->out) {
		close(fd);
		return -ENOMEM;
	}
	o->fd = fd;
	o->buffer = mem_alloc(BUFFER_BYTES);
	setvbuf(o->out, o->buffer, isatty(fd) ? _IOLBF : _IOFBF, BUFFER_BYTES);
	return 0;
}

/*
 * Follow links to the file that is meant, which need not exist. 1 when the way leads
 * through a link of /proc (as /dev/stdout does): such a link stands for an open file, not
 * for a name.
 */
static int resolve_links(char **name)
{
	for (unsigned i = 0; i < LINKS_MOST; i++) {
		char target[4096], *slash, *next;
		ssize_t n = readlink(*name, target, sizeof(target));

		if (n < 0)
			return errno == EINVAL || errno == ENOENT ? 0 : -errno;
		if ((size_t)n == sizeof(target))
			return -ENAMETOOLONG;
		if (!strncmp(*name, "/proc/", 6) || !strncmp(*name, "/dev/fd/", 8))
			return 1;
		slash = strrchr(*name, '/');
		if (target[0] == '/' || !slash)
			next = mem_copy(target, (size_t)n);
		else
			next = mem_printf("%.*s/%.*s", (int)(slash - *name), *name,
					  (int)n, target);
		free(*name);
		*name = next;
	}
	return -ELOOP;
}

static const char *base_name(const char *name)
{
	const char *slash = strrchr(name, '/');

	return slash ? slash + 1 : name;
}

static int open_folder(const char *name)
{
	const char *base = base_name(name);
	_cleanup_(freep) char *folder = NULL;

	if (!*base)
		return -EISDIR;
	folder = base == name ? mem_copy(".", 1) : mem_copy(name, (size_t)(base - name));
	return open_own(AT_FDCWD, folder, O_PATH | O_DIRECTORY, 0);
}

/*
 * Differs from try to try and from program to program; that it is unused, O_EXCL shows.
 */
static char *temp_name(const char *target)
{
	static uint64_t count;
	const uint64_t *seed = (const uint64_t *)(uintptr_t)getauxval(AT_RANDOM);
	uint64_t mixed = ++count * 0x9e3779b97f4a7c15u, start = 0;

	if (seed)
		memcpy(&start, seed, sizeof(start));
	return mem_printf(".%.200s.%08" PRIx32, base_name(target),
			  (uint32_t)((mixed ^ start) >> 32));
}

static int open_unnamed(int dir, mode_t mode)
{
	char path[32];
	int fd;

	if (outfile_always_named)
		return -EOPNOTSUPP;
	fd = open_own(dir, ".", O_TMPFILE | O_RDWR, mode);
	if (fd < 0)
		return fd;
	/* It gets its name through /proc; without that it could never be kept. */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (!access(path, F_OK))
		return fd;
	close(fd);
	return -EOPNOTSUPP;
}

static int open_named(struct outfile *o, mode_t mode)
{
	for (unsigned i = 0; i < TEMP_TRIES; i++) {
		char *temp = temp_name(o->target);
		int fd = open_own(o->dir, temp, O_CREAT | O_EXCL | O_RDWR | O_NOFOLLOW,
				  mode);

		if (fd >= 0) {
			o->temp = temp;
			return fd;
		}
		free(temp);
		if (fd != -EEXIST)
			return fd;
	}
	return -EEXIST;
}

/*
 * The owner first, since changing it takes set-user-ID bits away. Without root the file
 * is ours, as after mv(1).
 */
static int copy_mode(int fd, const struct stat *old)
{
	if ((old->st_uid != geteuid() || old->st_gid != getegid()) &&
	    fchown(fd, old->st_uid, old->st_gid) < 0 && errno != EPERM && errno != EINVAL)
		return -errno;
	return fchmod(fd, old->st_mode & 07777) < 0 ? -errno : 0;
}

static int open_beside(struct outfile *o, const struct stat *old)
{
	mode_t mode = old ? 0600 : 0666;
	int fd, r;

	o->dir = open_folder(o->target);
	if (o->dir < 0)
		return o->dir;
	o->is_new = !old;
	/* A new name could be put over a file that is protected against writing. */
	if (old && faccessat(o->dir, base_name(o->target), W_OK, AT_EACCESS) < 0)
		return -errno;
	fd = open_unnamed(o->dir, mode);
	if (fd < 0)
		fd = open_named(o, mode);
	r = fd < 0 ? fd : attach_stream(o, fd);
	return r < 0 || !old ? r : copy_mode(fd, old);
}

static int open_target(struct outfile *o, const char *name)
{
	struct stat st;
	bool is_there = !stat(name, &st);
	int through_proc = 0;

	if (!is_there && errno != ENOENT)
		return -errno;
	if (!*name)
		return -ENOENT;
	if (is_there && S_ISDIR(st.st_mode))
		return -EISDIR;
	o->target = mem_copy(name, strlen(name));
	if (!is_there || S_ISREG(st.st_mode))
		through_proc = resolve_links(&o->target);
	if (through_proc < 0)
		return through_proc;
	if (!through_proc && (!is_there || S_ISREG(st.st_mode)))
		return open_beside(o, is_there ? &st : NULL);
	free(TAKE_PTR(o->target));
	return attach_stream(o, open_own(AT_FDCWD, name, O_WRONLY | O_APPEND, 0));
}

int outfile_open(struct outfile *o, const char *name)
{
	enum caps_use before;
	int r;

	*o = (struct outfile){ .fd = -1, .dir = -1 };
	if (is_standard(name))
		return attach_stream(o, dup_above_standard(STDOUT_FILENO));
	before = caps_enter(CAPS_OWN);
	r = open_target(o, name);
	caps_enter(before);
	if (r < 0)
		outfile_abort(o);
	return r;
}

/*
 * Give an unnamed file a temporary name, or at once (1) its own when nothing has that
 * yet.
 */
static int name_unnamed(struct outfile *o)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", o->fd);
	if (o->is_new &&
	    !linkat(AT_FDCWD, path, o->dir, base_name(o->target), AT_SYMLINK_FOLLOW))
		return 1;
	for (unsigned i = 0; i < TEMP_TRIES; i++) {
		char *temp = temp_name(o->target);

		if (!linkat(AT_FDCWD, path, o->dir, temp, AT_SYMLINK_FOLLOW)) {
			o->temp = temp;
			return 0;
		}
		free(temp);
		if (errno != EEXIST)
			return -errno;
	}
	return -EEXIST;
}

/*
 * The name must reach the disk, too. Not every file system can; then it has to be enough.
 */
static void sync_folder(int dir)
{
	_cleanup_(closep) int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0)
		fsync(fd);
}

static int take_name(struct outfile *o)
{
	int r;

	if (fsync(o->fd) < 0)
		return -errno;
	r = o->temp ? 0 : name_unnamed(o);
	if (r < 0)
		return r;
	if (!r && renameat(o->dir, o->temp, o->dir, base_name(o->target)) < 0)
		return -errno;
	free(TAKE_PTR(o->temp));
	sync_folder(o->dir);
	return 0;
}

int outfile_commit(struct outfile *o)
{
	enum caps_use before = caps_enter(CAPS_OWN);
	int r;

	fflush(o->out);
	if (!o->error && o->target)
		o->error = take_name(o);
	fclose(TAKE_PTR(o->out));
	r = o->error;
	caps_enter(before);
	outfile_abort(o);
	return r;
}

void outfile_abort(struct outfile *o)
{
	if (o->out) {
		/* What is still in the stream's buffer is thrown away. */
		o->error = -ECANCELED;
		fclose(TAKE_PTR(o->out));
	}
	if (o->temp) {
		enum caps_use before = caps_enter(CAPS_OWN);

		unlinkat(o->dir, o->temp, 0);
		caps_enter(before);
	}
	/* A struct that was only zeroed has a `dir` of 0 that is not ours. */
	if (o->target)
		closep(&o->dir);
	free(o->buffer);
	free(o->temp);
	free(o->target);
	*o = (struct outfile){ .fd = -1, .dir = -1 };
}
