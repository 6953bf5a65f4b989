/*
 * What the program says of itself.
 */
#ifndef CARDFS_CLI_HELP_H
#define CARDFS_CLI_HELP_H

#include "cli/command.h"

/* Prints more about a command, or, for NULL, which there are. Returns the exit status. */
enum exit_status help_print(const struct command *command);

/* Prints "cardfs VERSION". Returns the exit status. */
enum exit_status help_print_version(void);

#endif
