#include "base/log.h"

#include "base/journal.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

enum { FIELD_LIMIT = 4 };

static const struct {
	const char *name;
	const char *prefix;
	int priority;
} levels[] = {
	[LOG_LEVEL_ERROR] = {"error", "error: ", LOG_ERR},
	[LOG_LEVEL_NOTICE] = {"notice", "", LOG_NOTICE},
	[LOG_LEVEL_WARNING] = {"warning", "warning: ", LOG_WARNING},
	[LOG_LEVEL_INFORMATION] = {"information", "", LOG_INFO},
	[LOG_LEVEL_DEBUG] = {"debug", "debug: ", LOG_DEBUG},
};

static atomic_int highest_level = LOG_LEVEL_WARNING;
static atomic_int chosen_format = LOG_FORMAT_TEXT;
static atomic_bool uses_system_log;
static atomic_int journal = -1;
static atomic_int prepared = -1; /* a journal that is opened, and not used yet */
static _Atomic(struct recent *) kept;

/* Of every line. */
static struct log_field fields[FIELD_LIMIT];
static char *field_values[FIELD_LIMIT];
static size_t field_count;

/* One line, before it is known how it will look. */
struct line {
	enum log_level level;
	struct text message;           /* printable */
	const struct log_field *field; /* its own; or NULL */
};

void log_set_level(enum log_level level) {
	highest_level = (int)level;
}

void log_set_format(enum log_format format) {
	chosen_format = (int)format;
}

static void use_journal(const char *path) {
	const int ready = atomic_exchange(&prepared, -1);
	const int opened = ready >= 0 ? ready : journal_open(path);
	const int previous = atomic_exchange(&journal, opened);
	if (previous >= 0) {
		close(previous);
	}
}

void log_find_journal(void) {
	if (journal_is_standard_error(getenv("JOURNAL_STREAM"))) {
		use_journal(JOURNAL_SOCKET);
	}
}

void log_prepare_system_log(const char *path) {
	openlog("cardfs", LOG_PID | LOG_NDELAY, LOG_DAEMON);
	if (prepared < 0) {
		prepared = journal_open(path);
	}
}

void log_use_system_log(const char *path) {
	openlog("cardfs", LOG_PID | LOG_NDELAY, LOG_DAEMON);
	use_journal(path);
	uses_system_log = true;
}

void log_keep(struct recent *recent) {
	atomic_store(&kept, recent);
}

void log_add_field(const char *name, const char *value) {
	if (field_count == FIELD_LIMIT) {
		return;
	}
	char **copy = &field_values[field_count];
	*copy = strdup(value);
	if (*copy != NULL) {
		fields[field_count++] = (struct log_field){name, text_of(*copy)};
	}
}

static void append_time(struct buffer *text) {
	struct timespec now;
	struct tm parts;
	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &parts);
	buffer_append_format(text, "%04d-%02d-%02dT%02d:%02d:%02d.%03ldZ", parts.tm_year + 1900,
		parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
		now.tv_nsec / 1000000);
}

/* Printable text holds no control characters: what JSON escapes besides is these two. */
static void append_json_escaped(struct buffer *text, struct text printable) {
	for (size_t i = 0; i < printable.length; i++) {
		const char byte = printable.data[i];
		if (byte == '"' || byte == '\\') {
			buffer_append_byte(text, '\\');
		}
		buffer_append_byte(text, byte);
	}
}

static void append_json_field(struct buffer *text, const struct log_field *field) {
	struct buffer printable = {0};
	buffer_append_printable(&printable, field->value);
	buffer_append_format(text, ",\"%s\":\"", field->name);
	append_json_escaped(text, buffer_text(&printable));
	buffer_append_byte(text, '"');
	text->failed |= printable.failed;
	buffer_finish(&printable);
}

static void append_json(struct buffer *text, const struct line *line) {
	buffer_append_string(text, "{\"time\":\"");
	append_time(text);
	buffer_append_format(text, "\",\"level\":\"%s\",\"message\":\"", levels[line->level].name);
	append_json_escaped(text, line->message);
	buffer_append_byte(text, '"');
	for (size_t i = 0; i < field_count; i++) {
		append_json_field(text, &fields[i]);
	}
	if (line->field != NULL) {
		append_json_field(text, line->field);
	}
	buffer_append_byte(text, '}');
}

static void append_plain(struct buffer *text, const struct line *line) {
	buffer_append_string(text, levels[line->level].prefix);
	buffer_append_text(text, line->message);
}

/* The system log puts the name of the program before a line by itself. */
static void append_line(struct buffer *text, const struct line *line, bool with_program) {
	if (chosen_format == LOG_FORMAT_JSON) {
		append_json(text, line);
		return;
	}
	buffer_append_string(text, with_program ? "cardfs: " : "");
	append_plain(text, line);
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

static void append_journal_field(struct buffer *entry, const struct log_field *field) {
	char name[32] = "CARDFS_";
	size_t length = strlen(name);
	for (const char *letter = field->name; *letter != '\0' && length + 1 < sizeof(name);
		letter++) {
		name[length++] = (char)toupper((unsigned char)*letter);
	}
	journal_append_field(entry, name, field->value);
}

static bool send_to_journal(int opened, const struct line *line) {
	struct buffer entry = {0};
	journal_append_field(&entry, "MESSAGE", line->message);
	buffer_append_format(&entry,
		"PRIORITY=%d\nSYSLOG_FACILITY=%d\nSYSLOG_IDENTIFIER=cardfs\nSYSLOG_PID=%d\n"
		"CARDFS_VERSION=" CARDFS_VERSION "\n",
		levels[line->level].priority, LOG_FAC(LOG_DAEMON), (int)getpid());
	for (size_t i = 0; i < field_count; i++) {
		append_journal_field(&entry, &fields[i]);
	}
	if (line->field != NULL) {
		append_journal_field(&entry, line->field);
	}
	const bool done = !entry.failed && journal_send(opened, buffer_text(&entry));
	buffer_finish(&entry);
	return done;
}

static void emit(const struct line *line) {
	const int opened = journal;
	const bool to_system_log = uses_system_log;
	if (opened >= 0 && send_to_journal(opened, line)) {
		return;
	}
	struct buffer text = {0};
	append_line(&text, line, !to_system_log);
	if (!to_system_log) {
		buffer_append_byte(&text, '\n');
	}
	if (text.failed) {
		write_all(TEXT("cardfs: error: out of memory\n"));
	} else if (to_system_log) {
		syslog(levels[line->level].priority, "%s", text.data);
	} else {
		write_all(buffer_text(&text));
	}
	buffer_finish(&text);
}

static void keep(struct recent *recent, const struct line *line) {
	struct buffer text = {0};
	append_time(&text);
	buffer_append_byte(&text, ' ');
	append_plain(&text, line);
	recent_add(recent, buffer_text(&text));
	buffer_finish(&text);
}

/* What somebody asked for holds what is kept, which need not be kept again. */
static bool is_kept(enum log_level level) {
	return level <= LOG_LEVEL_INFORMATION && level != LOG_LEVEL_NOTICE;
}

__attribute__((format(printf, 3, 0))) static void log_list(const struct log_field *field,
	enum log_level level, const char *format, va_list arguments) {
	struct recent *recent = is_kept(level) ? atomic_load(&kept) : NULL;
	const bool is_shown = (int)level <= highest_level;
	if (!is_shown && recent == NULL) {
		return;
	}
	struct buffer message = {0};
	struct buffer printable = {0};
	buffer_append_format_list(&message, format, arguments);
	buffer_append_printable(&printable, buffer_text(&message));
	printable.failed = printable.failed || message.failed;
	const struct line line = {
		.level = level,
		.message = printable.failed ? TEXT("out of memory") : buffer_text(&printable),
		.field = field,
	};
	if (recent != NULL) {
		keep(recent, &line);
	}
	if (is_shown) {
		emit(&line);
	}
	buffer_finish(&message);
	buffer_finish(&printable);
}

void log_message(enum log_level level, const char *format, ...) {
	va_list arguments;
	va_start(arguments, format);
	log_list(NULL, level, format, arguments);
	va_end(arguments);
}

void log_about(struct log_field field, enum log_level level, const char *format, ...) {
	va_list arguments;
	va_start(arguments, format);
	log_list(&field, level, format, arguments);
	va_end(arguments);
}
