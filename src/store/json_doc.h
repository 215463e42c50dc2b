/* SPDX-License-Identifier: MIT */
/* A JSON document written piece by piece: its head, then lists item by item. */
#ifndef STORE_JSON_DOC_H
#define STORE_JSON_DOC_H

#include <stdio.h>

#include "store/record_json.h"

struct json_doc {
	FILE *out;
	size_t keys, items;
	int error; /* the first one */
};

/* Begins with schema "dmabuf-inspect/<name>", version and tool. */
void json_doc_begin(struct json_doc *doc, FILE *out, const char *name, int version);
/* Each takes the object. */
void json_doc_key(struct json_doc *doc, const char *key, struct json_object *value);
void json_doc_list(struct json_doc *doc, const char *key);
void json_doc_item(struct json_doc *doc, struct json_object *item);
void json_doc_list_end(struct json_doc *doc);
void json_doc_end(struct json_doc *doc);

/* captured, coverage and totals of the snapshot the document stands on. */
void json_doc_head(struct json_doc *doc, const struct snapshot *snap);

#endif
