/* SPDX-License-Identifier: MIT */
/*
 * What a scan cannot do without, and nothing else: readlink of every descriptor below
 * ROOT/proc, read of fdinfo for those that look like dma-bufs, read of every maps. The
 * yardstick of the speed table. walk ROOT prints the bytes read.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static unsigned long bytes;

static void read_all(const char *path)
{
	char block[16384];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return;
	while ((n = read(fd, block, sizeof(block))) > 0)
		bytes += (unsigned long)n;
	close(fd);
}

static void walk_process(const char *root, const char *pid)
{
	char path[512], target[512];
	struct dirent *entry;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/proc/%s/fd", root, pid);
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		ssize_t n = readlinkat(dirfd(dir), entry->d_name, target, sizeof(target));

		if (n < 8 || memcmp(target, "/dmabuf:", 8))
			continue;
		snprintf(path, sizeof(path), "%s/proc/%s/fdinfo/%s", root, pid,
			 entry->d_name);
		read_all(path);
	}
	if (dir)
		closedir(dir);
	snprintf(path, sizeof(path), "%s/proc/%s/maps", root, pid);
	read_all(path);
}

int main(int argc, char **argv)
{
	struct dirent *entry;
	char path[512];
	DIR *dir;

	if (argc != 2)
		return 2;
	snprintf(path, sizeof(path), "%s/proc", argv[1]);
	dir = opendir(path);
	while (dir && (entry = readdir(dir)))
		if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9')
			walk_process(argv[1], entry->d_name);
	if (dir)
		closedir(dir);
	printf("%lu\n", bytes);
	return !dir;
}
