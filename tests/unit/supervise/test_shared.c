#include "supervise/shared.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { LAYOUT = 7, NUMBERS = 40 };

static struct shared shared;

struct test_areas {
	uint64_t numbers[NUMBERS];
	char text[200];
};

static struct test_areas *areas(void) {
	return shared_areas(&shared);
}

static int create(void **state) {
	(void)state;
	struct error error;
	return shared_create(&shared, LAYOUT, sizeof(struct test_areas), &error) ? 0 : -1;
}

static int destroy(void **state) {
	(void)state;
	shared_finish(&shared);
	return 0;
}

/* The mutation under way ends as a death ends it. */
static void die(void) {
	shared_unlock(&shared);
	shared_recover(&shared);
}

static uint64_t allocate(size_t size) {
	shared_begin(&shared);
	const uint64_t block = shared_allocate(&shared, size);
	shared_end(&shared);
	assert_true(block != 0);
	return block;
}

static void give_back(uint64_t block, size_t size) {
	shared_begin(&shared);
	shared_free(&shared, block, size);
	shared_end(&shared);
}

static void test_it_is_zeroes_at_first(void **state) {
	(void)state;
	static const struct test_areas zeroes;
	assert_memory_equal(areas(), &zeroes, sizeof(zeroes));
	assert_int_equal(shared_header(&shared)->used, 0);
}

static void test_what_ended_stays(void **state) {
	(void)state;
	shared_begin(&shared);
	shared_set(&shared, areas()->numbers[3], 5);
	shared_end(&shared);
	shared_recover(&shared);
	assert_int_equal(areas()->numbers[3], 5);
}

static void test_what_did_not_end_is_taken_back(void **state) {
	(void)state;
	areas()->numbers[3] = 5;
	memset(areas()->text, 'a', sizeof(areas()->text));
	struct test_areas before = *areas();
	shared_begin(&shared);
	for (uint64_t i = 0; i < NUMBERS; i++) {
		shared_set(&shared, areas()->numbers[i], i);
		shared_set(&shared, areas()->numbers[3], i * i);
	}
	shared_note(&shared, areas()->text, sizeof(areas()->text));
	memset(areas()->text, 'b', sizeof(areas()->text));
	die();
	assert_memory_equal(areas(), &before, sizeof(before));
}

static void test_taking_back_twice_changes_nothing(void **state) {
	(void)state;
	shared_begin(&shared);
	shared_set(&shared, areas()->numbers[0], 1);
	die();
	areas()->numbers[0] = 2;
	shared_recover(&shared);
	assert_int_equal(areas()->numbers[0], 2);
}

static void test_blocks_of_all_sizes_do_not_overlap(void **state) {
	(void)state;
	enum { BLOCKS = 300 };
	uint64_t blocks[BLOCKS];
	for (size_t i = 0; i < BLOCKS; i++) {
		const size_t size = i * i / 3 + 1;
		blocks[i] = allocate(size);
		assert_int_equal(blocks[i] % 16, 0);
		memset(shared_at(&shared, blocks[i]), (int)(i % 251), size);
	}
	for (size_t i = 0; i < BLOCKS; i++) {
		const unsigned char *bytes = shared_at(&shared, blocks[i]);
		for (size_t j = 0; j < i * i / 3 + 1; j++) {
			assert_int_equal(bytes[j], i % 251);
		}
		give_back(blocks[i], i * i / 3 + 1);
	}
	assert_int_equal(shared_header(&shared)->used, 0);
}

static void test_a_free_block_is_used_again(void **state) {
	(void)state;
	const uint64_t first = allocate(100);
	const uint64_t second = allocate(100);
	give_back(first, 100);
	give_back(second, 100);
	assert_true(allocate(100) == second);
	assert_true(allocate(97) == first);
}

static void test_a_block_that_was_not_given_back_in_the_end_is_whole(void **state) {
	(void)state;
	const uint64_t block = allocate(64);
	memset(shared_at(&shared, block), 'x', 64);
	shared_begin(&shared);
	shared_free(&shared, block, 64);
	die();
	for (size_t i = 0; i < 64; i++) {
		assert_int_equal(((const char *)shared_at(&shared, block))[i], 'x');
	}
	assert_true(allocate(64) != block);
}

static void test_a_block_that_was_not_had_in_the_end_is_free(void **state) {
	(void)state;
	const uint64_t first = allocate(64);
	const uint64_t second = allocate(64);
	give_back(first, 64);
	give_back(second, 64);
	shared_begin(&shared);
	assert_true(shared_allocate(&shared, 64) == second);
	memset(shared_at(&shared, second), 'x', 64);
	die();
	assert_true(allocate(64) == second);
	assert_true(allocate(64) == first);
}

static void test_nobody_can_have_everything(void **state) {
	(void)state;
	shared_begin(&shared);
	assert_int_equal(shared_allocate(&shared, SIZE_MAX), 0);
	assert_int_equal(shared_allocate(&shared, shared.limit), 0);
	shared_end(&shared);
	assert_int_equal(shared_header(&shared)->used, 0);
}

static void test_another_program_finds_it_elsewhere(void **state) {
	(void)state;
	struct shared other;
	struct error error;
	const uint64_t block = allocate(10);
	memcpy(shared_at(&shared, block), "unchanged", 10);
	const int descriptor = fcntl(shared.descriptor, F_DUPFD_CLOEXEC, 0);
	assert_true(shared_attach(&other, descriptor, LAYOUT, sizeof(struct test_areas), &error));
	assert_ptr_not_equal(other.base, shared.base);
	assert_string_equal(shared_at(&other, block), "unchanged");
	shared_begin(&other);
	assert_true(shared_allocate(&other, 10) != block);
	shared_end(&other);
	shared_finish(&other);
}

static void assert_refused(uint32_t layout, size_t size) {
	struct shared other;
	struct error error = {0};
	assert_false(shared_attach(&other, shared.descriptor, layout, size, &error));
	assert_int_equal(error.kind, ERROR_INVALID);
	assert_non_null(strstr(error.message, "another way"));
}

static void test_another_layout_is_refused(void **state) {
	(void)state;
	assert_refused(LAYOUT + 1, sizeof(struct test_areas));
	assert_refused(LAYOUT, sizeof(struct test_areas) + 1);
	shared_header(&shared)->version++;
	assert_refused(LAYOUT, sizeof(struct test_areas));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, create, destroy)

int main(void) {
	const struct CMUnitTest tests[] = {
		TEST(test_it_is_zeroes_at_first),
		TEST(test_what_ended_stays),
		TEST(test_what_did_not_end_is_taken_back),
		TEST(test_taking_back_twice_changes_nothing),
		TEST(test_blocks_of_all_sizes_do_not_overlap),
		TEST(test_a_free_block_is_used_again),
		TEST(test_a_block_that_was_not_given_back_in_the_end_is_whole),
		TEST(test_a_block_that_was_not_had_in_the_end_is_free),
		TEST(test_nobody_can_have_everything),
		TEST(test_another_program_finds_it_elsewhere),
		TEST(test_another_layout_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
