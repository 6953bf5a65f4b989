/*
 * What cardfs says while it runs: one line a call, on standard error, in systemd's journal, or to
 * the system log. May be called from any thread, but for what sets it up.
 */
#ifndef CARDFS_BASE_LOG_H
#define CARDFS_BASE_LOG_H

#include "base/recent.h"

enum log_level {
	LOG_LEVEL_ERROR,
	LOG_LEVEL_NOTICE, /* what somebody asked for */
	LOG_LEVEL_WARNING,
	LOG_LEVEL_INFORMATION,
	LOG_LEVEL_DEBUG
};

enum log_format { LOG_FORMAT_TEXT, LOG_FORMAT_JSON };

/* Lines above this level are dropped; LOG_LEVEL_WARNING until it is called. */
void log_set_level(enum log_level level);

/* How lines on standard error and in the system log look. */
void log_set_format(enum log_format format);

/*
 * To the journal, with all fields, where standard error leads there: as it does in a service of
 * systemd.
 */
void log_find_journal(void);

/*
 * From now on to the journal that listens at that path instead of standard error, or to syslog(3)
 * where there is none.
 */
void log_use_system_log(const char *path);

/*
 * Opens what log_use_system_log of that path needs, for a process that may not when it comes to
 * that.
 */
void log_prepare_system_log(const char *path);

/* Keeps every line up to LOG_LEVEL_INFORMATION there as well, whatever the level is; or NULL. */
void log_keep(struct recent *recent);

/*
 * Something that a line is about, for programs: the journal has it as CARDFS_NAME, JSON as it is,
 * and plain lines, which say it in words, not at all. name: lower-case letters.
 */
struct log_field {
	const char *name;
	struct text value;
};

/* Gives every line from now on a field more; copied. Up to four; one more is passed over. */
void log_add_field(const char *name, const char *value);

/* The message has no line break at its end and is made printable. */
void log_message(enum log_level level, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The same, with one field of its own. */
void log_about(struct log_field field, enum log_level level, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
