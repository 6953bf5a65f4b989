#include "base/bulk.h"
#include "base/parallel.h"

#include <errno.h>
#include <setjmp.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

static size_t page_size(void) {
	return (size_t)sysconf(_SC_PAGESIZE);
}

static bool is_mapped(const void *address) {
	unsigned char state;
	const uintptr_t page = (uintptr_t)address / page_size() * page_size();
	return mincore((void *)page, 1, &state) == 0;
}

static void check(const unsigned char *bytes, size_t size, unsigned char value) {
	for (size_t i = 0; i < size; i++) {
		assert_int_equal(bytes[i], value);
	}
}

static void test_pieces_are_zeroed_and_aligned_and_keep_what_is_written(void **state) {
	enum { COUNT = 300 };
	unsigned char *pieces[COUNT];
	struct bulk *bulks[COUNT];
	(void)state;
	for (size_t i = 0; i < COUNT; i++) {
		pieces[i] = bulk_allocate(i * 37, &bulks[i]);
		assert_non_null(pieces[i]);
		assert_int_equal((uintptr_t)pieces[i] % alignof(max_align_t), 0);
		check(pieces[i], i * 37, 0);
		memset(pieces[i], (int)(i % 255) + 1, i * 37);
	}
	for (size_t i = 0; i < COUNT; i++) {
		check(pieces[i], i * 37, (unsigned char)(i % 255 + 1));
		bulk_release(bulks[i]);
	}
	bulk_end();
	assert_false(is_mapped(pieces[COUNT - 1]));
}

static void test_what_is_large_is_by_itself_and_goes_with_its_last_reference(void **state) {
	const size_t size = (size_t)20 << 20;
	struct bulk *bulk;
	(void)state;
	unsigned char *piece = bulk_allocate(size, &bulk);
	assert_non_null(piece);
	piece[0] = piece[size - 1] = 1;
	assert_ptr_equal(bulk_acquire(bulk), bulk);
	bulk_release(bulk);
	assert_int_equal(piece[size - 1], 1);
	bulk_release(bulk);
	assert_false(is_mapped(piece));
	assert_null(bulk_allocate(SIZE_MAX, &bulk));
}

static void test_a_stretch_is_there_for_as_long_as_anything_in_it(void **state) {
	struct bulk *first, *second, *third;
	(void)state;
	unsigned char *early = bulk_allocate(100, &first);
	unsigned char *late = bulk_allocate(100, &second);
	assert_ptr_equal(first, second);
	late[99] = 7;
	bulk_end();
	assert_non_null(bulk_allocate(100, &third));
	assert_ptr_not_equal(third, first);
	bulk_release(first);
	assert_int_equal(late[99], 7);
	bulk_release(second);
	assert_false(is_mapped(early));
	bulk_release(third);
	bulk_end();
	bulk_release(NULL);
}

static void test_what_is_discarded_leaves_its_neighbours_alone(void **state) {
	const size_t size = 5 * page_size() + 100;
	unsigned char *pieces[3];
	struct bulk *bulks[3];
	(void)state;
	for (int i = 0; i < 3; i++) {
		pieces[i] = bulk_allocate(size, &bulks[i]);
		memset(pieces[i], i + 1, size);
	}
	bulk_discard(pieces[1], size);
	check(pieces[0], size, 1);
	check(pieces[2], size, 3);
	/* Pages that were given back are read as zeroes. */
	assert_int_equal(pieces[1][size / 2], 0);
	bulk_discard(pieces[0], 10);
	check(pieces[0], size, 1);
	for (int i = 0; i < 3; i++) {
		bulk_release(bulks[i]);
	}
	bulk_end();
}

static void test_what_is_freed_is_used_for_what_is_about_as_large(void **state) {
	struct bulk *bulk, *other;
	(void)state;
	assert_null(bulk_reuse(9000, &bulk));
	char *piece = bulk_allocate(9000, &bulk);
	memset(piece, 'x', 9000);
	bulk_free(bulk, piece, 9000);
	bulk_end();
	assert_null(bulk_reuse(20000, &other));
	assert_null(bulk_reuse(100, &other));
	assert_ptr_equal(bulk_reuse(9010, &other), piece);
	assert_ptr_equal(other, bulk);
	assert_null(bulk_reuse(9010, &other));
	bulk_free(bulk, piece, 9010);
	/* Less than pages are not worth it. */
	char *small = bulk_allocate(100, &bulk);
	bulk_free(bulk, small, 100);
	assert_null(bulk_reuse(100, &bulk));
	bulk_clear();
	assert_null(bulk_reuse(9000, &bulk));
	assert_false(is_mapped(piece));
	assert_false(is_mapped(small));
}

static void test_of_much_that_is_freed_the_latest_is_used(void **state) {
	enum { COUNT = 40, SIZE = 100000 };
	unsigned char *pieces[COUNT];
	struct bulk *bulks[COUNT], *bulk;
	(void)state;
	for (int i = 0; i < COUNT; i++) {
		pieces[i] = bulk_allocate(SIZE, &bulks[i]);
		memset(pieces[i], 1, SIZE);
	}
	for (int i = 0; i < COUNT; i++) {
		bulk_free(bulks[i], pieces[i], SIZE);
	}
	/* The pages of the first ones were given back. */
	assert_int_equal(pieces[0][SIZE / 2], 0);
	size_t count = 0;
	for (void *piece; (piece = bulk_reuse(SIZE, &bulk)) != NULL; count++) {
		assert_ptr_equal(piece, pieces[COUNT - 1 - count]);
		bulk_release(bulk);
	}
	assert_true(count > 1 && count < COUNT);
	bulk_clear();
	assert_false(is_mapped(pieces[0]));
}

static void test_more_than_a_stretch_holds_is_in_several(void **state) {
	enum { COUNT = 20, SIZE = 4 << 20 };
	unsigned char *pieces[COUNT];
	struct bulk *bulks[COUNT];
	(void)state;
	for (int i = 0; i < COUNT; i++) {
		pieces[i] = bulk_allocate(SIZE, &bulks[i]);
		assert_non_null(pieces[i]);
		pieces[i][0] = pieces[i][SIZE - 1] = (unsigned char)(i + 1);
	}
	assert_ptr_not_equal(bulks[0], bulks[COUNT - 1]);
	for (int i = 0; i < COUNT; i++) {
		assert_int_equal(pieces[i][0], i + 1);
		assert_int_equal(pieces[i][SIZE - 1], i + 1);
		bulk_release(bulks[i]);
	}
	bulk_end();
}

struct taken {
	unsigned char *piece;
	struct bulk *bulk;
};

static bool take(void *context, size_t first, size_t end) {
	struct taken *taken = context;
	for (size_t i = first; i < end; i++) {
		taken[i].piece = bulk_allocate(i % 5000, &taken[i].bulk);
		if (taken[i].piece == NULL) {
			return false;
		}
		memset(taken[i].piece, (int)(i % 251), i % 5000);
	}
	return true;
}

static void test_threads_take_pieces_of_their_own(void **state) {
	enum { COUNT = 20000 };
	struct taken *taken = calloc(COUNT, sizeof(*taken));
	(void)state;
	assert_non_null(taken);
	assert_true(parallel_run(COUNT, 10, 8, take, taken));
	for (size_t i = 0; i < COUNT; i++) {
		check(taken[i].piece, i % 5000, (unsigned char)(i % 251));
		bulk_release(taken[i].bulk);
	}
	bulk_end();
	free(taken);
}

static void test_an_array_is_in_bulk_where_it_is_large(void **state) {
	struct bulk_array small = {0}, large = {0}, none = {0};
	(void)state;
	assert_true(bulk_array_init(&small, 10, sizeof(int)));
	assert_null(small.bulk);
	assert_true(bulk_array_init(&large, BULK_WORTH, sizeof(int)));
	assert_non_null(large.bulk);
	assert_true(bulk_array_init(&none, 0, sizeof(int)));
	assert_non_null(none.items);
	check(large.items, large.size, 0);
	bulk_array_finish(&large);
	assert_null(large.items);
	bulk_array_finish(&small);
	bulk_array_finish(&none);
	assert_false(bulk_array_init(&none, SIZE_MAX / 2, 8));
	bulk_end();
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pieces_are_zeroed_and_aligned_and_keep_what_is_written),
		cmocka_unit_test(test_what_is_large_is_by_itself_and_goes_with_its_last_reference),
		cmocka_unit_test(test_a_stretch_is_there_for_as_long_as_anything_in_it),
		cmocka_unit_test(test_what_is_discarded_leaves_its_neighbours_alone),
		cmocka_unit_test(test_what_is_freed_is_used_for_what_is_about_as_large),
		cmocka_unit_test(test_of_much_that_is_freed_the_latest_is_used),
		cmocka_unit_test(test_more_than_a_stretch_holds_is_in_several),
		cmocka_unit_test(test_threads_take_pieces_of_their_own),
		cmocka_unit_test(test_an_array_is_in_bulk_where_it_is_large),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
