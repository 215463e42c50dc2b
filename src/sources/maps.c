/* SPDX-License-Identifier: MIT */
/*
 * /proc/PID/maps: a mapping keeps a buffer alive with no descriptor open. The live scan
 * is in holders.c, which also decides whether a file called /dmabuf… is one.
 */
#include "sources/maps.h"

bool maps_parse(struct span line, struct mapping *ret)
{
	struct scan s = scan_text(line.at, line.len);
	uint64_t major, minor;

	if (!scan_hex(&s, 1, 16, &ret->start) || !scan_word(&s, "-") ||
	    !scan_hex(&s, 1, 16, &ret->end) || ret->end <= ret->start || !scan_blanks(&s))
		return false;
	if (scan_token(&s).len != 4 || !scan_blanks(&s) ||
	    !scan_hex(&s, 1, 16, &ret->offset) || !scan_blanks(&s))
		return false;
	if (!scan_hex(&s, 1, 8, &major) || !scan_word(&s, ":") ||
	    !scan_hex(&s, 1, 8, &minor) || !scan_blanks(&s) || !scan_dec(&s, &ret->ino))
		return false;
	ret->dev_major = (uint32_t)major;
	ret->dev_minor = (uint32_t)minor;
	scan_blanks(&s);
	ret->path = (struct span){ s.at, scan_left(&s) };
	return true;
}

bool maps_shares_inode(struct span path)
{
	return span_starts(path, "anon_inode:dmabuf");
}

bool maps_looks_like_dmabuf(struct span path)
{
	return span_starts(path, "/dmabuf:") || maps_shares_inode(path);
}

static bool opens(struct span line)
{
	struct mapping m;

	return maps_parse(line, &m) && maps_looks_like_dmabuf(m.path);
}

static enum line_result take_line(struct parse *p, const struct line *line)
{
	struct mapping m;
	struct buffer *buf;
	uint64_t least;

	if (!maps_parse((struct span){ line->text, line->len }, &m))
		return LINE_FOREIGN;
	if (!maps_looks_like_dmabuf(m.path) || maps_shares_inode(m.path) || m.dev_major)
		return LINE_TAKEN;
	buf = snapshot_need_ino(p->snap, m.ino, SRC_MAPS);
	least = sum_or_absent(m.offset, m.end - m.start);
	if (!buf->size_is_exact && least != ABSENT64 &&
	    (buf->size_bytes == ABSENT64 || buf->size_bytes < least))
		buf->size_bytes = least;
	p->records++;
	return LINE_TAKEN;
}

static const struct node_format format = {
	.source = SRC_MAPS,
	.repeats = true,
	.opens = opens,
	.line = take_line,
};

const struct source source_maps = {
	.id = SRC_MAPS,
	.summary = "which processes hold which buffers through mappings",
	.paths = { "proc/*/maps" },
	.format = &format,
	.needs_root = true,
	.remedy =
		"run as root, or give the tool CAP_SYS_PTRACE, to see other users' processes",
};
