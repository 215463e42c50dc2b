/* SPDX-License-Identifier: MIT */
/* Buffer ids, and which sources make a statement possible. */
#include "model/identity.h"

#include <inttypes.h>

const char *buffer_id(const struct snapshot *snap, const struct buffer *buf,
		      char out[BUFFER_ID_TEXT])
{
	(void)snap;
	if (buf->ino != ABSENT64)
		snprintf(out, BUFFER_ID_TEXT, "i%" PRIu64, buf->ino);
	else if (buf->pointer != ABSENT64)
		snprintf(out, BUFFER_ID_TEXT, "p%" PRIx64, buf->pointer);
	else
		snprintf(out, BUFFER_ID_TEXT, "n%" PRIu32, buf->order);
	return out;
}

bool snapshot_covers_any(const struct snapshot *snap, uint32_t set)
{
	for (int i = 0; i < N_SOURCES; i++)
		if (set & 1u << i && snapshot_covers(snap, (enum source_id)i))
			return true;
	return false;
}

bool snapshot_knows_buffers(const struct snapshot *snap)
{
	return snap->buffers.n || snapshot_covers_any(snap, SOURCES_OF_BUFFERS);
}

bool snapshot_knows_holders(const struct snapshot *snap)
{
	return snap->holders.n || snapshot_covers_any(snap, SOURCES_OF_HOLDERS);
}
