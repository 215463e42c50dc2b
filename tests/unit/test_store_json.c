/* SPDX-License-Identifier: MIT */
/* Parts of documents: what is null, what is left out, what is escaped. */
#include "../lib/tap.h"
#undef diag_note /* base/diag.h has one, too */

#include "store/record_json.h"
#include "store_sample.h"

/* The object as it is written; takes it. */
static const char *written(struct json_object *obj)
{
	static struct text doc;
	FILE *out;

	text_fini(&doc);
	out = open_memstream(&doc.v, &doc.n);
	if (!out || json_write(obj, out) || fclose(out))
		abort();
	json_object_put(obj);
	return doc.v;
}

static void check_text(void)
{
	struct strings strings;
	struct json_object *obj = json_object_new_object();

	strings_init(&strings);
	json_add_text(obj, "plain", &strings,
		      strings_adds(&strings, "a/b \"c\" \\ \xc3\xa4"));
	json_add_text(obj, "absent", &strings, STR_ABSENT);
	json_add_text(obj, "empty", &strings, strings_adds(&strings, ""));
	json_add_text(obj, "broken", &strings, strings_adds(&strings, "a\xc3\x28"));
	is_str(written(obj),
	       "{\"plain\":\"a/b \\\"c\\\" \\\\ \xc3\xa4\",\"absent\":null,"
	       "\"empty\":\"\",\"broken\":\"a\xef\xbf\xbd(\",\"broken_hex\":\"61c328\"}",
	       "text, and its bytes where it is no UTF-8");
	is_str(written(json_text(&strings, strings_adds(&strings, "\xff"))),
	       "\"\xef\xbf\xbd\"", "text alone");
	is_str(written(json_text(&strings,
				 strings_adds(&strings, "\x1b[1m\n\x7f\xc2\x9b"))),
	       "\"\\u001b[1m\\n\\u007f\\u009b\"", "controls, DEL and C1 are escaped");
	is_str(written(json_text(&strings,
				 strings_adds(&strings, "\xe2\x80\xae\xef\xbb\xbf"))),
	       "\"\\u202e\\ufeff\"", "what turns the line round is escaped");
	is_str(written(json_text(&strings, strings_adds(&strings, "\xf3\xa0\x81\x81"))),
	       "\"\\udb40\\udc41\"", "... beyond 16 bits as a pair");
	is_str(written(json_text(&strings,
				 strings_adds(&strings, "\xe2\x82\xac\xf0\x9f\x98\x80"))),
	       "\"\xe2\x82\xac\xf0\x9f\x98\x80\"", "what can be seen stays as it is");
	strings_fini(&strings);
}

static void check_numbers(void)
{
	is_str(written(json_number(ABSENT64)), "null", "not known");
	is_str(written(json_number(UINT64_MAX - 1)), "18446744073709551614",
	       "beyond a signed number");
	is_str(written(json_number32(ABSENT32)), "null", "not known, 32 bits");
	is_str(written(json_number32(0)), "0", "zero");
	is_str(written(json_hex(0xff)), "\"0xff\"", "address");
	is_str(written(json_hex(ABSENT64)), "null", "no address");
}

static void check_buffer(void)
{
	_cleanup_(snapshot_freep) struct snapshot *snap = snapshot_new();
	struct buffer *buf = snapshot_add_buffer(snap, SRC_RK_DEV);

	is_str(written(json_buffer(snap, buf)),
	       "{\"id\":\"n0\",\"ino\":null,\"name\":null,\"allocator\":null,"
	       "\"exporter\":null,\"size_bytes\":null,\"size_is_exact\":false,"
	       "\"attachments\":null,\"holders\":null,\"sources\":[\"rk_dmabuf/dev\"]}",
	       "a buffer of which nothing is known");
	snapshot_cover(snap, SRC_MAPS, COVERAGE_PARTIAL, NULL);
	snapshot_attach_none(snap, buf);
	buf->size_bytes = 0;
	buf->allocator_pid = 5;
	buf->sources = 0;
	is_str(written(json_buffer(snap, buf)),
	       "{\"id\":\"n0\",\"ino\":null,\"name\":null,"
	       "\"allocator\":{\"pid\":5,\"task\":null,\"task_is_cut\":false},"
	       "\"exporter\":null,\"size_bytes\":0,\"size_is_exact\":false,"
	       "\"attachments\":[],\"holders\":[],\"sources\":[]}",
	       "a buffer known to have no attachment and no holder");
	snapshot_hold(snap, buf, snapshot_process(snap, 9))->mappings = 1;
	ok(strstr(written(json_buffer(snap, buf)),
		  "[{\"pid\":9,\"task\":null,\"fds\":null,\"mappings\":1,"
		  "\"mapped_bytes\":0}]"),
	   "descriptors nobody looked for are null");
	snapshot_cover(snap, SRC_FDINFO, COVERAGE_OK, NULL);
	ok(strstr(written(json_buffer(snap, buf)), "\"fds\":[]"),
	   "... and none where somebody looked");
	snap->holders.v[0].mapped_bytes = ABSENT64;
	ok(strstr(written(json_buffer(snap, buf)),
		  "\"mappings\":1,\"mapped_bytes\":null"),
	   "a mapping of unknown length");
	snap->holders.v[0].mappings = 0;
	ok(strstr(written(json_buffer(snap, buf)), "\"mappings\":0,\"mapped_bytes\":0"),
	   "no mapping has no length");
	snapshot_cover(snap, SRC_MAPS, COVERAGE_DENIED, NULL);
	ok(strstr(written(json_buffer(snap, buf)),
		  "\"mappings\":null,\"mapped_bytes\":null"),
	   "mappings nobody looked for are null");
}

static void check_totals(void)
{
	_cleanup_(snapshot_freep) struct snapshot *snap = snapshot_new();

	is_str(written(json_totals(snap)),
	       "{\"buffers\":null,\"size_bytes\":null,\"unsized_buffers\":null,"
	       "\"reported_bytes\":null,\"reported_by\":null,\"peak_bytes\":null,"
	       "\"contiguous_bytes\":null,"
	       "\"unaccounted_bytes\":null}",
	       "nothing read: nothing known");
	snapshot_report(snap, SRC_RK_SIZE, 4096);
	snapshot_cover(snap, SRC_RK_SIZE, COVERAGE_OK, NULL);
	ok(strstr(written(json_totals(snap)), "\"buffers\":null") &&
		   strstr(written(json_totals(snap)), "\"unaccounted_bytes\":null"),
	   "the kernel's counter alone does not tell how many buffers");
	snapshot_cover(snap, SRC_RK_DMA_HEAP, COVERAGE_OK, NULL);
	is_str(written(json_totals(snap)),
	       "{\"buffers\":0,\"size_bytes\":0,\"unsized_buffers\":0,"
	       "\"reported_bytes\":4096,\"reported_by\":\"rk_dmabuf/size\",\"peak_bytes\":null,\"contiguous_bytes\":0,"
	       "\"unaccounted_bytes\":4096}",
	       "a list without buffers does");
	snapshot_add_buffer(snap, SRC_RK_DEV);
	snapshot_add_buffer(snap, SRC_RK_DEV)->size_bytes = 8192;
	is_str(written(json_totals(snap)),
	       "{\"buffers\":2,\"size_bytes\":8192,\"unsized_buffers\":1,"
	       "\"reported_bytes\":4096,\"reported_by\":\"rk_dmabuf/size\",\"peak_bytes\":null,\"contiguous_bytes\":0,"
	       "\"unaccounted_bytes\":-4096}",
	       "more than the kernel reports, and one of unknown size");
	snap->buffers.v[1].size_bytes = UINT64_MAX - 1;
	ok(strstr(written(json_totals(snap)), "\"unaccounted_bytes\":null"),
	   "a difference that fits no signed number");
}

static void check_sections(void)
{
	_cleanup_(snapshot_freep) struct snapshot *snap = snapshot_new();
	_json_ struct json_object *head = NULL, *doc = json_document("diff", 3);

	ok(!json_section(snap, SECTION_RGA), "rga was not read: null");
	snapshot_cover(snap, SRC_RGA, COVERAGE_PARTIAL, NULL);
	is_str(written(json_section(snap, SECTION_RGA)), "[]", "read and empty");
	snapshot_process(snap, 7);
	snapshot_process(snap, 3);
	is_str(written(json_section(snap, SECTION_PROCESSES)),
	       "[{\"pid\":3,\"task\":null},{\"pid\":7,\"task\":null}]",
	       "processes by pid");
	head = json_head(snap);
	ok(json_object_object_get(head, "captured") &&
		   json_object_object_get(head, "totals"),
	   "a head has captured and totals");
	is_u64(json_object_array_length(json_object_object_get(head, "coverage")), 1,
	       "... and coverage of what was asked");
	is_str(json_object_get_string(json_object_object_get(doc, "schema")),
	       "dmabuf-inspect/diff", "schema of a document");
	is_int(json_object_get_int(json_object_object_get(doc, "version")), 3, "version");
	ok(!strncmp(json_object_get_string(json_object_object_get(doc, "tool")),
		    "dmabuf-inspect ", 15),
	   "tool");
}

static void check_write_error(void)
{
	_cleanup_(snapshot_freep) struct snapshot *snap = sample_snapshot();
	_cleanup_(fclosep) FILE *full = fopen("/dev/full", "w");
	_json_ struct json_object *tool = json_object_new_string(json_tool);

	if (!full) {
		skip_test("a full disk", "no /dev/full");
		return;
	}
	is_int(snapshot_save(snap, full), -ENOSPC, "a full disk is noticed");
	clearerr(full);
	setvbuf(full, NULL, _IONBF, 0);
	is_int(json_write(tool, full), -ENOSPC, "... at the record that meets it");
}

static void check_starts(void)
{
	static const struct {
		const char *text;
		bool starts;
	} heads[] = {
		{ "", false },
		{ "   \n", false },
		{ "{", false },
		{ "{}", false },
		{ "[]", false },
		{ "{\"schema\":", true },
		{ "\xef\xbb\xbf\r\n\t {\n  \"schema\"", true },
		{ "{\n    \"areas\": [", true },
		{ "{\"buffers\":[", true },
		{ "{\"title\":\"x\",\"schema\":1", true },
		{ "{\"title\":\"x\"}", false },
		{ "{ buffers }", false },
		{ "{\"buffers", false },
		{ "Dma-buf Objects:\n{\"schema\":1}", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(heads); i++) {
		size_t len = strlen(heads[i].text);
		_cleanup_(freep) char *copy = mem_resize(NULL, len, 1);

		if (len)
			memcpy(copy, heads[i].text, len);
		ok(snapshot_json_starts(copy, len) == heads[i].starts,
		   "%s a document: %s", heads[i].starts ? "is" : "is not",
		   diag_quote(copy, len));
	}
}

int main(void)
{
	check_text();
	check_numbers();
	check_buffer();
	check_totals();
	check_sections();
	check_write_error();
	check_starts();
	return done_testing();
}
