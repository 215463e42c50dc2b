/* SPDX-License-Identifier: MIT */
/*
 * The only door to files the user named: saved logs, snapshots, kernels, and everything
 * that is written. Each is opened with the caller's own powers and no others
 * (base/caps.h), so a program that was given capabilities shows nobody a file he could
 * not read himself.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/mem.h"
#include "base/reader.h"

enum file_kind {
	FILE_PLAIN,
	FILE_DIRECTORY,
	FILE_STREAM, /* a pipe, a device, or "-": can be read once, from front to back */
};

/* What a name stands for. -ENOENT, -EACCES, -ENOTDIR, … */
int file_kind(const char *name, enum file_kind *ret) _must_check_;

/*
 * Open for reading; "-" is standard input. The descriptor, never one of 0 to 2, or
 * -errno: -ENOENT missing, -EACCES not allowed, -EISDIR a directory, -EBADF no standard
 * input.
 */
int file_open(const char *name) _must_check_;

/* The same, for reading by lines. */
int file_reader(const char *name, struct reader *ret) _must_check_;

/*
 * The whole file, at most `limit` bytes (-EFBIG beyond). Replaces *ret, empty on failure.
 */
int file_read(const char *name, size_t limit, struct text *ret) _must_check_;

/* The same from an open descriptor, from where it stands to its end. */
int file_read_fd(int fd, size_t limit, struct text *ret) _must_check_;

/*
 * Open a plain file for reading and writing in place, made when it is missing: for a
 * recording, which only grows. -EINVAL when the name is something else than a plain file.
 */
int file_update(const char *name) _must_check_;

/*
 * A file that appears whole or not at all. It is written beside its target and takes its
 * name on commit, after it has reached the disk; until then, and for ever after an abort,
 * the old file is what is there. The old file's mode and owner are kept, a link to it
 * stays a link. A pipe or a device is written directly, and so is standard output.
 *
 *	_cleanup_(outfile_abort) struct outfile file = { 0 };
 *	int r = outfile_open(&file, name);
 *
 *	if (r < 0)
 *		return r;
 *	fprintf(file.out, ...);
 *	return outfile_commit(&file);
 *
 * Writing errors need no check in between: commit reports the first one, ferror(file.out)
 * knows of it. A closed pipe is one of them (-EPIPE) only where SIGPIPE is ignored. The
 * struct stays where it is while it is open: the stream points to it.
 */
struct outfile {
	FILE *out;    /* write here; NULL when not open */
	char *target; /* resolved name; NULL when written directly */
	char *temp;   /* name of the temporary file; NULL: it has none yet */
	char *buffer; /* the stream's */
	int fd;	      /* what `out` writes to */
	int dir;      /* folder of the target; -1 when written directly */
	int error;    /* -errno of the first write that failed */
	bool is_new;  /* there is no old file */
};

/* name NULL or "-": standard output. */
int outfile_open(struct outfile *o, const char *name) _must_check_;
int outfile_commit(struct outfile *o) _must_check_;
/* Nothing happens when it is not open or has been committed. */
void outfile_abort(struct outfile *o);

/* For tests: behave as on a file system that knows no files without a name. */
extern bool outfile_always_named;

#endif
