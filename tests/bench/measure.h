/*
 * The parts of the benchmark that a shell would disturb. Each measures two things in turn, round by
 * round, and prints what it took as one line of numbers; "run" calls them.
 */
#ifndef CARDFS_BENCH_MEASURE_H
#define CARDFS_BENCH_MEASURE_H

/* A program that cannot measure ends, and says why. */
__attribute__((format(printf, 1, 2), noreturn)) void fail(const char *format, ...);

/* A whole number, at least that large; else it ends. */
unsigned long number_of(const char *argument, unsigned long least);

/* "cards DIRECTORY COUNT FILES FIELDS TARGETS": writes card files. */
void measure_cards(char **arguments);
/* "access OPERATION ROUNDS ASSETS TREE TREE": nanoseconds an operation, in both. */
void measure_access(char **arguments);
/* "commands ROUNDS SERVER COMMAND COMMAND": nanoseconds; with a SERVER's id, caches are dropped. */
void measure_commands(char **arguments);
/* "loading ROUNDS PROCESSORS STORE": nanoseconds until a catalog is ready, and of libyaml. */
void measure_loading(char **arguments);
/* "freshness MOUNT STORE FILES CHANGES": nanoseconds, median and 99th percentile; files opened. */
void measure_freshness(char **arguments);

#endif
