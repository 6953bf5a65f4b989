/*
 * The command line: every option in one table, in its long form for the shell and its -o form for
 * mount tables ("cli.md, Options").
 */
#ifndef CARDFS_CLI_SETTINGS_H
#define CARDFS_CLI_SETTINGS_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"

/* Strings in the order given; the strings are borrowed or settings.arena's. */
struct string_list {
	const char **items;
	size_t count;
	size_t capacity;
};

/* What the command line says. Strings live as long as it. */
struct settings {
	struct arena arena;
	const char *environment; /* NULL: not given */
	struct string_list stores;
	bool no_default_stores, no_built_in, no_system, no_user;
	const char *conflicts; /* "error" or "shadow"; NULL: not given */
	bool strict;
	const char *locators; /* names with ":" between; NULL: not given */
	const char *poll;     /* seconds; NULL: not given */
	const char *owner_user, *owner_group;
	bool foreground, debug, verbose;
	const char *log_format;
	bool all, json, in_full, svg, help, version;
	const char *kind;
	struct buffer fuse_options;   /* -o options that are not ours, with "," between */
	struct string_list arguments; /* what is left: the command and its arguments */
};

/*
 * Fills settings from the arguments behind the program's name. Fails with ERROR_USAGE and a
 * sentence that names the right option for a wrong one. The caller finishes settings in any case.
 */
bool settings_parse(struct settings *settings, int count, char **arguments, struct error *error);
void settings_finish(struct settings *settings);

/* Appends a string. Returns false when there is no memory. */
bool string_list_add(struct string_list *list, const char *string);
void string_list_finish(struct string_list *list);

/* Appends the options of the shell, one a line, for --help. */
void settings_describe_options(struct buffer *text);

#endif
