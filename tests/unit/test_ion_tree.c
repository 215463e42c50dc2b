/* SPDX-License-Identifier: MIT */
/* Tests of src/sources/ion.c: which files of which kernel are read. */
#include <errno.h>

#include "test_tree.h"

extern const struct source source_ion;

#define ION "sys/kernel/debug/ion/"
#define HEADER "          client              pid             size\n"
#define RULE "----------------------------------------------------\n"
#define FLINGER "  surfaceflinger              611         50642944\n"
#define CLIENT "       heap_name:    size_in_bytes\n          system:         50642944\n"
#define MUST_NOT "must not be read\n"

static const struct heap *heap(const struct fed *f, const char *name)
{
	static const struct heap none;

	vec_each(&f->snap->heaps, it)
		if (!strcmp(snapshot_str(f->snap, it->name), name))
			return it;
	return &none;
}

static const char *detail(const struct fed *f)
{
	return snapshot_str(f->snap, f->snap->coverage[SRC_ION].detail);
}

static void test_none(void)
{
	struct fed f;

	feed_begin(&f);
	is_int(collect(&f, &source_ion), -ENOENT, "no ION in this kernel");
	feed_finish(&f);
}

static void test_3_10(void)
{
	struct fed f;

	put(ION "heaps/system", HEADER RULE FLINGER RULE "total 50642944\n" RULE);
	put(ION "heaps/system_shrink", MUST_NOT);
	put(ION "heaps/cma", HEADER RULE RULE);
	put(ION "heaps/cma-bitmap", "cma Heap bitmap:\nHeap size: 0M, Heap base: 0x0\n");
	put(ION "clients/611-0", CLIENT);
	put(ION "check_leaked_fds", MUST_NOT);
	put("sys/kernel/ion/total_heaps_kb", "77\n");
	put("sys/kernel/ion/total_pools_kb", "3\n");
	feed_begin(&f);
	is_int(collect(&f, &source_ion), 0, "3.10");
	is_u64(f.snap->ion.n, 1, "the client once, not again by its own list");
	is_u64(heap(&f, "system")->used_bytes, 50642944, "heap");
	is_u64(f.snap->areas.n, 1, "bitmap");
	is_u64(heap(&f, "ion")->used_bytes, ABSENT64, "the sum is not counted twice");
	is_u64(heap(&f, "ion")->pool_bytes, 3072, "the pools are told nowhere else");
	is_int(f.diag.n[DIAG_ERROR], 0, "no errors");
	is_int(f.snap->coverage[SRC_ION].status, COVERAGE_OK, "clean");
	feed_finish(&f);
}

static void test_3_0(void)
{
	struct fed f;

	clear();
	put(ION "norheap", HEADER FLINGER);
	put(ION "611", CLIENT);
	feed_begin(&f);
	is_int(collect(&f, &source_ion), 0, "3.0");
	is_u64(f.snap->ion.n, 1, "the client once");
	ok(f.snap->ion.n && f.snap->ion.v[0].client, "... as the heap lists it");
	feed_finish(&f);

	clear();
	put(ION "611", CLIENT);
	feed_begin(&f);
	is_int(collect(&f, &source_ion), 0, "only a client's own list");
	is_u64(f.snap->ion.n, 1, "... is better than none");
	is_u64(f.snap->ion.v[0].pid, 611, "... whose, by its name");
	feed_finish(&f);
}

static void test_4_12(void)
{
	struct fed f;

	clear();
	put(ION "ion_system_heap/num_of_buffers", "3\n");
	put(ION "ion_system_heap/num_of_alloc_bytes", "12345344\n");
	put(ION "ion_system_heap/alloc_bytes_wm", "99999744\n");
	put(ION "cma/num_of_alloc_bytes", "lots\n");
	put(ION "vendor/other", MUST_NOT);
	put("sys/kernel/ion/total_pools_kb", "3\n");
	feed_begin(&f);
	is_int(collect(&f, &source_ion), 0, "4.12");
	is_u64(heap(&f, "ion_system_heap")->used_bytes, 12345344, "heap");
	ok(!detail(&f), "a directory of other things is passed over");
	is_int(f.diag.n[DIAG_ERROR], 1, "a number that is none is said");
	is_int(f.snap->coverage[SRC_ION].status, COVERAGE_PARTIAL, "... and remembered");
	feed_finish(&f);

	clear();
	put("sys/kernel/ion/total_heaps_kb", "77\n");
	put("sys/kernel/ion/total_pools_kb", "3\n");
	feed_begin(&f);
	is_int(collect(&f, &source_ion), 0, "Android 4.19");
	is_u64(heap(&f, "ion")->used_bytes, 77 * 1024, "all heaps");
	is_u64(heap(&f, "ion")->pool_bytes, 3 * 1024, "all pools");
	feed_finish(&f);
}

static void tests(void)
{
	test_none();
	test_3_10();
	test_3_0();
	test_4_12();
}

int main(void)
{
	return with_tree(tests);
}
