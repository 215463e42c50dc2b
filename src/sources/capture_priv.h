/* SPDX-License-Identifier: MIT */
/* What the parts of capture.c share. Only capture*.c include this. */
#ifndef SOURCES_CAPTURE_PRIV_H
#define SOURCES_CAPTURE_PRIV_H

#include "base/capture_frame.h"
#include "sources/capture.h"
#include "sources/mappings.h"

struct capture {
	const struct capture_request *req;
	const struct root *root;
	struct capture_result *result;
	struct capture_frame frame;
	struct pids pids;	       /* all there are */
	VEC(uint32_t) named;	       /* those that a name may speak of: `1234-` */
	VEC(uint32_t) described;       /* those whose stat is written */
	VEC(struct device_id) devices; /* of ordinary files, one line each is written */
	bool has_device;	       /* the dma-buf file system's is written */
	bool has_page;		       /* the size of a page is written */
};

/* One node as it is; nothing when it is not there. What cannot be read is recorded. */
void capture_node(struct capture *c, const char *path);
/* A node whose text is at hand; `error` as reading it came to. */
void capture_put(struct capture *c, const char *path, struct span text, int error);
/* Records that a node or directory could not be read, and counts it. */
void capture_refused(struct capture *c, const char *path, int error);

/* Remember each process id that begins a name in this text. */
void capture_note_names(struct capture *c, const char *text, size_t len);

/* All processes: capture_process.c. */
void capture_processes(struct capture *c);

/*
 * Redaction: capture_redact.c. A pseudonym is as long as the name, begins alike where
 * names begin alike and differs where they differ; the process id in front of it stays.
 */
enum redact_kind {
	REDACT_NOTHING,
	REDACT_ROWS, /* dev, sgt */
	REDACT_BUFINFO,
	REDACT_HEAP,	/* rk_dma_heap: `Alloc by (NAME)` */
	REDACT_CLIENTS, /* ION */
	REDACT_VERSION, /* who built the kernel, and where */
	REDACT_CMDLINE,
	REDACT_LEAVE_OUT, /* names in a text of unknown shape */
};
enum redact_kind redact_kind_of(const char *path);
/* All of these change the text in place; no byte is added or lost. */
void redact_node(enum redact_kind kind, char *text, size_t len);
void redact_name(char *name, size_t len);
/* A whole fdinfo, a link's text or a path of maps, proc/PID/stat. */
void redact_fdinfo(char *text, size_t len);
void redact_path(char *path, size_t len);
void redact_stat(char *text, size_t len);

#endif
