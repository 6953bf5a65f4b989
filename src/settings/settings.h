/*
 * What the command line, the configuration file and the environment say, and which of them said
 * what (cardfs(1), OPTIONS).
 */
#ifndef CARDFS_SETTINGS_SETTINGS_H
#define CARDFS_SETTINGS_SETTINGS_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/problem.h"

/* Strings in the order given; the strings are borrowed or settings.arena's. */
struct string_list {
	const char **items;
	size_t count;
	size_t capacity;
};

enum setting_origin { SETTING_OPTION, SETTING_VARIABLE, SETTING_FILE, SETTING_RULE };

/* Where a setting came from. */
struct setting_place {
	enum setting_origin origin;
	const char *name; /* of the variable or the file; NULL for an option */
	uint32_t line;    /* in the file */
};

struct setting_record {
	const struct option *option;
	const char *value;
	struct setting_place place;
};

/* What is in force. Strings live as long as it, or are the program's arguments. */
struct settings {
	struct arena arena;
	const char *configuration; /* the path of the file that was read; NULL: none */
	/* What is wrong in that file. Whoever uses the settings fails while there is any. */
	struct problem_list problems;
	struct setting_record *records; /* in the order in which one goes over another */
	size_t record_count;
	size_t record_capacity;

	const char *environment; /* NULL: not given */
	struct string_list stores;
	bool no_default_stores, no_built_in, no_system, no_user;
	const char *conflicts; /* "error" or "shadow"; NULL: not given */
	bool strict;
	const char *locators;     /* names with ":" between; NULL: not given */
	const char *poll;         /* seconds; NULL: not given */
	const char *serving_user; /* a name or a number; NULL: not given */
	const char *owner_user, *owner_group;
	bool avoids_remote; /* what may not answer is not waited for; not an option */
	bool foreground, debug, verbose;
	const char *log_format;
	bool sloppy; /* leave unknown mount options out */
	bool fake;   /* check what can be checked, and mount nothing */
	bool all, json, in_full, svg, dry_run, help, version;
	const char *kind;
	struct buffer fuse_options;   /* -o options that are not ours, with "," between */
	struct string_list arguments; /* what is left: the command and its arguments */
};

/*
 * Lays the arguments behind the program's name over settings. Fails with ERROR_USAGE and a
 * sentence that names the right option for a wrong one. The caller finishes settings in any case.
 */
bool settings_parse(
	struct settings *settings, size_t count, const char *const *arguments, struct error *error);

/*
 * Lays one option of a mount table over settings, "NAME" or "NAME=VALUE" (copied). Fails as
 * settings_parse does.
 */
bool settings_apply_mount_option(
	struct settings *settings, const char *option, struct error *error);
void settings_finish(struct settings *settings);

/* Appends a string. Returns false when there is no memory. */
bool string_list_add(struct string_list *list, const char *string);
void string_list_finish(struct string_list *list);

/*
 * Appends the options that every command takes, one a line, in their form for the shell; and the
 * names of those that have a form for mount tables, on lines of at most 80 characters.
 */
void settings_describe_options(struct buffer *text);
void settings_describe_mount_options(struct buffer *text);

#endif
