/* SPDX-License-Identifier: MIT */
/* base/file.c: opening what the user named, and files that appear whole or not at all. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../lib/tap.h"
#include "base/file.h"

static char folder[] = "/tmp/test_file.XXXXXX";

/* A name in the test's folder; four at a time. */
static const char *in_folder(const char *name)
{
	static char names[4][128];
	static unsigned turn;
	char *out = names[turn++ % 4];

	snprintf(out, 128, "%s/%s", folder, name);
	return out;
}

static void put(const char *name, const char *text)
{
	FILE *f = fopen(in_folder(name), "w");

	fputs(text, f);
	fclose(f);
}

/* What a file holds, "(none)" when it cannot be read. */
static const char *get(const char *name)
{
	static char text[256];
	FILE *f = fopen(in_folder(name), "r");
	size_t n = f ? fread(text, 1, sizeof(text) - 1, f) : 0;

	text[n] = '\0';
	if (f)
		fclose(f);
	return f ? text : "(none)";
}

static unsigned entries(void)
{
	DIR *dir = opendir(folder);
	unsigned n = 0;

	while (dir && readdir(dir))
		n++;
	if (dir)
		closedir(dir);
	return n - 2;
}

static unsigned mode_of(const char *name)
{
	struct stat st = { 0 };

	return lstat(in_folder(name), &st) < 0 ? 0 : (unsigned)st.st_mode & 07777;
}

static bool is_link(const char *name)
{
	struct stat st = { 0 };

	return !lstat(in_folder(name), &st) && S_ISLNK(st.st_mode);
}

static int write_whole(const char *name, const char *text)
{
	struct outfile file = { 0 };
	int r = outfile_open(&file, name);

	if (r < 0)
		return r;
	fputs(text, file.out);
	return outfile_commit(&file);
}

static void test_reading(void)
{
	struct text text = { 0 };
	enum file_kind kind;
	struct reader reader;
	struct line line;

	put("plain", "one\ntwo\n");
	is_int(file_kind(in_folder("plain"), &kind), 0, "a file");
	is_int(kind, FILE_PLAIN, "... is plain");
	is_int(file_kind(folder, &kind), 0, "a folder");
	is_int(kind, FILE_DIRECTORY, "... is a directory");
	is_int(file_kind("-", &kind), 0, "standard input");
	is_int(kind, FILE_STREAM, "... is a stream");
	is_int(file_kind("/dev/null", &kind), 0, "a device");
	is_int(kind, FILE_STREAM, "... is a stream");
	is_int(file_kind(in_folder("missing"), &kind), -ENOENT, "a missing file");
	is_int(file_open(in_folder("missing")), -ENOENT, "... cannot be opened");
	is_int(file_open(folder), -EISDIR, "a folder cannot be opened as a file");
	is_int(file_open(in_folder("plain/x")), -ENOTDIR,
	       "below a file there is nothing");
	is_int(file_open(""), -ENOENT, "no name");
	is_int(file_read(in_folder("plain"), 8, &text), 0,
	       "the whole file within its limit");
	is_str(text.v, "one\ntwo\n", "... is read");
	is_int(file_read(in_folder("plain"), 7, &text), -EFBIG, "one byte too many");
	is_u64(text.n, 0, "... leaves nothing");
	is_int(file_reader(in_folder("plain"), &reader), 0, "by lines");
	is_int(reader_next(&reader, &line), 1, "... a line");
	is_u64(line.len, 3, "... of three bytes");
	reader_fini(&reader);
	text_fini(&text);
}

static void test_standard_input(void)
{
	int saved = dup(STDIN_FILENO), plain = open(in_folder("plain"), O_RDONLY), fd;
	struct text text = { 0 };

	dup2(plain, STDIN_FILENO);
	is_int(file_read("-", 100, &text), 0, "- is standard input");
	is_str(text.v, "one\ntwo\n", "... and is read");
	close(STDIN_FILENO);
	is_int(file_open("-"), -EBADF, "... unless it is closed");
	fd = file_open(in_folder("plain"));
	ok(fd > STDERR_FILENO, "a free standard descriptor is not taken");
	close(fd);
	dup2(saved, STDIN_FILENO);
	close(saved);
	close(plain);
	text_fini(&text);
}

static void test_update(void)
{
	int fd = file_update(in_folder("recording"));

	ok(fd > 2, "a file that grows is made");
	ok(write(fd, "abc", 3) == 3, "... and written");
	close(fd);
	fd = file_update(in_folder("recording"));
	is_int(lseek(fd, 0, SEEK_END), 3, "... and is still there the next time");
	close(fd);
	is_int(file_update("/dev/null"), -EINVAL, "a device cannot be a recording");
	is_int(file_update(folder), -EISDIR, "nor can a folder");
	mkfifo(in_folder("pipe"), 0600);
	is_int(file_update(in_folder("pipe")), -EINVAL, "nor a pipe");
	unlink(in_folder("pipe"));
	unlink(in_folder("recording"));
}

static void test_whole_or_not(void)
{
	struct outfile file = { 0 };
	unsigned before;

	umask(027);
	is_int(write_whole(in_folder("new"), "hello\n"), 0, "a new file");
	is_str(get("new"), "hello\n", "... has its text");
	is_int(mode_of("new"), 0640, "... and the mode that the umask leaves");
	chmod(in_folder("new"), 0604);
	is_int(write_whole(in_folder("new"), "again\n"), 0, "an old file");
	is_str(get("new"), "again\n", "... is replaced");
	is_int(mode_of("new"), 0604, "... and keeps its mode");
	umask(022);

	before = entries();
	is_int(outfile_open(&file, in_folder("new")), 0, "begun");
	fputs("half", file.out);
	fflush(file.out);
	is_str(get("new"), "again\n", "... the old text is there meanwhile");
	outfile_abort(&file);
	is_str(get("new"), "again\n", "... and after an abort");
	is_u64(entries(), before, "... which leaves no other file");
	outfile_abort(&file);

	is_int(outfile_open(&file, in_folder("other")), 0, "a new one, begun");
	fputs("half", file.out);
	outfile_abort(&file);
	is_str(get("other"), "(none)", "... does not exist after an abort");
	is_int(outfile_open(&file, in_folder("other")), 0, "a new one, begun");
	put("other", "somebody else\n");
	fputs("mine\n", file.out);
	is_int(outfile_commit(&file), 0, "... that somebody else made meanwhile");
	is_str(get("other"), "mine\n", "... is replaced");
	is_u64(entries(), before + 1, "... and nothing else is left");
	unlink(in_folder("other"));
	unlink(in_folder("new"));
}

static void test_targets(void)
{
	char long_name[300];
	struct outfile file = { 0 };

	is_int(write_whole(folder, "x"), -EISDIR, "a folder is no target");
	is_int(write_whole(in_folder("no/where"), "x"), -ENOENT, "nor a missing folder");
	is_int(write_whole(in_folder("plain/x"), "x"), -ENOTDIR, "nor below a file");
	is_int(write_whole("", "x"), -ENOENT, "nor no name");
	memset(long_name, 'n', 299);
	long_name[299] = '\0';
	is_int(write_whole(long_name, "x"), -ENAMETOOLONG, "nor one too long");
	long_name[250] = '\0';
	is_int(outfile_open(&file, in_folder("x")), 0, "opened");
	outfile_abort(&file);

	put("real", "old\n");
	is_int(symlink("real", in_folder("link")), 0, "a link");
	is_int(write_whole(in_folder("link"), "through\n"), 0, "... can be the target");
	ok(is_link("link"), "... and stays a link");
	is_str(get("real"), "through\n", "... to the new text");
	is_int(symlink("not-yet", in_folder("dangling")), 0, "a dangling link");
	is_int(write_whole(in_folder("dangling"), "made\n"), 0, "... too");
	is_str(get("not-yet"), "made\n", "... and makes what it names");
	is_int(symlink("loop", in_folder("loop")), 0, "a link to itself");
	is_int(write_whole(in_folder("loop"), "x"), -ELOOP, "... cannot");

	is_int(chdir(folder), 0, "in the folder");
	is_int(write_whole("bare", "bare\n"), 0, "a name without a folder");
	is_str(get("bare"), "bare\n", "... is here");
	is_int(chdir("/"), 0, "back");
}

static void test_direct(void)
{
	struct outfile file = { 0 };
	int saved, to, pipes[2];
	char name[64], got[16] = "";

	is_int(write_whole("/dev/null", "gone"), 0, "a device is written directly");
	is_int(write_whole("/dev/full", "full"), -ENOSPC, "a full one says so");
	if (pipe(pipes) < 0)
		return;
	snprintf(name, sizeof(name), "/dev/fd/%d", pipes[1]);
	is_int(write_whole(name, "through"), 0, "a pipe is written directly");
	ok(read(pipes[0], got, sizeof(got) - 1) == 7, "... all of it");
	is_str(got, "through", "... at once");
	close(pipes[0]);
	is_int(write_whole(name, "nobody"), -EPIPE, "a closed pipe says so");
	close(pipes[1]);

	to = open(in_folder("out"), O_WRONLY | O_CREAT | O_APPEND, 0600);
	ok(write(to, "before\n", 7) == 7, "a log that standard output goes to");
	fflush(stdout);
	saved = dup(STDOUT_FILENO);
	dup2(to, STDOUT_FILENO);
	write_whole("/dev/stdout", "by name\n");
	write_whole("-", "by dash\n");
	write_whole(NULL, "by default\n");
	if (!outfile_open(&file, "-")) {
		fputs("half", file.out);
		outfile_abort(&file);
	}
	dup2(saved, STDOUT_FILENO);
	is_str(get("out"), "before\nby name\nby dash\nby default\n",
	       "... is added to, not replaced");
	fflush(stdout);
	close(STDOUT_FILENO);
	to = write_whole("-", "x");
	dup2(saved, STDOUT_FILENO);
	is_int(to, -EBADF, "standard output that is closed");
	close(saved);
}

static void test_standard_output_errors(void)
{
	int saved, full = open("/dev/full", O_WRONLY), r;
	struct outfile file = { 0 };

	fflush(stdout);
	saved = dup(STDOUT_FILENO);
	dup2(full, STDOUT_FILENO);
	r = outfile_open(&file, "-");
	if (!r) {
		for (unsigned i = 0; i < 100000; i++)
			fprintf(file.out, "line %u\n", i);
		r = ferror(file.out) ? outfile_commit(&file) : 1;
	}
	dup2(saved, STDOUT_FILENO);
	is_int(r, -ENOSPC, "an early write error is seen at once and kept until commit");
	close(saved);
	close(full);
}

/* Without capabilities a read-only file and folder say no; as root nothing does. */
static void test_denied(void)
{
	int status = 0;
	pid_t pid;

	put("protected", "old\n");
	chmod(in_folder("protected"), 0444);
	chmod(folder, 0777);
	fflush(stdout);
	pid = fork();
	if (!pid) {
		int r = 0;

		if (!geteuid() && (setgid(65534) || setuid(65534)))
			_exit(9);
		r |= write_whole(in_folder("protected"), "new\n") != -EACCES;
		chmod(folder, 0700);
		r |= (file_open("/proc/1/mem") != -EACCES) << 1;
		_exit(r);
	}
	waitpid(pid, &status, 0);
	is_int(status, 0, "a file protected against writing is not replaced");
	is_str(get("protected"), "old\n", "... and keeps its text");
}

/* A killed writer leaves nothing where the file system has files without a name. */
static void test_killed(void)
{
	unsigned before = entries();
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		struct outfile file = { 0 };

		if (outfile_open(&file, in_folder("killed")) < 0 || file.temp)
			_exit(77);
		fputs("half", file.out);
		fflush(file.out);
		kill(getpid(), SIGKILL);
	}
	waitpid(pid, &status, 0);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
		skip_test("a killed writer",
			  "this file system has no files without a name");
	else
		is_u64(entries(), before, "a killed writer leaves nothing");
}

int main(void)
{
	char command[64];

	signal(SIGPIPE, SIG_IGN);
	if (!mkdtemp(folder)) {
		ok(false, "a temporary folder");
		return done_testing();
	}
	test_reading();
	test_standard_input();
	test_update();
	for (unsigned i = 0; i < 2; i++) {
		outfile_always_named = i;
		diag_note("%s temporary files", i ? "named" : "unnamed");
		test_whole_or_not();
	}
	test_targets();
	outfile_always_named = false;
	test_killed();
	test_direct();
	test_standard_output_errors();
	test_denied();
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command) ? 1 : done_testing();
}
