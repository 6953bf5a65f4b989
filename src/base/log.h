/*
 * What cardfs says while it runs: one line a call, on standard error or to the system log once it
 * is in the background. May be called from any thread.
 */
#ifndef CARDFS_BASE_LOG_H
#define CARDFS_BASE_LOG_H

#include <stdbool.h>

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_INFORMATION, LOG_LEVEL_DEBUG };

enum log_format { LOG_FORMAT_TEXT, LOG_FORMAT_JSON };

/* Lines above this level are dropped; LOG_LEVEL_WARNING until it is called. */
void log_set_level(enum log_level level);
void log_set_format(enum log_format format);

/* From now on to syslog(3) instead of standard error. */
void log_use_system_log(void);

/* The message has no line break at its end and is made printable. */
void log_message(enum log_level level, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
