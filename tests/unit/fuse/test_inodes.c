#include "fuse/inodes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { ROOT = 1, THREADS = 8, ROUNDS = 2000, PLACES = 50 };

static struct inodes inodes;

static int create(void **state) {
	(void)state;
	return inodes_init(&inodes) ? 0 : -1;
}

static int destroy(void **state) {
	(void)state;
	inodes_finish(&inodes);
	return 0;
}

static struct inode make_inode(struct text path, enum node_kind kind, struct text content) {
	return (struct inode){
		.identity = inode_number(path, kind, content),
		.attributes = {.kind = kind, .size = content.length, .links = 1},
	};
}

static uint64_t remember(struct text path, struct inode inode) {
	uint64_t number = 0;
	assert_true(inodes_remember(&inodes, path, &inode, &number));
	return number;
}

static uint64_t remember_directory(struct text path) {
	return remember(path, make_inode(path, NODE_DIRECTORY, TEXT("")));
}

static bool is_known(uint64_t number) {
	struct buffer path = {0};
	struct inode inode;
	const bool is_found = inodes_find(&inodes, number, &path, &inode);
	buffer_finish(&path);
	return is_found;
}

static void assert_stands_for(uint64_t number, const char *wanted) {
	struct buffer path = {0};
	struct inode inode;
	assert_true(inodes_find(&inodes, number, &path, &inode));
	assert_true(text_equal(buffer_text(&path), text_of(wanted)));
	buffer_finish(&path);
}

static size_t count(void) {
	return inodes.by_number.count;
}

static void test_the_root_has_its_number_and_is_known_unasked(void **state) {
	(void)state;
	struct buffer path = {0};
	struct inode inode;
	assert_int_equal(inode_number(TEXT(""), NODE_DIRECTORY, TEXT("")), ROOT);
	assert_true(inodes_find(&inodes, ROOT, &path, &inode));
	assert_int_equal(path.length, 0);
	assert_int_equal(inode.attributes.kind, NODE_DIRECTORY);
}

static void test_forgetting_the_root_is_harmless(void **state) {
	(void)state;
	inodes_forget(&inodes, ROOT, 1);
	assert_true(is_known(ROOT));
}

static void test_a_number_is_the_same_in_every_process_and_machine(void **state) {
	(void)state;
	assert_true(inode_number(TEXT("llama/base"), NODE_LINK, TEXT("../llama3")) ==
		    0xA60CB2D95EDEFFBA);
}

static void test_numbers_of_many_paths_differ(void **state) {
	(void)state;
	enum { PATHS = 20000 };
	for (unsigned i = 0; i < PATHS; i++) {
		char path[32];
		snprintf(path, sizeof(path), "asset_%u/name", i);
		remember_directory(text_of(path));
	}
	assert_int_equal(count(), PATHS);
	for (unsigned i = 0; i < PATHS; i++) {
		char path[32];
		snprintf(path, sizeof(path), "asset_%u/name", i);
		const uint64_t number = inode_number(text_of(path), NODE_DIRECTORY, TEXT(""));
		assert_stands_for(number, path);
	}
}

static void test_a_file_with_other_content_is_another_inode(void **state) {
	(void)state;
	const uint64_t old = inode_number(TEXT("a/b"), NODE_FILE, TEXT("one\n"));
	assert_true(old == inode_number(TEXT("a/b"), NODE_FILE, TEXT("one\n")));
	assert_true(old != inode_number(TEXT("a/b"), NODE_FILE, TEXT("two\n")));
	assert_true(old != inode_number(TEXT("a/b"), NODE_FILE, TEXT("one\n\0")));
	assert_true(old != inode_number(TEXT("a/c"), NODE_FILE, TEXT("one\n")));
}

static void test_zeros_in_content_count(void **state) {
	(void)state;
	static const char zeros[24] = {0};
	for (size_t length = 1; length < sizeof(zeros); length++) {
		assert_true(inode_number(TEXT("a"), NODE_FILE, (struct text){zeros, length}) !=
			    inode_number(TEXT("a"), NODE_FILE, (struct text){zeros, length - 1}));
	}
}

static void test_what_was_a_file_and_is_a_directory_is_another_inode(void **state) {
	(void)state;
	const uint64_t directory = inode_number(TEXT("a/b"), NODE_DIRECTORY, TEXT(""));
	assert_true(directory != inode_number(TEXT("a/b"), NODE_FILE, TEXT("")));
	assert_true(directory != inode_number(TEXT("a/b"), NODE_LINK, TEXT("")));
}

static void test_a_place_is_known_until_every_look_up_is_forgotten(void **state) {
	(void)state;
	const uint64_t number = remember_directory(TEXT("a"));
	assert_true(number == remember_directory(TEXT("a")));
	assert_true(number == remember_directory(TEXT("a")));
	assert_int_equal(count(), 1);
	inodes_forget(&inodes, number, 2);
	assert_stands_for(number, "a");
	inodes_forget(&inodes, number, 1);
	assert_false(is_known(number));
	assert_int_equal(count(), 0);
}

static void test_forgetting_more_than_was_looked_up_ends_at_none(void **state) {
	(void)state;
	const uint64_t number = remember_directory(TEXT("a"));
	inodes_forget(&inodes, number, UINT64_MAX);
	inodes_forget(&inodes, number, 1);
	assert_int_equal(count(), 0);
	assert_true(number == remember_directory(TEXT("a")));
	inodes_forget(&inodes, number, 1);
	assert_int_equal(count(), 0);
}

static void test_an_inode_is_what_it_was_looked_up_with_last(void **state) {
	(void)state;
	struct inode inode = make_inode(TEXT("a"), NODE_FILE, TEXT("x"));
	inode.attributes.modified = 1;
	const uint64_t number = remember(TEXT("a"), inode);
	inode.attributes.modified = 2;
	assert_true(number == remember(TEXT("a"), inode));
	struct buffer path = {0};
	struct inode found;
	assert_true(inodes_find(&inodes, number, &path, &found));
	assert_int_equal(found.attributes.modified, 2);
	assert_int_equal(found.attributes.size, 1);
	assert_true(found.identity == inode.identity);
	buffer_finish(&path);
}

/* Makes an inode whose number is, by accident, that of another place. */
static struct inode make_collision(uint64_t number) {
	return (struct inode){.identity = number, .attributes = {.kind = NODE_DIRECTORY}};
}

static void test_places_with_one_hash_get_numbers_of_their_own(void **state) {
	(void)state;
	const uint64_t first = remember(TEXT("a"), make_collision(7));
	const uint64_t second = remember(TEXT("b"), make_collision(7));
	assert_true(first == 7);
	assert_true(second != 7);
	assert_stands_for(first, "a");
	assert_stands_for(second, "b");
	assert_true(second == remember(TEXT("b"), make_collision(7)));
	inodes_forget(&inodes, second, 2);
	assert_false(is_known(second));
	assert_stands_for(first, "a");
}

static void test_a_number_that_is_moved_on_is_never_a_reserved_one(void **state) {
	(void)state;
	assert_true(remember(TEXT("a"), make_collision(UINT64_MAX)) == UINT64_MAX);
	const uint64_t number = remember(TEXT("b"), make_collision(UINT64_MAX));
	assert_true(number > ROOT);
	assert_stands_for(number, "b");
}

static void *look_up_and_forget(void *context) {
	const unsigned *seed = context;
	for (unsigned i = 0; i < ROUNDS; i++) {
		char path[32];
		snprintf(path, sizeof(path), "asset_%u", (i * 7 + *seed) % PLACES);
		const uint64_t number = remember_directory(text_of(path));
		assert_stands_for(number, path);
		inodes_forget(&inodes, number, 1);
	}
	return NULL;
}

static void test_many_threads_leave_nothing_behind(void **state) {
	(void)state;
	pthread_t threads[THREADS];
	unsigned seeds[THREADS];
	for (unsigned i = 0; i < THREADS; i++) {
		seeds[i] = i;
		assert_int_equal(
			pthread_create(&threads[i], NULL, look_up_and_forget, &seeds[i]), 0);
	}
	for (unsigned i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	}
	assert_int_equal(count(), 0);
}

static void test_finishing_frees_what_was_never_forgotten(void **state) {
	(void)state;
	remember_directory(TEXT("a"));
	remember_directory(TEXT("a/b"));
	assert_int_equal(count(), 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, create, destroy)

int main(void) {
	const struct CMUnitTest tests[] = {
		TEST(test_the_root_has_its_number_and_is_known_unasked),
		TEST(test_forgetting_the_root_is_harmless),
		TEST(test_a_number_is_the_same_in_every_process_and_machine),
		TEST(test_numbers_of_many_paths_differ),
		TEST(test_a_file_with_other_content_is_another_inode),
		TEST(test_zeros_in_content_count),
		TEST(test_what_was_a_file_and_is_a_directory_is_another_inode),
		TEST(test_a_place_is_known_until_every_look_up_is_forgotten),
		TEST(test_forgetting_more_than_was_looked_up_ends_at_none),
		TEST(test_an_inode_is_what_it_was_looked_up_with_last),
		TEST(test_places_with_one_hash_get_numbers_of_their_own),
		TEST(test_a_number_that_is_moved_on_is_never_a_reserved_one),
		TEST(test_many_threads_leave_nothing_behind),
		TEST(test_finishing_frees_what_was_never_forgotten),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
