/* SPDX-License-Identifier: MIT */
/*
 * Inflating gzip data in memory, with a bound on what comes out. The only user of zlib.
 */
#ifndef BASE_GZ_H
#define BASE_GZ_H

#include <stdbool.h>
#include <stddef.h>

#include "base/mem.h"

/* The bytes begin like a gzip file (RFC 1952, deflate). */
bool gz_is(const char *bytes, size_t len);

/*
 * Receives what comes out, piece by piece. Non-zero stops the inflating and is returned.
 */
typedef int (*gz_sink)(void *arg, const char *bytes, size_t len);

/*
 * Inflate the one gzip stream at the start of `bytes`; what follows it is left alone.
 * `*len` in: bytes there are, out: bytes the stream took (on success only). At most
 * `limit` bytes come out, then -EFBIG. -EINVAL when it is no gzip, -EBADMSG when it is
 * damaged, -ENODATA when it is cut short; the sink has had what was good until then.
 */
int gz_stream(const char *bytes, size_t *len, size_t limit, gz_sink sink,
	      void *arg) _must_check_;

/*
 * A gzip file of one or several members, all of it, into *ret, which is replaced; bytes
 * that are not gzip are copied as they are. Errors as above (then *ret holds what was
 * good); zero bytes of padding behind the last member are allowed.
 */
int gz_text(const char *bytes, size_t len, size_t limit, struct text *ret) _must_check_;

#endif
