/* SPDX-License-Identifier: MIT */
/* The one step that mends a node, as concrete as what is known allows. */
#include "analysis/doctor_priv.h"
#include "base/caps.h"

#define MOUNT "mount -t debugfs none /sys/kernel/debug"
#define DUPLICATE(text) mem_copy(text, strlen(text))

/* The module that an option makes, where it is one thing. */
static const struct {
	const char *option, *module;
} modules[] = {
	{ "CONFIG_RK_DMABUF_PROCFS", "rk_dmabuf_procfs" },
	{ "CONFIG_DMABUF_RK_HEAPS", "rk_dma_heap" },
	{ "CONFIG_ROCKCHIP_MPP_SERVICE", "rk_vcodec" },
	{ "CONFIG_ROCKCHIP_MULTI_RGA", "rga3" },
};

static char *step_module(const char *option)
{
	for (size_t i = 0; i < ARRAY_SIZE(modules); i++)
		if (!strcmp(modules[i].option, option))
			return mem_printf("modprobe %s", modules[i].module);
	return mem_printf("load the module that %s=m made", option);
}

/*
 * The option is not among those of this kernel's tree, or depends on something that is
 * off. What the source says itself then tells where it comes from.
 */
static char *step_missing(const struct doctor_node *node, const char *option)
{
	if (node->source->id == SRC_SYSFS)
		return mem_printf(
			"use bufinfo: this kernel has no %s (it came with 5.13 and is "
			"gone from new kernels), and bufinfo says more",
			option);
	return mem_printf("%s%sthis kernel's tree has no %s",
			  node->source->remedy ? node->source->remedy : "",
			  node->source->remedy ? ": " : "", option);
}

static char *step_boot(const struct doctor *d)
{
	if (d->facts.debugfs_off)
		return DUPLICATE(
			"boot without debugfs=off or debugfs=no-mount, then: " MOUNT);
	return NULL;
}

/* An option that is known to be off is the reason; the first one counts. */
static char *step_option(const struct doctor *d, const struct doctor_node *node)
{
	for (size_t i = 0; i < node->n_uses; i++) {
		const struct doctor_use *use = &node->uses[i];

		switch (use->state) {
		case DOCTOR_OPTION_NO:
			return mem_printf("rebuild the kernel with %s=y", use->option);
		case DOCTOR_OPTION_MISSING:
			return step_missing(node, use->option);
		case DOCTOR_OPTION_MODULE:
			if (d->facts.is_live)
				return step_module(use->option);
			break;
		default:
			break;
		}
	}
	return NULL;
}

/* All it needs is on, and that is more than what every debugfs file needs. */
static bool options_are_on(const struct doctor_node *node)
{
	bool is_specific = false;

	for (size_t i = 0; i < node->n_uses; i++) {
		if (!doctor_is_on(node->uses[i].state))
			return false;
		is_specific |= strcmp(node->uses[i].option, "CONFIG_DEBUG_FS") != 0;
	}
	return is_specific;
}

static bool is_of_processes(const struct doctor_node *node)
{
	return node->source->id == SRC_FDINFO || node->source->id == SRC_MAPS ||
	       node->source->id == SRC_DRM_FDINFO;
}

/* A tree lacks what its kernel lacks, and what nobody copied. */
static char *step_capture(const struct doctor *d, const struct doctor_node *node)
{
	if (doctor_in_debugfs(node->path) && d->facts.debugfs_mounted != YES)
		return DUPLICATE("capture again as root with debugfs mounted (" MOUNT
				 ")");
	if (options_are_on(node) || is_of_processes(node))
		return DUPLICATE(
			"capture again as root with 'dmabuf-inspect capture': it is "
			"not in this one");
	if (!d->facts.has_manifest && node->source->remedy)
		return mem_printf(
			"capture again with 'dmabuf-inspect capture'; if it is missing "
			"then too: %s",
			node->source->remedy);
	return NULL;
}

static char *step_absent(const struct doctor *d, const struct doctor_node *node)
{
	char *step = step_option(d, node);

	if (step)
		return step;
	if (doctor_in_debugfs(node->path) && d->facts.debugfs_known == NO) {
		step = step_boot(d);
		return step ? step :
			      DUPLICATE("rebuild the kernel with CONFIG_DEBUG_FS=y");
	}
	step = d->facts.is_live ? NULL : step_capture(d, node);
	if (step)
		return step;
	if (d->facts.is_live && options_are_on(node))
		return mem_printf(
			"look in dmesg why /%s is missing: the kernel was built with "
			"it",
			node->path);
	if (node->source->remedy)
		return DUPLICATE(node->source->remedy);
	return DUPLICATE("use a kernel that has this node");
}

static char *step_not_mounted(const struct doctor *d, const struct doctor_node *node)
{
	char *step = step_boot(d);

	/* Mounting brings nothing where the node is not even built. */
	if (!step && node->n_uses && node->uses[0].state != DOCTOR_OPTION_MODULE)
		step = step_option(d, node);
	if (step)
		return step;
	if (d->facts.debugfs_known == NO)
		return DUPLICATE("rebuild the kernel with CONFIG_DEBUG_FS=y");
	return d->facts.is_live ? DUPLICATE(MOUNT) :
				  DUPLICATE("capture again after: " MOUNT);
}

char *doctor_step_denied(const struct doctor *d, const char *path)
{
	if (!d->facts.is_live)
		return mem_printf(
			"make %s readable in the captured tree, or capture again as "
			"root",
			path);
	if (!d->facts.may_ptrace || !d->facts.may_search)
		return mem_printf("run as root, or once: %s $(command -v dmabuf-inspect)",
				  caps_setcap);
	if (d->facts.lockdown && doctor_in_debugfs(path))
		return mem_printf(
			"boot without lockdown=%s, which refuses it even to root",
			d->facts.lockdown);
	if (d->facts.enforces)
		return DUPLICATE(
			"setenforce 0 (a debug build only): SELinux refuses it to root");
	return DUPLICATE(
		"run outside of the container or sandbox: both capabilities are here and do not help");
}

static char *step_off(const struct doctor_node *node)
{
	if (node->source->id == SRC_RK_DEV || node->source->id == SRC_RK_SGT)
		return DUPLICATE(
			"rebuild the kernel with CONFIG_DEBUG_FS=y: the list lives "
			"under it, reading fails with EINVAL without");
	return DUPLICATE(
		"rebuild the kernel with CONFIG_RK_DMABUF_DEBUG=y; until then rely on "
		"the sum of dev, which reports here do");
}

char *doctor_step(const struct doctor *d, const struct doctor_node *node)
{
	const struct snapshot *snap = d->in->snap;

	switch (node->state) {
	case DOCTOR_NOT_MOUNTED:
		return step_not_mounted(d, node);
	case DOCTOR_DENIED:
		return doctor_step_denied(d, node->path);
	case DOCTOR_OFF:
		return step_off(node);
	case DOCTOR_ABSENT:
		return step_absent(d, node);
	case DOCTOR_PARTIAL:
		if (snap && snap->unreadable_processes && is_of_processes(node))
			return doctor_step_denied(d, node->path);
		return DUPLICATE(
			"run 'dmabuf-inspect list -v': it names each line and process "
			"that was left out");
	case DOCTOR_ERROR:
		return mem_printf("read it by hand and report what comes: cat /%s",
				  node->path);
	default:
		return NULL;
	}
}
