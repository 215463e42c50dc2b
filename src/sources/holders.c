/* SPDX-License-Identifier: MIT */
/*
 * Who holds what: proc/PID/fd, fdinfo and maps of every process, and the descriptor
 * tables of threads that do not share their leader's.
 *
 * The cost is one readlink for each descriptor that is no dma-buf. Nothing but the link
 * is asked of those: a stat could hang on a dead network file system. A link that looks
 * like a dma-buf is believed only when its fdinfo carries exp_name, which the kernel
 * prints for nothing else; a mapping, which has no fdinfo, when it lies on the dma-buf
 * file system.
 */
#include "sources/holders.h"

#include <errno.h>
#include <inttypes.h>

#include "base/caps.h"
#include "sources/drm_fdinfo.h"
#include "sources/fdinfo.h"
#include "sources/maps.h"
#include "sources/mappings.h"
#include "sources/process.h"
#include "sources/untied.h"

struct scan_state {
	struct snapshot *snap;
	const struct root *root;
	struct diag *diag;
	unsigned set;
	uint32_t pid;
	const char
		*table; /* descriptor directory's parent: proc/PID or proc/PID/task/TID */
	uint32_t process; /* index, ABSENT32 while it holds nothing */
	uint32_t n_fds;
	uint64_t buffers_fds;  /* descriptors of dma-bufs */
	uint64_t unidentified; /* of those, without an inode to tell which buffer */
	uint64_t denied_fd, denied_maps, processes;
	struct text text; /* of the fdinfo being read */
	struct mappings mappings;
	struct untied untied;
	bool dmabuf_dev_known;
};

static uint32_t need_process(struct scan_state *st)
{
	if (st->process == ABSENT32)
		st->process = snapshot_process(st->snap, st->pid);
	return st->process;
}

static int read_fdinfo(struct scan_state *st, uint32_t fd)
{
	char path[80];

	snprintf(path, sizeof(path), "%s/fdinfo/%" PRIu32, st->table, fd);
	return root_read(st->root, path, ROOT_RECORD, &st->text);
}

/*
 * Inode and device by stat, for a descriptor that fdinfo has shown to be a dma-buf; a
 * capture has recorded them.
 */
static void complete_by_stat(struct scan_state *st, const struct root_fd *fd,
			     struct fdinfo *info)
{
	struct root_stat stat;
	char path[80];

	if (fd->dev_major != ABSENT32 && !st->dmabuf_dev_known) {
		mappings_trust_device(&st->mappings, fd->dev_major, fd->dev_minor);
		st->dmabuf_dev_known = true;
	}
	if (info->ino != ABSENT64 && st->dmabuf_dev_known)
		return;
	snprintf(path, sizeof(path), "%s/fd/%" PRIu32, st->table, fd->fd);
	if (root_stat_dmabuf(st->root, path, &stat) < 0)
		return;
	if (info->ino == ABSENT64)
		info->ino = stat.ino;
	mappings_trust_device(&st->mappings, stat.dev_major, stat.dev_minor);
	st->dmabuf_dev_known = true;
}

static void take_dmabuf(struct scan_state *st, const struct root_fd *fd)
{
	bool old_link = maps_shares_inode((struct span){ fd->target, fd->len });
	struct buffer *buf = NULL;
	struct fdinfo info;
	int r = read_fdinfo(st, fd->fd);

	if (r == -ESRCH || (r == -ENOENT && root_is_live(st->root)))
		return; /* closed since the link was read */
	fdinfo_init(&info);
	if (!r)
		fdinfo_parse(&info, st->text.v, st->text.n);
	if (!r && !info.is_dmabuf && !old_link)
		return; /* an ordinary file called /dmabuf:… */
	st->buffers_fds++;
	if (info.ino == ABSENT64)
		info.ino = fd->ino;
	if (info.is_dmabuf)
		complete_by_stat(st, fd, &info);
	if (info.ino != ABSENT64 && !old_link)
		buf = fdinfo_buffer(st->snap, &info);
	if (buf)
		snapshot_hold_fd(st->snap, buf, need_process(st), fd->fd);
	else if (info.is_dmabuf)
		untied_add(&st->untied, st->snap, st->pid, fd->fd, &info);
	else
		st->unidentified++;
}

static void visit_fd(void *arg, const struct root_fd *fd)
{
	struct scan_state *st = arg;
	struct span target = { fd->target, fd->len };

	st->n_fds++;
	if (st->set & 1u << SRC_FDINFO && maps_looks_like_dmabuf(target)) {
		take_dmabuf(st, fd);
	} else if (st->set & 1u << SRC_DRM_FDINFO && span_starts(target, "/dev/dri/")) {
		if (!read_fdinfo(st, fd->fd) &&
		    span_find((struct span){ st->text.v, st->text.n }, "drm-"))
			drm_fdinfo_take(st->snap, need_process(st),
					(struct span){ st->text.v, st->text.n });
	}
}

static int scan_table(struct scan_state *st, const char *table)
{
	char path[64];

	st->table = table;
	snprintf(path, sizeof(path), "%s/fd", table);
	return root_each_fd(st->root, path, visit_fd, st);
}

/*
 * A thread may have a descriptor table of its own (unshare or clone without CLONE_FILES).
 * kcmp() tells; where the kernel lacks it or in a captured tree, the table is read when
 * it is there: a descriptor seen before adds nothing.
 */
static void scan_threads(struct scan_state *st)
{
	_text_ struct text tids = { 0 };
	uint32_t leaders = st->n_fds;
	char path[64];
	uint64_t tid;

	if (root_is_live(st->root) && root_threads(st->root, st->pid) == 1)
		return;
	snprintf(path, sizeof(path), "proc/%" PRIu32 "/task", st->pid);
	if (root_list(st->root, path, &tids) < 0)
		return;
	list_each(&tids, name) {
		if (!scan_only_dec(name, strlen(name), &tid) || tid == st->pid ||
		    tid >= ABSENT32 ||
		    root_shares_fds(st->root, st->pid, (uint32_t)tid) == 1)
			continue;
		snprintf(path, sizeof(path), "proc/%" PRIu32 "/task/%" PRIu32, st->pid,
			 (uint32_t)tid);
		scan_table(st, path);
	}
	st->n_fds = leaders;
}

static bool is_denied(int r)
{
	return r == -EACCES || r == -EPERM;
}

static void scan_process(struct scan_state *st, uint32_t pid)
{
	unsigned fd_set = 1u << SRC_FDINFO | 1u << SRC_DRM_FDINFO;
	bool denied = false;
	char table[32];
	int r;

	st->pid = pid;
	st->process = ABSENT32;
	st->n_fds = 0;
	st->processes++;
	if (st->set & fd_set) {
		snprintf(table, sizeof(table), "proc/%" PRIu32, pid);
		r = scan_table(st, table);
		denied = is_denied(r);
		st->denied_fd += denied;
		if (!denied && r != -ESRCH)
			scan_threads(st);
	}
	if (st->set & 1u << SRC_MAPS) {
		r = mappings_scan(&st->mappings, st->root, pid);
		denied |= is_denied(r);
		st->denied_maps += is_denied(r);
	}
	st->snap->unreadable_processes += denied;
	if (st->process != ABSENT32)
		st->snap->processes.v[st->process].n_fds = st->n_fds;
}

static const char *remedy(const struct root *root)
{
	if (!root_is_live(root))
		return "";
	for (unsigned i = 0; i < n_caps_needs; i++)
		if (!strcmp(caps_needs[i].name, "CAP_SYS_PTRACE") &&
		    caps_has(&caps_needs[i]))
			return ", even with CAP_SYS_PTRACE (a security module, or another "
			       "user namespace's)";
	return "; root or CAP_SYS_PTRACE would show them";
}

static void cover(struct scan_state *st, enum source_id source, uint64_t denied,
		  uint64_t records, uint64_t unidentified)
{
	enum coverage_status status = COVERAGE_OK;
	_text_ struct text detail = { 0 };

	if (!(st->set & 1u << source))
		return;
	if (denied) {
		status = denied == st->processes ? COVERAGE_DENIED : COVERAGE_PARTIAL;
		text_printf(&detail,
			    "%" PRIu64 " of %" PRIu64 " processes may not be read%s",
			    denied, st->processes, remedy(st->root));
	}
	if (unidentified) {
		if (status == COVERAGE_OK)
			status = COVERAGE_PARTIAL;
		text_printf(&detail,
			    "%s%" PRIu64 " of them carry no inode number and cannot be "
			    "tied to a buffer",
			    detail.n ? "; " : "", unidentified);
	}
	st->snap->coverage[source].records = records;
	st->snap->coverage[source].skipped += denied + unidentified;
	snapshot_cover(st->snap, source, status, detail.n ? detail.v : NULL);
}

void holders_collect(struct snapshot *snap, const struct root *root, unsigned set,
		     struct diag *diag)
{
	struct scan_state st = { .snap = snap, .root = root, .diag = diag, .set = set };
	struct pids pids = { 0 };
	uint64_t mapped;
	size_t first = snap->processes.n;
	int r = root_pids(root, &pids);

	if (r < 0 || !pids.ids.n) {
		enum coverage_status status = is_denied(r) ? COVERAGE_DENIED :
							     COVERAGE_ABSENT;

		for (unsigned id = SRC_FDINFO; id <= SRC_DRM_FDINFO; id++)
			if (set &
			    (1u << SRC_FDINFO | 1u << SRC_MAPS | 1u << SRC_DRM_FDINFO) &
			    1u << id)
				snapshot_cover(snap, id, status,
					       "no process is listed here");
		vec_free(&pids.ids);
		return;
	}
	mappings_init(&st.mappings);
	vec_each(&pids.ids, pid)
		scan_process(&st, *pid);
	mapped = mappings_settle(&st.mappings, snap, root);
	st.unidentified += untied_settle(&st.untied, snap);
	untied_fini(&st.untied);
	snap->seen_processes = st.processes;
	for (size_t i = first; i < snap->processes.n; i++)
		process_read(snap, root, (uint32_t)i);
	process_read_allocators(snap, root, &pids);
	cover(&st, SRC_FDINFO, st.denied_fd, st.buffers_fds, st.unidentified);
	cover(&st, SRC_MAPS, st.denied_maps, mapped, st.mappings.unidentified);
	cover(&st, SRC_DRM_FDINFO, st.denied_fd, snap->drm.n, 0);
	mappings_fini(&st.mappings);
	text_fini(&st.text);
	vec_free(&pids.ids);
}
