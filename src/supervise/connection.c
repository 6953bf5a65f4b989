#include "supervise/connection.h"

#include "base/log.h"
#include "supervise/words.h"

#include <fcntl.h>
#include <fuse_log.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* libfuse has one log for all sessions, and no context for it: what it said last. */
static char last_words[512];

static const enum log_level levels[] = {
	[FUSE_LOG_EMERG] = LOG_LEVEL_ERROR,
	[FUSE_LOG_ALERT] = LOG_LEVEL_ERROR,
	[FUSE_LOG_CRIT] = LOG_LEVEL_ERROR,
	[FUSE_LOG_ERR] = LOG_LEVEL_ERROR,
	[FUSE_LOG_WARNING] = LOG_LEVEL_WARNING,
	[FUSE_LOG_NOTICE] = LOG_LEVEL_INFORMATION,
	[FUSE_LOG_INFO] = LOG_LEVEL_INFORMATION,
};

/* Debugging output, which is there only with -d, is wanted as it comes. */
__attribute__((format(printf, 2, 0))) static void keep_words(
	enum fuse_log_level level, const char *format, va_list arguments) {
	if (level == FUSE_LOG_DEBUG) {
		vfprintf(stderr, format, arguments);
	} else {
		vsnprintf(last_words, sizeof(last_words), format, arguments);
	}
}

__attribute__((format(printf, 2, 0))) static void log_words(
	enum fuse_log_level level, const char *format, va_list arguments) {
	if (level == FUSE_LOG_DEBUG) {
		vfprintf(stderr, format, arguments);
		return;
	}
	char words[sizeof(last_words)];
	vsnprintf(words, sizeof(words), format, arguments);
	words[strcspn(words, "\n")] = '\0';
	log_message(levels[level], "%s", words);
}

/* fusermount3 speaks on standard error: lets it write to a file that has no name. */
static int divert_standard_error(int *kept) {
	const int words = memfd_create("messages", MFD_CLOEXEC);
	*kept = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	if (words >= 0 && *kept >= 0) {
		dup2(words, STDERR_FILENO);
	}
	return words;
}

/* Fills last_words with what was written, unless that is nothing. */
static void restore_standard_error(int words, int kept) {
	if (kept >= 0) {
		dup2(kept, STDERR_FILENO);
		close(kept);
	}
	if (words >= 0) {
		const ssize_t length = pread(words, last_words, sizeof(last_words) - 1, 0);
		if (length > 0) {
			last_words[length] = '\0';
		}
		close(words);
	}
}

bool connection_mount(struct fuse_session *session, const char *mount_point, struct error *error) {
	int kept;
	fuse_set_log_func(keep_words);
	last_words[0] = '\0';
	const int words = divert_standard_error(&kept);
	const bool is_mounted = fuse_session_mount(session, mount_point) == 0;
	restore_standard_error(words, kept);
	if (is_mounted) {
		return true;
	}
	const struct text reason = words_essence(text_of(last_words));
	return error_set(error, ERROR_SYSTEM, "cannot mount on %s: %.*s", mount_point,
		TEXT_ARGUMENTS(reason));
}

struct fuse_session *connection_create(const char *name, const struct connection_options *options,
	void *context, struct error *error) {
	const char *arguments[] = {name, "-o", options->options, "-d", NULL};
	struct fuse_args given = {
		.argc = options->debug ? 4 : 3, .argv = (char **)(uintptr_t)arguments};
	fuse_set_log_func(keep_words);
	last_words[0] = '\0';
	struct fuse_session *session =
		fuse_session_new(&given, options->operations, options->operations_size, context);
	fuse_opt_free_args(&given);
	if (session == NULL) {
		const struct text reason = words_essence(text_of(last_words));
		error_set(error, ERROR_USAGE, "libfuse does not take the options \"%s\": %.*s",
			options->options, TEXT_ARGUMENTS(reason));
	}
	return session;
}

void connection_log(void) {
	fuse_set_log_func(log_words);
}
