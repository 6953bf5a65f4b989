#include "base/arena.h"

#include <setjmp.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void check_zeroes(const unsigned char *bytes, size_t size) {
	for (size_t i = 0; i < size; i++) {
		assert_int_equal(bytes[i], 0);
	}
}

static void test_pieces_are_aligned_and_zeroed_also_in_memory_used_before(void **state) {
	struct arena arena = {0};
	(void)state;
	for (int round = 0; round < 3; round++) {
		for (size_t size = 1; size < 300; size++) {
			unsigned char *piece = arena_allocate(&arena, size);
			assert_non_null(piece);
			assert_int_equal((uintptr_t)piece % alignof(max_align_t), 0);
			check_zeroes(piece, size);
			memset(piece, 0xA5, size);
		}
		arena_reset(&arena);
	}
	arena_finish(&arena);
}

static void test_pieces_of_every_size_keep_what_is_written_into_them(void **state) {
	enum { COUNT = 400 };
	struct arena arena = {0};
	unsigned char *pieces[COUNT];
	size_t sizes[COUNT];
	(void)state;
	for (size_t i = 0; i < COUNT; i++) {
		sizes[i] = i % 16 == 15 ? i * 997 : i * 7 % 131;
		pieces[i] = arena_allocate(&arena, sizes[i]);
		assert_non_null(pieces[i]);
		memset(pieces[i], (int)(i % 251) + 1, sizes[i]);
	}
	for (size_t i = 0; i < COUNT; i++) {
		for (size_t k = 0; k < sizes[i]; k++) {
			assert_int_equal(pieces[i][k], i % 251 + 1);
		}
	}
	arena_finish(&arena);
}

static void test_nothing_has_an_address_of_its_own(void **state) {
	struct arena arena = {0};
	(void)state;
	void *first = arena_allocate(&arena, 0);
	void *second = arena_allocate(&arena, 0);
	assert_non_null(first);
	assert_non_null(second);
	assert_ptr_not_equal(first, second);
	arena_finish(&arena);
}

static void test_an_array_whose_size_overflows_is_refused(void **state) {
	struct arena arena = {0};
	(void)state;
	assert_null(arena_allocate_array(&arena, SIZE_MAX, 2));
	assert_null(arena_allocate_array(&arena, SIZE_MAX / 16 + 1, 16));
	assert_null(arena_allocate_array(&arena, SIZE_MAX / 2 + 2, 2));
	assert_null(arena_allocate_array(&arena, SIZE_MAX, 1));
	assert_null(arena_allocate(&arena, SIZE_MAX));
	assert_null(arena_allocate(&arena, SIZE_MAX - 15));
	assert_null(arena_allocate(&arena, SIZE_MAX - 16));
	assert_int_equal(arena_size(&arena), 0);
	assert_non_null(arena_allocate_array(&arena, 10, 10));
	assert_non_null(arena_allocate_array(&arena, 0, 10));
	assert_non_null(arena_allocate_array(&arena, SIZE_MAX, 0));
	arena_finish(&arena);
}

static void test_a_copied_text_has_a_nul_behind_it_and_is_a_copy(void **state) {
	struct arena arena = {0};
	char source[] = "a\0b";
	struct text text = {source, 3};
	(void)state;
	assert_true(arena_copy_text(&arena, text, &text));
	source[0] = 'x';
	assert_ptr_not_equal(text.data, source);
	assert_int_equal(text.length, 3);
	assert_memory_equal(text.data, "a\0b\0", 4);

	struct text empty;
	assert_true(arena_copy_text(&arena, (struct text){0}, &empty));
	assert_int_equal(empty.length, 0);
	assert_string_equal(empty.data, "");
	arena_finish(&arena);
}

static void test_a_text_of_impossible_length_is_refused_untouched(void **state) {
	struct arena arena = {0};
	struct text copy = TEXT("before");
	(void)state;
	assert_false(arena_copy_text(&arena, (struct text){"", SIZE_MAX}, &copy));
	assert_false(arena_copy_text(&arena, (struct text){"", SIZE_MAX - 1}, &copy));
	assert_true(text_equal(copy, TEXT("before")));
	arena_finish(&arena);
}

static void test_texts_and_pieces_mix_without_touching_each_other(void **state) {
	enum { COUNT = 5000 };
	struct arena arena = {0};
	static struct text texts[COUNT];
	static size_t *pieces[COUNT];
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz";
	(void)state;
	for (size_t i = 0; i < COUNT; i++) {
		const struct text source = text_part(TEXT(letters), i % 26, i % 11);
		assert_true(arena_copy_text(&arena, source, &texts[i]));
		pieces[i] = arena_allocate_array(&arena, 3, sizeof(*pieces[i]));
		assert_non_null(pieces[i]);
		assert_int_equal((uintptr_t)pieces[i] % alignof(max_align_t), 0);
		pieces[i][0] = pieces[i][2] = i;
	}
	for (size_t i = 0; i < COUNT; i++) {
		const struct text source = text_part(TEXT(letters), i % 26, i % 11);
		assert_true(text_equal(texts[i], source));
		assert_int_equal(texts[i].data[texts[i].length], '\0');
		assert_int_equal(pieces[i][0], i);
		assert_int_equal(pieces[i][1], 0);
		assert_int_equal(pieces[i][2], i);
	}
	arena_finish(&arena);
}

static void test_texts_take_little_more_than_their_characters(void **state) {
	struct arena arena = {0};
	(void)state;
	for (int i = 0; i < 100000; i++) {
		struct text copy;
		assert_true(arena_copy_text(&arena, TEXT("ninechars"), &copy));
	}
	assert_in_range(arena_size(&arena), 1000000, 1400000);
	arena_finish(&arena);
}

static void test_a_small_arena_is_small(void **state) {
	struct arena arena = {0};
	(void)state;
	assert_int_equal(arena_size(&arena), 0);
	assert_non_null(arena_allocate(&arena, 100));
	assert_in_range(arena_size(&arena), 100, 4096 + 64);
	arena_finish(&arena);
}

static void test_a_large_piece_leaves_the_rest_of_the_block_in_use(void **state) {
	struct arena arena = {0};
	(void)state;
	char *before = arena_allocate(&arena, 16);
	assert_non_null(before);
	assert_non_null(arena_allocate(&arena, 1000000));
	struct text copy;
	static char letters[300000];
	assert_true(arena_copy_text(&arena, (struct text){letters, sizeof(letters)}, &copy));
	assert_ptr_equal(arena_allocate(&arena, 16), before + 16);
	assert_in_range(arena_size(&arena), 1300000, 1305000);
	assert_non_null(arena_allocate(&arena, 4096));
	assert_in_range(arena_size(&arena), 1304096, 1315000);
	arena_finish(&arena);
}

static void test_an_arena_that_begins_with_a_large_piece_goes_on_as_usual(void **state) {
	struct arena arena = {0};
	(void)state;
	char *large = arena_allocate(&arena, 1000000);
	assert_non_null(large);
	memset(large, 'x', 1000000);
	for (int i = 0; i < 1000; i++) {
		assert_non_null(arena_allocate(&arena, 100));
	}
	assert_int_equal(large[0], 'x');
	assert_int_equal(large[999999], 'x');
	assert_in_range(arena_size(&arena), 1100000, 1000000 + 2 * 256 * 1024);
	arena_finish(&arena);
}

static void test_reset_keeps_the_largest_block_and_uses_it_again(void **state) {
	struct arena arena = {0};
	(void)state;
	assert_non_null(arena_allocate(&arena, 10));
	assert_non_null(arena_allocate(&arena, 500000));
	assert_non_null(arena_allocate(&arena, 5000));
	arena_reset(&arena);
	const size_t kept = arena_size(&arena);
	assert_in_range(kept, 500000, 501000);
	for (int i = 0; i < 490; i++) {
		assert_non_null(arena_allocate(&arena, 1008));
	}
	assert_int_equal(arena_size(&arena), kept);
	arena_reset(&arena);
	assert_int_equal(arena_size(&arena), kept);
	arena_finish(&arena);
}

static void test_empty_arenas_may_be_reset_and_finished_again(void **state) {
	struct arena arena = {0};
	(void)state;
	arena_reset(&arena);
	arena_finish(&arena);
	assert_non_null(arena_allocate(&arena, 10));
	arena_finish(&arena);
	assert_int_equal(arena_size(&arena), 0);
	arena_finish(&arena);
	assert_non_null(arena_allocate(&arena, 10));
	arena_finish(&arena);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pieces_are_aligned_and_zeroed_also_in_memory_used_before),
		cmocka_unit_test(test_pieces_of_every_size_keep_what_is_written_into_them),
		cmocka_unit_test(test_nothing_has_an_address_of_its_own),
		cmocka_unit_test(test_an_array_whose_size_overflows_is_refused),
		cmocka_unit_test(test_a_copied_text_has_a_nul_behind_it_and_is_a_copy),
		cmocka_unit_test(test_a_text_of_impossible_length_is_refused_untouched),
		cmocka_unit_test(test_texts_and_pieces_mix_without_touching_each_other),
		cmocka_unit_test(test_texts_take_little_more_than_their_characters),
		cmocka_unit_test(test_a_small_arena_is_small),
		cmocka_unit_test(test_a_large_piece_leaves_the_rest_of_the_block_in_use),
		cmocka_unit_test(test_an_arena_that_begins_with_a_large_piece_goes_on_as_usual),
		cmocka_unit_test(test_reset_keeps_the_largest_block_and_uses_it_again),
		cmocka_unit_test(test_empty_arenas_may_be_reset_and_finished_again),
	};
	return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
