/* SPDX-License-Identifier: MIT */
/* The `list` report as JSON: totals and groups, then every buffer, one a line. */
#include <errno.h>

#include "store/json_doc.h"
#include "render/list.h"

#define LIST_VERSION 1

static struct json_object *owner_kind(enum owner_kind kind)
{
	static const char *const names[] = {
		[OWNER_ALLOCATOR] = "allocator",    [OWNER_HOLDER] = "holder",
		[OWNER_SHARED] = "several-holders", [OWNER_NAME] = "name",
		[OWNER_KERNEL] = "kernel",	    [OWNER_UNKNOWN] = "unknown",
	};

	return json_object_new_string(names[kind]);
}

static struct json_object *group(const struct snapshot *snap, enum account_by by,
				 const struct account_group *g)
{
	struct json_object *obj = json_object_new_object();

	if (by == BY_OWNER || by == BY_TASK || by == BY_HOLDER) {
		if (by != BY_TASK)
			json_add(obj, "pid", json_number32(g->owner.pid));
		json_add_text(obj, "task", &snap->strings, g->owner.task);
		json_add(obj, "owner_kind", owner_kind(g->owner.kind));
	}
	if (by == BY_DEVICE || by == BY_HEAP)
		json_add_text(obj, account_by_names[by], &snap->strings, g->text);
	if (by == BY_SIZE)
		json_add(obj, "size_class_bytes", json_number(g->size_class));
	json_add_text(obj, "exporter", &snap->strings,
		      g->many_exporters ? STR_ABSENT : g->exporter);
	json_add(obj, "buffers", json_number(g->buffers));
	json_add(obj, "size_bytes", json_number(g->bytes));
	json_add(obj, "unsized_buffers", json_number(g->unsized));
	return obj;
}

static void put_groups(struct json_doc *doc, const struct snapshot *snap,
		       const struct list_request *req)
{
	struct account account;

	account_run(&account, snap, req->by, NULL);
	account_sort(&account, snap, req->sort);
	json_doc_list(doc, "groups");
	for (size_t i = 0; i < account.groups.n && i < req->top; i++)
		json_doc_item(doc, group(snap, req->by, &account.groups.v[i]));
	json_doc_list_end(doc);
	account_fini(&account);
}

int list_json(FILE *out, const struct snapshot *snap, const struct list_request *req)
{
	_cleanup_(freep) uint32_t *order = NULL;
	struct json_doc doc;
	size_t n, most;

	json_doc_begin(&doc, out, "list", LIST_VERSION);
	json_doc_head(&doc, snap);
	json_doc_key(&doc, "by", json_object_new_string(account_by_names[req->by]));
	if (req->by != BY_BUFFER)
		put_groups(&doc, snap, req);
	order = list_order(snap, req->sort, &n);
	most = req->by == BY_BUFFER && n > req->top ? (size_t)req->top : n;
	json_doc_list(&doc, "buffers");
	for (size_t i = 0; i < most && !doc.error; i++)
		json_doc_item(&doc, json_buffer(snap, &snap->buffers.v[order[i]]));
	json_doc_list_end(&doc);
	for (int id = 0; id < N_SECTIONS; id++)
		if (section_is_known(snap, id) && section_count(snap, id))
			json_doc_key(&doc, sections[id].key, json_section(snap, id));
	json_doc_end(&doc);
	return doc.error;
}
