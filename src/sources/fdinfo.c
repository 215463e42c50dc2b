/* SPDX-License-Identifier: MIT */
/*
 * /proc/PID/fdinfo/FD of a dma-buf: size, count, exporter and name since Linux 5.3;
 * `ino:` since 5.14 (3845f256a8b5). Opening needs ptrace-read permission since 5.14. The
 * live scan is in holders.c; here is the text, and blocks of it in saved logs.
 */
#include "sources/fdinfo.h"

void fdinfo_init(struct fdinfo *info)
{
	*info = (struct fdinfo){ .ino = ABSENT64,
				 .mnt_id = ABSENT64,
				 .size_bytes = ABSENT64,
				 .count = ABSENT64 };
}

static bool set_once(uint64_t *field, struct span value)
{
	uint64_t number;

	if (*field == ABSENT64 && scan_only_dec(value.at, value.len, &number))
		*field = number;
	return true;
}

/* `key:` and what follows behind blanks. */
static bool split_key(struct span line, struct span *key, struct span *value)
{
	const char *colon = memchr(line.at, ':', line.len);

	if (!colon)
		return false;
	*key = (struct span){ line.at, (size_t)(colon - line.at) };
	*value = span_trim((struct span){ colon + 1, line.len - key->len - 1 });
	return true;
}

static bool generic_key(struct fdinfo *info, struct span key, struct span value)
{
	if (span_is(key, "ino"))
		return info->in_own || set_once(&info->ino, value);
	if (span_is(key, "mnt_id"))
		return info->in_own || set_once(&info->mnt_id, value);
	return span_is(key, "pos") || span_is(key, "flags");
}

static bool own_key(struct fdinfo *info, struct span key, struct span value)
{
	if (span_is(key, "size")) {
		info->in_own = true;
		return set_once(&info->size_bytes, value);
	}
	if (span_is(key, "count"))
		return set_once(&info->count, value);
	if (span_is(key, "exp_name")) {
		if (!info->is_dmabuf)
			info->exporter = value;
		info->is_dmabuf = info->in_own = true;
		return true;
	}
	return false;
}

bool fdinfo_line(struct fdinfo *info, struct span line)
{
	struct span key, value;

	if (info->in_name) {
		info->name.len = (size_t)(line.at + line.len - info->name.at);
		return true;
	}
	if (!split_key(line, &key, &value))
		return false;
	if (info->is_dmabuf && span_is(key, "name")) {
		/* One tab behind the colon is the kernel's, the rest is the name's. */
		info->name =
			(struct span){ key.at + key.len + 1, line.len - key.len - 1 };
		if (info->name.len && (*info->name.at == '\t' || *info->name.at == ' '))
			info->name.at++, info->name.len--;
		info->in_name = true;
		return true;
	}
	return generic_key(info, key, value) || own_key(info, key, value);
}

void fdinfo_parse(struct fdinfo *info, const char *text, size_t len)
{
	fdinfo_init(info);
	while (len) {
		const char *nl = memchr(text, '\n', len);
		size_t n = nl ? (size_t)(nl - text) : len;

		fdinfo_line(info, (struct span){ text, n });
		n += nl != NULL;
		text += n;
		len -= n;
	}
}

struct buffer *fdinfo_buffer(struct snapshot *snap, const struct fdinfo *info)
{
	struct buffer *buf;

	if (info->ino == ABSENT64)
		return NULL;
	buf = snapshot_need_ino(snap, info->ino, SRC_FDINFO);
	if (info->size_bytes != ABSENT64) {
		buf->size_bytes = info->size_bytes;
		buf->size_is_exact = true;
	}
	if (info->count < ABSENT32 && buf->refs == ABSENT32)
		buf->refs = (uint32_t)info->count;
	if (!buf->exporter && info->exporter.at)
		buf->exporter = strings_add(&snap->strings, info->exporter.at,
					    info->exporter.len);
	if (info->name.at && (!buf->name || buf->name_is_cut))
		snapshot_set_name(snap, buf, info->name, 0);
	return buf;
}

/* A block in a saved log: copied, since its lines do not outlive the reader. */
struct state {
	struct text block;
	bool has_name;
};

static bool opens(struct span line)
{
	struct scan s = scan_text(line.at, line.len);
	uint64_t pos;

	if (!scan_word(&s, "pos:") || !scan_blanks(&s) || !scan_dec(&s, &pos))
		return false;
	return !scan_rest(&s).len;
}

static enum line_result take_line(struct parse *p, const struct line *line)
{
	struct span text = { line->text, line->len };
	struct state *st = p->state;
	struct fdinfo probe;

	if (st->block.n && opens(text))
		return LINE_FOREIGN; /* the next block begins */
	fdinfo_init(&probe);
	probe.is_dmabuf = true;
	/*
	 * Behind the name, only what still looks like a key is taken for a piece of it.
	 */
	if (!fdinfo_line(&probe, text))
		return LINE_FOREIGN;
	text_add(&st->block, line->text, line->len);
	text_addc(&st->block, '\n');
	return LINE_TAKEN;
}

static void end(struct parse *p)
{
	struct state *st = p->state;
	struct fdinfo info;
	struct buffer *buf;

	fdinfo_parse(&info, st->block.v, st->block.n);
	if (info.is_dmabuf) {
		buf = fdinfo_buffer(p->snap, &info);
		if (!buf) {
			/*
			 * No inode: one of these may be another's twin; join.c decides.
			 */
			buf = snapshot_add_buffer(p->snap, SRC_FDINFO);
			buf->size_bytes = info.size_bytes;
			buf->size_is_exact = info.size_bytes != ABSENT64;
			buf->exporter = parse_str(p, info.exporter);
			if (info.name.at)
				snapshot_set_name(p->snap, buf, info.name, 0);
		}
		p->records++;
	}
	text_fini(&st->block);
}

static const struct node_format format = {
	.source = SRC_FDINFO,
	.repeats = true,
	.state_size = sizeof(struct state),
	.opens = opens,
	.line = take_line,
	.end = end,
};

const struct source source_fdinfo = {
	.id = SRC_FDINFO,
	.summary = "which processes hold which buffers through descriptors",
	.paths = { "proc/*/fdinfo" },
	.format = &format,
	.needs_root = true,
	.remedy =
		"run as root, or give the tool CAP_SYS_PTRACE, to see other users' processes",
};
