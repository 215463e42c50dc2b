/* SPDX-License-Identifier: MIT */
/* Streaming line reader. */
#include "base/reader.h"

#include <errno.h>

#include "base/mem.h"

/* Below the size from which malloc() maps: one reader a process is opened and closed. */
#define DEFAULT_BLOCK ((size_t)64 * 1024)

void reader_init_fd(struct reader *r, int fd, size_t block)
{
	*r = (struct reader){ .fd = fd, .cap = block ? block : DEFAULT_BLOCK };
	r->buf = mem_resize(NULL, r->cap, 1);
	r->at = r->end = r->buf;
}

void reader_init_mem(struct reader *r, const char *bytes, size_t len)
{
	*r = (struct reader){ .fd = -1, .at = bytes, .end = bytes + len, .at_eof = true };
}

void reader_fini(struct reader *r)
{
	closep(&r->fd);
	free(r->buf);
	*r = (struct reader){ .fd = -1 };
}

/* Read more behind what is in hand; keeps the unfinished line. 0 or -errno. */
static int fill(struct reader *r)
{
	size_t left = (size_t)(r->end - r->at);
	ssize_t n;

	if (left && r->at != r->buf)
		memmove(r->buf, r->at, left);
	if (left == r->cap) {
		r->cap = MIN(r->cap * 2, READER_LINE_LIMIT + 1);
		r->buf = mem_resize(r->buf, r->cap, 1);
	}
	r->at = r->buf;
	r->end = r->buf + left;
	do {
		n = read(r->fd, r->buf + left, r->cap - left);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	if (n == 0)
		r->at_eof = true;
	r->end += n;
	return 0;
}

/* Drop input up to and with the next newline. */
static int skip_line(struct reader *r)
{
	for (;;) {
		const char *nl = memchr(r->at, '\n', (size_t)(r->end - r->at));
		int error;

		if (nl) {
			r->at = nl + 1;
			return 0;
		}
		r->at = r->end;
		if (r->at_eof)
			return 0;
		error = fill(r);
		if (error < 0)
			return error;
	}
}

static int deliver(struct reader *r, struct line *ret, size_t len)
{
	*ret = (struct line){
		.text = r->at,
		.len = MIN(len, READER_LINE_LIMIT),
		.number = ++r->number,
		.is_cut = len > READER_LINE_LIMIT,
	};
	return 1;
}

int reader_next(struct reader *r, struct line *ret)
{
	size_t searched = 0;
	int error = 0;

	if (r->skipping) {
		error = skip_line(r);
		r->skipping = false;
	}
	while (!error) {
		size_t have = (size_t)(r->end - r->at);
		const char *nl = have > searched ?
					 memchr(r->at + searched, '\n', have - searched) :
					 NULL;

		if (nl) {
			deliver(r, ret, (size_t)(nl - r->at));
			ret->has_end = true;
			r->at = nl + 1;
			if (ret->len && ret->text[ret->len - 1] == '\r')
				ret->len--;
			return 1;
		}
		if (r->at_eof && !have)
			return r->end_error;
		if (have > READER_LINE_LIMIT) {
			/* The text stays in place until the next call, which drops the
			 * rest. */
			r->skipping = true;
			return deliver(r, ret, have);
		}
		if (r->at_eof) {
			deliver(r, ret, have);
			r->at = r->end;
			return 1;
		}
		searched = have;
		error = fill(r);
	}
	return error;
}

int reader_peek(struct reader *r, size_t want, const char **ret, size_t *ret_len)
{
	int error = 0;

	while (!error && !r->at_eof && (size_t)(r->end - r->at) < want)
		error = fill(r);
	*ret = r->at;
	*ret_len = (size_t)(r->end - r->at);
	return error;
}

int reader_block(struct reader *r, const char **ret, size_t *ret_len)
{
	int error = reader_peek(r, 1, ret, ret_len);

	if (error < 0)
		return error;
	r->at = r->end;
	return *ret_len ? 1 : r->end_error;
}
