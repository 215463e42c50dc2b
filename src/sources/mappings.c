/* SPDX-License-Identifier: MIT */
/*
 * Telling mapped dma-bufs from ordinary files called /dmabuf…: a mapping has no fdinfo,
 * and asking the file could hang. The file system decides. All dma-bufs live on one,
 * which the kernel mounts for itself: its device number is known from any descriptor that
 * was shown to be a dma-buf, it carries nothing but dma-bufs, and no mount table lists
 * it.
 */
#include "sources/mappings.h"

#include <errno.h>
#include <inttypes.h>

#include "sources/maps.h"

void mappings_init(struct mappings *m)
{
	*m = (struct mappings){ .last = { ABSENT32, ABSENT32 } };
}

void mappings_fini(struct mappings *m)
{
	vec_free(&m->candidates);
	vec_free(&m->trusted);
	vec_free(&m->ordinary);
	text_fini(&m->names);
}

static bool has_device(const struct device_id *list, size_t n, uint32_t major,
		       uint32_t minor)
{
	for (size_t i = 0; i < n; i++)
		if (list[i].major == major && list[i].minor == minor)
			return true;
	return false;
}

void mappings_trust_device(struct mappings *m, uint32_t major, uint32_t minor)
{
	if (!has_device(m->trusted.v, m->trusted.n, major, minor))
		*vec_add(&m->trusted) = (struct device_id){ major, minor };
}

static void note_ordinary(struct mappings *m, const struct mapping *map)
{
	if (map->dev_major == m->last.major && map->dev_minor == m->last.minor)
		return;
	m->last = (struct device_id){ map->dev_major, map->dev_minor };
	if (!has_device(m->ordinary.v, m->ordinary.n, map->dev_major, map->dev_minor))
		*vec_add(&m->ordinary) = m->last;
}

/*
 * Behind "/dmabuf:", with \012 for a newline undone; offset in m->names + 1, 0:
 * unnamed.
 */
static size_t take_name(struct mappings *m, struct span path)
{
	size_t at = m->names.n;

	for (size_t i = sizeof("/dmabuf:") - 1; i < path.len; i++) {
		if (path.len - i >= 4 && !memcmp(path.at + i, "\\012", 4)) {
			text_addc(&m->names, '\n');
			i += 3;
		} else {
			text_addc(&m->names, path.at[i]);
		}
	}
	if (m->names.n == at)
		return 0;
	text_addc(&m->names, '\0');
	return at + 1;
}

int mappings_scan(struct mappings *m, const struct root *root, uint32_t pid)
{
	struct reader reader;
	struct line line;
	char path[32];
	int r;

	snprintf(path, sizeof(path), "proc/%" PRIu32 "/maps", pid);
	r = root_reader(root, path, &reader);
	if (r < 0)
		return r;
	while ((r = reader_next(&reader, &line)) == 1) {
		struct mapping map;

		if (!maps_parse((struct span){ line.text, line.len }, &map) ||
		    !map.path.len)
			continue;
		if (!maps_looks_like_dmabuf(map.path)) {
			if (map.path.at[0] == '/')
				note_ordinary(m, &map);
		} else if (maps_shares_inode(map.path)) {
			m->unidentified++;
		} else {
			*vec_add(&m->candidates) = (struct candidate){
				.ino = map.ino,
				.length = map.end - map.start,
				.end_offset =
					sum_or_absent(map.offset, map.end - map.start),
				.pid = pid,
				.name = take_name(m, map.path),
				.dev_major = map.dev_major,
				.dev_minor = map.dev_minor,
			};
		}
	}
	reader_fini(&reader);
	return r;
}

/* Is this device in the process's own mount table? The dma-buf file system never is. */
static bool is_mounted(const struct root *root, const struct candidate *c)
{
	struct reader reader;
	struct line line;
	char path[32], device[32];
	bool found = false;

	snprintf(path, sizeof(path), "proc/%" PRIu32 "/mountinfo", c->pid);
	snprintf(device, sizeof(device), "%" PRIu32 ":%" PRIu32, c->dev_major,
		 c->dev_minor);
	if (root_reader(root, path, &reader) < 0)
		return false;
	while (!found && reader_next(&reader, &line) == 1) {
		struct scan s = scan_text(line.text, line.len);

		scan_token(&s), scan_blanks(&s);
		scan_token(&s), scan_blanks(&s);
		found = span_is(scan_token(&s), device);
	}
	reader_fini(&reader);
	return found;
}

/*
 * Without stat (a captured tree): a device that holds an inode known to be a dma-buf's.
 */
static void trust_by_inode(struct mappings *m, const struct snapshot *snap)
{
	if (m->trusted.n)
		return;
	vec_each(&m->candidates, c)
		if (!c->dev_major && snapshot_by_ino(snap, c->ino) &&
		    !has_device(m->ordinary.v, m->ordinary.n, c->dev_major, c->dev_minor))
			mappings_trust_device(m, c->dev_major, c->dev_minor);
}

static bool is_dmabuf(struct mappings *m, const struct snapshot *snap,
		      const struct root *root, const struct candidate *c)
{
	if (has_device(m->trusted.v, m->trusted.n, c->dev_major, c->dev_minor))
		return true;
	if (m->trusted.n || c->dev_major ||
	    has_device(m->ordinary.v, m->ordinary.n, c->dev_major, c->dev_minor))
		return false;
	/* A complete list that does not have it is stronger than the name. */
	if (snap->coverage[SRC_BUFINFO].status == COVERAGE_OK &&
	    !snapshot_by_ino(snap, c->ino))
		return false;
	if (is_mounted(root, c)) {
		*vec_add(&m->ordinary) = (struct device_id){ c->dev_major, c->dev_minor };
		return false;
	}
	mappings_trust_device(m, c->dev_major, c->dev_minor);
	return true;
}

uint64_t mappings_settle(struct mappings *m, struct snapshot *snap,
			 const struct root *root)
{
	uint64_t taken = 0;

	trust_by_inode(m, snap);
	vec_each(&m->candidates, c) {
		struct buffer *buf;
		struct holder *h;
		uint32_t process;

		if (!is_dmabuf(m, snap, root, c))
			continue;
		process = snapshot_process(snap, c->pid);
		buf = snapshot_need_ino(snap, c->ino, SRC_MAPS);
		/* A mapping shows a part: at least this much, never less than known. */
		if (!buf->size_is_exact && c->end_offset != ABSENT64 &&
		    (buf->size_bytes == ABSENT64 || buf->size_bytes < c->end_offset))
			buf->size_bytes = c->end_offset;
		if (c->name && !buf->name) {
			const char *name = m->names.v + c->name - 1;

			snapshot_set_name(snap, buf, (struct span){ name, strlen(name) },
					  0);
		}
		h = snapshot_hold(snap, buf, process);
		h->mappings++;
		h->mapped_bytes = sum_or_absent(h->mapped_bytes, c->length);
		taken++;
	}
	return taken;
}
