/* SPDX-License-Identifier: MIT */
/* Tests of src/sources/sysfs.c over captured trees made on the spot. */
#include <errno.h>

#include "test_tree.h"

extern const struct source source_sysfs;

#define BUFFERS "sys/kernel/dmabuf/buffers/"

static void put_buffer(const char *ino, const char *exporter, const char *size)
{
	char path[256];

	snprintf(path, sizeof(path), BUFFERS "%s/exporter_name", ino);
	put(path, exporter);
	snprintf(path, sizeof(path), BUFFERS "%s/size", ino);
	put(path, size);
}

static void test_list(void)
{
	const struct buffer *buf;
	struct fed f;

	feed_begin(&f);
	is_int(collect(&f, &source_sysfs), -ENOENT,
	       "no such directory: this kernel does not have it");
	feed_finish(&f);

	put_buffer("520340", "system-uncached\n", "1781760\n");
	put_buffer("7", "system\n", "4096\n");
	feed_begin(&f);
	is_int(collect(&f, &source_sysfs), 0, "read");
	is_u64(f.snap->buffers.n, 2, "two buffers");
	buf = snapshot_by_ino(f.snap, 520340);
	ok(buf != NULL, "found by its inode");
	if (buf) {
		is_u64(buf->size_bytes, 1781760, "size");
		ok(buf->size_is_exact, "... exact");
		is_str(snapshot_str(f.snap, buf->exporter), "system-uncached",
		       "exporter");
		ok(!buf->has_attachments, "attachments are not known");
		ok(!buf->name && buf->refs == ABSENT32, "nor name and count");
	}
	is_u64(f.snap->coverage[SRC_SYSFS].records, 2, "two records");
	feed_finish(&f);
}

static void test_races(void)
{
	struct fed f;

	clear();
	put_buffer("1", "system\n", "4096\n");
	put(BUFFERS "2/exporter_name", "system\n");
	put(BUFFERS "3/size", "4096\n");
	feed_begin(&f);
	is_int(collect(&f, &source_sysfs), 0, "some vanish while they are read");
	is_u64(f.snap->buffers.n, 1, "... and are gone");
	is_int(f.snap->coverage[SRC_SYSFS].status, COVERAGE_OK, "... which is no error");
	is_int(f.diag.n[DIAG_ERROR], 0, "... nor a message");
	feed_finish(&f);
}

static void test_damage(void)
{
	struct fed f;

	clear();
	put_buffer("1", "system\n", "");
	put_buffer("2", "system\n", "-1\n");
	put_buffer("18446744073709551616", "system\n", "4096\n");
	put_buffer("x", "system\n", "4096\n");
	put_buffer("5", "odd name with blanks\n", "4096\n");
	feed_begin(&f);
	is_int(collect(&f, &source_sysfs), 0, "damaged files");
	is_u64(f.snap->buffers.n, 3, "those with an inode are buffers");
	is_u64(f.snap->buffers.v[0].size_bytes, ABSENT64, "an unknown size is not zero");
	ok(!f.snap->buffers.v[0].size_is_exact, "... nor exact");
	is_u64(f.snap->coverage[SRC_SYSFS].skipped, 4, "four lost facts");
	is_int(f.snap->coverage[SRC_SYSFS].status, COVERAGE_PARTIAL, "partial");
	is_int(f.diag.n[DIAG_ERROR], 4, "each is said");
	is_str(snapshot_str(f.snap, snapshot_by_ino(f.snap, 5)->exporter),
	       "odd name with blanks", "a whole line is the exporter");
	feed_finish(&f);
}

static void test_attachments(void)
{
	struct buffer *buf;
	struct fed f;

	clear();
	put_buffer("1", "system\n", "4096\n");
	put(BUFFERS "1/attachments/3/device",
	    "->../../../../devices/platform/fb000000.gpu");
	put(BUFFERS "1/attachments/3/map_counter", "1\n");
	put(BUFFERS "1/attachments/4/device", "->../../devices/display-subsystem");
	put(BUFFERS "1/attachments/9/device", "->fb000000.gpu");
	put_buffer("2", "system\n", "4096\n");
	put(BUFFERS "2/attachments/5/map_counter", "1\n");
	put_buffer("3", "system\n", "8192\n");
	put(BUFFERS "3/attachments/6/device", "->a");
	put(BUFFERS "3/attachments/7/device", "->b");
	feed_begin(&f);
	buf = snapshot_need_ino(f.snap, 3, SRC_BUFINFO);
	snapshot_attach(f.snap, buf, strings_adds(&f.snap->strings, "known"));
	buf->size_bytes = 8192;
	buf->size_is_exact = true;
	is_int(collect(&f, &source_sysfs), 0, "Linux 5.13 to 5.16");
	buf = snapshot_by_ino(f.snap, 1);
	is_u64(buf->n_attachments, 2, "two devices");
	is_str(snapshot_str(f.snap, f.snap->attachments.v[buf->attachments].device),
	       "fb000000.gpu", "the link's last component");
	is_u64(f.snap->attachments.v[buf->attachments].count, 2, "attached twice");
	buf = snapshot_by_ino(f.snap, 2);
	ok(buf->has_attachments && !buf->n_attachments, "the list is known to be empty");
	buf = snapshot_by_ino(f.snap, 3);
	is_u64(f.snap->buffers.n, 3, "joined by inode");
	is_u64(buf->sources, 1u << SRC_BUFINFO | 1u << SRC_SYSFS, "seen by both");
	is_u64(buf->n_attachments, 1, "attachments known before stand");
	feed_finish(&f);

	clear();
	put_buffer("1", "system\n", "4096\n");
	put_buffer("2", "system\n", "4096\n");
	put(BUFFERS "2/attachments/6/device", "->a");
	feed_begin(&f);
	is_int(collect(&f, &source_sysfs), 0, "the first buffer has no such directory");
	ok(!snapshot_by_ino(f.snap, 2)->has_attachments, "... so no other is asked");
	feed_finish(&f);
}

static void tests(void)
{
	test_list();
	test_races();
	test_damage();
	test_attachments();
}

int main(void)
{
	return with_tree(tests);
}
