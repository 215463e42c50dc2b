/* SPDX-License-Identifier: MIT */
/* Base: escaping, sizes and durations, scanning, interning, reading lines. */
#include "../lib/tap.h"
#include "base/escape.h"
#include "base/reader.h"
#include "base/scan.h"
#include "base/strings.h"
#include "base/units.h"

static void escapes(const char *raw, size_t len, const char *want, const char *what)
{
	_text_ struct text out = { 0 };

	escape_terminal(&out, raw, len);
	is_str(out.v, want, what);
}

#define ESCAPES(raw, want, what) escapes(raw, sizeof(raw) - 1, want, what)

static void terminal(void)
{
	ESCAPES("402-allocator@4.", "402-allocator@4.", "plain text stays");
	ESCAPES("a\nb\tc\rd", "a\\nb\\tc\\rd", "line ends and tabs");
	ESCAPES("\033[31mred\033[0m", "\\x1b[31mred\\x1b[0m", "colour");
	ESCAPES("\0x\x7f", "\\x00x\\x7f", "NUL and DEL");
	ESCAPES("\xff\xfe\xc3\xa9", "\\xff\\xfe\xc3\xa9", "bytes that are no UTF-8");
	ESCAPES("\xc0\xaf\xed\xa0\x80", "\\xc0\\xaf\\xed\\xa0\\x80",
		"overlong, surrogate");
	ESCAPES("\xe2\x80\xae"
		"evil",
		"\\u{202e}evil", "text that would run backwards");
	ESCAPES("\xc2\x9b"
		"31m",
		"\\x9b31m", "an eight-bit control");
	ESCAPES("a\\nb", "a\\\\nb", "what would read as an escape");
	ESCAPES("a\\b", "a\\b", "what would not");
	ESCAPES("", "", "nothing");
}

static void json_text(void)
{
	_text_ struct text out = { 0 };

	ok(!escape_utf8(&out, "a\xc3\xa9", 3), "valid UTF-8 passes");
	text_clear(&out);
	ok(escape_utf8(&out,
		       "a\xff"
		       "b",
		       3),
	   "a wrong byte is told");
	is_str(out.v,
	       "a\xef\xbf\xbd"
	       "b",
	       "and replaced");
	is_u64(escape_width("\xe4\xb8\xad", 3), 2, "a wide character takes two columns");
	is_u64(escape_width("e\xcc\x81", 3), 1, "a combining one takes none");
}

static void size_is(uint64_t bytes, enum units units, const char *want)
{
	char text[UNITS_TEXT];

	is_str(units_size(text, bytes, units), want, want);
}

static void sizes(void)
{
	char text[UNITS_TEXT];

	size_is(0, UNITS_AUTO, "0 B");
	size_is(512, UNITS_AUTO, "512 B");
	size_is(1024, UNITS_AUTO, "1 KiB");
	size_is(85962752, UNITS_AUTO, "83948 KiB");
	size_is(67108864, UNITS_AUTO, "64 MiB");
	size_is(1619001344, UNITS_AUTO, "1544 MiB");
	size_is(99999999, UNITS_AUTO, "95.4 MiB");
	size_is(UINT64_MAX - 1, UNITS_AUTO, "16.0 EiB");
	size_is(85962752, UNITS_BYTES, "85962752");
	size_is(512, UNITS_KIB, "0.5 KiB");
	size_is(2691072, UNITS_KIB, "2628 KiB");
	is_str(units_change(text, -1024, UNITS_AUTO), "-1 KiB", "a loss has its sign");
	is_str(units_change(text, 0, UNITS_AUTO), "+0 B", "nothing has one, too");
	is_str(units_change(text, INT64_MIN, UNITS_BYTES), "-9223372036854775808",
	       "the smallest number is not turned over");
	is_str(units_duration(text, 303000000000), "5 min 3 s", "minutes");
}

static void parsing_sizes(void)
{
	static const struct {
		const char *text;
		int r;
		uint64_t bytes;
	} cases[] = {
		{ "64", 0, 64 },	 { "64K", 0, 65536 },	  { "64KiB", 0, 65536 },
		{ "1.5M", 0, 1572864 },	 { "2g", 0, 2147483648 }, { "10 B", 0, 10 },
		{ "", -22, 0 },		 { "K", -22, 0 },	  { "1x", -22, 0 },
		{ "-1", -22, 0 },	 { "0x10", -22, 0 },	  { "1e3", -22, 0 },
		{ "99999999E", -34, 0 },
	};
	uint64_t value;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		value = 0;
		is_int(units_parse_size(cases[i].text, &value), cases[i].r,
		       cases[i].text);
		is_u64(value, cases[i].bytes, "... its bytes");
	}
	is_int(units_parse_duration("200ms", &value), 0, "200ms");
	is_u64(value, 200000000, "... in ns");
	is_int(units_parse_duration("5 parsecs", &value), -22, "no duration");
}

static void scanning(void)
{
	struct scan s = scan_text("18446744073709551615", 20);
	uint64_t value = 7;

	ok(!scan_dec(&s, &value), "all ones means not known, and is refused");
	s = scan_text("18446744073709551616", 20);
	ok(!scan_dec(&s, &value), "what does not fit is refused");
	s = scan_text("18446744073709551614x", 21);
	ok(scan_dec(&s, &value) && value == UINT64_MAX - 1, "the largest number");
	s = scan_text("-1", 2);
	ok(!scan_dec(&s, &value), "no sign");
	s = scan_text("ffffffffffffffff", 16);
	ok(scan_hex(&s, 16, 16, &value) && value == UINT64_MAX, "16 hex digits");
	s = scan_text("fffffffffffffffff", 17);
	ok(!scan_hex(&s, 1, 17, &value), "17 do not fit");
	s = scan_text("123456789", 9);
	ok(!scan_hex(&s, 8, 8, &value), "more digits than allowed are no number");
	is_str(span_find_last((struct span){ "a(b)c(d)", 8 }, ")"), ")",
	       "the last of several");
	is_u64(sum_or_absent(UINT64_MAX - 1, 2), ABSENT64, "a sum that does not fit");
	is_u64(product_or_absent(1ull << 40, 1ull << 40), ABSENT64,
	       "a product that does not");
}

static void interning(void)
{
	struct strings pool;
	char text[16];
	uint32_t id, wrong = 0;

	strings_init(&pool);
	id = strings_add(&pool, "a\0b", 3);
	is_u64(strings_add(&pool, "a\0b", 3), id, "the same bytes are the same string");
	ok(strings_add(&pool, "a", 1) != id, "a NUL does not end them");
	ok(strings_adds(&pool, "") != STR_ABSENT,
	   "the empty string is not the absent one");
	is_str(strings_get(&pool, STR_ABSENT), NULL, "which has no text");
	for (int i = 0; i < 5000; i++) {
		snprintf(text, sizeof(text), "name%d", i);
		strings_adds(&pool, text);
	}
	for (int i = 0; i < 5000; i++) {
		snprintf(text, sizeof(text), "name%d", i);
		id = strings_find(&pool, text, strlen(text));
		wrong += !id || strcmp(strings_get(&pool, id), text);
	}
	is_u64(wrong, 0, "5000 strings are found again");
	is_u64(strings_find(&pool, "nobody", 6), STR_ABSENT, "an unknown one is not");
	strings_fini(&pool);
}

static void lines(void)
{
	static const char text[] = "one\r\n\ntwo\rhalf\nlast";
	struct reader r;
	struct line line;

	reader_init_mem(&r, text, sizeof(text) - 1);
	ok(reader_next(&r, &line) == 1 && line.len == 3 && line.number == 1,
	   "CR before the newline goes");
	ok(reader_next(&r, &line) == 1 && line.len == 0, "an empty line");
	ok(reader_next(&r, &line) == 1 && line.len == 8 && line.has_end,
	   "a CR inside a line stays");
	ok(reader_next(&r, &line) == 1 && line.len == 4 && !line.has_end,
	   "a last line without its end");
	ok(reader_next(&r, &line) == 0, "then the end");
	reader_fini(&r);
}

static void long_lines(void)
{
	size_t len = READER_LINE_LIMIT + 100;
	_cleanup_(freep) char *text = mem_alloc(len + 6);
	struct reader r;
	struct line line;

	memset(text, 'x', len);
	memcpy(text + len, "\nnext\n", 6);
	reader_init_mem(&r, text, len + 6);
	ok(reader_next(&r, &line) == 1 && line.is_cut && line.len == READER_LINE_LIMIT,
	   "a line over the limit is cut");
	ok(reader_next(&r, &line) == 1 && line.len == 4 && line.number == 2,
	   "and the next one is whole");
	reader_fini(&r);
}

int main(void)
{
	terminal();
	json_text();
	sizes();
	parsing_sizes();
	scanning();
	interning();
	lines();
	long_lines();
	return done_testing();
}
