#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/entry.h"

static struct dirent entry_of(const char *name, unsigned char type) {
	struct dirent entry = {.d_type = type};
	strcpy(entry.d_name, name);
	return entry;
}

static void test_self_and_parent_are_those_two(void **state) {
	(void)state;
	static const char *const others[] = {"", "...", ".a", "..a", "a"};
	assert_true(entry_is_self_or_parent(&(struct dirent){.d_name = "."}));
	assert_true(entry_is_self_or_parent(&(struct dirent){.d_name = ".."}));
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		const struct dirent entry = entry_of(others[i], DT_REG);
		assert_false(entry_is_self_or_parent(&entry));
	}
}

static void test_a_type_that_is_told_is_taken(void **state) {
	(void)state;
	const struct dirent entry = entry_of("nothing", DT_FIFO);
	assert_int_equal(entry_type(AT_FDCWD, &entry), DT_FIFO);
}

static void test_a_type_that_is_not_told_is_looked_at(void **state) {
	(void)state;
	static const struct {
		const char *name;
		unsigned char type;
	} expected[] = {
		{"version", DT_REG}, {"self", DT_LNK}, {".", DT_DIR}, {"nothing", DT_UNKNOWN}};
	const int processes = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(processes >= 0);
	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
		const struct dirent entry = entry_of(expected[i].name, DT_UNKNOWN);
		assert_int_equal(entry_type(processes, &entry), expected[i].type);
	}
	close(processes);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_self_and_parent_are_those_two),
		cmocka_unit_test(test_a_type_that_is_told_is_taken),
		cmocka_unit_test(test_a_type_that_is_not_told_is_looked_at),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
