/*
 * The options: one table for the shell, for mount tables and for the configuration file (cardfs(1),
 * OPTIONS), and what setting one means.
 */
#ifndef CARDFS_SETTINGS_OPTION_H
#define CARDFS_SETTINGS_OPTION_H

#include "settings/settings.h"

enum option_kind {
	OPTION_FLAG,   /* bool */
	OPTION_VALUE,  /* const char * */
	OPTION_CHOICE, /* the same, one of those that value_name lists */
	OPTION_NAMES,  /* the same, names with ":" between */
	OPTION_LIST,   /* struct string_list: may be repeated */
};

/* One option, its place in struct settings, and its names; NULL where it has no such form. */
struct option {
	size_t place;
	const char *long_name;
	const char *mount_name; /* those that have one are keys of the configuration file too */
	const char *value_name;
	const char *help;
	const char *default_value; /* as `cardfs config` shows it; NULL: nothing, or false */
	enum option_kind kind;
	char short_name;
};

extern const struct option option_table[];
extern const size_t option_count;

/*
 * Sets an option and records where from. value is borrowed: NULL or "true" and "false" for a flag,
 * never NULL for others. Fails with ERROR_USAGE for a value that is none of the choices, and for
 * want of memory.
 */
bool option_apply(struct settings *settings, const struct option *option, const char *value,
	const struct setting_place *place, struct error *error);

/* The last record of an option, whose value is in force; NULL where nothing set it. */
const struct setting_record *option_record(
	const struct settings *settings, const struct option *option);

#endif
