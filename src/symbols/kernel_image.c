/* SPDX-License-Identifier: MIT */
/*
 * Kernel files. A kernel built with CONFIG_IKCONFIG holds its configuration, packed by
 * gzip, between the words IKCFG_ST and IKCFG_ED (kernel/configs.c, since 2.6). The word
 * is looked for in the file as it is (vmlinux, Image, a boot.img with an Image) and in
 * whatever gzip streams the file has (Image.gz, zImage, bzImage, uImage).
 *
 * The file may come from anybody: each step is bounded in what it reads, unpacks and
 * tries.
 */
#include "symbols/kernel_image.h"

#include <stdint.h>

#include "base/gz.h"

#define MARK "IKCFG_ST"
#define MARK_END "IKCFG_ED"
#define MARK_LEN 8
#define CONFIG_PACKED_MOST ((size_t)1 << 20) /* gzip of a configuration: some 60 KiB */
#define STREAMS_MOST 64			     /* gzip streams tried in one file */
#define UNPACKED_MOST ((size_t)512 << 20)    /* by all of them together */

static uint32_t le32(const char *at)
{
	const unsigned char *b = (const unsigned char *)at;

	return b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

static bool has(const char *bytes, size_t len, size_t at, const char *what,
		size_t what_len)
{
	return len >= what_len && at <= len - what_len &&
	       !memcmp(bytes + at, what, what_len);
}
#define HAS(at, literal) has(bytes, len, at, literal, sizeof(literal) - 1)

/*
 * Documentation/arch/x86/boot.rst: payload_offset and payload_length since protocol 2.08.
 */
static void look_bzimage(const char *bytes, size_t len, struct kernel_image *ret)
{
	uint64_t setup, payload, payload_len;

	if (!HAS(0x1fe, "\x55\xaa") || !HAS(0x202, "HdrS") || len < 0x250)
		return;
	ret->kind = "an x86 bzImage";
	if ((unsigned char)bytes[0x207] < 2 ||
	    ((unsigned char)bytes[0x207] == 2 && (unsigned char)bytes[0x206] < 8))
		return;
	setup = (unsigned char)bytes[0x1f1];
	payload = ((setup ? setup : 4) + 1) * 512 + le32(bytes + 0x248);
	payload_len = le32(bytes + 0x24c);
	if (payload >= len || payload_len > len - payload || payload_len <= 4)
		return;
	ret->payload = (size_t)payload;
	/* The last four bytes are the unpacked length. */
	ret->payload_len = (size_t)payload_len - 4;
}

/* drivers/firmware/efi/libstub/zboot-header.S, since 6.1. */
static void look_zboot(const char *bytes, size_t len, struct kernel_image *ret)
{
	if (!HAS(0, "MZ") || !HAS(4, "zimg") || len < 64)
		return;
	ret->kind = "an EFI zboot kernel";
	if (le32(bytes + 8) < len && le32(bytes + 12) <= len - le32(bytes + 8)) {
		ret->payload = le32(bytes + 8);
		ret->payload_len = le32(bytes + 12);
	}
}

static const char *elf_description(const char *bytes, size_t len)
{
	/* e_type is the half word at 16 in either byte order. */
	bool is_rel = len >= 18 && bytes[16] + bytes[17] == 1;

	return is_rel ? "an ELF object (a module?)" : "a vmlinux (ELF)";
}

void kernel_image_look(const char *bytes, size_t len, struct kernel_image *ret)
{
	*ret = (struct kernel_image){ 0 };
	look_zboot(bytes, len, ret);
	if (!ret->kind)
		look_bzimage(bytes, len, ret);
	if (ret->kind)
		return;
	if (HAS(0, "\x7f"
		   "ELF"))
		ret->kind = elf_description(bytes, len);
	else if (HAS(56, "ARM\x64"))
		ret->kind = "an arm64 Image";
	else if (HAS(56, "RSC\x05"))
		ret->kind = "a RISC-V Image";
	else if (HAS(0x24, "\x18\x28\x6f\x01"))
		ret->kind = "an arm zImage";
	else if (HAS(0, "ANDROID!"))
		ret->kind = "an Android boot image";
	else if (HAS(0, "\x27\x05\x19\x56"))
		ret->kind = "a U-Boot uImage";
	else if (HAS(0, "\xd0\x0d\xfe\xed"))
		ret->kind = "a flattened image tree or device tree";
	else if (gz_is(bytes, len))
		ret->kind = "a file packed by gzip";
}

/* Looks for the mark in pieces of any size; collects what follows it. */
struct finder {
	struct text found; /* from behind the mark on */
	char tail[MARK_LEN - 1];
	size_t n_tail;
	bool seen;
};

static void keep_tail(struct finder *f, const char *bytes, size_t len)
{
	size_t new = MIN(len, sizeof(f->tail)),
	       keep = MIN(f->n_tail, sizeof(f->tail) - new);

	memmove(f->tail, f->tail + f->n_tail - keep, keep);
	memcpy(f->tail + keep, bytes + len - new, new);
	f->n_tail = keep + new;
}

/*
 * Behind the mark: 1 when enough is collected, else 0. A false mark is forgotten, but
 * what was collected before these bytes may hold the beginning of a true one.
 */
static int collect(struct finder *f, const char *bytes, size_t len)
{
	size_t old = f->found.n, from = old > MARK_LEN ? old - MARK_LEN : 0;

	text_add(&f->found, bytes, MIN(len, CONFIG_PACKED_MOST));
	if (f->found.n >= 10 && !gz_is(f->found.v, f->found.n)) {
		f->seen = false;
		f->n_tail = 0;
		keep_tail(f, f->found.v, old);
		text_clear(&f->found);
		return 0;
	}
	return f->found.n >= CONFIG_PACKED_MOST ||
	       memmem(f->found.v + from, f->found.n - from, MARK_END, MARK_LEN);
}

static const char *find_mark(const char *bytes, size_t len)
{
	const char *at = bytes;

	for (;;) {
		at = memmem(at, len - (size_t)(at - bytes), MARK, MARK_LEN);
		if (!at)
			return NULL;
		at += MARK_LEN;
		if (len - (size_t)(at - bytes) < 10 ||
		    gz_is(at, len - (size_t)(at - bytes)))
			return at;
	}
}

/* A gz_sink: 1 stops the unpacking, the configuration is there. */
static int find_in_stream(void *arg, const char *bytes, size_t len)
{
	struct finder *f = arg;
	char seam[2 * (MARK_LEN - 1)];
	size_t head = MIN(len, (size_t)MARK_LEN - 1);
	const char *at;
	int r;

	if (f->seen) {
		r = collect(f, bytes, len);
		if (f->seen)
			return r;
	}
	/* The mark may lie across the seam of two pieces. */
	memcpy(seam, f->tail, f->n_tail);
	memcpy(seam + f->n_tail, bytes, head);
	at = memmem(seam, f->n_tail + head, MARK, MARK_LEN);
	if (at) {
		size_t behind = (size_t)(at - seam) + MARK_LEN - f->n_tail;

		f->seen = true;
		r = collect(f, bytes + behind, len - behind);
		if (f->seen)
			return r;
	}
	at = find_mark(bytes, len);
	if (at) {
		f->seen = true;
		return collect(f, at, len - (size_t)(at - bytes));
	}
	keep_tail(f, bytes, len);
	return 0;
}

struct budget {
	size_t left; /* bytes that may still be unpacked */
	struct finder finder;
};

static int spend(void *arg, const char *bytes, size_t len)
{
	struct budget *b = arg;

	b->left -= len;
	return find_in_stream(&b->finder, bytes, len);
}

/* Unpack one gzip stream and look inside. */
static bool search_stream(const char *bytes, size_t len, size_t *left, struct text *ret)
{
	struct budget b = { .left = *left };
	size_t used = len;
	int r = gz_stream(bytes, &used, *left, spend, &b);

	*left = b.left;
	/* A stream that ended or broke behind the mark may still have all of it. */
	if ((r == 1 || b.finder.seen) && gz_is(b.finder.found.v, b.finder.found.n)) {
		text_fini(ret);
		*ret = b.finder.found;
		return true;
	}
	text_fini(&b.finder.found);
	return false;
}

bool kernel_image_config(const char *bytes, size_t len, struct text *ret)
{
	const char *at = find_mark(bytes, len), *end = bytes + len;
	size_t left = UNPACKED_MOST;

	text_clear(ret);
	if (at && gz_is(at, (size_t)(end - at))) {
		text_add(ret, at, MIN((size_t)(end - at), CONFIG_PACKED_MOST));
		return true;
	}
	at = bytes;
	for (unsigned i = 0; i < STREAMS_MOST && left; i++) {
		do {
			at = memmem(at, (size_t)(end - at), "\x1f\x8b\x08", 3);
			if (!at)
				return false;
			at++;
		} while (!gz_is(at - 1, (size_t)(end - at) + 1));
		if (search_stream(at - 1, (size_t)(end - at) + 1, &left, ret))
			return true;
	}
	return false;
}

static const struct packing {
	const char *name, *magic;
	size_t len;
	const char *command;
} packings[] = {
	{ "xz", "\xfd\x37\x7a\x58\x5a\x00", 6, "xz -dc --single-stream" },
	{ "zstd", "\x28\xb5\x2f\xfd", 4, "zstd -dc" },
	{ "lz4", "\x02\x21\x4c\x18", 4, "lz4 -dc" },
	{ "lz4", "\x04\x22\x4d\x18", 4, "lz4 -dc" },
	{ "lzo", "\x89\x4c\x5a\x4f\x00", 5, "lzop -dc" },
	{ "bzip2", "BZh91AY&SY", 10, "bzip2 -dc" },
	{ "lzma", "\x5d\x00\x00\x00", 4, "xz -dc --format=lzma" },
};

static const struct packing *packing_at(const char *bytes, size_t len, size_t at)
{
	for (size_t i = 0; i < ARRAY_SIZE(packings); i++)
		if (has(bytes, len, at, packings[i].magic, packings[i].len))
			return &packings[i];
	return NULL;
}

/*
 * In a container whose header does not say where: the first magic, the telling ones
 * first.
 */
static const struct packing *packing_in(const char *bytes, size_t len, size_t *at)
{
	for (size_t i = 0; i < ARRAY_SIZE(packings); i++) {
		const char *found =
			memmem(bytes, len, packings[i].magic, packings[i].len);

		if (found) {
			*at = (size_t)(found - bytes);
			return &packings[i];
		}
	}
	return NULL;
}

static bool is_container(const char *kind)
{
	return !strncmp(kind, "an arm zImage", 13) || !strncmp(kind, "an Android", 10) ||
	       !strncmp(kind, "a U-Boot", 8) || !strncmp(kind, "a flattened", 11);
}

static void add_quoted(struct text *out, const char *name)
{
	if (*name == '-')
		text_adds(out, "./");
	if (*name &&
	    !name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
			       "0123456789._/+:,-")]) {
		text_adds(out, name);
		return;
	}
	text_addc(out, '\'');
	for (; *name; name++) {
		if (*name == '\'')
			text_adds(out, "'\\''");
		else
			text_addc(out, *name);
	}
	text_addc(out, '\'');
}

const char *kernel_image_packing(const char *bytes, size_t len,
				 const struct kernel_image *image, const char *name,
				 struct text *command)
{
	size_t at = image->payload;
	const struct packing *packing = packing_at(bytes, len, at);

	if (!packing && image->kind && is_container(image->kind))
		packing = packing_in(bytes, len, &at);
	if (!packing)
		return NULL;
	text_clear(command);
	if (at) {
		text_printf(command, "tail -c +%zu ", at + 1);
		add_quoted(command, name);
		if (image->payload_len && at == image->payload)
			text_printf(command, " | head -c %zu", image->payload_len);
		text_printf(command, " | %s", packing->command);
	} else {
		text_printf(command, "%s ", packing->command);
		add_quoted(command, name);
	}
	text_printf(command, " >%s", image->kind ? "vmlinux" : "unpacked");
	return packing->name;
}
