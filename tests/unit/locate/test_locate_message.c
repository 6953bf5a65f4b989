#include "locate/locate_message.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const struct locator asked = {
	.text = {"hg://org/name", 13},
	.directory = {"/cards", 6},
	.sub_path = {"a/b", 3},
	.is_dataset = true,
	.look = LOCATE_CACHE,
};

static void test_a_question_is_what_was_asked(void **state) {
	(void)state;
	struct buffer question = {0};
	struct locator locator;
	locate_message_append_question(&question, &asked);
	assert_true(locate_message_read_question(buffer_text(&question), &locator));
	assert_true(text_equal(locator.text, asked.text));
	assert_true(text_equal(locator.directory, asked.directory));
	assert_true(text_equal(locator.sub_path, asked.sub_path));
	assert_true(locator.is_dataset);
	assert_int_equal(locator.look, LOCATE_CACHE);
	for (size_t length = 0; length < question.length; length++) {
		assert_false(locate_message_read_question(
			text_part(buffer_text(&question), 0, length), &locator));
	}
	buffer_finish(&question);
}

static void check_cut_answers(struct text answer) {
	for (size_t length = 0; length < answer.length; length++) {
		struct location location = {0};
		struct error error = {0};
		assert_false(locate_message_read_answer(
			text_part(answer, 0, length), &location, &error));
		assert_int_equal(error.kind, ERROR_SYSTEM);
		assert_null(location.path.data);
		assert_null(location.uri.data);
	}
}

static void test_an_answer_is_the_location(void **state) {
	(void)state;
	struct location said = {.state = LOCATION_CACHED, .gated = true, .decoded = true};
	struct location heard = {0};
	struct error error = {0};
	struct buffer answer = {0};
	buffer_append_string(&said.path, "/path");
	buffer_append_string(&said.uri, "hg://org/name");
	locate_message_append_answer(&answer, true, &said, NULL);
	assert_true(locate_message_read_answer(buffer_text(&answer), &heard, &error));
	assert_string_equal(heard.path.data, "/path");
	assert_string_equal(heard.uri.data, "hg://org/name");
	assert_int_equal(heard.state, LOCATION_CACHED);
	assert_true(heard.gated);
	assert_true(heard.decoded);
	check_cut_answers(buffer_text(&answer));
	location_finish(&heard);
	location_finish(&said);
	buffer_finish(&answer);
}

static void test_an_answer_is_the_error(void **state) {
	(void)state;
	struct location location = {0};
	struct error said = {0}, heard = {0};
	struct buffer answer = {0};
	error_set_system(&said, EACCES, "cannot look at %s", "100%s");
	locate_message_append_answer(&answer, false, NULL, &said);
	assert_false(locate_message_read_answer(buffer_text(&answer), &location, &heard));
	assert_int_equal(heard.kind, ERROR_SYSTEM);
	assert_int_equal(error_number(&heard), EACCES);
	assert_string_equal(heard.message, said.message);
	check_cut_answers(buffer_text(&answer));
	buffer_finish(&answer);
}

static void test_what_cannot_be_is_no_answer(void **state) {
	(void)state;
	struct location said = {.state = (enum location_state)99}, heard = {0};
	struct error no_error = {.kind = (enum error_kind)99}, error = {0};
	struct buffer answer = {0};
	locate_message_append_answer(&answer, true, &said, NULL);
	assert_false(locate_message_read_answer(buffer_text(&answer), &heard, &error));
	assert_int_equal(error.kind, ERROR_SYSTEM);
	buffer_clear(&answer);
	locate_message_append_answer(&answer, false, NULL, &no_error);
	assert_false(locate_message_read_answer(buffer_text(&answer), &heard, &error));
	assert_int_equal(error.kind, ERROR_SYSTEM);
	buffer_finish(&answer);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_question_is_what_was_asked),
		cmocka_unit_test(test_an_answer_is_the_location),
		cmocka_unit_test(test_an_answer_is_the_error),
		cmocka_unit_test(test_what_cannot_be_is_no_answer),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
