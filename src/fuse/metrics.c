/* The half of statistics_text.h that is for Prometheus. */
#include "fuse/statistics_text.h"

#include <stdio.h>
#include <sys/resource.h>

enum { NANOSECONDS_OF_SECOND = 1000000000, MICROSECONDS_OF_SECOND = 1000000, KIBIBYTE = 1024 };

static uint64_t load(const atomic_uint_least64_t *figure) {
	return atomic_load_explicit(figure, memory_order_relaxed);
}

static void append_head(struct buffer *text, const char *name, const char *type, const char *help) {
	buffer_append_format(
		text, "# HELP cardfs_%s %s\n# TYPE cardfs_%s %s\n", name, help, name, type);
}

/* labels: with braces around, or "". */
static void append_sample(
	struct buffer *text, const char *name, const char *labels, uint64_t value) {
	buffer_append_format(text, "cardfs_%s%s %llu\n", name, labels, (unsigned long long)value);
}

static void append_one(
	struct buffer *text, const char *name, const char *type, const char *help, uint64_t value) {
	append_head(text, name, type, help);
	append_sample(text, name, "", value);
}

static void append_seconds(struct buffer *text, uint64_t nanoseconds) {
	buffer_append_format(text, "%llu.%09llu",
		(unsigned long long)(nanoseconds / NANOSECONDS_OF_SECOND),
		(unsigned long long)(nanoseconds % NANOSECONDS_OF_SECOND));
}

/* Buckets count what is in those before as well. The number of all is taken from the same look. */
static void append_histogram(
	struct buffer *text, const struct request_figures *request, const char *kind) {
	uint64_t count = 0;
	for (size_t i = 0; i < LATENCY_BUCKETS; i++) {
		count += load(&request->latencies[i]);
		buffer_append_format(
			text, "cardfs_request_seconds_bucket{request=\"%s\",le=\"", kind);
		if (i + 1 < LATENCY_BUCKETS) {
			const unsigned long bound = 1UL << i;
			buffer_append_format(text, "%lu.%06lu", bound / MICROSECONDS_OF_SECOND,
				bound % MICROSECONDS_OF_SECOND);
		} else {
			buffer_append_string(text, "+Inf");
		}
		buffer_append_format(text, "\"} %llu\n", (unsigned long long)count);
	}
	buffer_append_format(text, "cardfs_request_seconds_sum{request=\"%s\"} ", kind);
	append_seconds(text, load(&request->nanoseconds));
	buffer_append_format(text, "\ncardfs_request_seconds_count{request=\"%s\"} %llu\n", kind,
		(unsigned long long)count);
}

static void append_requests(struct buffer *text, const struct statistics *statistics) {
	append_head(text, "request_seconds", "histogram",
		"How long requests of the kernel took to answer.");
	for (size_t i = 0; i < REQUEST_KINDS; i++) {
		append_histogram(text, &statistics->requests[i],
			statistics_request_name((enum request_kind)i));
	}
	append_head(text, "request_errors_total", "counter",
		"Requests that were answered with an error.");
	for (size_t i = 0; i < REQUEST_KINDS; i++) {
		for (size_t j = 0; j < STATISTICS_ERRORS; j++) {
			buffer_append_format(text,
				"cardfs_request_errors_total{request=\"%s\",error=\"%s\"} %llu\n",
				statistics_request_name((enum request_kind)i),
				statistics_error_name(j),
				(unsigned long long)load(&statistics->requests[i].errors[j]));
		}
	}
}

static const struct {
	const char *name;
	const char *help; /* NULL: another sample of the metric before */
	const char *labels;
	enum counter counter;
} counters[] = {
	{"listings_total", "Listings of directories.", "{result=\"shared\"}",
		COUNTER_LISTINGS_SHARED},
	{"listings_total", NULL, "{result=\"made\"}", COUNTER_LISTINGS_MADE},
	{"contents_total", "Reads of files and links.", "{result=\"kept\"}", COUNTER_CONTENTS_KEPT},
	{"contents_total", NULL, "{result=\"made\"}", COUNTER_CONTENTS_MADE},
	{"notifications_total", "What the kernel was told of changes.", "{kind=\"name\"}",
		COUNTER_NOTICES_OF_NAMES},
	{"notifications_total", NULL, "{kind=\"doubt\"}", COUNTER_NOTICES_OF_DOUBTS},
	{"notifications_total", NULL, "{kind=\"listing\"}", COUNTER_NOTICES_OF_LISTINGS},
	{"notifications_total", NULL, "{kind=\"attributes\"}", COUNTER_NOTICES_OF_ATTRIBUTES},
	{"reloads_total", "Reloads of the stores.", "{result=\"done\"}", COUNTER_RELOADS},
	{"reloads_total", NULL, "{result=\"failed\"}", COUNTER_RELOADS_FAILED},
	{"restarts_total", "Restarts of the process that answers, after it died.", "",
		COUNTER_RESTARTS},
	{"program_reloads_total", "Reloads of the program while mounted.", "",
		COUNTER_PROGRAM_RELOADS},
};

static void append_counters(struct buffer *text, const struct statistics *statistics) {
	for (size_t i = 0; i < sizeof(counters) / sizeof(counters[0]); i++) {
		if (counters[i].help != NULL) {
			append_head(text, counters[i].name, "counter", counters[i].help);
		}
		append_sample(text, counters[i].name, counters[i].labels,
			statistics_counter(statistics, counters[i].counter));
	}
	append_head(text, "reload_seconds_total", "counter", "How long all reloads took.");
	buffer_append_string(text, "cardfs_reload_seconds_total ");
	append_seconds(text, statistics_counter(statistics, COUNTER_RELOAD_NANOSECONDS));
	buffer_append_byte(text, '\n');
	append_head(text, "last_reload_seconds", "gauge", "How long the last reload took.");
	buffer_append_string(text, "cardfs_last_reload_seconds ");
	append_seconds(text, statistics_gauge(statistics, GAUGE_RELOAD_NANOSECONDS));
	buffer_append_byte(text, '\n');
}

static void append_catalog(struct buffer *text, const struct catalog_figures *figures) {
	append_head(text, "cards_total", "counter", "Cards that were asked for.");
	append_sample(text, "cards_total", "{result=\"kept\"}", load(&figures->cards_kept));
	append_sample(text, "cards_total", "{result=\"resolved\"}", load(&figures->cards_resolved));
	append_one(text, "files_read_total", "counter", "Card files that were read.",
		load(&figures->files_read));
	append_one(text, "bytes_read_total", "counter", "Bytes of card files that were read.",
		load(&figures->bytes_read));
}

/* Printable text has no line breaks; "\" and "\"" are escaped. */
static void append_label(
	struct buffer *labels, const char *name, const char *kind, const char *value) {
	struct buffer printable = {0};
	buffer_append_string(&printable, kind);
	buffer_append_printable(&printable, text_of(value));
	buffer_append_format(labels, "%s=\"", name);
	for (size_t i = 0; i < printable.length; i++) {
		if (printable.data[i] == '"' || printable.data[i] == '\\') {
			buffer_append_byte(labels, '\\');
		}
		buffer_append_byte(labels, printable.data[i]);
	}
	buffer_append_byte(labels, '"');
	labels->failed |= printable.failed;
	buffer_finish(&printable);
}

static void append_store_labels(struct buffer *labels, const struct store *store) {
	char kind[32];
	snprintf(kind, sizeof(kind), "%s:", store->type->kind);
	buffer_append_format(labels, "{origin=\"%s\",", store_origin_name(store->origin));
	append_label(labels, "store", kind, store->location);
	buffer_append_byte(labels, '}');
}

static uint64_t card_count(const struct catalog_store *store) {
	return store->card_count;
}

static uint64_t file_count(const struct catalog_store *store) {
	return store->file_count;
}

static uint64_t problem_count(const struct catalog_store *store) {
	return store->problem_count;
}

static const struct {
	const char *name;
	const char *help;
	uint64_t (*value)(const struct catalog_store *store);
} store_gauges[] = {
	{"store_cards", "Cards in a store.", card_count},
	{"store_files", "Card files in a store.", file_count},
	{"store_problems", "Problems in the files of a store.", problem_count},
};

static void append_stores(struct buffer *text, const struct catalog *catalog) {
	for (size_t i = 0; i < sizeof(store_gauges) / sizeof(store_gauges[0]); i++) {
		append_head(text, store_gauges[i].name, "gauge", store_gauges[i].help);
		for (size_t j = 0; j < catalog_store_count(catalog); j++) {
			const struct catalog_store store = catalog_store(catalog, j);
			struct buffer labels = {0};
			append_store_labels(&labels, store.store);
			append_sample(text, store_gauges[i].name, labels.failed ? "" : labels.data,
				store_gauges[i].value(&store));
			text->failed |= labels.failed;
			buffer_finish(&labels);
		}
	}
}

static void append_process(struct buffer *text) {
	struct rusage usage;
	getrusage(RUSAGE_SELF, &usage);
	const uint64_t seconds = (uint64_t)usage.ru_utime.tv_sec + (uint64_t)usage.ru_stime.tv_sec;
	const uint64_t microseconds =
		(uint64_t)usage.ru_utime.tv_usec + (uint64_t)usage.ru_stime.tv_usec;
	append_one(text, "memory_peak_bytes", "gauge", "The most memory that the process had.",
		(uint64_t)usage.ru_maxrss * KIBIBYTE);
	append_head(text, "cpu_seconds_total", "counter", "Processor time that the process took.");
	buffer_append_string(text, "cardfs_cpu_seconds_total ");
	append_seconds(
		text, seconds * NANOSECONDS_OF_SECOND +
			      microseconds * (NANOSECONDS_OF_SECOND / MICROSECONDS_OF_SECOND));
	buffer_append_byte(text, '\n');
}

static void append_all(
	struct buffer *text, const struct statistics *statistics, const struct moment *moment) {
	append_head(text, "build_info", "gauge", "The version that serves the mount.");
	append_sample(text, "build_info", "{version=\"" CARDFS_VERSION "\"}", 1);
	append_one(text, "start_time_seconds", "gauge", "When the mount was made.",
		statistics_gauge(statistics, GAUGE_STARTED));
	append_requests(text, statistics);
	append_counters(text, statistics);
	append_one(text, "last_reload_timestamp_seconds", "gauge",
		"When stores were reloaded last; 0: never.",
		statistics_gauge(statistics, GAUGE_RELOADED));
	append_catalog(text, &statistics->catalog);
	append_one(text, "assets", "gauge", "Assets that the mount shows.",
		catalog_asset_count(moment->catalog));
	append_one(text, "generation", "gauge", "How often what is shown has been renewed.",
		catalog_generation(moment->catalog));
	append_one(text, "inodes", "gauge", "Inodes that the kernel knows.", moment->inodes);
	append_one(text, "watches", "gauge", "Directories that inotify watches.",
		statistics_gauge(statistics, GAUGE_WATCHES));
	append_one(text, "polled", "gauge", "Stores and caches that are polled.",
		statistics_gauge(statistics, GAUGE_POLLED));
	append_stores(text, moment->catalog);
	append_process(text);
}

/* A sample is a name, labels in braces unless there are none, and a value. */
static void append_labelled(struct buffer *text, struct text sample, struct text label) {
	const size_t blank = text_index(sample, ' ');
	const size_t brace = text_index(sample, '{');
	const bool has_labels = brace < blank;
	const struct text name = text_part(sample, 0, has_labels ? brace : blank);
	buffer_append_text(text, name);
	buffer_append_byte(text, '{');
	buffer_append_text(text, label);
	buffer_append_byte(text, has_labels ? ',' : '}');
	buffer_append_text(
		text, text_part(sample, name.length + (has_labels ? 1 : 0), sample.length));
}

/* Several mounts of a machine are told apart by it. */
static void add_label(struct buffer *text, struct text metrics, struct text label) {
	while (metrics.length > 0) {
		const struct text line = text_part(metrics, 0, text_index(metrics, '\n'));
		if (text_starts_with(line, TEXT("#"))) {
			buffer_append_text(text, line);
		} else {
			append_labelled(text, line, label);
		}
		buffer_append_byte(text, '\n');
		metrics = text_part(metrics, line.length + 1, metrics.length);
	}
}

void statistics_append_metrics(
	struct buffer *text, const struct statistics *statistics, const struct moment *moment) {
	struct buffer metrics = {0};
	struct buffer label = {0};
	append_all(&metrics, statistics, moment);
	append_label(&label, "mount", "", moment->mount_point);
	add_label(text, buffer_text(&metrics), buffer_text(&label));
	text->failed |= metrics.failed || label.failed;
	buffer_finish(&metrics);
	buffer_finish(&label);
}
