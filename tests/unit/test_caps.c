/* SPDX-License-Identifier: MIT */
/*
 * base/caps.c against the kernel's own word, /proc/self/status. Each case runs in a child
 * of its own, since what is given up does not come back.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../lib/tap.h"
#include "base/caps.h"
#include "base/file.h"

#define BIT(cap) (UINT64_C(1) << (cap))
#define READING (BIT(CAP_SYS_PTRACE) | BIT(CAP_DAC_READ_SEARCH))
#define NOBODY 65534

/* CapEff, CapPrm, … of this process. */
static uint64_t status_of(const char *key)
{
	FILE *f = fopen("/proc/self/status", "r");
	unsigned long long value = ~0ull;
	char line[256];

	while (f && fgets(line, sizeof(line), f))
		if (!strncmp(line, key, strlen(key)))
			value = strtoull(line + strlen(key) + 1, NULL, 16);
	if (f)
		fclose(f);
	return value;
}

/* Run in a child; its exit status says which of its expectations failed first. */
static int in_child(int (*fn)(void))
{
	int status = 0;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid)
		_exit(fn());
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

#define EXPECT(n, condition)                                                        \
	do {                                                                        \
		if (!(condition)) {                                                 \
			printf("# step %d: %s; eff %llx prm %llx\n", n, #condition, \
			       (unsigned long long)status_of("CapEff"),             \
			       (unsigned long long)status_of("CapPrm"));            \
			fflush(stdout);                                             \
			return n;                                                   \
		}                                                                   \
	} while (0)

static int start_lowers(void)
{
	EXPECT(1, caps_start() == 0);
	EXPECT(2, status_of("CapEff") == 0);
	EXPECT(3, !(status_of("CapPrm") & BIT(CAP_SYS_MODULE)));
	EXPECT(4, (status_of("CapPrm") & READING) == READING);
	EXPECT(5, caps_enter(CAPS_NODES) == CAPS_NONE);
	EXPECT(6, status_of("CapEff") == READING);
	EXPECT(7, caps_enter(CAPS_OWN) == CAPS_NODES);
	EXPECT(8, status_of("CapEff") & BIT(CAP_DAC_OVERRIDE));
	EXPECT(9, !(status_of("CapEff") & BIT(CAP_SYS_PTRACE)));
	EXPECT(10, caps_enter(CAPS_NONE) == CAPS_OWN && status_of("CapEff") == 0);
	EXPECT(11, caps_enter(CAPS_WRITE) == CAPS_NONE);
	EXPECT(12, status_of("CapEff") & BIT(CAP_DAC_OVERRIDE));
	EXPECT(13, status_of("CapEff") & BIT(CAP_SYS_PTRACE));
	EXPECT(14, caps_has(&caps_needs[0]));
	return 0;
}

static int drop_is_for_good(void)
{
	EXPECT(1, caps_start() == 0);
	caps_enter(CAPS_NODES);
	caps_drop_all(CAPS_NONE);
	EXPECT(2, status_of("CapEff") == 0 && status_of("CapPrm") == 0);
	caps_enter(CAPS_NODES);
	caps_enter(CAPS_OWN);
	EXPECT(3, status_of("CapEff") == 0 && status_of("CapPrm") == 0);
	EXPECT(4, caps_has(&caps_needs[0]));
	caps_drop_all(CAPS_NONE);
	return 0;
}

static int drop_leaves_output(void)
{
	EXPECT(1, caps_start() == 0);
	caps_drop_all(CAPS_OWN);
	EXPECT(2, status_of("CapEff") == 0);
	caps_enter(CAPS_NODES);
	EXPECT(3, status_of("CapEff") == 0);
	caps_enter(CAPS_OWN);
	EXPECT(4, status_of("CapEff") & BIT(CAP_DAC_OVERRIDE));
	caps_drop_all(CAPS_NONE);
	EXPECT(5, status_of("CapPrm") == 0);
	return 0;
}

/* What a command sees that is started by `run`, as a line of its /proc/self/status. */
static uint64_t of_command(const char *key, void (*before)(void))
{
	char line[128] = "", command[64];
	int pipes[2], status;
	ssize_t n;
	pid_t pid;

	if (pipe(pipes) < 0)
		return 0;
	snprintf(command, sizeof(command), "grep ^%s: /proc/self/status", key);
	pid = fork();
	if (!pid) {
		dup2(pipes[1], STDOUT_FILENO);
		before();
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	close(pipes[1]);
	n = read(pipes[0], line, sizeof(line) - 1);
	close(pipes[0]);
	waitpid(pid, &status, 0);
	return n > 8 ? strtoull(line + strlen(key) + 1, NULL, 16) : 0;
}

static void nothing(void)
{
}

static int command_keeps_its_own(void)
{
	uint64_t effective = of_command("CapEff", nothing);
	uint64_t permitted = of_command("CapPrm", nothing);

	EXPECT(1, effective & BIT(CAP_SYS_ADMIN));
	EXPECT(2, caps_start() == 0);
	EXPECT(3, of_command("CapEff", caps_child) == effective);
	EXPECT(4, of_command("CapPrm", caps_child) == permitted);
	caps_enter(CAPS_NODES);
	EXPECT(5, of_command("CapEff", caps_child) == effective);
	caps_drop_all(CAPS_OWN);
	EXPECT(6, of_command("CapEff", caps_child) == effective);
	return 0;
}

/* A service: not root, but with two ambient capabilities. */
static int become_service(void)
{
	static const cap_value_t two[] = { CAP_SYS_PTRACE, CAP_NET_RAW };
	cap_t set = cap_init();

	if (prctl(PR_SET_KEEPCAPS, 1) < 0 || setgid(NOBODY) < 0 || setuid(NOBODY) < 0)
		return -1;
	cap_set_flag(set, CAP_PERMITTED, 2, two, CAP_SET);
	cap_set_flag(set, CAP_INHERITABLE, 2, two, CAP_SET);
	cap_set_flag(set, CAP_EFFECTIVE, 2, two, CAP_SET);
	if (cap_set_proc(set) < 0)
		return -1;
	cap_free(set);
	return cap_set_ambient(two[0], CAP_SET) < 0 ||
	       cap_set_ambient(two[1], CAP_SET) < 0;
}

static int command_keeps_ambient(void)
{
	uint64_t both = BIT(CAP_SYS_PTRACE) | BIT(CAP_NET_RAW);

	EXPECT(1, become_service() == 0);
	EXPECT(2, of_command("CapEff", nothing) == both);
	EXPECT(3, caps_start() == 0);
	EXPECT(4, status_of("CapEff") == 0);
	caps_enter(CAPS_NODES);
	EXPECT(5, status_of("CapEff") == BIT(CAP_SYS_PTRACE));
	EXPECT(6, of_command("CapEff", caps_child) == both);
	caps_drop_all(CAPS_NONE);
	EXPECT(7, status_of("CapPrm") == 0 && status_of("CapAmb") == 0);
	return 0;
}

static char secret[64];

/* This program again, started by nobody, with capabilities on its file. */
static int as_setcap(void)
{
	struct text text = { 0 };

	EXPECT(1, status_of("CapPrm") == READING);
	EXPECT(2, caps_start() == 0);
	EXPECT(3, file_read(secret, 100, &text) == -EACCES);
	caps_enter(CAPS_NODES);
	EXPECT(4, status_of("CapEff") == READING);
	EXPECT(5, file_read(secret, 100, &text) == -EACCES);
	EXPECT(6, status_of("CapEff") == READING);
	EXPECT(7, open(secret, O_RDONLY) >= 0);
	EXPECT(8, of_command("CapPrm", caps_child) == 0);
	caps_drop_all(CAPS_OWN);
	EXPECT(9, status_of("CapPrm") == 0);
	caps_enter(CAPS_OWN);
	EXPECT(10, status_of("CapEff") == 0);
	return 0;
}

static int exec_as_nobody(void)
{
	char copy[96];

	snprintf(copy, sizeof(copy), "%.60s/copy", secret);
	*strrchr(copy, '/') = '\0';
	strcpy(strrchr(copy, '/'), "/copy");
	if (setgid(NOBODY) < 0 || setuid(NOBODY) < 0)
		return 99;
	execl(copy, copy, "as-setcap", secret, (char *)NULL);
	return 98;
}

static int copy_program(const char *to)
{
	struct text all = { 0 };
	FILE *f = fopen(to, "w");
	cap_t set = cap_from_text("cap_sys_ptrace,cap_dac_read_search=ep");
	int r = -1;

	if (f && !file_read("/proc/self/exe", 1 << 30, &all)) {
		fwrite(all.v, 1, all.n, f);
		fchmod(fileno(f), 0755);
		fclose(f);
		r = cap_set_file(to, set);
	}
	cap_free(set);
	text_fini(&all);
	return r;
}

static void test_setcap(void)
{
	char folder[] = "/tmp/test_caps.XXXXXX", copy[64];
	FILE *f;

	if (!mkdtemp(folder)) {
		ok(false, "a temporary folder");
		return;
	}
	chmod(folder, 0755);
	snprintf(secret, sizeof(secret), "%s/secret", folder);
	snprintf(copy, sizeof(copy), "%s/copy", folder);
	f = fopen(secret, "w");
	fchmod(fileno(f), 0600);
	fputs("secret\n", f);
	fclose(f);
	if (copy_program(copy) < 0)
		skip_test("capabilities on the program file", "they cannot be set here");
	else
		is_int(in_child(exec_as_nobody), 0,
		       "a program with capabilities on its file reads nodes with them, "
		       "and no file of the user");
	unlink(copy);
	unlink(secret);
	rmdir(folder);
}

static int without_any(void)
{
	EXPECT(1, setgid(NOBODY) == 0 && setuid(NOBODY) == 0);
	EXPECT(2, caps_start() == 0);
	EXPECT(3, caps_enter(CAPS_NODES) == CAPS_NONE);
	EXPECT(4, !caps_has(&caps_needs[0]));
	caps_drop_all(CAPS_NONE);
	return 0;
}

static int set_user_id(void)
{
	EXPECT(1, setresuid(NOBODY, 0, 0) == 0);
	EXPECT(2, caps_start() == -EOPNOTSUPP);
	return 0;
}

static int not_started(void)
{
	uint64_t before = status_of("CapEff");

	EXPECT(1,
	       caps_enter(CAPS_OWN) == CAPS_NONE && caps_enter(CAPS_NONE) == CAPS_NONE);
	caps_drop_all(CAPS_NONE);
	caps_child();
	EXPECT(2, status_of("CapEff") == before);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "as-setcap")) {
		snprintf(secret, sizeof(secret), "%s", argv[2]);
		_exit(as_setcap());
	}
	for (unsigned i = 0; i < n_caps_needs; i++)
		ok(!strncmp(caps_needs[i].name, "CAP_", 4) &&
			   strlen(caps_needs[i].buys) > 10,
		   "%s says what it buys", caps_needs[i].name);
	is_int(in_child(not_started), 0, "without caps_start() nothing changes");
	if (geteuid() != 0 || (status_of("CapPrm") & READING) != READING) {
		skip_test("dropping capabilities", "needs root to have some to drop");
		return done_testing();
	}
	is_int(in_child(start_lowers), 0, "each use raises its own, nothing stays up");
	is_int(in_child(drop_is_for_good), 0, "what is dropped does not come back");
	is_int(in_child(drop_leaves_output), 0,
	       "the caller's own may outlive the reading");
	is_int(in_child(command_keeps_its_own), 0, "a command starts with all of root's");
	is_int(in_child(command_keeps_ambient), 0,
	       "a command of a service keeps ambient ones");
	is_int(in_child(without_any), 0, "nothing to drop is no error");
	is_int(in_child(set_user_id), 0, "a set-user-ID program is refused");
	test_setcap();
	return done_testing();
}
