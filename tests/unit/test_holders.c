/* SPDX-License-Identifier: MIT */
/* fdinfo, maps and stat texts on strings; what a tree of processes makes of them. */
#include "../lib/tap.h"

#include "../lib/feed.h"
#include "../lib/tree.h"
#include "sources/fdinfo.h"
#include "sources/maps.h"

extern const struct source source_fdinfo, source_maps;

static struct fdinfo parse(const char *text)
{
	struct fdinfo info;

	fdinfo_parse(&info, text, strlen(text));
	return info;
}

static void span_text(struct span got, const char *want, const char *what)
{
	char copy[128] = "";

	memcpy(copy, got.at, MIN(got.len, sizeof(copy) - 1));
	is_str(copy, want, what);
}

static void fdinfo_texts(void)
{
	struct fdinfo info = parse("pos:\t0\nflags:\t02000002\nmnt_id:\t8\nino:\t2\n"
				   "size:\t3133440\ncount:\t1\nexp_name:\tsystem\n");

	ok(info.is_dmabuf && info.ino == 2 && info.size_bytes == 3133440 &&
		   info.count == 1,
	   "6.1: inode, size, count");
	ok(!info.name.at, "unnamed is not empty");
	info = parse(
		"pos:\t0\nflags:\t02\nmnt_id:\t8\nsize:\t9\ncount:\t1\nexp_name:\tx\n"
		"name:\tev il\nsize:\t1\nino:\t5\n");
	ok(info.ino == ABSENT64, "5.10 prints no inode, a name cannot forge one");
	ok(info.size_bytes == 9, "nor a size");
	span_text(info.name, "ev il\nsize:\t1\nino:\t5", "all of it is the name");
	info = parse("pos:\t0\nflags:\t02\nmnt_id:\t21\nino:\t99\n");
	ok(!info.is_dmabuf, "an ordinary file's text is none of a dma-buf");
	info = parse(
		"pos:  0\nino:   7\nsize:    1048576\ncount:  2\nexp_name:       system\n");
	ok(info.is_dmabuf && info.ino == 7 && info.size_bytes == 1048576,
	   "blanks in place of tabs, lines dropped");
	info = parse("ino:\t-1\nsize:\t99999999999999999999\nexp_name:\tx\n");
	ok(info.ino == ABSENT64 && info.size_bytes == ABSENT64,
	   "impossible numbers: not known");
}

static bool map(const char *line, struct mapping *ret)
{
	return maps_parse((struct span){ line, strlen(line) }, ret);
}

static void maps_lines(void)
{
	struct mapping m;

	ok(map("7f90ddf000-7f90de1000 rw-s 00000000 00:07 23                             /dmabuf:",
	       &m) &&
		   m.ino == 23 && m.dev_minor == 7 && m.end - m.start == 0x2000,
	   "64 bit");
	ok(map("b6f00000-b6f01000 rw-s 00001000 00:0b 5          /dmabuf:a b\\012c",
	       &m) &&
		   m.offset == 0x1000 && maps_looks_like_dmabuf(m.path),
	   "32 bit, a name with blank and newline");
	ok(map("7f90ddf000-7f90de1000 rw-p 00000000 00:00 0 ", &m) && !m.path.len,
	   "an anonymous mapping has no path");
	ok(maps_shares_inode((struct span){ "anon_inode:dmabuf-c3", 20 }),
	   "a vendor's link");
	ok(!map("7f90de1000-7f90ddf000 rw-s 00000000 00:07 23 /dmabuf:", &m),
	   "end before start");
	ok(!map("nonsense", &m) && !map("", &m), "no mapping");
}

static void saved_blocks(void)
{
	struct fed f;

	feed_begin(&f);
	feed_text(&f, source_fdinfo.format, NULL,
		  "pos:\t0\nsize:\t4096\ncount:\t1\nexp_name:\tsystem\n");
	is_u64(f.snap->buffers.n, 1, "a block without an inode is a buffer of its own");
	feed_finish(&f);
	feed_begin(&f);
	feed_text(&f, source_maps.format, NULL,
		  "7f90ddf000-7f90de1000 rw-s 00001000 00:07 23 /dmabuf:x\n");
	is_u64(f.snap->buffers.v[0].size_bytes, 0x3000,
	       "a mapping shows at least its end");
	ok(!f.snap->buffers.v[0].size_is_exact, "and no more than that");
	feed_finish(&f);
}

#define DMABUF(ino, name)                             \
	"pos:\t0\nflags:\t02\nmnt_id:\t8\nino:\t" ino \
	"\nsize:\t8192\ncount:\t1\nexp_name:\tsystem\nname:\t" name "\n"

static void put_process(struct tree *t, const char *pid, const char *comm)
{
	char path[64], stat[256];

	snprintf(path, sizeof(path), "proc/%s/stat", pid);
	snprintf(stat, sizeof(stat),
		 "%s (%s) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 500 0 3 0", pid, comm);
	tree_put(t, path, stat);
	snprintf(path, sizeof(path), "proc/%s/limits", pid);
	tree_put(
		t, path,
		"Max open files            1024                 4096                 files\n");
}

static void put_link(struct tree *t, const char *path, const char *target)
{
	char name[256];

	tree_put(t, path, "");
	snprintf(name, sizeof(name), "%s/%s", t->dir, path);
	if (remove(name) || symlink(target, name))
		abort();
}

static void a_tree(void)
{
	struct diag diag = { 0 };
	struct snapshot *snap;
	struct tree t;

	tree_begin(&t);
	put_process(&t, "41", "a) R (b");
	put_link(&t, "proc/41/fd/3", "/dmabuf:one");
	tree_put(&t, "proc/41/fdinfo/3", DMABUF("7", "one"));
	put_link(&t, "proc/41/fd/4", "socket:[1]");
	put_process(&t, "42", "threads");
	put_link(&t, "proc/42/task/43/fd/9", "/dmabuf:two");
	tree_put(&t, "proc/42/task/43/fdinfo/9", DMABUF("8", "two"));
	put_link(&t, "proc/42/fd/0", "/dev/null");
	snap = sources_collect(tree_root(&t), 1u << SRC_FDINFO | 1u << SRC_MAPS, &diag);
	is_u64(snap->buffers.n, 2, "a private table of a thread is read as well");
	ok(snapshot_by_ino(snap, 7) && snapshot_by_ino(snap, 7)->size_is_exact,
	   "both by inode");
	is_str(snapshot_str(snap, snap->processes.v[0].task), "a) R (b",
	       "a task ends at its last bracket");
	is_u64(snap->processes.v[0].fd_limit, 1024, "its limit on open files");
	is_u64(snap->processes.v[0].n_fds, 2, "and how many are open");
	is_u64(snap->processes.v[0].start_ns, 5000000000u,
	       "started 500 ticks after boot");
	snapshot_free(snap);
	tree_end(&t);
}

int main(void)
{
	fdinfo_texts();
	maps_lines();
	saved_blocks();
	a_tree();
	return done_testing();
}
