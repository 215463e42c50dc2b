/* SPDX-License-Identifier: MIT */
/* What the files of the SVG share: the body while it grows, escaping, colours. */
#ifndef RENDER_MAP_SVG_H
#define RENDER_MAP_SVG_H

#include "render/map_priv.h"

#define SVG_WIDTH 1080
#define SVG_MARGIN 24
#define SVG_LEGEND_COLUMNS 2

/* The document grows downwards; its height is known at the end. */
struct svg {
	const struct map_view *view;
	struct text body;
	unsigned y;	/* where the next thing goes */
	bool has_mixed; /* some mark of this space stands for several owners */
};

/* Append as XML character data; what XML does not allow is replaced. */
void svg_escape(struct text *out, const char *text, size_t len);

/* One line of text at (x, svg->y), of a class of the style sheet. */
void svg_text(struct svg *svg, unsigned x, const char *class, const char *text);

/* Class of an owner's colour; ABSENT32: in use, owner not told. */
const char *svg_class(const struct layout_space *space, uint32_t owner);
/* Pattern laid over a colour that is used again; NULL for none. */
const char *svg_overlay(const struct layout_space *space, uint32_t owner);

/* The bars of a space, with their ruler. */
void svg_bars(struct svg *svg, const struct layout_space *space);

#endif
