/* SPDX-License-Identifier: MIT */
/* Making hostile text safe for a terminal or for JSON. */
#include "base/escape.h"

size_t escape_utf8_decode(const char *bytes, size_t len, uint32_t *ret)
{
	const unsigned char *b = (const unsigned char *)bytes;
	uint32_t code, least;
	size_t n;

	if (b[0] < 0x80) {
		*ret = b[0];
		return 1;
	}
	if (b[0] >= 0xc2 && b[0] <= 0xdf)
		n = 2, code = b[0] & 0x1f, least = 0x80;
	else if ((b[0] & 0xf0) == 0xe0)
		n = 3, code = b[0] & 0x0f, least = 0x800;
	else if (b[0] >= 0xf0 && b[0] <= 0xf4)
		n = 4, code = b[0] & 0x07, least = 0x10000;
	else
		return 0;
	if (len < n)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if ((b[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (b[i] & 0x3f);
	}
	if (code < least || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
		return 0;
	*ret = code;
	return n;
}

bool escape_acts(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0xad || c == 0x61c ||
	       (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2060 && c <= 0x206f) || c == 0xfeff ||
	       (c >= 0xfff9 && c <= 0xfffb) || (c >= 0xe0000 && c <= 0xe0fff);
}

static void add_escaped(struct text *out, uint32_t code)
{
	switch (code) {
	case '\n':
		text_adds(out, "\\n");
		break;
	case '\t':
		text_adds(out, "\\t");
		break;
	case '\r':
		text_adds(out, "\\r");
		break;
	default:
		text_printf(out, code < 0x100 ? "\\x%02x" : "\\u{%x}", code);
	}
}

void escape_terminal(struct text *out, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len;) {
		uint32_t code;
		size_t n = escape_utf8_decode(bytes + i, len - i, &code);

		if (!n) {
			add_escaped(out, (unsigned char)bytes[i++]);
			continue;
		}
		if (escape_acts(code))
			add_escaped(out, code);
		else if (code == '\\' && i + 1 < len && strchr("\\ntrxu", bytes[i + 1]))
			text_adds(out, "\\\\");
		else
			text_add(out, bytes + i, n);
		i += n;
	}
	if (!len)
		text_add(out, "", 0);
}

bool escape_utf8(struct text *out, const char *bytes, size_t len)
{
	bool replaced = false;
	uint32_t code;
	size_t n;

	for (size_t i = 0; i < len; i += n) {
		n = escape_utf8_decode(bytes + i, len - i, &code);
		if (n) {
			text_add(out, bytes + i, n);
		} else {
			text_adds(out, "\xef\xbf\xbd");
			replaced = true;
			n = 1;
		}
	}
	if (!len)
		text_add(out, "", 0);
	return replaced;
}

unsigned escape_columns(uint32_t c)
{
	if ((c >= 0x300 && c <= 0x36f) || (c >= 0x1ab0 && c <= 0x1aff) ||
	    (c >= 0x20d0 && c <= 0x20ff) || (c >= 0xfe00 && c <= 0xfe0f) ||
	    (c >= 0xfe20 && c <= 0xfe2f))
		return 0;
	if ((c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0xa4cf && c != 0x303f) ||
	    (c >= 0xac00 && c <= 0xd7a3) || (c >= 0xf900 && c <= 0xfaff) ||
	    (c >= 0xfe30 && c <= 0xfe6f) || (c >= 0xff00 && c <= 0xff60) ||
	    (c >= 0xffe0 && c <= 0xffe6) || (c >= 0x1f300 && c <= 0x1faff) ||
	    (c >= 0x20000 && c <= 0x3fffd))
		return 2;
	return 1;
}

size_t escape_width(const char *text, size_t len)
{
	size_t width = 0, n;
	uint32_t code;

	for (size_t i = 0; i < len; i += n) {
		n = escape_utf8_decode(text + i, len - i, &code);
		width += n ? escape_columns(code) : 1;
		n = n ? n : 1;
	}
	return width;
}
