/* SPDX-License-Identifier: MIT */
/* The report of doctor: first each source by itself, then the place, then the answers. */
#include "analysis/doctor.h"

#include "analysis/doctor_priv.h"

const char *const doctor_state_names[N_DOCTOR_STATES] = {
	[DOCTOR_OK] = "ok",	    [DOCTOR_PARTIAL] = "partial",
	[DOCTOR_EMPTY] = "empty",   [DOCTOR_OFF] = "off",
	[DOCTOR_DENIED] = "denied", [DOCTOR_NOT_MOUNTED] = "not-mounted",
	[DOCTOR_ERROR] = "error",   [DOCTOR_ABSENT] = "absent",
};

const char *const doctor_option_names[] = {
	[DOCTOR_OPTION_UNKNOWN] = "unknown", [DOCTOR_OPTION_MISSING] = "missing",
	[DOCTOR_OPTION_NO] = "no",	     [DOCTOR_OPTION_MODULE] = "module",
	[DOCTOR_OPTION_YES] = "yes",
};

const char *const doctor_answer_names[] = {
	[DOCTOR_CAN] = "yes",
	[DOCTOR_CAN_PARTLY] = "partly",
	[DOCTOR_CANNOT] = "no",
};

enum doctor_option doctor_option_of(const struct doctor *d, const char *name)
{
	return d->in->option ? d->in->option(d->in->option_arg, name) :
			       DOCTOR_OPTION_UNKNOWN;
}

const struct doctor_node *doctor_node_of(const struct doctor_report *report,
					 enum source_id id)
{
	vec_each(&report->nodes, node)
		if (node->source->id == id)
			return node;
	return NULL;
}

static void look_at(struct doctor *d, const struct doctor_source *source)
{
	struct doctor_node *node = vec_add(&d->report->nodes);

	*node = (struct doctor_node){ .source = source };
	for (size_t i = 0; i < source->n_options && i < DOCTOR_USES; i++)
		node->uses[node->n_uses++] =
			(struct doctor_use){ source->options[i],
					     doctor_option_of(d, source->options[i]) };
	doctor_state(d, node);
	node->step = doctor_step(d, node);
}

void doctor_look(const struct doctor_input *input, struct doctor_report *ret)
{
	struct doctor d = { .in = input, .report = ret };

	*ret = (struct doctor_report){ 0 };
	root_info(input->root, &ret->info);
	doctor_facts(input->root, &d.facts);
	for (size_t i = 0; i < input->n_sources; i++)
		look_at(&d, &input->sources[i]);
	doctor_find(&d);
	doctor_judge(&d);
}

void doctor_fini(struct doctor_report *report)
{
	vec_each(&report->nodes, node) {
		free(node->path);
		free(node->detail);
		free(node->step);
	}
	vec_each(&report->findings, finding) {
		free(finding->text);
		free(finding->step);
	}
	vec_each(&report->verdicts, verdict)
		free(verdict->reason);
	vec_free(&report->nodes);
	vec_free(&report->findings);
	vec_free(&report->verdicts);
	root_info_fini(&report->info);
}

bool doctor_is_foreign(const struct doctor_node *node)
{
	if (node->state != DOCTOR_ABSENT && node->state != DOCTOR_NOT_MOUNTED)
		return false;
	for (size_t i = 0; i < node->n_uses; i++)
		if (node->uses[i].state == DOCTOR_OPTION_MISSING)
			return true;
	return false;
}
