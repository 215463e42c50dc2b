/* SPDX-License-Identifier: MIT */
/*
 * Symbol tables: of ELF files through libelf, of text as the kernel writes it. Only names
 * are kept. The file may come from anybody: sections may overlap, point anywhere or name
 * one string a million times, so every name is checked against its table and has a
 * longest length.
 */
#include "symbols/symbols.h"

#include <errno.h>
#include <gelf.h>
#include <libelf.h>

#include "base/file.h"
#include "base/gz.h"
#include "base/scan.h"
#include "base/strings.h"
#include "symbols/kernel_image.h"

#define FILE_MOST ((size_t)1 << 30)
#define UNPACKED_MOST ((size_t)512 << 20)
#define KALLSYMS_MOST ((size_t)64 << 20)
#define NAME_MOST 512 /* KSYM_NAME_LEN since 6.1 */
#define NAMES_MOST ((size_t)4 << 20)
#define MODINFO_MOST ((size_t)1 << 20)

struct symbols {
	struct strings defined, needed;
	VEC(uint32_t) modules; /* per id of `defined`: id in `module_names` */
	struct strings module_names;
	struct text modinfo; /* each entry followed by a NUL */
	char *origin;
	bool is_complete;
};

static struct symbols *symbols_new(void)
{
	struct symbols *symbols = mem_alloc(sizeof(*symbols));

	strings_init(&symbols->defined);
	strings_init(&symbols->needed);
	strings_init(&symbols->module_names);
	return symbols;
}

void symbols_free(struct symbols *symbols)
{
	if (!symbols)
		return;
	strings_fini(&symbols->defined);
	strings_fini(&symbols->needed);
	strings_fini(&symbols->module_names);
	vec_free(&symbols->modules);
	text_fini(&symbols->modinfo);
	free(symbols->origin);
	free(symbols);
}

static void add_defined(struct symbols *symbols, struct span name, struct span module)
{
	/*
	 * `func.isra.0`, `func.constprop.0`, `func.cold`: the compiler's copies of func.
	 */
	const char *dot = name.len > 1 ? memchr(name.at + 1, '.', name.len - 1) : NULL;
	uint32_t id;

	if (dot)
		name.len = (size_t)(dot - name.at);
	id = strings_add(&symbols->defined, name.at, name.len);
	if (!module.len)
		return;
	while (symbols->modules.n <= id)
		*vec_add(&symbols->modules) = STR_ABSENT;
	symbols->modules.v[id] =
		strings_add(&symbols->module_names, module.at, module.len);
}

/*
 * ---- ELF -----------------------------------------------------------------------------
 */

/* A name that ends within its table and is not absurdly long; empty when not. */
static struct span name_at(const Elf_Data *names, size_t at)
{
	struct span name = { "", 0 };
	const char *end;

	if (!names || !names->d_buf || at >= names->d_size)
		return name;
	name.at = (const char *)names->d_buf + at;
	end = memchr(name.at, '\0', MIN(names->d_size - at, (size_t)NAME_MOST + 1));
	if (end)
		name.len = (size_t)(end - name.at);
	return name;
}

static void take_symbol(struct symbols *symbols, const GElf_Sym *sym, struct span name)
{
	unsigned type = GELF_ST_TYPE(sym->st_info);

	if (!name.len || type == STT_FILE || type == STT_SECTION)
		return;
	if (sym->st_shndx == SHN_UNDEF)
		strings_add(&symbols->needed, name.at, name.len);
	else
		add_defined(symbols, name, (struct span){ 0 });
}

static void take_table(struct symbols *symbols, Elf *elf, Elf_Scn *section,
		       const GElf_Shdr *header)
{
	Elf_Data *data = elf_getdata(section, NULL);
	Elf_Scn *names_section = elf_getscn(elf, header->sh_link);
	Elf_Data *names = names_section ? elf_getdata(names_section, NULL) : NULL;
	size_t size = gelf_fsize(elf, ELF_T_SYM, 1, EV_CURRENT);
	size_t n = data && size ? MIN(data->d_size / size, NAMES_MOST) : 0;

	for (size_t i = 0; i < n; i++) {
		GElf_Sym sym;

		if (gelf_getsym(data, (int)i, &sym))
			take_symbol(symbols, &sym, name_at(names, sym.st_name));
	}
}

static void take_modinfo(struct symbols *symbols, Elf_Scn *section)
{
	Elf_Data *data = elf_rawdata(section, NULL);

	if (!data || !data->d_buf || symbols->modinfo.n)
		return;
	text_add(&symbols->modinfo, data->d_buf, MIN(data->d_size, MODINFO_MOST));
	text_addc(&symbols->modinfo, '\0');
}

static void take_sections(struct symbols *symbols, Elf *elf)
{
	Elf_Scn *section = NULL, *names_section;
	bool has_dynamic = false;
	Elf_Data *names = NULL;
	size_t names_index;

	if (!elf_getshdrstrndx(elf, &names_index)) {
		names_section = elf_getscn(elf, names_index);
		names = names_section ? elf_getdata(names_section, NULL) : NULL;
	}
	while ((section = elf_nextscn(elf, section))) {
		GElf_Shdr header;

		if (!gelf_getshdr(section, &header))
			continue;
		/*
		 * There is one of each; a file that claims thousands wants to be read for
		 * ever.
		 */
		if (header.sh_type == SHT_SYMTAB && !symbols->is_complete) {
			take_table(symbols, elf, section, &header);
			symbols->is_complete = true;
		} else if (header.sh_type == SHT_DYNSYM && !has_dynamic) {
			take_table(symbols, elf, section, &header);
			has_dynamic = true;
		} else if (span_is(name_at(names, header.sh_name), ".modinfo")) {
			take_modinfo(symbols, section);
		}
	}
}

static int parse_elf(const char *bytes, size_t len, struct symbols *symbols)
{
	Elf *elf;

	elf_version(EV_CURRENT);
	/* Only read, though the parameter is not const. */
	elf = elf_memory((char *)(uintptr_t)bytes, len);
	if (!elf || elf_kind(elf) != ELF_K_ELF) {
		elf_end(elf);
		return -EINVAL;
	}
	take_sections(symbols, elf);
	elf_end(elf);
	/* A stripped module still says what it was built for. */
	return symbols_count(symbols) || symbols->modinfo.n ? 0 : -ENODATA;
}

/*
 * ---- text ----------------------------------------------------------------------------
 */

/* `ffffffc008010000 T name`, a TAB and `[module]` behind it for what a module defines. */
static bool take_line(struct symbols *symbols, const struct line *line)
{
	struct scan s = scan_text(line->text, line->len);
	struct span type, name, module;
	uint64_t address;

	if (!scan_hex(&s, 1, 16, &address) || !scan_blanks(&s))
		return false;
	type = scan_token(&s);
	scan_blanks(&s);
	name = scan_token(&s);
	scan_blanks(&s);
	module = scan_token(&s);
	if (type.len != 1 || !name.len || name.len > NAME_MOST)
		return false;
	if (module.len > 2 && module.at[0] == '[' && module.at[module.len - 1] == ']')
		module = (struct span){ module.at + 1, module.len - 2 };
	else
		module.len = 0;
	if (*type.at == 'U')
		strings_add(&symbols->needed, name.at, name.len);
	else
		add_defined(symbols, name, module);
	return true;
}

static int parse_lines(struct reader *reader, struct symbols *symbols)
{
	size_t good = 0, bad = 0;
	struct line line;
	int r;

	while ((r = reader_next(reader, &line)) == 1 && good < NAMES_MOST) {
		if (take_line(symbols, &line))
			good++;
		else if (++bad > 100 && bad > good)
			return -EINVAL;
	}
	symbols->is_complete = good && !r;
	return r < 0 ? r : good ? 0 : -EINVAL;
}

static int parse_text(const char *bytes, size_t len, struct symbols *symbols)
{
	struct reader reader;

	if (memchr(bytes, '\0', MIN(len, 4096)))
		return -EINVAL;
	reader_init_mem(&reader, bytes, len);
	return parse_lines(&reader, symbols);
}

/*
 * ---- the door ------------------------------------------------------------------------
 */

static int explain_packed(const char *bytes, size_t len, const char *name,
			  struct text *advice)
{
	_text_ struct text command = { 0 };
	struct kernel_image image;
	const char *packing;

	kernel_image_look(bytes, len, &image);
	packing = kernel_image_packing(bytes, len, &image, name, &command);
	if (!packing && (!image.kind || gz_is(bytes, len)))
		return -EINVAL;
	if (advice)
		text_clear(advice);
	if (advice && packing)
		text_printf(advice, "%s, packed by %s; unpack it and give the result: %s",
			    image.kind ? image.kind : "a file", packing, command.v);
	else if (advice)
		text_printf(advice,
			    "%s, which has no symbol table; give vmlinux or System.map",
			    image.kind);
	return packing ? -EOPNOTSUPP : -ENODATA;
}

int symbols_parse(const char *bytes, size_t len, const char *name, struct symbols **ret,
		  struct text *advice)
{
	_cleanup_(symbols_freep) struct symbols *symbols = symbols_new();
	_text_ struct text unpacked = { 0 };
	const char *at = bytes;
	size_t n = len;
	int r;

	if (gz_is(at, n)) {
		r = gz_text(at, n, UNPACKED_MOST, &unpacked);
		if (r < 0)
			return r;
		at = unpacked.v ? unpacked.v : "";
		n = unpacked.n;
	}
	if (n > 4 && !memcmp(at, ELFMAG, SELFMAG))
		r = parse_elf(at, n, symbols);
	else
		r = parse_text(at, n, symbols);
	if (r == -EINVAL)
		return explain_packed(bytes, len, name, advice);
	if (r < 0)
		return r;
	symbols->origin = mem_copy(name, strlen(name));
	*ret = TAKE_PTR(symbols);
	return 0;
}

int symbols_read(const char *name, struct symbols **ret, struct text *advice)
{
	_text_ struct text all = { 0 };
	int r = file_read(name, FILE_MOST, &all);

	return r < 0 ? r : symbols_parse(all.v ? all.v : "", all.n, name, ret, advice);
}

int symbols_of_root(const struct root *root, struct symbols **ret)
{
	static const char path[] = "proc/kallsyms";
	_cleanup_(symbols_freep) struct symbols *symbols = NULL;
	struct reader reader;
	int r = root_reader(root, path, &reader);

	if (r < 0)
		return r;
	symbols = symbols_new();
	r = parse_lines(&reader, symbols);
	reader_fini(&reader);
	if (r < 0)
		return r;
	symbols->origin = mem_copy(path, strlen(path));
	*ret = TAKE_PTR(symbols);
	return 0;
}

/*
 * ---- questions -----------------------------------------------------------------------
 */

static uint32_t find(const struct strings *pool, const char *name)
{
	return strings_find(pool, name, strlen(name));
}

bool symbols_has(const struct symbols *symbols, const char *name)
{
	return symbols && find(&symbols->defined, name) != STR_ABSENT;
}

bool symbols_needs(const struct symbols *symbols, const char *name)
{
	return symbols && find(&symbols->needed, name) != STR_ABSENT;
}

const char *symbols_module(const struct symbols *symbols, const char *name)
{
	uint32_t id = symbols ? find(&symbols->defined, name) : STR_ABSENT;

	if (id == STR_ABSENT || id >= symbols->modules.n)
		return NULL;
	return strings_get(&symbols->module_names, symbols->modules.v[id]);
}

const char *symbols_modinfo(const struct symbols *symbols, const char *key)
{
	size_t len = strlen(key);

	if (!symbols)
		return NULL;
	list_each(&symbols->modinfo, entry)
		if (!strncmp(entry, key, len) && entry[len] == '=')
			return entry + len + 1;
	return NULL;
}

size_t symbols_count(const struct symbols *symbols)
{
	/* Entry 0 is the absent string. */
	return symbols ? symbols->defined.entries.n - 1 : 0;
}

bool symbols_is_complete(const struct symbols *symbols)
{
	return symbols && symbols->is_complete;
}

const char *symbols_origin(const struct symbols *symbols)
{
	return symbols ? symbols->origin : NULL;
}
