/* SPDX-License-Identifier: MIT */
/* The table of sources, and asking all of them. */
#include <errno.h>

#include "model/join.h"
#include "sources/holders.h"
#include "sources/source.h"

extern const struct source source_rk_dev, source_rk_sgt, source_rk_size, source_rk_peak,
	source_bufinfo, source_sysfs, source_fdinfo, source_maps, source_rk_dma_heap,
	source_rk_cma, source_cma_debugfs, source_cma_sysfs, source_mpp, source_rga,
	source_drm_fdinfo, source_mm_dump, source_ion, source_meminfo;

/*
 * In the order of reading. dev and bufinfo walk the same list and are matched by its
 * order, so they are read one right after the other; the processes come after the lists.
 *
 * In saved text also the order of asking: rk_cma, memblock and MPP have lines that look
 * like rk_dmabuf/size, tell them by what stands around them, and leave the rest to it.
 */
const struct source *const sources[] = {
	&source_rk_dev,	     &source_bufinfo,	&source_rk_sgt,	 &source_rk_dma_heap,
	&source_rk_cma,	     &source_mpp,	&source_rk_size, &source_rk_peak,
	&source_sysfs,	     &source_fdinfo,	&source_maps,	 &source_drm_fdinfo,
	&source_cma_debugfs, &source_cma_sysfs, &source_meminfo, &source_rga,
	&source_mm_dump,     &source_ion,
};
const size_t n_sources = ARRAY_SIZE(sources);

const struct source *source_find(enum source_id id)
{
	for (size_t i = 0; i < n_sources; i++)
		if (sources[i]->id == id)
			return sources[i];
	return NULL;
}

struct walk {
	struct snapshot *snap;
	const struct root *root;
	const struct source *source;
	struct diag *diag;
	int result; /* of the first node that was there; -ENOENT: none was */
};

static void read_one(struct walk *w, const char *path)
{
	int r = parse_node(w->snap, w->root, path, w->source->format, w->diag);

	if (w->result == -ENOENT || r == 0)
		w->result = r;
}

/* Read every node that a path with `*` components stands for. */
static void read_pattern(struct walk *w, const char *pattern)
{
	const char *star = strchr(pattern, '*');
	_text_ struct text dir = { 0 }, names = { 0 }, path = { 0 };
	int r;

	if (!star) {
		read_one(w, pattern);
		return;
	}
	text_add(&dir, pattern, (size_t)(star - pattern) - 1);
	r = root_list(w->root, dir.v, &names);
	if (r < 0) {
		if (w->result == -ENOENT && r != -ENOTDIR)
			w->result = r;
		return;
	}
	list_each(&names, name) {
		text_clear(&path);
		text_printf(&path, "%s/%s%s", dir.v, name, star + 1);
		read_pattern(w, path.v);
	}
}

static int read_paths(struct snapshot *snap, const struct root *root,
		      const struct source *source, struct diag *diag)
{
	struct walk w = { snap, root, source, diag, -ENOENT };

	for (size_t i = 0; i < ARRAY_SIZE(source->paths) && source->paths[i]; i++) {
		int before = w.result;

		read_pattern(&w, source->paths[i]);
		if (!w.result)
			return 0;
		/* "Denied" says more than "the other name is not there either". */
		if (before != -ENOENT)
			w.result = before;
	}
	return w.result;
}

static void cover_failure(struct snapshot *snap, const struct source *source, int error)
{
	enum coverage_status status = COVERAGE_ERROR;
	const char *detail = strerror(-error);

	if (error == -ENOENT || error == -ENOTDIR || error == -ENODEV) {
		status = COVERAGE_ABSENT;
		detail = source->remedy;
	} else if (error == -EACCES || error == -EPERM) {
		status = COVERAGE_DENIED;
		detail = "readable by root only";
	} else if (error == -EINVAL &&
		   (source->id == SRC_RK_DEV || source->id == SRC_RK_SGT)) {
		/* The list lives under it: formats.md 1.4. */
		detail =
			"this kernel was built without CONFIG_DEBUG_FS, which the list needs";
	}
	snapshot_cover(snap, source->id, status, detail);
}

static bool is_holder_source(enum source_id id)
{
	return id == SRC_FDINFO || id == SRC_MAPS || id == SRC_DRM_FDINFO;
}

static void take_info(struct snapshot *snap, const struct root *root)
{
	struct root_info info;

	root_info(root, &info);
	snap->captured.time_ns = info.time_ns;
	snap->captured.boottime_ns = info.boottime_ns;
	snap->captured.is_live = root_is_live(root);
	if (info.boot_id.n)
		snap->captured.boot_id =
			strings_add(&snap->strings, info.boot_id.v, info.boot_id.n);
	if (info.host.n)
		snap->captured.host =
			strings_add(&snap->strings, info.host.v, info.host.n);
	if (info.kernel.n)
		snap->captured.kernel =
			strings_add(&snap->strings, info.kernel.v, info.kernel.n);
	if (info.machine.n)
		snap->captured.machine =
			strings_add(&snap->strings, info.machine.v, info.machine.n);
	root_info_fini(&info);
}

struct snapshot *sources_collect(const struct root *root, unsigned set, struct diag *diag)
{
	struct snapshot *snap = snapshot_new();
	bool scanned = false;

	take_info(snap, root);
	for (size_t i = 0; i < n_sources; i++) {
		const struct source *source = sources[i];
		int r;

		if (!(set & 1u << source->id))
			continue;
		if (is_holder_source(source->id)) {
			if (!scanned)
				holders_collect(snap, root, set, diag);
			scanned = true;
			continue;
		}
		r = source->collect ? source->collect(snap, root, diag) :
				      read_paths(snap, root, source, diag);
		if (r < 0 && !snapshot_covers(snap, source->id))
			cover_failure(snap, source, r);
		else if (r < 0)
			snapshot_cover(snap, source->id, COVERAGE_PARTIAL, strerror(-r));
		else if (snap->coverage[source->id].status == COVERAGE_NOT_ASKED)
			snapshot_cover(snap, source->id, COVERAGE_OK, NULL);
	}
	join_buffers(snap);
	snapshot_settle_counters(snap);
	return snap;
}
