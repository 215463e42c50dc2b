/* SPDX-License-Identifier: MIT */
/*
 * Fuzzes src/store/: any bytes are loaded as a snapshot. What loads must hold together,
 * and saving it, loading that and saving again must give the same bytes. Where the input
 * is cut into blocks must not matter.
 */
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "../unit/store_sample.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void check_range(uint32_t first, uint32_t n, size_t have)
{
	must(!n || (first < have && n <= have - first));
}

static void check_holders(const struct snapshot *snap, const struct buffer *buf)
{
	size_t n = 0, most = snap->holders.n + snap->more_fds.n;

	for (uint32_t at = buf->holders; at != ABSENT32; at = snap->holders.v[at].next) {
		must(at < snap->holders.n && ++n <= most);
		must(snap->holders.v[at].process < snap->processes.n);
		for (uint32_t more = snap->holders.v[at].more_fds; more != ABSENT32;
		     more = snap->more_fds.v[more].next)
			must(more < snap->more_fds.n && ++n <= most);
	}
}

static void check(const struct snapshot *snap)
{
	size_t strings = snap->strings.entries.n;

	vec_each(&snap->buffers, it) {
		check_range(it->segments, it->n_segments, snap->segments.n);
		check_range(it->attachments, it->n_attachments, snap->attachments.n);
		check_holders(snap, it);
		must(it->name < strings && it->exporter < strings && it->heap < strings &&
		     it->allocator_task < strings);
		must(!it->size_is_exact || it->size_bytes != ABSENT64);
		must(!(it->sources >> N_SOURCES) && !it->is_merged);
		must(it->ino == ABSENT64 || snapshot_by_ino(snap, it->ino));
		must(it->pointer == ABSENT64 || snapshot_by_pointer(snap, it->pointer));
	}
	vec_each(&snap->attachments, it)
		must(it->count && it->count != ABSENT32 && it->device);
	vec_each(&snap->sessions, it)
		check_range(it->segments, it->n_segments, snap->segments.n);
	vec_each(&snap->areas, it) {
		check_range(it->words, it->n_words, snap->bitmap.n);
		must(it->source < N_SOURCES && it->bit_bytes);
	}
	vec_each(&snap->drm, it)
		must(it->process == ABSENT32 || it->process < snap->processes.n);
	for (size_t id = 1; id < strings; id++)
		must(strlen(snapshot_str(snap, (uint32_t)id)) ==
		     strings_len(&snap->strings, (uint32_t)id));
}

static struct text save(const struct snapshot *snap)
{
	must(snap);
	check(snap);
	return sample_save(snap);
}

/* The same bytes out of a file, a few at a time. */
static struct snapshot *load_slowly(const uint8_t *data, size_t size)
{
	struct diag diag = { 0 };
	struct snapshot *snap;
	struct reader reader;
	int fd = memfd_create("fuzz", 0), error = 0;

	must(fd >= 0 && write(fd, data, size) == (ssize_t)size &&
	     !lseek(fd, 0, SEEK_SET));
	reader_init_fd(&reader, fd, size % 5 + 1);
	snap = snapshot_load(&reader, "slowly", &diag, &error);
	reader_fini(&reader);
	return snap;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(snapshot_freep) struct snapshot *snap = NULL, *slow = NULL,
						  *again = NULL;
	_text_ struct text first = { 0 }, second = { 0 };
	int error;

	snapshot_json_starts((const char *)data, size);
	snap = sample_load((const char *)data, size, NULL, &error);
	must(snap || error < 0);
	if (size % 8 == 0) {
		slow = load_slowly(data, size);
		must(!slow == !snap);
	}
	if (!snap)
		return 0;
	first = save(snap);
	again = sample_load(first.v, first.n, NULL, &error);
	second = save(again);
	must(first.n == second.n && !memcmp(first.v, second.v, first.n));
	if (slow) {
		text_fini(&second);
		second = save(slow);
		must(first.n == second.n && !memcmp(first.v, second.v, first.n));
	}
	return 0;
}
