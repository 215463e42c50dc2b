/* SPDX-License-Identifier: MIT */
/* Documents that are not right: each is refused with its place, none is half loaded. */
#include "../lib/tap.h"
#undef diag_note /* base/diag.h has one, too */

#include "store_sample.h"

#define HEAD "{\"schema\":\"dmabuf-inspect/snapshot\",\"version\":1"
#define BUFFER(text) HEAD ",\"buffers\":[{" text "}]}"

static struct snapshot *load(const char *doc, struct text *log, int *error)
{
	return sample_load(doc, strlen(doc), log, error);
}

static const struct {
	const char *doc, *message;
	int error;
} refused[] = {
	{ "", "a.json:1:1: error: the file ends", -EBADMSG },
	{ " \n\n ", "a.json:3:2: error: the file ends", -EBADMSG },
	{ "[]", "a.json:1:1: error: expected an object, got '['", -EBADMSG },
	{ "{}", "no schema and version", -EBADMSG },
	{ "{\"version\":1}", "no schema and version", -EBADMSG },
	{ "{\"schema\":\"dmabuf-inspect/snapshot\"}", "no schema and version", -EBADMSG },
	{ "{\"schema\":\"dmabuf-inspect/list\",\"version\":1}",
	  "a.json:1:11: error: schema: 'list' is what another command printed",
	  -EBADMSG },
	{ "{\"schema\":\"sbom\"}", "schema: 'sbom' is no snapshot", -EBADMSG },
	{ "{\"schema\":null}", "no schema and version", -EBADMSG },
	{ "{\"schema\":{}}", "schema: expected a text, got '{'", -EBADMSG },
	{ "{\"version\":2}", "version: 2 is not known", -EPROTO },
	{ "{\"version\":0}", "version: 0 is not known", -EPROTO },
	{ "{\"version\":\"1\"}", "version: expected a number", -EBADMSG },
	{ HEAD ",\"schema\":\"dmabuf-inspect/snapshot\"}", "schema is there twice",
	  -EBADMSG },
	{ HEAD "}}", "something follows the document: '}'", -EBADMSG },
	{ HEAD "}\n{", "a.json:2:1: error: something follows", -EBADMSG },
	{ HEAD ",}", "expected a key, got '}'", -EBADMSG },
	{ HEAD " \"a\":1}", "expected ',' or '}', got '\"'", -EBADMSG },
	{ HEAD ",\"a\" 1}", "expected ':', got '1'", -EBADMSG },
	{ HEAD ",\"a\":[1,]}", "expected a value, got ']'", -EBADMSG },
	{ HEAD ",\"a\":[1 2]}", "expected ',' or ']', got '2'", -EBADMSG },
	{ HEAD ",\"a\":[}", "expected a value, got '}'", -EBADMSG },
	{ HEAD ",\"a\":01}", "expected a value, got '01'", -EBADMSG },
	{ HEAD ",\"a\":1.}", "expected a value, got '1.'", -EBADMSG },
	{ HEAD ",\"a\":-}", "expected a value, got '-'", -EBADMSG },
	{ HEAD ",\"a\":tru}", "expected true, got 'tru'", -EBADMSG },
	{ HEAD ",\"a\":nul}", "expected null, got 'nul'", -EBADMSG },
	{ HEAD ",\"a\":NaN}", "expected a value, got 'N'", -EBADMSG },
	{ HEAD ",\"a\":'b'}", "expected a value, got '''", -EBADMSG },
	{ HEAD ",\"a\":\"\n\"}", "control character", -EBADMSG },
	{ HEAD ",\"buffers\":{}}", "buffers: expected a list, got '{'", -EBADMSG },
	{ HEAD ",\"buffers\":[[]]}", "expected an object, got '['", -EBADMSG },
	{ HEAD ",\"captured\":[]}", "captured: expected an object", -EBADMSG },
	{ HEAD ",\"captured\":{\"time\":\"now\"}}", "time: expected a time like",
	  -EBADMSG },
	{ HEAD ",\"captured\":{\"time\":1}}", "time: expected a text", -EBADMSG },
	{ HEAD ",\"captured\":{\"live\":1}}", "live: expected true or false", -EBADMSG },
	{ HEAD ",\"captured\":{\"host\":\"a\\u0000b\"}}", "host: text with a NUL",
	  -EBADMSG },
	{ HEAD ",\"captured\":{\"host\":\"\\x\"}}", "unknown escape \\x", -EBADMSG },
	{ HEAD ",\"captured\":{\"host\":\"\\u12g4\"}}", "four hex digits", -EBADMSG },
	{ HEAD ",\"captured\":{\"host\":\"\xff\"}}", "host: text is not UTF-8",
	  -EBADMSG },
	{ HEAD ",\"captured\":{\"host\":\"\x1f\"}}", "control character", -EBADMSG },
	{ HEAD ",\"captured\":{\"host_hex\":\"4\"}}", "pairs of hex digits", -EBADMSG },
	{ HEAD ",\"captured\":{\"host_hex\":\"\"}}", "pairs of hex digits", -EBADMSG },
	{ HEAD ",\"captured\":{\"host_hex\":\"4100\"}}", "pairs of hex digits",
	  -EBADMSG },
	{ HEAD ",\"captured\":{\"host_hex\":\"zz\"}}", "pairs of hex digits", -EBADMSG },
	{ HEAD ",\"captured\":{\"host_hex\":1}}", "expected a text", -EBADMSG },
	{ HEAD ",\"coverage\":[{\"status\":\"ok\"}]}", "coverage without source",
	  -EBADMSG },
	{ HEAD ",\"coverage\":[{\"source\":\"maps\"}]}", "without source or status",
	  -EBADMSG },
	{ HEAD ",\"coverage\":[{\"source\":\"maps\",\"status\":\"fine\"}]}",
	  "status: expected ok, partial", -EBADMSG },
	{ HEAD ",\"coverage\":[{\"source\":\"maps\",\"status\":\"not asked\"}]}",
	  "status: expected ok, partial", -EBADMSG },
	{ HEAD ",\"coverage\":[{\"source\":\"maps\",\"status\":\"ok\"},"
	       "{\"source\":\"maps\",\"status\":\"ok\"}]}",
	  "coverage of maps is there twice", -EBADMSG },
	{ HEAD ",\"totals\":{\"peak_bytes\":1.5}}",
	  "peak_bytes: expected a whole number, got '1.5'", -EBADMSG },
	{ HEAD ",\"page_bytes\":0}", "pages of 0 bytes", -EBADMSG },
	{ HEAD ",\"areas\":[{\"source\":\"rk_cma\",\"bit_bytes\":0}]}",
	  "stand for 0 bytes", -EBADMSG },
	{ HEAD ",\"areas\":[{\"name\":\"cma\"}]}", "area without a source", -EBADMSG },
	{ HEAD ",\"areas\":[{\"source\":\"rk_cma\",\"bitmap\":\"0000000\"}]}",
	  "words of 8 hex digits", -EBADMSG },
	{ HEAD ",\"areas\":[{\"source\":\"rk_cma\",\"bitmap\":\"0000000g\"}]}",
	  "words of 8 hex digits", -EBADMSG },
	{ HEAD ",\"processes\":[{\"task\":\"a\"}]}", "process without a pid", -EBADMSG },
	{ HEAD ",\"processes\":[{\"pid\":1},{\"pid\":1}]}", "process 1 is there twice",
	  -EBADMSG },
	{ BUFFER("\"size_bytes\":-1"), "expected a whole number, got '-1'", -EBADMSG },
	{ BUFFER("\"size_bytes\":+1"), "size_bytes: expected a number, got '+'",
	  -EBADMSG },
	{ BUFFER("\"size_bytes\":1e3"), "expected a whole number, got '1e3'", -EBADMSG },
	{ BUFFER("\"size_bytes\":007"), "expected a whole number, got '007'", -EBADMSG },
	{ BUFFER("\"size_bytes\":18446744073709551615"), "expected a whole number",
	  -EBADMSG },
	{ BUFFER("\"size_bytes\":99999999999999999999"), "expected a whole number",
	  -EBADMSG },
	{ BUFFER("\"size_bytes\":\"4096\""), "size_bytes: expected a number", -EBADMSG },
	{ BUFFER("\"size_bytes\":true"), "size_bytes: expected a number", -EBADMSG },
	{ BUFFER("\"refs\":4294967295"), "refs: 4294967295 is more than 4294967294",
	  -EBADMSG },
	{ BUFFER("\"pointer\":4096"), "pointer: expected a text", -EBADMSG },
	{ BUFFER("\"pointer\":\"4096\""), "expected \"0x\" and hex digits", -EBADMSG },
	{ BUFFER("\"pointer\":\"0x\""), "expected \"0x\" and hex digits", -EBADMSG },
	{ BUFFER("\"pointer\":\"0x1 \""), "expected \"0x\" and hex digits", -EBADMSG },
	{ BUFFER("\"pointer\":\"0x12345678123456781\""), "and hex digits", -EBADMSG },
	{ BUFFER("\"name\":[]"), "name: expected a text, got '['", -EBADMSG },
	{ BUFFER("\"name\":1"), "name: expected a text, got '1'", -EBADMSG },
	{ BUFFER("\"name\":\"a\",\"name\":\"b\""), "name is there twice", -EBADMSG },
	{ BUFFER("\"name_hex\":\"41\",\"name_hex\":\"42\""), "name is there twice",
	  -EBADMSG },
	{ BUFFER("\"name_hex\":\"41\",\"name\":7"), "expected a text", -EBADMSG },
	{ BUFFER("\"allocator\":[]"), "allocator: expected an object", -EBADMSG },
	{ BUFFER("\"allocator\":{\"pid\":-1}"), "pid: expected a whole number",
	  -EBADMSG },
	{ BUFFER("\"attachments\":[{\"count\":0}]"), "is there 0 times", -EBADMSG },
	{ BUFFER("\"attachments\":[{\"count\":1}]"), "without a device", -EBADMSG },
	{ HEAD ",\"contiguous\":[{}]}", "contiguous memory without a size", -EBADMSG },
	{ BUFFER("\"attachments\":[null]"), "expected an object, got 'n'", -EBADMSG },
	{ BUFFER("\"segments\":[1]"), "expected an object, got '1'", -EBADMSG },
	{ BUFFER("\"holders\":[{}]"), "holder without a pid", -EBADMSG },
	{ BUFFER("\"holders\":[{\"pid\":5},{\"pid\":5}]"),
	  "process 5 holds this buffer already", -EBADMSG },
	{ BUFFER("\"holders\":[{\"pid\":5,\"fds\":[-1]}]"), "expected a whole number",
	  -EBADMSG },
	{ BUFFER("\"sources\":[1]"), "sources: expected a text", -EBADMSG },
	{ BUFFER("\"sources\":\"maps\""), "sources: expected a list", -EBADMSG },
	{ "{\n  \"schema\": \"dmabuf-inspect/snapshot\",\n  \"version\": 1,\n"
	  "  \"buffers\": [\n    { \"ino\": 1 },\n    { \"ino\":   -1 } ] }",
	  "a.json:6:16: error: ino: expected", -EBADMSG },
};

static void check_refused(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		_cleanup_(snapshot_freep) struct snapshot *snap = NULL;
		_text_ struct text log = { 0 };
		const char *newline;
		int error;

		snap = load(refused[i].doc, &log, &error);
		newline = log.v ? strchr(log.v, '\n') : NULL;
		ok(!snap && error == refused[i].error && newline && !newline[1] &&
			   strstr(log.v, refused[i].message),
		   "refused: %s", refused[i].message);
		if (!snap && (!log.v || !strstr(log.v, refused[i].message)))
			printf("# said: %s", log.v);
	}
}

/* Every beginning of a document is one that a full disk may have left behind. */
static void check_cut_short(void)
{
	_cleanup_(snapshot_freep) struct snapshot *snap = sample_snapshot();
	_text_ struct text doc = sample_save(snap), log = { 0 };
	size_t refusals = 0, told = 0;

	for (size_t n = 0; n + 1 < doc.n; n++) {
		/* A block of the exact size, so that reading beyond it is seen. */
		_cleanup_(freep) char *part = mem_resize(NULL, n + 1, 1);
		_cleanup_(snapshot_freep) struct snapshot *got = NULL;
		int error;

		memcpy(part, doc.v, n);
		got = sample_load(part, n, &log, &error);
		refusals += !got && error == -EBADMSG;
		told += strstr(log.v, "a.json:") &&
			strstr(log.v, "error: the file ends in "
				      "the middle") != NULL;
	}
	is_u64(refusals, doc.n - 1, "every cut document is refused");
	is_u64(told, doc.n - 1, "... for being cut");
	sample_load(doc.v, doc.n - 100, &log, &(int){ 0 });
	ok(strstr(log.v, "a.json:60:"), "... with its last line: %s",
	   diag_quote(log.v, log.n));
}

static void check_accepted(void)
{
	static const char *const docs[] = {
		HEAD "}",
		"\xef\xbb\xbf" HEAD "}",
		"\r\n\t " HEAD "}\r\n",
		HEAD
		",\"buffers\":null,\"totals\":null,\"captured\":null,\"coverage\":null}",
		HEAD ",\"later\":{\"a\":[[],{},[{\"b\":[1,-2.5e+3,true,false,null]}]]}}",
		HEAD ",\"later\":\"\\u0000\\ud800\\\\\\\"\",\"\\n\":1,\"\":2}",
		BUFFER("\"later\":[{\"name\":1}],\"name\":\"a\",\"later\":{}"),
		BUFFER("\"sources\":[\"maps\",\"of a later version\"]"),
	};

	for (size_t i = 0; i < ARRAY_SIZE(docs); i++) {
		_cleanup_(snapshot_freep) struct snapshot *snap = NULL;
		_text_ struct text log = { 0 };
		int error;

		snap = load(docs[i], &log, &error);
		ok(snap && !log.n, "accepted: %s %s",
		   diag_quote(docs[i], strlen(docs[i])),
		   log.v ? diag_quote(log.v, log.n) : "");
	}
}

static void check_unknown_source(void)
{
	_cleanup_(snapshot_freep) struct snapshot *snap = NULL;
	_text_ struct text log = { 0 };
	int error;

	snap = load(HEAD ",\"coverage\":[{\"source\":\"x\",\"status\":\"ok\"},"
			 "{\"source\":\"maps\",\"status\":\"ok\"}],"
			 "\"areas\":[{\"source\":\"y\"},{\"source\":\"rk_cma\"}]}",
		    &log, &error);
	ok(snap && snap->coverage[SRC_MAPS].status == COVERAGE_OK && snap->areas.n == 1,
	   "a source of a later version is left out");
	ok(strstr(log.v, "1:71: warning: source 'x' is not known") &&
		   strstr(log.v, "warning: source 'y'"),
	   "... and that is said: %s", diag_quote(log.v, log.n));
}

static void is_name(const char *value, const char *want, const char *name)
{
	_cleanup_(snapshot_freep) struct snapshot *snap = NULL;
	_text_ struct text doc = { 0 };
	int error;

	text_printf(&doc, BUFFER("%s"), value);
	snap = load(doc.v, NULL, &error);
	is_str(snap ? snapshot_str(snap, snap->buffers.v[0].name) : "not loaded", want,
	       name);
}

static void check_texts(void)
{
	is_name("\"name\":\"\\ud83d\\ude00\"", "\xf0\x9f\x98\x80",
		"a pair of surrogates");
	is_name("\"name\":\"\\ud83d\"", "\xef\xbf\xbd", "half a pair");
	is_name("\"name\":\"\\ud83d x\\ude00\"", "\xef\xbf\xbd x\xef\xbf\xbd",
		"two halves");
	is_name("\"name\":\"\\ude00\\ud83d\"", "\xef\xbf\xbd\xef\xbf\xbd",
		"in wrong order");
	is_name("\"name\":\"\\ud83d\\ud83d\\ude00\"", "\xef\xbf\xbd\xf0\x9f\x98\x80",
		"half a pair before a pair");
	is_name("\"name\":\"\\ud83d\\n\\ude00\"", "\xef\xbf\xbd\n\xef\xbf\xbd",
		"an escape between two halves");
	is_name("\"name\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e4\\u20ac\"",
		"\"\\/\b\f\n\r\t\xc3\xa4\xe2\x82\xac", "every escape");
	is_name("\"name\":\"\xc3\xa4\"", "\xc3\xa4", "UTF-8 as it is");
	is_name("\"name\":\"a\",\"name_hex\":\"ff41\"",
		"\xff"
		"A",
		"bytes win");
	is_name("\"name_hex\":\"FF41\",\"name\":\"a\"",
		"\xff"
		"A",
		"... in any order");
	is_name("\"name\":null,\"name_hex\":\"fe\"", "\xfe", "... over null");
	is_name("\"name_hex\":null", NULL, "no bytes");
	is_name("\"exporter_hex\":\"41\",\"ino_hex\":\"zz\",\"_hex\":1", NULL,
		"bytes of what is no text are another key");
}

/* `at` bytes of 'x' between the two. */
static struct snapshot *load_long(const char *before, size_t n, const char *after,
				  struct text *log)
{
	_text_ struct text doc = { 0 };
	int error;

	text_adds(&doc, before);
	for (size_t i = 0; i < n; i++)
		text_addc(&doc, 'x');
	text_adds(&doc, after);
	return sample_load(doc.v, doc.n, log, &error);
}

static void check_limits(void)
{
	_text_ struct text log = { 0 }, doc = { 0 };
	struct snapshot *snap;
	int error;

	snap = load_long(HEAD ",\"buffers\":[{\"name\":\"", 65536, "\"}]}", &log);
	ok(snap && strings_len(&snap->strings, snap->buffers.v[0].name) == 65536,
	   "the longest text");
	snapshot_free(snap);
	snap = load_long(HEAD ",\"buffers\":[{\"name\":\"", 65537, "\"}]}", &log);
	ok(!snap && strstr(log.v, "name: text longer than 65536 bytes"), "one byte more");
	snap = load_long(HEAD ",\"buffers\":[{\"name\":\"\\n", 65536, "\"}]}", &log);
	ok(!snap && strstr(log.v, "name: text longer than 65536 bytes"),
	   "... by an escape");
	snap = load_long(HEAD ",\"buffers\":[{\"name\":\"", 65536, "\\n\"}]}", &log);
	ok(!snap && strstr(log.v, "name: text longer than 65536 bytes"),
	   "... at the end");
	snap = load_long(HEAD ",\"", 65537, "\":1}", &log);
	ok(!snap && strstr(log.v, "text longer than"), "a key without end");
	text_adds(&doc, HEAD ",\"buffers\":[{}");
	for (int i = 0; i < 1 << 21; i++)
		text_adds(&doc, ",{}");
	text_adds(&doc, "]}");
	snap = sample_load(doc.v, doc.n, &log, &error);
	ok(!snap && error == -EFBIG && strstr(log.v, "error: more than 2097152 buffers"),
	   "more buffers than there can be");
	snap = load_long(HEAD ",\"later\":[{\"", 3000000, "\":1}]}", &log);
	ok(snap, "... is skipped where nobody asks for it");
	snapshot_free(snap);
	snap = load_long(HEAD ",\"later\":\"", 3000000, "\"}", &log);
	ok(snap, "a long text nobody asked for");
	snapshot_free(snap);

	for (int depth = 62; depth < 64; depth++) {
		text_clear(&doc);
		text_adds(&doc, HEAD ",\"later\":");
		for (int i = 0; i < depth; i++)
			text_addc(&doc, '[');
		for (int i = 0; i < depth; i++)
			text_addc(&doc, ']');
		text_addc(&doc, '}');
		snap = sample_load(doc.v, doc.n, &log, &error);
		ok(!snap == (depth > 62), "nested %d deep", depth + 1);
		snapshot_free(snap);
	}
	ok(strstr(log.v, "nested more than 64 deep"), "... and no deeper");
}

/* A zero byte anywhere ends the reading; it must not look like the end of a loop. */
static void check_zero_bytes(void)
{
	static const char doc[] = HEAD ",\"later\":[{\"a\":[1,2],\"b\":{}}],"
				       "\"buffers\":[{\"name\":\"a\",\"fds\":[1]}]}";
	size_t refusals = 0;

	for (size_t i = 0; i < sizeof(doc) - 1; i++) {
		_cleanup_(freep) char *copy = mem_copy(doc, sizeof(doc) - 1);
		int error;

		copy[i] = '\0';
		refusals += !sample_load(copy, sizeof(doc) - 1, NULL, &error) &&
			    error == -EBADMSG;
	}
	is_u64(refusals, sizeof(doc) - 1, "a zero byte, wherever it stands, is refused");
}

static void check_read_error(void)
{
	struct diag diag = { 0 };
	struct reader reader;
	int error = 0;

	reader_init_fd(&reader, -1, 0);
	ok(!snapshot_load(&reader, "gone", &diag, &error),
	   "a descriptor that cannot be read");
	is_int(error, -EBADF, "... says why");
	is_u64(diag.n[DIAG_ERROR], 1, "... once");
	reader_fini(&reader);
}

static void check_settled(void)
{
	_cleanup_(snapshot_freep) struct snapshot *snap = NULL, *heaps = NULL;
	_text_ struct text log = { 0 };
	int error;

	snap = load(BUFFER("\"address_start\":\"0x2000\",\"address_end\":\"0x1fff\""),
		    &log, &error);
	ok(snap && snap->buffers.v[0].address_start == ABSENT64 &&
		   strstr(log.v, "warning: memory that ends before it starts"),
	   "a buffer that ends before it starts has no address");
	snapshot_free(snap);
	snap = load(BUFFER("\"size_is_exact\":true,\"attachments\":[{\"device\":\"a\"}]"),
		    &log, &error);
	ok(snap && !snap->buffers.v[0].size_is_exact, "an unknown size is not exact");
	ok(snap && snap->attachments.v[0].count == 1, "an attachment is there once");
	heaps = load(HEAD ",\"heaps\":[{\"total_bytes\":7,\"used_bytes\":8},"
			  "{\"total_bytes\":8,\"used_bytes\":8}]}",
		     &log, &error);
	ok(heaps && heaps->heaps.v[0].used_bytes == ABSENT64 &&
		   heaps->heaps.v[1].used_bytes == 8 &&
		   strstr(log.v, "warning: more used than there is"),
	   "what is used is not more than there is");
}

/* The messages of one file end with it: its name may be gone at the next. */
static void check_two_files(void)
{
	_text_ struct text doc = { 0 }, log = { 0 };
	struct diag diag = { .out = open_memstream(&log.v, &log.n) };

	text_adds(&doc, HEAD ",\"coverage\":[");
	for (int i = 0; i < DIAG_PER_FILE + 2; i++)
		text_printf(&doc, "%s{\"source\":\"x\",\"status\":\"ok\"}", i ? "," : "");
	text_adds(&doc, "]}");
	for (int i = 0; i < 2; i++) {
		_cleanup_(snapshot_freep) struct snapshot *snap = NULL;
		_cleanup_(freep) char *name = mem_printf("file %d", i);
		struct reader reader;
		int error;

		reader_init_mem(&reader, doc.v, doc.n);
		snap = snapshot_load(&reader, name, &diag, &error);
		ok(snap != NULL, "loaded, with warnings");
		reader_fini(&reader);
	}
	fclose(diag.out);
	ok(strstr(log.v, "file 0: 2 more messages") && strstr(log.v, "file 1: 2 more"),
	   "two files, one log");
}

/* Two records name one process: the list of processes knows best. */
static void check_tasks(void)
{
	static const char *const docs[] = {
		HEAD ",\"processes\":[{\"pid\":5,\"task\":\"a\"}],"
		     "\"buffers\":[{\"holders\":[{\"pid\":5,\"task\":\"b\"}]}]}",
		HEAD ",\"buffers\":[{\"holders\":[{\"pid\":5,\"task\":\"b\"}]}],"
		     "\"processes\":[{\"pid\":5,\"task\":\"a\"}]}",
		HEAD ",\"buffers\":[{\"holders\":[{\"pid\":5,\"task\":\"a\"}]}],"
		     "\"processes\":[{\"pid\":5,\"task\":null}]}",
		HEAD ",\"drm\":[{\"pid\":5,\"task\":\"a\"}],"
		     "\"buffers\":[{\"holders\":[{\"pid\":5,\"task\":\"b\"}]}]}",
		HEAD ",\"processes\":[{\"pid\":5,\"task\":\"a\"}],"
		     "\"drm\":[{\"pid\":5,\"task\":\"b\"}]}",
	};

	for (size_t i = 0; i < ARRAY_SIZE(docs); i++) {
		_cleanup_(snapshot_freep) struct snapshot *snap = NULL;
		int error;

		snap = load(docs[i], NULL, &error);
		is_str(snap && snap->processes.n == 1 ?
			       snapshot_str(snap, snap->processes.v[0].task) :
			       NULL,
		       "a", "the task of a process");
	}
}

int main(void)
{
	check_tasks();
	check_two_files();
	check_refused();
	check_cut_short();
	check_accepted();
	check_unknown_source();
	check_texts();
	check_limits();
	check_zero_bytes();
	check_read_error();
	check_settled();
	return done_testing();
}
