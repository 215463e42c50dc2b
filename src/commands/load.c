/* SPDX-License-Identifier: MIT */
/* Whatever SNAPSHOT stands for on the command line, as a snapshot. */
#include "commands/load.h"

#include <errno.h>

#include "base/caps.h"
#include "commands/progress.h"
#include "sources/source.h"
#include "store/snapshot_json.h"

/*
 * A capture is held in memory whole; a farm's bug report with every process is a few
 * MB.
 */
#define CAPTURE_LIMIT ((size_t)1 << 30)
/* What tells the kind of a file. */
#define HEAD_BYTES ((size_t)4096)

/* Operand split into the file's name and the dump asked for. */
struct request {
	char *name;
	unsigned moment; /* 0: the last */
};

static void request_fini(struct request *req)
{
	free(req->name);
}

/* `FILE@2`, `FILE@first`: unless a file of that very name exists. */
static void split_moment(const char *operand, struct request *ret)
{
	const char *at = strrchr(operand, '@');
	enum file_kind kind;
	uint64_t number = 0;
	bool is_moment;

	*ret = (struct request){ .name = NULL };
	is_moment = at && at != operand &&
		    (!strcmp(at, "@first") || !strcmp(at, "@last") ||
		     (scan_only_dec(at + 1, strlen(at + 1), &number) && number &&
		      number < 1000000));
	if (!is_moment || !file_kind(operand, &kind)) {
		ret->name = mem_copy(operand, strlen(operand));
		return;
	}
	ret->name = mem_copy(operand, (size_t)(at - operand));
	ret->moment = !strcmp(at, "@first") ? 1 : (unsigned)number;
}

static int fail(struct env *env, const char *name, int error)
{
	const char *why = strerror(-error);

	if (error == -EISDIR)
		why = "is a directory";
	diag_error(&env->diag, NULL, "%s: %s", diag_quote(name, strlen(name)), why);
	return error;
}

struct root *load_root(struct env *env)
{
	const char *dir = option_arg(env, OPT_SYSROOT);
	struct root *root = NULL;
	int r;

	if (!dir)
		dir = getenv("DMABUF_INSPECT_SYSROOT");
	if (dir && !*dir)
		dir = NULL;
	r = root_open(dir, &root);
	if (r < 0)
		fail(env, dir ? dir : "/", r);
	return root;
}

/*
 * Live nodes are read with the capabilities that are for them, a tree with the
 * caller's.
 */
static struct snapshot *collect(struct env *env, const struct root *root)
{
	enum caps_use before = caps_enter(root_is_live(root) ? CAPS_NODES : CAPS_OWN);
	struct snapshot *snap;

	progress_begin(env, "reading the kernel's nodes");
	snap = sources_collect(root, env->sources, &env->diag);
	progress_end(env);
	caps_enter(before);
	return snap;
}

/* Nothing at all was there: a report of zero buffers would be a lie. */
static struct snapshot *unless_blind(struct env *env, struct snapshot *snap,
				     const char *name)
{
	bool denied = false;

	for (unsigned id = 0; snap && id < N_SOURCES; id++) {
		if (snapshot_covers(snap, id))
			return snap;
		denied |= snap->coverage[id].status == COVERAGE_DENIED;
	}
	diag_error(&env->diag, NULL, "%s: no node that tells of dma-bufs %s%s", name,
		   denied ? "may be read" : "is here",
		   denied ? " (run as root?)" :
			    "; 'dmabuf-inspect doctor' says what it would take");
	snapshot_free(snap);
	return NULL;
}

static struct snapshot *load_live(struct env *env)
{
	_cleanup_(root_freep) struct root *root = load_root(env);
	_text_ struct text name = { 0 };

	if (!root)
		return NULL;
	return unless_blind(env, collect(env, root), root_name(root, "", &name));
}

static struct root *open_capture(struct env *env, const char *name)
{
	_text_ struct text bytes = { 0 };
	struct root *root = NULL;
	int r = file_read(name, CAPTURE_LIMIT, &bytes);

	if (!r)
		r = root_open_capture(&bytes, &root);
	if (r == -EPROTO)
		diag_error(&env->diag, NULL,
			   "%s: a capture of a later version of this program",
			   diag_quote(name, strlen(name)));
	else if (r < 0)
		fail(env, name, r);
	return root;
}

static struct snapshot *load_tree(struct env *env, const char *dir)
{
	_cleanup_(root_freep) struct root *root = NULL;
	int r = root_open(dir, &root);

	if (r < 0) {
		fail(env, dir, r);
		return NULL;
	}
	return unless_blind(env, collect(env, root), dir);
}

static struct snapshot *load_text(struct env *env, struct reader *reader,
				  const struct request *req)
{
	struct text_request text = { req->name, env->sources, req->moment };
	struct snapshot *snap;
	int error = 0;

	snap = sources_read_text(reader, &text, &env->diag, &error);
	if (error == -ENODATA)
		diag_error(&env->diag, NULL, "%s: no dma-buf node found in it",
			   diag_quote(req->name, strlen(req->name)));
	else if (error == -ERANGE)
		diag_error(&env->diag, NULL, "%s: it does not hold %u dumps",
			   diag_quote(req->name, strlen(req->name)), req->moment);
	else if (error < 0)
		fail(env, req->name, error);
	return snap;
}

static struct snapshot *load_stream(struct env *env, struct reader *reader,
				    const struct request *req)
{
	struct span head;
	int r = reader_peek(reader, HEAD_BYTES, &head.at, &head.len);
	int error = 0;

	if (r < 0) {
		fail(env, req->name, r);
		return NULL;
	}
	if (snapshot_json_starts(head.at, head.len))
		return snapshot_load(reader, req->name, &env->diag, &error);
	if (span_starts(head, "dmicap ")) {
		_cleanup_(root_freep) struct root *root = open_capture(env, req->name);

		return root ? unless_blind(env, collect(env, root), req->name) : NULL;
	}
	return load_text(env, reader, req);
}

struct snapshot *load_snapshot(struct env *env, const char *operand)
{
	_cleanup_(request_fini) struct request req = { 0 };
	struct snapshot *snap;
	enum file_kind kind;
	struct reader reader;
	int r;

	if (!operand || !strcmp(operand, "live"))
		return load_live(env);
	split_moment(operand, &req);
	r = file_kind(req.name, &kind);
	if (!r && kind == FILE_DIRECTORY)
		return load_tree(env, req.name);
	if (!r)
		r = file_reader(req.name, &reader);
	if (r < 0) {
		fail(env, req.name, r);
		return NULL;
	}
	snap = load_stream(env, &reader, &req);
	reader_fini(&reader);
	return snap;
}

struct root *load_root_of(struct env *env, const char *operand)
{
	struct root *root = NULL;
	enum file_kind kind;
	int r;

	if (!operand || !strcmp(operand, "live"))
		return load_root(env);
	r = file_kind(operand, &kind);
	if (!r && kind != FILE_DIRECTORY)
		return open_capture(env, operand);
	if (!r)
		r = root_open(operand, &root);
	if (r < 0)
		fail(env, operand, r);
	return root;
}
