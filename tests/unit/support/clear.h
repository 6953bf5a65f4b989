/*
 * Taking away what a test has made.
 */
#ifndef CARDFS_TESTS_UNIT_SUPPORT_CLEAR_H
#define CARDFS_TESTS_UNIT_SUPPORT_CLEAR_H

/* Removes a directory and all that is in it. Returns 0, or -1 with errno. */
int clear_directory(const char *path);

#endif
