/* SPDX-License-Identifier: MIT */
/*
 * A layout as one self-contained SVG: no script, no font, nothing fetched. Colours are
 * those of Okabe and Ito, which people with any kind of colour vision can tell apart; the
 * letters in the bars say the same without them.
 */
#include "render/map_svg.h"

#include <inttypes.h>

#include "base/escape.h"

#define COLORS 8
#define LINE_COLUMNS 150
#define NAME_COLUMNS 38

static const char style[] =
	"svg{font:13px system-ui,'DejaVu Sans',sans-serif}\n"
	".bg{fill:#fff}.t,.h,.m{fill:#1c1c1c}.d{fill:#595959}\n"
	".h{font-size:17px;font-weight:600}.m{font-family:ui-monospace,'DejaVu Sans Mono',"
	"monospace;font-size:12px}.d{font-size:12px}\n"
	".in{font-size:11px;font-weight:600;text-anchor:middle;fill:#000;pointer-events:none}\n"
	".o0{fill:#e69f00}.o1{fill:#56b4e9}.o2{fill:#009e73}.o3{fill:#f0e442}\n"
	".o4{fill:#0072b2}.o5{fill:#d55e00}.o6{fill:#cc79a7}.o7{fill:#a6a6a6}\n"
	".o4-in{fill:#fff}.rest{fill:#7a7a7a}.rest-in{fill:#fff}.other{fill:#c9c9c9}\n"
	".unlisted{fill:url(#unlisted)}.unlisted-in{fill:none}.mixed{fill:#1c1c1c}\n"
	".free{fill:url(#free);stroke:#9a9a9a;stroke-width:.6}\n"
	".unknown{fill:url(#unknown)}.stripes{fill:url(#stripes)}.dots{fill:url(#dots)}\n"
	".overlap{fill:none;stroke:#c00000;stroke-width:2}\n"
	".high{stroke:#c00000;stroke-width:2;fill:none}.tick{stroke:#595959}\n"
	".p-bg{fill:#f4f4f4}.p-line{stroke:#9a9a9a}.u-bg{fill:#e2e2e2}.u-dot{fill:#8a8a8a}\n"
	".l-bg{fill:#c4b7d6}.l-line{stroke:#5b4a78;stroke-width:2}\n"
	"@media (prefers-color-scheme:dark){.bg{fill:#16181b}.t,.h,.m{fill:#ececec}\n"
	".d{fill:#b0b0b0}.tick{stroke:#b0b0b0}.mixed{fill:#f5f5f5}.p-bg{fill:#22252a}\n"
	".p-line{stroke:#6a6a6a}.u-bg{fill:#33373d}.u-dot{fill:#80868f}.other{fill:#565b63}\n"
	".overlap,.high{stroke:#ff6b6b}}\n";

static const char patterns[] =
	"<defs>\n"
	"<pattern id=\"free\" width=\"8\" height=\"8\" patternUnits=\"userSpaceOnUse\">"
	"<rect class=\"p-bg\" width=\"8\" height=\"8\"/>"
	"<path class=\"p-line\" d=\"M-2 2L2-2M0 8L8 0M6 10L10 6\" stroke-width=\".8\"/>"
	"</pattern>\n"
	"<pattern id=\"unknown\" width=\"8\" height=\"8\" patternUnits=\"userSpaceOnUse\">"
	"<rect class=\"u-bg\" width=\"8\" height=\"8\"/>"
	"<circle class=\"u-dot\" cx=\"2\" cy=\"2\" r=\"1\"/>"
	"<circle class=\"u-dot\" cx=\"6\" cy=\"6\" r=\"1\"/></pattern>\n"
	"<pattern id=\"unlisted\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\">"
	"<rect class=\"l-bg\" width=\"6\" height=\"6\"/>"
	"<path class=\"l-line\" d=\"M0 3H6\"/></pattern>\n"
	"<pattern id=\"stripes\" width=\"7\" height=\"7\" patternUnits=\"userSpaceOnUse\">"
	"<path d=\"M0 0L7 7M-1 6L1 8M6-1L8 1\" stroke=\"#000\" stroke-opacity=\".45\" "
	"stroke-width=\"1.5\"/></pattern>\n"
	"<pattern id=\"dots\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\">"
	"<circle cx=\"3\" cy=\"3\" r=\"1.2\" fill-opacity=\".5\"/></pattern>\n"
	"</defs>\n";

void svg_escape(struct text *out, const char *text, size_t len)
{
	uint32_t code;

	for (size_t i = 0, n; i < len; i += n) {
		n = escape_utf8_decode(text + i, len - i, &code);
		if (!n || code == 0xfffe || code == 0xffff ||
		    (escape_acts(code) && code != '\n')) {
			text_adds(out, "\xef\xbf\xbd");
			n = n ? n : 1;
		} else if (code == '&') {
			text_adds(out, "&amp;");
		} else if (code == '<') {
			text_adds(out, "&lt;");
		} else if (code == '>') {
			text_adds(out, "&gt;");
		} else if (code == '"') {
			text_adds(out, "&quot;");
		} else {
			text_add(out, text + i, n);
		}
	}
}

void svg_text(struct svg *svg, unsigned x, const char *class, const char *text)
{
	text_printf(&svg->body, "<text class=\"%s\" x=\"%u\" y=\"%u\">", class, x,
		    svg->y);
	svg_escape(&svg->body, text, strlen(text));
	text_adds(&svg->body, "</text>\n");
}

const char *svg_class(const struct layout_space *space, uint32_t owner)
{
	static const char *const names[COLORS] = { "o0", "o1", "o2", "o3",
						   "o4", "o5", "o6", "o7" };

	if (owner == ABSENT32)
		return "unlisted";
	if (space->owners.v[owner].is_others)
		return "other";
	return owner < MAP_LETTERS ? names[owner % COLORS] : "rest";
}

const char *svg_overlay(const struct layout_space *space, uint32_t owner)
{
	if (owner == ABSENT32 || space->owners.v[owner].is_others || owner < COLORS)
		return NULL;
	return owner / COLORS % 2 ? "stripes" : "dots";
}

/* Bytes of `text` that fill at most `columns`. */
static size_t fitting(const char *text, size_t len, size_t columns)
{
	size_t at = 0;

	while (at < len) {
		uint32_t code;
		size_t n = escape_utf8_decode(text + at, len - at, &code), w;

		w = n ? escape_columns(code) : 1;
		if (w > columns)
			break;
		columns -= w;
		at += n ? n : 1;
	}
	return at;
}

/* Lines of text, broken between words where they are too long. */
static void put_lines(struct svg *svg, const char *class, const char *text)
{
	while (text && *text) {
		size_t len = strcspn(text, "\n"), n = fitting(text, len, LINE_COLUMNS),
		       cut = n;
		_text_ struct text line = { 0 };

		while (n < len && cut && text[cut] != ' ')
			cut--;
		if (n < len && cut)
			n = cut;
		text_add(&line, text, n);
		svg->y += 17;
		svg_text(svg, SVG_MARGIN, class, line.v);
		text += n;
		text += n < len ? *text == ' ' : *text == '\n';
	}
}

struct entry {
	const char *class, *overlay;
	char letter;
	const char *text;
	unsigned place; /* from 0, left to right and down */
};

static void put_entry(struct svg *svg, const struct entry *e)
{
	unsigned column = e->place % SVG_LEGEND_COLUMNS;
	unsigned x =
		SVG_MARGIN + column * ((SVG_WIDTH - 2 * SVG_MARGIN) / SVG_LEGEND_COLUMNS);
	unsigned y = svg->y + 22 * (e->place / SVG_LEGEND_COLUMNS);
	struct text *body = &svg->body;

	text_printf(body,
		    "<rect class=\"%s\" x=\"%u\" y=\"%u\" width=\"18\" height=\"16\"/>",
		    e->class, x, y);
	if (e->overlay)
		text_printf(body,
			    "<rect class=\"%s\" x=\"%u\" y=\"%u\" width=\"18\" "
			    "height=\"16\"/>",
			    e->overlay, x, y);
	if (e->letter)
		text_printf(body, "<text class=\"in %s-in\" x=\"%u\" y=\"%u\">%c</text>",
			    e->class, x + 9, y + 12, e->letter);
	text_printf(body, "<text class=\"t\" x=\"%u\" y=\"%u\">", x + 26, y + 13);
	svg_escape(body, e->text, strlen(e->text));
	text_adds(body, "</text>\n");
}

static void put_owner(struct svg *svg, const struct layout_space *space, uint32_t i)
{
	const struct layout_owner *o = &space->owners.v[i];
	_text_ struct text name = { 0 }, line = { 0 };
	char size[UNITS_TEXT], share[MAP_SHARE];
	size_t n;

	map_owner(&name, svg->view, space, i);
	n = fitting(name.v, name.n, NAME_COLUMNS);
	text_add(&line, name.v, n);
	map_share(share, space, o->bytes);
	text_printf(&line, "%s: %s in %" PRIu64 ", %s", n < name.n ? "…" : "",
		    units_size(size, o->bytes, svg->view->look->units), o->count, share);
	put_entry(svg, &(struct entry){ svg_class(space, i), svg_overlay(space, i),
					map_letter(space, i), line.v, i });
}

static bool has_kind(const struct layout_space *space, enum piece_kind a,
		     enum piece_kind b)
{
	vec_each(&space->pieces, p)
		if (p->kind == a || p->kind == b)
			return true;
	return false;
}

static void put_legend(struct svg *svg, const struct layout_space *space)
{
	unsigned n = (unsigned)MIN(space->owners.n, MAP_LETTERS);
	char more[64];

	svg->y += 8;
	for (uint32_t i = 0; i < n; i++)
		put_owner(svg, space, i);
	snprintf(more, sizeof(more), "%zu more owners", space->owners.n - n);
	if (space->owners.n > n)
		put_entry(svg, &(struct entry){ "rest", "stripes", '+', more, n++ });
	if (has_kind(space, PIECE_BITMAP, PIECE_RANGE))
		put_entry(svg, &(struct entry){ "unlisted", NULL, 0,
						"in use, by nobody who is listed", n++ });
	if (has_kind(space, PIECE_FREE, PIECE_FREE))
		put_entry(svg, &(struct entry){ "free", NULL, 0, "free", n++ });
	if (has_kind(space, PIECE_UNKNOWN, PIECE_UNKNOWN))
		put_entry(svg, &(struct entry){ "unknown", NULL, 0,
						"not known, not counted as free", n++ });
	if (svg->has_mixed)
		put_entry(svg,
			  &(struct entry){ "mixed", NULL, 0,
					   "several too small to be drawn apart", n++ });
	svg->has_mixed = false;
	svg->y += 22 * ((n + SVG_LEGEND_COLUMNS - 1) / SVG_LEGEND_COLUMNS) + 4;
}

static void put_space(struct svg *svg, const struct layout_space *space)
{
	_text_ struct text headline = { 0 }, notes = { 0 }, rooms = { 0 };

	map_headline(&headline, svg->view, space);
	map_notes(&notes, svg->view, space);
	map_rooms(&rooms, svg->view, space);
	svg->y += 34;
	svg_text(svg, SVG_MARGIN, "h", headline.v);
	svg->y += 4;
	put_lines(svg, "d", notes.v);
	svg->y += 8;
	svg_bars(svg, space);
	put_legend(svg, space);
	if (rooms.n) {
		svg->y += 18;
		svg_text(svg, SVG_MARGIN, "t", MAP_ROOMS_TITLE);
		put_lines(svg, "d", rooms.v);
	}
}

/* What the picture does not stand on, as the text report says it. */
static void put_coverage(struct svg *svg)
{
	struct look look = *svg->view->look;
	char *lines = NULL;
	size_t len = 0;

	look.out = open_memstream(&lines, &len);
	if (!look.out)
		return;
	look.color = false;
	summary_coverage(&look, svg->view->snap);
	fclose(look.out);
	svg->y += 12;
	put_lines(svg, "d", len && *lines == '\n' ? lines + 1 : lines);
	free(lines);
}

/* Which machine this was, where that is known. */
static void put_title(struct svg *svg)
{
	const struct captured *c = &svg->view->snap->captured;
	const struct strings *pool = &svg->view->snap->strings;
	_text_ struct text line = { 0 };

	text_adds(&line, "dmabuf-inspect map");
	if (c->kernel) {
		text_adds(&line, "  ·  Linux ");
		escape_terminal(&line, strings_get(pool, c->kernel),
				strings_len(pool, c->kernel));
	}
	if (c->machine) {
		text_adds(&line, " ");
		escape_terminal(&line, strings_get(pool, c->machine),
				strings_len(pool, c->machine));
	}
	svg->y += 12;
	svg_text(svg, SVG_MARGIN, "d", line.v);
}

void map_svg(const struct map_view *view)
{
	struct svg svg = { .view = view, .y = SVG_MARGIN };
	FILE *out = view->look->out;

	put_title(&svg);
	vec_each(&view->layout->spaces, space)
		put_space(&svg, space);
	put_coverage(&svg);
	svg.y += SVG_MARGIN;
	fprintf(out,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%u\" "
		"viewBox=\"0 0 %d %u\" role=\"img\">\n",
		SVG_WIDTH, svg.y, SVG_WIDTH, svg.y);
	fputs("<title>Memory map of dma-buf heaps</title>\n<style>\n", out);
	fputs(style, out);
	fputs("</style>\n", out);
	fputs(patterns, out);
	fprintf(out, "<rect class=\"bg\" width=\"%d\" height=\"%u\"/>\n", SVG_WIDTH,
		svg.y);
	fwrite(svg.body.v, 1, svg.body.n, out);
	fputs("</svg>\n", out);
	text_fini(&svg.body);
}
