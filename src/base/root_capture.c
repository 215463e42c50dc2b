/* SPDX-License-Identifier: MIT */
/*
 * A root that is a capture file: one text that holds many nodes. A shell can write it,
 * and no content can forge its frame, because every content line carries a prefix:
 *
 *     dmicap 1
 *     >proc/rk_dmabuf/size          a node, its name below the root
 *     |Total: 65552 KiB             a line of it
 *     =SGVsbG8K                     or bytes of it in base64 (what is no text)
 *     <ok                           complete; `<ok nonl`: the last line had no newline
 *
 * or instead of `<ok`: `<denied`, `<gone`, `<error NAME-OR-NUMBER`, and then there is no
 * content or only its beginning; `<dir`: a directory that was there; `<link`: a symbolic
 * link, its text is the content and the last newline not part of it. What is below a
 * denied directory is denied, what is not in the file was not there. A node cut off by
 * the end of the file or by another node has lost its end. Of two nodes of one name the
 * later counts. Names are relative, without control bytes and `..`. Lines outside a node
 * that start with `#` are comments, empty lines are nothing. CR before each newline (an
 * old adb shell) is dropped.
 *
 * Processes are not copied as they are, for the sake of size and of their owners'
 * privacy:
 *
 *     proc/PID           `<dir` for one of which nothing else is told
 *     proc/PID/fd.list   stands for the directory proc/PID/fd: a line a descriptor, its
 *                        number, its inode, the text of its link, separated by TAB. The
 *                        inode is a number, or number@MAJOR:MINOR with the device it
 *                        lives on (both of dma-bufs only), or `-`. The text has \n \t
 *                        \\ \xHH escapes; it is empty for what is no dma-buf and no
 *                        /dev/dri. Threads with descriptors of their own have
 *                        proc/PID/task/TID/fd.list
 *     proc/PID/fdinfo/FD of dma-bufs and /dev/dri, as it was
 *     proc/PID/maps      the lines of dma-bufs; and one line for each device that maps an
 *                        ordinary file, all of it but the device made up
 *     proc/PID/mountinfo where dma-bufs are mapped: the lines of their devices, up to the
 *                        device
 *     proc/PID/limits    the line of open files
 *     proc/PID/smaps     the line of the page size, of one process
 *
 * MANIFEST holds `key value` lines: `time` (ns since 1970), `boottime` (ns since boot),
 * `machine`, `host`, and what else its writer has to say.
 */
#include <errno.h>

#include "base/capture_frame.h"
#include "base/root_priv.h"
#include "base/scan.h"

/* A system of 30,000 processes has a tenth of it. */
#define ENTRIES_LIMIT ((size_t)1 << 20)

struct entry {
	size_t path;	/* offset in `paths` */
	size_t at, len; /* content, in `bytes` */
	int error;	/* 0 or -errno */
	bool is_dir, is_link;
	bool is_damaged; /* one of its lines was too long to be read */
};

struct root_capture {
	struct root root;
	struct text bytes; /* decoded content, packed from the start */
	struct text paths;
	VEC(struct entry) entries;
};

static struct root_capture *to_capture(const struct root *root)
{
	return (struct root_capture *)(uintptr_t)root;
}

static const char *entry_path(const struct root_capture *cap, const struct entry *e)
{
	return cap->paths.v + e->path;
}

static void capture_free(struct root *root)
{
	struct root_capture *cap = to_capture(root);

	text_fini(&cap->bytes);
	text_fini(&cap->paths);
	vec_free(&cap->entries);
	free(root->name);
	free(cap);
}

/*
 * Order of paths: by bytes, a slash before all others. So what is below one directory
 * stands together, and the names in it come sorted.
 */
static int compare_paths(const char *a, const char *b, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char x = (unsigned char)a[i], y = (unsigned char)b[i];

		if (x != y)
			return (x == '/' ? 1 : x) - (y == '/' ? 1 : y);
		if (!x)
			break;
	}
	return 0;
}

/* The first entry whose path, as far as `len`, does not come before this one. */
static size_t first_from(const struct root_capture *cap, const char *path, size_t len)
{
	size_t low = 0, high = cap->entries.n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (compare_paths(entry_path(cap, &cap->entries.v[mid]), path, len) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static const struct entry *find(const struct root_capture *cap, const char *path)
{
	size_t at = first_from(cap, path, SIZE_MAX);

	if (at == cap->entries.n || strcmp(entry_path(cap, &cap->entries.v[at]), path))
		return NULL;
	return &cap->entries.v[at];
}

static bool is_denial(const struct entry *e)
{
	return e->error == -EACCES || e->error == -EPERM;
}

/* Not in the file: it was not there, or it is below what could not be looked into. */
static int why_missing(const struct root_capture *cap, const char *path)
{
	_text_ struct text parent = { 0 };
	char *slash;

	text_adds(&parent, path);
	while ((slash = strrchr(parent.v, '/'))) {
		const struct entry *e;

		*slash = '\0';
		e = find(cap, parent.v);
		if (e && is_denial(e))
			return e->error;
	}
	return -ENOENT;
}

static int capture_reader(const struct root *root, const char *path, struct reader *ret)
{
	const struct root_capture *cap = to_capture(root);
	const struct entry *e = find(cap, path);

	if (!e)
		return why_missing(cap, path);
	if (e->is_dir || e->is_link)
		return -EISDIR; /* where a link leads was not captured */
	if (e->error && !e->len)
		return e->error;
	reader_init_mem(ret, cap->bytes.v + e->at, e->len);
	ret->end_error = e->error;
	return 0;
}

static int capture_read(const struct root *root, const char *path, size_t limit,
			struct text *ret)
{
	const struct root_capture *cap = to_capture(root);
	const struct entry *e = find(cap, path);

	if (!e)
		return why_missing(cap, path);
	if (e->is_dir || e->is_link)
		return -EISDIR; /* where a link leads was not captured */
	if (e->len > limit && limit != ROOT_RECORD)
		return -EFBIG;
	text_add(ret, cap->bytes.v + e->at, MIN(e->len, limit));
	return e->error;
}

/* The first entry below a directory; the end when there is none. */
static size_t first_below(const struct root_capture *cap, const struct text *prefix)
{
	size_t at = first_from(cap, prefix->v, prefix->n);

	if (at < cap->entries.n &&
	    strncmp(entry_path(cap, &cap->entries.v[at]), prefix->v, prefix->n))
		return cap->entries.n;
	return at;
}

static int capture_may_read(const struct root *root, const char *path)
{
	const struct root_capture *cap = to_capture(root);
	const struct entry *e = find(cap, path);
	_text_ struct text below = { 0 };

	/* Whatever else went wrong did so in reading, after it had been opened. */
	if (e)
		return is_denial(e) || e->error == -ENOENT ? e->error : 0;
	text_printf(&below, "%s/", path);
	return first_below(cap, &below) < cap->entries.n ? 0 : why_missing(cap, path);
}

static int capture_list(const struct root *root, const char *path, struct text *ret)
{
	const struct root_capture *cap = to_capture(root);
	const struct entry *self = find(cap, path);
	_text_ struct text prefix = { 0 };
	const char *last = NULL;
	size_t last_len = 0;

	if (self && self->error)
		return self->error;
	text_printf(&prefix, "%s/", path);
	for (size_t i = first_below(cap, &prefix); i < cap->entries.n; i++) {
		const char *name = entry_path(cap, &cap->entries.v[i]);
		size_t len;

		if (strncmp(name, prefix.v, prefix.n))
			break;
		name += prefix.n;
		len = strcspn(name, "/");
		if (last && len == last_len && !memcmp(name, last, len))
			continue;
		text_add(ret, name, len);
		text_addc(ret, '\0');
		last = name;
		last_len = len;
	}
	if (ret->n)
		return 0;
	if (!self)
		return why_missing(cap, path);
	return self->is_dir ? 0 : -ENOTDIR;
}

static int capture_link(const struct root *root, const char *path, struct text *ret)
{
	const struct root_capture *cap = to_capture(root);
	const struct entry *e = find(cap, path);

	if (!e)
		return why_missing(cap, path);
	if (!e->is_link)
		return e->error ? e->error : -EINVAL;
	text_add(ret, cap->bytes.v + e->at, e->len);
	return 0;
}

/* `-`, a number, or number@MAJOR:MINOR. */
static bool scan_inode(struct scan *s, struct root_fd *fd)
{
	uint64_t major, minor;

	if (scan_word(s, "-"))
		return true;
	if (!scan_dec(s, &fd->ino))
		return false;
	if (!scan_word(s, "@"))
		return true;
	if (!scan_dec(s, &major) || !scan_word(s, ":") || !scan_dec(s, &minor) ||
	    major >= ABSENT32 || minor >= ABSENT32)
		return false;
	fd->dev_major = (uint32_t)major;
	fd->dev_minor = (uint32_t)minor;
	return true;
}

static bool scan_descriptor(struct scan *s, struct root_fd *fd)
{
	uint64_t number;

	*fd = (struct root_fd){ .ino = ABSENT64,
				.dev_major = ABSENT32,
				.dev_minor = ABSENT32 };
	if (!scan_dec(s, &number) || number >= ABSENT32 || !scan_word(s, "\t") ||
	    !scan_inode(s, fd) || !scan_word(s, "\t"))
		return false;
	fd->fd = (uint32_t)number;
	return true;
}

static int capture_each_fd(const struct root *root, const char *dir, root_fd_fn visit,
			   void *arg)
{
	_text_ struct text path = { 0 }, target = { 0 };
	struct reader r;
	struct line line;
	int error;

	text_printf(&path, "%s.list", dir);
	error = capture_reader(root, path.v, &r);
	if (error < 0)
		return error;
	while ((error = reader_next(&r, &line)) == 1) {
		struct scan s = scan_text(line.text, line.len);
		struct root_fd fd;

		if (!scan_descriptor(&s, &fd))
			continue;
		text_clear(&target);
		capture_unescape(&target, (struct span){ s.at, scan_left(&s) });
		fd.target = target.v ? target.v : "";
		fd.len = target.n;
		visit(arg, &fd);
	}
	reader_fini(&r);
	return error;
}

static int base64_value(char c)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* Decoded bytes are never more than the encoded ones, so this works in place. */
static size_t decode_base64(const char *in, size_t len, char *out)
{
	uint32_t bits = 0;
	unsigned n = 0;
	size_t made = 0;

	for (size_t i = 0; i < len; i++) {
		int value = base64_value(in[i]);

		if (value < 0)
			continue;
		bits = bits << 6 | (uint32_t)value;
		n += 6;
		if (n >= 8) {
			n -= 8;
			out[made++] = (char)(bits >> n);
		}
	}
	return made;
}

/* What `<` says of the node that it ends. */
static void take_status(struct entry *e, struct span status)
{
	e->error = 0;
	if (span_is(status, "ok nonl"))
		e->len -= e->len > 0;
	else if (span_is(status, "dir"))
		e->is_dir = true;
	else if (span_is(status, "link"))
		e->is_link = true, e->len -= e->len > 0;
	else if (span_is(status, "denied"))
		e->error = -EACCES;
	else if (span_is(status, "gone"))
		e->error = -ENOENT;
	else if (span_starts(status, "error "))
		e->error = -capture_error_number(
			(struct span){ status.at + 6, status.len - 6 });
	else if (!span_is(status, "ok"))
		e->error = -EIO;
	if (!e->error && e->is_damaged)
		e->error = -EOVERFLOW;
	if (e->is_dir)
		e->len = 0;
}

static struct entry *add_entry(struct root_capture *cap, struct span path, size_t at)
{
	struct entry *e = vec_add(&cap->entries);

	*e = (struct entry){ .path = cap->paths.n, .at = at, .error = -ENODATA };
	text_add(&cap->paths, path.at, path.len);
	text_addc(&cap->paths, '\0');
	return e;
}

/*
 * One pass over the text; content moves to the front of the same block. Every content
 * line loses at least its prefix, so what was written never overtakes what is read.
 */
static int load(struct root_capture *cap)
{
	struct entry *open = NULL;
	struct reader r;
	struct line line;
	size_t out = 0;

	reader_init_mem(&r, cap->bytes.v, cap->bytes.n);
	while (reader_next(&r, &line) == 1 && cap->entries.n < ENTRIES_LIMIT) {
		struct span rest = { line.text + 1, line.len ? line.len - 1 : 0 };
		char kind = line.len ? line.text[0] : '\0';

		if (kind == '>') {
			open = capture_frame_holds(rest) ? add_entry(cap, rest, out) :
							   NULL;
		} else if (kind == '|' && open) {
			memmove(cap->bytes.v + out, rest.at, rest.len);
			out += rest.len;
			cap->bytes.v[out++] = '\n';
			open->len = out - open->at;
			open->is_damaged |= line.is_cut;
		} else if (kind == '=' && open) {
			out += decode_base64(rest.at, rest.len, cap->bytes.v + out);
			open->len = out - open->at;
			open->is_damaged |= line.is_cut;
		} else if (kind == '<' && open) {
			take_status(open, rest);
			open = NULL;
		}
	}
	reader_fini(&r);
	return cap->entries.n < ENTRIES_LIMIT ? 0 : -E2BIG;
}

static const char *sort_paths;

static int by_path(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int order = compare_paths(sort_paths + x->path, sort_paths + y->path, SIZE_MAX);

	/* The same node twice: the later one comes first and is kept. */
	return order ? order : x->path < y->path ? 1 : -1;
}

static void sort_entries(struct root_capture *cap)
{
	size_t n = 0;

	if (!cap->entries.n)
		return;
	sort_paths = cap->paths.v;
	qsort(cap->entries.v, cap->entries.n, sizeof(*cap->entries.v), by_path);
	vec_each(&cap->entries, e)
		if (!n ||
		    strcmp(entry_path(cap, e), entry_path(cap, &cap->entries.v[n - 1])))
			cap->entries.v[n++] = *e;
	cap->entries.n = n;
}

static const struct root_ops capture_ops = {
	.free = capture_free,
	.reader = capture_reader,
	.read = capture_read,
	.may_read = capture_may_read,
	.list = capture_list,
	.link = capture_link,
	.each_fd = capture_each_fd,
};

int root_open_capture(struct text *bytes, struct root **ret)
{
	struct scan s = scan_text(bytes->v, bytes->n);
	struct root_capture *cap;
	uint64_t version;
	int r;

	if (!bytes->n || !scan_word(&s, "dmicap ") || !scan_dec(&s, &version))
		return -EINVAL;
	if (version != CAPTURE_VERSION)
		return -EPROTO;
	cap = mem_alloc(sizeof(*cap));
	*cap = (struct root_capture){
		.root = { .ops = &capture_ops, .name = mem_copy("", 0) },
		.bytes = *bytes,
	};
	*bytes = (struct text){ 0 };
	r = load(cap);
	if (r < 0) {
		capture_free(&cap->root);
		return r;
	}
	sort_entries(cap);
	*ret = &cap->root;
	return 0;
}
