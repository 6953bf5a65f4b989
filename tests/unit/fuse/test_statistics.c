#include "fuse/statistics_text.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "unit/support/scene.h"

static struct statistics statistics;

static int set_up(void **state) {
	memset(&statistics, 0xA5, sizeof(statistics));
	statistics_init(&statistics);
	return scene_create(state);
}

static uint64_t bucket(enum request_kind kind, size_t index) {
	return statistics.requests[kind].latencies[index];
}

/* What is written of the scene's catalog; lives as long as the scene. */
static const char *written(struct scene *scene,
	void (*append)(struct buffer *, const struct statistics *, const struct moment *)) {
	struct buffer text = {0};
	const struct moment moment = {
		.catalog = scene->catalog, .inodes = 7, .mount_point = "/m \"x\""};
	append(&text, &statistics, &moment);
	return scene_take(scene, &text);
}

#define ASSERT_LINE(text, line) assert_non_null(strstr((text), "\n" line "\n"))

static void test_everything_starts_at_nothing_but_the_time(void **state) {
	(void)state;
	for (size_t i = 0; i < REQUEST_KINDS; i++) {
		assert_int_equal(statistics_request_count(&statistics, (enum request_kind)i), 0);
	}
	for (size_t i = 0; i < COUNTER_KINDS; i++) {
		assert_int_equal(statistics_counter(&statistics, (enum counter)i), 0);
	}
	assert_true(statistics_gauge(&statistics, GAUGE_STARTED) > 1000000000);
	assert_int_equal(statistics_gauge(&statistics, GAUGE_RELOADED), 0);
	assert_int_equal(statistics.catalog.files_read, 0);
}

static void test_a_latency_is_counted_in_the_least_bucket_that_holds_it(void **state) {
	(void)state;
	const struct {
		uint64_t nanoseconds;
		size_t bucket;
	} cases[] = {
		{0, 0},
		{1, 0},
		{1000, 0},
		{1001, 1},
		{2000, 1},
		{2001, 2},
		{4096000, 12},
		{4096001, 13},
		{8388608000, 23},
		{8388608001, 24},
		{UINT64_MAX / 2, 24},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const uint64_t before = bucket(REQUEST_READ, cases[i].bucket);
		statistics_add_request(&statistics, REQUEST_READ, cases[i].nanoseconds, 0);
		assert_int_equal(bucket(REQUEST_READ, cases[i].bucket), before + 1);
	}
	assert_int_equal(statistics_request_count(&statistics, REQUEST_READ),
		sizeof(cases) / sizeof(cases[0]));
	assert_int_equal(statistics_request_count(&statistics, REQUEST_LOOKUP), 0);
}

static void test_errors_are_counted_by_name_and_unknown_ones_together(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\n");
	statistics_add_request(&statistics, REQUEST_LOOKUP, 1, ENOENT);
	statistics_add_request(&statistics, REQUEST_LOOKUP, 1, ENOENT);
	statistics_add_request(&statistics, REQUEST_CHANGE, 1, EROFS);
	statistics_add_request(&statistics, REQUEST_GETATTR, 1, EXDEV);
	statistics_add_request(&statistics, REQUEST_GETATTR, 1, EPIPE);
	const char *metrics = written(scene, statistics_append_metrics);
	ASSERT_LINE(metrics, "cardfs_request_errors_total{mount=\"/m "
			     "\\\"x\\\"\",request=\"lookup\",error=\"ENOENT\"} 2");
	ASSERT_LINE(metrics, "cardfs_request_errors_total{mount=\"/m "
			     "\\\"x\\\"\",request=\"lookup\",error=\"EROFS\"} 0");
	ASSERT_LINE(metrics, "cardfs_request_errors_total{mount=\"/m "
			     "\\\"x\\\"\",request=\"change\",error=\"EROFS\"} 1");
	ASSERT_LINE(metrics, "cardfs_request_errors_total{mount=\"/m "
			     "\\\"x\\\"\",request=\"getattr\",error=\"other\"} 2");
	const char *text = written(scene, statistics_append_text);
	ASSERT_LINE(text, "lookup      ENOENT         2");
	ASSERT_LINE(text, "getattr     other          2");
	assert_null(strstr(text, "EIO"));
}

static void test_a_histogram_adds_up(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\n");
	statistics_add_request(&statistics, REQUEST_READ, 900, 0);
	statistics_add_request(&statistics, REQUEST_READ, 3000, 0);
	statistics_add_request(&statistics, REQUEST_READ, 20000000000, 0);
	const char *metrics = written(scene, statistics_append_metrics);
	ASSERT_LINE(metrics, "cardfs_request_seconds_bucket{mount=\"/m "
			     "\\\"x\\\"\",request=\"read\",le=\"0.000001\"} 1");
	ASSERT_LINE(metrics, "cardfs_request_seconds_bucket{mount=\"/m "
			     "\\\"x\\\"\",request=\"read\",le=\"0.000002\"} 1");
	ASSERT_LINE(metrics, "cardfs_request_seconds_bucket{mount=\"/m "
			     "\\\"x\\\"\",request=\"read\",le=\"0.000004\"} 2");
	ASSERT_LINE(metrics, "cardfs_request_seconds_bucket{mount=\"/m "
			     "\\\"x\\\"\",request=\"read\",le=\"8.388608\"} 2");
	ASSERT_LINE(metrics, "cardfs_request_seconds_bucket{mount=\"/m "
			     "\\\"x\\\"\",request=\"read\",le=\"+Inf\"} 3");
	ASSERT_LINE(metrics,
		"cardfs_request_seconds_sum{mount=\"/m \\\"x\\\"\",request=\"read\"} 20.000003900");
	ASSERT_LINE(
		metrics, "cardfs_request_seconds_count{mount=\"/m \\\"x\\\"\",request=\"read\"} 3");
	ASSERT_LINE(written(scene, statistics_append_text),
		"read                   3          0 6666668us  1us:1 4us:1 more:1");
}

static void test_counters_and_gauges_are_written(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\n---\nname: b\n");
	statistics_count(&statistics, COUNTER_RESTARTS);
	statistics_add(&statistics, COUNTER_RELOADS, 41);
	statistics_count(&statistics, COUNTER_RELOADS);
	statistics_add(&statistics, COUNTER_RELOAD_NANOSECONDS, 1500000000);
	statistics_set(&statistics, GAUGE_RELOADED, 1000000000);
	statistics_set(&statistics, GAUGE_RELOAD_NANOSECONDS, 2500000);
	statistics_set(&statistics, GAUGE_WATCHES, 9);
	const char *text = written(scene, statistics_append_text);
	ASSERT_LINE(text, "restarts                   1");
	ASSERT_LINE(text, "reloads of stores          42");
	ASSERT_LINE(text, "last reload                2001-09-09T01:46:40Z");
	ASSERT_LINE(text, "it took                    2.500 ms");
	ASSERT_LINE(text, "assets                     2");
	ASSERT_LINE(text, "inodes known               7");
	ASSERT_LINE(text, "directories watched        9");
	const char *metrics = written(scene, statistics_append_metrics);
	ASSERT_LINE(metrics, "cardfs_restarts_total{mount=\"/m \\\"x\\\"\"} 1");
	ASSERT_LINE(metrics, "cardfs_reloads_total{mount=\"/m \\\"x\\\"\",result=\"done\"} 42");
	ASSERT_LINE(metrics, "cardfs_reload_seconds_total{mount=\"/m \\\"x\\\"\"} 1.500000000");
	ASSERT_LINE(
		metrics, "cardfs_last_reload_timestamp_seconds{mount=\"/m \\\"x\\\"\"} 1000000000");
	ASSERT_LINE(metrics, "cardfs_inodes{mount=\"/m \\\"x\\\"\"} 7");
	ASSERT_LINE(metrics, "cardfs_store_cards{mount=\"/m "
			     "\\\"x\\\"\",origin=\"added\",store=\"dir:$/cards\"} 2");
}

static void test_a_location_is_escaped_in_metrics(void **state) {
	struct scene *scene = *state;
	scene_write(scene, "a\"b\\c\nd/a.yaml", "name: a\n");
	scene_add_store(scene, "a\"b\\c\nd");
	scene_load(scene);
	ASSERT_LINE(written(scene, statistics_append_metrics),
		"cardfs_store_cards{mount=\"/m "
		"\\\"x\\\"\",origin=\"added\",store=\"dir:$/a\\\"b\\\\c\\\\nd\"} 1");
}

#define STATISTICS_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, scene_destroy)

int main(void) {
	const struct CMUnitTest tests[] = {
		STATISTICS_TEST(test_everything_starts_at_nothing_but_the_time),
		STATISTICS_TEST(test_a_latency_is_counted_in_the_least_bucket_that_holds_it),
		STATISTICS_TEST(test_errors_are_counted_by_name_and_unknown_ones_together),
		STATISTICS_TEST(test_a_histogram_adds_up),
		STATISTICS_TEST(test_counters_and_gauges_are_written),
		STATISTICS_TEST(test_a_location_is_escaped_in_metrics),
	};
	return cmocka_run_group_tests_name("statistics", tests, NULL, NULL);
}
