#include "fixture.h"

enum { MANY = 300, LARGE = 6, LARGE_SIZE = 1 << 20 };

static const char *entry_of(int number) {
	static char entry[32];
	snprintf(entry, sizeof(entry), "card_%03d.yaml", number);
	return entry;
}

static void write_many(const struct fixture *fixture) {
	for (int i = 0; i < MANY; i++) {
		char text[32];
		snprintf(text, sizeof(text), "name: card_%d\n", i);
		write_file(fixture, entry_of(i), text);
	}
}

static void assert_many(const struct fixture *fixture) {
	for (int i = 0; i < MANY; i++) {
		char text[32];
		snprintf(text, sizeof(text), "name: card_%d\n", i);
		const struct card_file *file = listed(fixture, entry_of(i));
		assert_non_null(file);
		assert_string_equal(file->text, text);
		assert_string_equal(file->directory, fixture->root);
	}
}

static void test_many_files_are_all_read(void **state) {
	struct fixture *fixture = *state;
	write_many(fixture);
	open_store(fixture, "", "");
	list_again(fixture);
	assert_int_equal(fixture->listing.count, MANY);
	assert_int_equal(fixture->problems.count, 0);
	assert_many(fixture);
}

static void test_what_cannot_be_read_among_many_is_each_a_problem(void **state) {
	struct fixture *fixture = *state;
	write_many(fixture);
	for (int i = 0; i < MANY; i++) {
		char entry[32];
		snprintf(entry, sizeof(entry), "pipe_%03d.yaml", i);
		assert_int_equal(mkfifo(at(fixture, entry), 0644), 0);
	}
	open_store(fixture, "", "");
	list_again(fixture);
	assert_int_equal(fixture->listing.count, MANY);
	assert_many(fixture);
	assert_int_equal(fixture->problems.count, MANY);
	problem_list_sort(&fixture->problems);
	for (int i = 0; i < MANY; i++) {
		char entry[32];
		snprintf(entry, sizeof(entry), "pipe_%03d.yaml", i);
		assert_string_equal(fixture->problems.items[i].file, at(fixture, entry));
	}
}

static void test_of_many_files_those_that_changed_are_read_again(void **state) {
	struct fixture *fixture = *state;
	struct card_file *before[MANY];
	write_many(fixture);
	open_store(fixture, "", "");
	list_again(fixture);
	for (int i = 0; i < MANY; i++) {
		before[i] = card_file_acquire(listed(fixture, entry_of(i)));
	}
	write_file(fixture, entry_of(7), "name: other\n");
	assert_int_equal(unlink(at(fixture, entry_of(8))), 0);
	list_again(fixture);
	assert_int_equal(fixture->listing.count, MANY - 1);
	for (int i = 0; i < MANY; i++) {
		const struct card_file *now = listed(fixture, entry_of(i));
		assert_int_equal(now == before[i], i != 7 && i != 8);
		card_file_release(before[i]);
	}
	assert_string_equal(listed(fixture, entry_of(7))->text, "name: other\n");
}

static void test_large_files_are_all_read(void **state) {
	struct fixture *fixture = *state;
	char *text = malloc(LARGE_SIZE);
	assert_non_null(text);
	for (int i = 0; i < LARGE; i++) {
		memset(text, 'a' + i, LARGE_SIZE);
		write_bytes(fixture, entry_of(i), text, LARGE_SIZE);
	}
	open_store(fixture, "", "");
	list_again(fixture);
	assert_int_equal(fixture->listing.count, LARGE);
	for (int i = 0; i < LARGE; i++) {
		memset(text, 'a' + i, LARGE_SIZE);
		const struct card_file *file = listed(fixture, entry_of(i));
		assert_int_equal(file->length, LARGE_SIZE);
		assert_memory_equal(file->text, text, LARGE_SIZE);
	}
	free(text);
}

/* As one is that grows while it is read. */
static void test_a_file_that_is_longer_than_it_says_is_read_whole(void **state) {
	struct fixture *fixture = *state;
	assert_int_equal(symlink("/proc/version", at(fixture, "a.yaml")), 0);
	open_store(fixture, "", "");
	list_again(fixture);
	assert_int_equal(fixture->problems.count, 0);
	const struct card_file *file = listed(fixture, "a.yaml");
	assert_non_null(file);
	assert_int_equal(strncmp(file->text, "Linux version ", 14), 0);
	assert_int_equal(file->text[file->length - 1], '\n');
	assert_int_equal(file->text[file->length], '\0');
}

int main(void) {
	const struct CMUnitTest tests[] = {
		STORE_TEST(test_many_files_are_all_read),
		STORE_TEST(test_what_cannot_be_read_among_many_is_each_a_problem),
		STORE_TEST(test_of_many_files_those_that_changed_are_read_again),
		STORE_TEST(test_large_files_are_all_read),
		STORE_TEST(test_a_file_that_is_longer_than_it_says_is_read_whole),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
