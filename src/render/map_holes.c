/* SPDX-License-Identifier: MIT */
/* Holes of a space, and what lies between them: who is in the way. */
#include <inttypes.h>

#include "render/map_priv.h"

#define MOST_OWNERS 3

size_t map_holes(const struct layout_space *space, uint32_t *ret, size_t most)
{
	size_t n = 0;

	for (uint32_t i = 0; i < space->pieces.n; i++) {
		const struct piece *p = &space->pieces.v[i];
		size_t at;

		if (p->kind != PIECE_FREE)
			continue;
		for (at = n;
		     at && piece_size(p) > piece_size(&space->pieces.v[ret[at - 1]]);
		     at--)
			if (at < most)
				ret[at] = ret[at - 1];
		if (at < most) {
			ret[at] = i;
			n += n < most;
		}
	}
	return n;
}

struct share {
	uint32_t owner;
	const struct piece *piece; /* one of theirs */
	uint64_t bytes;
};

static int by_bytes(const void *x, const void *y)
{
	const struct share *a = x, *b = y;

	if (a->bytes != b->bytes)
		return a->bytes > b->bytes ? -1 : 1;
	return (a->owner > b->owner) - (a->owner < b->owner);
}

/* Whose pieces these are, most bytes first: "npu 12 KiB, rkisp 4 KiB". */
static void add_owners(struct text *out, const struct map_view *view,
		       const struct layout_space *space, const struct layout_room *room)
{
	size_t n = space->owners.n + 1;
	_cleanup_(freep) struct share *shares = mem_alloc(n * sizeof(*shares));
	char size[UNITS_TEXT];

	for (uint32_t i = room->first; i <= room->last; i++) {
		const struct piece *p = &space->pieces.v[i];
		struct share *share = &shares[p->owner == ABSENT32 ? n - 1 : p->owner];

		if (piece_is_empty(p))
			continue;
		share->owner = p->owner;
		share->piece = p;
		share->bytes += piece_size(p);
	}
	qsort(shares, n, sizeof(*shares), by_bytes);
	for (size_t i = 0; i < n && shares[i].bytes; i++) {
		if (i == MOST_OWNERS) {
			text_adds(out, ", …");
			break;
		}
		text_adds(out, i ? ", " : "");
		map_piece_owner(out, view, space, shares[i].piece);
		text_printf(out, " %s",
			    units_size(size, shares[i].bytes, view->look->units));
	}
}

void map_rooms(struct text *out, const struct map_view *view,
	       const struct layout_space *space)
{
	struct layout_room rooms[MAP_ROOMS];
	size_t n = layout_rooms(space, rooms, MAP_ROOMS);
	char a[UNITS_TEXT], b[UNITS_TEXT], from[24], to[24];

	for (size_t i = 0; i < n; i++) {
		const struct layout_room *r = &rooms[i];

		text_printf(out, "%s: %s in %" PRIu32 " piece%s between %s and %s: ",
			    units_size(a, r->wanted, view->look->units),
			    units_size(b, r->busy_bytes, view->look->units), r->busy,
			    r->busy == 1 ? "" : "s",
			    map_address(from, space, space->pieces.v[r->first].start),
			    map_address(to, space, space->pieces.v[r->last].last));
		add_owners(out, view, space, r);
		text_addc(out, '\n');
	}
}
