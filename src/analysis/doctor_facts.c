/* SPDX-License-Identifier: MIT */
/*
 * Facts about a place: how debugfs and proc are mounted, which security modules are at
 * work, what this process may do. A captured tree often lacks them; then they are
 * unknown.
 */
#include "analysis/doctor_priv.h"
#include "base/caps.h"
#include "base/scan.h"

#define SMALL ((size_t)1 << 16)

static bool read_small(const struct root *root, const char *path, struct text *ret)
{
	return !root_read(root, path, SMALL, ret) && ret->n;
}

/* Does one of the comma-separated mount options begin like this? */
static bool has_option(struct span options, const char *option)
{
	while (options.len) {
		const char *comma = memchr(options.at, ',', options.len);
		size_t n = comma ? (size_t)(comma - options.at) + 1 : options.len;

		if (span_starts(options, option))
			return true;
		options.at += n;
		options.len -= n;
	}
	return false;
}

/* `DEVICE PLACE TYPE OPTIONS 0 0` */
static void take_mount(struct facts *facts, struct scan s)
{
	struct span place, type, options;

	scan_token(&s);
	scan_blanks(&s);
	place = scan_token(&s);
	scan_blanks(&s);
	type = scan_token(&s);
	scan_blanks(&s);
	options = scan_token(&s);
	if (span_is(type, "debugfs") && span_is(place, "/sys/kernel/debug"))
		facts->debugfs_mounted = YES;
	/* hidepid=1, 2 and 4; since 5.8 also by name. =0 and =off hide nothing. */
	if (span_is(type, "proc") && span_is(place, "/proc"))
		facts->hides_processes = has_option(options, "hidepid=") &&
					 !has_option(options, "hidepid=0") &&
					 !has_option(options, "hidepid=off");
}

static void look_mounts(const struct root *root, struct facts *facts)
{
	_text_ struct text all = { 0 }, names = { 0 };
	struct reader reader;
	struct line line;

	if (read_small(root, "proc/self/mounts", &all) ||
	    read_small(root, "proc/mounts", &all)) {
		facts->debugfs_mounted = NO;
		reader_init_mem(&reader, all.v, all.n);
		while (reader_next(&reader, &line) == 1)
			take_mount(facts, scan_text(line.text, line.len));
		reader_fini(&reader);
	}
	/*
	 * What is there counts more than what a table says, which may be of a container.
	 */
	if (!root_list(root, "sys/kernel/debug", &names) && names.n)
		facts->debugfs_mounted = YES;
}

static void look_debugfs(const struct root *root, struct facts *facts)
{
	_text_ struct text all = { 0 };

	if (read_small(root, "proc/filesystems", &all))
		facts->debugfs_known = strstr(all.v, "\tdebugfs\n") ? YES : NO;
	/* debugfs=off and debugfs=no-mount (5.10): it is then not registered at all. */
	if (read_small(root, "proc/cmdline", &all))
		facts->debugfs_off = strstr(all.v, "debugfs=off") ||
				     strstr(all.v, "debugfs=no-mount");
}

static void look_security(const struct root *root, struct facts *facts)
{
	_text_ struct text all = { 0 };

	if (read_small(root, "proc/sys/kernel/yama/ptrace_scope", &all))
		facts->ptrace_scope =
			all.v[0] >= '0' && all.v[0] <= '3' ? all.v[0] - '0' : -1;
	facts->enforces = read_small(root, "sys/fs/selinux/enforce", &all) &&
			  all.v[0] == '1';
	/* `none [integrity] confidentiality`: the one in brackets is in force. */
	if (read_small(root, "sys/kernel/security/lockdown", &all)) {
		if (strstr(all.v, "[integrity]"))
			facts->lockdown = "integrity";
		else if (strstr(all.v, "[confidentiality]"))
			facts->lockdown = "confidentiality";
	}
}

void doctor_facts(const struct root *root, struct facts *ret)
{
	*ret = (struct facts){ .is_live = root_is_live(root), .ptrace_scope = -1 };
	look_mounts(root, ret);
	look_debugfs(root, ret);
	look_security(root, ret);
	ret->has_manifest = root_exists(root, "MANIFEST");
	if (!ret->is_live)
		return;
	for (unsigned i = 0; i < n_caps_needs; i++) {
		if (!strcmp(caps_needs[i].name, "CAP_SYS_PTRACE"))
			ret->may_ptrace = caps_has(&caps_needs[i]);
		else if (!strcmp(caps_needs[i].name, "CAP_DAC_READ_SEARCH"))
			ret->may_search = caps_has(&caps_needs[i]);
	}
}
