/* SPDX-License-Identifier: MIT */
/*
 * A root that is a capture file: one text that holds many nodes. A shell can write it, and
 * no content can forge its frame, because every content line carries a prefix:
 *
 *     dmicap 1
 *     >proc/rk_dmabuf/size          a node, its name below the root
 *     |Total: 65552 KiB             a line of it
 *     =SGVsbG8K                     or bytes of it in base64 (what is no text)
 *     <ok                           complete; `<ok nonl`: the last line had no newline
 *
 * or instead of `<ok`: `<denied`, `<gone`, `<error NAME-OR-NUMBER`, then there is no content
 * or only its beginning. Lines outside a node that start with `#` are comments. A node
 * `proc/PID/fd.list` stands for the directory `proc/PID/fd`: number, inode or `-`, and the
 * link text, separated by TAB, with \n \t \\ \xHH escapes. `MANIFEST` says when and where.
 * CR before each newline (an old adb shell) is dropped by the reader.
 */
#include <errno.h>

#include "base/root_priv.h"
#include "base/scan.h"

#define CAPTURE_VERSION 1

struct entry {
	size_t path;		/* offset in `paths` */
	size_t at, len;		/* content, in `bytes` */
	int error;		/* 0 or -errno */
};

struct root_capture {
	struct root root;
	struct text bytes;	/* decoded content, packed from the start */
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

static const struct entry *find(const struct root_capture *cap, const char *path)
{
	/* Sorted by path when loading was done. */
	size_t low = 0, high = cap->entries.n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int order = strcmp(entry_path(cap, &cap->entries.v[mid]), path);

		if (!order)
			return &cap->entries.v[mid];
		if (order < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

/* First entry whose path is not below `path/`, in sorted order at or after it. */
static size_t first_below(const struct root_capture *cap, const char *prefix, size_t len)
{
	size_t low = 0, high = cap->entries.n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (strncmp(entry_path(cap, &cap->entries.v[mid]), prefix, len) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static int capture_reader(const struct root *root, const char *path, struct reader *ret)
{
	const struct root_capture *cap = to_capture(root);
	const struct entry *e = find(cap, path);

	if (!e)
		return -ENOENT;
	if (e->error && !e->len)
		return e->error;
	reader_init_mem(ret, cap->bytes.v + e->at, e->len);
	return 0;
}

static int capture_read(const struct root *root, const char *path, size_t limit,
			struct text *ret)
{
	const struct root_capture *cap = to_capture(root);
	const struct entry *e = find(cap, path);

	if (!e)
		return -ENOENT;
	if (e->error && !e->len)
		return e->error;
	if (e->len > limit && limit != ROOT_RECORD)
		return -EFBIG;
	text_add(ret, cap->bytes.v + e->at, MIN(e->len, limit));
	return 0;
}

static int capture_may_read(const struct root *root, const char *path)
{
	const struct entry *e = find(to_capture(root), path);
	_text_ struct text below = { 0 };
	size_t at;

	if (e)
		return e->error;
	text_printf(&below, "%s/", path);
	at = first_below(to_capture(root), below.v, below.n);
	if (at < to_capture(root)->entries.n &&
	    !strncmp(entry_path(to_capture(root), &to_capture(root)->entries.v[at]), below.v,
		     below.n))
		return 0;
	return -ENOENT;
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
	for (size_t i = first_below(cap, prefix.v, prefix.n); i < cap->entries.n; i++) {
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
	return ret->n || self ? 0 : -ENOENT;
}

static int capture_link(const struct root *root, const char *path, struct text *ret)
{
	(void)root, (void)path, (void)ret;
	return -EOPNOTSUPP;	/* descriptors are in fd.list; no other link is captured */
}

/* Undo \n \t \r \\ \xHH. */
static void unescape(struct text *out, struct span in)
{
	for (size_t i = 0; i < in.len; i++) {
		struct scan s = scan_text(in.at + i + 1, in.len - i - 1);
		uint64_t byte;

		if (in.at[i] != '\\' || scan_done(&s)) {
			text_addc(out, in.at[i]);
			continue;
		}
		if (scan_word(&s, "x") && scan_left(&s) >= 2) {
			s.end = s.at + 2;
			if (scan_hex(&s, 2, 2, &byte)) {
				text_addc(out, (char)byte);
				i += 3;
				continue;
			}
		}
		i++;
		text_addc(out, in.at[i] == 'n' ? '\n' : in.at[i] == 't' ? '\t' :
			       in.at[i] == 'r' ? '\r' : in.at[i]);
	}
}

static int capture_each_fd(const struct root *root, const char *dir, root_fd_fn visit, void *arg)
{
	_text_ struct text path = { 0 }, target = { 0 };
	struct reader r;
	struct line line;
	int error;

	text_printf(&path, "%s.list", dir);
	error = capture_reader(root, path.v, &r);
	if (error < 0)
		return error;
	while (reader_next(&r, &line) == 1) {
		struct scan s = scan_text(line.text, line.len);
		uint64_t fd, ino = ABSENT64;

		if (!scan_dec(&s, &fd) || fd >= ABSENT32 || !scan_word(&s, "\t"))
			continue;
		if (!scan_dec(&s, &ino) && !scan_word(&s, "-"))
			continue;
		if (!scan_word(&s, "\t"))
			continue;
		text_clear(&target);
		unescape(&target, (struct span){ s.at, scan_left(&s) });
		visit(arg, &(struct root_fd){ .fd = (uint32_t)fd, .ino = ino,
					      .target = target.v ? target.v : "",
					      .len = target.n });
	}
	reader_fini(&r);
	return 0;
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

static int end_status(struct span status)
{
	struct scan s = scan_text(status.at, status.len);
	uint64_t number;

	if (span_starts(status, "ok"))
		return 0;
	if (span_starts(status, "denied"))
		return -EACCES;
	if (span_starts(status, "gone"))
		return -ENOENT;
	if (scan_word(&s, "error ") && scan_dec(&s, &number) && number && number < 4096)
		return -(int)number;
	return -EIO;
}

/* A path that stays below the root and is no option in disguise. */
static bool sane_path(struct span path)
{
	if (!path.len || path.at[0] == '/' || memchr(path.at, '\0', path.len))
		return false;
	return !span_starts(path, "../") && !span_find(path, "/../") && !span_find(path, "//");
}

/*
 * One pass over the text; content moves to the front of the same block. Every content
 * line loses at least its prefix, so what was written never overtakes what is read.
 */
static void load(struct root_capture *cap)
{
	struct entry *open = NULL;
	struct reader r;
	struct line line;
	size_t out = 0;

	reader_init_mem(&r, cap->bytes.v, cap->bytes.n);
	while (reader_next(&r, &line) == 1) {
		struct span rest = { line.text + 1, line.len ? line.len - 1 : 0 };

		if (!line.len)
			continue;
		if (line.text[0] == '>' && sane_path(rest)) {
			open = vec_add(&cap->entries);
			*open = (struct entry){ .path = cap->paths.n, .at = out,
						.error = -EPIPE };
			text_add(&cap->paths, rest.at, rest.len);
			text_addc(&cap->paths, '\0');
		} else if (line.text[0] == '|' && open) {
			memmove(cap->bytes.v + out, rest.at, rest.len);
			out += rest.len;
			cap->bytes.v[out++] = '\n';
			open->len = out - open->at;
		} else if (line.text[0] == '=' && open) {
			out += decode_base64(rest.at, rest.len, cap->bytes.v + out);
			open->len = out - open->at;
		} else if (line.text[0] == '<' && open) {
			open->error = end_status(rest);
			if (span_is(rest, "ok nonl") && open->len)
				open->len--;
			open = NULL;
		}
	}
	reader_fini(&r);
}

static const char *sort_paths;

static int by_path(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int order = strcmp(sort_paths + x->path, sort_paths + y->path);

	/* The same node twice: the later one comes first and is kept. */
	return order ? order : x->at < y->at ? 1 : -1;
}

static void sort_entries(struct root_capture *cap)
{
	size_t n = 0;

	if (!cap->entries.n)
		return;
	sort_paths = cap->paths.v;
	qsort(cap->entries.v, cap->entries.n, sizeof(*cap->entries.v), by_path);
	vec_each(&cap->entries, e)
		if (!n || strcmp(entry_path(cap, e), entry_path(cap, &cap->entries.v[n - 1])))
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

	if (!bytes->n || !scan_word(&s, "dmicap ") || !scan_dec(&s, &version))
		return -EINVAL;
	if (version != CAPTURE_VERSION)
		return -EPROTO;
	cap = mem_alloc(sizeof(*cap));
	*cap = (struct root_capture){
		.root = { .ops = &capture_ops, .name = mem_copy("", 0) }, .bytes = *bytes,
	};
	*bytes = (struct text){ 0 };
	load(cap);
	sort_entries(cap);
	*ret = &cap->root;
	return 0;
}
