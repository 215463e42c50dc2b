/* SPDX-License-Identifier: MIT */
/* The sentences under a map: bounds, what still fits, who is in the way, what is
 * doubtful. */
#include <inttypes.h>

#include "base/escape.h"
#include "model/identity.h"
#include "render/map_priv.h"

/* Overlaps, owners of high pieces and blocks named one by one. */
#define MOST_NAMED 3

struct sizes {
	char a[UNITS_TEXT], b[UNITS_TEXT];
};

static const char *size(const struct map_view *view, char text[UNITS_TEXT],
			uint64_t bytes)
{
	return units_size(text, bytes, view->look->units);
}

const char *map_address(char out[24], const struct layout_space *space, uint64_t address)
{
	int digits = 8;

	while (digits < 16 && space->last >> (4 * digits))
		digits++;
	snprintf(out, 24, "0x%0*" PRIx64, digits, address);
	return out;
}

static void add_range(struct text *out, const struct layout_space *s, uint64_t start,
		      uint64_t last)
{
	char a[24], b[24];

	text_printf(out, "%s-%s", map_address(a, s, start), map_address(b, s, last));
}

char map_letter(const struct layout_space *space, uint32_t owner)
{
	if (space->owners.v[owner].is_others)
		return '*';
	return owner < MAP_LETTERS ? (char)('A' + owner) : '+';
}

void map_owner(struct text *out, const struct map_view *view,
	       const struct layout_space *space, uint32_t owner)
{
	const struct layout_owner *o = &space->owners.v[owner];

	if (o->is_others)
		text_adds(out, "(all others)");
	else if (o->who.kind == OWNER_HOLDER && !o->who.task && o->who.pid != ABSENT32)
		text_printf(out, "thread %" PRIu32, o->who.pid);
	else
		summary_owner(out, view->snap, o->who, false);
}

void map_piece_owner(struct text *out, const struct map_view *view,
		     const struct layout_space *space, const struct piece *piece)
{
	static const char *const words[N_PIECE_KINDS] = {
		[PIECE_RANGE] = "(not told)",	[PIECE_BITMAP] = "(not listed)",
		[PIECE_PADDING] = "(rounding)", [PIECE_FREE] = "free",
		[PIECE_UNKNOWN] = "not known",
	};

	if (piece->owner != ABSENT32)
		map_owner(out, view, space, piece->owner);
	else
		text_adds(out, words[piece->kind] ? words[piece->kind] : "(not known)");
}

void map_piece_what(struct text *out, const struct map_view *view,
		    const struct piece *piece)
{
	char id[BUFFER_ID_TEXT];

	if (piece->kind == PIECE_BUFFER)
		text_printf(out, "buffer %s",
			    buffer_id(view->snap, &view->snap->buffers.v[piece->record],
				      id));
	else if (piece->kind == PIECE_SESSION &&
		 view->snap->sessions.v[piece->record].index != ABSENT32)
		text_printf(out, "session %" PRIu32,
			    view->snap->sessions.v[piece->record].index);
	else
		text_adds(out, piece_kind_names[piece->kind]);
	if (piece->overlaps)
		text_adds(out, ", overlaps");
}

void map_share(char out[MAP_SHARE], const struct layout_space *space, uint64_t bytes)
{
	uint64_t placed =
		space->listed_bytes - MIN(space->unplaced_bytes, space->listed_bytes);
	/* Where pieces overlap, they are more than what is in use. */
	double all = (double)MAX(MAX(space->used_bytes, placed), 1u);
	double share = 100 * (double)bytes / all;

	if (bytes && share < 1)
		snprintf(out, MAP_SHARE, "<1%%");
	else
		snprintf(out, MAP_SHARE, "%.0f%%", share);
}

/* A dump is named after the number of its DRM device. */
static void add_dump(struct text *out, const struct map_view *view,
		     const struct layout_space *s)
{
	const char *name = snapshot_str(view->snap, s->name);

	if (name && *name >= '0' && *name <= '9')
		text_printf(out, "IOVA of DRM device %.4s", name);
	else
		text_adds(out, "IOVA of a DRM device (mm_dump)");
}

static void add_title(struct text *out, const struct map_view *view,
		      const struct layout_space *s)
{
	static const char *const prefix[N_LAYOUT_KINDS] = {
		[LAYOUT_PHYSICAL] = "",
		[LAYOUT_IOVA] = "IOVA of ",
		[LAYOUT_DMA] = "DMA addresses of ",
	};
	static const char *const unnamed[N_LAYOUT_KINDS] = {
		[LAYOUT_PHYSICAL] = "a heap without a name",
		[LAYOUT_IOVA] = "a device without a name",
		[LAYOUT_DMA] = "buffers whose one device is not told",
	};

	if (s->is_dump) {
		add_dump(out, view, s);
		return;
	}
	text_adds(out, prefix[s->kind]);
	if (s->name)
		escape_terminal(out, snapshot_str(view->snap, s->name),
				strings_len(&view->snap->strings, s->name));
	else
		text_adds(out, unnamed[s->kind]);
}

void map_headline(struct text *out, const struct map_view *view,
		  const struct layout_space *s)
{
	struct sizes t;

	add_title(out, view, s);
	text_printf(out, ": %s in use, ", size(view, t.a, s->used_bytes));
	if (s->free_bytes == ABSENT64)
		text_adds(out, "what is free is not known");
	else
		text_printf(out, "%s%s free", s->free_is_least ? "at least " : "",
			    size(view, t.b, s->free_bytes));
}

/* How the user can tell what no node does. */
static void note_option(struct text *out, const struct map_view *view,
			const struct layout_space *s)
{
	struct sizes t;

	if (s->kind != LAYOUT_PHYSICAL || !s->name)
		return;
	text_adds(out, " Say it with --heap '");
	escape_terminal(out, snapshot_str(view->snap, s->name),
			strings_len(&view->snap->strings, s->name));
	text_adds(out,
		  ":BASE+SIZE'; the kernel's log and its command line (rk_dma_heap_cma=) "
		  "know them.");
	if (view->layout->cma_total != ABSENT64)
		text_printf(out, " All CMA areas together are %s",
			    size(view, t.a, view->layout->cma_total));
	if (view->layout->cma_free != ABSENT64)
		text_printf(out, ", %s of it free",
			    size(view, t.b, view->layout->cma_free));
	if (view->layout->cma_total != ABSENT64)
		text_addc(out, '.');
}

static void note_seen(struct text *out, const struct map_view *view,
		      const struct layout_space *s)
{
	struct sizes t;

	if (s->is_refuted)
		text_adds(
			out,
			"The bounds told do not hold all that is listed and are not used. ");
	add_range(out, s, s->start, s->last);
	text_printf(out, ", %s, is what is seen. ",
		    size(view, t.a, s->last - s->start + 1));
	if (s->total_bytes != ABSENT64 && s->total_bytes > s->last - s->start) {
		text_printf(out,
			    "The whole is %s, but where it begins is not told: %s lie "
			    "below or above this.",
			    size(view, t.a, s->total_bytes),
			    size(view, t.b, s->total_bytes - (s->last - s->start + 1)));
		note_option(out, view, s);
	} else if (s->kind == LAYOUT_PHYSICAL) {
		text_adds(
			out,
			"How large the heap is, is not known, so nothing below or above "
			"counts as free.");
		note_option(out, view, s);
	} else {
		text_adds(out, "How large the address space is, is not told.");
	}
	text_addc(out, '\n');
}

static void note_bounds(struct text *out, const struct map_view *view,
			const struct layout_space *s)
{
	static const char *const words[] = {
		[BOUNDS_GIVEN] = "as given with --heap",
		[BOUNDS_AREA] = "by the CMA area's own word",
		[BOUNDS_FITTED] =
			"worked out: bitmap and listing fit together nowhere else",
		[BOUNDS_OFFSET] =
			"counted from where the area begins, which no node tells",
		[BOUNDS_DUMP] = "all of the space",
	};
	uint64_t shown = s->last - s->start + 1;
	struct sizes t;

	if (s->bounds == BOUNDS_SEEN) {
		note_seen(out, view, s);
		return;
	}
	add_range(out, s, s->start, s->last);
	text_printf(out, ", %s, %s.", size(view, t.a, shown), words[s->bounds]);
	if (s->total_bytes != ABSENT64 && s->total_bytes > shown)
		text_printf(out, " That is a part: the whole is %s.",
			    size(view, t.a, s->total_bytes));
	text_addc(out, '\n');
}

/* Does the order of the size matter here? The listing tells, where it shows that it does
 * not. */
static void note_aligned(struct text *out, const struct map_view *view,
			 const struct layout_space *s)
{
	struct sizes t;
	char address[24];

	if (s->kind != LAYOUT_PHYSICAL)
		return;
	if (s->unaligned != ABSENT32) {
		const struct piece *p = &s->pieces.v[s->unaligned];

		text_printf(
			out,
			" This heap does not align to the order of the size (%s begin "
			"at %s), so a hole can be used whole.",
			size(view, t.a, piece_size(p)),
			map_address(address, s, p->start));
	} else if (s->aligned_bytes < piece_size(&s->pieces.v[s->largest])) {
		text_printf(
			out,
			" Where it must begin at a multiple of its order, as CMA asks "
			"up to CONFIG_CMA_ALIGNMENT (%s by default): %s.",
			size(view, t.a, s->align_limit),
			size(view, t.b, s->aligned_bytes));
	}
}

static void note_holes(struct text *out, const struct map_view *view,
		       const struct layout_space *s)
{
	bool is_all = layout_is_bounded(s) && !s->unknown_bytes;
	double fragmentation;
	char address[24];
	struct sizes t;

	if (s->largest == ABSENT32) {
		if (!s->unknown_bytes)
			text_adds(out, layout_is_bounded(s) ?
					       "No hole: nothing fits any more.\n" :
					       "No hole in it.\n");
		return;
	}
	text_printf(out, "%s %s at %s.",
		    is_all ? "Largest allocation that still fits:" :
			     "Largest hole that is known:",
		    size(view, t.a, piece_size(&s->pieces.v[s->largest])),
		    map_address(address, s, s->pieces.v[s->largest].start));
	note_aligned(out, view, s);
	text_addc(out, '\n');
	if (layout_fragmentation(s, &fragmentation))
		text_printf(out,
			    "Fragmentation %.2f (1 - largest hole / all that is free), "
			    "%" PRIu64 " hole%s.\n",
			    fragmentation, s->n_holes, s->n_holes == 1 ? "" : "s");
}

static void note_doubt(struct text *out, const struct map_view *view,
		       const struct layout_space *s)
{
	struct sizes t;

	if (!s->unknown_bytes)
		return;
	text_printf(out, "%s between what is listed is not known to be free: ",
		    size(view, t.a, s->unknown_bytes));
	switch (s->doubt) {
	case DOUBT_NONE:
		text_adds(out, "no bitmap or dump covers it.\n");
		break;
	case DOUBT_PARTIAL:
		text_adds(out, "the listing could not be read whole.\n");
		break;
	case DOUBT_NO_COUNTER:
		text_adds(out, "nothing tells whether the listing is complete.\n");
		break;
	case DOUBT_DIFFERS:
		text_printf(out, "the kernel counts %s in use, ",
			    size(view, t.a, s->counter_bytes));
		text_printf(out, "%s are listed.\n", size(view, t.a, s->listed_bytes));
		break;
	case DOUBT_UNPLACED:
		text_printf(out, "%s that are listed without an address may sit there.\n",
			    size(view, t.a, s->unplaced_bytes));
		break;
	case DOUBT_SHARED:
		text_adds(out, "another heap has allocations among these addresses.\n");
		break;
	case DOUBT_SAMPLE:
		text_adds(out, "the node shows some mappings, never all.\n");
		break;
	}
}

static void note_overlaps(struct text *out, const struct map_view *view,
			  const struct layout_space *s)
{
	struct sizes t;

	if (!s->n_overlaps)
		return;
	text_printf(
		out, "%" PRIu64 " overlap%s of %s in all: %s\n", s->n_overlaps,
		s->n_overlaps == 1 ? "" : "s", size(view, t.a, s->overlap_bytes),
		s->kind == LAYOUT_PHYSICAL ?
			"impossible, unless the list changed while it was read." :
			"devices with address spaces of their own, or a list that changed.");
	for (size_t i = 0; i < s->overlaps.n && i < MOST_NAMED; i++) {
		const struct piece *a = &s->pieces.v[s->overlaps.v[i].a];
		const struct piece *b = &s->pieces.v[s->overlaps.v[i].b];

		text_adds(out, "- ");
		add_range(out, s, b->start, MIN(a->last, b->last));
		text_adds(out, ": ");
		map_piece_owner(out, view, s, a);
		text_adds(out, " (");
		map_piece_what(out, view, a);
		text_adds(out, ") and ");
		map_piece_owner(out, view, s, b);
		text_adds(out, " (");
		map_piece_what(out, view, b);
		text_adds(out, ")\n");
	}
}

/* Bytes of each owner beyond 32 bits; freed by the caller. */
static uint64_t *high_bytes(const struct layout_space *s)
{
	uint64_t *high = mem_alloc((s->owners.n + 1) * sizeof(*high));

	vec_each(&s->pieces, p)
		if (piece_is_listed(p) && p->last > UINT32_MAX)
			high[p->owner] +=
				p->last - MAX(p->start, (uint64_t)UINT32_MAX + 1) + 1;
	return high;
}

static void note_high(struct text *out, const struct map_view *view,
		      const struct layout_space *s)
{
	_cleanup_(freep) uint64_t *high = NULL;
	struct sizes t;

	if (!s->n_high)
		return;
	high = high_bytes(s);
	text_printf(out,
		    "Above 4 GiB (0xffffffff) lie %s in %" PRIu64
		    " piece%s: a device with "
		    "32 address bits cannot reach them. ",
		    size(view, t.a, s->high_bytes), s->n_high, s->n_high == 1 ? "" : "s");
	for (unsigned named = 0;; named++) {
		uint32_t most = 0;

		for (uint32_t i = 1; i < s->owners.n; i++)
			most = high[i] > high[most] ? i : most;
		if (!high[most])
			break;
		if (named == MOST_NAMED) {
			text_adds(out, "; others");
			break;
		}
		text_adds(out, named ? "; " : "Theirs: ");
		map_owner(out, view, s, most);
		text_printf(out, " %s", size(view, t.a, high[most]));
		high[most] = 0;
	}
	text_adds(out, ".\n");
}

static void note_counters(struct text *out, const struct map_view *view,
			  const struct layout_space *s)
{
	struct sizes t;

	if (s->n_unplaced)
		text_printf(out,
			    "%" PRIu64
			    " listed piece%s, %s, without a usable address: not "
			    "drawn.\n",
			    s->n_unplaced, s->n_unplaced == 1 ? "" : "s",
			    size(view, t.a, s->unplaced_bytes));
	if (s->conflict_bytes)
		text_printf(out,
			    "%s are listed although the bitmap calls them free: the two "
			    "were not read at one moment.\n",
			    size(view, t.a, s->conflict_bytes));
	if (s->counter_bytes != ABSENT64 && s->counter_bytes != s->used_bytes &&
	    (s->doubt != DOUBT_DIFFERS || !s->unknown_bytes))
		text_printf(out,
			    "The kernel's own counter says %s in use, %s is what is "
			    "accounted for here.\n",
			    size(view, t.a, s->counter_bytes),
			    size(view, t.b, s->used_bytes));
	if (s->maxchunk_bytes != ABSENT64 && s->bounds != BOUNDS_SEEN &&
	    s->maxchunk_bytes !=
		    (s->largest == ABSENT32 ? 0 : piece_size(&s->pieces.v[s->largest])))
		text_printf(
			out,
			"The kernel's own word for the largest hole (maxchunk) is %s.\n",
			size(view, t.a, s->maxchunk_bytes));
}

void map_notes(struct text *out, const struct map_view *view,
	       const struct layout_space *s)
{
	note_bounds(out, view, s);
	note_holes(out, view, s);
	note_doubt(out, view, s);
	note_high(out, view, s);
	note_overlaps(out, view, s);
	note_counters(out, view, s);
}
