/* SPDX-License-Identifier: MIT */
/* Allocation that cannot fail, growing arrays and growing text. */
#include "base/mem.h"

#include <stdarg.h>

static void *checked(void *p)
{
	if (!p) {
		fputs("dmabuf-inspect: out of memory\n", stderr);
		abort();
	}
	return p;
}

void *mem_alloc(size_t size)
{
	return checked(calloc(1, size ? size : 1));
}

void *mem_resize(void *old, size_t n, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(n, size, &bytes))
		return checked(NULL);
	return checked(realloc(old, bytes ? bytes : 1));
}

char *mem_copy(const char *text, size_t len)
{
	char *copy = mem_resize(NULL, len + 1, 1);

	if (len)
		memcpy(copy, text, len);
	copy[len] = '\0';
	return copy;
}

char *mem_printf(const char *fmt, ...)
{
	char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	va_end(ap);
	return checked(text);
}

/*
 * Grows by half, at least to `need`. A large block is moved by the C library with
 * mremap(), so growing costs address space, not copies or resident memory.
 */
void mem_vec_grow(void **v, size_t *cap, size_t need, size_t size)
{
	size_t more = *cap + *cap / 2 + 8;

	if (more < need)
		more = need;
	*v = mem_resize(*v, more, size);
	*cap = more;
}

static void text_room(struct text *t, size_t more)
{
	size_t need = t->n + more + 1;

	if (need > t->cap)
		mem_vec_grow((void **)&t->v, &t->cap, need, 1);
}

void text_add(struct text *t, const char *bytes, size_t len)
{
	text_room(t, len);
	if (len)
		memcpy(t->v + t->n, bytes, len);
	t->n += len;
	t->v[t->n] = '\0';
}

void text_adds(struct text *t, const char *s)
{
	text_add(t, s, strlen(s));
}

void text_addc(struct text *t, char c)
{
	text_add(t, &c, 1);
}

void text_printf(struct text *t, const char *fmt, ...)
{
	va_list ap, again;
	int len;

	va_start(ap, fmt);
	va_copy(again, ap);
	len = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (len > 0) {
		text_room(t, (size_t)len);
		vsnprintf(t->v + t->n, (size_t)len + 1, fmt, again);
		t->n += (size_t)len;
	}
	va_end(again);
}

void text_clear(struct text *t)
{
	t->n = 0;
	if (t->v)
		t->v[0] = '\0';
}

void text_fini(struct text *t)
{
	free(t->v);
	*t = (struct text){ 0 };
}
