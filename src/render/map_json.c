/* SPDX-License-Identifier: MIT */
/* The `map` report as JSON: a heap with its owners, then its pieces, one a line. */
#include <errno.h>

#include "model/identity.h"
#include "store/json_doc.h"
#include "render/map_priv.h"

#define MAP_VERSION 1

static const char *owner_kind(enum owner_kind kind)
{
	static const char *const names[] = {
		[OWNER_ALLOCATOR] = "allocator",    [OWNER_HOLDER] = "holder",
		[OWNER_SHARED] = "several-holders", [OWNER_NAME] = "name",
		[OWNER_KERNEL] = "kernel",	    [OWNER_UNKNOWN] = "unknown",
	};

	return names[kind];
}

static void add_owner(struct json_object *obj, const struct snapshot *snap,
		      const struct layout_owner *o)
{
	json_add(obj, "pid", json_number32(o->who.pid));
	json_add_text(obj, "owner", &snap->strings, o->who.task);
	json_add(obj, "owner_kind",
		 json_object_new_string(o->is_others ? "others" :
						       owner_kind(o->who.kind)));
}

static struct json_object *owners(const struct map_view *view,
				  const struct layout_space *space)
{
	struct json_object *list = json_object_new_array();

	vec_each(&space->owners, o) {
		struct json_object *obj = json_object_new_object();

		add_owner(obj, view->snap, o);
		json_add(obj, "size_bytes", json_number(o->bytes));
		json_add(obj, "count", json_number(o->count));
		json_object_array_add(list, obj);
	}
	return list;
}

static struct json_object *overlaps(const struct layout_space *space)
{
	struct json_object *list = json_object_new_array();

	vec_each(&space->overlaps, o) {
		struct json_object *obj = json_object_new_object();
		const struct piece *a = &space->pieces.v[o->a],
				   *b = &space->pieces.v[o->b];

		json_add(obj, "address_start", json_hex(b->start));
		json_add(obj, "address_end", json_hex(MIN(a->last, b->last)));
		json_add(obj, "size_bytes", json_number(o->bytes));
		json_object_array_add(list, obj);
	}
	return list;
}

static struct json_object *rooms(const struct layout_space *space)
{
	struct json_object *list = json_object_new_array();
	struct layout_room found[MAP_ROOMS];
	size_t n = layout_rooms(space, found, MAP_ROOMS);

	for (size_t i = 0; i < n; i++) {
		struct json_object *obj = json_object_new_object();
		const struct layout_room *r = &found[i];

		json_add(obj, "wanted_bytes", json_number(r->wanted));
		json_add(obj, "address_start", json_hex(space->pieces.v[r->first].start));
		json_add(obj, "address_end", json_hex(space->pieces.v[r->last].last));
		json_add(obj, "busy", json_number(r->busy));
		json_add(obj, "busy_bytes", json_number(r->busy_bytes));
		json_object_array_add(list, obj);
	}
	return list;
}

static struct json_object *fragmentation(const struct layout_space *space)
{
	char text[16];
	double value;

	if (!layout_fragmentation(space, &value))
		return NULL;
	snprintf(text, sizeof(text), "%.4f", value);
	return json_object_new_double_s(value, text);
}

static void add_bounds(struct json_object *obj, const struct map_view *view,
		       const struct layout_space *s)
{
	bool is_known =
		layout_is_bounded(s) &&
		(s->total_bytes == ABSENT64 || s->total_bytes <= s->last - s->start + 1);

	json_add_text(obj, "name", &view->snap->strings, s->name);
	json_add(obj, "kind", json_object_new_string(layout_kind_names[s->kind]));
	json_add(obj, "start", json_hex(s->start));
	json_add(obj, "end", json_hex(s->last));
	json_add(obj, "size_bytes", json_number(s->last - s->start + 1));
	json_add(obj, "size_is_known", json_object_new_boolean(is_known));
	json_add(obj, "bounds_from",
		 json_object_new_string(layout_bounds_names[s->bounds]));
	json_add(obj, "bounds_are_refuted", json_object_new_boolean(s->is_refuted));
	json_add(obj, "address_is_offset",
		 json_object_new_boolean(s->bounds == BOUNDS_OFFSET));
	json_add(obj, "total_bytes", json_number(s->total_bytes));
	json_add(obj, "total_from",
		 json_object_new_string(layout_total_names[s->total_from]));
}

static void add_numbers(struct json_object *obj, const struct layout_space *s)
{
	bool has_hole = s->largest != ABSENT32, is_physical = s->kind == LAYOUT_PHYSICAL;

	json_add(obj, "used_bytes", json_number(s->used_bytes));
	json_add(obj, "listed", json_number(s->n_listed));
	json_add(obj, "listed_bytes", json_number(s->listed_bytes));
	json_add(obj, "reported_bytes", json_number(s->counter_bytes));
	json_add(obj, "free_bytes", json_number(s->free_bytes));
	json_add(obj, "free_is_least", json_object_new_boolean(s->free_is_least));
	json_add(obj, "unknown_bytes", json_number(s->unknown_bytes));
	json_add(obj, "doubt", json_object_new_string(layout_doubt_names[s->doubt]));
	json_add(obj, "holes", json_number(s->n_holes));
	json_add(obj, "largest_hole_bytes",
		 has_hole ? json_number(piece_size(&s->pieces.v[s->largest])) : NULL);
	json_add(obj, "largest_hole_start",
		 has_hole ? json_hex(s->pieces.v[s->largest].start) : NULL);
	json_add(obj, "largest_aligned_bytes",
		 has_hole && is_physical ? json_number(s->aligned_bytes) : NULL);
	json_add(obj, "align_limit_bytes",
		 is_physical ? json_number(s->align_limit) : NULL);
	json_add(obj, "is_order_aligned",
		 is_physical && s->owners.n ?
			 json_object_new_boolean(s->unaligned == ABSENT32) :
			 NULL);
	json_add(obj, "fragmentation", fragmentation(s));
	json_add(obj, "maxchunk_bytes", json_number(s->maxchunk_bytes));
	json_add(obj, "unplaced", json_number(s->n_unplaced));
	json_add(obj, "unplaced_bytes", json_number(s->unplaced_bytes));
	json_add(obj, "conflict_bytes", json_number(s->conflict_bytes));
	json_add(obj, "above_4gib", json_number(s->n_high));
	json_add(obj, "above_4gib_bytes", json_number(s->high_bytes));
	json_add(obj, "overlaps", json_number(s->n_overlaps));
	json_add(obj, "overlap_bytes", json_number(s->overlap_bytes));
}

static struct json_object *piece(const struct map_view *view,
				 const struct layout_space *space, const struct piece *p)
{
	struct json_object *obj = json_object_new_object();
	char id[BUFFER_ID_TEXT];

	json_add(obj, "address_start", json_hex(p->start));
	json_add(obj, "address_end", json_hex(p->last));
	json_add(obj, "size_bytes", json_number(piece_size(p)));
	json_add(obj, "kind", json_object_new_string(piece_kind_names[p->kind]));
	if (p->owner != ABSENT32)
		add_owner(obj, view->snap, &space->owners.v[p->owner]);
	if (p->kind == PIECE_BUFFER)
		json_add(obj, "id",
			 json_object_new_string(buffer_id(
				 view->snap, &view->snap->buffers.v[p->record], id)));
	if (p->kind == PIECE_SESSION)
		json_add(obj, "session",
			 json_number32(view->snap->sessions.v[p->record].index));
	if (p->overlaps)
		json_add(obj, "overlaps", json_object_new_boolean(true));
	return obj;
}

/* A million pieces never stand in memory as JSON: the heap is left open for them. */
static int put_space(const struct map_view *view, const struct layout_space *space)
{
	_json_ struct json_object *obj = json_object_new_object();
	_cleanup_(freep) char *head = NULL;
	FILE *out = view->look->out, *memory;
	size_t len = 0;
	int error;

	add_bounds(obj, view, space);
	add_numbers(obj, space);
	json_add(obj, "owners", owners(view, space));
	json_add(obj, "in_the_way", rooms(space));
	json_add(obj, "overlapping", overlaps(space));
	memory = open_memstream(&head, &len);
	if (!memory)
		return -errno;
	error = json_write(obj, memory);
	fclose(memory);
	if (error < 0)
		return error;
	/* Up to its closing brace. */
	while (len && head[len - 1] != '}')
		len--;
	fwrite(head, 1, len ? len - 1 : 0, out);
	fputs(", \"pieces\": [", out);
	for (size_t i = 0; i < space->pieces.n && !error; i++) {
		_json_ struct json_object *item = piece(view, space, &space->pieces.v[i]);

		fputs(i ? ",\n" : "\n", out);
		error = json_write(item, out);
	}
	fputs("\n]}", out);
	return error;
}

int map_json(const struct map_view *view)
{
	struct json_doc doc;
	bool first = true;

	json_doc_begin(&doc, view->look->out, "map", MAP_VERSION);
	json_doc_head(&doc, view->snap);
	json_doc_key(&doc, "cma_total_bytes", json_number(view->layout->cma_total));
	json_doc_key(&doc, "cma_free_bytes", json_number(view->layout->cma_free));
	json_doc_list(&doc, "heaps");
	vec_each(&view->layout->spaces, space) {
		int error;

		fputs(first ? "\n" : ",\n", doc.out);
		first = false;
		doc.items++;
		error = put_space(view, space);
		if (!doc.error)
			doc.error = error;
	}
	json_doc_list_end(&doc);
	json_doc_end(&doc);
	return doc.error;
}
