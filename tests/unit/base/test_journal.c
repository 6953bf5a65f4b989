#include "base/journal.h"

#include "unit/base/listener.h"

#include <sys/stat.h>

static void test_a_field_is_a_line(void **state) {
	(void)state;
	struct buffer entry = {0};
	journal_append_field(&entry, "MESSAGE", TEXT("some = words"));
	journal_append_field(&entry, "EMPTY", TEXT(""));
	assert_string_equal(entry.data, "MESSAGE=some = words\nEMPTY=\n");
	buffer_finish(&entry);
}

static void test_a_value_with_line_breaks_has_its_length_before_it(void **state) {
	(void)state;
	struct buffer entry = {0};
	char expected[] = "A\n\x04\0\0\0\0\0\0\0x\n\0y\n";
	journal_append_field(&entry, "A", TEXT("x\n\0y"));
	assert_int_equal(entry.length, sizeof(expected) - 1);
	assert_memory_equal(entry.data, expected, entry.length);
	buffer_finish(&entry);
}

static void test_an_entry_arrives(void **state) {
	(void)state;
	struct listener listener;
	listener_start(&listener);
	const int journal = journal_open(listener.path);
	assert_true(journal >= 0);
	assert_true(journal_send(journal, TEXT("MESSAGE=one\n")));
	assert_string_equal(listener_receive(&listener), "MESSAGE=one\n");
	listener_stop(&listener);
	assert_false(journal_send(journal, TEXT("MESSAGE=two\n")));
	close(journal);
}

static void test_without_a_journal_there_is_none(void **state) {
	(void)state;
	char path[200];
	memset(path, 'x', sizeof(path));
	path[sizeof(path) - 1] = '\0';
	assert_int_equal(journal_open("/nonexistent/socket"), -1);
	assert_int_equal(journal_open("/dev/null"), -1);
	assert_int_equal(journal_open(path), -1);
}

static void test_standard_error_is_the_journal_where_its_identity_says_so(void **state) {
	(void)state;
	char own[64];
	struct stat status;
	assert_int_equal(fstat(STDERR_FILENO, &status), 0);
	snprintf(own, sizeof(own), "%ju:%ju", (uintmax_t)status.st_dev, (uintmax_t)status.st_ino);
	assert_true(journal_is_standard_error(own));
	assert_false(journal_is_standard_error("1:1"));
	assert_false(journal_is_standard_error(""));
	assert_false(journal_is_standard_error(NULL));
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_field_is_a_line),
		cmocka_unit_test(test_a_value_with_line_breaks_has_its_length_before_it),
		cmocka_unit_test(test_an_entry_arrives),
		cmocka_unit_test(test_without_a_journal_there_is_none),
		cmocka_unit_test(test_standard_error_is_the_journal_where_its_identity_says_so),
	};
	return cmocka_run_group_tests_name("journal", tests, NULL, NULL);
}
