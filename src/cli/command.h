/*
 * The commands: one file each, listed in the table of command.c (cardfs(1)).
 */
#ifndef CARDFS_CLI_COMMAND_H
#define CARDFS_CLI_COMMAND_H

#include "cli/candidates.h"
#include "settings/suggest.h"

struct command {
	const char *name;
	const char *usage;   /* what stands behind the name */
	const char *summary; /* a line for --help; NULL: it is not shown there */
	const char *details; /* the rest of `cardfs help NAME`; its last line ends with a break */
	enum exit_status (*run)(struct settings *settings, const struct string_list *arguments);
};

/*
 * Runs what the command line asks for: a command by its name, else a mount. arguments are those
 * behind the program's name. Returns the exit status.
 */
int command_main(int count, char **arguments);

/* The command of that name, also one that programs alone call; NULL for none. */
const struct command *command_named(const char *name);

/* Those that --help shows, in its order; NULL behind the last one. */
const struct command *command_at(size_t index);

/* Adds the name of each command that --help shows. */
void command_add_names(struct candidates *candidates);

/* Considers the same names. */
void command_suggest(struct suggestions *suggestions);

extern const struct command command_mount;
extern const struct command command_umount;
extern const struct command command_reload;
extern const struct command command_debug;
extern const struct command command_list;
extern const struct command command_show;
extern const struct command command_path;
extern const struct command command_find;
extern const struct command command_explain;
extern const struct command command_diff;
extern const struct command command_graph;
extern const struct command command_set;
extern const struct command command_unset;
extern const struct command command_check;
extern const struct command command_config;
extern const struct command command_help;
extern const struct command command_complete;

#endif
