/* SPDX-License-Identifier: MIT */
/* `show`: everything known of a buffer, named by id, inode, pointer or PID/FD. */
#include "render/show.h"

#include <errno.h>
#include <inttypes.h>

#include "commands/common.h"
#include "commands/load.h"
#include "model/identity.h"

VEC_TYPE(indices, uint32_t);

/* `1234/7`: what descriptor 7 of process 1234 is. */
static bool is_held_as(const struct snapshot *snap, const struct buffer *buf,
		       uint64_t pid, uint64_t fd)
{
	for (uint32_t i = buf->holders; i != ABSENT32; i = snap->holders.v[i].next) {
		const struct holder *h = &snap->holders.v[i];

		if (snap->processes.v[h->process].pid != pid)
			continue;
		if (h->fd == fd)
			return true;
		for (uint32_t m = h->more_fds; m != ABSENT32;
		     m = snap->more_fds.v[m].next)
			if (snap->more_fds.v[m].fd == fd)
				return true;
	}
	return false;
}

/* What an ID on the command line may be. */
struct wanted {
	const char *text;
	uint64_t number, pointer, pid, fd;
	bool is_number, is_pointer, is_fd;
};

static struct wanted wanted_parse(const char *text)
{
	struct wanted w = { .text = text };
	struct scan s = scan_text(text, strlen(text));

	w.is_number = scan_only_dec(text, strlen(text), &w.number);
	w.is_fd = scan_dec(&s, &w.pid) && scan_word(&s, "/") && scan_dec(&s, &w.fd) &&
		  scan_done(&s);
	s = scan_text(text, strlen(text));
	if (!scan_word(&s, "0x"))
		scan_word(&s, "p");
	w.is_pointer = scan_hex(&s, 8, 16, &w.pointer) && scan_done(&s);
	return w;
}

static bool is_wanted(const struct snapshot *snap, const struct buffer *buf,
		      const struct wanted *w)
{
	char id[BUFFER_ID_TEXT];

	if (!strcmp(buffer_id(snap, buf, id), w->text))
		return true;
	return (w->is_number && buf->ino == w->number) ||
	       (w->is_pointer && buf->pointer == w->pointer) ||
	       (w->is_fd && is_held_as(snap, buf, w->pid, w->fd));
}

static size_t find(const struct snapshot *snap, const char *id, struct indices *ret)
{
	struct wanted w = wanted_parse(id);
	size_t before = ret->n;

	snapshot_each_buffer(snap, buf)
		if (is_wanted(snap, buf, &w))
			*vec_add(ret) = snapshot_index(snap, buf);
	return ret->n - before;
}

/* The last operand is the snapshot unless it names a buffer. */
static bool last_is_snapshot(const struct env *env)
{
	const char *last = env->operands[env->n_operands - 1];
	enum file_kind kind;
	const char *at = strrchr(last, '@');

	if (env->n_operands < 2)
		return false;
	return !strcmp(last, "live") || !strcmp(last, "-") || at ||
	       !file_kind(last, &kind);
}

static int run(struct env *env)
{
	_cleanup_(snapshot_freep) struct snapshot *snap = NULL;
	_cleanup_(indices_fini) struct indices found = { 0 };
	bool named = last_is_snapshot(env);
	int n = env->n_operands - named, status = EXIT_DONE;
	struct look look;

	snap = load_snapshot(env, named ? env->operands[n] : NULL);
	if (!snap)
		return EXIT_FAILED;
	for (int i = 0; i < n; i++)
		if (!find(snap, env->operands[i], &found)) {
			diag_error(&env->diag, NULL,
				   "no buffer '%s' in it; 'list --by buffer' "
				   "shows their ids",
				   diag_quote(env->operands[i],
					      strlen(env->operands[i])));
			status = EXIT_FAILED;
		}
	if (!found.n || !common_look(env, &look))
		return EXIT_FAILED;
	if (env->json)
		return show_json(look.out, snap, found.v, found.n) < 0 ? EXIT_FAILED :
									 status;
	vec_each(&found, i) {
		if (i != found.v)
			fputc('\n', look.out);
		show_text(&look, snap, &snap->buffers.v[*i]);
	}
	return status;
}

const struct command command_show = {
	.name = "show",
	.args = "ID… [SNAPSHOT]",
	.summary =
		"Everything known of a buffer; ID is what list shows, an inode, a pointer, PID/FD.",
	.least = 1,
	.most = -1,
	.run = run,
};
