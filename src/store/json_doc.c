/* SPDX-License-Identifier: MIT */
/* A JSON document written piece by piece, one record a line. */
#include "store/json_doc.h"

static void put(struct json_doc *doc, struct json_object *obj)
{
	int error = json_write(obj, doc->out);

	if (!doc->error)
		doc->error = error;
	json_object_put(obj);
}

void json_doc_begin(struct json_doc *doc, FILE *out, const char *name, int version)
{
	_json_ struct json_object *head = json_document(name, version);

	*doc = (struct json_doc){ .out = out };
	fputc('{', out);
	json_object_object_foreach(head, key, value)
		json_doc_key(doc, key, json_object_get(value));
}

void json_doc_key(struct json_doc *doc, const char *key, struct json_object *value)
{
	fprintf(doc->out, "%s\n\"%s\": ", doc->keys++ ? "," : "", key);
	put(doc, value);
}

void json_doc_list(struct json_doc *doc, const char *key)
{
	fprintf(doc->out, "%s\n\"%s\": [", doc->keys++ ? "," : "", key);
	doc->items = 0;
}

void json_doc_item(struct json_doc *doc, struct json_object *item)
{
	fputs(doc->items++ ? ",\n" : "\n", doc->out);
	put(doc, item);
}

void json_doc_list_end(struct json_doc *doc)
{
	fputs(doc->items ? "\n]" : "]", doc->out);
}

void json_doc_end(struct json_doc *doc)
{
	fputs("\n}\n", doc->out);
}

void json_doc_head(struct json_doc *doc, const struct snapshot *snap)
{
	json_doc_key(doc, "captured", json_captured(snap));
	json_doc_key(doc, "coverage", json_coverage(snap));
	json_doc_key(doc, "totals", json_totals(snap));
}
