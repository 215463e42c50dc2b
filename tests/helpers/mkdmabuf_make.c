// SPDX-License-Identifier: MIT
/*
 * mkdmabuf_make.c - the exporters and the importer mkdmabuf knows: dma-buf heaps,
 * udmabuf, and DRM cards such as vgem and vkms.
 */
#define _GNU_SOURCE
#define _FILE_OFFSET_BITS 64
#include "mkdmabuf.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/dma-heap.h>
#include <linux/udmabuf.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define DUMB_PITCH 4096u

/*
 * The five DRM requests needed here, written down because Debian keeps the DRM
 * headers out of its kernel headers. Layouts and numbers are kernel ABI.
 */
struct card_version {
	int major, minor, patch;
	size_t name_len;
	char *name;
	size_t date_len;
	char *date;
	size_t desc_len;
	char *desc;
};

struct card_forget {
	uint32_t handle, pad;
};

struct card_prime {
	uint32_t handle, flags;
	int32_t fd;
};

struct card_dumb {
	uint32_t height, width, bpp, flags;
	uint32_t handle, pitch; /* set by the kernel, like size */
	uint64_t size;
};

#define CARD_VERSION _IOWR('d', 0x00, struct card_version)
#define CARD_FORGET _IOW('d', 0x09, struct card_forget)
#define CARD_EXPORT _IOWR('d', 0x2d, struct card_prime)
#define CARD_IMPORT _IOWR('d', 0x2e, struct card_prime)
#define CARD_DUMB _IOWR('d', 0xb2, struct card_dumb)

/* Remember which call failed; returns its negative errno. */
static int failed(const char **what, const char *call)
{
	*what = call;
	return -errno;
}

int make_from_heap(const char *heap, uint64_t size_bytes, const char **what)
{
	struct dma_heap_allocation_data data = {
		.len = size_bytes,
		.fd_flags = O_RDWR | O_CLOEXEC,
	};
	char path[NAME_SIZE + 16];
	int heap_fd, r = 0;

	snprintf(path, sizeof(path), "/dev/dma_heap/%s", heap);
	heap_fd = open(path, O_RDONLY | O_CLOEXEC);
	if (heap_fd < 0)
		return failed(what, "open heap");
	if (ioctl(heap_fd, DMA_HEAP_IOCTL_ALLOC, &data) < 0)
		r = failed(what, "DMA_HEAP_IOCTL_ALLOC");
	close(heap_fd);
	return r ? r : (int)data.fd;
}

int make_udmabuf(uint64_t size_bytes, const char **what)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	struct udmabuf_create create = {
		.flags = UDMABUF_FLAGS_CLOEXEC,
		.size = (size_bytes + page - 1) / page * page,
	};
	int device, memory, r;

	device = open("/dev/udmabuf", O_RDWR | O_CLOEXEC);
	if (device < 0)
		return failed(what, "open udmabuf");
	memory = memfd_create("mkdmabuf", MFD_ALLOW_SEALING | MFD_CLOEXEC);
	if (memory < 0) {
		r = failed(what, "memfd_create");
	} else if (ftruncate(memory, (off_t)create.size) < 0) {
		r = failed(what, "ftruncate");
	} else if (fcntl(memory, F_ADD_SEALS, F_SEAL_SHRINK) < 0) {
		r = failed(what, "F_ADD_SEALS");
	} else {
		create.memfd = (uint32_t)memory;
		r = ioctl(device, UDMABUF_CREATE, &create);
		if (r < 0)
			r = failed(what, "UDMABUF_CREATE");
	}
	if (memory >= 0)
		close(memory);
	close(device);
	return r;
}

/* Open a card if it is the wanted one: by path, by driver, or "" for any. */
static int card_try(const char *path, const char *wanted, char driver[NAME_SIZE])
{
	char name[NAME_SIZE] = "";
	struct card_version version = { .name_len = sizeof(name) - 1, .name = name };
	int fd = open(path, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (ioctl(fd, CARD_VERSION, &version) == 0 &&
	    (!*wanted || !strcmp(wanted, path) || !strcmp(wanted, name))) {
		memcpy(driver, name, NAME_SIZE);
		return fd;
	}
	close(fd);
	return -ENODEV;
}

static int card_open(const char *wanted, char driver[NAME_SIZE], const char **what)
{
	char path[NAME_SIZE + 16];
	int fd = -ENODEV;

	*what = "open card";
	if (*wanted == '/')
		return card_try(wanted, wanted, driver);
	for (int i = 0; i < 16 && fd < 0; i++) {
		snprintf(path, sizeof(path), "/dev/dri/card%d", i);
		fd = card_try(path, wanted, driver);
		if (fd == -ENOENT)
			fd = -ENODEV;
	}
	return fd;
}

int make_drm(const char *card, uint64_t size_bytes, char driver[NAME_SIZE],
	     const char **what)
{
	struct card_dumb dumb = {
		.bpp = 8,
		.width = DUMB_PITCH,
		.height = (uint32_t)((size_bytes + DUMB_PITCH - 1) / DUMB_PITCH),
	};
	struct card_prime prime = { .flags = O_CLOEXEC | O_RDWR, .fd = -1 };
	struct card_forget forget = { 0 };
	int fd = card_open(card, driver, what), r = 0;

	if (fd < 0)
		return fd;
	if (ioctl(fd, CARD_DUMB, &dumb) < 0) {
		r = failed(what, "DRM_IOCTL_MODE_CREATE_DUMB");
	} else {
		prime.handle = forget.handle = dumb.handle;
		if (ioctl(fd, CARD_EXPORT, &prime) < 0)
			r = failed(what, "DRM_IOCTL_PRIME_HANDLE_TO_FD");
		/* without its handle only the descriptor keeps the buffer */
		ioctl(fd, CARD_FORGET, &forget);
	}
	close(fd);
	return r ? r : prime.fd;
}

int import_drm(int buffer_fd, const char *card, char driver[NAME_SIZE], uint32_t *handle,
	       const char **what)
{
	struct card_prime prime = { .fd = buffer_fd };
	int fd = card_open(card, driver, what), r;

	if (fd < 0)
		return fd;
	if (ioctl(fd, CARD_IMPORT, &prime) < 0) {
		r = failed(what, "DRM_IOCTL_PRIME_FD_TO_HANDLE");
		close(fd);
		return r;
	}
	*handle = prime.handle;
	return fd;
}

int release_drm(int card_fd, uint32_t handle)
{
	struct card_forget forget = { .handle = handle };
	int r = ioctl(card_fd, CARD_FORGET, &forget) < 0 ? -errno : 0;

	close(card_fd);
	return r;
}
