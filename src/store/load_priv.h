/* SPDX-License-Identifier: MIT */
/* What loading a snapshot keeps between records; shared by the two files that do it. */
#ifndef STORE_LOAD_PRIV_H
#define STORE_LOAD_PRIV_H

#include "store/fields.h"
#include "store/json_read.h"

/*
 * How much a document may make this program keep. Far beyond any machine there is; the
 * point is that a few bytes of a hostile file cannot ask for all the memory.
 */
#define BUFFERS_MOST ((size_t)1 << 21)
#define RECORDS_MOST ((size_t)1 << 24) /* of every other kind */
#define TEXT_MOST ((size_t)512 << 20)  /* all names together, each kept once */
#define BITMAP_TEXT_MOST ((size_t)4 << 20)

/* FIELD_SOURCE read a name this program does not know. */
#define SOURCE_UNKNOWN ((uint32_t)N_SOURCES)

struct process_note {
	uint32_t held;	/* index + 1 of the last buffer it was a holder of */
	bool is_listed; /* in "processes" */
};

struct load {
	struct json_in in;
	struct snapshot *snap;
	uint32_t *slots; /* pid to process index + 1, open addressing */
	size_t n_slots;
	VEC(struct process_note) notes; /* as snap->processes */
	uint64_t seen;			/* top keys, a bit each */
};

void load_init(struct load *l, struct reader *reader, const char *file,
	       struct diag *diag);
void load_fini(struct load *l);

/* One object into a record that record_clear() prepared. */
bool load_record(struct load *l, const struct record_kind *kind, void *record);

/* Index of the process, made when new; ABSENT32 when there are too many. */
uint32_t load_process(struct load *l, uint32_t pid);

/* False, and reported, when one more would be too many. */
bool load_room(struct load *l, size_t n, size_t most, const char *what);

#endif
