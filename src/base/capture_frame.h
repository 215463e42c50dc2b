/* SPDX-License-Identifier: MIT */
/*
 * Writing capture files, the format of which is described in root_capture.c: the frame
 * around each node's bytes. Whatever the bytes are, a reader gets exactly them back.
 */
#ifndef BASE_CAPTURE_FRAME_H
#define BASE_CAPTURE_FRAME_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/mem.h"
#include "base/scan.h"

#define CAPTURE_VERSION 1

struct capture_frame {
	FILE *out;	  /* borrowed; its errors are for whoever owns it */
	struct text line; /* of the open node, not yet written */
	bool is_binary;	  /* the open node's bytes are written as base64 */
};

/* The file's first line. */
void capture_frame_init(struct capture_frame *f, FILE *out);
void capture_frame_fini(struct capture_frame *f);

/*
 * Can this name below the root stand in a capture? Not with control bytes or `..` in it.
 */
bool capture_frame_holds(struct span path);

/* A node opens; its name must be one that capture_frame_holds(). */
void capture_frame_begin(struct capture_frame *f, const char *path, bool is_binary);
void capture_frame_bytes(struct capture_frame *f, const char *bytes, size_t len);
/* 0: complete; -errno: what reading it came to, behind the bytes there were. */
void capture_frame_end(struct capture_frame *f, int error);
/* A directory that was there and could be listed. */
void capture_frame_directory(struct capture_frame *f, const char *path);
/* A symbolic link and its text. */
void capture_frame_link(struct capture_frame *f, const char *path, const char *text,
			size_t len);

/* Append one field of an fd.list: what would end it or is no text becomes an escape. */
void capture_escape(struct text *out, const char *bytes, size_t len);
void capture_unescape(struct text *out, struct span in);

/* What stands behind `<error`: a name, since numbers differ between architectures. */
int capture_error_number(struct span name);

#endif
