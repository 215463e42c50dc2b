/* SPDX-License-Identifier: MIT */
/* Tests of src/sources/capture_redact.c: names go, columns and differences stay. */
#include "../lib/tap.h"

#undef diag_note /* tap.h's remark; base/diag.h has a message of this name */
#include "sources/capture_priv.h"

static const char *name_of(const char *name)
{
	static char turn[4][256];
	static unsigned at;
	char *out = turn[at++ % 4];

	snprintf(out, sizeof(turn[0]), "%s", name);
	redact_name(out, strlen(out));
	return out;
}

static const char *node_of(enum redact_kind kind, const char *text)
{
	static char out[1024];

	snprintf(out, sizeof(out), "%s", text);
	redact_node(kind, out, strlen(out));
	return out;
}

static void test_names(void)
{
	char seen[200][16];
	unsigned same = 0;

	ok(strcmp(name_of("surfaceflinger"), "surfaceflinger"), "a name is another");
	is_u64(strlen(name_of("surfaceflinger")), 14, "... of the same length");
	is_str(name_of("surfaceflinger"), name_of("surfaceflinger"),
	       "... always the same");
	ok(!strncmp(name_of("surfaceflinger"), name_of("surfaceXXX"), 7),
	   "beginnings that are alike stay alike");
	ok(strspn(name_of("aaaaaaaa"), name_of("a")) < 8,
	   "letters are not just exchanged");
	is_str(name_of("(null)"), "(null)", "no name stays none");
	is_str(name_of("<none>          "), "<none>          ", "... also in a column");
	ok(!strncmp(name_of("402-allocator@4.0-s"), "402-", 4), "the process id stays");
	is_str(name_of("402-allocator@4.0-s") + 4, name_of("allocator@4.0-s"),
	       "... and its task is the task's");
	ok(strncmp(name_of("402x"), "402", 3), "a number that is no process id goes");
	ok(name_of("a b\tc")[1] == ' ' && name_of("a b\tc")[3] == '\t',
	   "blanks do not move");
	for (unsigned i = 0; i < 200; i++) {
		char name[16];

		snprintf(name, sizeof(name), "player%u", i);
		snprintf(seen[i], sizeof(seen[i]), "%s", name_of(name));
		for (unsigned k = 0; k < i; k++)
			same += !strcmp(seen[i], seen[k]);
	}
	is_u64(same, 0, "200 names are 200 pseudonyms");
}

/* The task in stat and maps has its newline escaped. */
static void test_escapes(void)
{
	char raw[] = "ab\ncd", stat[] = "7 (ab\\ncd) S 1", maps[] = "/dmabuf:ab\\012cd";

	redact_name(raw, strlen(raw));
	redact_stat(stat, strlen(stat));
	redact_path(maps, strlen(maps));
	ok(!strncmp(stat, "7 (", 3) && !strcmp(stat + 9, ") S 1"),
	   "only the task of stat");
	ok(!memcmp(stat + 5, "\\n", 2) && !memcmp(maps + 10, "\\012", 4), "escapes stay");
	ok(!memcmp(raw, stat + 3, 2) && !memcmp(raw + 3, stat + 7, 2),
	   "stat's task is comm's");
	ok(!memcmp(raw, maps + 8, 2) && !memcmp(raw + 3, maps + 14, 2),
	   "... and that of maps");
}

static void test_nodes(void)
{
	const char *got;

	got = node_of(REDACT_ROWS,
		      "          DMABUF NAME             EXPORT\n\n"
		      "ffffff8022507400 402-allocator@4. system-uncached        2628 "
		      "KiB fb000000.gpu\n"
		      "c2507400 12-a\nb\nc d      rk-dma-heap-cma         100 KiB\n");
	ok(!strncmp(got,
		    "          DMABUF NAME             EXPORT\n\nffffff8022507400 402-",
		    63),
	   "the header, pointers and process ids of rows");
	ok(strstr(got, "system-uncached        2628 KiB fb000000.gpu\nc2507400 12-"),
	   "... what is behind the name");
	ok(strstr(got, "rk-dma-heap-cma         100 KiB\n"),
	   "... also of a row that its name breaks");
	ok(!strstr(got, "allocator") && !strstr(got, "c d"), "... but no name");
	got = node_of(
		REDACT_BUFINFO,
		"01781760\t00000002\t00080007\t00000004\tsystem\t00520340\t359-alloc\nmore\n"
		"\twrite fence:drm_sched gfx seq 1 signalled\n\tAttached Devices:\n\tvop\n"
		"Total 1 devices attached\n\n00000008\t00000002\t00080007\t00000001\t"
		"ion-system-77-player\t00000001\t<none>\n");
	ok(strstr(got, "\tsystem\t00520340\t359-") &&
		   strstr(got, "\tvop\nTotal 1 devices") &&
		   strstr(got, "fence:drm_sched") && strstr(got, "ion-system-77-") &&
		   strstr(got, "\t<none>\n"),
	   "bufinfo keeps all but names");
	ok(!strstr(got, "alloc\n") && !strstr(got, "more") && !strstr(got, "player"),
	   "... also behind a newline, and the client of an exporter");
	got = node_of(REDACT_HEAP,
		      "\tAlloc by (vmpi (x)             )\t[0x03e02000-0x03e1afff]\n");
	ok(!strstr(got, "vmpi") && strstr(got, ")\t[0x03e02000-0x03e1afff]\n"),
	   "a heap's line");
	got = node_of(REDACT_CLIENTS,
		      "          client              pid             size\n"
		      "  surfaceflinger              611         50642944\n"
		      "          total          58937344\n"
		      "   deferred free                0\n");
	ok(!strstr(got, "surfaceflinger") && strstr(got, " 611         50642944\n") &&
		   strstr(got, "client   ") && strstr(got, " total ") &&
		   strstr(got, "deferred free"),
	   "a heap of ION");
	got = node_of(REDACT_VERSION, "Linux version 6.1 (me@here) (gcc (Debian)) #1\n");
	ok(!strstr(got, "me@here") && strstr(got, "(gcc (Debian)) #1\n"),
	   "who built the kernel");
	is_str(node_of(REDACT_CMDLINE, "quiet serialno=ABC cma=64M root=/dev/x\n"),
	       "quiet serialno=xxx cma=64M root=xxxxxx\n", "the kernel's command line");
}

static void test_fdinfo(void)
{
	char dmabuf[] =
		"pos:\t0\nino:\t7\nsize:\t4096\nexp_name:\tsystem\nname:\tmine\nname:\tmine\n";
	char drm[] = "pos:\t0\ndrm-driver:\tpanfrost\ndrm-client-name:\tmine\n";

	redact_fdinfo(dmabuf, strlen(dmabuf));
	ok(!strstr(dmabuf, "mine") && strstr(dmabuf, "exp_name:\tsystem\nname:\t"),
	   "the name of a dma-buf, all of it");
	redact_fdinfo(drm, strlen(drm));
	ok(!strstr(drm, "mine") && strstr(drm, "drm-driver:\tpanfrost\n"),
	   "the name of a GPU's client");
}

int main(void)
{
	test_names();
	test_escapes();
	test_nodes();
	test_fdinfo();
	is_int(redact_kind_of("proc/rk_dmabuf/dev"), REDACT_ROWS, "a node by its path");
	is_int(redact_kind_of("proc/process_dmabuf_info"), REDACT_LEAVE_OUT,
	       "one left out");
	is_int(redact_kind_of("proc/rk_dmabuf/size"), REDACT_NOTHING,
	       "one without names");
	return done_testing();
}
