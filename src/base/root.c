/* SPDX-License-Identifier: MIT */
/* The part of a root that is the same for all kinds: dispatch, process ids, facts. */
#include "base/root.h"

#include <errno.h>
#include <inttypes.h>
#include <sys/utsname.h>
#include <time.h>

#include "base/root_priv.h"
#include "base/scan.h"

void root_free(struct root *root)
{
	if (root)
		root->ops->free(root);
}

bool root_is_live(const struct root *root)
{
	return root->is_live;
}

bool root_is_tree(const struct root *root)
{
	return root->is_tree;
}

const char *root_name(const struct root *root, const char *path, struct text *out)
{
	text_clear(out);
	text_printf(out, "%s/%s", root->name, path);
	return out->v;
}

int root_reader(const struct root *root, const char *path, struct reader *ret)
{
	return root->ops->reader(root, path, ret);
}

int root_read(const struct root *root, const char *path, size_t limit, struct text *ret)
{
	text_clear(ret);
	return root->ops->read(root, path, limit, ret);
}

int root_may_read(const struct root *root, const char *path)
{
	return root->ops->may_read(root, path);
}

bool root_exists(const struct root *root, const char *path)
{
	int r = root_may_read(root, path);

	return r != -ENOENT && r != -ENOTDIR;
}

int root_list(const struct root *root, const char *path, struct text *ret)
{
	text_clear(ret);
	return root->ops->list(root, path, ret);
}

int root_link(const struct root *root, const char *path, struct text *ret)
{
	text_clear(ret);
	return root->ops->link(root, path, ret);
}

int root_each_fd(const struct root *root, const char *dir, root_fd_fn visit, void *arg)
{
	return root->ops->each_fd(root, dir, visit, arg);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void root_sort_names(struct text *names)
{
	VEC(const char *) order = { 0 };
	struct text sorted = { 0 };

	list_each(names, name)
		*vec_add(&order) = name;
	if (order.n)
		qsort(order.v, order.n, sizeof(*order.v), by_name);
	vec_each(&order, it)
		text_add(&sorted, *it, strlen(*it) + 1);
	vec_free(&order);
	text_fini(names);
	*names = sorted;
}

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

int root_pids(const struct root *root, struct pids *ret)
{
	_text_ struct text names = { 0 };
	uint64_t pid;
	int r = root->ops->list(root, "proc", &names);

	if (r < 0)
		return r;
	ret->ids.n = 0;
	list_each(&names, name)
		if (scan_only_dec(name, strlen(name), &pid) && pid && pid < ABSENT32)
			*vec_add(&ret->ids) = (uint32_t)pid;
	if (ret->ids.n)
		qsort(ret->ids.v, ret->ids.n, sizeof(*ret->ids.v), by_number);
	return 0;
}

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec ts;

	if (clock_gettime(clock, &ts) < 0)
		return ABSENT64;
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

uint64_t root_ticks(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

/* First line of a file below the root, empty when there is none. */
static void read_line(const struct root *root, const char *path, struct text *ret)
{
	if (root_read(root, path, 4096, ret) < 0)
		text_clear(ret);
	if (ret->n) {
		ret->n = strcspn(ret->v, "\r\n");
		ret->v[ret->n] = '\0';
	}
}

/* `12345.67 …`: seconds since boot with two decimals. */
static uint64_t uptime_ns(const struct root *root)
{
	_text_ struct text line = { 0 };
	uint64_t s, hundredths = 0;
	struct scan scan;

	read_line(root, "proc/uptime", &line);
	scan = scan_text(line.v, line.n);
	if (!line.n || !scan_dec(&scan, &s) || s > UINT64_MAX / 2000000000u)
		return ABSENT64;
	if (scan_word(&scan, ".") && (!scan_dec(&scan, &hundredths) || hundredths > 99))
		hundredths = 0;
	return s * 1000000000u + hundredths * 10000000u;
}

/* MANIFEST: `key value` lines that a capture or capture script leaves at its top. */
static void read_manifest(const struct root *root, struct root_info *ret)
{
	_text_ struct text all = { 0 };
	struct reader r;
	struct line line;

	if (root_read(root, "MANIFEST", 1 << 20, &all) < 0)
		return;
	reader_init_mem(&r, all.v, all.n);
	while (reader_next(&r, &line) == 1) {
		struct scan s = scan_text(line.text, line.len);
		struct span key = scan_token(&s), value;
		uint64_t number;

		scan_blanks(&s);
		value = scan_rest(&s);
		if (span_is(key, "time") && scan_only_dec(value.at, value.len, &number))
			ret->time_ns = number;
		else if (span_is(key, "boottime") &&
			 scan_only_dec(value.at, value.len, &number))
			ret->boottime_ns = number;
		else if (span_is(key, "machine") && !ret->machine.n)
			text_add(&ret->machine, value.at, value.len);
		else if (span_is(key, "host") && !ret->host.n)
			text_add(&ret->host, value.at, value.len);
	}
	reader_fini(&r);
}

void root_info(const struct root *root, struct root_info *ret)
{
	*ret = (struct root_info){ .time_ns = ABSENT64, .boottime_ns = ABSENT64 };
	read_line(root, "proc/sys/kernel/random/boot_id", &ret->boot_id);
	read_line(root, "proc/sys/kernel/osrelease", &ret->kernel);
	read_line(root, "proc/sys/kernel/hostname", &ret->host);
	if (root_is_live(root)) {
		struct utsname names;

		ret->time_ns = clock_ns(CLOCK_REALTIME);
		ret->boottime_ns = clock_ns(CLOCK_BOOTTIME);
		if (!uname(&names))
			text_adds(&ret->machine, names.machine);
		return;
	}
	read_manifest(root, ret);
	if (ret->boottime_ns == ABSENT64)
		ret->boottime_ns = uptime_ns(root);
}

void root_info_fini(struct root_info *info)
{
	text_fini(&info->boot_id);
	text_fini(&info->host);
	text_fini(&info->kernel);
	text_fini(&info->machine);
}
