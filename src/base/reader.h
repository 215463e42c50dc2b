/* SPDX-License-Identifier: MIT */
/*
 * Lines out of a descriptor or a block of memory, streaming: a file of any size is read
 * in constant memory. A kernel node stays open from the first to the last byte, so that
 * all its pieces belong to one moment (seq_file renders once per open).
 */
#ifndef BASE_READER_H
#define BASE_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"

/* A line longer than this is delivered cut, the rest of it dropped. */
#define READER_LINE_LIMIT ((size_t)1 << 20)

struct line {
	const char *text; /* without line end; valid until the next reader_next() */
	size_t len;
	uint64_t number; /* from 1 */
	bool is_cut;	 /* longer than READER_LINE_LIMIT */
	bool has_end;	 /* a newline followed; false only for a last line without one */
};

struct reader {
	int fd;	   /* owned; -1 when reading from memory */
	char *buf; /* owned, NULL when reading from memory */
	size_t cap;
	const char *at, *end; /* what is left of the block in hand */
	uint64_t number;
	bool at_eof;
	int end_error; /* what the end comes to: 0, or -errno of a text that was
			* captured up to an error */
	bool skipping; /* the line before was cut, its rest is still to be dropped */
};

/* Takes the descriptor. `block` is the read size in bytes, 0 for the default. */
void reader_init_fd(struct reader *r, int fd, size_t block);
/* The memory is borrowed. */
void reader_init_mem(struct reader *r, const char *bytes, size_t len);
void reader_fini(struct reader *r);

/* 1 and a line, 0 at the end, -errno when reading fails. A CR before the newline goes. */
int reader_next(struct reader *r, struct line *ret) _must_check_;

/*
 * For input that is not lines. A reader is read one way or the other, not both in turn.
 */

/* What comes next, not consumed: up to `want` (at most READER_LINE_LIMIT) bytes and maybe
 * more, fewer only at the end. 0 or -errno. */
int reader_peek(struct reader *r, size_t want, const char **ret,
		size_t *ret_len) _must_check_;

/* 1 and the next bytes, at least one, valid until the next call; 0 at the end, -errno. */
int reader_block(struct reader *r, const char **ret, size_t *ret_len) _must_check_;

#endif
