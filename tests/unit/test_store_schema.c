/* SPDX-License-Identifier: MIT */
/*
 * Saved snapshots against share/schema/snapshot.schema.json, by tests/tools/validate:
 * what is written is allowed, and what is not ours to write is refused.
 */
#include "../lib/tap.h"
#undef diag_note /* base/diag.h has one, too */

#include <unistd.h>

#include "store_sample.h"

#define VALIDATE "tests/tools/validate share/schema/snapshot.schema.json "

/* Does the schema allow this document? What it objects to goes to the output. */
static bool is_valid(const struct text *doc)
{
	_text_ struct text command = { 0 };
	char name[] = "/tmp/test_store_schema-XXXXXX";
	int fd = mkstemp(name), status;

	if (fd < 0 || write(fd, doc->v, doc->n) != (ssize_t)doc->n)
		abort();
	close(fd);
	text_printf(&command,
		    "said=$(" VALIDATE
		    "%s) || { printf '%%s\\n' \"$said\" | sed 's/^/# /'; "
		    "exit 1; }",
		    name);
	fflush(stdout);
	status = system(command.v);
	unlink(name);
	return !status;
}

/* The document with one text in it put in place of another. */
static bool is_valid_with(const struct text *doc, const char *old, const char *new)
{
	_text_ struct text changed = { 0 };
	const char *at = strstr(doc->v, old);

	if (!at)
		return true; /* the check that wants a refusal fails */
	text_add(&changed, doc->v, (size_t)(at - doc->v));
	text_adds(&changed, new);
	text_adds(&changed, at + strlen(old));
	return is_valid(&changed);
}

/* Every source, with every status it can have. */
static void check_sources(void)
{
	_cleanup_(snapshot_freep) struct snapshot *snap = snapshot_new();
	_text_ struct text doc = { 0 };

	for (int i = 0; i < N_SOURCES; i++)
		snapshot_cover(snap, (enum source_id)i,
			       (enum coverage_status)(COVERAGE_OK + i % 5), NULL);
	snapshot_add_buffer(snap, SRC_RK_DEV)->sources = ((uint64_t)1 << N_SOURCES) - 1;
	doc = sample_save(snap);
	ok(is_valid(&doc), "every source by its name");
}

static void check_refused(const struct text *doc)
{
	static const struct {
		const char *old, *new, *name;
	} changes[] = {
		{ "\"refs\":", "\"Refs\":", "a key spelled wrong" },
		{ "\"mapped_bytes\":", "\"maped_bytes\":", "... of a holder" },
		{ "\"peak_bytes\":", "\"peak\":", "... of the totals" },
		{ "\"size_bytes\":4096", "\"size_bytes\":\"4 KiB\"",
		  "a size with a unit" },
		{ "\"size_bytes\":4096", "\"size_bytes\":-4096", "a negative size" },
		{ "\"size_bytes\":4096", "\"size_bytes\":4096.5", "half a byte" },
		{ "\"0xfff\"", "4095", "an address as a number" },
		{ "\"sources\":[", "\"sources\":[\"dev\",", "a source nobody knows" },
		{ "\"status\":\"ok\"", "\"status\":\"not asked\"",
		  "a status nobody writes" },
		{ "\"version\": 1", "\"version\": 2", "another version" },
		{ "/snapshot\"", "/list\"", "another schema" },
		{ "\"holders\":[]", "\"holders\":0", "holders that are no list" },
		{ "\"holders\":[],", "", "a buffer without its holders" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(changes); i++)
		ok(!is_valid_with(doc, changes[i].old, changes[i].new), "refused: %s",
		   changes[i].name);
}

int main(void)
{
	_cleanup_(snapshot_freep) struct snapshot *empty = snapshot_new();
	_cleanup_(snapshot_freep) struct snapshot *full = sample_snapshot();
	_text_ struct text nothing = sample_save(empty), everything = sample_save(full);

	if (system("/usr/bin/python3 -c 'import jsonschema' 2>/dev/null")) {
		skip_test("saved snapshots fit the schema", "no python3-jsonschema");
		return done_testing();
	}
	ok(is_valid(&nothing), "a snapshot that knows nothing");
	ok(is_valid(&everything), "a snapshot with every key there is");
	check_sources();
	check_refused(&everything);
	return done_testing();
}
