#include "fuse/outside.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { STEP = 1024, FILE_LIMIT = 64 * 1024 };

/* Files of the kernel have no size; what can't be read is empty. */
static void read_file(const char *path, struct buffer *content) {
	const int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t got = file < 0 ? 0 : 1;
	buffer_clear(content);
	while (got > 0 && content->length < FILE_LIMIT && buffer_reserve(content, STEP)) {
		got = read(file, content->data + content->length, STEP);
		content->length += got > 0 ? (size_t)got : 0;
	}
	if (file >= 0) {
		close(file);
	}
}

__attribute__((format(printf, 2, 3))) static void read_format(
	struct buffer *content, const char *format, ...) {
	struct buffer path = {0};
	va_list arguments;
	va_start(arguments, format);
	buffer_append_format_list(&path, format, arguments);
	va_end(arguments);
	if (path.failed) {
		buffer_clear(content);
	} else {
		read_file(path.data, content);
	}
	buffer_finish(&path);
}

static struct text strip_break(struct text text) {
	return text_ends_with(text, TEXT("\n")) ? text_part(text, 0, text.length - 1) : text;
}

static void append_line(struct buffer *text, const char *name, struct text value) {
	buffer_append_string(text, name);
	buffer_append_printable(text, value.length == 0 ? TEXT("unknown") : strip_break(value));
	buffer_append_byte(text, '\n');
}

/* The kernel calls a connection as it calls the device of the mount. */
static void append_kernel(struct buffer *text, const struct mount_entry *entry) {
	struct buffer waiting = {0};
	unsigned major = 0;
	unsigned minor = 0;
	if (sscanf(entry->device.data, "%u:%u", &major, &minor) == 2) {
		read_format(&waiting, "/sys/fs/fuse/connections/%u/waiting", major << 20 | minor);
	}
	append_line(text, "requests that wait: ", buffer_text(&waiting));
	buffer_finish(&waiting);
}

/* The state is a letter behind the name, which is in parentheses and may hold anything. */
static char state_in(struct text status) {
	size_t end = status.length;
	while (end > 0 && status.data[end - 1] != ')') {
		end--;
	}
	if (end == 0 || end + 1 >= status.length) {
		return '?';
	}
	return status.data[end + 1];
}

/* "0" is where it waits in nothing, or the kernel keeps it for itself. */
static void append_thread(struct buffer *text, const char *process, const char *thread) {
	struct buffer part = {0};
	read_format(&part, "/proc/%s/task/%s/stat", process, thread);
	buffer_append_format(text, "  thread %s %c", thread, state_in(buffer_text(&part)));
	read_format(&part, "/proc/%s/task/%s/comm", process, thread);
	append_line(text, " ", buffer_text(&part));
	read_format(&part, "/proc/%s/task/%s/wchan", process, thread);
	append_line(text, "    waits in ", buffer_text(&part));
	read_format(&part, "/proc/%s/task/%s/syscall", process, thread);
	append_line(text, "    system call ", buffer_text(&part));
	read_format(&part, "/proc/%s/task/%s/stack", process, thread);
	struct text stack = buffer_text(&part);
	while (stack.length > 0) {
		const struct text line = text_part(stack, 0, text_index(stack, '\n'));
		append_line(text, "    ", line);
		stack = text_part(stack, line.length + 1, stack.length);
	}
	buffer_finish(&part);
}

static bool is_number(const char *name) {
	return isdigit((unsigned char)name[0]);
}

/* Calls visit for each entry that is a number. */
static void visit_numbers(const char *path, void (*visit)(void *, const char *), void *context) {
	DIR *directory = opendir(path);
	if (directory == NULL) {
		return;
	}
	const struct dirent *entry;
	while ((entry = readdir(directory)) != NULL) {
		if (is_number(entry->d_name)) {
			visit(context, entry->d_name);
		}
	}
	closedir(directory);
}

struct process {
	struct buffer *text;
	const char *number;
	bool holds_device;
};

static void look_at_descriptor(void *context, const char *descriptor) {
	struct process *process = context;
	char path[64];
	char target[64];
	snprintf(path, sizeof(path), "/proc/%.20s/fd/%.20s", process->number, descriptor);
	const ssize_t length = readlink(path, target, sizeof(target));
	process->holds_device |=
		length > 0 && text_equal((struct text){target, (size_t)length}, TEXT("/dev/fuse"));
}

/* Where that can't be seen, it may. */
static bool may_serve(struct process *process) {
	char path[64];
	snprintf(path, sizeof(path), "/proc/%.20s/fd", process->number);
	if (access(path, R_OK) != 0) {
		return errno == EACCES;
	}
	visit_numbers(path, look_at_descriptor, process);
	return process->holds_device;
}

static void visit_thread(void *context, const char *thread) {
	const struct process *process = context;
	append_thread(process->text, process->number, thread);
}

/* Arguments have a NUL between each other. */
static void append_command(struct buffer *text, const char *number) {
	struct buffer command = {0};
	read_format(&command, "/proc/%s/cmdline", number);
	for (size_t i = 0; i < command.length; i++) {
		if (command.data[i] == '\0') {
			command.data[i] = ' ';
		}
	}
	buffer_append_format(text, "process %s", number);
	append_line(text, ": ", buffer_text(&command));
	buffer_finish(&command);
}

static void visit_process(void *context, const char *number) {
	struct process process = {.text = context, .number = number};
	struct buffer name = {0};
	read_format(&name, "/proc/%s/comm", number);
	const bool is_ours = text_starts_with(buffer_text(&name), TEXT("cardfs"));
	buffer_finish(&name);
	if (!is_ours || !may_serve(&process)) {
		return;
	}
	append_command(process.text, number);
	char path[64];
	snprintf(path, sizeof(path), "/proc/%.20s/task", number);
	visit_numbers(path, visit_thread, &process);
}

void outside_append(struct buffer *text, const char *mount_point, const struct mount_entry *entry) {
	buffer_append_string(text, "[from outside]\n");
	append_line(text, "mounted on ", text_of(mount_point));
	append_line(text, "type ", buffer_text(&entry->type));
	append_line(text, "source ", buffer_text(&entry->source));
	append_line(text, "options ", buffer_text(&entry->options));
	append_line(text, "device ", buffer_text(&entry->device));
	append_kernel(text, entry);
	buffer_append_string(text, "\n[processes]\n");
	visit_numbers("/proc", visit_process, text);
}
