/* SPDX-License-Identifier: MIT */
/* dmabuf-inspect: which DMA-BUF memory is allocated, by whom, who holds it, what grew. */
#include <errno.h>
#include <locale.h>
#include <malloc.h>
#include <signal.h>

#include "base/caps.h"
#include "commands/command.h"

/* Large arrays grow by remapping for ever, not only until the first one was freed. */
#define MMAP_FROM (128 * 1024)

int main(int argc, char **argv)
{
	struct env env = { .diag = { .out = stderr } };
	int status;

	mallopt(M_MMAP_THRESHOLD, MMAP_FROM);
	setlocale(LC_ALL, "C");
	signal(SIGPIPE, SIG_IGN);
	/* Where capabilities cannot be changed (a sandbox), they stay as they are. */
	if (caps_start() == -EOPNOTSUPP) {
		diag_error(&env.diag, NULL, "does not run as a set-user-ID program");
		return EXIT_FAILED;
	}
	status = options_parse(&env, argc, argv);
	if (status) {
		status--;
		if (fflush(stdout) || ferror(stdout))
			status = EXIT_FAILED;
	} else {
		status = env_finish(&env, env.command->run(&env));
	}
	outfile_abort(&env.file);
	vec_free(&env.options);
	return status;
}
