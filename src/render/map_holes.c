/* SPDX-License-Identifier: MIT */
/* Holes of a space, and what lies between them: who is in the way. */
#include <inttypes.h>

#include "render/map_priv.h"

#define MOST_BLOCKS 3
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

/* The owners of a block, each once: "npu (3 pieces), rkisp". */
static void add_owners(struct text *out, const struct map_view *view,
		       const struct layout_space *space, const struct layout_block *block)
{
	uint32_t seen[MOST_OWNERS];
	unsigned n = 0;
	bool more = false;

	for (uint32_t i = block->first; i <= block->last; i++) {
		const struct piece *p = &space->pieces.v[i];
		bool is_new = p->kind != PIECE_PADDING;

		for (unsigned k = 0; k < n; k++)
			is_new &= seen[k] != p->owner;
		if (!is_new)
			continue;
		if (n == MOST_OWNERS) {
			more = true;
			break;
		}
		text_adds(out, n ? ", " : "");
		map_piece_owner(out, view, space, p);
		seen[n++] = p->owner;
	}
	text_adds(out, more ? ", …" : "");
}

void map_blocks(struct text *out, const struct map_view *view,
		const struct layout_space *space)
{
	struct layout_block blocks[MOST_BLOCKS];
	char a[UNITS_TEXT], address[24];
	size_t n = 0;

	if (space->n_holes > 1)
		n = layout_blocks(space, blocks, MOST_BLOCKS);
	for (size_t i = 0; i < n; i++) {
		const struct layout_block *b = &blocks[i];
		uint32_t pieces = b->last - b->first + 1;

		text_printf(out, "%s at %s ",
			    units_size(a, b->size_bytes, view->look->units),
			    map_address(address, space, space->pieces.v[b->first].start));
		if (pieces > 1)
			text_printf(out, "in %" PRIu32 " pieces ", pieces);
		text_adds(out, "of ");
		add_owners(out, view, space, b);
		text_printf(out, ": without them, one hole of %s\n",
			    units_size(a, b->merged_bytes, view->look->units));
	}
}
