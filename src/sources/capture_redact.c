/* SPDX-License-Identifier: MIT */
/*
 * Pseudonyms in a capture. Names of buffers and tasks become others of the same length;
 * where two begin alike their pseudonyms do, where they differ the pseudonyms differ. So
 * every column stays where it is, a name that one node cuts at 16 characters still fits
 * the whole one of another, and the captures of one board can be compared. They keep
 * names from being read, not from being tried: who knows a name can see whether it was
 * there.
 */
#include "sources/capture_priv.h"
#include "sources/fdinfo.h"

/* Letter for letter and digit for digit, shifted by what came before. */
static char hide(uint64_t *state, char c)
{
	unsigned char byte = (unsigned char)c, first, many;
	uint64_t mix = *state ^ *state >> 29;

	*state = (*state ^ byte) * 0x100000001b3u + 0x9e37;
	mix = mix * 0xbf58476d1ce4e5b9u >> 33;
	if (byte >= 'a' && byte <= 'z')
		first = 'a', many = 26;
	else if (byte >= 'A' && byte <= 'Z')
		first = 'A', many = 26;
	else if (byte >= '0' && byte <= '9')
		first = '0', many = 10;
	else if (byte >= 0x80 && byte <= 0xbf)
		first = 0x80,
		many = 64; /* what follows the first byte of a UTF-8 sequence */
	else
		return c;
	return (char)(first + (byte - first + mix) % many);
}

static bool is_no_name(struct span name)
{
	return span_is(name, "(null)") || span_is(name, "<none>") ||
	       span_is(name, "NULL");
}

void redact_name(char *name, size_t len)
{
	struct scan s = scan_text(name, len);
	uint64_t pid, state = 0xcbf29ce484222325u;

	scan_blanks(&s);
	if (is_no_name(scan_rest(&(struct scan){ s.at, s.end })))
		return;
	if (scan_dec(&s, &pid) && !scan_word(&s, "-"))
		s = scan_text(name, len);
	for (size_t i = (size_t)(s.at - name); i < len; i++) {
		/* As proc/PID/stat and maps write a newline. */
		if (name[i] == '\\' && len - i > 1 && name[i + 1] == 'n') {
			hide(&state, '\n');
			i++;
		} else if (len - i > 3 && !memcmp(name + i, "\\012", 4)) {
			hide(&state, '\n');
			i += 3;
		} else {
			name[i] = hide(&state, name[i]);
		}
	}
}

/* Qualcomm's ION put the client into the exporter's name: ion-HEAP-PID-TASK. */
static void redact_exporter(char *name, size_t len)
{
	if (len < 4 || memcmp(name, "ion-", 4))
		return;
	for (size_t i = 4; i + 1 < len; i++) {
		struct scan s = scan_text(name + i, len - i);
		uint64_t pid;

		if (name[i - 1] == '-' && scan_dec(&s, &pid) && scan_word(&s, "-")) {
			redact_name(name + (s.at - name), scan_left(&s));
			return;
		}
	}
}

static char *line_end(char *at, char *end)
{
	char *nl = memchr(at, '\n', (size_t)(end - at));

	return nl ? nl : end;
}

void redact_fdinfo(char *text, size_t len)
{
	static const char client[] = "drm-client-name:";
	struct fdinfo info;

	fdinfo_parse(&info, text, len);
	if (info.is_dmabuf) {
		if (info.name.at)
			redact_name(text + (info.name.at - text), info.name.len);
		redact_exporter(text + (info.exporter.at - text), info.exporter.len);
		return;
	}
	for (char *at = text; at < text + len; at = line_end(at, text + len) + 1) {
		char *stop = line_end(at, text + len);

		if (span_starts((struct span){ at, (size_t)(stop - at) }, client)) {
			at += sizeof(client) - 1;
			redact_name(at, (size_t)(stop - at));
		}
	}
}

void redact_path(char *path, size_t len)
{
	static const char prefix[] = "/dmabuf:";
	size_t n = sizeof(prefix) - 1;

	if (len > n && !memcmp(path, prefix, n))
		redact_name(path + n, len - n);
}

void redact_stat(char *text, size_t len)
{
	const char *open = memchr(text, '(', len), *close = memrchr(text, ')', len);

	if (open && close && close > open)
		redact_name(text + (open + 1 - text), (size_t)(close - open) - 1);
}

/* Rows of dev and sgt: pointer, blank, 16 bytes of name whatever they are. */
static void redact_rows(char *at, char *end)
{
	while (at < end) {
		struct scan s = scan_text(at, (size_t)(end - at));
		uint64_t pointer;
		size_t width;

		if (!scan_hex(&s, 16, 16, &pointer))
			scan_hex(&s, 8, 8, &pointer);
		width = (size_t)(s.at - at);
		if (width && scan_word(&s, " ")) {
			at += width + 1;
			width = MIN((size_t)16, (size_t)(end - at));
			redact_name(at, width);
			at += width;
		}
		at = line_end(at, end);
		at += at < end;
	}
}

/* size TAB flags TAB mode TAB count TAB exporter TAB …: at the exporter, NULL: no row. */
static char *bufinfo_exporter(char *at, char *stop)
{
	struct scan s = scan_text(at, (size_t)(stop - at));
	uint64_t number;

	if (!scan_dec(&s, &number) || !scan_blanks(&s))
		return NULL;
	for (unsigned i = 0; i < 3; i++)
		if (!scan_hex(&s, 1, 16, &number) || !scan_blanks(&s))
			return NULL;
	return at + (s.at - at);
}

/* Behind a row, until its devices, comes what a newline in the name has broken off. */
static bool is_behind_name(const char *at, const char *stop)
{
	struct span line = { at, (size_t)(stop - at) };

	return span_starts(line, "\tAttached Devices:") ||
	       (line.len && *at == '\t' && span_find(line, "fence:")) ||
	       span_starts(line, "Total ");
}

static void redact_bufinfo(char *at, char *end)
{
	bool in_name = false;

	while (at < end) {
		char *stop = line_end(at, end), *field = bufinfo_exporter(at, stop);

		if (is_behind_name(at, stop)) {
			in_name = false;
		} else if (!field && in_name) {
			redact_name(at, (size_t)(stop - at));
		} else if (field) {
			char *tab = memchr(field, '\t', (size_t)(stop - field));

			redact_exporter(field, (size_t)((tab ? tab : stop) - field));
			while ((field = tab)) {
				uint64_t ino;
				size_t len;

				field++;
				tab = memchr(field, '\t', (size_t)(stop - field));
				len = (size_t)((tab ? tab : stop) - field);
				if (!scan_only_dec(field, len, &ino))
					redact_name(field, len);
			}
			in_name = true;
		}
		at = stop + 1;
	}
}

/* `Alloc by (NAME)` and then a TAB. */
static void redact_heap(char *at, char *end)
{
	static const char label[] = "Alloc by (";

	for (;;) {
		const char *open =
			memmem(at, (size_t)(end - at), label, sizeof(label) - 1);
		const char *close;

		if (!open)
			return;
		at += open + sizeof(label) - 1 - at;
		close = memmem(at, (size_t)(end - at), ")\t", 2);
		if (!close)
			close = line_end(at, end);
		redact_name(at, (size_t)(close - at));
		at += close - at;
	}
}

/* ION: name, process id and size in columns; the heap's own lines begin with words. */
static void redact_clients(char *at, char *end)
{
	static const char *const own[] = { "client", "total",	  "deferred", "orphaned",
					   "-",	     "heap_name", "buffer",   "0",
					   "1",	     "2",	  "3",	      "4",
					   "5",	     "6",	  "7",	      "8",
					   "9" };

	while (at < end) {
		char *stop = line_end(at, end);
		struct scan s = scan_text(at, (size_t)(stop - at));
		bool keep = false;
		size_t len;

		scan_blanks(&s);
		for (size_t i = 0; i < ARRAY_SIZE(own); i++)
			keep |= span_starts((struct span){ s.at, scan_left(&s) }, own[i]);
		/* The columns behind the name: a blank, then nothing but numbers. */
		len = scan_left(&s);
		while (len && strchr(" 0123456789", s.at[len - 1]))
			len--;
		if (!keep && len < scan_left(&s))
			redact_name(at + (s.at - at), len);
		at = stop + 1;
	}
}

static void redact_version(char *at, size_t len)
{
	char *open = memchr(at, '(', len), *close;

	if (!open)
		return;
	close = memchr(open, ')', (size_t)(at + len - open));
	if (close)
		redact_name(open + 1, (size_t)(close - open) - 1);
}

/*
 * Serial numbers, addresses and passwords stand here; only what sizes memory is needed.
 */
static void redact_cmdline(char *at, char *end)
{
	static const char *const kept[] = {
		"cma=", "rk_dma_heap_cma=", "mem=", "coherent_pool=", "swiotlb=", "iommu."
	};

	while (at < end) {
		char *stop = at, *value;
		bool keep = false;

		while (stop < end && *stop != ' ' && *stop != '\n')
			stop++;
		for (size_t i = 0; i < ARRAY_SIZE(kept); i++)
			keep |= span_starts((struct span){ at, (size_t)(stop - at) },
					    kept[i]);
		value = memchr(at, '=', (size_t)(stop - at));
		if (value && !keep)
			memset(value + 1, 'x', (size_t)(stop - value) - 1);
		at = stop + 1;
	}
}

enum redact_kind redact_kind_of(const char *path)
{
	static const struct {
		const char *prefix;
		enum redact_kind kind;
	} kinds[] = {
		{ "proc/rk_dmabuf/dev", REDACT_ROWS },
		{ "proc/rk_dmabuf/sgt", REDACT_ROWS },
		{ "sys/kernel/debug/dma_buf/bufinfo", REDACT_BUFINFO },
		{ "proc/rk_dma_heap/alloc_bitmap", REDACT_NOTHING },
		{ "proc/rk_dma_heap/", REDACT_HEAP },
		{ "sys/kernel/debug/rk_dma_heap/", REDACT_HEAP },
		{ "sys/kernel/debug/ion/", REDACT_CLIENTS },
		{ "proc/version", REDACT_VERSION },
		{ "proc/cmdline", REDACT_CMDLINE },
		{ "proc/mounts", REDACT_LEAVE_OUT },
		{ "proc/process_dmabuf_info", REDACT_LEAVE_OUT },
		{ "proc/ion_process_info", REDACT_LEAVE_OUT },
		{ "proc/dma_heap/", REDACT_LEAVE_OUT },
		{ "sys/kernel/debug/dma_buf/process_bufinfo", REDACT_LEAVE_OUT },
		{ "sys/kernel/debug/vivo_dma_buf/", REDACT_LEAVE_OUT },
	};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!strncmp(path, kinds[i].prefix, strlen(kinds[i].prefix)))
			return kinds[i].kind;
	return REDACT_NOTHING;
}

void redact_node(enum redact_kind kind, char *text, size_t len)
{
	switch (kind) {
	case REDACT_ROWS:
		redact_rows(text, text + len);
		break;
	case REDACT_BUFINFO:
		redact_bufinfo(text, text + len);
		break;
	case REDACT_HEAP:
		redact_heap(text, text + len);
		break;
	case REDACT_CLIENTS:
		redact_clients(text, text + len);
		break;
	case REDACT_VERSION:
		redact_version(text, len);
		break;
	case REDACT_CMDLINE:
		redact_cmdline(text, text + len);
		break;
	case REDACT_NOTHING:
	case REDACT_LEAVE_OUT:
		break;
	}
}
