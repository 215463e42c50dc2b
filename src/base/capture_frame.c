/* SPDX-License-Identifier: MIT */
/* The frame of a capture file: prefixes, base64 for what is no text, status lines. */
#include "base/capture_frame.h"

#include <errno.h>
#include <inttypes.h>

/* A longer line goes out in pieces; readers of lines have a limit. */
#define LINE_LIMIT ((size_t)48 * 1024)
/* Bytes in one line of base64, which makes 76 characters. */
#define BASE64_LINE ((size_t)57)

static const struct {
	const char *name;
	int number;
} errors[] = {
	{ "EPERM", EPERM },
	{ "ENOENT", ENOENT },
	{ "ESRCH", ESRCH },
	{ "EINTR", EINTR },
	{ "EIO", EIO },
	{ "ENXIO", ENXIO },
	{ "EBADF", EBADF },
	{ "EAGAIN", EAGAIN },
	{ "ENOMEM", ENOMEM },
	{ "EFAULT", EFAULT },
	{ "EBUSY", EBUSY },
	{ "EXDEV", EXDEV },
	{ "ENODEV", ENODEV },
	{ "ENOTDIR", ENOTDIR },
	{ "EISDIR", EISDIR },
	{ "EINVAL", EINVAL },
	{ "EFBIG", EFBIG },
	{ "EPIPE", EPIPE },
	{ "ERANGE", ERANGE },
	{ "ELOOP", ELOOP },
	{ "ENAMETOOLONG", ENAMETOOLONG },
	{ "ENOSYS", ENOSYS },
	{ "ENODATA", ENODATA },
	{ "EOVERFLOW", EOVERFLOW },
	{ "EOPNOTSUPP", EOPNOTSUPP },
	{ "ETIMEDOUT", ETIMEDOUT },
	{ "ESTALE", ESTALE },
};

int capture_error_number(struct span name)
{
	uint64_t number;

	for (size_t i = 0; i < ARRAY_SIZE(errors); i++)
		if (span_is(name, errors[i].name))
			return errors[i].number;
	if (scan_only_dec(name.at, name.len, &number) && number && number < 4096)
		return (int)number;
	return EIO;
}

void capture_frame_init(struct capture_frame *f, FILE *out)
{
	*f = (struct capture_frame){ .out = out };
	fprintf(out, "dmicap %d\n", CAPTURE_VERSION);
}

void capture_frame_fini(struct capture_frame *f)
{
	text_fini(&f->line);
}

static bool is_dots(const char *part, size_t len)
{
	return !len || (len == 1 && *part == '.') || (len == 2 && !memcmp(part, "..", 2));
}

bool capture_frame_holds(struct span path)
{
	size_t start = 0;

	for (size_t i = 0; i < path.len; i++)
		if ((unsigned char)path.at[i] < ' ' || path.at[i] == 0x7f)
			return false;
	for (size_t i = 0; i <= path.len; i++) {
		if (i < path.len && path.at[i] != '/')
			continue;
		if (is_dots(path.at + start, i - start))
			return false;
		start = i + 1;
	}
	return true;
}

static void put_base64(FILE *out, const char *bytes, size_t len)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < len; i += 3) {
		size_t have = MIN(len - i, (size_t)3);
		uint32_t bits = (uint32_t)(unsigned char)bytes[i] << 16;
		char group[4];

		if (have > 1)
			bits |= (uint32_t)(unsigned char)bytes[i + 1] << 8;
		if (have > 2)
			bits |= (unsigned char)bytes[i + 2];
		for (unsigned k = 0; k < 4; k++)
			group[k] = digits[bits >> (18 - 6 * k) & 63];
		if (have < 3)
			group[3] = '=';
		if (have < 2)
			group[2] = '=';
		fwrite(group, 1, sizeof(group), out);
	}
}

static void put_binary(struct capture_frame *f, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i += BASE64_LINE) {
		fputc('=', f->out);
		put_base64(f->out, bytes + i, MIN(len - i, BASE64_LINE));
		fputc('\n', f->out);
	}
}

/* A whole line, its newline included. */
static void put_line(struct capture_frame *f, const char *line, size_t len)
{
	/* The reader drops a CR before a newline, and lines with NUL are no text. */
	if (memchr(line, '\0', len) || (len > 1 && line[len - 2] == '\r')) {
		put_binary(f, line, len);
		return;
	}
	fputc('|', f->out);
	fwrite(line, 1, len, f->out);
}

void capture_frame_begin(struct capture_frame *f, const char *path, bool is_binary)
{
	f->is_binary = is_binary;
	text_clear(&f->line);
	fprintf(f->out, ">%s\n", path);
}

/* Whole lines of base64 as long as there are, the rest waits. */
static void flush_binary(struct capture_frame *f, bool at_end)
{
	size_t whole = at_end ? f->line.n : f->line.n - f->line.n % BASE64_LINE;

	put_binary(f, f->line.v, whole);
	if (whole) {
		memmove(f->line.v, f->line.v + whole, f->line.n - whole);
		f->line.n -= whole;
	}
}

void capture_frame_bytes(struct capture_frame *f, const char *bytes, size_t len)
{
	while (len) {
		const char *nl = f->is_binary ? NULL : memchr(bytes, '\n', len);
		size_t n = nl ? (size_t)(nl - bytes) + 1 : MIN(len, LINE_LIMIT);

		if (nl && !f->line.n && n < LINE_LIMIT) {
			put_line(f, bytes, n);
		} else {
			text_add(&f->line, bytes, n);
			if (f->is_binary || f->line.n >= LINE_LIMIT)
				flush_binary(f, nl != NULL);
			else if (nl)
				put_line(f, f->line.v, f->line.n);
			if (nl)
				text_clear(&f->line);
		}
		bytes += n;
		len -= n;
	}
}

static void put_status(FILE *out, int error)
{
	if (error == -EACCES || error == -ENOENT) {
		fputs(error == -EACCES ? "<denied\n" : "<gone\n", out);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(errors); i++)
		if (errors[i].number == -error) {
			fprintf(out, "<error %s\n", errors[i].name);
			return;
		}
	fprintf(out, "<error %d\n", -error);
}

void capture_frame_end(struct capture_frame *f, int error)
{
	/* Text can say `nonl`; a piece of a long line is already written as base64. */
	bool as_text = f->line.n && !f->is_binary && f->line.v[f->line.n - 1] != '\r' &&
		       !memchr(f->line.v, '\0', f->line.n);

	if (error && f->line.n)
		as_text = false;
	if (as_text) {
		fputc('|', f->out);
		fwrite(f->line.v, 1, f->line.n, f->out);
		fputc('\n', f->out);
	} else {
		flush_binary(f, true);
	}
	text_clear(&f->line);
	if (error)
		put_status(f->out, error);
	else
		fputs(as_text ? "<ok nonl\n" : "<ok\n", f->out);
}

void capture_frame_directory(struct capture_frame *f, const char *path)
{
	fprintf(f->out, ">%s\n<dir\n", path);
}

void capture_frame_link(struct capture_frame *f, const char *path, const char *text,
			size_t len)
{
	capture_frame_begin(f, path, false);
	capture_frame_bytes(f, text, len);
	capture_frame_bytes(f, "\n", 1);
	fputs("<link\n", f->out);
}

void capture_escape(struct text *out, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)bytes[i];

		if (c == '\\')
			text_adds(out, "\\\\");
		else if (c == '\n')
			text_adds(out, "\\n");
		else if (c == '\t')
			text_adds(out, "\\t");
		else if (c < ' ' || c == 0x7f)
			text_printf(out, "\\x%02x", c);
		else
			text_addc(out, (char)c);
	}
}

void capture_unescape(struct text *out, struct span in)
{
	for (size_t i = 0; i < in.len; i++) {
		struct scan s = scan_text(in.at + i + 1, in.len - i - 1);
		uint64_t byte;

		if (in.at[i] != '\\' || scan_done(&s)) {
			text_addc(out, in.at[i]);
			continue;
		}
		if (scan_word(&s, "x") && scan_left(&s) >= 2) {
			s.end = s.at + 2;
			if (scan_hex(&s, 2, 2, &byte)) {
				text_addc(out, (char)byte);
				i += 3;
				continue;
			}
		}
		i++;
		text_addc(out, in.at[i] == 'n' ? '\n' :
			       in.at[i] == 't' ? '\t' :
			       in.at[i] == 'r' ? '\r' :
						 in.at[i]);
	}
}
