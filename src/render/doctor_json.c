/* SPDX-License-Identifier: MIT */
/* The report of `doctor` as JSON: share/schema/doctor.json. */
#include "render/doctor.h"

#include "base/escape.h"
#include "store/json_doc.h"

#define DOCTOR_VERSION 1

/* Paths and reasons may carry bytes of input. null when there is none. */
static struct json_object *string(const char *raw)
{
	_text_ struct text text = { 0 };

	if (!raw)
		return NULL;
	escape_utf8(&text, raw, strlen(raw));
	return json_object_new_string(text.v ? text.v : "");
}

static void put_answers(struct json_doc *doc, const struct doctor_report *report)
{
	json_doc_list(doc, "answers");
	vec_each(&report->verdicts, it) {
		struct json_object *obj = json_object_new_object();

		json_add(obj, "question", string(it->question));
		json_add(obj, "answer", string(doctor_answer_names[it->answer]));
		json_add(obj, "reason", string(it->reason));
		json_doc_item(doc, obj);
	}
	json_doc_list_end(doc);
}

static void put_findings(struct json_doc *doc, const struct doctor_report *report)
{
	json_doc_list(doc, "findings");
	vec_each(&report->findings, it) {
		struct json_object *obj = json_object_new_object();

		json_add(obj, "kind", string(it->kind));
		json_add(obj, "severity", string(it->is_note ? "note" : "problem"));
		json_add(obj, "text", string(it->text));
		json_add(obj, "step", string(it->step));
		json_doc_item(doc, obj);
	}
	json_doc_list_end(doc);
}

static struct json_object *options_of(const struct doctor_node *node)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < node->n_uses; i++) {
		struct json_object *obj = json_object_new_object();

		json_add(obj, "option", string(node->uses[i].option));
		json_add(obj, "state", string(doctor_option_names[node->uses[i].state]));
		json_object_array_add(list, obj);
	}
	return list;
}

static void put_sources(struct json_doc *doc, const struct doctor_report *report)
{
	json_doc_list(doc, "sources");
	vec_each(&report->nodes, it) {
		struct json_object *obj = json_object_new_object();

		json_add(obj, "source", string(source_names[it->source->id]));
		json_add(obj, "state", string(doctor_state_names[it->state]));
		json_add(obj, "gives", string(it->source->summary));
		json_add(obj, "path", string(it->path));
		json_add(obj, "needs_root",
			 json_object_new_boolean(it->source->needs_root));
		json_add(obj, "detail", string(it->detail));
		json_add(obj, "options", options_of(it));
		json_add(obj, "step", string(it->step));
		json_doc_item(doc, obj);
	}
	json_doc_list_end(doc);
}

static void put_capabilities(struct json_doc *doc, const struct doctor_show *show)
{
	json_doc_list(doc, "capabilities");
	for (size_t i = 0; i < show->n_privileges; i++) {
		const struct doctor_privilege *it = &show->privileges[i];
		struct json_object *obj = json_object_new_object();

		json_add(obj, "name", string(it->name));
		json_add(obj, "has", json_object_new_boolean(it->has));
		json_add(obj, "buys", string(it->buys));
		json_doc_item(doc, obj);
	}
	json_doc_list_end(doc);
}

int doctor_json(FILE *out, const struct doctor_show *show)
{
	struct json_object *kernel = json_object_new_object();
	struct json_doc doc;

	json_doc_begin(&doc, out, "doctor", DOCTOR_VERSION);
	json_doc_head(&doc, show->snap);
	json_add(kernel, "origin", string(show->kernel.origin));
	json_add(kernel, "is_complete",
		 json_object_new_boolean(show->kernel.is_complete));
	json_doc_key(&doc, "kernel_options", kernel);
	put_answers(&doc, show->report);
	put_findings(&doc, show->report);
	put_sources(&doc, show->report);
	put_capabilities(&doc, show);
	json_doc_end(&doc);
	return doc.error;
}
