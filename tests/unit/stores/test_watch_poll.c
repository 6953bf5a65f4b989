#include "stores/watch_poll.h"

#include "stores/kinds.h"

#include "fixture.h"

#include <time.h>

static uint64_t fingerprint_of(
	const struct fixture *fixture, const char *entry, const struct store_type *type) {
	atomic_bool is_cancelled = false;
	uint64_t fingerprint = 0;
	const char *path = *entry == '\0' ? fixture->root : at(fixture, entry);
	assert_true(watch_poll_fingerprint(path, type->scope, &is_cancelled, &fingerprint));
	return fingerprint;
}

static uint64_t fingerprint(const struct fixture *fixture) {
	return fingerprint_of(fixture, "", &store_directory_type);
}

static void fill(const struct fixture *fixture) {
	make_directory(fixture, "d/e");
	write_file(fixture, "a.yaml", "name: a");
	write_file(fixture, "d/e/b.yaml", "name: b");
	write_file(fixture, "target", "name: t");
	make_link(fixture, "target", "l.yaml");
}

static void test_what_has_not_changed_has_the_same_fingerprint(void **state) {
	const struct fixture *fixture = *state;
	fill(fixture);
	const uint64_t before = fingerprint(fixture);
	assert_true(fingerprint(fixture) == before);
	write_file(fixture, "notes.txt", "no card");
	write_file(fixture, "d/e/b.yaml~", "no card");
	utimensat(AT_FDCWD, at(fixture, "d"), NULL, 0);
	assert_true(fingerprint(fixture) == before);
}

static void assert_changed(const struct fixture *fixture, uint64_t *before) {
	const uint64_t now = fingerprint(fixture);
	assert_true(now != *before);
	*before = now;
}

static void test_every_change_changes_the_fingerprint(void **state) {
	const struct fixture *fixture = *state;
	fill(fixture);
	uint64_t before = fingerprint(fixture);
	write_file(fixture, "a.yaml", "name: longer");
	assert_changed(fixture, &before);
	write_file(fixture, "d/c.yml", "name: c");
	assert_changed(fixture, &before);
	assert_int_equal(rename(at(fixture, "d/c.yml"), at(fixture, "d/d.yml")), 0);
	assert_changed(fixture, &before);
	assert_int_equal(rename(at(fixture, "d/e"), at(fixture, "d/f")), 0);
	assert_changed(fixture, &before);
	assert_int_equal(remove(at(fixture, "d/d.yml")), 0);
	assert_changed(fixture, &before);
	assert_int_equal(chmod(at(fixture, "a.yaml"), 0600), 0);
	assert_changed(fixture, &before);
	write_file(fixture, "target", "name: other");
	assert_changed(fixture, &before);
	assert_int_equal(remove(at(fixture, "target")), 0);
	assert_changed(fixture, &before);
	assert_int_equal(remove(at(fixture, "l.yaml")), 0);
	assert_changed(fixture, &before);
}

static void test_a_time_that_was_set_back_changes_the_fingerprint(void **state) {
	const struct fixture *fixture = *state;
	const struct timespec past[2] = {{.tv_sec = 1}, {.tv_sec = 1}};
	write_file(fixture, "a.yaml", "name: a");
	utimensat(AT_FDCWD, at(fixture, "a.yaml"), past, 0);
	const uint64_t before = fingerprint(fixture);
	const struct timespec tick = {0, 30000000};
	nanosleep(&tick, NULL);
	write_file(fixture, "a.yaml", "name: b");
	utimensat(AT_FDCWD, at(fixture, "a.yaml"), past, 0);
	assert_true(fingerprint(fixture) != before);
}

static void test_a_place_that_appears_or_is_a_file_has_another_fingerprint(void **state) {
	const struct fixture *fixture = *state;
	const uint64_t absent = fingerprint_of(fixture, "s", &store_directory_type);
	assert_true(fingerprint_of(fixture, "s", &store_directory_type) == absent);
	write_file(fixture, "s", "name: a");
	const uint64_t file = fingerprint_of(fixture, "s", &store_directory_type);
	assert_true(file != absent);
	write_file(fixture, "s", "name: longer");
	const uint64_t changed = fingerprint_of(fixture, "s", &store_directory_type);
	assert_true(changed != file);
	assert_int_equal(remove(at(fixture, "s")), 0);
	make_directory(fixture, "s");
	assert_true(fingerprint_of(fixture, "s", &store_directory_type) != changed);
}

static void test_steps_and_scores_are_in_the_fingerprint_of_checkpoints(void **state) {
	const struct fixture *fixture = *state;
	make_directory(fixture, "step_1/model");
	uint64_t before = fingerprint_of(fixture, "", &store_checkpoints_type);
	make_directory(fixture, "step_2");
	uint64_t now = fingerprint_of(fixture, "", &store_checkpoints_type);
	assert_true(now != before);
	before = now;
	make_directory(fixture, "scores");
	write_file(fixture, "scores/step_2.txt", "1");
	now = fingerprint_of(fixture, "", &store_checkpoints_type);
	assert_true(now != before);
	before = now;
	write_file(fixture, "step_1/model/part-0.pt", "not looked into");
	assert_true(fingerprint_of(fixture, "", &store_checkpoints_type) == before);
}

static void test_links_in_circles_end(void **state) {
	const struct fixture *fixture = *state;
	make_link(fixture, ".", "step_1");
	make_link(fixture, "scores", "scores");
	make_link(fixture, "l.yaml", "l.yaml");
	fingerprint(fixture);
	fingerprint_of(fixture, "", &store_checkpoints_type);
}

static void test_a_poll_that_is_cancelled_gives_none(void **state) {
	const struct fixture *fixture = *state;
	fill(fixture);
	atomic_bool is_cancelled = true;
	uint64_t none;
	assert_false(watch_poll_fingerprint(
		fixture->root, &store_directory_scope, &is_cancelled, &none));
}

static void test_another_directory_has_another_identity(void **state) {
	const struct fixture *fixture = *state;
	make_directory(fixture, "s");
	const uint64_t before = watch_poll_identity(at(fixture, "s"));
	write_file(fixture, "s/a.yaml", "name: a");
	assert_true(watch_poll_identity(at(fixture, "s")) == before);
	make_directory(fixture, "t");
	assert_int_equal(rename(at(fixture, "s"), at(fixture, "u")), 0);
	assert_true(watch_poll_identity(at(fixture, "s")) != before);
	assert_int_equal(rename(at(fixture, "t"), at(fixture, "s")), 0);
	assert_true(watch_poll_identity(at(fixture, "s")) != before);
}

static void test_network_file_systems_are_polled(void **state) {
	(void)state;
	const long remote[] = {
		0x6969, (long)0xFF534D42, (long)(int)0xFE534D42, 0x65735546, 0x0BD00BD0};
	for (size_t i = 0; i < sizeof(remote) / sizeof(*remote); i++) {
		const struct statfs status = {.f_type = remote[i]};
		assert_true(watch_poll_is_needed(&status));
	}
	const long local[] = {0x01021994 /* tmpfs */, 0xEF53 /* ext4 */, 0x58465342 /* XFS */,
		0x794c7630 /* overlayfs */};
	for (size_t i = 0; i < sizeof(local) / sizeof(*local); i++) {
		const struct statfs status = {.f_type = local[i]};
		assert_false(watch_poll_is_needed(&status));
	}
}

int main(void) {
	const struct CMUnitTest tests[] = {
		STORE_TEST(test_what_has_not_changed_has_the_same_fingerprint),
		STORE_TEST(test_every_change_changes_the_fingerprint),
		STORE_TEST(test_a_time_that_was_set_back_changes_the_fingerprint),
		STORE_TEST(test_a_place_that_appears_or_is_a_file_has_another_fingerprint),
		STORE_TEST(test_steps_and_scores_are_in_the_fingerprint_of_checkpoints),
		STORE_TEST(test_links_in_circles_end),
		STORE_TEST(test_a_poll_that_is_cancelled_gives_none),
		STORE_TEST(test_another_directory_has_another_identity),
		STORE_TEST(test_network_file_systems_are_polled),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
