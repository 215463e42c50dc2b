/* SPDX-License-Identifier: MIT */
/* What kind of kernel file some bytes are, and what lies packed inside. */
#ifndef SYMBOLS_KERNEL_IMAGE_H
#define SYMBOLS_KERNEL_IMAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/mem.h"

struct kernel_image {
	const char *kind;   /* "an arm64 Image", NULL: not a kernel file we know */
	size_t payload;	    /* where its header says the packed kernel is */
	size_t payload_len; /* 0: up to the end of the file */
};

void kernel_image_look(const char *bytes, size_t len, struct kernel_image *ret);

/*
 * The gzip stream with the configuration, from the bytes themselves or out of gzip
 * streams among them. False when there is none, or not within the bounds on time and
 * memory.
 */
bool kernel_image_config(const char *bytes, size_t len, struct text *ret);

/*
 * When something else than gzip is packed inside: its name ("xz"), and in *command the
 * shell line that unpacks it from `name`. NULL when nothing like that is seen.
 */
const char *kernel_image_packing(const char *bytes, size_t len,
				 const struct kernel_image *image, const char *name,
				 struct text *command);

#endif
