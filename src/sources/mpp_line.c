/* SPDX-License-Identifier: MIT */
/* Reading the lines of sessions-summary one by one (formats.md 4.1, 4.2). */
#include "sources/mpp.h"

static void skip_gap(struct scan *s)
{
	while (s->at < s->end && (*s->at == ' ' || *s->at == '\t' || *s->at == '\n'))
		s->at++;
}

static bool at_end(struct scan *s)
{
	skip_gap(s);
	return scan_done(s);
}

/* An int that the kernel prints with %d: what is negative is none. */
static bool scan_id(struct scan *s, uint64_t *ret)
{
	return scan_dec(s, ret) && *ret <= INT32_MAX;
}

bool mpp_is_device(struct span name)
{
	struct scan s = scan_text(name.at, name.len);
	uint64_t address;

	if (!scan_hex(&s, 6, 16, &address) || !scan_word(&s, ".") || scan_done(&s))
		return false;
	for (; s.at < s.end; s.at++)
		if (!*s.at || !strchr("abcdefghijklmnopqrstuvwxyz0123456789-_", *s.at))
			return false;
	return true;
}

/* Behind the device's name: `Total: n KiB`. */
static bool scan_device_total(struct scan *s, uint64_t *bytes)
{
	uint64_t kib;

	skip_gap(s);
	if (!scan_word(s, "Total:"))
		return false;
	skip_gap(s);
	if (!scan_dec(s, &kib))
		return false;
	skip_gap(s);
	*bytes = product_or_absent(kib, 1024);
	return scan_word(s, "KiB") && at_end(s) && *bytes != ABSENT64;
}

static enum mpp_kind parse_device_first(struct span line, struct mpp_line *ret)
{
	struct scan s;

	ret->device.at = line.at;
	for (ret->device.len = 0; ret->device.len < line.len; ret->device.len++)
		if (memchr(" \t\n", line.at[ret->device.len], 3))
			break;
	if (!mpp_is_device(ret->device))
		return MPP_OTHER;
	s = scan_text(line.at + ret->device.len, line.len - ret->device.len);
	if (scan_device_total(&s, &ret->bytes))
		return MPP_DEVICE_TOTAL;
	return at_end(&s) ? MPP_DEVICE_ALONE : MPP_OTHER;
}

/* 108 of them; in saved text somebody may have cut them. */
static bool is_dashes(struct span line)
{
	for (size_t i = 0; i < line.len; i++)
		if (line.at[i] != '-')
			return false;
	return line.len >= 60;
}

static bool is_table(struct scan s)
{
	return scan_word(&s, "|") && (scan_blanks(&s), scan_word(&s, "session|")) &&
	       (scan_blanks(&s), scan_word(&s, "device|"));
}

enum mpp_kind mpp_line_parse(struct span line, struct mpp_line *ret)
{
	struct scan s;

	line = span_trim(line);
	s = scan_text(line.at, line.len);
	if (scan_word(&s, "session iova range dump:"))
		return scan_done(&s) ? MPP_TITLE : MPP_OTHER;
	if (scan_word(&s, "session: pid="))
		return scan_id(&s, &ret->pid) && scan_word(&s, " index=") &&
				       scan_id(&s, &ret->index) && scan_done(&s) ?
			       MPP_IDENTITY :
			       MPP_OTHER;
	if (scan_word(&s, "device: ")) {
		ret->device = span_trim((struct span){ s.at, scan_left(&s) });
		return ret->device.len ? MPP_DEVICE : MPP_OTHER;
	}
	if (scan_word(&s, "memory: ")) {
		if (!scan_dec(&s, &ret->bytes) || !scan_word(&s, " MiB") ||
		    !scan_done(&s))
			return MPP_OTHER;
		ret->bytes = product_or_absent(ret->bytes, (uint64_t)1 << 20);
		return ret->bytes == ABSENT64 ? MPP_OTHER : MPP_MEMORY;
	}
	if (is_dashes(line))
		return MPP_DASHES;
	if (is_table(s))
		return MPP_TABLE;
	return parse_device_first(line, ret);
}

bool mpp_cells_parse(struct span line, uint64_t *index, struct span *device)
{
	struct scan s = scan_text(line.at, line.len);
	const char *bar;

	scan_blanks(&s);
	if (!scan_word(&s, "|"))
		return false;
	scan_blanks(&s);
	if (!scan_id(&s, index) || !scan_word(&s, "|"))
		return false;
	bar = memchr(s.at, '|', scan_left(&s));
	if (!bar)
		return false;
	*device = span_trim((struct span){ s.at, (size_t)(bar - s.at) });
	return device->len;
}

unsigned mpp_count_bars(const struct line *line)
{
	unsigned n = 0;

	for (size_t i = 0; i < line->len; i++)
		n += line->text[i] == '|';
	return n;
}
