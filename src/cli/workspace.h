/*
 * How commands open what they work on, and how the outcome reaches the person who asked.
 */
#ifndef CARDFS_CLI_WORKSPACE_H
#define CARDFS_CLI_WORKSPACE_H

#include "library/workspace.h"

/* As cardfs(1), EXIT STATUS, has them. */
enum exit_status { EXIT_DONE = 0, EXIT_PROBLEMS = 1, EXIT_NOT_DONE = 2 };

/*
 * Opens the stores, reads none; names what is wrong with the configuration file on standard error.
 * The caller finishes workspace in any case. settings outlive it.
 */
bool workspace_open(
	struct workspace *workspace, const struct settings *settings, struct error *error);

/* Opens the stores, reads them, and makes a view of them. */
bool workspace_load(
	struct workspace *workspace, const struct settings *settings, struct error *error);

/* The same as the library has it, to be closed with cardfs_close; NULL where it fails. */
struct cardfs_stores *open_stores(const struct settings *settings, struct error *error);

/* Writes "cardfs: MESSAGE" to standard error, printable. Returns EXIT_NOT_DONE. */
enum exit_status fail(const struct error *error);

/* The same for a wrong command line, with where to look. */
enum exit_status fail_usage(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * Writes each problem of that severity or graver to standard error, one a line. Returns how many.
 */
size_t print_problems(const struct problem_list *problems, enum problem_severity mildest);

/* Writes what a buffer holds to standard output. Returns false, with an error, where it cannot. */
bool print_answer(const struct buffer *answer, struct error *error);

#endif
