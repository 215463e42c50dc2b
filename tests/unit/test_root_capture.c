/* SPDX-License-Identifier: MIT */
/*
 * Tests of src/base/root_capture.c and capture_frame.c: what is written is what is
 * read.
 */
#include "../lib/tap.h"

#include <errno.h>

#include "base/capture_frame.h"
#include "base/root.h"

static struct root *open_text(const char *text)
{
	struct text bytes = { 0 };
	struct root *root = NULL;

	text_adds(&bytes, text);
	if (root_open_capture(&bytes, &root) < 0)
		text_fini(&bytes);
	return root;
}

static int open_error(const char *text)
{
	_text_ struct text bytes = { 0 };
	struct root *root = NULL;
	int r;

	text_adds(&bytes, text);
	r = root_open_capture(&bytes, &root);
	root_free(root);
	return r;
}

/* The names of a directory, joined by blanks; or the error's number. */
static const char *names_of(const struct root *root, const char *path)
{
	static char joined[256];
	_text_ struct text names = { 0 };
	int r = root_list(root, path, &names);

	joined[0] = '\0';
	if (r < 0)
		snprintf(joined, sizeof(joined), "%d", r);
	list_each(&names, name)
		snprintf(joined + strlen(joined), sizeof(joined) - strlen(joined), "%s%s",
			 *joined ? " " : "", name);
	return joined;
}

static const char *content_of(const struct root *root, const char *path)
{
	static struct text text;
	int r = root_read(root, path, 1 << 20, &text);

	if (r < 0) {
		text_clear(&text);
		text_printf(&text, "%d", r);
	}
	return text.n ? text.v : "";
}

static const char basic[] =
	"dmicap 1\n"
	"# a comment\n"
	">proc/rk_dmabuf/size\n|Total: 65552 KiB\n<ok\n"
	">proc/rk_dmabuf/dev\n<error EINVAL\n"
	">proc/rk_dmabuf/sgt\n<error 22\n"
	">proc/rk_dmabuf/half\n|one\n<error EIO\n"
	">sys/kernel/debug\n<denied\n"
	">sys/kernel/dmabuf/buffers\n<dir\n"
	">proc/1\n<dir\n>proc/20/fd.list\n<denied\n>proc/3/comm\n|three<ok\n<ok nonl\n"
	">a\n<dir\n>a-b/c\n<ok\n>a/b\n<ok\n>a.b\n<ok\n"
	">twice\n|old\n<ok\n>twice\n|new\n<ok\n"
	">cut\n|beginning\n";

static void test_nodes(void)
{
	struct root *root = open_text(basic);
	struct pids pids = { 0 };
	struct reader r;
	struct line line;

	is_str(content_of(root, "proc/rk_dmabuf/size"), "Total: 65552 KiB\n", "a node");
	is_str(content_of(root, "proc/3/comm"), "three<ok", "no newline at its end");
	is_str(content_of(root, "twice"), "new\n", "the later of two nodes counts");
	is_str(content_of(root, "absent"), "-2", "what is not there");
	is_int(root_reader(root, "proc/rk_dmabuf/dev", &r), -EINVAL, "an error by name");
	is_int(root_reader(root, "proc/rk_dmabuf/sgt", &r), -EINVAL,
	       "an error by number");
	is_int(root_may_read(root, "proc/rk_dmabuf/dev"), 0,
	       "... which came from reading");
	is_int(root_reader(root, "proc/20/fd.list", &r), -EACCES, "a denied one");
	is_int(root_may_read(root, "proc/20/fd.list"), -EACCES, "... says so when asked");
	is_int(root_reader(root, "sys/kernel/debug/dma_buf/bufinfo", &r), -EACCES,
	       "below a denied directory all is denied");
	is_int(root_may_read(root, "sys/kernel/debug/x"), -EACCES, "... when asked");
	is_str(names_of(root, "sys/kernel/debug/cma"), "-13", "... and when listed");
	is_int(root_reader(root, "sys/kernel/dmabuf/buffers", &r), -EISDIR,
	       "a directory");

	is_int(root_reader(root, "proc/rk_dmabuf/half", &r), 0, "a node that broke off");
	is_int(reader_next(&r, &line), 1, "... gives what there is");
	is_int(reader_next(&r, &line), -EIO, "... and then the error");
	reader_fini(&r);
	is_int(root_reader(root, "cut", &r), 0, "the last node of a file cut off");
	is_int(reader_next(&r, &line), 1, "... gives what there is");
	is_int(reader_next(&r, &line), -ENODATA, "... and does not pass for whole");
	reader_fini(&r);

	is_int(root_pids(root, &pids), 0, "process ids");
	ok(pids.ids.n == 3 && pids.ids.v[0] == 1 && pids.ids.v[1] == 3 &&
		   pids.ids.v[2] == 20,
	   "... of directories, denied ones and nodes below");
	vec_free(&pids.ids);
	root_free(root);
}

static void test_lists(void)
{
	struct root *root = open_text(basic);

	is_str(names_of(root, "proc/rk_dmabuf"), "dev half sgt size",
	       "a directory's names");
	is_str(names_of(root, "sys/kernel/dmabuf/buffers"), "", "an empty directory");
	is_str(names_of(root, "sys/kernel/dmabuf"), "buffers",
	       "a name only seen in a path");
	is_str(names_of(root, "a"), "b", "`a-b` is not below `a`");
	is_str(names_of(root, "proc"), "1 20 3 rk_dmabuf", "each name once");
	is_str(names_of(root, "proc/rk_dmabuf/size"), "-20", "a node is no directory");
	is_str(names_of(root, "nowhere"), "-2", "no such directory");
	root_free(root);
}

static void test_links(void)
{
	struct root *root = open_text("dmicap 1\n>d/a\n|../gpu\n<link\n>d/b\n<link\n"
				      ">d/c\n|x\n<ok\n>e\n<denied\n");
	_text_ struct text link = { 0 };

	is_int(root_link(root, "d/a", &link), 0, "a link");
	is_str(link.v, "../gpu", "... and its text");
	is_str(names_of(root, "d"), "a b c", "... among other names");
	is_int(root_link(root, "d/b", &link), 0, "one that lost its text");
	is_u64(link.n, 0, "... is empty");
	is_int(root_link(root, "d/c", &link), -EINVAL, "a node is no link");
	is_int(root_link(root, "e/f", &link), -EACCES, "below a denied directory");
	is_int(root_link(root, "g", &link), -ENOENT, "what is not there");
	is_str(content_of(root, "d/a"), "-21", "a link cannot be followed");
	root_free(root);
}

static void test_crlf(void)
{
	_text_ struct text text = { 0 };
	struct root *root;

	for (const char *at = basic; *at; at++) {
		if (*at == '\n')
			text_addc(&text, '\r');
		text_addc(&text, *at);
	}
	root = open_text(text.v);
	is_str(content_of(root, "proc/rk_dmabuf/size"), "Total: 65552 KiB\n",
	       "CR before each newline is dropped");
	is_str(names_of(root, "proc/rk_dmabuf"), "dev half sgt size", "... in names too");
	is_int(root_may_read(root, "proc/20/fd.list"), -EACCES, "... and in states");
	root_free(root);
}

static void test_frame(void)
{
	is_int(open_error(""), -EINVAL, "an empty file is no capture");
	is_int(open_error("dmicapx"), -EINVAL, "... nor is this");
	is_int(open_error("dmicap 2\n"), -EPROTO, "a later version is told");
	is_int(open_error("dmicap 1\n"), 0, "a capture of nothing");

	struct root *root = open_text("dmicap 1\n>/etc/passwd\n|a\n<ok\n>../x\n|b\n<ok\n"
				      ">a/../b\n|c\n<ok\n>a/..\n|d\n<ok\n>a//b\n|e\n<ok\n"
				      ">a/\n|f\n<ok\n>.\n|g\n<ok\n>x\x01y\n|h\n<ok\n"
				      ">fine..x/.y\n|i\n<ok\n");

	is_str(names_of(root, "a"), "-2", "paths that lead elsewhere are no nodes");
	is_str(content_of(root, "../x"), "-2", "... not even under their own name");
	is_str(content_of(root, "x\x01y"), "-2", "... nor are control bytes");
	is_str(content_of(root, "fine..x/.y"), "i\n", "dots inside a name are");
	root_free(root);
}

struct seen {
	struct root_fd fd;
	char target[64];
	unsigned n;
};

static void see_fd(void *arg, const struct root_fd *fd)
{
	struct seen *seen = arg;

	seen->fd = *fd;
	snprintf(seen->target, sizeof(seen->target), "%.*s", (int)fd->len, fd->target);
	seen->n++;
}

static void test_descriptors(void)
{
	struct root *root = open_text(
		"dmicap 1\n>proc/7/fd.list\n"
		"|x\t-\tno number\n|4294967295\t-\ttoo large\n|1 -\tno tab\n|1\t5@1\tno minor\n"
		"|0\t-\t\n|8\t19@0:12\t/dmabuf:a\\nb\\\\c\\td\\x07\n<ok\n"
		">proc/8/fd.list\n|5\t20\t/dmabuf:\n<error EIO\n");
	struct seen seen = { 0 };

	is_int(root_each_fd(root, "proc/7/fd", see_fd, &seen), 0,
	       "descriptors are listed");
	is_int(seen.n, 2, "... those whose line can be read");
	is_int(seen.fd.fd, 8, "... by number");
	is_u64(seen.fd.ino, 19, "... with an inode");
	ok(seen.fd.dev_major == 0 && seen.fd.dev_minor == 12, "... and its device");
	is_str(seen.target, "/dmabuf:a\nb\\c\td\a", "... and the link's text");
	is_int(root_each_fd(root, "proc/8/fd", see_fd, &seen), -EIO,
	       "a list that broke off");
	ok(seen.fd.ino == 20 && seen.fd.dev_major == ABSENT32,
	   "an inode without a device");
	is_int(root_each_fd(root, "proc/9/fd", see_fd, &seen), -ENOENT,
	       "no such process");
	root_free(root);
}

static void test_info(void)
{
	struct root *root = open_text(
		"dmicap 1\n>MANIFEST\n|time 1700000000000000001\n|boottime 5\n|host board\n"
		"|machine armv7l\n<ok\n>proc/sys/kernel/osrelease\n|5.10.160\n<ok\n");
	struct root_info info;

	root_info(root, &info);
	is_u64(info.time_ns, 1700000000000000001u, "the manifest's time");
	is_u64(info.boottime_ns, 5, "... time since boot");
	is_str(info.host.v, "board", "... host");
	is_str(info.machine.v, "armv7l", "... machine");
	is_str(info.kernel.v, "5.10.160", "the kernel's own word");
	root_info_fini(&info);
	root_free(root);
}

/* Bytes go through writer and reader in pieces of this size. */
static bool survives(const char *bytes, size_t len, size_t piece, bool is_binary)
{
	_text_ struct text file = { 0 }, back = { 0 };
	struct capture_frame f;
	struct root *root = NULL;
	char *out = NULL;
	size_t out_len = 0;
	FILE *stream = open_memstream(&out, &out_len);
	bool same;

	capture_frame_init(&f, stream);
	capture_frame_begin(&f, "node", is_binary);
	for (size_t at = 0; at < len; at += piece)
		capture_frame_bytes(&f, bytes + at, MIN(piece, len - at));
	capture_frame_end(&f, 0);
	capture_frame_begin(&f, "next", false);
	capture_frame_end(&f, -EACCES);
	capture_frame_fini(&f);
	fclose(stream);
	text_add(&file, out, out_len);
	free(out);
	same = !root_open_capture(&file, &root) &&
	       !root_read(root, "node", len + 1, &back) && back.n == len &&
	       !memcmp(back.n ? back.v : "", bytes, len) &&
	       root_may_read(root, "next") == -EACCES;
	root_free(root);
	return same;
}

static void test_round_trip(void)
{
	static const char *const texts[] = {
		"",	      "\n",	  "\n\n",	"a",
		"a\n",	      "a\nb",	  "\r\n",	"a\r\n",
		"a\r",	      "\r\r\n",	  ">x\n",	"<ok\n",
		"|\n",	      "=\n",	  "dmicap 1\n", "a\n<denied\n>proc/1\n<dir\n",
		"\xff\xfe\n", "a\r\nb\n",
	};
	static const char zeros[] = "a\0b\n\0\0\nc\0";
	_text_ struct text big = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		for (size_t piece = 1; piece < 4; piece++) {
			ok(survives(texts[i], strlen(texts[i]), piece, false),
			   "text %zu in pieces of %zu", i, piece);
			ok(survives(texts[i], strlen(texts[i]), piece, true),
			   "... as base64");
		}
	ok(survives(zeros, sizeof(zeros), 100, false), "bytes that are 0");
	for (size_t i = 0; i < 300000; i++)
		text_addc(&big, (char)('a' + i % 23));
	ok(survives(big.v, big.n, 8192, false), "a line of 300,000 bytes, no newline");
	text_adds(&big, "\nx\n");
	ok(survives(big.v, big.n, 8192, false), "... with one, and a line behind it");
	ok(survives(big.v, big.n, big.n, false), "... in one piece");
	ok(survives(big.v, big.n, 8192, true), "... as base64");
	for (size_t len = 49140; len < 49160; len++)
		ok(survives(big.v, len, 1 << 20, false), "%zu bytes, about the limit",
		   len);
	text_fini(&big);
	for (size_t i = 0; i < 3000000; i++)
		text_addc(&big, "0123456 "[i % 8]);
	text_addc(&big, '\n');
	ok(survives(big.v, big.n, 65536, false), "a line longer than readers take");
}

static void test_escapes(void)
{
	_text_ struct text out = { 0 }, back = { 0 };
	char all[256];

	for (unsigned i = 0; i < 256; i++)
		all[i] = (char)i;
	capture_escape(&out, all, sizeof(all));
	ok(!memchr(out.v, '\n', out.n) && !memchr(out.v, '\t', out.n) &&
		   !memchr(out.v, '\r', out.n) && !memchr(out.v, '\0', out.n),
	   "nothing ends a field");
	capture_unescape(&back, (struct span){ out.v, out.n });
	ok(back.n == 256 && !memcmp(back.v, all, 256), "every byte comes back");
	text_clear(&back);
	capture_unescape(&back, (struct span){ "a\\", 2 });
	is_str(back.v, "a\\", "a backslash at the end stays");
	text_clear(&back);
	capture_unescape(&back, (struct span){ "\\xg1\\x1", 7 });
	is_str(back.v, "xg1x1", "an escape that is none loses its backslash");
}

int main(void)
{
	test_nodes();
	test_lists();
	test_links();
	test_crlf();
	test_frame();
	test_descriptors();
	test_info();
	test_round_trip();
	test_escapes();
	return done_testing();
}
