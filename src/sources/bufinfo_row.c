/* SPDX-License-Identifier: MIT */
/*
 * Header and rows of dma_buf/bufinfo. A row is four numbers, zero-padded to eight digits,
 * then the exporter and, depending on the kernel, inode number and name: the header
 * tells, and where that is missing the row's own shape. The kernel separates by one TAB;
 * pastes have the tabs expanded and long rows folded.
 *
 * Four numbers of eight digits do not fit into a name, so no name can forge a row, except
 * on Qualcomm kernels: they print the inode number behind the name, and it can serve as
 * the last of four numbers a name began. Such a line has no inode number of its own,
 * which is why the header's word on the layout is final.
 */
#include "sources/bufinfo_row.h"

#include <endian.h>

#define LEAST_DIGITS 8

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static struct span between(const char *at, const char *end)
{
	return (struct span){ at, (size_t)(end - at) };
}

static struct span trim_end(struct span s)
{
	while (s.len && is_blank(s.at[s.len - 1]))
		s.len--;
	return s;
}

static struct span trim(struct span s)
{
	while (s.len && is_blank(*s.at))
		s.at++, s.len--;
	return trim_end(s);
}

static bool same(struct span a, struct span b)
{
	return a.len == b.len && !memcmp(a.at, b.at, a.len);
}

/* What separates two fields: one TAB, or any white space where tabs may be gone. */
static bool gap(struct scan *s, bool is_exact)
{
	const char *start = s->at;

	if (is_exact)
		return scan_word(s, "\t");
	while (s->at < s->end && is_blank(*s->at))
		s->at++;
	return s->at > start;
}

/* Eight decimal digits at once, as their values, the first in the lowest byte. */
static bool eight_digits(const struct scan *s, uint64_t *ret)
{
	uint64_t v;

	if (scan_left(s) < LEAST_DIGITS)
		return false;
	memcpy(&v, s->at, sizeof(v));
	v = le64toh(v) ^ 0x3030303030303030u;
	*ret = v;
	return !((v | (v + 0x0606060606060606u)) & 0xf0f0f0f0f0f0f0f0u);
}

static uint64_t decimal_of(uint64_t v)
{
	const uint64_t mask = 0x000000ff000000ffu;

	v = v * 10 + (v >> 8);
	return ((v & mask) * (100 + (1000000ull << 32)) +
		(v >> 16 & mask) * (1 + (10000ull << 32))) >>
	       32;
}

static uint64_t hexadecimal_of(uint64_t v)
{
	v = (v << 4 | v >> 8) & 0x00ff00ff00ff00ffu;
	v = (v << 8 | v >> 16) & 0x0000ffff0000ffffu;
	return (v << 16 | v >> 32) & 0xffffffffu;
}

static bool padded_dec(struct scan *s, uint64_t *ret)
{
	const char *start = s->at;
	uint64_t v;

	if (eight_digits(s, &v) && (s->at + 8 == s->end || !is_digit(s->at[8]))) {
		*ret = decimal_of(v);
		s->at += 8;
		return true;
	}
	if (scan_dec(s, ret) && s->at - start >= LEAST_DIGITS)
		return true;
	s->at = start;
	return false;
}

static bool padded_hex(struct scan *s, uint64_t *ret)
{
	uint64_t v;

	if (eight_digits(s, &v) && s->at + 8 < s->end && is_blank(s->at[8])) {
		*ret = hexadecimal_of(v);
		s->at += 8;
		return true;
	}
	return scan_hex(s, LEAST_DIGITS, LEAST_DIGITS, ret);
}

static enum bufinfo_result broken(struct bufinfo_row *ret, const char *at,
				  const char *what)
{
	ret->wrong_at = at;
	ret->expected = what;
	return BUFINFO_BROKEN;
}

static enum bufinfo_result parse_numbers(struct scan *s, bool is_exact,
					 struct bufinfo_row *ret)
{
	static const char *const names[] = { "flags", "mode", "count" };
	uint64_t *const fields[] = { &ret->flags, &ret->mode, &ret->refs };

	if (!padded_dec(s, &ret->size_bytes))
		return BUFINFO_NOT_ROW;
	for (size_t i = 0; i < 3; i++) {
		const char *before = s->at;

		if (scan_done(s))
			return BUFINFO_PART;
		if (!gap(s, is_exact))
			return i ? broken(ret, before, "a TAB") : BUFINFO_NOT_ROW;
		if (scan_done(s))
			return BUFINFO_PART;
		if (i < 2 ? padded_hex(s, fields[i]) : padded_dec(s, fields[i]))
			continue;
		if (!is_exact && !i)
			return BUFINFO_NOT_ROW;
		return broken(ret, s->at, names[i]);
	}
	if (scan_done(s))
		return BUFINFO_PART;
	if (!gap(s, is_exact))
		return broken(ret, s->at, "a TAB");
	return scan_done(s) ? BUFINFO_PART : BUFINFO_ROW;
}

/*
 * The next inode number at or behind *from: white space (a TAB when exact), eight digits
 * or more, white space or the end. `before` and `after` are what it separates.
 */
struct ino_field {
	struct span before, after;
	uint64_t ino;
};

static bool find_ino(const char **from, const char *start, const char *end, bool is_exact,
		     struct ino_field *ret)
{
	for (const char *at = *from; at < end; at++) {
		struct scan s = scan_text(at, (size_t)(end - at));

		if (is_exact ? *at != '\t' : !is_blank(*at))
			continue;
		if (end - at < LEAST_DIGITS + 1 || !is_digit(at[1]))
			continue;
		s.at++;
		if (!padded_dec(&s, &ret->ino))
			continue;
		ret->before = between(start, at < start ? start : at);
		if (!scan_done(&s) && !gap(&s, is_exact))
			continue;
		ret->after = between(s.at, end);
		*from = at + 1;
		return true;
	}
	return false;
}

/*
 * exporter, ino, name. The exporter is the kernel's own word, so the first number counts.
 */
static enum bufinfo_result parse_ino(struct scan s, const struct bufinfo_form *form,
				     struct bufinfo_row *ret)
{
	const char *from = s.at;
	struct ino_field field;

	if (!find_ino(&from, s.at, s.end, form->is_exact, &field)) {
		if (form->is_exact)
			return broken(ret, s.end, "an inode number");
		return BUFINFO_PART;
	}
	ret->exporter = trim_end(field.before);
	ret->name = form->is_exact ? field.after : trim(field.after);
	ret->ino = field.ino;
	if (!ret->exporter.len)
		return broken(ret, s.at, "an exporter");
	if (form->columns == BUFINFO_INO_NAME && !ret->name.len && !form->is_exact &&
	    !form->is_whole)
		return BUFINFO_PART;
	return BUFINFO_ROW;
}

/* exporter, name, ino, name: the number that has the same text on both sides. */
static enum bufinfo_result parse_qcom_ino(struct scan s, bool is_exact,
					  struct bufinfo_row *ret)
{
	const char *start = s.at, *from;
	struct ino_field field;

	while (s.at < s.end && (is_exact ? *s.at != '\t' : !is_blank(*s.at)))
		s.at++;
	ret->exporter = trim_end(between(start, s.at));
	if (!ret->exporter.len)
		return broken(ret, start, "an exporter");
	if (!gap(&s, is_exact))
		return BUFINFO_PART;
	/* An empty name leaves only its padding, which gap() has taken from a paste. */
	from = is_exact ? s.at : s.at - 1;
	while (find_ino(&from, s.at, s.end, is_exact, &field)) {
		if (!same(trim_end(field.before), trim_end(field.after)) &&
		    !same(trim(field.before), trim(field.after)))
			continue;
		ret->name = is_exact ? field.after : trim(field.after);
		ret->ino = field.ino;
		return BUFINFO_ROW;
	}
	return BUFINFO_PART;
}

static enum bufinfo_result parse_qcom(struct scan s, bool is_exact,
				      struct bufinfo_row *ret)
{
	const char *start = s.at;

	while (s.at < s.end && (is_exact ? *s.at != '\t' : !is_blank(*s.at)))
		s.at++;
	ret->exporter = trim_end(between(start, s.at));
	if (!ret->exporter.len)
		return broken(ret, start, "an exporter");
	if (!gap(&s, is_exact))
		return is_exact ? broken(ret, s.at, "a buffer name") : BUFINFO_ROW;
	ret->name = between(s.at, s.end);
	if (!is_exact)
		ret->name = trim(ret->name);
	return BUFINFO_ROW;
}

/* No header told: by what stands behind the exporter. */
static enum bufinfo_columns guess(struct scan s, bool is_exact, struct bufinfo_row *ret)
{
	struct scan probe = s;

	while (s.at < s.end && !is_blank(*s.at))
		s.at++;
	while (s.at < s.end && is_blank(*s.at))
		s.at++;
	if (scan_done(&s))
		return BUFINFO_PLAIN;
	if (padded_dec(&s, &ret->ino) && (scan_done(&s) || is_blank(*s.at))) {
		struct span name = trim(between(s.at, s.end));

		return span_is(name, "<none>") ? BUFINFO_INO_NAME : BUFINFO_INO;
	}
	if (parse_qcom_ino(probe, is_exact, ret) == BUFINFO_ROW)
		return BUFINFO_QCOM_INO;
	return BUFINFO_QCOM;
}

static enum bufinfo_result parse_rest(struct scan s, const struct bufinfo_form *form,
				      struct bufinfo_row *ret)
{
	ret->ino = ABSENT64;
	ret->name = between(s.end, s.end);
	switch (ret->columns) {
	case BUFINFO_INO:
	case BUFINFO_INO_NAME:
		return parse_ino(s, form, ret);
	case BUFINFO_QCOM:
		return parse_qcom(s, form->is_exact, ret);
	case BUFINFO_QCOM_INO:
		return parse_qcom_ino(s, form->is_exact, ret);
	default:
		ret->exporter = trim(between(s.at, s.end));
		if (!ret->exporter.len)
			return broken(ret, s.at, "an exporter");
		return BUFINFO_ROW;
	}
}

enum bufinfo_result bufinfo_row_parse(struct span line, const struct bufinfo_form *form,
				      struct bufinfo_row *ret)
{
	struct scan s = scan_text(line.at, line.len);
	struct bufinfo_form tabbed = *form;
	enum bufinfo_result r;

	if (!line.len || !is_digit(*line.at))
		return BUFINFO_NOT_ROW;
	r = parse_numbers(&s, form->is_exact, ret);
	if (r != BUFINFO_ROW)
		return r;
	ret->columns = form->columns;
	if (ret->columns == BUFINFO_UNKNOWN)
		ret->columns = guess(s, form->is_exact, ret);
	/*
	 * A paste that kept the tabs is read like the kernel's own text: names keep
	 * blanks.
	 */
	tabbed.is_exact = true;
	if (!form->is_exact && memchr(s.at, '\t', scan_left(&s)) &&
	    parse_rest(s, &tabbed, ret) == BUFINFO_ROW &&
	    (ret->name.len || ret->columns != BUFINFO_INO_NAME))
		return BUFINFO_ROW;
	return parse_rest(s, form, ret);
}

bool bufinfo_header_add(struct bufinfo_header *header, struct span line)
{
	static const struct {
		const char *words;
		enum bufinfo_columns columns;
	} layouts[] = {
		{ "size flags mode count exp_name ", BUFINFO_PLAIN },
		{ "size flags mode count exp_name ino ", BUFINFO_INO },
		{ "size flags mode count exp_name ino name ", BUFINFO_INO_NAME },
		{ "size flags mode count exp_name buf name ", BUFINFO_QCOM },
		{ "size flags mode count exp_name buf name ino ", BUFINFO_QCOM_INO },
	};
	struct bufinfo_header h = *header;
	struct scan s = scan_text(line.at, line.len);
	bool is_part = false;

	for (scan_blanks(&s); !scan_done(&s); scan_blanks(&s)) {
		struct span word = scan_token(&s);

		if (h.n + word.len + 2 > sizeof(h.words))
			return false;
		memcpy(h.words + h.n, word.at, word.len);
		h.n += (unsigned)word.len;
		h.words[h.n++] = ' ';
	}
	h.columns = BUFINFO_UNKNOWN;
	for (size_t i = 0; i < sizeof(layouts) / sizeof(*layouts); i++) {
		if (strncmp(layouts[i].words, h.words, h.n))
			continue;
		is_part = true;
		if (h.n == strlen(layouts[i].words))
			h.columns = layouts[i].columns;
	}
	if (!is_part || h.n == header->n || h.n < strlen("size flags mode count "))
		return false;
	*header = h;
	return true;
}
