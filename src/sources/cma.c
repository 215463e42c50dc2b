/* SPDX-License-Identifier: MIT */
/* Files of one decimal, and the size of a page (formats.md 3.2, 3.3). */
#include <errno.h>

#include "sources/cma.h"

void cma_damaged(struct cma_read *c, const char *path, size_t at, const char *expected)
{
	_text_ struct text name = { 0 };
	struct place place = { .file = root_name(c->root, path, &name),
			       .line = 1,
			       .column = at + 1 };

	diag_error(c->diag, &place, "expected %s", expected);
	diag_end_file(c->diag);
	c->skipped++;
}

uint64_t cma_number(struct cma_read *c, const char *dir, const char *file)
{
	_text_ struct text path = { 0 }, text = { 0 };
	uint64_t value;
	int r;

	text_printf(&path, "%s/%s", dir, file);
	r = root_read(c->root, path.v, ROOT_RECORD, &text);
	if (r == -ENOENT)
		return ABSENT64;
	if (r < 0) {
		c->skipped++;
		return ABSENT64;
	}
	if (!scan_only_dec(text.v, text.n, &value)) {
		cma_damaged(c, path.v, 0, "a decimal number");
		return ABSENT64;
	}
	return value;
}

void cma_add_word(struct snapshot *snap, uint32_t *first, uint32_t *n, uint32_t word)
{
	if (!*n)
		*first = (uint32_t)snap->bitmap.n;
	*vec_add(&snap->bitmap) = word;
	++*n;
}

static bool is_page_size(uint64_t bytes)
{
	return bytes >= 4096 && bytes <= 65536 && !(bytes & (bytes - 1));
}

/* `KEY n kB` in a file; it is read no further than that. */
static uint64_t find_kb(const struct root *root, const char *path, const char *key)
{
	uint64_t found = ABSENT64;
	struct reader reader;
	struct line line;

	if (root_reader(root, path, &reader) < 0)
		return ABSENT64;
	while (found == ABSENT64 && reader_next(&reader, &line) == 1) {
		struct scan s = scan_text(line.text, line.len);
		uint64_t kb;

		if (!span_starts((struct span){ line.text, line.len }, key))
			continue;
		s.at += strlen(key);
		scan_blanks(&s);
		if (!scan_dec(&s, &kb) || !scan_word(&s, " kB"))
			break;
		found = product_or_absent(kb, 1024);
	}
	reader_fini(&reader);
	return found;
}

/* Processes whose mappings are looked at before giving up. */
#define PROCESSES 8

static uint64_t page_of_processes(const struct root *root)
{
	_text_ struct text path = { 0 };
	struct pids pids = { 0 };
	uint64_t page = ABSENT64;

	if (root_pids(root, &pids) < 0)
		return ABSENT64;
	for (size_t i = 0; i < pids.ids.n && i < PROCESSES && !is_page_size(page); i++) {
		text_clear(&path);
		text_printf(&path, "proc/%u/smaps", pids.ids.v[i]);
		page = find_kb(root, path.v, "KernelPageSize:");
	}
	vec_free(&pids.ids);
	return page;
}

/* All areas together are what meminfo calls CmaTotal, so that tells the page, too. */
static bool find_page(struct cma_read *c, uint64_t pages)
{
	uint64_t page = c->snap->page_bytes, total;

	if (page == ABSENT64 && pages && pages != ABSENT64) {
		total = find_kb(c->root, "proc/meminfo", "CmaTotal:");
		if (total != ABSENT64 && !(total % pages))
			page = total / pages;
	}
	if (!is_page_size(page))
		page = page_of_processes(c->root);
	if (!is_page_size(page))
		return false;
	c->snap->page_bytes = page;
	return true;
}

static void finish(struct cma_read *c)
{
	uint64_t pages = 0, page;
	bool is_known, any = false;

	vec_each(&c->snap->areas, it)
		if (it->source == c->source && it->total_bytes != ABSENT64)
			pages = sum_or_absent(pages, it->total_bytes);
	is_known = find_page(c, pages);
	page = is_known ? c->snap->page_bytes : 4096;
	vec_each(&c->snap->areas, it) {
		if (it->source != c->source)
			continue;
		it->base = product_or_absent(it->base, page);
		it->total_bytes = product_or_absent(it->total_bytes, page);
		it->used_bytes = product_or_absent(it->used_bytes, page);
		it->maxchunk_bytes = product_or_absent(it->maxchunk_bytes, page);
		it->bit_bytes = product_or_absent(it->bit_bytes, page);
		any = true;
	}
	snapshot_count(c->snap, c->source, c->records, c->skipped);
	if (any && !is_known)
		snapshot_cover(c->snap, c->source, c->snap->coverage[c->source].status,
			       "counted in pages of unknown size, 4096 bytes assumed");
}

int cma_read_areas(struct cma_read *c, const char *dir, cma_visit_fn visit)
{
	_text_ struct text names = { 0 }, path = { 0 };
	int r = root_list(c->root, dir, &names);

	if (r < 0)
		return r;
	list_each(&names, name) {
		text_clear(&path);
		text_printf(&path, "%s/%s", dir, name);
		visit(c, path.v, name);
	}
	finish(c);
	return 0;
}
