#include "supervise/takeover.h"

#include "base/buffer.h"
#include "supervise/words.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Set for such a program alone, and forgotten by it. */
static const char variable[] = "SUPERVISE_TAKEOVER";
static const char trial[] = "trial";

enum { TRIAL_MILLISECONDS = 30000, READ_STEP = 4096 };

static bool copy(char *place, size_t size, const char *string) {
	const size_t length = strlen(string);
	if (length >= size) {
		return false;
	}
	memcpy(place, string, length + 1);
	return true;
}

/* The path that it was executed by, which another program may be at later. */
static void note_program(struct launch *launch) {
	const char *path = (const char *)(uintptr_t)getauxval(AT_EXECFN);
	struct buffer absolute = {0};
	if (path == NULL || path[0] == '\0') {
		return;
	}
	if (path[0] != '/') {
		buffer_append_string(&absolute, launch->directory);
		buffer_append_byte(&absolute, '/');
	}
	buffer_append_string(&absolute, path);
	if (!absolute.failed) {
		copy(launch->program, sizeof(launch->program), absolute.data);
	}
	buffer_finish(&absolute);
}

void takeover_note_launch(struct launch *launch, const char *mount_point) {
	if (getcwd(launch->directory, sizeof(launch->directory)) == NULL) {
		launch->directory[0] = '\0';
	}
	note_program(launch);
	copy(launch->mount_point, sizeof(launch->mount_point), mount_point);
}

/* The arguments that the kernel has, each with a NUL behind it. */
static bool read_arguments(struct buffer *arguments) {
	const int descriptor = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
	ssize_t got = descriptor < 0 ? 0 : 1;
	while (got > 0 && buffer_reserve(arguments, READ_STEP)) {
		got = read(descriptor, arguments->data + arguments->length, READ_STEP);
		arguments->length += got > 0 ? (size_t)got : 0;
	}
	if (descriptor >= 0) {
		close(descriptor);
	}
	return !arguments->failed && arguments->length > 0;
}

/* Pointers to them, NULL behind the last; NULL for want of memory. */
static char **split_arguments(const struct buffer *arguments) {
	size_t count = 0;
	for (size_t i = 0; i < arguments->length; i++) {
		count += arguments->data[i] == '\0';
	}
	char **list = calloc(count + 1, sizeof(*list));
	char *next = arguments->data;
	for (size_t i = 0; list != NULL && i < count; i++) {
		list[i] = next;
		next += strlen(next) + 1;
	}
	return list;
}

/* Returns only when it fails, with errno. */
static void execute(const struct launch *launch) {
	struct buffer arguments = {0};
	char **list = read_arguments(&arguments) ? split_arguments(&arguments) : NULL;
	if (list == NULL) {
		errno = ENOMEM;
	} else if (launch->directory[0] == '\0' || chdir(launch->directory) == 0) {
		execv(launch->program, list);
	}
	const int failure = errno;
	free(list);
	buffer_finish(&arguments);
	errno = failure;
}

static void allow_signals(void) {
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

_Noreturn static void run_trial(
	const struct shared_header *header, const struct launch *launch, int words) {
	char value[96];
	const int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
	snprintf(value, sizeof(value), "%s %u %u %llu", trial, header->version, header->layout,
		(unsigned long long)header->areas_size);
	dup2(nothing, STDIN_FILENO);
	dup2(nothing, STDOUT_FILENO);
	dup2(words, STDERR_FILENO);
	allow_signals();
	setenv(variable, value, 1);
	execute(launch);
	dprintf(STDERR_FILENO, "cannot run %s: %s\n", launch->program, strerror(errno));
	_exit(EXIT_FAILURE);
}

/* Waits for a process, and kills one that takes too long. */
static int await(pid_t process) {
	int status = 0;
	struct pollfd ended = {
		.fd = (int)syscall(SYS_pidfd_open, process, 0),
		.events = POLLIN,
	};
	if (ended.fd >= 0) {
		if (poll(&ended, 1, TRIAL_MILLISECONDS) == 0) {
			kill(process, SIGKILL);
		}
		close(ended.fd);
	}
	while (waitpid(process, &status, 0) < 0 && errno == EINTR) {
	}
	return status;
}

/* The last line that was written there, without the name of who says it. */
static bool fail_with_words(int words, struct error *error) {
	char text[sizeof(error->message)];
	const ssize_t got = pread(words, text, sizeof(text), 0);
	const struct text said = {text, got < 0 ? 0 : (size_t)got};
	struct text reason = words_essence(said);
	const size_t colon = text_index(reason, ':');
	if (colon + 1 < reason.length && text_index(text_part(reason, 0, colon), ' ') == colon) {
		reason = text_strip(text_part(reason, colon + 1, reason.length));
	}
	if (reason.length == 0) {
		reason = TEXT("it did not end well when it was tried");
	}
	return error_set(error, ERROR_INVALID, "the new program cannot take over: %.*s",
		TEXT_ARGUMENTS(reason));
}

bool takeover_try(
	const struct shared_header *header, const struct launch *launch, struct error *error) {
	if (launch->program[0] == '\0') {
		return error_set(error, ERROR_NOT_FOUND,
			"it is not known where this program was started from");
	}
	const int words = memfd_create("messages", MFD_CLOEXEC);
	if (words < 0) {
		return error_set_system(error, errno, "cannot try the new program");
	}
	fflush(NULL);
	const pid_t process = fork();
	if (process == 0) {
		run_trial(header, launch, words);
	}
	bool done = process > 0 || error_set_system(error, errno, "cannot try the new program");
	if (done) {
		const int status = await(process);
		done = (WIFEXITED(status) && WEXITSTATUS(status) == 0) ||
		       fail_with_words(words, error);
	}
	close(words);
	return done;
}

static void set_inherited(const struct handover *handover, bool is_inherited) {
	const int descriptors[] = {handover->memory, handover->device, handover->control,
		handover->asker, handover->guard.process == 0 ? -1 : handover->guard.pipe};
	for (size_t i = 0; i < sizeof(descriptors) / sizeof(descriptors[0]); i++) {
		if (descriptors[i] >= 0) {
			fcntl(descriptors[i], F_SETFD, is_inherited ? 0 : FD_CLOEXEC);
		}
	}
}

void takeover_execute(
	const struct launch *launch, const struct handover *handover, struct error *error) {
	char value[128];
	snprintf(value, sizeof(value), "%d %d %d %d %d %d", handover->memory, handover->device,
		handover->control, handover->asker, (int)handover->guard.process,
		handover->guard.pipe);
	set_inherited(handover, true);
	setenv(variable, value, 1);
	execute(launch);
	error_set_system(error, errno, "cannot run %s", launch->program);
	unsetenv(variable);
	set_inherited(handover, false);
	if (chdir("/") != 0) {
		return;
	}
}

enum supervise_role supervise_role(void) {
	const char *value = getenv(variable);
	if (value == NULL) {
		return SUPERVISE_NEW;
	}
	return strncmp(value, trial, strlen(trial)) == 0 ? SUPERVISE_TRIAL : SUPERVISE_SUCCESSOR;
}

bool takeover_receive(struct handover *handover, struct error *error) {
	int guard = 0;
	const char *value = getenv(variable);
	const bool is_whole =
		value != NULL &&
		sscanf(value, "%d %d %d %d %d %d", &handover->memory, // NOLINT(cert-err34-c)
			&handover->device, &handover->control, &handover->asker, &guard,
			&handover->guard.pipe) == 6;
	unsetenv(variable);
	if (!is_whole) {
		return error_set(error, ERROR_INVALID,
			"%s in the environment is not what a supervisor hands down", variable);
	}
	handover->guard.process = guard;
	set_inherited(handover, false);
	return true;
}

bool takeover_check(uint32_t layout, size_t areas_size, struct error *error) {
	char own[96];
	const char *value = getenv(variable);
	snprintf(own, sizeof(own), "%s %u %u %llu", trial, (unsigned)SHARED_VERSION, layout,
		(unsigned long long)areas_size);
	return (value != NULL && strcmp(value, own) == 0) ||
	       error_set(error, ERROR_INVALID,
		       "it keeps its memory in another way; unmount, and mount again");
}
