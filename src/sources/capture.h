/* SPDX-License-Identifier: MIT */
/*
 * Copying what the sources read into a capture file (base/root_capture.c has the format),
 * so that it can be read elsewhere as if it were the machine itself.
 */
#ifndef SOURCES_CAPTURE_H
#define SOURCES_CAPTURE_H

#include "sources/source.h"

struct capture_request {
	const struct root *root;
	FILE *out;	  /* its errors are for whoever owns it */
	const char *tool; /* name and version, for the manifest */
	unsigned sources; /* whose nodes: set of 1 << source_id */
	bool redact;	  /* pseudonyms for names and tasks, no host name */
};

struct capture_result {
	uint64_t nodes;		 /* written whole */
	uint64_t denied, failed; /* nodes and directories */
	uint64_t left_out;	 /* names a capture cannot hold */
	uint64_t processes, denied_processes;
	uint64_t dmabuf_nodes; /* of `nodes`: those that list buffers or count them */
};

void capture_write(const struct capture_request *req, struct capture_result *ret);

#endif
