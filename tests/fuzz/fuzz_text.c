/* SPDX-License-Identifier: MIT */
/*
 * Fuzzes saved logs as a whole: telling nodes by content, moments, joining, sums. Each of
 * the first moments is asked for.
 */
#include "fuzz_source.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct snapshot *read_moment(const uint8_t *data, size_t size, unsigned moment)
{
	struct text_request req = { "saved.log", SOURCES_ALL, moment };
	struct diag diag = { 0 };
	struct snapshot *snap;
	struct reader reader;
	int error = 0;

	reader_init_mem(&reader, (const char *)data, size);
	snap = sources_read_text(&reader, &req, &diag, &error);
	fuzz_must(snap ? !error : error < 0);
	reader_fini(&reader);
	return snap;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	for (unsigned moment = 0; moment < 3; moment++) {
		_cleanup_(snapshot_freep) struct snapshot *snap =
			read_moment(data, size, moment);
		struct totals totals;

		if (!snap)
			continue;
		fuzz_check(snap);
		totals = snapshot_totals(snap);
		fuzz_must(totals.buffers <= snap->buffers.n &&
			  totals.unsized <= totals.buffers);
	}
	return 0;
}
