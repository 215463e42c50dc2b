/* SPDX-License-Identifier: MIT */
/*
 * mkdmabuf.h - what the files of mkdmabuf share: the request a controller sends
 * to an actor, and what comes back.
 */
#ifndef MKDMABUF_H
#define MKDMABUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define NAME_SIZE 64  /* of buffers, actors, heaps, drivers, with the NUL */
#define TEXT_SIZE 256 /* of a label or comm, with the NUL */
#define ANSWER_SIZE 65536

enum op {
	OP_HEAP,    /* word = heap, number = bytes */
	OP_UDMABUF, /* number = bytes */
	OP_DRM,	    /* word = driver, path or "", number = bytes */
	OP_SETNAME, /* text */
	OP_DUP,
	OP_MAP, /* number = bytes, offset */
	OP_UNMAP,
	OP_CLOSE,  /* number = how many descriptors, 0 = all */
	OP_IMPORT, /* word = driver or path */
	OP_RELEASE,
	OP_SEND, /* word = socket address of the receiver */
	OP_RECEIVE,
	OP_PRIVATE,
	OP_COMM,  /* text */
	OP_LIMIT, /* number = RLIMIT_NOFILE */
	OP_HOLDS, /* answer text: JSON, or "" if nothing is held */
	OP_DIE,
};

struct request {
	enum op op;
	char name[NAME_SIZE]; /* buffer */
	char word[NAME_SIZE];
	char text[TEXT_SIZE];
	uint64_t number, offset;
};

struct answer {
	int error;   /* 0 or an errno */
	int fd, tid; /* -1 where there is none */
	uint64_t ino, size_bytes;
	char what[NAME_SIZE]; /* on error the call that failed, else the card's driver */
	char text[ANSWER_SIZE];
};

/* A piece of text that grows; freed with text_fini. */
struct text {
	char *at;
	size_t used, size;
};

void text_fini(struct text *text);
void text_add(struct text *text, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Add a JSON string, quotes included; bytes above 0x7e go out as \u00XX. */
void text_add_json(struct text *text, const char *raw);
/* Grow an array by one element or abort; returns the zeroed new element. */
void *grow(void **array, size_t *n_items, size_t item_size);
/* strcpy into a field; false if it does not fit. */
bool copy_word(char *field, size_t size, const char *word);

/*
 * The makers return a descriptor, or a negative errno with the name of the call
 * that failed in what.  For DRM, driver is set to the name the card gave.
 */
int make_from_heap(const char *heap, uint64_t size_bytes, const char **what);
int make_udmabuf(uint64_t size_bytes, const char **what);
int make_drm(const char *card, uint64_t size_bytes, char driver[NAME_SIZE],
	     const char **what);
/* Opens a card of its own, so that each import is an attachment of its own. */
int import_drm(int buffer_fd, const char *card, char driver[NAME_SIZE], uint32_t *handle,
	       const char **what);
/* Drop the handle and close the card. */
int release_drm(int card_fd, uint32_t handle);

/* Serve requests on the control socket until it closes; never returns. mailbox and
 * parking are names of abstract sockets to own. */
_Noreturn void actor_run(int control, const char *mailbox, const char *parking);

/* What the controller knows of a process it started. */
struct actor {
	char name[NAME_SIZE], comm[TEXT_SIZE];
	pid_t pid;
	int control;
	bool alive;
	uint64_t nofile; /* 0: as inherited */
};

/* What the controller knows of a buffer it had made. */
struct buffer {
	char name[NAME_SIZE];  /* how commands call it; the kernel never sees it */
	const char *kind;      /* heap, udmabuf, drm */
	char from[NAME_SIZE];  /* which heap or driver; "" for udmabuf */
	char label[TEXT_SIZE]; /* set by DMA_BUF_SET_NAME */
	bool has_label;
	uint64_t ino, size_bytes, asked_bytes;
	size_t allocator;		/* index into actors */
	char allocator_comm[TEXT_SIZE]; /* at the time of the allocation */
	size_t *parked_at;		/* actors whose mailbox queue holds it */
	size_t n_parked;
};

struct stage {
	struct actor *actors;
	size_t n_actors, current;
	struct buffer *buffers;
	size_t n_buffers;
	int n_failed;
};

/* The last answer of any actor, and where a failing command says why. */
extern struct answer last;

/* Ask an actor; returns 0 or a negative errno, ret filled in either way. */
int actor_ask(struct actor *actor, const struct request *req, struct answer *ret);
/* The same to the current actor, into last. */
int ask_current(struct stage *stage, const struct request *req);
struct actor *find_actor(struct stage *stage, const char *name);
/* The actor has ended or was killed: reap it and forget what only it kept. */
void actor_bury(struct stage *stage, size_t index);
/* Bury those that somebody else killed. */
void actors_reap(struct stage *stage);
/* The abstract socket an actor receives descriptors on, or keeps them parked in. */
void mailbox_name(size_t index, bool parked, char ret[NAME_SIZE]);

/* Say in last what is wrong with a command; returns -EINVAL. */
int misused(const char *what);
/* 0 or misused(); K, M and G are understood. */
int parse_number(const char *word, uint64_t *ret);
/* Decode escapes into a field of TEXT_SIZE; 0 or misused(). */
int parse_text(const char *from, char *ret);

/* Commands: 0, or a negative errno with last.what set. */
int run_spawn(struct stage *stage, char **words, int n_words);
int run_as(struct stage *stage, char **words, int n_words);
int run_comm(struct stage *stage, char **words, int n_words);
int run_limit(struct stage *stage, char **words, int n_words);
int run_die(struct stage *stage, char **words, int n_words);
int run_alloc(struct stage *stage, char **words, int n_words);
int run_udmabuf(struct stage *stage, char **words, int n_words);
int run_drm(struct stage *stage, char **words, int n_words);
int run_setname(struct stage *stage, char **words, int n_words);
int run_tag(struct stage *stage, char **words, int n_words);
int run_dup(struct stage *stage, char **words, int n_words);
int run_close(struct stage *stage, char **words, int n_words);
int run_map(struct stage *stage, char **words, int n_words);
int run_unmap(struct stage *stage, char **words, int n_words);
int run_release(struct stage *stage, char **words, int n_words);
int run_private(struct stage *stage, char **words, int n_words);
int run_import(struct stage *stage, char **words, int n_words);
int run_sendto(struct stage *stage, char **words, int n_words);
int run_park(struct stage *stage, char **words, int n_words);

/* Print everything that exists now as one JSON document. */
int facts_print(struct stage *stage);

#endif
