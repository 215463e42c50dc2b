/* SPDX-License-Identifier: MIT */
/* symbols/symbols.c and kernel.c: ELF files made by hand, kallsyms text, damaged ones. */
#include <elf.h>
#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "../lib/tap.h"
#include "symbols/kernel.h"

#if __BYTE_ORDER == __LITTLE_ENDIAN
#define NATIVE ELFDATA2LSB
#else
#define NATIVE ELFDATA2MSB
#endif

/* A module: nothing, .symtab, .strtab, .modinfo, .shstrtab; 32 or 64 bits wide. */
static const char names[] = "\0rk_dmabuf_dev_show.isra.0\0dma_buf_get_each\0file.c\0.L12";
static const char modinfo[] =
	"license=GPL\0vermagic=6.1.75 SMP mod_unload aarch64\0name=rk";
static const char section_names[] = "\0.symtab\0.strtab\0.modinfo\0.shstrtab";

struct layout {
	size_t symbols, names, modinfo, section_names, headers;
};

#define MAKE_ELF(bits)                                                                 \
	static void make_elf##bits(struct text *t, struct layout *at)                  \
	{                                                                              \
		static const Elf##bits##_Sym symbols[] = {                             \
			{ 0 },                                                         \
			{ .st_name = 1, .st_info = STT_FUNC, .st_shndx = 1 },          \
			{ .st_name = 27, .st_shndx = SHN_UNDEF },                      \
			{ .st_name = 44, .st_info = STT_FILE, .st_shndx = SHN_ABS },   \
			{ .st_name = 5000, .st_info = STT_FUNC, .st_shndx = 1 },       \
		};                                                                     \
		Elf##bits##_Ehdr head = {                                              \
			.e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS##bits, NATIVE, 1 }, \
			.e_type = ET_REL,                                              \
			.e_version = 1,                                                \
			.e_ehsize = sizeof(head),                                      \
			.e_shentsize = sizeof(Elf##bits##_Shdr),                       \
			.e_shnum = 5,                                                  \
			.e_shstrndx = 4,                                               \
		};                                                                     \
		Elf##bits##_Shdr headers[5] = { { 0 } };                               \
                                                                                       \
		text_clear(t);                                                         \
		text_add(t, (char *)&head, sizeof(head));                              \
		at->symbols = t->n;                                                    \
		text_add(t, (const char *)symbols, sizeof(symbols));                   \
		at->names = t->n;                                                      \
		text_add(t, names, sizeof(names));                                     \
		at->modinfo = t->n;                                                    \
		text_add(t, modinfo, sizeof(modinfo));                                 \
		at->section_names = t->n;                                              \
		text_add(t, section_names, sizeof(section_names));                     \
		while (t->n % 8)                                                       \
			text_addc(t, '\0');                                            \
		at->headers = t->n;                                                    \
		headers[1] = (Elf##bits##_Shdr){ .sh_name = 1,                         \
						 .sh_type = SHT_SYMTAB,                \
						 .sh_offset = at->symbols,             \
						 .sh_size = sizeof(symbols),           \
						 .sh_link = 2,                         \
						 .sh_entsize = sizeof(symbols[0]) };   \
		headers[2] = (Elf##bits##_Shdr){ .sh_name = 9,                         \
						 .sh_type = SHT_STRTAB,                \
						 .sh_offset = at->names,               \
						 .sh_size = sizeof(names) };           \
		headers[3] = (Elf##bits##_Shdr){ .sh_name = 17,                        \
						 .sh_type = SHT_PROGBITS,              \
						 .sh_offset = at->modinfo,             \
						 .sh_size = sizeof(modinfo) };         \
		headers[4] = (Elf##bits##_Shdr){ .sh_name = 26,                        \
						 .sh_type = SHT_STRTAB,                \
						 .sh_offset = at->section_names,       \
						 .sh_size = sizeof(section_names) };   \
		text_add(t, (char *)headers, sizeof(headers));                         \
		head.e_shoff = at->headers;                                            \
		memcpy(t->v, &head, sizeof(head));                                     \
	}
MAKE_ELF(32)
MAKE_ELF(64)

static int parse(const struct text *t, struct symbols **ret)
{
	return symbols_parse(t->v ? t->v : "", t->n, "x.ko", ret, NULL);
}

static void test_module(void (*make)(struct text *, struct layout *), const char *width)
{
	struct text t = { 0 };
	struct layout at;
	struct symbols *s = NULL;
	unsigned wrong = 0;

	make(&t, &at);
	diag_note("%s", width);
	if (!is_int(parse(&t, &s), 0, "a module"))
		return;
	ok(symbols_has(s, "rk_dmabuf_dev_show"),
	   "defines a function, whatever gcc made of it");
	ok(!symbols_has(s, "dma_buf_get_each"), "... and not the one it uses");
	ok(symbols_needs(s, "dma_buf_get_each"), "... which it needs");
	ok(!symbols_has(s, "file.c") && !symbols_has(s, "file"), "a file is no symbol");
	ok(!symbols_has(s, "rk_dmabuf"), "names are compared whole");
	is_u64(symbols_count(s), 1, "a name outside its table is left out");
	is_str(symbols_modinfo(s, "vermagic"), "6.1.75 SMP mod_unload aarch64",
	       "vermagic");
	is_str(symbols_modinfo(s, "name"), "rk", "the last entry");
	ok(!symbols_modinfo(s, "nam") && !symbols_modinfo(s, "x"), "no other entry");
	ok(symbols_is_complete(s), "a symbol table is complete");
	is_str(symbols_origin(s), "x.ko", "where it came from");
	symbols_free(s);

	/*
	 * Every cut and every changed byte: no crash, and nothing invented out of
	 * nothing.
	 */
	for (size_t cut = 0; cut < t.n; cut++) {
		struct text part = { .v = t.v, .n = cut };

		s = NULL;
		if (!parse(&part, &s))
			wrong += symbols_count(s) > 1;
		symbols_free(s);
	}
	for (size_t i = 0; i < t.n * 8; i++) {
		t.v[i / 8] ^= (char)(1 << i % 8);
		s = NULL;
		if (!parse(&t, &s))
			wrong += symbols_count(s) > 8;
		symbols_free(s);
		t.v[i / 8] ^= (char)(1 << i % 8);
	}
	is_u64(wrong, 0, "cut and damaged files make up no names");
	text_fini(&t);
}

/* Thousands of headers that all claim the symbol table: only the first is read. */
static void test_many_tables(void)
{
	struct text t = { 0 };
	struct layout at;
	Elf64_Ehdr head;
	Elf64_Shdr table;
	struct symbols *s = NULL;

	make_elf64(&t, &at);
	memcpy(&table, t.v + at.headers + sizeof(table), sizeof(table));
	table.sh_link = 4; /* other names, were they read */
	for (unsigned i = 0; i < 60000; i++)
		text_add(&t, (char *)&table, sizeof(table));
	memcpy(&head, t.v, sizeof(head));
	head.e_shnum = 60005;
	memcpy(t.v, &head, sizeof(head));
	is_int(parse(&t, &s), 0, "sixty thousand symbol tables");
	is_u64(symbols_count(s), 1, "... are not read, but the first");
	symbols_free(s);
	text_fini(&t);
}

static const char kallsyms[] =
	"0000000000000000 T dma_buf_export\n"
	"0000000000000000 t debugfs_create_dir.cold\n"
	"0000000000000000 t rk_dmabuf_dev_show\t[rk_dmabuf_procfs]\n"
	"                 U missing_one\n"
	"ffffffc008010000 D a_thing\n";

static void test_kallsyms(void)
{
	struct text advice = { 0 };
	struct symbols *s = NULL;

	is_int(symbols_parse(kallsyms, sizeof(kallsyms) - 1, "kallsyms", &s, NULL), 0,
	       "kallsyms");
	ok(symbols_has(s, "dma_buf_export") && symbols_has(s, "debugfs_create_dir"),
	   "names the kernel's functions");
	ok(!symbols_module(s, "dma_buf_export") && !symbols_module(s, "nothing"),
	   "... as its own");
	is_str(symbols_module(s, "rk_dmabuf_dev_show"), "rk_dmabuf_procfs",
	       "or a module's");
	ok(symbols_is_complete(s), "it is complete");
	symbols_free(s);
	is_int(symbols_parse("hello\nworld\n", 12, "x", &s, NULL), -EINVAL, "other text");
	is_int(symbols_parse("", 0, "x", &s, NULL), -EINVAL, "nothing");
	is_int(symbols_parse("\xfd\x37\x7a\x58\x5a\x00....", 10, "dma.ko.xz", &s,
			     &advice),
	       -EOPNOTSUPP, "a module packed by xz");
	is_str(advice.v,
	       "a file, packed by xz; unpack it and give the result: xz -dc "
	       "--single-stream dma.ko.xz >unpacked",
	       "... says how to unpack it");
	is_int(symbols_read("/nowhere/x.ko", &s, &advice), -ENOENT, "a missing file");
	text_fini(&advice);
}

static void test_kernel(void)
{
	struct kernel kernel = { 0 };

	is_int(kernel_option(&kernel, "CONFIG_DEBUG_FS"), KCONFIG_UNKNOWN,
	       "nothing known");
	ok(!kernel_origin(&kernel), "... from nowhere");
	if (symbols_parse(kallsyms, sizeof(kallsyms) - 1, "kallsyms", &kernel.symbols,
			  NULL))
		return;
	is_int(kernel_option(&kernel, "CONFIG_DEBUG_FS"), KCONFIG_YES,
	       "a function shows it");
	is_int(kernel_option(&kernel, "CONFIG_RK_DMABUF_PROCFS"), KCONFIG_MODULE,
	       "... also that of a module");
	is_int(kernel_option(&kernel, "CONFIG_RK_DMABUF_DEBUG"), KCONFIG_NO,
	       "a missing one that it is off");
	is_int(kernel_option(&kernel, "CONFIG_MMU"), KCONFIG_UNKNOWN,
	       "no witness, no word");
	is_str(kernel_origin(&kernel), "kallsyms", "the evidence");
	if (kconfig_parse("CONFIG_RK_DMABUF_DEBUG=y\n", 25, "part", &kernel.config, NULL))
		return;
	is_int(kernel_option(&kernel, "CONFIG_RK_DMABUF_DEBUG"), KCONFIG_YES,
	       "a configuration counts more");
	is_int(kernel_option(&kernel, "CONFIG_DEBUG_FS"), KCONFIG_YES,
	       "... for what it says");
	is_str(kernel_origin(&kernel), "part", "... and is the evidence");
	kernel_fini(&kernel);
}

static void test_live(void)
{
	struct root *root = NULL;
	struct kernel kernel;
	struct symbols *s = NULL;

	if (access("/proc/kallsyms", R_OK) || root_open(NULL, &root)) {
		skip_test("/proc/kallsyms of this machine", "it has none");
		return;
	}
	is_int(symbols_of_root(root, &s), 0, "/proc/kallsyms of this machine");
	ok(symbols_count(s) > 10000, "... has %zu names", symbols_count(s));
	ok(symbols_has(s, "vfs_read"), "... such as vfs_read");
	symbols_free(s);
	kernel_of_root(root, &kernel);
	ok(kernel_option(&kernel, "CONFIG_MMU") != KCONFIG_NO,
	   "it has an MMU, or cannot say");
	kernel_fini(&kernel);
	root_free(root);
}

int main(void)
{
	test_module(make_elf32, "32 bits");
	test_module(make_elf64, "64 bits");
	test_many_tables();
	test_kallsyms();
	test_kernel();
	test_live();
	return done_testing();
}
