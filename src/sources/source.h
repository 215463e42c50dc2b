/* SPDX-License-Identifier: MIT */
/*
 * What a source is: a constant that knows where the kernel keeps one kind of node, how to
 * recognise its text inside a saved log, and how to read it into the snapshot. Adding one
 * touches its own file and one line of the table in sources.c.
 */
#ifndef SOURCES_SOURCE_H
#define SOURCES_SOURCE_H

#include "base/diag.h"
#include "base/root.h"
#include "model/snapshot.h"

/* One node being read. Parsers reach everything through it. */
struct parse {
	struct snapshot *snap;
	struct diag *diag;
	/* N_SOURCES: it turned out to be nobody's, and counts for none. */
	enum source_id source;
	const char *file; /* for messages: the node's path or the saved file's name */
	const char *path; /* node below the root; NULL in saved text */
	bool is_exact;	  /* straight from a kernel node: every line must be ours */
	bool last_try;	  /* a held line will not be offered again, see LINE_HOLD */
	bool is_trial;	  /* joined rows are being tried: nothing is reported yet */
	void *state;	  /* the format's own, zeroed when the node opens */
	uint64_t records, skipped;
};

enum line_result {
	LINE_TAKEN,   /* understood (count a record with p->records++ where it is one) */
	LINE_ENDS,    /* understood, and the node ends with it */
	LINE_DAMAGED, /* ours, lost; parse_damaged() has said why and counted it */
	LINE_HOLD, /* could be the first part of a row that a newline in a name or a mail
		    * program broke: offer it again joined with the next line by '\n' */
	LINE_FOREIGN, /* not ours */
};

/* The text of one kind of node. */
struct node_format {
	enum source_id source;
	/* Many of these may stand in one log and belong to one moment (fdinfo blocks). */
	bool repeats;
	size_t state_size;
	/*
	 * Does this line, seen outside any node, begin one? NULL: never told by
	 * content.
	 */
	bool (*opens)(struct span line);
	/*
	 * Is this the first line of a dump rather than a row in the middle of one? It
	 * tells a second dump in the same log from a row behind a few lost lines. NULL:
	 * whatever opens it begins a dump.
	 */
	bool (*begins)(struct span line);
	/* Every line of the node, the one that opened it included. Line ends are gone. */
	enum line_result (*line)(struct parse *p, const struct line *line);
	/* The node is over. NULL: nothing to do. */
	void (*end)(struct parse *p);
};

/*
 * Report a lost line: FILE:LINE:COL: error: …, and count it. `at` points into the line.
 * Always returns LINE_DAMAGED.
 */
enum line_result parse_damaged(struct parse *p, const struct line *line, const char *at,
			       const char *fmt, ...) _printf_(4, 5);
/* The line is kept, but something about it is odd. */
void parse_warning(struct parse *p, const struct line *line, const char *at,
		   const char *fmt, ...) _printf_(4, 5);

/* Intern input text. */
uint32_t parse_str(struct parse *p, struct span span);

/*
 * Component `i` (from 0) of the node's path; empty in saved text or when there is none.
 */
struct span parse_path_part(const struct parse *p, unsigned i);

/*
 * Feeds lines to one format; joins what it holds. Used for a kernel node and, one after
 * the other, for the nodes found in a saved log.
 */
struct feed {
	struct parse p;
	const struct node_format *format; /* NULL: closed */
	struct text held;
	uint64_t held_number;
	unsigned n_held;
	bool is_started; /* a line was taken, or lost */
	/*
	 * Saved text: the line or lines that opened the node, in `held`, are not its own
	 * after all. They are for others; the node ends and counts for nothing.
	 */
	bool is_refused;
};

void feed_open(struct feed *f, const struct node_format *format);
/* LINE_FOREIGN: the line (or, behind a held one, the new line) was not consumed. */
enum line_result feed_line(struct feed *f, const struct line *line);
/* Ends the node: settles a held line, calls end(), counts into the coverage. */
void feed_close(struct feed *f);

/* Read one kernel node through one format. 0, or -errno when it cannot be opened or read.
 */
int parse_node(struct snapshot *snap, const struct root *root, const char *path,
	       const struct node_format *format, struct diag *diag);

struct source {
	enum source_id id;
	const char *summary; /* one line: what it gives */
	/*
	 * Alternatives below the root, the first that exists is read. `*` stands for one
	 * component and means all that match.
	 */
	const char *paths[8];
	const struct node_format *format; /* how the paths are read; NULL: see collect */
	/* Where one format is not enough. 0 or -errno as parse_node(). */
	int (*collect)(struct snapshot *snap, const struct root *root, struct diag *diag);
	const char *options[3]; /* kernel options that make the node exist */
	bool needs_root;	/* readable by root only by default */
	const char *remedy;	/* the step that mends its absence, for doctor */
};

/* The table, in the order of reading: lists that are aligned by order come together. */
extern const struct source *const sources[];
extern const size_t n_sources;
const struct source *source_find(enum source_id id);

/* A set of sources to ask: 1 << source_id. */
#define SOURCES_ALL ((1u << N_SOURCES) - 1)

/*
 * Ask the sources in `set` and merge what they say. Never fails as a whole: each source's
 * coverage says how it went. Holders that nobody asked for are not looked for.
 */
struct snapshot *sources_collect(const struct root *root, unsigned set,
				 struct diag *diag);

/*
 * Which dump of a saved log, when it holds the same node more than once: 0 the last,
 * else counted from 1.
 */
struct text_request {
	const char *file; /* name for messages */
	unsigned set;
	unsigned moment;
};

/*
 * Read saved text: nodes are told by content, several in one file, with prompts, banners
 * and paste damage around them. NULL with *error set: -EIO and friends from reading,
 * -ENODATA when no node was found, -ERANGE when there is no such moment.
 */
struct snapshot *sources_read_text(struct reader *reader, const struct text_request *req,
				   struct diag *diag, int *error);

#endif
