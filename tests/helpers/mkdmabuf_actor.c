// SPDX-License-Identifier: MIT
/*
 * mkdmabuf_actor.c - a process that owns descriptors, mappings and imports, and
 * does with them what the controller asks.
 *
 * What an actor reports about itself is its own book-keeping, checked with fstat;
 * it never reads /proc, so that a test can compare /proc with it.
 */
#define _GNU_SOURCE
#define _FILE_OFFSET_BITS 64
#include "mkdmabuf.h"

#include <errno.h>
#include <linux/dma-buf.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

struct mapping {
	void *address;
	size_t bytes;
	uint64_t offset;
};

struct import {
	int card; /* a descriptor of its own */
	uint32_t handle;
	char driver[NAME_SIZE];
};

struct private_fd {
	int tid, fd;
};

struct holding {
	char name[NAME_SIZE];
	uint64_t ino, size_bytes;
	int *fds;
	size_t n_fds;
	struct mapping *maps;
	size_t n_maps;
	struct import *imports;
	size_t n_imports;
	struct private_fd *privates;
	size_t n_privates;
};

/* One process, one book: the actor is single-threaded but for parked threads. */
static struct holding *holdings;
static size_t n_holdings;
static int mailbox_fd;

static int fail(struct answer *ret, const char *what, int error)
{
	copy_word(ret->what, sizeof(ret->what), what);
	return -error;
}

static struct holding *find(const char *name)
{
	for (size_t i = 0; i < n_holdings; i++)
		if (!strcmp(holdings[i].name, name))
			return &holdings[i];
	return NULL;
}

/* Write a new descriptor into the book and describe the buffer behind it. */
static int take_fd(const char *name, int fd, struct answer *ret)
{
	struct holding *h = find(name);
	struct stat st;

	if (fstat(fd, &st) < 0)
		return fail(ret, "fstat", errno);
	if (!h) {
		h = grow((void **)&holdings, &n_holdings, sizeof(*h));
		copy_word(h->name, sizeof(h->name), name);
		h->ino = st.st_ino;
		h->size_bytes = (uint64_t)lseek(fd, 0, SEEK_END);
	}
	*(int *)grow((void **)&h->fds, &h->n_fds, sizeof(int)) = fd;
	ret->fd = fd;
	ret->ino = h->ino;
	ret->size_bytes = h->size_bytes;
	return 0;
}

static int do_make(const struct request *req, struct answer *ret)
{
	const char *what = "";
	int fd;

	if (req->op == OP_HEAP)
		fd = make_from_heap(req->word, req->number, &what);
	else if (req->op == OP_UDMABUF)
		fd = make_udmabuf(req->number, &what);
	else
		fd = make_drm(req->word, req->number, ret->what, &what);
	return fd < 0 ? fail(ret, what, -fd) : take_fd(req->name, fd, ret);
}

static int do_setname(const struct holding *h, const char *text, struct answer *ret)
{
	if (ioctl(h->fds[0], DMA_BUF_SET_NAME, text) < 0)
		return fail(ret, "DMA_BUF_SET_NAME", errno);
	return 0;
}

static int do_map(struct holding *h, const struct request *req, struct answer *ret)
{
	struct mapping *map;
	void *address = mmap(NULL, (size_t)req->number, PROT_READ | PROT_WRITE,
			     MAP_SHARED, h->fds[0], (off_t)req->offset);

	if (address == MAP_FAILED)
		return fail(ret, "mmap", errno);
	map = grow((void **)&h->maps, &h->n_maps, sizeof(*map));
	map->address = address;
	map->bytes = (size_t)req->number;
	map->offset = req->offset;
	return 0;
}

static int do_unmap(struct holding *h, struct answer *ret)
{
	struct mapping *map;

	if (!h->n_maps)
		return fail(ret, "unmap", ENOENT);
	map = &h->maps[h->n_maps - 1];
	if (munmap(map->address, map->bytes) < 0)
		return fail(ret, "munmap", errno);
	h->n_maps--;
	return 0;
}

/* Close the newest descriptors; all of them when number is 0. */
static int do_close(struct holding *h, uint64_t number, struct answer *ret)
{
	if (number > h->n_fds)
		return fail(ret, "close", ENOENT);
	if (!number)
		number = h->n_fds;
	while (number--)
		close(h->fds[--h->n_fds]);
	return 0;
}

static int do_import(struct holding *h, const char *card, struct answer *ret)
{
	struct import *import;
	const char *what = "";
	uint32_t handle = 0;
	int fd = import_drm(h->fds[0], card, ret->what, &handle, &what);

	if (fd < 0)
		return fail(ret, what, -fd);
	import = grow((void **)&h->imports, &h->n_imports, sizeof(*import));
	import->card = fd;
	import->handle = handle;
	memcpy(import->driver, ret->what, NAME_SIZE);
	return 0;
}

/* Undo the newest import: the handle goes, and the card with it. */
static int do_release(struct holding *h, struct answer *ret)
{
	struct import *import;
	int r;

	if (!h->n_imports)
		return fail(ret, "release", ENOENT);
	import = &h->imports[--h->n_imports];
	r = release_drm(import->card, import->handle);
	return r < 0 ? fail(ret, "DRM_IOCTL_GEM_CLOSE", -r) : 0;
}

/* An abstract address: nothing to clean up, and it works without a disk. */
static socklen_t mail_address(struct sockaddr_un *address, const char *name)
{
	*address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	memcpy(address->sun_path + 1, name, strlen(name));
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name));
}

static int do_send(const struct holding *h, const char *to, struct answer *ret)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} control = { .head = {
			      .cmsg_len = CMSG_LEN(sizeof(int)),
			      .cmsg_level = SOL_SOCKET,
			      .cmsg_type = SCM_RIGHTS,
		      } };
	char one = 'b';
	struct iovec data = { &one, 1 };
	struct sockaddr_un address;
	struct msghdr message = {
		.msg_name = &address,
		.msg_namelen = mail_address(&address, to),
		.msg_iov = &data,
		.msg_iovlen = 1,
		.msg_control = control.room,
		.msg_controllen = sizeof(control.room),
	};

	memcpy(CMSG_DATA(&control.head), h->fds, sizeof(int));
	if (sendmsg(mailbox_fd, &message, 0) < 0)
		return fail(ret, "sendmsg", errno);
	return 0;
}

static int do_receive(const char *name, struct answer *ret)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} control;
	char one;
	struct iovec data = { &one, 1 };
	struct msghdr message = {
		.msg_iov = &data,
		.msg_iovlen = 1,
		.msg_control = control.room,
		.msg_controllen = sizeof(control.room),
	};
	int fd;

	if (recvmsg(mailbox_fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC) < 0)
		return fail(ret, "recvmsg", errno);
	if (message.msg_controllen < CMSG_LEN(sizeof(int)) ||
	    control.head.cmsg_type != SCM_RIGHTS)
		return fail(ret, "recvmsg", EBADMSG);
	memcpy(&fd, CMSG_DATA(&control.head), sizeof(fd));
	return take_fd(name, fd, ret);
}

/* What the private thread tells the actor before it goes to sleep. */
struct private_start {
	pthread_mutex_t lock;
	pthread_cond_t told;
	int keep_fd, tid, error;
};

static void *private_thread(void *arg)
{
	struct private_start *start = arg;
	int error = 0, keep = start->keep_fd;

	/* close_range is younger than the kernels this must run on */
	if (unshare(CLONE_FILES) < 0)
		error = errno;
	else
		for (int fd = 3; fd < (int)sysconf(_SC_OPEN_MAX); fd++)
			if (fd != keep)
				close(fd);
	pthread_mutex_lock(&start->lock);
	start->error = error;
	start->tid = (int)syscall(SYS_gettid);
	pthread_cond_signal(&start->told);
	pthread_mutex_unlock(&start->lock);
	while (!error)
		pause();
	return NULL;
}

static int do_private(struct holding *h, struct answer *ret)
{
	struct private_start start = {
		.lock = PTHREAD_MUTEX_INITIALIZER,
		.told = PTHREAD_COND_INITIALIZER,
		.keep_fd = h->fds[0],
	};
	struct private_fd *private;
	pthread_t thread;
	int error = pthread_create(&thread, NULL, private_thread, &start);

	if (error)
		return fail(ret, "pthread_create", error);
	pthread_detach(thread);
	pthread_mutex_lock(&start.lock);
	while (!start.tid)
		pthread_cond_wait(&start.told, &start.lock);
	pthread_mutex_unlock(&start.lock);
	if (start.error)
		return fail(ret, "unshare", start.error);
	private = grow((void **)&h->privates, &h->n_privates, sizeof(*private));
	private->tid = ret->tid = start.tid;
	private->fd = ret->fd = start.keep_fd;
	return do_close(h, 0, ret);
}

static int do_limit(uint64_t number, struct answer *ret)
{
	struct rlimit limit = { .rlim_cur = number, .rlim_max = number };

	if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
		return fail(ret, "setrlimit", errno);
	return 0;
}

static void add_holds(struct text *json, const struct holding *h)
{
	uint64_t mapped = 0;

	text_add(json, "\"fds\":[");
	for (size_t i = 0; i < h->n_fds; i++)
		text_add(json, "%s%d", i ? "," : "", h->fds[i]);
	text_add(json, "],\"thread_fds\":[");
	for (size_t i = 0; i < h->n_privates; i++)
		text_add(json, "%s{\"tid\":%d,\"fd\":%d}", i ? "," : "",
			 h->privates[i].tid, h->privates[i].fd);
	text_add(json, "],\"mappings\":[");
	for (size_t i = 0; i < h->n_maps; i++) {
		text_add(json, "%s{\"address\":\"0x%llx\",\"bytes\":%zu,\"offset\":%llu}",
			 i ? "," : "", (unsigned long long)(uintptr_t)h->maps[i].address,
			 h->maps[i].bytes, (unsigned long long)h->maps[i].offset);
		mapped += h->maps[i].bytes;
	}
	text_add(json, "],\"mapped_bytes\":%llu,\"imports\":[",
		 (unsigned long long)mapped);
	for (size_t i = 0; i < h->n_imports; i++) {
		text_add(json, "%s{\"driver\":", i ? "," : "");
		text_add_json(json, h->imports[i].driver);
		text_add(json, ",\"card_fd\":%d,\"handle\":%u}", h->imports[i].card,
			 h->imports[i].handle);
	}
	text_add(json, "]");
}

/* Answer what this actor holds of a buffer, after asking each fd who it is. */
static int do_holds(const char *name, struct answer *ret)
{
	const struct holding *h = find(name);
	struct text json = { 0 };
	bool fits;

	if (!h || !(h->n_fds || h->n_maps || h->n_imports || h->n_privates))
		return 0;
	for (size_t i = 0; i < h->n_fds; i++) {
		struct stat st;

		if (fstat(h->fds[i], &st) < 0)
			return fail(ret, "fstat", errno);
		if (st.st_ino != h->ino)
			return fail(ret, "fstat", EBADF);
	}
	add_holds(&json, h);
	fits = copy_word(ret->text, sizeof(ret->text), json.at);
	text_fini(&json);
	return fits ? 0 : fail(ret, "facts", EMSGSIZE);
}

/* Requests about a buffer this actor holds a descriptor of. */
static int serve_with_fd(const struct request *req, struct holding *h, struct answer *ret)
{
	int fd;

	switch (req->op) {
	case OP_SETNAME:
		return do_setname(h, req->text, ret);
	case OP_DUP:
		fd = dup(h->fds[0]);
		return fd < 0 ? fail(ret, "dup", errno) : take_fd(req->name, fd, ret);
	case OP_MAP:
		return do_map(h, req, ret);
	case OP_CLOSE:
		return do_close(h, req->number, ret);
	case OP_IMPORT:
		return do_import(h, req->word, ret);
	case OP_SEND:
		return do_send(h, req->word, ret);
	case OP_PRIVATE:
		return do_private(h, ret);
	default:
		return fail(ret, "request", ENOSYS);
	}
}

static int serve(const struct request *req, struct answer *ret)
{
	struct holding *h;

	switch (req->op) {
	case OP_HEAP:
	case OP_UDMABUF:
	case OP_DRM:
		return do_make(req, ret);
	case OP_RECEIVE:
		return do_receive(req->name, ret);
	case OP_HOLDS:
		return do_holds(req->name, ret);
	case OP_COMM:
		return prctl(PR_SET_NAME, req->text) < 0 ? fail(ret, "prctl", errno) : 0;
	case OP_LIMIT:
		return do_limit(req->number, ret);
	case OP_DIE:
		_exit(0);
	default:
		break;
	}
	h = find(req->name);
	if (!h)
		return fail(ret, "find buffer", ENOENT);
	if (req->op == OP_UNMAP)
		return do_unmap(h, ret);
	if (req->op == OP_RELEASE)
		return do_release(h, ret);
	if (!h->n_fds)
		return fail(ret, "find descriptor", EBADF);
	return serve_with_fd(req, h, ret);
}

static int mailbox_open(const char *name)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un address;
	socklen_t len = mail_address(&address, name);

	if (fd < 0 || bind(fd, (struct sockaddr *)&address, len) < 0) {
		perror("mkdmabuf: mailbox");
		_exit(1);
	}
	return fd;
}

_Noreturn void actor_run(int control, const char *mailbox, const char *parking)
{
	static struct answer answer;
	struct request req;

	mailbox_fd = mailbox_open(mailbox);
	mailbox_open(parking); /* never read from */
	while (recv(control, &req, sizeof(req), 0) == sizeof(req)) {
		memset(&answer, 0, offsetof(struct answer, text) + 1);
		answer.fd = answer.tid = -1;
		answer.error = -serve(&req, &answer);
		if (send(control, &answer,
			 offsetof(struct answer, text) + strlen(answer.text) + 1,
			 MSG_NOSIGNAL) < 0)
			break;
	}
	_exit(0);
}
