/* SPDX-License-Identifier: MIT */
/*
 * Capabilities. All sets are worked out once, in caps_start(); entering one is a single
 * capset(2). What belongs to a command started later (inheritable, ambient, bounding) is
 * never changed; only giving up an ambient capability for good would lower it there, so
 * those stay permitted until caps_drop_all().
 */
#include "base/caps.h"

#include <errno.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/capability.h>

#ifndef CAP_PERFMON
#define CAP_PERFMON 38
#endif
#ifndef CAP_BPF
#define CAP_BPF 39
#endif

const struct caps_need caps_needs[] = {
	{ "CAP_SYS_PTRACE",
	  "who holds each buffer: descriptors (fd, fdinfo) and mappings (maps) of "
	  "processes of other users",
	  CAP_SYS_PTRACE, true },
	{ "CAP_DAC_READ_SEARCH",
	  "what only root may open: debugfs (bufinfo, CMA, ION) and the fd folders of "
	  "processes of other users",
	  CAP_DAC_READ_SEARCH, true },
	{ "CAP_SYS_ADMIN", "trace: tracing events on kernels before 5.8", CAP_SYS_ADMIN,
	  false },
	{ "CAP_PERFMON", "trace: call stacks of allocations", CAP_PERFMON, false },
	{ "CAP_BPF", "trace: the kernel's own list of buffers through BPF", CAP_BPF,
	  false },
	{ "CAP_SYSLOG", "trace: real kernel addresses in call stacks", CAP_SYSLOG,
	  false },
	{ "CAP_DAC_OVERRIDE", "trace, peak --reset: nodes that only root may write",
	  CAP_DAC_OVERRIDE, false },
};
const unsigned n_caps_needs = ARRAY_SIZE(caps_needs);

const char *const caps_setcap = "setcap cap_sys_ptrace,cap_dac_read_search+ep";

/*
 * What the caller's own power over files, and over the command he started, consists of.
 */
static const cap_value_t for_files[] = {
	CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE, CAP_CHOWN, CAP_FOWNER, CAP_KILL,
};

static struct {
	cap_t initial; /* NULL before caps_start() */
	cap_t use[CAPS_WRITE + 1];
	cap_t child, dropped, dropped_but_own;
	bool is_own; /* they are the caller's, not the program file's */
	enum caps_use now;
} state;

static bool in(cap_t set, cap_flag_t flag, cap_value_t cap)
{
	cap_flag_value_t value = CAP_CLEAR;

	return set && !cap_get_flag(set, cap, flag, &value) && value == CAP_SET;
}

static void add(cap_t set, cap_flag_t flag, cap_value_t cap)
{
	/*
	 * A kernel without this capability refuses the number; then there is nothing to
	 * add.
	 */
	(void)cap_set_flag(set, flag, 1, &cap, CAP_SET);
}

static bool is_for_files(cap_value_t cap)
{
	for (size_t i = 0; i < ARRAY_SIZE(for_files); i++)
		if (for_files[i] == cap)
			return true;
	return false;
}

static const struct caps_need *need_of(cap_value_t cap)
{
	for (size_t i = 0; i < ARRAY_SIZE(caps_needs); i++)
		if (caps_needs[i].number == cap)
			return &caps_needs[i];
	return NULL;
}

/* The initial set with nothing permitted and effective; inheritable as it was. */
static cap_t empty_set(void)
{
	cap_t set = cap_dup(state.initial);

	if (!set || cap_clear_flag(set, CAP_PERMITTED) < 0 ||
	    cap_clear_flag(set, CAP_EFFECTIVE) < 0) {
		fputs("dmabuf-inspect: out of memory\n", stderr);
		abort();
	}
	return set;
}

static void forget(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(state.use); i++)
		cap_free(state.use[i]);
	cap_free(state.child);
	cap_free(state.dropped);
	cap_free(state.dropped_but_own);
	cap_free(state.initial);
	memset(&state, 0, sizeof(state));
}

/* Put one capability that the process has into the sets it belongs to. */
static void sort_one(cap_value_t cap)
{
	const struct caps_need *need = need_of(cap);
	bool is_ambient = cap_get_ambient(cap) == CAP_SET;

	if (!need && !is_ambient && !(state.is_own && is_for_files(cap)))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(state.use); i++)
		add(state.use[i], CAP_PERMITTED, cap);
	if (need)
		add(state.use[CAPS_WRITE], CAP_EFFECTIVE, cap);
	if (need && need->is_for_reading)
		add(state.use[CAPS_NODES], CAP_EFFECTIVE, cap);
	if (!state.is_own)
		return;
	add(state.child, CAP_PERMITTED, cap);
	add(state.child, CAP_EFFECTIVE, cap);
	add(state.dropped_but_own, CAP_PERMITTED, cap);
	if (is_for_files(cap))
		add(state.use[CAPS_OWN], CAP_EFFECTIVE, cap);
}

int caps_start(void)
{
	int r;

	if (getuid() != geteuid() || getgid() != getegid())
		return -EOPNOTSUPP;
	state.initial = cap_get_proc();
	if (!state.initial)
		return -errno;
	/*
	 * The kernel sets AT_SECURE when the program file made us more than our caller.
	 */
	state.is_own = !getauxval(AT_SECURE);
	for (size_t i = 0; i < ARRAY_SIZE(state.use); i++)
		state.use[i] = empty_set();
	state.child = empty_set();
	state.dropped = empty_set();
	state.dropped_but_own = empty_set();
	for (cap_value_t cap = 0; cap < cap_max_bits(); cap++)
		if (in(state.initial, CAP_PERMITTED, cap))
			sort_one(cap);
	state.now = CAPS_NONE;
	if (!cap_set_proc(state.use[CAPS_NONE]))
		return 0;
	r = -errno;
	forget();
	return r;
}

enum caps_use caps_enter(enum caps_use use)
{
	enum caps_use before = state.now;

	if (!state.initial || use == before)
		return before;
	/* Only lowers, or raises what is permitted: this cannot fail. */
	if (cap_set_proc(state.use[use]) < 0)
		abort();
	state.now = use;
	return before;
}

static void replace(cap_t *set, cap_t with)
{
	cap_free(*set);
	*set = cap_dup(with);
}

void caps_drop_all(enum caps_use keep)
{
	cap_t left = keep == CAPS_NONE ? state.dropped : state.dropped_but_own;

	if (!state.initial)
		return;
	replace(&state.use[CAPS_NONE], left);
	replace(&state.use[CAPS_NODES], left);
	replace(&state.use[CAPS_WRITE], left);
	if (keep == CAPS_NONE || !state.is_own)
		replace(&state.use[CAPS_OWN], left);
	if (keep == CAPS_NONE)
		replace(&state.child, left);
	if (cap_set_proc(left) < 0)
		abort();
	state.now = CAPS_NONE;
}

void caps_child(void)
{
	if (state.initial && cap_set_proc(state.child) < 0)
		abort();
}

bool caps_has(const struct caps_need *need)
{
	cap_t now = state.initial ? state.initial : cap_get_proc();
	bool has = in(now, CAP_PERMITTED, need->number);

	if (now != state.initial)
		cap_free(now);
	return has;
}
