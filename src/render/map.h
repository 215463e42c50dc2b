/* SPDX-License-Identifier: MIT */
/* The `map` report: a layout as text, as SVG and as JSON. */
#ifndef RENDER_MAP_H
#define RENDER_MAP_H

#include "analysis/layout.h"
#include "render/summary.h"

struct map_view {
	const struct look *look;
	const struct snapshot *snap;
	const struct layout *layout;
};

void map_text(const struct map_view *view);
void map_svg(const struct map_view *view);

/* 0 or -errno of the stream. */
int map_json(const struct map_view *view);

#endif
