// SPDX-License-Identifier: MIT
/*
 * mkdmabuf_process.c - the commands that start, name, limit and end processes, and
 * how the controller talks to them.
 */
#define _GNU_SOURCE
#include "mkdmabuf.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define COMM_LENGTH 15

int actor_ask(struct actor *actor, const struct request *req, struct answer *ret)
{
	ssize_t len;

	memset(ret, 0, offsetof(struct answer, text) + 1);
	if (!actor->alive) {
		copy_word(ret->what, sizeof(ret->what), "actor is dead");
		return -ESRCH;
	}
	if (send(actor->control, req, sizeof(*req), MSG_NOSIGNAL) < 0)
		return -errno;
	len = recv(actor->control, ret, sizeof(*ret), 0);
	if (len <= 0)
		copy_word(ret->what, sizeof(ret->what), "actor hung up");
	if (len < (ssize_t)offsetof(struct answer, text))
		return len < 0 ? -errno : -EPIPE;
	return -ret->error;
}

int ask_current(struct stage *stage, const struct request *req)
{
	return actor_ask(&stage->actors[stage->current], req, &last);
}

int misused(const char *what)
{
	copy_word(last.what, sizeof(last.what), what);
	return -EINVAL;
}

struct actor *find_actor(struct stage *stage, const char *name)
{
	for (size_t i = 0; i < stage->n_actors; i++)
		if (!strcmp(stage->actors[i].name, name))
			return &stage->actors[i];
	return NULL;
}

void mailbox_name(size_t index, bool parked, char ret[NAME_SIZE])
{
	snprintf(ret, NAME_SIZE, "mkdmabuf-%d-%zu%s", (int)getpid(), index,
		 parked ? "-parked" : "");
}

/* The child's side of a spawn: be killed with the controller, own nothing of it. */
static _Noreturn void become_actor(const struct stage *stage, int control,
				   const char *mailbox, const char *parking)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (size_t i = 0; i < stage->n_actors; i++)
		if (stage->actors[i].alive)
			close(stage->actors[i].control);
	actor_run(control, mailbox, parking);
}

static int set_comm(struct actor *actor, const char *text)
{
	struct request req = { .op = OP_COMM };
	int r = parse_text(text, req.text);

	if (r == 0)
		r = actor_ask(actor, &req, &last);
	if (r == 0)
		snprintf(actor->comm, sizeof(actor->comm), "%.*s", COMM_LENGTH, req.text);
	return r;
}

int run_spawn(struct stage *stage, char **words, int n_words)
{
	char mailbox[NAME_SIZE], parking[NAME_SIZE];
	struct actor *actor;
	int pair[2];
	pid_t pid;

	if (find_actor(stage, words[0]) || strlen(words[0]) >= NAME_SIZE)
		return misused("actor name");
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return -errno;
	mailbox_name(stage->n_actors, false, mailbox);
	mailbox_name(stage->n_actors, true, parking);
	fflush(stdout);
	pid = fork();
	if (pid < 0)
		return -errno;
	if (pid == 0) {
		close(pair[0]);
		become_actor(stage, pair[1], mailbox, parking);
	}
	close(pair[1]);
	actor = grow((void **)&stage->actors, &stage->n_actors, sizeof(*actor));
	copy_word(actor->name, sizeof(actor->name), words[0]);
	actor->pid = pid;
	actor->control = pair[0];
	actor->alive = true;
	return set_comm(actor, words[n_words - 1]);
}

int run_as(struct stage *stage, char **words, int n_words)
{
	const struct actor *actor = find_actor(stage, words[0]);

	(void)n_words;
	if (!actor)
		return misused("no such actor");
	stage->current = (size_t)(actor - stage->actors);
	return 0;
}

int run_comm(struct stage *stage, char **words, int n_words)
{
	(void)n_words;
	return set_comm(&stage->actors[stage->current], words[0]);
}

int run_limit(struct stage *stage, char **words, int n_words)
{
	struct request req = { .op = OP_LIMIT };
	int r = parse_number(words[0], &req.number);

	(void)n_words;
	if (r == 0)
		r = ask_current(stage, &req);
	if (r == 0)
		stage->actors[stage->current].nofile = req.number;
	return r;
}

/* With the actor goes what was parked in its socket. */
void actor_bury(struct stage *stage, size_t index)
{
	struct actor *actor = &stage->actors[index];

	close(actor->control);
	waitpid(actor->pid, NULL, 0);
	actor->alive = false;
	for (size_t i = 0; i < stage->n_buffers; i++) {
		struct buffer *buffer = &stage->buffers[i];
		size_t left = 0;

		for (size_t j = 0; j < buffer->n_parked; j++)
			if (buffer->parked_at[j] != index)
				buffer->parked_at[left++] = buffer->parked_at[j];
		buffer->n_parked = left;
	}
}

void actors_reap(struct stage *stage)
{
	for (size_t i = 0; i < stage->n_actors; i++) {
		const struct actor *actor = &stage->actors[i];

		if (actor->alive && waitpid(actor->pid, NULL, WNOHANG) == actor->pid)
			actor_bury(stage, i);
	}
}

int run_die(struct stage *stage, char **words, int n_words)
{
	struct request req = { .op = OP_DIE };
	struct actor *actor = &stage->actors[stage->current];

	(void)words;
	(void)n_words;
	if (!actor->alive)
		return misused("actor is dead");
	ask_current(stage, &req); /* answers by hanging up */
	actor_bury(stage, stage->current);
	return 0;
}
