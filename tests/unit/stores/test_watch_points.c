#include "stores/watch_points.h"

#include "fixture.h"

/* An interest that counts what it is told. */
struct counter {
	struct watch_interest interest;
	unsigned count;
};

static bool count_event(struct watch_interest *interest, uint32_t mask, const char *name) {
	(void)mask;
	(void)name;
	struct counter *counter = (struct counter *)interest;
	counter->count++;
	return true;
}

static struct counter counter_of(const char *name, uint32_t mask) {
	return (struct counter){
		.interest = {.notice = count_event, .name = name, .mask = mask},
	};
}

static void add(
	struct watch_points *points, const struct fixture *fixture, struct counter *counter) {
	assert_int_equal(watch_points_add(points, fixture->root, 0, &counter->interest), 0);
}

static void read_all(struct watch_points *points) {
	while (watch_points_read(points) > 0) {
	}
}

/* How many watches the kernel keeps. */
static size_t count_watches(const struct watch_points *points) {
	char path[64], line[256];
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", points->descriptor);
	FILE *stream = fopen(path, "r");
	assert_non_null(stream);
	size_t count = 0;
	while (fgets(line, sizeof(line), stream) != NULL) {
		count += strncmp(line, "inotify ", 8) == 0;
	}
	fclose(stream);
	return count;
}

static void test_events_go_to_those_interested_in_the_name(void **state) {
	const struct fixture *fixture = *state;
	struct watch_points points;
	struct counter all = counter_of("", IN_CREATE), a = counter_of("a", IN_CREATE),
		       b = counter_of("b", IN_CREATE), deletion = counter_of("a", IN_DELETE);
	watch_points_init(&points, 0);
	add(&points, fixture, &all);
	add(&points, fixture, &a);
	add(&points, fixture, &b);
	add(&points, fixture, &deletion);
	assert_int_equal(points.points.count, 1);
	write_file(fixture, "a", "");
	write_file(fixture, "c", "");
	read_all(&points);
	assert_int_equal(all.count, 2);
	assert_int_equal(a.count, 1);
	assert_int_equal(b.count, 0);
	assert_int_equal(deletion.count, 0);
	assert_int_equal(points.last, IN_CREATE);
	watch_points_remove(&points, &a.interest);
	watch_points_remove(&points, &all.interest);
	assert_int_equal(remove(at(fixture, "a")), 0);
	write_file(fixture, "b", "");
	read_all(&points);
	assert_int_equal(deletion.count, 1);
	assert_int_equal(b.count, 1);
	assert_int_equal(a.count, 1);
	watch_points_remove(&points, &b.interest);
	assert_int_equal(count_watches(&points), 1);
	watch_points_remove(&points, &deletion.interest);
	assert_int_equal(count_watches(&points), 0);
	assert_int_equal(points.points.count, 0);
	watch_points_finish(&points);
}

static void test_interests_in_one_name_may_end_in_any_order(void **state) {
	const struct fixture *fixture = *state;
	static const unsigned orders[][3] = {
		{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
	for (size_t i = 0; i < sizeof(orders) / sizeof(*orders); i++) {
		struct watch_points points;
		struct counter counters[3];
		watch_points_init(&points, 0);
		for (size_t j = 0; j < 3; j++) {
			counters[j] = counter_of("a", IN_CREATE);
			add(&points, fixture, &counters[j]);
		}
		for (size_t j = 0; j < 3; j++) {
			write_file(fixture, "a", "");
			read_all(&points);
			assert_int_equal(remove(at(fixture, "a")), 0);
			watch_points_remove(&points, &counters[orders[i][j]].interest);
			assert_int_equal(counters[orders[i][j]].count, j + 1);
		}
		assert_int_equal(points.points.count, 0);
		watch_points_finish(&points);
	}
}

static void test_a_directory_that_is_gone_is_not_watched_any_more(void **state) {
	const struct fixture *fixture = *state;
	struct watch_points points;
	struct counter one = counter_of("", WATCH_SELF), other = counter_of("a", WATCH_SELF);
	watch_points_init(&points, 0);
	make_directory(fixture, "d");
	assert_int_equal(watch_points_add(&points, at(fixture, "d"), 0, &one.interest), 0);
	assert_int_equal(watch_points_add(&points, at(fixture, "d"), 0, &other.interest), 0);
	assert_int_equal(remove(at(fixture, "d")), 0);
	read_all(&points);
	assert_int_equal(one.count, 1);
	assert_int_equal(other.count, 1);
	assert_null(one.interest.point);
	assert_null(other.interest.point);
	assert_int_equal(points.points.count, 0);
	watch_points_remove(&points, &one.interest);
	watch_points_finish(&points);
}

static void test_no_more_directories_than_the_limit_are_watched(void **state) {
	const struct fixture *fixture = *state;
	struct watch_points points;
	struct counter one = counter_of("", IN_CREATE), other = counter_of("", IN_CREATE),
		       same = counter_of("a", IN_CREATE);
	watch_points_init(&points, 1);
	make_directory(fixture, "d");
	add(&points, fixture, &one);
	add(&points, fixture, &same);
	assert_int_equal(watch_points_add(&points, at(fixture, "d"), 0, &other.interest), ENOSPC);
	watch_points_remove(&points, &one.interest);
	watch_points_remove(&points, &same.interest);
	assert_int_equal(watch_points_add(&points, at(fixture, "d"), 0, &other.interest), 0);
	watch_points_remove(&points, &other.interest);
	watch_points_finish(&points);
}

static void test_what_is_no_directory_is_not_watched(void **state) {
	const struct fixture *fixture = *state;
	struct watch_points points;
	struct counter counter = counter_of("", IN_CREATE);
	watch_points_init(&points, 0);
	write_file(fixture, "f", "");
	assert_int_equal(
		watch_points_add(&points, at(fixture, "f"), 0, &counter.interest), ENOTDIR);
	assert_int_equal(watch_points_add(&points, at(fixture, "g"), 0, &counter.interest), ENOENT);
	watch_points_close(&points);
	assert_int_equal(watch_points_add(&points, fixture->root, 0, &counter.interest), EBADF);
	watch_points_finish(&points);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		STORE_TEST(test_events_go_to_those_interested_in_the_name),
		STORE_TEST(test_interests_in_one_name_may_end_in_any_order),
		STORE_TEST(test_a_directory_that_is_gone_is_not_watched_any_more),
		STORE_TEST(test_no_more_directories_than_the_limit_are_watched),
		STORE_TEST(test_what_is_no_directory_is_not_watched),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
