/*
 * What a mount has done since it started: requests by kind with how long they took, what was found
 * in caches, notifications, reloads, restarts. A block of counters of fixed size, without pointers,
 * in memory that its owner gives: it may be shared between processes, and stay when one of them is
 * killed at any moment. Counting takes no lock.
 */
#ifndef CARDFS_FUSE_STATISTICS_H
#define CARDFS_FUSE_STATISTICS_H

#include "card/figures.h"

#include <stddef.h>

/* What the kernel asks for; everything that would change something is one kind. */
enum request_kind {
	REQUEST_LOOKUP,
	REQUEST_FORGET,
	REQUEST_GETATTR,
	REQUEST_READLINK,
	REQUEST_OPEN,
	REQUEST_READ,
	REQUEST_OPENDIR,
	REQUEST_READDIR,
	REQUEST_READDIRPLUS,
	REQUEST_STATFS,
	REQUEST_GETXATTR,
	REQUEST_LISTXATTR,
	REQUEST_CHANGE,
	REQUEST_KINDS
};

/* Errors that have a count of their own; the last one stands for all others. */
enum { STATISTICS_ERRORS = 11 };

/*
 * Latencies: bucket n counts those of at most 2^n microseconds that were longer than the bucket
 * before; the last one what took longer than any.
 */
enum { LATENCY_BUCKETS = 25 };

enum counter {
	COUNTER_LISTINGS_SHARED, /* listings of directories that somebody was reading already */
	COUNTER_LISTINGS_MADE,
	COUNTER_CONTENTS_KEPT,    /* reads of what was kept with an inode */
	COUNTER_CONTENTS_MADE,    /* reads for which it was made again */
	COUNTER_NOTICES_OF_NAMES, /* what the kernel was told */
	COUNTER_NOTICES_OF_DOUBTS,
	COUNTER_NOTICES_OF_LISTINGS,
	COUNTER_NOTICES_OF_ATTRIBUTES,
	COUNTER_RELOADS, /* of the stores, those that failed not among them */
	COUNTER_RELOADS_FAILED,
	COUNTER_RELOAD_NANOSECONDS,
	COUNTER_RESTARTS,        /* of the process that answers, after it died */
	COUNTER_PROGRAM_RELOADS, /* of the program, while mounted */
	COUNTER_KINDS
};

/* What is so at the moment, as far as it is known here. */
enum gauge {
	GAUGE_STARTED,            /* seconds since the epoch */
	GAUGE_RELOADED,           /* the same, of the last reload; 0: none */
	GAUGE_RELOAD_NANOSECONDS, /* what the last reload took */
	GAUGE_WATCHES,            /* directories that inotify watches */
	GAUGE_POLLED,             /* stores and caches that are looked at instead */
	GAUGE_KINDS
};

struct request_figures {
	atomic_uint_least64_t nanoseconds; /* of all of them */
	atomic_uint_least64_t latencies[LATENCY_BUCKETS];
	atomic_uint_least64_t errors[STATISTICS_ERRORS];
};

struct statistics {
	struct request_figures requests[REQUEST_KINDS];
	atomic_uint_least64_t counters[COUNTER_KINDS];
	atomic_uint_least64_t gauges[GAUGE_KINDS];
	struct catalog_figures catalog;
};

/* Makes everything 0, and the time of the start now. */
void statistics_init(struct statistics *statistics);

/* Counts a request that was answered after so many nanoseconds with an errno, or 0. */
void statistics_add_request(
	struct statistics *statistics, enum request_kind kind, uint64_t nanoseconds, int failure);

void statistics_count(struct statistics *statistics, enum counter counter);
void statistics_add(struct statistics *statistics, enum counter counter, uint64_t amount);
uint64_t statistics_counter(const struct statistics *statistics, enum counter counter);
void statistics_set(struct statistics *statistics, enum gauge gauge, uint64_t value);
uint64_t statistics_gauge(const struct statistics *statistics, enum gauge gauge);

/* How many requests of a kind there were. */
uint64_t statistics_request_count(const struct statistics *statistics, enum request_kind kind);

/* "lookup"; "ENOENT", and "other". */
const char *statistics_request_name(enum request_kind kind);
const char *statistics_error_name(size_t index);

/* Of CLOCK_MONOTONIC. */
uint64_t statistics_now(void);

#endif
