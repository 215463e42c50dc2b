/* SPDX-License-Identifier: MIT */
/* The buffer, the name and the devices of one block of dma_buf/bufinfo. */
#include "sources/bufinfo_block.h"

/* The kernel keeps 31 bytes set by a process, 32 set by a driver. */
#define NAME_MOST 32

void block_fini(struct bufinfo_block *block)
{
	text_fini(&block->name);
	vec_free(&block->again);
}

static struct buffer *block_buffer(const struct parse *p,
				   const struct bufinfo_block *block)
{
	return block->buffer == ABSENT32 ? NULL : &p->snap->buffers.v[block->buffer];
}

/* The list of devices is not complete: what another source knew stands again. */
static void forget_devices(struct parse *p, struct bufinfo_block *block)
{
	struct buffer *buf = block_buffer(p, block);

	if (!buf)
		return;
	buf->has_attachments = block->had_attachments;
	buf->attachments = block->old_attachments;
	buf->n_attachments = block->n_old_attachments;
}

void block_cut(struct parse *p, struct bufinfo_block *block)
{
	if (block->in == BUFINFO_NO_BLOCK)
		return;
	if (block->in == BUFINFO_IN_DEVICES)
		forget_devices(p, block);
	if (block->buffer != ABSENT32)
		block->n_cut++;
	block->in = BUFINFO_NO_BLOCK;
}

static bool same_facts(const struct parse *p, const struct buffer *buf,
		       const struct bufinfo_row *row, bool has_name)
{
	const struct strings *pool = &p->snap->strings;
	size_t len = strings_len(pool, buf->name);
	const char *name = strings_get(pool, buf->name);

	if (buf->size_bytes != row->size_bytes || buf->refs != row->refs ||
	    buf->flags != row->flags || buf->mode != row->mode ||
	    strings_find(pool, row->exporter.at, row->exporter.len) != buf->exporter)
		return false;
	if (!has_name)
		return !name || *name == '\n';
	/* Of a name with a newline the row in hand has the first line only. */
	return name && len >= row->name.len &&
	       !memcmp(name, row->name.at, row->name.len) &&
	       (len == row->name.len || name[row->name.len] == '\n');
}

/* Repeated inode numbers are rare; looking far back for them must not become slow. */
#define AGAIN_BACK 256

/* Has this very row been read already? */
static bool is_listed(const struct parse *p, const struct bufinfo_block *block,
		      const struct buffer *first, const struct bufinfo_row *row,
		      bool has_name)
{
	if (first->sources & 1u << SRC_BUFINFO && same_facts(p, first, row, has_name))
		return true;
	for (size_t i = block->again.n, back = 0; i-- > 0 && back < AGAIN_BACK; back++) {
		const struct buffer *buf = &p->snap->buffers.v[block->again.v[i]];

		if (buf->ino == row->ino && buf->sources & 1u << SRC_BUFINFO &&
		    same_facts(p, buf, row, has_name))
			return true;
	}
	return false;
}

/*
 * Can nobody have this inode number yet? From 5.19 on they fall from row to row, which
 * spares a look at the index for each.
 */
static bool is_unseen(const struct parse *p, struct bufinfo_block *block, uint64_t ino)
{
	bool is_lower = !block->was_asked || ino < block->lowest_ino;

	if (!block->was_asked)
		vec_each(&p->snap->buffers, it)
			block->are_known |= it->ino != ABSENT64;
	block->was_asked = true;
	if (is_lower)
		block->lowest_ino = ino;
	return is_lower && !block->are_known;
}

/*
 * The buffer of a row: the one another source made, or a new one. Before 5.19 inode
 * numbers can repeat, so the same number with other facts is another buffer. NULL: listed
 * twice.
 */
static struct buffer *find_buffer(struct parse *p, struct bufinfo_block *block,
				  const struct bufinfo_row *row, bool has_name)
{
	struct buffer *buf = NULL;

	if (row->ino != ABSENT64 && !is_unseen(p, block, row->ino))
		buf = snapshot_by_ino(p->snap, row->ino);
	if (buf && is_listed(p, block, buf, row, has_name))
		return NULL;
	if (buf && !(buf->sources & 1u << SRC_BUFINFO) &&
	    (buf->size_bytes == ABSENT64 || buf->size_bytes == row->size_bytes ||
	     !buf->size_is_exact)) {
		buf->sources |= 1u << SRC_BUFINFO;
		return buf;
	}
	if (buf) {
		*vec_add(&block->again) = snapshot_index(p->snap, buf);
		*vec_add(&block->again) = (uint32_t)p->snap->buffers.n;
	}
	buf = snapshot_add_buffer(p->snap, SRC_BUFINFO);
	buf->ino = row->ino;
	return buf;
}

void block_lost(struct bufinfo_block *block)
{
	block->in = BUFINFO_IN_NAME;
	block->buffer = ABSENT32;
	block->n_raw = block->name_end = 0;
	block->is_raw_over = block->is_name_over = block->fence_is_open = false;
}

static void start(struct bufinfo_block *block, const struct line *line,
		  const struct bufinfo_row *row)
{
	block_lost(block);
	block->row_ends_in_tab = line->text[line->len - 1] == '\t';
	block->name_is_done = row->columns == BUFINFO_PLAIN ||
			      row->columns == BUFINFO_QCOM_INO;
	text_clear(&block->name);
	text_add(&block->name, row->name.at, row->name.len);
}

/* Most often the same as that of the buffer before. */
static uint32_t exporter_of(struct parse *p, const struct bufinfo_block *block,
			    struct span text)
{
	const struct strings *pool = &p->snap->strings;

	if (block->exporter && strings_len(pool, block->exporter) == text.len &&
	    !memcmp(strings_get(pool, block->exporter), text.at, text.len))
		return block->exporter;
	return parse_str(p, text);
}

enum line_result block_row(struct parse *p, struct bufinfo_block *block,
			   const struct line *line, const struct bufinfo_row *row)
{
	bool has_name = row->name.len;
	struct buffer *buf;

	block_cut(p, block);
	start(block, line, row);
	if (row->refs >= ABSENT32)
		return parse_damaged(p, line, line->text, "count %llu is out of range",
				     (unsigned long long)row->refs);
	buf = find_buffer(p, block, row, has_name);
	if (!buf)
		return parse_damaged(p, line, line->text, "buffer %llu is listed twice",
				     (unsigned long long)row->ino);
	buf->order = block->order++;
	buf->size_bytes = row->size_bytes;
	buf->size_is_exact = true;
	buf->refs = (uint32_t)row->refs;
	buf->flags = (uint32_t)row->flags;
	buf->mode = (uint32_t)row->mode;
	buf->exporter = block->exporter = exporter_of(p, block, row->exporter);
	if (has_name) {
		snapshot_set_name(p->snap, buf, row->name, 0);
		if (!line->has_end)
			buf->name_is_cut = buf->task_is_cut = true;
	}
	block->buffer = snapshot_index(p->snap, buf);
	block->had_attachments = buf->has_attachments;
	block->old_attachments = buf->attachments;
	block->n_old_attachments = buf->n_attachments;
	p->records++;
	return LINE_TAKEN;
}

/* A name's length as the kernel had it: a paste made each tab up to eight blanks. */
static size_t weight(const struct parse *p, const char *at, size_t len)
{
	size_t n = 0;

	if (p->is_exact)
		return len;
	for (size_t i = 0; i < len; i++)
		n += at[i] != ' ' || !i || at[i - 1] != ' ';
	return n;
}

static size_t name_weight(const struct parse *p, const struct bufinfo_block *block,
			  size_t n_raw)
{
	return weight(p, block->name.v, block->name.n) + weight(p, block->raw, n_raw);
}

bool block_fits(const struct parse *p, const struct bufinfo_block *block,
		struct span more)
{
	return !block->name_is_done && block->buffer != ABSENT32 && !block->is_raw_over &&
	       block->n_raw + 1 + more.len <= sizeof(block->raw) &&
	       name_weight(p, block, block->n_raw) + 1 + weight(p, more.at, more.len) <=
		       NAME_MOST;
}

void block_keep(struct bufinfo_block *block, struct span text, bool is_name)
{
	if (block->is_raw_over || block->n_raw + 1 + text.len > sizeof(block->raw)) {
		block->is_raw_over = true;
		block->is_name_over |= is_name;
		return;
	}
	block->raw[block->n_raw++] = '\n';
	memcpy(block->raw + block->n_raw, text.at, text.len);
	block->n_raw += text.len;
	if (is_name)
		block->name_end = block->n_raw;
}

/*
 * A list of devices begins, so what stood before it, fences left out, belongs to the
 * name.
 */
static enum line_result extend_name(struct parse *p, struct bufinfo_block *block,
				    const struct line *line)
{
	_text_ struct text name = { 0 };
	const char *more = block->raw;
	size_t n = block->name_end;

	if (block->is_name_over || block->name_is_done ||
	    name_weight(p, block, n) > NAME_MOST) {
		forget_devices(p, block);
		block->buffer = ABSENT32;
		return parse_damaged(p, line, line->text, "a second list of devices");
	}
	/* Folded right before the name, rather than a name that begins with a newline. */
	if (!p->is_exact && !block->name.n && !block->row_ends_in_tab) {
		while (n && (*more == '\n' || *more == ' '))
			more++, n--;
		if (!n)
			return LINE_TAKEN;
	}
	text_add(&name, block->name.v, block->name.n);
	text_add(&name, more, n);
	snapshot_set_name(p->snap, block_buffer(p, block),
			  (struct span){ name.v, name.n }, 0);
	return LINE_TAKEN;
}

enum line_result block_devices(struct parse *p, struct bufinfo_block *block,
			       const struct line *line)
{
	enum line_result r = LINE_TAKEN;

	if (block->in == BUFINFO_NO_BLOCK) {
		block_lost(block);
		r = parse_damaged(p, line, line->text,
				  "devices of a buffer whose row is missing");
	} else if (block->name_end && block->buffer != ABSENT32) {
		r = extend_name(p, block, line);
	}
	block->in = BUFINFO_IN_DEVICES;
	block->n_devices = 0;
	if (block->buffer != ABSENT32)
		snapshot_attach_none(p->snap, block_buffer(p, block));
	block_keep(block, (struct span){ line->text, line->len }, true);
	return r;
}

enum line_result block_device(struct parse *p, struct bufinfo_block *block,
			      const struct line *line, struct span device)
{
	if (block->buffer != ABSENT32)
		snapshot_attach(p->snap, block_buffer(p, block), parse_str(p, device));
	block->n_devices++;
	block_keep(block, (struct span){ line->text, line->len }, true);
	return LINE_TAKEN;
}

enum line_result block_total(struct parse *p, struct bufinfo_block *block,
			     const struct line *line, uint64_t n)
{
	block->in = BUFINFO_NO_BLOCK;
	if (block->buffer == ABSENT32 || n == block->n_devices)
		return LINE_TAKEN;
	forget_devices(p, block);
	return parse_damaged(
		p, line, line->text,
		"%u devices were listed, the block ends with %llu: not known",
		block->n_devices, (unsigned long long)n);
}
