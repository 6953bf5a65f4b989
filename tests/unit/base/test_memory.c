/*
 * Whatever allocation fails in base: an error of memory, nothing leaked.
 */
#include "unit/support/allocation.h"

#include "base/arena.h"
#include "base/array.h"
#include "base/buffer.h"
#include "base/file.h"
#include "base/parallel.h"
#include "base/problem.h"
#include "base/table.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>

#include <cmocka.h>

static bool settle(bool done, struct error *error) {
	return done || error_set_memory(error);
}

static bool fill_buffer(void *context, struct error *error) {
	struct buffer buffer = {0};
	(void)context;
	for (int i = 0; i < 200; i++) {
		buffer_append_format(&buffer, "%d, ", i);
		buffer_append_string(&buffer, "and a longer text that makes it grow");
	}
	const bool done = !buffer.failed;
	char *taken = buffer_take(&buffer);
	const bool is_taken = taken != NULL;
	free(taken);
	return settle(done && is_taken, error);
}

static bool fill_arena(void *context, struct error *error) {
	struct arena arena = {0};
	struct text copy;
	(void)context;
	bool done = arena_allocate(&arena, 100000) != NULL &&
		    arena_copy_text(&arena, TEXT("text"), &copy) &&
		    arena_allocate_array(&arena, 1000, 100) != NULL;
	arena_reset(&arena);
	done = done && arena_allocate(&arena, 200000) != NULL;
	arena_finish(&arena);
	return settle(done, error);
}

static struct text number_key(const void *item) {
	return (struct text){item, sizeof(int)};
}

static bool fill_table(void *context, struct error *error) {
	static int numbers[500];
	struct table table = {.key = number_key};
	bool done = true;
	(void)context;
	for (int i = 0; done && i < 500; i++) {
		numbers[i] = i;
		done = table_add(&table, &numbers[i]);
	}
	done = done && table_remove(&table, number_key(&numbers[7])) == &numbers[7];
	table_finish(&table);
	return settle(done, error);
}

/* What there is stays where there is no more. */
static bool fill_array(void *context, struct error *error) {
	size_t *items = NULL;
	size_t capacity = 0;
	bool done = true;
	(void)context;
	for (size_t count = 0; done && count < 100; count++) {
		const size_t before = capacity;
		size_t *grown = array_make_room(items, count, &capacity, sizeof(*items));
		done = grown != NULL;
		if (done) {
			items = grown;
			items[count] = count;
		} else {
			assert_int_equal(capacity, before);
			assert_true(count == 0 || items[count - 1] == count - 1);
		}
	}
	free(items);
	return settle(done, error);
}

static bool list_problems(void *context, struct error *error) {
	struct problem_list list = {0}, all = {0};
	(void)context;
	for (uint32_t i = 0; i < 40; i++) {
		problem_list_add(&list, PROBLEM_ERROR, TEXT("/a.yaml"), i, 1, TEXT("asset"),
			"wrong in a way: %d", (int)i % 3);
	}
	problem_list_add_all(&all, &list);
	problem_list_add_all(&all, &list);
	problem_list_sort(&all);
	const bool done = !list.failed && !all.failed;
	problem_list_finish(&all);
	problem_list_finish(&list);
	return settle(done, error);
}

static bool read_file(void *context, struct error *error) {
	struct buffer content = {0};
	struct stat status;
	(void)context;
	const bool done =
		file_read(AT_FDCWD, "/proc/self/status", 1 << 20, &content, &status, error);
	buffer_finish(&content);
	return done;
}

static bool make_absolute(void *context, struct error *error) {
	(void)context;
	char *path = file_absolute("a/./b//c");
	const bool done = path != NULL;
	free(path);
	return settle(done, error);
}

static bool count_up(void *context, size_t first, size_t end) {
	atomic_fetch_add((atomic_size_t *)context, end - first);
	return true;
}

/* It needs no helpers. */
static bool work_together(void *context, struct error *error) {
	atomic_size_t count = 0;
	(void)context;
	const bool done = parallel_run(1000, 10, 4, count_up, &count);
	return settle(done && atomic_load(&count) == 1000, error);
}

#define MEMORY_TEST(run, least)                         \
	static void test_##run(void **state) {          \
		(void)state;                            \
		allocation_fail_each(run, NULL, least); \
	}

MEMORY_TEST(fill_buffer, 5)
MEMORY_TEST(fill_arena, 2)
MEMORY_TEST(fill_table, 3)
MEMORY_TEST(fill_array, 3)
MEMORY_TEST(list_problems, 100)
MEMORY_TEST(read_file, 1)
MEMORY_TEST(make_absolute, 2)
MEMORY_TEST(work_together, 0)

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fill_buffer),
		cmocka_unit_test(test_fill_arena),
		cmocka_unit_test(test_fill_table),
		cmocka_unit_test(test_fill_array),
		cmocka_unit_test(test_list_problems),
		cmocka_unit_test(test_read_file),
		cmocka_unit_test(test_make_absolute),
		cmocka_unit_test(test_work_together),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
