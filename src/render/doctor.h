/* SPDX-License-Identifier: MIT */
/* The report of `doctor`: answers first, then what is wrong, then source by source. */
#ifndef RENDER_DOCTOR_H
#define RENDER_DOCTOR_H

#include "analysis/doctor.h"
#include "render/summary.h"

/* How the kernel's options were learned; NULL: they are not known. */
struct doctor_kernel {
	const char *origin;
	bool is_complete;
};

/* A capability this process has or lacks. */
struct doctor_privilege {
	const char *name, *buys;
	bool has, is_for_reading;
};

struct doctor_show {
	const struct doctor_report *report;
	const struct snapshot *snap;
	struct doctor_kernel kernel;
	const struct doctor_privilege *privileges; /* of a live system */
	size_t n_privileges;
};

void doctor_text(const struct look *look, const struct doctor_show *show);
int doctor_json(FILE *out, const struct doctor_show *show);

#endif
