/* SPDX-License-Identifier: MIT */
/* base/gz.c: whole, cut, damaged and overlong gzip data. */
#include <errno.h>
#include <stdlib.h>
#include <zlib.h>

#include "../lib/tap.h"
#include "base/gz.h"

/* A gzip member of these bytes, owned by the caller. */
static char *pack(const char *bytes, size_t len, size_t *ret_len)
{
	size_t room = len / 500 + len / 10 + 128;
	char *out = malloc(room);
	z_stream z = { .next_in = (Bytef *)(uintptr_t)bytes,
		       .avail_in = (uInt)len,
		       .next_out = (Bytef *)out,
		       .avail_out = (uInt)room };

	deflateInit2(&z, 9, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY);
	deflate(&z, Z_FINISH);
	*ret_len = room - z.avail_out;
	deflateEnd(&z);
	return out;
}

static int count(void *arg, const char *bytes, size_t len)
{
	(void)bytes;
	*(size_t *)arg += len;
	return 0;
}

static int stop(void *arg, const char *bytes, size_t len)
{
	(void)arg;
	(void)bytes;
	(void)len;
	return 42;
}

static void test_bomb(void)
{
	size_t zeros = (size_t)64 << 20, len, used, total = 0;
	char *plain = calloc(1, zeros), *packed = pack(plain, zeros, &len);

	used = len;
	is_int(gz_stream(packed, &used, 1 << 20, count, &total), -EFBIG,
	       "64 MiB of zeros do not fit 1 MiB");
	is_u64(total, 1 << 20, "... and no more than that came out");
	total = 0;
	used = len;
	is_int(gz_stream(packed, &used, zeros, count, &total), 0,
	       "a limit that just fits");
	is_u64(total, zeros, "... gives all");
	free(plain);
	free(packed);
}

int main(void)
{
	static const char words[] = "CONFIG_DEBUG_FS=y\n# CONFIG_CMA is not set\n";
	size_t len, used, total = 0;
	char *packed = pack(words, sizeof(words) - 1, &len), joined[512];
	struct text text = { 0 };

	ok(gz_is(packed, len), "gzip is recognised");
	ok(!gz_is(packed, 9), "... not from half a header");
	ok(!gz_is(words, sizeof(words)), "... and text is not it");

	is_int(gz_text(packed, len, 1000, &text), 0, "one member");
	is_str(text.v, words, "... is inflated");
	is_int(gz_text(words, sizeof(words) - 1, 1000, &text), 0, "plain text");
	is_str(text.v, words, "... is copied");
	is_int(gz_text(words, sizeof(words) - 1, 10, &text), -EFBIG,
	       "... within the limit");

	memcpy(joined, packed, len);
	memcpy(joined + len, packed, len);
	memset(joined + 2 * len, 0, 8);
	is_int(gz_text(joined, 2 * len + 8, 1000, &text), 0, "two members and padding");
	is_u64(text.n, 2 * (sizeof(words) - 1), "... are both inflated");
	joined[2 * len] = 'x';
	is_int(gz_text(joined, 2 * len + 8, 1000, &text), -EBADMSG,
	       "rubbish behind a member is damage");
	is_u64(text.n, 2 * (sizeof(words) - 1), "... but what was good is there");

	used = 2 * len;
	is_int(gz_stream(joined, &used, 1000, count, &total), 0, "one stream of two");
	is_u64(used, len, "... says where it ends");
	used = len;
	is_int(gz_stream(joined, &used, 1000, stop, NULL), 42, "the sink can stop it");
	used = sizeof(words) - 1;
	is_int(gz_stream(words, &used, 1000, count, &total), -EINVAL, "no gzip at all");

	for (size_t cut = 10; cut < len; cut++) {
		int r = gz_text(packed, cut, 1000, &text);

		if (r != -ENODATA) {
			is_int(r, -ENODATA, "cut short");
			break;
		}
	}
	is_int(gz_text(packed, len - 1, 1000, &text), -ENODATA,
	       "cut inside the checksum");
	packed[len - 6] ^= 1;
	is_int(gz_text(packed, len, 1000, &text), -EBADMSG, "a wrong checksum is damage");
	packed[len - 6] ^= 1;
	packed[3] = (char)0xe0;
	ok(!gz_is(packed, len), "reserved flags are no gzip");
	test_bomb();
	text_fini(&text);
	free(packed);
	return done_testing();
}
