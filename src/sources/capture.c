/* SPDX-License-Identifier: MIT */
/*
 * The nodes of a capture: those of every source in the table, in its order, since lists
 * that are matched by order must be read one right after the other; and a few that tell
 * of the kernel itself, for `doctor`.
 */
#include "sources/capture.h"

#include <errno.h>
#include <inttypes.h>

#include "sources/capture_priv.h"

/* What no source reads, or only to explain what another could not. */
static const char *const more_nodes[] = {
	"proc/version",
	"proc/uptime",
	"proc/cmdline",
	"proc/config.gz",
	"proc/filesystems",
	"proc/mounts",
	"proc/meminfo",
	"proc/sys/kernel/osrelease",
	"proc/sys/kernel/random/boot_id",
	"proc/sys/kernel/kptr_restrict",
	"proc/sys/kernel/yama/ptrace_scope",
	"proc/sys/kernel/perf_event_paranoid",
	"sys/fs/selinux/enforce",
	"sys/kernel/security/lockdown",
	"proc/rk_memblock/*",
	"sys/kernel/debug/memblock/reserved_size",
	"proc/mpp_service/version",
	"proc/mpp_service/load",
	"proc/mpp_service/supports-device",
	"proc/mpp_service/*/session_buffers",
	"proc/mpp_service/*/sessions-info",
	"proc/rkrga/driver_version",
	"sys/kernel/debug/rkrga/driver_version",
	"sys/kernel/debug/dri/*/name",
	"sys/kernel/debug/dri/*/gem_names",
	"sys/fs/cgroup/dmem.capacity",
	"sys/fs/cgroup/dmem.current",
	/* Other vendors' lists (formats.md 8): no source reads them yet. */
	"proc/process_dmabuf_info",
	"proc/ion_process_info",
	"proc/dma_heap/*",
	"sys/kernel/debug/dma_buf/process_bufinfo",
	"sys/kernel/debug/vivo_dma_buf/*",
};

/* Of these the link itself is wanted, up to Linux 5.16. */
static const char attachment_links[] = "sys/kernel/dmabuf/buffers/*/attachments/*/device";

/* Whether they are mounted, empty or forbidden is news by itself. */
static const char *const directories[] = {
	"sys/kernel/debug",
	"sys/kernel/tracing",
	"proc/rk_dmabuf",
	"proc/rk_cma",
	"proc/mpp_service",
	"proc/rkrga",
	"sys/kernel/dmabuf/buffers",
	"sys/kernel/mm/cma",
};

void capture_refused(struct capture *c, const char *path, int error)
{
	bool denied = error == -EACCES || error == -EPERM;

	c->result->denied += denied;
	c->result->failed += !denied;
	capture_frame_begin(&c->frame, path, false);
	capture_frame_end(&c->frame, error);
}

/* Names begin with their allocator's process id: digits, then a dash, after no word. */
void capture_note_names(struct capture *c, const char *text, size_t len)
{
	for (const char *dash = text;
	     (dash = memchr(dash, '-', (size_t)(text + len - dash))); dash++) {
		const char *at = dash;
		uint64_t pid;

		while (at > text && dash - at < 10 && at[-1] >= '0' && at[-1] <= '9')
			at--;
		if (at == dash ||
		    (at > text && ((at[-1] | 32) >= 'a' && (at[-1] | 32) <= 'z')))
			continue;
		if (scan_only_dec(at, (size_t)(dash - at), &pid) && pid < ABSENT32 &&
		    (!c->named.n || c->named.v[c->named.n - 1] != pid))
			*vec_add(&c->named) = (uint32_t)pid;
	}
}

void capture_put(struct capture *c, const char *path, struct span text, int error)
{
	capture_frame_begin(&c->frame, path, false);
	capture_frame_bytes(&c->frame, text.at, text.len);
	capture_frame_end(&c->frame, error);
}

/* As much as a process id with what stands before and behind it. */
#define SEAM ((size_t)12)

/* Also those that two blocks share: `seam` keeps the end of the one before. */
static void note_names_of_block(struct capture *c, struct text *seam, const char *bytes,
				size_t len)
{
	text_add(seam, bytes, MIN(len, SEAM));
	capture_note_names(c, seam->v, seam->n);
	capture_note_names(c, bytes, len);
	if (len >= SEAM)
		text_clear(seam);
	text_add(seam, bytes + len - MIN(len, SEAM), len >= SEAM ? SEAM : 0);
	if (seam->n > SEAM) {
		memmove(seam->v, seam->v + seam->n - SEAM, SEAM);
		seam->n = SEAM;
	}
}

/* The node's frame opens with the first bytes: before that it may be a directory. */
static int copy(struct capture *c, const char *path, struct reader *reader)
{
	enum redact_kind kind = c->req->redact ? redact_kind_of(path) : REDACT_NOTHING;
	const char *gz = strstr(path, ".gz");
	_text_ struct text held = { 0 }, seam = { 0 };
	const char *bytes;
	bool open = false;
	size_t len;
	int r;

	while ((r = reader_block(reader, &bytes, &len)) == 1) {
		if (!gz)
			note_names_of_block(c, &seam, bytes, len);
		if (!open)
			capture_frame_begin(&c->frame, path, gz && !gz[3]);
		open = true;
		if (kind != REDACT_NOTHING)
			text_add(&held, bytes, len);
		else
			capture_frame_bytes(&c->frame, bytes, len);
	}
	if (r == -EISDIR)
		return r;
	if (!open)
		capture_frame_begin(&c->frame, path, false);
	if (held.n)
		redact_node(kind, held.v, held.n);
	capture_frame_bytes(&c->frame, held.v ? held.v : "", held.n);
	capture_frame_end(&c->frame, r);
	return r;
}

void capture_node(struct capture *c, const char *path)
{
	struct reader reader;
	int r;

	if (c->req->redact && redact_kind_of(path) == REDACT_LEAVE_OUT)
		return;
	if (!capture_frame_holds((struct span){ path, strlen(path) })) {
		c->result->left_out++;
		return;
	}
	r = root_reader(c->root, path, &reader);
	if (r == -ENOENT || r == -ENOTDIR || r == -EISDIR)
		return;
	if (r < 0) {
		capture_refused(c, path, r);
		return;
	}
	r = copy(c, path, &reader);
	reader_fini(&reader);
	c->result->nodes += !r;
	c->result->failed += r < 0 && r != -EISDIR;
}

static void capture_link(struct capture *c, const char *path)
{
	_text_ struct text target = { 0 };
	int r = root_link(c->root, path, &target);

	if (r == -ENOENT || r == -ENOTDIR ||
	    !capture_frame_holds((struct span){ path, strlen(path) }))
		return;
	if (r < 0)
		capture_refused(c, path, r);
	else
		capture_frame_link(&c->frame, path, target.v ? target.v : "", target.n);
}

static bool capture_directory(struct capture *c, const char *path, struct text *names)
{
	int r = root_list(c->root, path, names);

	if (r == -ENOENT || r == -ENOTDIR)
		return false;
	if (!capture_frame_holds((struct span){ path, strlen(path) }))
		return false;
	if (r < 0)
		capture_refused(c, path, r);
	else
		capture_frame_directory(&c->frame, path);
	return !r;
}

typedef void (*leaf_fn)(struct capture *c, const char *path);

static void walk(struct capture *c, const char *pattern, leaf_fn leaf)
{
	const char *star = strchr(pattern, '*');
	_text_ struct text dir = { 0 }, names = { 0 }, path = { 0 };

	if (!star) {
		leaf(c, pattern);
		return;
	}
	text_add(&dir, pattern, (size_t)(star - pattern) - 1);
	if (!capture_directory(c, dir.v, &names))
		return;
	list_each(&names, name) {
		/* A name with a star in it would be a pattern again. */
		if (strchr(name, '*')) {
			c->result->left_out++;
			continue;
		}
		text_clear(&path);
		text_printf(&path, "%s/%s%s", dir.v, name, star + 1);
		walk(c, path.v, leaf);
	}
}

static void put_number(struct text *out, const char *key, uint64_t value)
{
	if (value != ABSENT64)
		text_printf(out, "%s %" PRIu64 "\n", key, value);
}

static void put_text(struct text *out, const char *key, const struct text *value)
{
	if (!value->n)
		return;
	text_printf(out, "%s ", key);
	for (size_t i = 0; i < value->n; i++)
		text_addc(out,
			  value->v[i] == '\n' || value->v[i] == '\r' ? ' ' : value->v[i]);
	text_addc(out, '\n');
}

/*
 * At the top, so that a file cut off has it; again at the end, with how it went, and then
 * that one counts.
 */
static void put_manifest(struct capture *c, bool at_end)
{
	_text_ struct text out = { 0 };
	struct root_info info;

	root_info(c->root, &info);
	text_printf(&out, "tool %s\nfrom %s\n", c->req->tool,
		    root_is_live(c->root) ? "live" :
		    root_is_tree(c->root) ? "tree" :
					    "capture");
	put_number(&out, "time", info.time_ns);
	put_number(&out, "boottime", info.boottime_ns);
	put_text(&out, "machine", &info.machine);
	if (!c->req->redact)
		put_text(&out, "host", &info.host);
	else
		text_adds(&out, "redacted names tasks host\n");
	if (at_end)
		text_printf(&out,
			    "complete yes\nnodes %" PRIu64 "\ndenied %" PRIu64
			    "\nfailed %" PRIu64 "\nleft_out %" PRIu64
			    "\nprocesses %" PRIu64 "\ndenied_processes %" PRIu64 "\n",
			    c->result->nodes, c->result->denied, c->result->failed,
			    c->result->left_out, c->result->processes,
			    c->result->denied_processes);
	capture_put(c, "MANIFEST", (struct span){ out.v, out.n }, 0);
	root_info_fini(&info);
}

static bool is_about_processes(enum source_id id)
{
	return id == SRC_FDINFO || id == SRC_MAPS || id == SRC_DRM_FDINFO;
}

static bool tells_of_buffers(enum source_id id)
{
	return id <= SRC_SYSFS || id == SRC_RK_DMA_HEAP || id == SRC_ION;
}

static void capture_source(struct capture *c, const struct source *source)
{
	uint64_t before = c->result->nodes;

	for (size_t k = 0; k < ARRAY_SIZE(source->paths) && source->paths[k]; k++)
		walk(c, source->paths[k], capture_node);
	if (source->id == SRC_SYSFS)
		walk(c, attachment_links, capture_link);
	if (tells_of_buffers(source->id))
		c->result->dmabuf_nodes += c->result->nodes - before;
}

void capture_write(const struct capture_request *req, struct capture_result *ret)
{
	struct capture c = { .req = req, .root = req->root, .result = ret };
	_text_ struct text names = { 0 };
	bool processes = false;

	*ret = (struct capture_result){ 0 };
	capture_frame_init(&c.frame, req->out);
	put_manifest(&c, false);
	for (size_t i = 0; i < ARRAY_SIZE(directories); i++)
		capture_directory(&c, directories[i], &names);
	for (size_t i = 0; i < n_sources && !ferror(req->out); i++) {
		if (!(req->sources & 1u << sources[i]->id))
			continue;
		if (!is_about_processes(sources[i]->id)) {
			capture_source(&c, sources[i]);
		} else if (!processes) {
			capture_processes(&c);
			processes = true;
		}
	}
	for (size_t i = 0; i < ARRAY_SIZE(more_nodes) && !ferror(req->out); i++)
		walk(&c, more_nodes[i], capture_node);
	put_manifest(&c, true);
	capture_frame_fini(&c.frame);
	vec_free(&c.pids.ids);
	vec_free(&c.named);
	vec_free(&c.described);
	vec_free(&c.devices);
}
