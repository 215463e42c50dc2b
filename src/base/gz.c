/* SPDX-License-Identifier: MIT */
/*
 * Inflating gzip data: /proc/config.gz, the configuration inside a kernel file,
 * compressed kernels and modules. All of it may come from strangers, so nothing is
 * trusted to be short.
 */
#include "base/gz.h"

#include <errno.h>
#include <limits.h>
#include <zlib.h>

#define GZ_HEADER 10
#define GZ_RESERVED_FLAGS 0xe0

bool gz_is(const char *bytes, size_t len)
{
	return len >= GZ_HEADER && bytes[0] == '\x1f' && bytes[1] == '\x8b' &&
	       bytes[2] == Z_DEFLATED && !((unsigned char)bytes[3] & GZ_RESERVED_FLAGS);
}

static int inflate_error(int r)
{
	switch (r) {
	case Z_MEM_ERROR:
		return -ENOMEM;
	case Z_BUF_ERROR: /* it can neither read nor write any more: cut short */
		return -ENODATA;
	default:
		return -EBADMSG;
	}
}

static int inflate_all(z_stream *z, size_t limit, gz_sink sink, void *arg)
{
	char block[32768];
	size_t total = 0;

	for (;;) {
		int r, stop;
		size_t n;

		z->next_out = (Bytef *)block;
		z->avail_out = sizeof(block);
		r = inflate(z, Z_NO_FLUSH);
		n = sizeof(block) - z->avail_out;
		stop = n ? sink(arg, block, MIN(n, limit - total)) : 0;
		if (stop)
			return stop;
		if (n > limit - total)
			return -EFBIG;
		total += n;
		if (r == Z_STREAM_END)
			return 0;
		if (r != Z_OK)
			return inflate_error(r);
	}
}

int gz_stream(const char *bytes, size_t *len, size_t limit, gz_sink sink, void *arg)
{
	size_t given = MIN(*len, (size_t)UINT_MAX);
	z_stream z = { .next_in = (Bytef *)(uintptr_t)bytes, .avail_in = (uInt)given };
	int r;

	if (!gz_is(bytes, *len))
		return -EINVAL;
	if (inflateInit2(&z, MAX_WBITS + 16) != Z_OK)
		return -ENOMEM;
	r = inflate_all(&z, limit, sink, arg);
	if (!r)
		*len = given - z.avail_in;
	inflateEnd(&z);
	return r;
}

static int into_text(void *arg, const char *bytes, size_t len)
{
	text_add(arg, bytes, len);
	return 0;
}

int gz_text(const char *bytes, size_t len, size_t limit, struct text *ret)
{
	text_clear(ret);
	if (!gz_is(bytes, len)) {
		if (len > limit)
			return -EFBIG;
		text_add(ret, bytes, len);
		return 0;
	}
	while (len) {
		size_t used = len;
		int r;

		if (!*bytes) {
			bytes++;
			len--;
			continue;
		}
		r = gz_stream(bytes, &used, limit - ret->n, into_text, ret);
		if (r)
			return r == -EINVAL ? -EBADMSG : r;
		bytes += used;
		len -= used;
	}
	return 0;
}
