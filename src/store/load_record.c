/* SPDX-License-Identifier: MIT */
/* Reads one record of any kind out of JSON, by its field list. */
#include "store/load_priv.h"

#include <errno.h>

#include "base/rfc3339.h"

void load_init(struct load *l, struct reader *reader, const char *file, struct diag *diag)
{
	*l = (struct load){ .snap = snapshot_new(), .n_slots = 64 };
	json_init(&l->in, reader, file, diag);
	l->slots = mem_alloc(l->n_slots * sizeof(*l->slots));
}

void load_fini(struct load *l)
{
	json_fini(&l->in);
	snapshot_free(l->snap);
	free(l->slots);
	vec_free(&l->notes);
}

bool load_room(struct load *l, size_t n, size_t most, const char *what)
{
	l->in.what = n < most ? l->in.what : NULL;
	return n < most || json_fail(&l->in, -EFBIG, "more than %zu %s", most, what);
}

static size_t slot_of(const struct load *l, uint32_t pid)
{
	size_t at = pid * 0x9e3779b1u >> 7 & (l->n_slots - 1);

	while (l->slots[at] && l->snap->processes.v[l->slots[at] - 1].pid != pid)
		at = (at + 1) & (l->n_slots - 1);
	return at;
}

static void more_slots(struct load *l)
{
	free(l->slots);
	l->n_slots *= 2;
	l->slots = mem_alloc(l->n_slots * sizeof(*l->slots));
	for (uint32_t i = 0; i < l->snap->processes.n; i++)
		l->slots[slot_of(l, l->snap->processes.v[i].pid)] = i + 1;
}

uint32_t load_process(struct load *l, uint32_t pid)
{
	size_t at = slot_of(l, pid);
	struct process *process;

	if (l->slots[at])
		return l->slots[at] - 1;
	if (!load_room(l, l->snap->processes.n, RECORDS_MOST, "processes"))
		return ABSENT32;
	process = vec_add(&l->snap->processes);
	record_clear(&process_kind, process);
	process->pid = pid;
	*vec_add(&l->notes) = (struct process_note){ 0 };
	l->slots[at] = (uint32_t)l->snap->processes.n;
	if (l->snap->processes.n * 2 > l->n_slots)
		more_slots(l);
	return (uint32_t)l->snap->processes.n - 1;
}

static bool intern(struct load *l, struct span text, uint32_t *ret)
{
	if (!load_room(l, l->snap->strings.bytes.n, TEXT_MOST, "bytes of names"))
		return false;
	*ret = strings_add(&l->snap->strings, text.at, text.len);
	return true;
}

static bool read_text(struct load *l, uint32_t *ret)
{
	struct span text;

	return json_text_of(&l->in, JSON_TEXT_LIMIT, &text) && intern(l, text, ret);
}

static bool read_u32(struct load *l, uint32_t *ret)
{
	uint64_t value;

	if (!json_u64(&l->in, ABSENT32 - 1, &value))
		return false;
	*ret = (uint32_t)value;
	return true;
}

static bool read_hex(struct load *l, uint64_t *ret)
{
	struct span text;
	struct scan s;

	if (!json_text_of(&l->in, JSON_TEXT_LIMIT, &text))
		return false;
	s = scan_text(text.at, text.len);
	if (scan_0x(&s, ret) && scan_done(&s))
		return true;
	return json_fail(&l->in, -EBADMSG, "expected \"0x\" and hex digits, got '%s'",
			 diag_quote(text.at, text.len));
}

static bool read_time(struct load *l, uint64_t *ret)
{
	struct span text;

	if (!json_text_of(&l->in, JSON_TEXT_LIMIT, &text))
		return false;
	if (!rfc3339_parse(text.at, text.len, ret))
		return true;
	return json_fail(&l->in, -EBADMSG,
			 "expected a time like 2026-11-21T19:53:28Z, got '%s'",
			 diag_quote(text.at, text.len));
}

static bool read_source(struct load *l, uint32_t *ret)
{
	struct span text;
	int id;

	if (!json_text_of(&l->in, JSON_TEXT_LIMIT, &text))
		return false;
	id = source_by_name(text.at, text.len);
	if (id < 0)
		diag_warning(l->in.diag, &l->in.token,
			     "source '%s' is not known here, what it says is left out",
			     diag_quote(text.at, text.len));
	*ret = id < 0 ? SOURCE_UNKNOWN : (uint32_t)id;
	return true;
}

static bool read_status(struct load *l, uint32_t *ret)
{
	struct span text;

	if (!json_text_of(&l->in, JSON_TEXT_LIMIT, &text))
		return false;
	for (uint32_t i = COVERAGE_OK; i <= COVERAGE_ERROR; i++) {
		if (span_is(text, coverage_names[i])) {
			*ret = i;
			return true;
		}
	}
	return json_fail(&l->in, -EBADMSG,
			 "expected ok, partial, absent, denied or error, got '%s'",
			 diag_quote(text.at, text.len));
}

/* A source of a later version is left out: this program has no use for it. */
static bool read_sources(struct load *l, uint32_t *ret)
{
	struct span text;

	if (!json_array(&l->in))
		return false;
	while (json_item(&l->in)) {
		int id = -1;

		if (json_text_of(&l->in, JSON_TEXT_LIMIT, &text))
			id = source_by_name(text.at, text.len);
		if (id >= 0)
			*ret |= 1u << id;
	}
	return !l->in.error;
}

/* "n12": the place in a list that gave the buffer nothing else to be known by. */
static bool read_id(struct load *l, uint32_t *ret_order)
{
	struct span text;
	uint64_t order;

	if (!json_text_of(&l->in, JSON_TEXT_LIMIT, &text))
		return false;
	if (text.len > 1 && *text.at == 'n' &&
	    scan_only_dec(text.at + 1, text.len - 1, &order) && order < ABSENT32)
		*ret_order = (uint32_t)order;
	return true;
}

static bool read_attachments(struct load *l, struct buffer *buf)
{
	struct snapshot *snap = l->snap;
	struct attachment one;

	buf->has_attachments = true;
	buf->attachments = (uint32_t)snap->attachments.n;
	if (!json_array(&l->in))
		return false;
	while (json_item(&l->in)) {
		record_clear(&attachment_kind, &one);
		if (!load_record(l, &attachment_kind, &one) ||
		    !load_room(l, snap->attachments.n, RECORDS_MOST, "attachments"))
			return false;
		if (!one.count)
			return json_fail(&l->in, -EBADMSG,
					 "attachment that is there 0 times");
		if (one.device == STR_ABSENT)
			return json_fail(&l->in, -EBADMSG, "attachment without a device");
		if (one.count == ABSENT32)
			one.count = 1;
		*vec_add(&snap->attachments) = one;
		buf->n_attachments++;
	}
	return !l->in.error;
}

/* range: first and number. */
static bool read_segments(struct load *l, uint32_t *range)
{
	struct segment one;

	if (!json_array(&l->in))
		return false;
	while (json_item(&l->in)) {
		record_clear(&segment_kind, &one);
		if (!load_record(l, &segment_kind, &one) ||
		    !load_room(l, l->snap->segments.n, RECORDS_MOST, "segments"))
			return false;
		snapshot_add_segment(l->snap, &range[0], &range[1], one);
	}
	return !l->in.error;
}

static bool add_holder(struct load *l, struct buffer *buf, const struct holder_view *view)
{
	uint32_t mark = (uint32_t)l->snap->buffers.n + 1, process;
	bool unmapped = view->mappings == ABSENT32 || !view->mappings;

	if (view->pid == ABSENT32)
		return json_fail(&l->in, -EBADMSG, "holder without a pid");
	process = load_process(l, view->pid);
	if (process == ABSENT32 ||
	    !load_room(l, l->snap->holders.n, RECORDS_MOST, "holders"))
		return false;
	if (l->notes.v[process].held == mark)
		return json_fail(&l->in, -EBADMSG, "process %u holds this buffer already",
				 view->pid);
	l->notes.v[process].held = mark;
	if (l->snap->processes.v[process].task == STR_ABSENT)
		l->snap->processes.v[process].task = view->task;
	*vec_add(&l->snap->holders) = (struct holder){
		.process = process,
		.next = buf->holders,
		.fd = view->fd,
		.more_fds = view->more_fds,
		.mappings = unmapped ? 0 : view->mappings,
		.mapped_bytes = unmapped && view->mapped_bytes == ABSENT64 ?
					0 :
					view->mapped_bytes,
	};
	buf->holders = (uint32_t)l->snap->holders.n - 1;
	return true;
}

static bool read_holders(struct load *l, struct buffer *buf)
{
	struct holder_view view;

	if (!json_array(&l->in))
		return false;
	while (json_item(&l->in)) {
		record_clear(&holder_kind, &view);
		if (!load_record(l, &holder_kind, &view) || !add_holder(l, buf, &view))
			return false;
	}
	return !l->in.error;
}

/* list: first descriptor and the chain of the others. */
static bool read_fds(struct load *l, uint32_t *list)
{
	uint32_t fd;

	if (!json_array(&l->in))
		return false;
	while (json_item(&l->in)) {
		if (!read_u32(l, &fd) ||
		    !load_room(l, l->snap->more_fds.n, RECORDS_MOST, "descriptors"))
			return false;
		if (list[0] == ABSENT32) {
			list[0] = fd;
			continue;
		}
		*vec_add(&l->snap->more_fds) =
			(struct more_fd){ .fd = fd, .next = list[1] };
		list[1] = (uint32_t)l->snap->more_fds.n - 1;
	}
	return !l->in.error;
}

static bool read_bitmap(struct load *l, uint32_t *range)
{
	struct span text;
	struct scan s;
	uint64_t word;

	if (!json_text_of(&l->in, BITMAP_TEXT_MOST, &text))
		return false;
	range[0] = (uint32_t)l->snap->bitmap.n;
	for (size_t i = 0; i + 8 <= text.len; i += 8) {
		s = scan_text(text.at + i, 8);
		if (!scan_hex(&s, 8, 8, &word))
			break;
		if (!load_room(l, l->snap->bitmap.n, RECORDS_MOST, "bitmap words"))
			return false;
		*vec_add(&l->snap->bitmap) = (uint32_t)word;
		range[1]++;
	}
	return (size_t)range[1] * 8 == text.len ||
	       json_fail(&l->in, -EBADMSG, "expected words of 8 hex digits");
}

static bool read_field(struct load *l, const struct field *field, void *record)
{
	void *member = field_of(field, record);
	struct json_in *in = &l->in;

	in->what = field->key;
	if (json_null(in))
		return true;
	switch (field->kind) {
	case FIELD_TEXT:
		return read_text(l, member);
	case FIELD_U64:
	case FIELD_COUNT:
		return json_u64(in, ABSENT64 - 1, member);
	case FIELD_U32:
		return read_u32(l, member);
	case FIELD_HEX:
		return read_hex(l, member);
	case FIELD_BOOL:
		return json_bool(in, member);
	case FIELD_TIME:
		return read_time(l, member);
	case FIELD_SOURCE:
		return read_source(l, member);
	case FIELD_STATUS:
		return read_status(l, member);
	case FIELD_SOURCES:
		return read_sources(l, member);
	case FIELD_ID:
		return read_id(l, member);
	case FIELD_ALLOCATOR:
		return load_record(l, &allocator_kind, record);
	case FIELD_ATTACHMENTS:
		return read_attachments(l, record);
	case FIELD_SEGMENTS:
		return read_segments(l, member);
	case FIELD_HOLDERS:
		return read_holders(l, record);
	case FIELD_FDS:
		return read_fds(l, member);
	case FIELD_BITMAP:
		return read_bitmap(l, member);
	}
	return false;
}

static bool is_key(const struct field *field, struct span key)
{
	return field->key_len == key.len && !memcmp(field->key, key.at, key.len);
}

/* Keys nearly always come in the order of the list: the one at `*last` is tried first. */
static const struct field *find(const struct record_kind *kind, struct span key,
				unsigned *last)
{
	for (unsigned i = 0; i < kind->n_fields; i++) {
		unsigned at = *last + i;

		at = at < kind->n_fields ? at : at - kind->n_fields;
		if (is_key(&kind->fields[at], key)) {
			*last = at + 1 < kind->n_fields ? at + 1 : 0;
			return &kind->fields[at];
		}
	}
	return NULL;
}

/* `name_hex`: the bytes of a name that is no UTF-8. NULL when the key is no such key. */
static const struct field *find_hex(const struct record_kind *kind, struct span key)
{
	unsigned any = 0;
	const struct field *field;

	if (key.len < 5 || memcmp(key.at + key.len - 4, "_hex", 4))
		return NULL;
	key.len -= 4;
	field = find(kind, key, &any);
	return field && field->kind == FIELD_TEXT ? field : NULL;
}

static bool read_text_hex(struct load *l, uint32_t *ret)
{
	_text_ struct text bytes = { 0 };
	struct span text;
	uint64_t byte;

	l->in.what = "bytes in hex";
	if (!json_text_of(&l->in, JSON_TEXT_LIMIT, &text))
		return false;
	for (size_t i = 0; i + 2 <= text.len; i += 2) {
		struct scan s = scan_text(text.at + i, 2);

		if (!scan_hex(&s, 2, 2, &byte) || !byte)
			break;
		text_addc(&bytes, (char)byte);
	}
	if (!bytes.n || bytes.n * 2 != text.len)
		return json_fail(&l->in, -EBADMSG,
				 "expected pairs of hex digits but 00, got '%s'",
				 diag_quote(text.at, text.len));
	return intern(l, (struct span){ bytes.v, bytes.n }, ret);
}

bool load_record(struct load *l, const struct record_kind *kind, void *record)
{
	uint32_t seen = 0, bytes_known = 0, ignored;
	struct json_in *in = &l->in;
	unsigned last = 0;
	struct span key;

	if (!json_object(in))
		return false;
	while (json_key(in, &key)) {
		const struct field *field = find(kind, key, &last);
		bool is_hex = false;
		uint32_t bit;

		if (!field) {
			field = find_hex(kind, key);
			is_hex = field;
		}
		if (!field) {
			json_skip(in);
			continue;
		}
		bit = 1u << (field - kind->fields);
		if ((is_hex ? bytes_known : seen) & bit)
			return json_fail(in, -EBADMSG, "%s is there twice", field->key);
		if (is_hex && json_null(in))
			continue;
		if (is_hex) {
			bytes_known |= bit;
			read_text_hex(l, field_of(field, record));
		} else if (bytes_known & bit) {
			seen |= bit;
			if (!json_null(in))
				read_text(l, &ignored);
		} else {
			seen |= bit;
			read_field(l, field, record);
		}
	}
	in->what = NULL;
	return !in->error;
}
