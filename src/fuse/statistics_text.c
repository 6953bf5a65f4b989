#include "fuse/statistics_text.h"

#include <time.h>

enum { NANOSECONDS_OF_MICROSECOND = 1000, NANOSECONDS_OF_MILLISECOND = 1000000 };

/* A line for each counter, a blank one between groups. */
static const struct {
	enum counter counter;
	const char *name;
} counter_lines[] = {
	{COUNTER_LISTINGS_SHARED, "listings shared"},
	{COUNTER_LISTINGS_MADE, "listings made"},
	{COUNTER_CONTENTS_KEPT, "contents kept"},
	{COUNTER_CONTENTS_MADE, "contents made again"},
	{COUNTER_NOTICES_OF_NAMES, "kernel told of names"},
	{COUNTER_NOTICES_OF_DOUBTS, "kernel told of doubts"},
	{COUNTER_NOTICES_OF_LISTINGS, "kernel told of listings"},
	{COUNTER_NOTICES_OF_ATTRIBUTES, "kernel told of attributes"},
	{COUNTER_RELOADS, "reloads of stores"},
	{COUNTER_RELOADS_FAILED, "reloads that failed"},
	{COUNTER_RESTARTS, "restarts"},
	{COUNTER_PROGRAM_RELOADS, "reloads of the program"},
};

static uint64_t load(const atomic_uint_least64_t *figure) {
	return atomic_load_explicit(figure, memory_order_relaxed);
}

static void append_line(struct buffer *text, const char *name, uint64_t value) {
	buffer_append_format(text, "%-26s %llu\n", name, (unsigned long long)value);
}

void statistics_append_time(struct buffer *text, uint64_t seconds) {
	const time_t time = (time_t)seconds;
	struct tm parts;
	if (seconds == 0 || gmtime_r(&time, &parts) == NULL) {
		buffer_append_string(text, "never");
		return;
	}
	buffer_append_format(text, "%04d-%02d-%02dT%02d:%02d:%02dZ", parts.tm_year + 1900,
		parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
}

static void append_latencies(struct buffer *text, const struct request_figures *request) {
	for (size_t i = 0; i < LATENCY_BUCKETS; i++) {
		const uint64_t count = load(&request->latencies[i]);
		if (count == 0) {
			continue;
		}
		if (i + 1 < LATENCY_BUCKETS) {
			buffer_append_format(text, " %luus:", 1UL << i);
		} else {
			buffer_append_string(text, " more:");
		}
		buffer_append_format(text, "%llu", (unsigned long long)count);
	}
}

static uint64_t count_errors(const struct request_figures *request) {
	uint64_t count = 0;
	for (size_t i = 0; i < STATISTICS_ERRORS; i++) {
		count += load(&request->errors[i]);
	}
	return count;
}

static void append_requests(struct buffer *text, const struct statistics *statistics) {
	buffer_append_string(
		text, "request            count     errors    mean  at most so long: how many\n");
	for (size_t i = 0; i < REQUEST_KINDS; i++) {
		const struct request_figures *request = &statistics->requests[i];
		const uint64_t count = statistics_request_count(statistics, (enum request_kind)i);
		const double mean = count == 0 ? 0
					       : (double)load(&request->nanoseconds) /
							 (double)count / NANOSECONDS_OF_MICROSECOND;
		buffer_append_format(text, "%-11s %12llu %10llu %5.0fus ",
			statistics_request_name((enum request_kind)i), (unsigned long long)count,
			(unsigned long long)count_errors(request), mean);
		append_latencies(text, request);
		buffer_append_byte(text, '\n');
	}
}

static void append_errors(struct buffer *text, const struct statistics *statistics) {
	for (size_t i = 0; i < REQUEST_KINDS; i++) {
		for (size_t j = 0; j < STATISTICS_ERRORS; j++) {
			const uint64_t count = load(&statistics->requests[i].errors[j]);
			if (count > 0) {
				buffer_append_format(text, "%-11s %-14s %llu\n",
					statistics_request_name((enum request_kind)i),
					statistics_error_name(j), (unsigned long long)count);
			}
		}
	}
}

static void append_reload(struct buffer *text, const struct statistics *statistics) {
	buffer_append_format(text, "%-26s ", "last reload");
	statistics_append_time(text, statistics_gauge(statistics, GAUGE_RELOADED));
	buffer_append_format(text, "\n%-26s %.3f ms\n", "it took",
		(double)statistics_gauge(statistics, GAUGE_RELOAD_NANOSECONDS) /
			NANOSECONDS_OF_MILLISECOND);
}

void statistics_append_text(
	struct buffer *text, const struct statistics *statistics, const struct moment *moment) {
	buffer_append_format(text, "cardfs %s, started ", CARDFS_VERSION);
	statistics_append_time(text, statistics_gauge(statistics, GAUGE_STARTED));
	buffer_append_string(text, "\n\n");
	append_requests(text, statistics);
	buffer_append_string(text, "\nrequest     error          count\n");
	append_errors(text, statistics);
	buffer_append_byte(text, '\n');
	append_line(text, "cards found resolved", load(&statistics->catalog.cards_kept));
	append_line(text, "cards resolved", load(&statistics->catalog.cards_resolved));
	for (size_t i = 0; i < sizeof(counter_lines) / sizeof(counter_lines[0]); i++) {
		append_line(text, counter_lines[i].name,
			statistics_counter(statistics, counter_lines[i].counter));
	}
	append_reload(text, statistics);
	append_line(text, "files read", load(&statistics->catalog.files_read));
	append_line(text, "bytes read", load(&statistics->catalog.bytes_read));
	append_line(text, "assets", catalog_asset_count(moment->catalog));
	append_line(text, "generation", catalog_generation(moment->catalog));
	append_line(text, "inodes known", moment->inodes);
	append_line(text, "directories watched", statistics_gauge(statistics, GAUGE_WATCHES));
	append_line(text, "places polled", statistics_gauge(statistics, GAUGE_POLLED));
}
