/* SPDX-License-Identifier: MIT */
/*
 * Allocation that cannot fail, and growing arrays. Running out of memory ends the
 * program with a message: no caller tests for it.
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stdint.h>
#include <string.h>

#include "base/cleanup.h"

void *mem_alloc(size_t size); /* zeroed */
void *mem_resize(void *old, size_t n, size_t size);
char *mem_copy(const char *text, size_t len); /* adds a NUL */
char *mem_printf(const char *fmt, ...) _printf_(1, 2);

/* A growing array of TYPE: `struct { TYPE *v; size_t n, cap; } name;` */
#define VEC(type)              \
	struct {               \
		type *v;       \
		size_t n, cap; \
	}

/* The same with a tag, and NAME_fini() for a cleanup variable. */
#define VEC_TYPE(name, type)                                      \
	struct name {                                             \
		type *v;                                          \
		size_t n, cap;                                    \
	};                                                        \
	_unused_ static inline void name##_fini(struct name *vec) \
	{                                                         \
		free(vec->v);                                     \
	}                                                         \
	struct name

void mem_vec_grow(void **v, size_t *cap, size_t need, size_t size);

/* Make room for one more and return a pointer to it, not zeroed. */
#define vec_add(vec)                                                                \
	({                                                                          \
		if (unlikely((vec)->n == (vec)->cap))                               \
			mem_vec_grow((void **)&(vec)->v, &(vec)->cap, (vec)->n + 1, \
				     sizeof(*(vec)->v));                            \
		&(vec)->v[(vec)->n++];                                              \
	})

#define vec_reserve(vec, need)                                                \
	do {                                                                  \
		if ((size_t)(need) > (vec)->cap)                              \
			mem_vec_grow((void **)&(vec)->v, &(vec)->cap, (need), \
				     sizeof(*(vec)->v));                      \
	} while (0)

#define vec_free(vec)                      \
	do {                               \
		free((vec)->v);            \
		(vec)->v = NULL;           \
		(vec)->n = (vec)->cap = 0; \
	} while (0)

/* `it` walks all elements; adding to the array inside the loop is not allowed. */
#define vec_each(vec, it) \
	for (__typeof__((vec)->v + 0) it = (vec)->v; it && it < (vec)->v + (vec)->n; it++)

/* Text that grows; always ends with a NUL that `n` does not count once anything was
 * added. */
struct text {
	char *v;
	size_t n, cap;
};

void text_add(struct text *t, const char *bytes, size_t len);
void text_adds(struct text *t, const char *s);
void text_addc(struct text *t, char c);
void text_printf(struct text *t, const char *fmt, ...) _printf_(2, 3);
void text_clear(struct text *t);
void text_fini(struct text *t);

#define _text_ _cleanup_(text_fini)

#endif
