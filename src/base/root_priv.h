/* SPDX-License-Identifier: MIT */
/* What the two kinds of root share: a table of functions. Only root*.c include this. */
#ifndef BASE_ROOT_PRIV_H
#define BASE_ROOT_PRIV_H

#include "base/root.h"

struct root_ops {
	void (*free)(struct root *root);
	int (*reader)(const struct root *root, const char *path, struct reader *ret);
	int (*read)(const struct root *root, const char *path, size_t limit,
		    struct text *ret);
	int (*may_read)(const struct root *root, const char *path);
	int (*list)(const struct root *root, const char *path, struct text *ret);
	int (*link)(const struct root *root, const char *path, struct text *ret);
	int (*each_fd)(const struct root *root, const char *dir, root_fd_fn visit,
		       void *arg);
};

struct root {
	const struct root_ops *ops;
	char *name; /* prefix for messages, without a slash at its end */
	bool is_live;
	bool is_tree;
};

/* Sort NUL-ended names in place. */
void root_sort_names(struct text *names);

#endif
