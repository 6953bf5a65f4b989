/*
 * A system log that is opened before a process may not open it any more. It stays for good, so this
 * is a program of its own.
 */
#include "base/log.h"

#include "listener.h"

static void test_what_was_prepared_is_used_when_it_can_not_be_opened_any_more(void **state) {
	(void)state;
	struct listener listener;
	listener_start(&listener);
	log_prepare_system_log(listener.path);
	assert_int_equal(unlink(listener.path), 0);
	assert_true(listener_is_idle(&listener));
	log_use_system_log(listener.path);
	log_message(LOG_LEVEL_WARNING, "one");
	assert_non_null(strstr(listener_receive(&listener), "MESSAGE=one\n"));
	listener_stop(&listener);
}

static void test_what_is_prepared_again_changes_nothing(void **state) {
	(void)state;
	struct listener first, second;
	listener_start(&first);
	listener_start(&second);
	log_prepare_system_log(first.path);
	log_prepare_system_log(second.path);
	log_use_system_log(second.path);
	log_message(LOG_LEVEL_WARNING, "two");
	assert_non_null(strstr(listener_receive(&first), "MESSAGE=two\n"));
	assert_true(listener_is_idle(&second));
	listener_stop(&first);
	listener_stop(&second);
}

/* What was prepared is used up. */
static void test_without_anything_prepared_the_path_is_opened(void **state) {
	(void)state;
	struct listener listener;
	listener_start(&listener);
	log_prepare_system_log("/no/such/socket");
	log_use_system_log(listener.path);
	log_message(LOG_LEVEL_WARNING, "three");
	assert_non_null(strstr(listener_receive(&listener), "MESSAGE=three\n"));
	listener_stop(&listener);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_was_prepared_is_used_when_it_can_not_be_opened_any_more),
		cmocka_unit_test(test_what_is_prepared_again_changes_nothing),
		cmocka_unit_test(test_without_anything_prepared_the_path_is_opened),
	};
	return cmocka_run_group_tests_name("log_prepared", tests, NULL, NULL);
}
