/* SPDX-License-Identifier: MIT */
/*
 * ION, the allocator before the DMA-BUF heaps (formats.md 7): debugfs ion/, readable by
 * root. Up to 4.9 a list of clients a heap, in ion/heaps/ or (3.0) right in ion/; from
 * 4.12 on three counters a heap in ion/HEAP/; Android's 4.19 and 5.4 have two sums in
 * sysfs.
 *
 * Files whose reading makes the kernel do more than print are left alone: the shrinkers,
 * and whatever else a vendor put beside the heaps.
 */
#include <errno.h>

#include "sources/ion_heap.h"

#define DEBUG_DIR "sys/kernel/debug/ion"
#define HEAPS_DIR DEBUG_DIR "/heaps"
#define CLIENTS_DIR DEBUG_DIR "/clients"
#define SYSFS_DIR "sys/kernel/ion"

#define NUMBER_MOST 64

struct walk {
	struct snapshot *snap;
	const struct root *root;
	struct diag *diag;
	size_t n_heaps; /* of other sources */
	bool found;	/* something was read */
	int error;	/* the first that is more than "not there" */
};

static void note(struct walk *w, int r)
{
	if (r >= 0)
		w->found = true;
	else if (r != -ENOENT && r != -ENOTDIR && !w->error)
		w->error = r;
}

static bool ends_in(const char *name, const char *suffix)
{
	size_t len = strlen(name), cut = strlen(suffix);

	return len >= cut && !strcmp(name + len - cut, suffix);
}

static int read_list(struct walk *w, const char *dir, const char *name)
{
	_text_ struct text path = { 0 };
	int r;

	text_printf(&path, "%s/%s", dir, name);
	r = parse_node(w->snap, w->root, path.v, &ion_format, w->diag);
	note(w, r);
	return r;
}

/* A file that is one number; ABSENT64 when it is not there or none. */
static uint64_t read_number(struct walk *w, const char *path)
{
	_text_ struct text text = { 0 }, name = { 0 };
	struct place place = { .line = 1, .column = 1 };
	uint64_t value = ABSENT64;
	int r = root_read(w->root, path, NUMBER_MOST, &text);

	if (r < 0) {
		note(w, r);
		return ABSENT64;
	}
	w->found = true;
	if (scan_only_dec(text.n ? text.v : "", text.n, &value)) {
		snapshot_count(w->snap, SRC_ION, 1, 0);
		return value;
	}
	place.file = root_name(w->root, path, &name);
	diag_error(w->diag, &place, "expected a number, got '%s'",
		   diag_quote(text.n ? text.v : "", text.n));
	diag_end_file(w->diag);
	snapshot_count(w->snap, SRC_ION, 0, 1);
	return ABSENT64;
}

/* ion/HEAP/num_of_alloc_bytes. False when the name is no such directory. */
static bool read_counters(struct walk *w, const char *name)
{
	_text_ struct text path = { 0 };
	uint64_t bytes;
	uint32_t heap;
	int r;

	text_printf(&path, DEBUG_DIR "/%s/num_of_alloc_bytes", name);
	r = root_may_read(w->root, path.v);
	if (r == -ENOENT || r == -ENOTDIR)
		return r == -ENOENT;
	bytes = read_number(w, path.v);
	heap = strings_adds(&w->snap->strings, name);
	if (bytes != ABSENT64)
		snapshot_heap(w->snap, heap)->used_bytes = bytes;
	return true;
}

static bool read_heaps(struct walk *w)
{
	_text_ struct text names = { 0 };
	int r = root_list(w->root, HEAPS_DIR, &names);

	note(w, r);
	if (r < 0)
		return r != -ENOENT;
	list_each(&names, name)
		if (!ends_in(name, "_shrink"))
			read_list(w, HEAPS_DIR, name);
	return true;
}

/*
 * No ion/heaps/: directories are heaps of 4.12, files are those of 3.0, numbers clients.
 */
static void read_top(struct walk *w)
{
	_text_ struct text names = { 0 };
	int r = root_list(w->root, DEBUG_DIR, &names);

	note(w, r);
	if (r < 0)
		return;
	list_each(&names, name) {
		if (ends_in(name, "_shrink") || (*name >= '0' && *name <= '9') ||
		    !strcmp(name, "clients") || read_counters(w, name))
			continue;
		read_list(w, DEBUG_DIR, name);
	}
}

/* The same allocations from the other side, should the heaps say nothing. */
static void read_clients(struct walk *w)
{
	_text_ struct text names = { 0 };
	const char *dir = CLIENTS_DIR;
	int r = root_list(w->root, dir, &names);

	if (r < 0)
		r = root_list(w->root, dir = DEBUG_DIR, &names);
	if (r < 0)
		return;
	list_each(&names, name)
		if (*name >= '0' && *name <= '9')
			read_list(w, dir, name);
}

/* The sums over all heaps, where no heap told its own. */
static void read_sums(struct walk *w)
{
	uint64_t used = read_number(w, SYSFS_DIR "/total_heaps_kb");
	uint64_t pools = read_number(w, SYSFS_DIR "/total_pools_kb");
	bool has_used = false, has_pool = false;
	struct heap *all;

	for (size_t i = w->n_heaps; i < w->snap->heaps.n; i++) {
		has_used |= w->snap->heaps.v[i].used_bytes != ABSENT64;
		has_pool |= w->snap->heaps.v[i].pool_bytes != ABSENT64;
	}
	if ((used == ABSENT64 || has_used) && (pools == ABSENT64 || has_pool))
		return;
	all = snapshot_heap(w->snap, strings_adds(&w->snap->strings, "ion"));
	if (!has_used)
		all->used_bytes = product_or_absent(used, 1024);
	if (!has_pool)
		all->pool_bytes = product_or_absent(pools, 1024);
}

static int collect(struct snapshot *snap, const struct root *root, struct diag *diag)
{
	struct walk w = {
		.snap = snap, .root = root, .diag = diag, .n_heaps = snap->heaps.n
	};

	if (!read_heaps(&w))
		read_top(&w);
	if (!snap->coverage[SRC_ION].records)
		read_clients(&w);
	read_sums(&w);
	if (w.found && w.error)
		snapshot_cover(snap, SRC_ION, COVERAGE_PARTIAL, strerror(-w.error));
	return w.found ? 0 : w.error ? w.error : -ENOENT;
}

const struct source source_ion = {
	.id = SRC_ION,
	.summary = "ION heaps: clients, orphans, pools (kernels up to 5.10)",
	.paths = { HEAPS_DIR "/*", DEBUG_DIR "/*", DEBUG_DIR "/*/num_of_alloc_bytes",
		   SYSFS_DIR "/total_heaps_kb", SYSFS_DIR "/total_pools_kb" },
	.format = &ion_format,
	.collect = collect,
	.options = { "CONFIG_ION" },
	.needs_root = true,
	.remedy = "only kernels up to 5.10 have ION; mount debugfs and run as root",
};
