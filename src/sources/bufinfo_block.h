/* SPDX-License-Identifier: MIT */
/*
 * One block of dma_buf/bufinfo: a row, what may still belong to its name, its devices.
 * What lines come is decided by bufinfo.c, what they do to the buffer here.
 */
#ifndef SOURCES_BUFINFO_BLOCK_H
#define SOURCES_BUFINFO_BLOCK_H

#include "sources/bufinfo_row.h"
#include "sources/source.h"

struct bufinfo_block {
	enum { BUFINFO_NO_BLOCK, BUFINFO_IN_NAME, BUFINFO_IN_DEVICES } in;
	uint32_t buffer;    /* ABSENT32 when its row was lost */
	uint32_t n_devices; /* since the last "Attached Devices:" */
	uint32_t exporter;  /* of the last one */
	uint32_t order;	    /* of the next buffer */
	bool was_asked;	    /* whether others knew inode numbers before: are_known */
	bool are_known;
	uint64_t lowest_ino; /* of this list so far */
	uint64_t n_cut;	     /* blocks that ended without their end */
	bool name_is_done;   /* nothing can continue it: the layout has it elsewhere */
	bool row_ends_in_tab;
	bool fence_is_open;		/* folded: its end is still to come */
	bool is_raw_over, is_name_over; /* something, something of the name did not fit */
	size_t n_raw,
		name_end; /* what of `raw` is name should a list of devices follow */
	char raw[128];	  /* the block's lines since the row, a newline before each */
	struct text name; /* as the row has it */
	/* The buffer's attachments as another source had them. */
	bool had_attachments;
	uint32_t old_attachments, n_old_attachments;
	VEC(uint32_t) again; /* buffers whose inode number another one has, too */
};

void block_fini(struct bufinfo_block *block);

/* A row; the block before is cut should it still be open. */
enum line_result block_row(struct parse *p, struct bufinfo_block *block,
			   const struct line *line, const struct bufinfo_row *row);
/* A row that was lost: what belongs to it is to be passed over. */
void block_lost(struct bufinfo_block *block);
/* "Attached Devices:" */
enum line_result block_devices(struct parse *p, struct bufinfo_block *block,
			       const struct line *line);
enum line_result block_device(struct parse *p, struct bufinfo_block *block,
			      const struct line *line, struct span device);
/* "Total n devices attached" */
enum line_result block_total(struct parse *p, struct bufinfo_block *block,
			     const struct line *line, uint64_t n);
/* It ends here, complete or not. */
void block_cut(struct parse *p, struct bufinfo_block *block);

/* Could all of the block's text since the row, and these bytes, be name? */
bool block_fits(const struct parse *p, const struct bufinfo_block *block,
		struct span more);
/* Note text that is, or may turn out to be, in the name; fences are not. */
void block_keep(struct bufinfo_block *block, struct span text, bool is_name);

#endif
