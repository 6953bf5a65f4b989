#include "supervise/words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void assert_essence(const char *words, const char *essence) {
	assert_true(text_equal(words_essence(text_of(words)), text_of(essence)));
}

static void test_the_speaker_is_left_out(void **state) {
	(void)state;
	assert_essence(
		"fuse: mount failed: Permission denied\n", "mount failed: Permission denied");
	assert_essence("fusermount3: mount failed", "mount failed");
	assert_essence("refuse: it stays", "refuse: it stays");
}

static void test_the_last_line_counts(void **state) {
	(void)state;
	assert_essence("fuse: first\nfusermount3: second\n\n", "second");
}

static void test_nothing_said_is_nothing(void **state) {
	(void)state;
	assert_essence("", "");
	assert_essence("\n", "");
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_speaker_is_left_out),
		cmocka_unit_test(test_the_last_line_counts),
		cmocka_unit_test(test_nothing_said_is_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
