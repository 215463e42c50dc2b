/* SPDX-License-Identifier: MIT */
/*
 * Kernel configurations. A complete one names every option of its tree that could be set,
 * the unset ones as `# CONFIG_X is not set`; it begins with a comment that says which
 * kernel it is of. A part of one (a defconfig, the output of grep) has no such head line,
 * and what it leaves out is unknown.
 */
#include "symbols/kconfig.h"

#include <errno.h>

#include "base/file.h"
#include "base/gz.h"
#include "base/scan.h"
#include "symbols/kernel_image.h"

#define FILE_MOST ((size_t)1 << 30)  /* an unstripped vmlinux */
#define NODE_MOST ((size_t)4 << 20)  /* config.gz: some 60 KiB */
#define TEXT_MOST ((size_t)16 << 20) /* a configuration: some 250 KiB */

struct option {
	size_t name, value; /* offsets in `names`; value 0: not set */
	size_t line;
};

struct kconfig {
	struct text names; /* each name and value followed by a NUL; offset 0 is a NUL */
	VEC(struct option) options;
	char *version, *origin;
	bool is_complete;
};

void kconfig_free(struct kconfig *config)
{
	if (!config)
		return;
	text_fini(&config->names);
	vec_free(&config->options);
	free(config->version);
	free(config->origin);
	free(config);
}

static size_t keep(struct kconfig *config, struct span span)
{
	size_t at = config->names.n;

	text_add(&config->names, span.at, span.len);
	text_addc(&config->names, '\0');
	return at;
}

static bool is_name(struct span name)
{
	if (!name.len || name.len > 256)
		return false;
	for (size_t i = 0; i < name.len; i++) {
		char c = name.at[i];

		if (!(c >= 'A' && c <= 'Z') && !(c >= 'a' && c <= 'z') &&
		    !(c >= '0' && c <= '9') && c != '_')
			return false;
	}
	return true;
}

/* `# CONFIG_X is not set`, or a head line. */
static void take_comment(struct kconfig *config, struct scan s, size_t line)
{
	struct span name;

	scan_blanks(&s);
	if (scan_word(&s, "CONFIG_")) {
		name = scan_token(&s);
		scan_blanks(&s);
		if (is_name(name) && span_is(scan_rest(&s), "is not set"))
			*vec_add(&config->options) =
				(struct option){ .name = keep(config, name),
						 .line = line };
		return;
	}
	/*
	 * "Linux/arm64 6.1.75 Kernel Configuration"; before 3.0 "Linux kernel version:
	 * …".
	 */
	if (scan_word(&s, "Linux/")) {
		struct span version;

		scan_token(&s);
		scan_blanks(&s);
		version = scan_token(&s);
		scan_blanks(&s);
		if (!version.len || version.len > 64 ||
		    !span_is(scan_rest(&s), "Kernel Configuration"))
			return;
		config->is_complete = true;
		free(config->version);
		config->version = mem_copy(version.at, version.len);
	} else if (scan_word(&s, "Automatically generated")) {
		config->is_complete = true;
	}
}

static void take_option(struct kconfig *config, struct scan s, size_t line)
{
	const char *equals = memchr(s.at, '=', scan_left(&s));
	struct span name, value;

	if (!equals)
		return;
	name = (struct span){ s.at, (size_t)(equals - s.at) };
	s.at = equals + 1;
	value = scan_rest(&s);
	if (!is_name(name))
		return;
	*vec_add(&config->options) = (struct option){
		.name = keep(config, name),
		.value = span_is(value, "n") ? 0 : keep(config, value),
		.line = line,
	};
}

/* By name, the later line first: what comes later counts, as it does for the kernel. */
static int by_name(const void *a, const void *b, void *names)
{
	const struct option *x = a, *y = b;
	int r = strcmp((char *)names + x->name, (char *)names + y->name);

	return r ? r : x->line < y->line ? 1 : x->line > y->line ? -1 : 0;
}

static int parse_text(const char *bytes, size_t len, struct kconfig **ret)
{
	_cleanup_(kconfig_freep) struct kconfig *config = mem_alloc(sizeof(*config));
	struct reader reader;
	struct line line;
	bool has_end = true;

	text_addc(&config->names, '\0');
	reader_init_mem(&reader, bytes, len);
	while (reader_next(&reader, &line) == 1) {
		struct scan s = scan_text(line.text, line.len);

		has_end = line.has_end;
		if (memchr(line.text, '\0', line.len))
			continue;
		if (scan_word(&s, "CONFIG_"))
			take_option(config, s, line.number);
		else if (scan_word(&s, "#"))
			take_comment(config, s, line.number);
	}
	reader_fini(&reader);
	if (!config->options.n)
		return -EINVAL;
	/* Cut in the middle of a line: what followed is not known. */
	if (!has_end)
		config->is_complete = false;
	qsort_r(config->options.v, config->options.n, sizeof(*config->options.v), by_name,
		config->names.v);
	*ret = TAKE_PTR(config);
	return 0;
}

/* Text, and not a kernel that happens to hold the word somewhere. */
static bool looks_like_text(const char *bytes, size_t len)
{
	return len && !memchr(bytes, '\0', MIN(len, 4096)) &&
	       memmem(bytes, len, "CONFIG_", 7);
}

static int stop_at_first(void *arg, const char *bytes, size_t len)
{
	text_add(arg, bytes, MIN(len, 4096));
	return 1;
}

/* Does this gzip file hold text? Looked up in its first piece. */
static bool packs_text(const char *bytes, size_t len)
{
	_text_ struct text start = { 0 };

	return gz_stream(bytes, &len, TEXT_MOST, stop_at_first, &start) == 1 &&
	       looks_like_text(start.v, start.n);
}

/* One that broke off is still worth reading, but no longer complete. */
static int parse_packed(const char *bytes, size_t len, struct kconfig **ret)
{
	_text_ struct text text = { 0 };
	int broken = gz_text(bytes, len, TEXT_MOST, &text);
	int r = parse_text(text.v, text.n, ret);

	if (!r && broken)
		(*ret)->is_complete = false;
	return r;
}

static int into_text(void *arg, const char *bytes, size_t len)
{
	text_add(arg, bytes, len);
	return 0;
}

/* From a kernel: one stream, and anything may follow it. */
static int parse_embedded(const struct text *packed, struct kconfig **ret)
{
	_text_ struct text text = { 0 };
	size_t len = packed->n;
	int broken = gz_stream(packed->v, &len, TEXT_MOST, into_text, &text);
	int r = text.n ? parse_text(text.v, text.n, ret) : -EINVAL;

	if (!r && broken)
		(*ret)->is_complete = false;
	return r;
}

static int parse_kernel(const char *bytes, size_t len, const char *name,
			struct kconfig **ret, struct text *advice)
{
	_text_ struct text packed = { 0 }, command = { 0 };
	struct kernel_image image;
	const char *packing;

	if (kernel_image_config(bytes, len, &packed) && !parse_embedded(&packed, ret))
		return 0;
	kernel_image_look(bytes, len, &image);
	packing = kernel_image_packing(bytes, len, &image, name, &command);
	if (!packing && !image.kind)
		return -EINVAL;
	if (advice)
		text_clear(advice);
	if (advice && packing)
		text_printf(advice, "%s, packed by %s; unpack it and give the result: %s",
			    image.kind ? image.kind : "a file", packing, command.v);
	else if (advice)
		text_printf(
			advice,
			"%s that does not carry its configuration (it was built "
			"without CONFIG_IKCONFIG); give the .config it was built with or "
			"/boot/config-* of its package",
			image.kind);
	return packing ? -EOPNOTSUPP : -ENODATA;
}

int kconfig_parse(const char *bytes, size_t len, const char *name, struct kconfig **ret,
		  struct text *advice)
{
	int r;

	if (looks_like_text(bytes, len))
		r = len > TEXT_MOST ? -EFBIG : parse_text(bytes, len, ret);
	else if (packs_text(bytes, len))
		r = parse_packed(bytes, len, ret);
	else
		r = parse_kernel(bytes, len, name, ret, advice);
	if (!r)
		(*ret)->origin = mem_copy(name, strlen(name));
	return r;
}

int kconfig_read(const char *name, struct kconfig **ret, struct text *advice)
{
	_text_ struct text all = { 0 };
	int r = file_read(name, FILE_MOST, &all);

	return r < 0 ? r : kconfig_parse(all.v ? all.v : "", all.n, name, ret, advice);
}

static bool try_path(const struct root *root, const char *path, struct kconfig **ret)
{
	_text_ struct text all = { 0 };

	return !root_read(root, path, NODE_MOST, &all) && all.n &&
	       !kconfig_parse(all.v, all.n, path, ret, NULL);
}

int kconfig_of_root(const struct root *root, struct kconfig **ret)
{
	/*
	 * `config` is what Fedora and module trees call it; Android has only the first.
	 */
	static const char *const by_release[] = {
		"boot/config-",
		"usr/lib/modules/",
		"lib/modules/",
	};
	struct root_info info;
	bool found = try_path(root, "proc/config.gz", ret);

	root_info(root, &info);
	for (size_t i = 0; !found && i < ARRAY_SIZE(by_release); i++) {
		_cleanup_(freep) char *path = NULL;

		/* The release comes out of the tree: it must not lead anywhere else. */
		if (!info.kernel.n || memchr(info.kernel.v, '/', info.kernel.n))
			break;
		path = mem_printf("%s%s%s", by_release[i], info.kernel.v,
				  i ? "/config" : "");
		found = try_path(root, path, ret);
	}
	root_info_fini(&info);
	return found ? 0 : -ENOENT;
}

static const struct option *find(const struct kconfig *config, const char *option)
{
	size_t low = 0, high = config->options.n;

	if (!strncmp(option, "CONFIG_", 7))
		option += 7;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct option *at = &config->options.v[middle];

		if (strcmp(config->names.v + at->name, option) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == config->options.n ||
	    strcmp(config->names.v + config->options.v[low].name, option))
		return NULL;
	return &config->options.v[low];
}

const char *kconfig_value(const struct kconfig *config, const char *option)
{
	const struct option *at = config ? find(config, option) : NULL;

	return at && at->value ? config->names.v + at->value : NULL;
}

enum kconfig_state kconfig_get(const struct kconfig *config, const char *option)
{
	const struct option *at = config ? find(config, option) : NULL;

	if (!at)
		return config && config->is_complete ? KCONFIG_MISSING : KCONFIG_UNKNOWN;
	if (!at->value)
		return KCONFIG_NO;
	return strcmp(config->names.v + at->value, "m") ? KCONFIG_YES : KCONFIG_MODULE;
}

bool kconfig_is_complete(const struct kconfig *config)
{
	return config && config->is_complete;
}

const char *kconfig_version(const struct kconfig *config)
{
	return config ? config->version : NULL;
}

const char *kconfig_origin(const struct kconfig *config)
{
	return config ? config->origin : NULL;
}

size_t kconfig_count(const struct kconfig *config)
{
	return config ? config->options.n : 0;
}
