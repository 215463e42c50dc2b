/* SPDX-License-Identifier: MIT */
/* For tests of sources that collect: a captured tree, made file by file and removed. */
#pragma once

#include <ftw.h>
#include <sys/stat.h>

#include "../lib/tap.h"
#include "../lib/feed.h"

static char top[] = "/tmp/test_tree.XXXXXX";

/* A file, or a link when `text` begins with "->", with the folders above it. */
static void put(const char *name, const char *text)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", top, name);
	for (char *p = path + strlen(top) + 1; (p = strchr(p, '/')); *p++ = '/') {
		*p = '\0';
		mkdir(path, 0755);
	}
	if (!strncmp(text, "->", 2)) {
		if (symlink(text + 2, path))
			perror(path);
		return;
	}
	f = fopen(path, "w");
	if (f && fputs(text, f) >= 0)
		fclose(f);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

_unused_ static void clear(void)
{
	nftw(top, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	mkdir(top, 0755);
}

_unused_ static int collect(struct fed *f, const struct source *source)
{
	struct root *root = NULL;
	int r = root_open(top, &root);

	if (!r)
		r = source->collect(f->snap, root, &f->diag);
	if (f->diag.out)
		fflush(f->diag.out);
	root_free(root);
	return r;
}

/* Runs `tests` over an empty tree. */
_unused_ static int with_tree(void (*tests)(void))
{
	if (!mkdtemp(top)) {
		perror(top);
		return 1;
	}
	tests();
	clear();
	rmdir(top);
	return done_testing();
}
