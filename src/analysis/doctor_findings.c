/* SPDX-License-Identifier: MIT */
/*
 * What goes wrong in practice and does not show as a missing file: counters that are
 * stubs, names that nobody set, options that mean something else than their name says.
 */
#include <inttypes.h>

#include "analysis/doctor_priv.h"
#include "base/caps.h"

static struct doctor_finding *add(struct doctor *d, const char *kind, char *text,
				  char *step)
{
	struct doctor_finding *finding = vec_add(&d->report->findings);

	*finding = (struct doctor_finding){
		.kind = kind, .is_note = !step, .text = text, .step = step
	};
	return finding;
}

#define SAME(text) mem_copy(text, strlen(text))

static void find_counters(struct doctor *d)
{
	uint64_t listed = d->in->snap ? snapshot_totals(d->in->snap).buffers : 0;
	enum doctor_option debug = doctor_option_of(d, "CONFIG_RK_DMABUF_DEBUG");

	if (!doctor_counters_off(d))
		return;
	if (doctor_is_on(debug))
		add(d, "counters-off",
		    mem_printf("size and peak say 0 while %" PRIu64
			       " buffers are listed, "
			       "though the configuration at hand has "
			       "CONFIG_RK_DMABUF_DEBUG on: it is hardly this kernel's",
			       listed),
		    SAME("give the right one: doctor --kernel FILE"));
	else
		add(d, "counters-off",
		    listed ?
			    mem_printf("size and peak stay 0 while %" PRIu64
				       " buffers are "
				       "listed: they are stubs without "
				       "CONFIG_RK_DMABUF_DEBUG",
				       listed) :
			    SAME("size and peak stay 0 whatever is allocated: they are stubs "
				 "without CONFIG_RK_DMABUF_DEBUG"),
		    SAME("rebuild the kernel with CONFIG_RK_DMABUF_DEBUG=y; until then the sum "
			 "of dev is the total"));
}

static void find_list_broken(struct doctor *d)
{
	const struct doctor_node *node = doctor_node_of(d->report, SRC_RK_DEV);

	if (node && node->state == DOCTOR_OFF)
		add(d, "list-needs-debugfs",
		    SAME("dev and sgt fail with EINVAL while size and peak work: the list they "
			 "walk exists only with CONFIG_DEBUG_FS"),
		    SAME("rebuild the kernel with CONFIG_DEBUG_FS=y"));
}

/* Names: how many of the buffers that dev, or else bufinfo, lists carry one. */
static void find_names(struct doctor *d)
{
	const struct snapshot *snap = d->in->snap;
	uint32_t set = 1u << SRC_RK_DEV | 1u << SRC_BUFINFO | 1u << SRC_RK_BUFFERS;
	uint64_t listed = 0, named = 0;
	bool is_rk = snap && snapshot_covers(snap, SRC_RK_DEV);

	if (!snap)
		return;
	snapshot_each_buffer(snap, buf) {
		listed += (buf->sources & set) != 0;
		named += (buf->sources & set) && buf->name != STR_ABSENT;
	}
	if (!listed || named)
		return;
	add(d, "no-names",
	    mem_printf("none of the %" PRIu64
		       " buffers has a name%s, so who allocated them "
		       "cannot be told",
		       listed, is_rk ? " (dev shows '(null)')" : ""),
	    is_rk ? SAME("rebuild the kernel with CONFIG_RK_DMABUF_DEBUG=y: it names each "
			 "buffer PID-COMMAND when it is made") :
		    SAME("let the allocating program name its buffers (DMA_BUF_SET_NAME), or "
			 "trace them"));
}

static void find_debugfs(struct doctor *d)
{
	const struct facts *f = &d->facts;

	if (f->debugfs_off)
		add(d, "debugfs-off",
		    SAME("the kernel was booted with debugfs=off or debugfs=no-mount: bufinfo "
			 "and everything else below /sys/kernel/debug is gone"),
		    SAME("boot without that argument"));
	else if (f->debugfs_known == NO ||
		 doctor_option_of(d, "CONFIG_DEBUG_FS") == DOCTOR_OPTION_NO)
		add(d, "debugfs-missing",
		    SAME("this kernel does not know debugfs: bufinfo cannot be there"),
		    SAME("rebuild the kernel with CONFIG_DEBUG_FS=y"));
	else if (f->debugfs_mounted == NO)
		add(d, "debugfs-not-mounted", SAME("debugfs is not mounted"),
		    f->is_live ? SAME("mount -t debugfs none /sys/kernel/debug") :
				 SAME("capture again after: mount -t debugfs none "
				      "/sys/kernel/debug"));
	/* fs/debugfs/file.c: what is 0444 and cannot be written is let through. */
	if (f->lockdown)
		add(d, "lockdown",
		    mem_printf(
			    "the kernel is locked down (%s): of debugfs it opens only files "
			    "that nobody may write; bufinfo is one of them, ION's files are "
			    "not",
			    f->lockdown),
		    NULL);
}

static void find_processes(struct doctor *d)
{
	const struct facts *f = &d->facts;
	const struct snapshot *snap = d->in->snap;
	uint64_t denied = snap ? snap->unreadable_processes : 0;

	if (f->is_live && !f->may_ptrace)
		add(d, "not-privileged",
		    mem_printf("CAP_SYS_PTRACE %s missing: descriptors and mappings of "
			       "processes of other users stay unseen",
			       f->may_search ? "is" : "and CAP_DAC_READ_SEARCH are"),
		    doctor_step_denied(d, "proc"));
	if (f->hides_processes && (!f->is_live || !f->may_ptrace))
		add(d, "hidepid",
		    SAME("/proc is mounted with hidepid: processes of other users are not even "
			 "listed, so their number is unknown"),
		    f->is_live ?
			    SAME("mount -o remount,hidepid=0 /proc, or run as root") :
			    SAME("capture again as root"));
	/* security/yama/yama_lsm.c looks at attaching only; reading fd and maps is not
	 * that. */
	if (denied && f->ptrace_scope > 0)
		add(d, "ptrace-scope",
		    mem_printf("yama's ptrace_scope is %d, but that is not why %" PRIu64
			       " processes may not be read: it concerns debuggers only",
			       f->ptrace_scope, denied),
		    NULL);
}

/* Spellings that the vendor's guide, its trees and mainline use for different things. */
static void find_spellings(struct doctor *d)
{
	enum doctor_option rk = doctor_option_of(d, "CONFIG_RK_DMABUF_DEBUG");
	enum doctor_option rk_more =
		doctor_option_of(d, "CONFIG_RK_DMABUF_DEBUG_ADVANCED");
	enum doctor_option plain = doctor_option_of(d, "CONFIG_DMABUF_DEBUG");
	enum doctor_option more = doctor_option_of(d, "CONFIG_DMABUF_DEBUG_ADVANCED");
	/* Only the vendor's first trees have the second of the plain pair. */
	bool is_first_tree = more > DOCTOR_OPTION_MISSING;

	if (doctor_is_on(plain) && is_first_tree && !doctor_is_on(rk))
		add(d, "option-spelling",
		    SAME("CONFIG_DMABUF_DEBUG is on, here in the spelling of Rockchip's first "
			 "guide: names, size and peak, what later trees call "
			 "CONFIG_RK_DMABUF_DEBUG"),
		    NULL);
	else if (doctor_is_on(plain) && !doctor_is_on(rk))
		add(d, "option-spelling",
		    SAME("CONFIG_DMABUF_DEBUG is on, and is not what it sounds like: it mangles "
			 "page links to catch misuse; names, size and peak come with "
			 "CONFIG_RK_DMABUF_DEBUG, which is not on"),
		    NULL);
	if (doctor_is_on(rk_more) || (is_first_tree && doctor_is_on(more)))
		add(d, "advanced-debug",
		    SAME("the ADVANCED option is on: reading sgt attaches a device called "
			 "'dmabuf' to buffers for a moment, which can show among the devices"),
		    NULL);
	if (doctor_is_on(doctor_option_of(d, "CONFIG_DMABUF_CACHE")))
		add(d, "attachments-cached",
		    SAME("CONFIG_DMABUF_CACHE is on: MPP, RGA and RVE stay attached until the "
			 "buffer is gone; a device means 'was attached at some time'"),
		    NULL);
}

static void find_wide_open(struct doctor *d)
{
	const struct doctor_node *node = doctor_node_of(d->report, SRC_RK_DEV);

	if (node && (node->state == DOCTOR_OK || node->state == DOCTOR_PARTIAL))
		add(d, "pointers-leak",
		    SAME("dev and sgt show real kernel addresses to every user; keep saved "
			 "copies to yourself on a machine that matters"),
		    NULL);
}

void doctor_find(struct doctor *d)
{
	find_counters(d);
	find_list_broken(d);
	find_names(d);
	find_debugfs(d);
	find_processes(d);
	find_spellings(d);
	find_wide_open(d);
}
