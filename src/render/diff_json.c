/* SPDX-License-Identifier: MIT */
/* The `diff` report as JSON; keys are the contract's. */
#include "model/identity.h"
#include "render/diff.h"
#include "store/json_doc.h"

#define DIFF_VERSION 1

static struct json_object *group(const struct diff *d, const struct diff_group *g)
{
	const struct snapshot *snap = g->from_new ? d->new : d->old;
	struct json_object *obj = json_object_new_object();

	json_add(obj, "pid", json_number32(g->owner.pid));
	json_add_text(obj, "task", &snap->strings, g->owner.task);
	json_add_text(obj, "exporter", &snap->strings, g->exporter);
	json_add(obj, "size_bytes", json_number(g->size_bytes));
	json_add(obj, "new_buffers", json_number(g->new_buffers));
	json_add(obj, "new_bytes", json_number(g->new_bytes));
	json_add(obj, "gone_buffers", json_number(g->gone_buffers));
	json_add(obj, "gone_bytes", json_number(g->gone_bytes));
	json_add(obj, "net_bytes", json_object_new_int64(g->net_bytes));
	return obj;
}

static struct json_object *value(const struct snapshot *snap, const struct buffer *buf,
				 enum change_field field)
{
	_text_ struct text text = { 0 };

	if (field == CHANGE_NAME)
		return json_text(&snap->strings, buf->name);
	if (field == CHANGE_REFS)
		return json_number32(buf->refs);
	diff_value(&text, snap, buf, field);
	return json_object_new_string_len(text.v, (int)text.n);
}

static struct json_object *change(const struct diff *d, const struct change *c)
{
	const struct buffer *old = &d->old->buffers.v[c->old_buffer];
	const struct buffer *new = &d->new->buffers.v[c->new_buffer];
	struct json_object *obj = json_object_new_object();
	char id[BUFFER_ID_TEXT];

	json_add(obj, "id", json_object_new_string(buffer_id(d->new, new, id)));
	json_add(obj, "field", json_object_new_string(change_field_names[c->field]));
	json_add(obj, "old", value(d->old, old, c->field));
	json_add(obj, "new", value(d->new, new, c->field));
	return obj;
}

int diff_json(FILE *out, const struct diff *d)
{
	struct json_doc doc;

	json_doc_begin(&doc, out, "diff", DIFF_VERSION);
	json_doc_key(&doc, "old_snapshot", json_head(d->old));
	json_doc_key(&doc, "new_snapshot", json_head(d->new));
	json_doc_key(&doc, "net_bytes",
		     d->knows_bytes ? json_object_new_int64(d->net_bytes) : NULL);
	json_doc_key(&doc, "net_buffers",
		     d->lists ? json_object_new_int64(d->net_buffers) : NULL);
	json_doc_list(&doc, "groups");
	vec_each(&d->groups, g)
		json_doc_item(&doc, group(d, g));
	json_doc_list_end(&doc);
	json_doc_list(&doc, "new");
	vec_each(&d->added, i)
		json_doc_item(&doc, json_buffer(d->new, &d->new->buffers.v[*i]));
	json_doc_list_end(&doc);
	json_doc_list(&doc, "gone");
	vec_each(&d->gone, i)
		json_doc_item(&doc, json_buffer(d->old, &d->old->buffers.v[*i]));
	json_doc_list_end(&doc);
	json_doc_list(&doc, "changed");
	vec_each(&d->changed, c)
		json_doc_item(&doc, change(d, c));
	json_doc_list_end(&doc);
	json_doc_key(&doc, "unchanged",
		     d->lists ? json_object_new_uint64(d->unchanged) : NULL);
	json_doc_end(&doc);
	return doc.error;
}
