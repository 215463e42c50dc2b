// SPDX-License-Identifier: MIT
/*
 * mkdmabuf_facts.c - print as JSON what truly exists: buffers, who made them, who
 * holds them and how. Nothing here comes from a kernel node that the tool reads.
 */
#define _GNU_SOURCE
#include "mkdmabuf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

/*
 * The exporter name a mainline kernel gives; NULL where we do not know. Heap
 * buffers carry the heap's name from 5.13 on; up to 5.10 the helper's module
 * name. What 5.11 and 5.12 say was never looked at.
 */
static const char *expected_exporter(const struct buffer *buffer, const char *release)
{
	unsigned long major, minor;
	char *end;

	if (!strcmp(buffer->kind, "udmabuf"))
		return "udmabuf";
	if (!strcmp(buffer->kind, "drm"))
		return !strcmp(buffer->from, "vgem") || !strcmp(buffer->from, "vkms") ?
			       "drm" :
			       NULL;
	major = strtoul(release, &end, 10);
	if (*end != '.')
		return NULL;
	minor = strtoul(end + 1, NULL, 10);
	if (major > 5 || (major == 5 && minor >= 13))
		return buffer->from;
	return major == 5 && minor <= 10 ? "heap_helpers" : NULL;
}

static void add_string_or_null(struct text *json, const char *key, const char *value)
{
	text_add(json, ",\"%s\":", key);
	if (value)
		text_add_json(json, value);
	else
		text_add(json, "null");
}

static void add_actor(struct text *json, const struct actor *actor)
{
	text_add(json, "{\"actor\":");
	text_add_json(json, actor->name);
	text_add(json, ",\"pid\":%d,\"comm\":", (int)actor->pid);
	text_add_json(json, actor->comm);
	text_add(json, ",\"alive\":%s", actor->alive ? "true" : "false");
	if (actor->nofile)
		text_add(json, ",\"nofile\":%llu", (unsigned long long)actor->nofile);
	text_add(json, "}");
}

static void add_label(struct text *json, const struct buffer *buffer)
{
	add_string_or_null(json, "label", buffer->has_label ? buffer->label : NULL);
	if (!buffer->has_label) {
		text_add(json, ",\"label_hex\":null");
		return;
	}
	text_add(json, ",\"label_hex\":\"");
	for (const char *at = buffer->label; *at; at++)
		text_add(json, "%02x", (unsigned char)*at);
	text_add(json, "\"");
}

/*
 * Who holds the buffer. counts[0] becomes the number of holders with a descriptor or
 * mapping, counts[1] of those with anything at all.
 */
static int add_holders(struct text *json, struct stage *stage,
		       const struct buffer *buffer, int counts[2])
{
	struct request req = { .op = OP_HOLDS };

	copy_word(req.name, sizeof(req.name), buffer->name);
	for (size_t i = 0; i < stage->n_actors; i++) {
		struct actor *actor = &stage->actors[i];
		int r = actor->alive ? actor_ask(actor, &req, &last) : 0;

		if (r < 0)
			return r;
		if (!actor->alive || !*last.text)
			continue;
		text_add(json, "%s{\"actor\":", counts[1]++ ? "," : "");
		text_add_json(json, actor->name);
		text_add(json, ",\"pid\":%d,%s}", (int)actor->pid, last.text);
		if (!strstr(last.text, "\"fds\":[],\"thread_fds\":[],\"mappings\":[]"))
			counts[0]++;
	}
	return 0;
}

static int add_buffer(struct text *json, struct stage *stage, const struct buffer *buffer)
{
	const struct actor *allocator = &stage->actors[buffer->allocator];
	struct utsname uts = { 0 };
	int counts[2] = { 0, 0 }, r;

	uname(&uts);
	text_add(json, "{\"name\":");
	text_add_json(json, buffer->name);
	text_add(json, ",\"kind\":\"%s\"", buffer->kind);
	add_string_or_null(json, "from", *buffer->from ? buffer->from : NULL);
	add_string_or_null(json, "exporter", expected_exporter(buffer, uts.release));
	text_add(json, ",\"ino\":%llu,\"size_bytes\":%llu,\"asked_bytes\":%llu",
		 (unsigned long long)buffer->ino, (unsigned long long)buffer->size_bytes,
		 (unsigned long long)buffer->asked_bytes);
	add_label(json, buffer);
	text_add(json, ",\"allocator\":{\"actor\":");
	text_add_json(json, allocator->name);
	text_add(json, ",\"pid\":%d,\"comm\":", (int)allocator->pid);
	text_add_json(json, buffer->allocator_comm);
	text_add(json, ",\"alive\":%s},\"holders\":[",
		 allocator->alive ? "true" : "false");
	r = add_holders(json, stage, buffer, counts);
	if (r < 0)
		return r;
	text_add(json, "],\"parked_at\":[");
	for (size_t i = 0; i < buffer->n_parked; i++) {
		text_add(json, "%s", i ? "," : "");
		text_add_json(json, stage->actors[buffer->parked_at[i]].name);
	}
	text_add(json, "],\"exists\":%s,\"kernel_only\":%s}",
		 counts[1] || buffer->n_parked ? "true" : "false",
		 !counts[0] && (counts[1] || buffer->n_parked) ? "true" : "false");
	return 0;
}

int facts_print(struct stage *stage)
{
	struct text json = { 0 };
	struct utsname uts = { 0 };
	int r = 0;

	uname(&uts);
	text_add(&json, "{\"mkdmabuf\":1,\"kernel\":");
	text_add_json(&json, uts.release);
	text_add(&json, ",\"machine\":");
	text_add_json(&json, uts.machine);
	text_add(&json, ",\"page_bytes\":%ld,\n\"actors\":[", sysconf(_SC_PAGESIZE));
	for (size_t i = 0; i < stage->n_actors; i++) {
		text_add(&json, "%s", i ? ",\n" : "\n");
		add_actor(&json, &stage->actors[i]);
	}
	text_add(&json, "],\n\"buffers\":[");
	for (size_t i = 0; i < stage->n_buffers && r == 0; i++) {
		text_add(&json, "%s", i ? ",\n" : "\n");
		r = add_buffer(&json, stage, &stage->buffers[i]);
	}
	text_add(&json, "]}\n");
	if (r == 0 && (fwrite(json.at, json.used, 1, stdout) != 1 || fflush(stdout)))
		r = -1;
	text_fini(&json);
	return r;
}
