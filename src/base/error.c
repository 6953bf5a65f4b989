#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* ERROR_SYSTEM carries its own. */
static const int numbers[] = {
	[ERROR_NONE] = 0,
	[ERROR_MEMORY] = ENOMEM,
	[ERROR_INVALID] = EIO,
	[ERROR_LIMIT] = EFBIG,
	[ERROR_NOT_FOUND] = ENOENT,
	[ERROR_USAGE] = EINVAL,
};

__attribute__((format(printf, 2, 0))) static void format_message(
	struct error *error, const char *format, va_list arguments) {
	const int length = vsnprintf(error->message, sizeof(error->message), format, arguments);
	if (length < 0) {
		error->message[0] = '\0';
	} else if ((size_t)length >= sizeof(error->message)) {
		text_mark_cut(error->message, sizeof(error->message));
	}
}

static void append_reason(struct error *error) {
	const size_t used = strlen(error->message);
	const size_t left = sizeof(error->message) - used;
	const char *reason = strerror(error->system_error);
	if ((size_t)snprintf(error->message + used, left, ": %s", reason) >= left) {
		text_mark_cut(error->message, sizeof(error->message));
	}
}

/* The message is made aside, for the arguments may point into what the error holds. */
__attribute__((format(printf, 3, 0))) static void set(
	struct error *error, struct error made, const char *format, va_list arguments) {
	if (error == NULL) {
		return;
	}
	format_message(&made, format, arguments);
	if (made.system_error != 0) {
		append_reason(&made);
	}
	*error = made;
}

bool error_set(struct error *error, enum error_kind kind, const char *format, ...) {
	va_list arguments;
	va_start(arguments, format);
	set(error, (struct error){.kind = kind}, format, arguments);
	va_end(arguments);
	return false;
}

bool error_set_at(struct error *error, enum error_kind kind, uint32_t line, uint32_t column,
	const char *format, ...) {
	va_list arguments;
	va_start(arguments, format);
	set(error, (struct error){.kind = kind, .line = line, .column = column}, format, arguments);
	va_end(arguments);
	return false;
}

bool error_set_memory(struct error *error) {
	return error_set(error, ERROR_MEMORY, "out of memory");
}

bool error_set_system(struct error *error, int system_error, const char *format, ...) {
	va_list arguments;
	va_start(arguments, format);
	const enum error_kind kind = system_error == ENOMEM ? ERROR_MEMORY : ERROR_SYSTEM;
	set(error, (struct error){.kind = kind, .system_error = system_error}, format, arguments);
	va_end(arguments);
	return false;
}

int error_number(const struct error *error) {
	if (error->kind != ERROR_SYSTEM) {
		return numbers[error->kind];
	}
	return error->system_error == 0 ? EIO : error->system_error;
}
