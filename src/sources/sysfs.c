/* SPDX-License-Identifier: MIT */
/*
 * /sys/kernel/dmabuf/buffers/INO/{exporter_name,size}: every buffer, world-readable
 * (formats.md 6.2). Linux 5.13 on with CONFIG_DMABUF_SYSFS_STATS, and Android's 5.10. Up
 * to 5.16 there were also attachments/UID/device, a link.
 *
 * Buffers come and go while the directory is read: what vanished is not there any more.
 */
#include <errno.h>

#include "sources/source.h"

#define DIR "sys/kernel/dmabuf/buffers"

/* Longer than any exporter's name or number. */
#define FILE_MOST ROOT_RECORD

struct walk {
	struct snapshot *snap;
	const struct root *root;
	struct diag *diag;
	const char *where; /* for messages; one place, so that their number is capped */
	struct text path, exporter, size, names;
	bool no_attachments; /* this kernel has no such directories */
	uint64_t records, skipped;
	int denied; /* -errno of files that may not be read */
};

static bool is_gone(int error)
{
	return error == -ENOENT || error == -EIO || error == -ENODEV || error == -ENOTDIR;
}

static const char *path_of(struct walk *w, const char *ino, const char *file)
{
	text_clear(&w->path);
	text_adds(&w->path, DIR "/");
	text_adds(&w->path, ino);
	text_adds(&w->path, file);
	return w->path.v;
}

static void lost(struct walk *w, const char *ino, const char *expected,
		 const struct text *text)
{
	struct place place = { .file = w->where };

	diag_error(w->diag, &place, "%s: expected %s, got '%s'",
		   diag_quote(ino, strlen(ino)), expected,
		   diag_quote(text->n ? text->v : "", text->n));
	w->skipped++;
}

/* Each link names the device of one attachment by its last component. */
static void read_attachments(struct walk *w, const char *ino, uint32_t index)
{
	_text_ struct text target = { 0 }, link = { 0 };
	int r;

	text_clear(&w->names);
	r = root_list(w->root, path_of(w, ino, "/attachments"), &w->names);
	if (r == -ENOENT) {
		/* The kernel has none, unless this buffer has just gone. */
		w->no_attachments = root_exists(w->root, path_of(w, ino, "/size"));
		return;
	}
	if (r < 0)
		return;
	snapshot_attach_none(w->snap, &w->snap->buffers.v[index]);
	list_each(&w->names, uid) {
		const char *device;

		text_clear(&link);
		text_printf(&link, DIR "/%s/attachments/%s/device", ino, uid);
		text_clear(&target);
		if (root_link(w->root, link.v, &target) < 0 || !target.n)
			continue;
		device = strrchr(target.v, '/');
		device = device ? device + 1 : target.v;
		snapshot_attach(w->snap, &w->snap->buffers.v[index],
				strings_adds(&w->snap->strings, device));
	}
}

static int read_file(struct walk *w, const char *ino, const char *file, struct text *ret)
{
	int r;

	text_clear(ret);
	r = root_read(w->root, path_of(w, ino, file), FILE_MOST, ret);
	if (r < 0 && !is_gone(r)) {
		w->denied = r;
		w->skipped++;
	}
	return r;
}

static void read_buffer(struct walk *w, const char *name)
{
	uint64_t ino, size_bytes = ABSENT64;
	struct buffer *buf;
	uint32_t index;

	if (!scan_only_dec(name, strlen(name), &ino)) {
		text_clear(&w->exporter);
		text_adds(&w->exporter, name);
		lost(w, DIR, "an inode number", &w->exporter);
		return;
	}
	if (read_file(w, name, "/exporter_name", &w->exporter) < 0 ||
	    read_file(w, name, "/size", &w->size) < 0)
		return;
	if (!scan_only_dec(w->size.n ? w->size.v : "", w->size.n, &size_bytes))
		lost(w, name, "a size in bytes", &w->size);
	buf = snapshot_need_ino(w->snap, ino, SRC_SYSFS);
	index = snapshot_index(w->snap, buf);
	while (w->exporter.n && w->exporter.v[w->exporter.n - 1] == '\n')
		w->exporter.n--;
	if (!buf->exporter && w->exporter.n)
		buf->exporter =
			strings_add(&w->snap->strings, w->exporter.v, w->exporter.n);
	if (size_bytes != ABSENT64 && !buf->size_is_exact) {
		buf->size_bytes = size_bytes;
		buf->size_is_exact = true;
	}
	w->records++;
	if (!w->no_attachments && !buf->has_attachments)
		read_attachments(w, name, index);
}

static int collect(struct snapshot *snap, const struct root *root, struct diag *diag)
{
	struct walk w = { .snap = snap, .root = root, .diag = diag };
	_text_ struct text inodes = { 0 }, where = { 0 };
	int r = root_list(root, DIR, &inodes);

	if (r < 0)
		return r;
	w.where = root_name(root, DIR, &where);
	list_each(&inodes, name)
		read_buffer(&w, name);
	snapshot_count(snap, SRC_SYSFS, w.records, w.skipped);
	if (w.denied)
		snapshot_cover(snap, SRC_SYSFS, COVERAGE_PARTIAL, strerror(-w.denied));
	diag_end_file(diag);
	text_fini(&w.path);
	text_fini(&w.exporter);
	text_fini(&w.size);
	text_fini(&w.names);
	return 0;
}

const struct source source_sysfs = {
	.id = SRC_SYSFS,
	.summary = "all buffers: inode, exporter, exact size; no root needed",
	.paths = { DIR "/*/exporter_name", DIR "/*/size" },
	.collect = collect,
	.options = { "CONFIG_DMABUF_SYSFS_STATS" },
	.remedy = "build the kernel with CONFIG_DMABUF_SYSFS_STATS=y (5.13 and later)",
};
