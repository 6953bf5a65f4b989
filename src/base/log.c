#include "base/log.h"

#include "base/buffer.h"

#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

static const struct {
	const char *name;
	const char *prefix;
	int priority;
} levels[] = {
	[LOG_LEVEL_ERROR] = {"error", "error: ", LOG_ERR},
	[LOG_LEVEL_WARNING] = {"warning", "warning: ", LOG_WARNING},
	[LOG_LEVEL_INFORMATION] = {"information", "", LOG_INFO},
	[LOG_LEVEL_DEBUG] = {"debug", "debug: ", LOG_DEBUG},
};

static atomic_int highest_level = LOG_LEVEL_WARNING;
static atomic_int chosen_format = LOG_FORMAT_TEXT;
static atomic_bool uses_system_log;

void log_set_level(enum log_level level) {
	highest_level = (int)level;
}

void log_set_format(enum log_format format) {
	chosen_format = (int)format;
}

void log_use_system_log(void) {
	openlog("cardfs", LOG_PID, LOG_DAEMON);
	uses_system_log = true;
}

static void append_time(struct buffer *line) {
	struct timespec now;
	struct tm parts;
	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &parts);
	buffer_append_format(line, "%04d-%02d-%02dT%02d:%02d:%02d.%03ldZ", parts.tm_year + 1900,
		parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
		now.tv_nsec / 1000000);
}

/* Printable text holds no control characters: what JSON escapes besides is these two. */
static void append_json_escaped(struct buffer *line, struct text printable) {
	for (size_t i = 0; i < printable.length; i++) {
		const char byte = printable.data[i];
		if (byte == '"' || byte == '\\') {
			buffer_append_byte(line, '\\');
		}
		buffer_append_byte(line, byte);
	}
}

static void append_json(struct buffer *line, enum log_level level, struct text message) {
	buffer_append_string(line, "{\"time\":\"");
	append_time(line);
	buffer_append_format(line, "\",\"level\":\"%s\",\"message\":\"", levels[level].name);
	append_json_escaped(line, message);
	buffer_append_string(line, "\"}");
}

/* The system log puts the name of the program before a line by itself. */
static void append_line(
	struct buffer *line, enum log_level level, struct text message, bool with_program) {
	if (chosen_format == LOG_FORMAT_JSON) {
		append_json(line, level, message);
		return;
	}
	buffer_append_string(line, with_program ? "cardfs: " : "");
	buffer_append_string(line, levels[level].prefix);
	buffer_append_text(line, message);
}

/* In one call where the system lets it, so that lines of several threads do not mix. */
static void write_all(struct text line) {
	while (line.length > 0) {
		const ssize_t written = write(STDERR_FILENO, line.data, line.length);
		if (written < 0 && errno != EINTR) {
			return;
		}
		line = text_part(line, written < 0 ? 0 : (size_t)written, line.length);
	}
}

static void emit(enum log_level level, struct text message) {
	const bool to_system_log = uses_system_log;
	struct buffer line = {0};
	append_line(&line, level, message, !to_system_log);
	if (!to_system_log) {
		buffer_append_byte(&line, '\n');
	}
	if (line.failed) {
		write_all(TEXT("cardfs: error: out of memory\n"));
	} else if (to_system_log) {
		syslog(levels[level].priority, "%s", line.data);
	} else {
		write_all(buffer_text(&line));
	}
	buffer_finish(&line);
}

void log_message(enum log_level level, const char *format, ...) {
	if ((int)level > highest_level) {
		return;
	}
	struct buffer message = {0};
	struct buffer printable = {0};
	va_list arguments;
	va_start(arguments, format);
	buffer_append_format_list(&message, format, arguments);
	va_end(arguments);
	buffer_append_printable(&printable, buffer_text(&message));
	printable.failed = printable.failed || message.failed;
	emit(level, printable.failed ? TEXT("out of memory") : buffer_text(&printable));
	buffer_finish(&message);
	buffer_finish(&printable);
}
