/* SPDX-License-Identifier: MIT */
/*
 * Fuzzes src/base/root_capture.c: every question a source may ask is asked of what was
 * loaded. Content that is written anew must be read back as it was.
 */
#include <errno.h>
#include <stdlib.h>

#include "base/capture_frame.h"
#include "base/root.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void look_at_fd(void *arg, const struct root_fd *fd)
{
	size_t *bytes = arg;

	for (size_t i = 0; i < fd->len; i++)
		*bytes += (unsigned char)fd->target[i];
	must(fd->fd != ABSENT32);
}

/* What a node comes to: its bytes and how reading ended. */
static int content(const struct root *root, const char *path, struct text *ret)
{
	struct reader r;
	const char *bytes;
	size_t len;
	int error = root_reader(root, path, &r);

	if (error < 0)
		return error;
	while ((error = reader_block(&r, &bytes, &len)) == 1)
		text_add(ret, bytes, len);
	reader_fini(&r);
	return error;
}

static void copy_node(struct capture_frame *f, const struct root *root, const char *path)
{
	_text_ struct text bytes = { 0 }, link = { 0 };
	int error = content(root, path, &bytes);

	must(capture_frame_holds((struct span){ path, strlen(path) }));
	if (error == -ENOENT && !root_may_read(root, path))
		return; /* no more than a part of the paths of others */
	if (!root_link(root, path, &link)) {
		capture_frame_link(f, path, link.v ? link.v : "", link.n);
		return;
	}
	if (error == -EISDIR && !bytes.n) {
		capture_frame_directory(f, path);
		return;
	}
	capture_frame_begin(f, path, strlen(path) & 1);
	capture_frame_bytes(f, bytes.v ? bytes.v : "", bytes.n);
	capture_frame_end(f, error);
}

static void same_node(const struct root *a, const struct root *b, const char *path)
{
	_text_ struct text x = { 0 }, y = { 0 }, link = { 0 }, link_copy = { 0 };
	int error = content(a, path, &x);

	must(content(b, path, &y) == error);
	must(x.n == y.n && (!x.n || !memcmp(x.v, y.v, x.n)));
	must(root_may_read(a, path) == root_may_read(b, path));
	must((root_link(a, path, &link) < 0) == (root_link(b, path, &link_copy) < 0));
	must(link.n == link_copy.n && (!link.n || !memcmp(link.v, link_copy.v, link.n)));
}

typedef void (*visit_fn)(struct capture_frame *f, const struct root *root,
			 const struct root *other, const char *path);

/* Every path below `dir`; names in a directory are sorted, none comes twice. */
static void walk(const struct root *root, const char *dir, visit_fn visit,
		 struct capture_frame *f, const struct root *other)
{
	_text_ struct text names = { 0 }, path = { 0 };
	const char *last = NULL;

	if (root_list(root, dir, &names) < 0)
		return;
	list_each(&names, name) {
		must(!last || strcmp(last, name) < 0);
		last = name;
		text_clear(&path);
		text_printf(&path, "%s/%s", dir, name);
		visit(f, root, other, path.v);
		walk(root, path.v, visit, f, other);
	}
}

static void visit_copy(struct capture_frame *f, const struct root *root,
		       const struct root *other, const char *path)
{
	size_t bytes = 0;
	_text_ struct text text = { 0 };
	int r = root_each_fd(root, path, look_at_fd, &bytes);

	must(r <= 0);
	r = root_read(root, path, ROOT_RECORD, &text);
	must(r <= 0 && text.n <= ROOT_RECORD);
	(void)other;
	copy_node(f, root, path);
}

static void visit_compare(struct capture_frame *f, const struct root *root,
			  const struct root *other, const char *path)
{
	(void)f;
	same_node(root, other, path);
}

static void copy_whole(const struct root *root)
{
	struct capture_frame f;
	struct text copy = { 0 };
	struct root *other = NULL;
	char *out = NULL;
	size_t len = 0;
	FILE *stream = open_memstream(&out, &len);

	capture_frame_init(&f, stream);
	walk(root, "proc", visit_copy, &f, NULL);
	capture_frame_fini(&f);
	fclose(stream);
	text_add(&copy, out, len);
	free(out);
	must(root_open_capture(&copy, &other) == 0);
	walk(root, "proc", visit_compare, NULL, other);
	root_free(other);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text bytes = { 0 };
	struct root *root = NULL;
	struct root_info info;
	struct pids pids = { 0 };

	text_adds(&bytes, "dmicap 1\n");
	text_add(&bytes, (const char *)data, size);
	if (root_open_capture(&bytes, &root) < 0)
		return 0;
	root_info(root, &info);
	root_info_fini(&info);
	if (root_pids(root, &pids) == 0)
		for (size_t i = 1; i < pids.ids.n; i++)
			must(pids.ids.v[i - 1] <= pids.ids.v[i]);
	vec_free(&pids.ids);
	copy_whole(root);
	root_free(root);
	return 0;
}
