/* SPDX-License-Identifier: MIT */
/* For unit tests of sources that read several files: a captured tree made on the spot. */
#pragma once

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/root.h"

struct tree {
	char dir[64];
	struct root *root;
};

__attribute__((unused)) static void tree_begin(struct tree *t)
{
	*t = (struct tree){ .dir = "/tmp/dmi-tree-XXXXXX" };
	if (!mkdtemp(t->dir))
		abort();
}

/* Write a file; folders on its way are made. */
__attribute__((unused)) static void tree_put(struct tree *t, const char *path,
					     const char *text)
{
	char *name = mem_printf("%s/%s", t->dir, path);
	FILE *f;

	for (char *at = strchr(name + 1, '/'); at; at = strchr(at + 1, '/')) {
		*at = '\0';
		mkdir(name, 0755);
		*at = '/';
	}
	f = fopen(name, "w");
	if (!f || fputs(text, f) < 0 || fclose(f))
		abort();
	free(name);
}

__attribute__((unused)) static const struct root *tree_root(struct tree *t)
{
	if (!t->root && root_open(t->dir, &t->root) < 0)
		abort();
	return t->root;
}

__attribute__((unused)) static void tree_end(struct tree *t)
{
	char *command = mem_printf("rm -rf '%s'", t->dir);

	root_free(t->root);
	if (system(command))
		abort();
	free(command);
}
