#include "fuse/statistics.h"

#include <errno.h>
#include <time.h>

enum { NANOSECONDS_OF_SECOND = 1000000000, NANOSECONDS_OF_MICROSECOND = 1000 };

static const char *const request_names[REQUEST_KINDS] = {
	[REQUEST_LOOKUP] = "lookup",
	[REQUEST_FORGET] = "forget",
	[REQUEST_GETATTR] = "getattr",
	[REQUEST_READLINK] = "readlink",
	[REQUEST_OPEN] = "open",
	[REQUEST_READ] = "read",
	[REQUEST_OPENDIR] = "opendir",
	[REQUEST_READDIR] = "readdir",
	[REQUEST_READDIRPLUS] = "readdirplus",
	[REQUEST_STATFS] = "statfs",
	[REQUEST_GETXATTR] = "getxattr",
	[REQUEST_LISTXATTR] = "listxattr",
	[REQUEST_CHANGE] = "change",
};

static const struct {
	int number;
	const char *name;
} errors[STATISTICS_ERRORS] = {
	{ENOENT, "ENOENT"},
	{ESTALE, "ESTALE"},
	{EROFS, "EROFS"},
	{ENODATA, "ENODATA"},
	{ENOSYS, "ENOSYS"},
	{ENAMETOOLONG, "ENAMETOOLONG"},
	{ENOTDIR, "ENOTDIR"},
	{ENOMEM, "ENOMEM"},
	{EIO, "EIO"},
	{EAGAIN, "EAGAIN"},
	{0, "other"},
};

static void add(atomic_uint_least64_t *counter, uint64_t amount) {
	atomic_fetch_add_explicit(counter, amount, memory_order_relaxed);
}

static uint64_t get(const atomic_uint_least64_t *counter) {
	return atomic_load_explicit(counter, memory_order_relaxed);
}

static size_t error_index(int failure) {
	size_t index = 0;
	while (index + 1 < STATISTICS_ERRORS && errors[index].number != failure) {
		index++;
	}
	return index;
}

static size_t latency_bucket(uint64_t nanoseconds) {
	size_t bucket = 0;
	uint64_t bound = NANOSECONDS_OF_MICROSECOND;
	while (bucket + 1 < LATENCY_BUCKETS && nanoseconds > bound) {
		bucket++;
		bound *= 2;
	}
	return bucket;
}

static void clear(atomic_uint_least64_t *counters, size_t count) {
	for (size_t i = 0; i < count; i++) {
		atomic_init(&counters[i], 0);
	}
}

void statistics_init(struct statistics *statistics) {
	for (size_t i = 0; i < REQUEST_KINDS; i++) {
		struct request_figures *request = &statistics->requests[i];
		atomic_init(&request->nanoseconds, 0);
		clear(request->latencies, LATENCY_BUCKETS);
		clear(request->errors, STATISTICS_ERRORS);
	}
	clear(statistics->counters, COUNTER_KINDS);
	clear(statistics->gauges, GAUGE_KINDS);
	catalog_figures_init(&statistics->catalog);
	statistics_set(statistics, GAUGE_STARTED, (uint64_t)time(NULL));
}

void statistics_add_request(
	struct statistics *statistics, enum request_kind kind, uint64_t nanoseconds, int failure) {
	struct request_figures *request = &statistics->requests[kind];
	add(&request->nanoseconds, nanoseconds);
	add(&request->latencies[latency_bucket(nanoseconds)], 1);
	if (failure != 0) {
		add(&request->errors[error_index(failure)], 1);
	}
}

void statistics_count(struct statistics *statistics, enum counter counter) {
	add(&statistics->counters[counter], 1);
}

void statistics_add(struct statistics *statistics, enum counter counter, uint64_t amount) {
	add(&statistics->counters[counter], amount);
}

uint64_t statistics_counter(const struct statistics *statistics, enum counter counter) {
	return get(&statistics->counters[counter]);
}

void statistics_set(struct statistics *statistics, enum gauge gauge, uint64_t value) {
	atomic_store_explicit(&statistics->gauges[gauge], value, memory_order_relaxed);
}

uint64_t statistics_gauge(const struct statistics *statistics, enum gauge gauge) {
	return get(&statistics->gauges[gauge]);
}

uint64_t statistics_request_count(const struct statistics *statistics, enum request_kind kind) {
	uint64_t count = 0;
	for (size_t i = 0; i < LATENCY_BUCKETS; i++) {
		count += get(&statistics->requests[kind].latencies[i]);
	}
	return count;
}

const char *statistics_request_name(enum request_kind kind) {
	return request_names[kind];
}

const char *statistics_error_name(size_t index) {
	return errors[index].name;
}

uint64_t statistics_now(void) {
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NANOSECONDS_OF_SECOND + (uint64_t)now.tv_nsec;
}
