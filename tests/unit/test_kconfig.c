/* SPDX-License-Identifier: MIT */
/*
 * symbols/kconfig.c and kernel_image.c: configurations as text, packed, and inside
 * kernels.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "../lib/tap.h"
#include "symbols/kernel_image.h"
#include "symbols/kconfig.h"

static const char whole[] = "#\n"
			    "# Automatically generated file; DO NOT EDIT.\n"
			    "# Linux/arm64 6.1.75 Kernel Configuration\n"
			    "#\n"
			    "CONFIG_CC_VERSION_TEXT=\"gcc 10 \\\"x\\\"\"\n"
			    "CONFIG_DEBUG_FS=y\n"
			    "CONFIG_RK_DMABUF_PROCFS=m\n"
			    "# CONFIG_RK_DMABUF_DEBUG is not set\n"
			    "CONFIG_DMABUF=y\n"
			    "CONFIG_CMA_AREAS=7\n"
			    "# end of DMABUF options\n";

/* Appends a gzip member of these bytes. */
static void add_packed(struct text *out, const char *bytes, size_t len)
{
	size_t room = len + 1024;
	char *packed = malloc(room);
	z_stream z = { .next_in = (Bytef *)(uintptr_t)bytes,
		       .avail_in = (uInt)len,
		       .next_out = (Bytef *)packed,
		       .avail_out = (uInt)room };

	deflateInit2(&z, 9, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY);
	deflate(&z, Z_FINISH);
	text_add(out, packed, room - z.avail_out);
	deflateEnd(&z);
	free(packed);
}

/* Bytes that no packer makes smaller, and that hold no magic of interest. */
static void add_noise(struct text *out, size_t len)
{
	uint32_t x = 12345;

	for (size_t i = 0; i < len; i++) {
		x = x * 1664525 + 1013904223;
		text_addc(out, (char)(x >> 24 & 0x7e));
	}
}

/* What kernel/configs.c puts into a kernel. */
static void add_ikconfig(struct text *out)
{
	text_adds(out, "IKCFG_ST");
	add_packed(out, whole, sizeof(whole) - 1);
	text_adds(out, "IKCFG_ED");
}

static int parse(const struct text *t, struct kconfig **ret, struct text *advice)
{
	return kconfig_parse(t->v ? t->v : "", t->n, "the file", ret, advice);
}

static void is_whole(const struct text *t, const char *name)
{
	struct kconfig *config = NULL;
	int r = parse(t, &config, NULL);

	ok(!r && kconfig_get(config, "CONFIG_RK_DMABUF_PROCFS") == KCONFIG_MODULE &&
		   kconfig_is_complete(config),
	   "%s (%d)", name, r);
	kconfig_free(config);
}

static void test_text(void)
{
	struct kconfig *c = NULL;

	is_int(kconfig_parse(whole, sizeof(whole) - 1, "x", &c, NULL), 0,
	       "a configuration");
	is_int(kconfig_get(c, "CONFIG_DEBUG_FS"), KCONFIG_YES, "=y is yes");
	is_int(kconfig_get(c, "DEBUG_FS"), KCONFIG_YES, "... also without CONFIG_");
	is_int(kconfig_get(c, "CONFIG_RK_DMABUF_PROCFS"), KCONFIG_MODULE, "=m is module");
	is_int(kconfig_get(c, "CONFIG_RK_DMABUF_DEBUG"), KCONFIG_NO, "not set is no");
	is_int(kconfig_get(c, "CONFIG_CMA_AREAS"), KCONFIG_YES, "a number is yes");
	is_str(kconfig_value(c, "CONFIG_CMA_AREAS"), "7", "... with its value");
	is_str(kconfig_value(c, "CC_VERSION_TEXT"), "\"gcc 10 \\\"x\\\"\"", "a text");
	is_int(kconfig_get(c, "CONFIG_DMA"), KCONFIG_MISSING, "names are compared whole");
	is_int(kconfig_get(c, "CONFIG_DMABUF_SYSFS_STATS"), KCONFIG_MISSING,
	       "what a complete one leaves out does not exist there");
	is_str(kconfig_version(c), "6.1.75", "the kernel's version");
	is_str(kconfig_origin(c), "x", "where it came from");
	is_u64(kconfig_count(c), 6, "its options");
	ok(kconfig_is_complete(c), "it is complete");
	kconfig_free(c);
	is_int(kconfig_get(NULL, "CONFIG_DEBUG_FS"), KCONFIG_UNKNOWN,
	       "none knows nothing");
	ok(!kconfig_value(NULL, "X") && !kconfig_version(NULL) && !kconfig_origin(NULL),
	   "... at all");
}

static void test_parts(void)
{
	static const char part[] =
		"CONFIG_A=y\nCONFIG_B=n\nCONFIG_A=m\n# CONFIG_A is not set\n"
		"CONFIG_A=m\r\nCONFIG_=y\nCONFIG_X-Y=y\n# CONFIG_C is set\n"
		"CONFIG_D\n  CONFIG_E=y\n";
	struct kconfig *c = NULL;
	struct text cut = { 0 };

	is_int(kconfig_parse(part, sizeof(part) - 1, "x", &c, NULL), 0, "a part");
	is_int(kconfig_get(c, "A"), KCONFIG_MODULE, "the last line of an option counts");
	is_int(kconfig_get(c, "B"), KCONFIG_NO, "=n is no");
	is_int(kconfig_get(c, "Z"), KCONFIG_UNKNOWN, "what a part leaves out is unknown");
	is_int(kconfig_get(c, "C"), KCONFIG_UNKNOWN, "a comment sets nothing");
	is_int(kconfig_get(c, "D"), KCONFIG_UNKNOWN, "nor does a bare name");
	is_int(kconfig_get(c, "X-Y"), KCONFIG_UNKNOWN, "nor what is no name");
	kconfig_free(c);

	text_add(&cut, whole, sizeof(whole) - 10);
	is_int(parse(&cut, &c, NULL), 0, "one cut in a line");
	is_int(kconfig_get(c, "DEBUG_FS"), KCONFIG_YES, "... keeps what it says");
	is_int(kconfig_get(c, "Z"), KCONFIG_UNKNOWN, "... and is not complete");
	kconfig_free(c);
	text_fini(&cut);
	is_int(kconfig_parse("", 0, "x", &c, NULL), -EINVAL, "nothing");
	is_int(kconfig_parse("hello\n", 6, "x", &c, NULL), -EINVAL, "other text");
	is_int(kconfig_parse("# CONFIG_\n", 10, "x", &c, NULL), -EINVAL,
	       "no option at all");
}

static void test_packed(void)
{
	struct text t = { 0 };
	struct kconfig *c = NULL;

	add_packed(&t, whole, sizeof(whole) - 1);
	is_whole(&t, "config.gz");
	t.n -= 12;
	is_int(parse(&t, &c, NULL), 0, "config.gz cut short");
	is_int(kconfig_get(c, "DEBUG_FS"), KCONFIG_YES, "... keeps what it says");
	is_int(kconfig_get(c, "Z"), KCONFIG_UNKNOWN, "... and is not complete");
	kconfig_free(c);
	text_fini(&t);
}

static void test_kernels(void)
{
	struct text raw = { 0 }, t = { 0 };

	add_noise(&raw, 100000);
	memcpy(raw.v + 56, "ARM\x64", 4);
	text_add(&raw, "\0IKCFG_ST", 9); /* the word alone, as in a tool's text */
	add_noise(&raw, 40000);
	add_ikconfig(&raw);
	add_noise(&raw, 100000);
	is_whole(&raw, "an Image with its configuration");

	add_packed(&t, raw.v, raw.n);
	is_whole(&t, "Image.gz");
	text_clear(&t);
	add_noise(&t, 5000);
	memcpy(t.v, "ANDROID!", 8);
	text_add(&t, "\x1f\x8b\x08\x00rubbish rubbish", 19);
	add_noise(&t, 5000);
	add_packed(&t, raw.v, raw.n);
	add_noise(&t, 5000);
	is_whole(&t, "a boot.img with an Image.gz inside, behind a false stream");
	t.n -= 60000;
	is_whole(&t, "... also when the stream breaks off behind the configuration");
	text_fini(&t);
	text_fini(&raw);
}

/* The mark at every place relative to the pieces that zlib hands out. */
static void test_seams(void)
{
	struct text raw = { 0 }, packed = { 0 }, found = { 0 };
	unsigned missed = 0;

	for (size_t before = 32768 - 40; before < 32768 + 4; before++) {
		text_clear(&raw);
		text_clear(&packed);
		add_noise(&raw, before);
		text_adds(&raw, "IKCFG_STno IKCFG_ST");
		raw.n -= 8;
		add_ikconfig(&raw);
		add_packed(&packed, raw.v, raw.n);
		missed += !kernel_image_config(packed.v, packed.n, &found);
	}
	is_u64(missed, 0, "the mark is found across the seam of two pieces");
	text_fini(&raw);
	text_fini(&packed);
	text_fini(&found);
}

static void le32_at(struct text *t, size_t at, uint32_t value)
{
	for (unsigned i = 0; i < 4; i++)
		t->v[at + i] = (char)(value >> 8 * i);
}

static void make_bzimage(struct text *t, const char *magic, size_t magic_len)
{
	text_clear(t);
	add_noise(t, 8192);
	memcpy(t->v + 0x1fe, "\x55\xaa", 2);
	memcpy(t->v + 0x202, "HdrS\x0f\x02", 6);
	t->v[0x1f1] = 3;
	le32_at(t, 0x248, 100);
	le32_at(t, 0x24c, 1004);
	memcpy(t->v + 2148, magic, magic_len);
}

static void test_other_packings(void)
{
	struct text t = { 0 }, advice = { 0 };
	struct kconfig *c = NULL;

	make_bzimage(&t, "\xfd\x37\x7a\x58\x5a\x00", 6);
	is_int(kconfig_parse(t.v, t.n, "/boot/vmlinuz", &c, &advice), -EOPNOTSUPP,
	       "a bzImage packed by xz");
	is_str(advice.v,
	       "an x86 bzImage, packed by xz; unpack it and give the result: tail -c "
	       "+2149 /boot/vmlinuz | head -c 1000 | xz -dc --single-stream >vmlinux",
	       "... says how to unpack it");
	ok(kconfig_parse(t.v, t.n, "-it's me", &c, &advice) &&
		   strstr(advice.v, "+2149 ./'-it'\\''s me' | head"),
	   "... with the name quoted");
	le32_at(&t, 0x248, 0xfffffff0);
	is_int(parse(&t, &c, &advice), -ENODATA, "a payload behind the end");
	make_bzimage(&t, "\x28\xb5\x2f\xfd", 4);
	t.v[0x206] = 7;
	is_int(parse(&t, &c, &advice), -ENODATA, "an old protocol without a payload");

	text_clear(&t);
	add_noise(&t, 1000);
	memcpy(t.v + 0x24, "\x18\x28\x6f\x01", 4);
	memcpy(t.v + 500, "\x5d\x00\x00\x00\x01", 5);
	is_int(kconfig_parse(t.v, t.n, "z", &c, &advice), -EOPNOTSUPP,
	       "a zImage of lzma");
	ok(strstr(advice.v, "tail -c +501 z | xz -dc --format=lzma >vmlinux"),
	   "... is looked for its payload");
	text_clear(&t);
	text_add(&t, "\x02\x21\x4c\x18", 4);
	add_noise(&t, 100);
	is_int(kconfig_parse(t.v, t.n, "Image.lz4", &c, &advice), -EOPNOTSUPP,
	       "Image.lz4");
	is_str(advice.v,
	       "a file, packed by lz4; unpack it and give the result: "
	       "lz4 -dc Image.lz4 >unpacked",
	       "... is unpacked as it is");
	text_clear(&t);
	add_noise(&t, 100);
	memcpy(t.v, "MZ\0\0zimg", 8);
	le32_at(&t, 8, 64);
	le32_at(&t, 12, 30);
	memcpy(t.v + 64, "\x28\xb5\x2f\xfd", 4);
	is_int(kconfig_parse(t.v, t.n, "v", &c, &advice), -EOPNOTSUPP, "EFI zboot");
	ok(strstr(advice.v, "tail -c +65 v | head -c 30 | zstd -dc >vmlinux"),
	   "... by zstd");
	text_fini(&t);
	text_fini(&advice);
}

static void test_without(void)
{
	struct text t = { 0 }, advice = { 0 };
	struct kconfig *c = NULL;

	add_noise(&t, 1000);
	memcpy(t.v + 56, "ARM\x64", 4);
	is_int(parse(&t, &c, &advice), -ENODATA, "an Image without its configuration");
	ok(advice.n && strstr(advice.v, "CONFIG_IKCONFIG"), "... names the option");
	is_int(parse(&t, &c, NULL), -ENODATA, "advice can be left out");
	text_adds(&t, "IKCFG_ST\x1f\x8b\x08");
	text_add(&t, "\0\0\0\0\0\0\3broken", 13);
	is_int(parse(&t, &c, &advice), -ENODATA, "a mark with a broken stream");
	text_clear(&t);
	add_noise(&t, 1000);
	is_int(parse(&t, &c, &advice), -EINVAL, "noise is no kernel");
	is_int(kconfig_read("/nowhere/x", &c, &advice), -ENOENT,
	       "a file that is not there");
	text_fini(&t);
	text_fini(&advice);
}

static void put(const char *folder, const char *name, const struct text *t)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	for (char *slash = path + strlen(folder) + 1; (slash = strchr(slash, '/'));
	     slash++) {
		*slash = '\0';
		mkdir(path, 0755);
		*slash = '/';
	}
	f = fopen(path, "w");
	fwrite(t->v, 1, t->n, f);
	fclose(f);
}

static void test_root(void)
{
	char folder[] = "/tmp/test_kconfig.XXXXXX", command[64];
	struct text t = { 0 };
	struct kconfig *c = NULL;
	struct root *root = NULL;

	if (!mkdtemp(folder) || root_open(folder, &root)) {
		ok(false, "a temporary folder");
		return;
	}
	is_int(kconfig_of_root(root, &c), -ENOENT, "an empty tree");
	text_adds(&t, "../../etc\n");
	put(folder, "proc/sys/kernel/osrelease", &t);
	text_clear(&t);
	text_adds(&t, whole);
	put(folder, "lib/modules/none", &t);
	put(folder, "etc/config", &t);
	is_int(kconfig_of_root(root, &c), -ENOENT, "a release that leads elsewhere");
	text_clear(&t);
	text_adds(&t, "6.1.75-rk\n");
	put(folder, "proc/sys/kernel/osrelease", &t);
	text_clear(&t);
	text_adds(&t, whole);
	put(folder, "lib/modules/6.1.75-rk/config", &t);
	is_int(kconfig_of_root(root, &c), 0,
	       "a tree with a configuration beside its modules");
	is_str(kconfig_origin(c), "lib/modules/6.1.75-rk/config", "... says where");
	kconfig_free(c);
	text_clear(&t);
	add_packed(&t, whole, sizeof(whole) - 1);
	put(folder, "proc/config.gz", &t);
	is_int(kconfig_of_root(root, &c), 0, "a tree with config.gz");
	is_str(kconfig_origin(c), "proc/config.gz", "... prefers it");
	kconfig_free(c);
	root_free(root);
	text_fini(&t);
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	ok(!system(command), "cleaned up");
}

/* The machine's own, where it has one. */
static void test_live(void)
{
	struct root *root = NULL;
	struct kconfig *c = NULL;

	if (access("/proc/config.gz", R_OK) || root_open(NULL, &root)) {
		skip_test("/proc/config.gz of this machine", "it has none");
		return;
	}
	is_int(kconfig_of_root(root, &c), 0, "/proc/config.gz of this machine");
	ok(kconfig_is_complete(c) && kconfig_count(c) > 200, "... is a complete one");
	is_int(kconfig_get(c, "CONFIG_IKCONFIG_PROC"), KCONFIG_YES, "... and says so");
	kconfig_free(c);
	root_free(root);
}

int main(void)
{
	test_text();
	test_parts();
	test_packed();
	test_kernels();
	test_seams();
	test_other_packings();
	test_without();
	test_root();
	test_live();
	return done_testing();
}
