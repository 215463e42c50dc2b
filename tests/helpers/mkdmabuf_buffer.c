// SPDX-License-Identifier: MIT
/*
 * mkdmabuf_buffer.c - the commands that make buffers and decide who holds them.
 */
#define _GNU_SOURCE
#include "mkdmabuf.h"

#include <stdio.h>
#include <string.h>

static struct buffer *find_buffer(struct stage *stage, const char *name)
{
	for (size_t i = 0; i < stage->n_buffers; i++)
		if (!strcmp(stage->buffers[i].name, name))
			return &stage->buffers[i];
	return NULL;
}

/* Fill in a request about an existing buffer. */
static int request_for(struct stage *stage, enum op op, const char *name,
		       struct request *ret)
{
	*ret = (struct request){ .op = op };
	if (!find_buffer(stage, name))
		return misused("no such buffer");
	copy_word(ret->name, sizeof(ret->name), name);
	return 0;
}

/* Have a buffer made and remember it. from is a heap, a card or "". */
static int make(struct stage *stage, struct request *req, const char *kind,
		const char *name, const char *size)
{
	const struct actor *actor = &stage->actors[stage->current];
	struct buffer *buffer;
	int r;

	if (find_buffer(stage, name) || !copy_word(req->name, sizeof(req->name), name))
		return misused("buffer name");
	r = parse_number(size, &req->number);
	if (r == 0)
		r = ask_current(stage, req);
	if (r < 0)
		return r;
	buffer = grow((void **)&stage->buffers, &stage->n_buffers, sizeof(*buffer));
	copy_word(buffer->name, sizeof(buffer->name), name);
	buffer->kind = kind;
	copy_word(buffer->from, sizeof(buffer->from),
		  req->op == OP_DRM ? last.what : req->word);
	buffer->ino = last.ino;
	buffer->size_bytes = last.size_bytes;
	buffer->asked_bytes = req->number;
	buffer->allocator = stage->current;
	copy_word(buffer->allocator_comm, sizeof(buffer->allocator_comm), actor->comm);
	return 0;
}

int run_alloc(struct stage *stage, char **words, int n_words)
{
	struct request req = { .op = OP_HEAP };

	(void)n_words;
	if (!copy_word(req.word, sizeof(req.word), words[1]))
		return misused("heap name");
	return make(stage, &req, "heap", words[0], words[2]);
}

int run_udmabuf(struct stage *stage, char **words, int n_words)
{
	struct request req = { .op = OP_UDMABUF };

	(void)n_words;
	return make(stage, &req, "udmabuf", words[0], words[1]);
}

int run_drm(struct stage *stage, char **words, int n_words)
{
	struct request req = { .op = OP_DRM };

	if (n_words > 2 && !copy_word(req.word, sizeof(req.word), words[2]))
		return misused("card name");
	return make(stage, &req, "drm", words[0], words[1]);
}

static int set_label(struct stage *stage, const char *name, const char *label)
{
	struct buffer *buffer = find_buffer(stage, name);
	struct request req;
	int r = request_for(stage, OP_SETNAME, name, &req);

	if (r < 0)
		return r;
	copy_word(req.text, sizeof(req.text), label);
	r = ask_current(stage, &req);
	if (r == 0) {
		copy_word(buffer->label, sizeof(buffer->label), label);
		buffer->has_label = true;
	}
	return r;
}

int run_setname(struct stage *stage, char **words, int n_words)
{
	char label[TEXT_SIZE];
	int r = parse_text(n_words > 1 ? words[1] : "", label);

	return r == 0 ? set_label(stage, words[0], label) : r;
}

int run_tag(struct stage *stage, char **words, int n_words)
{
	const struct actor *actor = &stage->actors[stage->current];
	char label[TEXT_SIZE + 16];

	(void)n_words;
	snprintf(label, sizeof(label), "%d-%s", (int)actor->pid, actor->comm);
	return set_label(stage, words[0], label);
}

/* The commands that take a buffer, and perhaps numbers, and need no book here. */
static int ask_about(struct stage *stage, enum op op, char **words, int n_words)
{
	struct request req;
	int r = request_for(stage, op, words[0], &req);

	if (r == 0 && n_words > 1)
		r = parse_number(words[1], &req.number);
	if (r == 0 && n_words > 2)
		r = parse_number(words[2], &req.offset);
	return r == 0 ? ask_current(stage, &req) : r;
}

int run_dup(struct stage *stage, char **words, int n_words)
{
	return ask_about(stage, OP_DUP, words, n_words);
}

int run_close(struct stage *stage, char **words, int n_words)
{
	return ask_about(stage, OP_CLOSE, words, n_words);
}

int run_map(struct stage *stage, char **words, int n_words)
{
	return ask_about(stage, OP_MAP, words, n_words);
}

int run_unmap(struct stage *stage, char **words, int n_words)
{
	return ask_about(stage, OP_UNMAP, words, n_words);
}

int run_release(struct stage *stage, char **words, int n_words)
{
	return ask_about(stage, OP_RELEASE, words, n_words);
}

int run_private(struct stage *stage, char **words, int n_words)
{
	return ask_about(stage, OP_PRIVATE, words, n_words);
}

int run_import(struct stage *stage, char **words, int n_words)
{
	struct request req;
	int r = request_for(stage, OP_IMPORT, words[0], &req);

	(void)n_words;
	if (r == 0 && !copy_word(req.word, sizeof(req.word), words[1]))
		r = misused("card name");
	return r == 0 ? ask_current(stage, &req) : r;
}

static int send_to(struct stage *stage, char **words, bool parked)
{
	struct actor *to = find_actor(stage, words[0]);
	struct request req;
	int r = request_for(stage, OP_SEND, words[1], &req);

	if (r < 0)
		return r;
	if (!to || !to->alive)
		return misused("no such living actor");
	mailbox_name((size_t)(to - stage->actors), parked, req.word);
	r = ask_current(stage, &req);
	if (r < 0)
		return r;
	if (parked) {
		struct buffer *buffer = find_buffer(stage, words[1]);

		*(size_t *)grow((void **)&buffer->parked_at, &buffer->n_parked,
				sizeof(size_t)) = (size_t)(to - stage->actors);
		return 0;
	}
	req.op = OP_RECEIVE;
	return actor_ask(to, &req, &last);
}

int run_sendto(struct stage *stage, char **words, int n_words)
{
	(void)n_words;
	return send_to(stage, words, false);
}

int run_park(struct stage *stage, char **words, int n_words)
{
	(void)n_words;
	return send_to(stage, words, true);
}
