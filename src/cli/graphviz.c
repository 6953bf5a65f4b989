#include "cli/graphviz.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* Starts dot with reader as its standard input. */
static bool start(pid_t *process, int reader, struct error *error) {
	char program[] = "dot";
	char format[] = "-Tsvg";
	char *const arguments[] = {program, format, NULL};
	posix_spawn_file_actions_t actions;
	int result = posix_spawn_file_actions_init(&actions);
	if (result == 0) {
		result = posix_spawn_file_actions_adddup2(&actions, reader, STDIN_FILENO);
		if (result == 0) {
			result = posix_spawnp(process, program, &actions, NULL, arguments, environ);
		}
		posix_spawn_file_actions_destroy(&actions);
	}
	if (result == ENOENT) {
		return error_set(error, ERROR_NOT_FOUND,
			"Graphviz, which draws the picture, is not installed: there is no dot; "
			"without --svg the graph is printed as text");
	}
	return result == 0 || error_set_system(error, result, "cannot start dot");
}

/* A dot that ends early is no failure here: its exit status tells. */
static bool write_all(int writer, struct text text, struct error *error) {
	while (text.length > 0) {
		ssize_t written = write(writer, text.data, text.length);
		if (written < 0 && errno == EPIPE) {
			return true;
		}
		if (written < 0 && errno != EINTR) {
			return error_set_system(error, errno, "cannot write to dot");
		}
		text = text_part(text, written < 0 ? 0 : (size_t)written, text.length);
	}
	return true;
}

static bool wait_for(pid_t process, struct error *error) {
	int status;
	while (waitpid(process, &status, 0) < 0) {
		if (errno != EINTR) {
			return error_set_system(error, errno, "cannot wait for dot");
		}
	}
	if (WIFSIGNALED(status)) {
		return error_set(error, ERROR_INVALID, "dot was ended by signal %d (%s)",
			WTERMSIG(status), strsignal(WTERMSIG(status)));
	}
	return WEXITSTATUS(status) == 0 ||
	       error_set(
		       error, ERROR_INVALID, "dot failed with exit status %d", WEXITSTATUS(status));
}

bool graphviz_draw(struct text graph, struct error *error) {
	int ends[2];
	pid_t process = -1;
	if (pipe2(ends, O_CLOEXEC) != 0) {
		return error_set_system(error, errno, "cannot make a pipe");
	}
	bool is_started = start(&process, ends[0], error);
	close(ends[0]);
	bool done = is_started;
	if (is_started) {
		/* Only now, or dot would ignore it as well. */
		void (*before)(int) = signal(SIGPIPE, SIG_IGN);
		done = write_all(ends[1], graph, error);
		signal(SIGPIPE, before);
	}
	close(ends[1]);
	return is_started && wait_for(process, error) && done;
}
