/* SPDX-License-Identifier: MIT */
/*
 * The processes of a capture: what holders.c would find of them, and no more. Descriptors
 * and mappings of anything but dma-bufs and GPUs are counted, not named: whose files and
 * sockets they are is nobody's business.
 */
#include "sources/capture_priv.h"

#include <errno.h>
#include <inttypes.h>

#include "sources/fdinfo.h"
#include "sources/maps.h"

/* Processes that are asked for the size of a page (see cma.c). */
#define PAGE_PROCESSES 8

struct process_copy {
	struct capture *c;
	uint32_t pid;
	const char *table; /* proc/PID or proc/PID/task/TID */
	struct text list;  /* of the table: lines of fd.list */
	struct text fdinfo;
	unsigned held; /* descriptors of dma-bufs and GPUs, mappings of dma-bufs */
	VEC(struct device_id)
	devices; /* where its mappings that look like dma-bufs lie */
};

static bool is_gone(const struct capture *c, int error)
{
	return error == -ESRCH || (error == -ENOENT && root_is_live(c->root));
}

/* Inode and device, of what fdinfo showed to be a dma-buf: `5`, `5@0:12` or `-`. */
static void add_inode(struct process_copy *p, const struct root_fd *fd)
{
	struct root_stat stat = { .ino = fd->ino,
				  .dev_major = fd->dev_major,
				  .dev_minor = fd->dev_minor };
	struct fdinfo info;
	char path[80];

	fdinfo_parse(&info, p->fdinfo.v, p->fdinfo.n);
	if (info.is_dmabuf && stat.ino == ABSENT64) {
		stat.ino = info.ino;
		snprintf(path, sizeof(path), "%s/fd/%" PRIu32, p->table, fd->fd);
		/* One device is enough: all dma-bufs live on it. */
		if ((info.ino == ABSENT64 || !p->c->has_device) &&
		    root_stat_dmabuf(p->c->root, path, &stat) == 0)
			p->c->has_device = true;
	}
	if (stat.ino == ABSENT64)
		text_addc(&p->list, '-');
	else
		text_printf(&p->list, "%" PRIu64, stat.ino);
	if (stat.ino != ABSENT64 && stat.dev_major != ABSENT32)
		text_printf(&p->list, "@%" PRIu32 ":%" PRIu32, stat.dev_major,
			    stat.dev_minor);
}

static void put_held(struct process_copy *p, const struct root_fd *fd)
{
	_text_ struct text target = { 0 };
	char path[80];
	int r;

	snprintf(path, sizeof(path), "%s/fdinfo/%" PRIu32, p->table, fd->fd);
	r = root_read(p->c->root, path, ROOT_RECORD, &p->fdinfo);
	if (is_gone(p->c, r))
		return;
	text_add(&target, fd->target, fd->len);
	text_printf(&p->list, "%" PRIu32 "\t", fd->fd);
	add_inode(p, fd);
	text_addc(&p->list, '\t');
	capture_note_names(p->c, fd->target, fd->len);
	if (p->c->req->redact) {
		redact_path(target.v, target.n);
		redact_fdinfo(p->fdinfo.v, p->fdinfo.n);
	}
	capture_escape(&p->list, target.v, target.n);
	text_addc(&p->list, '\n');
	p->held++;
	if (r == -ENOENT)
		return;
	capture_put(p->c, path, (struct span){ p->fdinfo.v, r ? 0 : p->fdinfo.n }, r);
}

static void visit_fd(void *arg, const struct root_fd *fd)
{
	struct process_copy *p = arg;
	struct span target = { fd->target, fd->len };

	if (maps_looks_like_dmabuf(target) || span_starts(target, "/dev/dri/"))
		put_held(p, fd);
	else
		text_printf(&p->list, "%" PRIu32 "\t-\t\n", fd->fd);
}

static int read_table(struct process_copy *p, const char *table)
{
	char path[64];

	p->table = table;
	text_clear(&p->list);
	snprintf(path, sizeof(path), "%s/fd", table);
	return root_each_fd(p->c->root, path, visit_fd, p);
}

static void put_table(struct process_copy *p, const char *table, const struct text *list,
		      int error)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/fd.list", table);
	capture_put(p->c, path, (struct span){ list->v ? list->v : "", list->n }, error);
}

/*
 * Descriptor tables of threads that do not share their leader's, where they hold
 * anything.
 */
static void put_threads(struct process_copy *p)
{
	_text_ struct text tids = { 0 };
	char path[64];
	uint64_t tid;

	if (root_is_live(p->c->root) && root_threads(p->c->root, p->pid) == 1)
		return;
	snprintf(path, sizeof(path), "proc/%" PRIu32 "/task", p->pid);
	if (root_list(p->c->root, path, &tids) < 0)
		return;
	list_each(&tids, name) {
		unsigned before = p->held;

		if (!scan_only_dec(name, strlen(name), &tid) || tid == p->pid ||
		    tid >= ABSENT32 ||
		    root_shares_fds(p->c->root, p->pid, (uint32_t)tid) == 1)
			continue;
		snprintf(path, sizeof(path), "proc/%" PRIu32 "/task/%" PRIu32, p->pid,
			 (uint32_t)tid);
		if (read_table(p, path) == 0 && p->held > before)
			put_table(p, path, &p->list, 0);
	}
}

static void put_descriptors(struct process_copy *p, bool *denied)
{
	struct text leader = { 0 };
	char table[32];
	int r;

	snprintf(table, sizeof(table), "proc/%" PRIu32, p->pid);
	r = read_table(p, table);
	leader = p->list;
	p->list = (struct text){ 0 };
	if (r == -EACCES || r == -EPERM)
		*denied = true;
	else if (r != -ESRCH)
		put_threads(p);
	if (p->held || (r < 0 && r != -ENOENT && r != -ESRCH && r != -ENOTDIR))
		put_table(p, table, &leader, r);
	text_fini(&leader);
}

static bool has_device(const struct device_id *list, size_t n, const struct mapping *map)
{
	for (size_t i = 0; i < n; i++)
		if (list[i].major == map->dev_major && list[i].minor == map->dev_minor)
			return true;
	return false;
}

static struct device_id device_of(const struct mapping *map)
{
	return (struct device_id){ map->dev_major, map->dev_minor };
}

static bool is_new_device(struct capture *c, const struct mapping *map)
{
	if (has_device(c->devices.v, c->devices.n, map))
		return false;
	*vec_add(&c->devices) = device_of(map);
	return true;
}

/* What the capture holds of a line of maps; false: nothing. */
static bool reduce_mapping(struct process_copy *p, const struct line *line,
			   struct text *ret)
{
	struct mapping map;
	size_t path;

	text_clear(ret);
	if (!maps_parse((struct span){ line->text, line->len }, &map) || !map.path.len)
		return false;
	if (maps_looks_like_dmabuf(map.path)) {
		path = (size_t)(map.path.at - line->text);
		text_add(ret, line->text, line->len);
		capture_note_names(p->c, map.path.at, map.path.len);
		if (p->c->req->redact)
			redact_path(ret->v + path, ret->n - path);
		if (!maps_shares_inode(map.path) &&
		    !has_device(p->devices.v, p->devices.n, &map))
			*vec_add(&p->devices) = device_of(&map);
		p->held++;
	} else if (*map.path.at == '/' && is_new_device(p->c, &map)) {
		/* That this device carries ordinary files is all that matters. */
		text_printf(ret,
			    "00000000-00001000 ---p 00000000 %02" PRIx32 ":%02" PRIx32
			    " 0 /",
			    map.dev_major, map.dev_minor);
	} else {
		return false;
	}
	text_addc(ret, '\n');
	return true;
}

static void put_maps(struct process_copy *p, bool *denied)
{
	_text_ struct text reduced = { 0 };
	struct reader reader;
	struct line line;
	char path[32];
	bool open = false;
	int r;

	snprintf(path, sizeof(path), "proc/%" PRIu32 "/maps", p->pid);
	r = root_reader(p->c->root, path, &reader);
	if (r < 0) {
		*denied |= r == -EACCES || r == -EPERM;
		if (r != -ENOENT && r != -ESRCH && r != -ENOTDIR)
			capture_put(p->c, path, (struct span){ "", 0 }, r);
		return;
	}
	while ((r = reader_next(&reader, &line)) == 1) {
		if (!reduce_mapping(p, &line, &reduced))
			continue;
		if (!open)
			capture_frame_begin(&p->c->frame, path, false);
		open = true;
		capture_frame_bytes(&p->c->frame, reduced.v, reduced.n);
	}
	reader_fini(&reader);
	if (open)
		capture_frame_end(&p->c->frame, r);
	else if (r < 0 && r != -ESRCH)
		capture_put(p->c, path, (struct span){ "", 0 }, r);
}

/* The mounts of the devices where this process has mapped what looks like dma-bufs. */
static void put_mounts(struct process_copy *p)
{
	_text_ struct text kept = { 0 };
	struct reader reader;
	struct line line;
	char path[40];
	int r;

	snprintf(path, sizeof(path), "proc/%" PRIu32 "/mountinfo", p->pid);
	r = root_reader(p->c->root, path, &reader);
	if (r < 0)
		return;
	while ((r = reader_next(&reader, &line)) == 1) {
		struct scan s = scan_text(line.text, line.len);
		uint64_t major, minor;

		scan_token(&s), scan_blanks(&s);
		scan_token(&s), scan_blanks(&s);
		if (!scan_dec(&s, &major) || !scan_word(&s, ":") || !scan_dec(&s, &minor))
			continue;
		vec_each(&p->devices, it)
			if (it->major == major && it->minor == minor)
				text_printf(&kept, "%.*s\n", (int)(s.at - line.text),
					    line.text);
	}
	reader_fini(&reader);
	capture_put(p->c, path, (struct span){ kept.v ? kept.v : "", kept.n }, r);
}

/* proc/PID/stat, else comm; and the limit of open files. */
static void describe(struct capture *c, uint32_t pid)
{
	static const char label[] = "Max open files";
	_text_ struct text text = { 0 };
	const char *at;
	char path[40];

	snprintf(path, sizeof(path), "proc/%" PRIu32 "/stat", pid);
	if (!root_read(c->root, path, ROOT_RECORD, &text) && text.n) {
		if (c->req->redact)
			redact_stat(text.v, text.n);
		capture_put(c, path, (struct span){ text.v, text.n }, 0);
	} else {
		snprintf(path, sizeof(path), "proc/%" PRIu32 "/comm", pid);
		if (!root_read(c->root, path, ROOT_RECORD, &text) && text.n) {
			if (c->req->redact)
				redact_name(text.v, text.n);
			capture_put(c, path, (struct span){ text.v, text.n }, 0);
		}
	}
	snprintf(path, sizeof(path), "proc/%" PRIu32 "/limits", pid);
	if (root_read(c->root, path, ROOT_RECORD, &text) || !text.n)
		return;
	at = span_find((struct span){ text.v, text.n }, label);
	if (at)
		capture_put(c, path,
			    (struct span){ at, strcspn(at, "\n") + !!strchr(at, '\n') },
			    0);
}

/* The size of a page, for what the kernel counts in pages. */
static void put_page_size(struct capture *c, uint32_t pid)
{
	static const char key[] = "KernelPageSize:";
	struct reader reader;
	struct line line;
	char path[32];

	snprintf(path, sizeof(path), "proc/%" PRIu32 "/smaps", pid);
	if (c->has_page || root_reader(c->root, path, &reader) < 0)
		return;
	while (!c->has_page && reader_next(&reader, &line) == 1) {
		if (!span_starts((struct span){ line.text, line.len }, key))
			continue;
		c->has_page = true;
		capture_put(c, path, (struct span){ line.text, line.len }, 0);
	}
	reader_fini(&reader);
}

static void put_process(struct capture *c, uint32_t pid)
{
	struct process_copy p = { .c = c, .pid = pid };
	bool denied = false;
	char path[32];

	snprintf(path, sizeof(path), "proc/%" PRIu32, pid);
	capture_frame_directory(&c->frame, path);
	if (c->req->sources & (1u << SRC_FDINFO | 1u << SRC_DRM_FDINFO))
		put_descriptors(&p, &denied);
	if (c->req->sources & 1u << SRC_MAPS)
		put_maps(&p, &denied);
	if (p.devices.n)
		put_mounts(&p);
	if (p.held) {
		describe(c, pid);
		*vec_add(&c->described) = pid;
	}
	c->result->processes++;
	c->result->denied_processes += denied;
	text_fini(&p.list);
	text_fini(&p.fdinfo);
	vec_free(&p.devices);
}

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static bool is_among(const uint32_t *sorted, size_t n, uint32_t pid)
{
	return n && bsearch(&pid, sorted, n, sizeof(pid), by_number);
}

/*
 * Living processes that a buffer's name may speak of, and that hold nothing themselves.
 */
static void describe_named(struct capture *c)
{
	if (c->named.n)
		qsort(c->named.v, c->named.n, sizeof(*c->named.v), by_number);
	for (size_t i = 0; i < c->named.n; i++) {
		uint32_t pid = c->named.v[i];

		if ((!i || c->named.v[i - 1] != pid) &&
		    is_among(c->pids.ids.v, c->pids.ids.n, pid) &&
		    !is_among(c->described.v, c->described.n, pid))
			describe(c, pid);
	}
}

void capture_processes(struct capture *c)
{
	int r = root_pids(c->root, &c->pids);

	if (r < 0 && r != -ENOENT) {
		capture_refused(c, "proc", r);
		return;
	}
	for (size_t i = 0; i < c->pids.ids.n && i < PAGE_PROCESSES; i++)
		put_page_size(c, c->pids.ids.v[i]);
	vec_each(&c->pids.ids, pid) {
		if (ferror(c->req->out))
			break;
		put_process(c, *pid);
	}
	describe_named(c);
}
