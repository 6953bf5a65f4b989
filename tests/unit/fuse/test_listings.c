#include "fuse/listings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* In a process of its own there is no other server to take listings up from. */
static struct listings listings;
static struct statistics statistics;
static struct listing_store store;

static int create(void **state) {
	(void)state;
	return listings_init(&listings, &statistics, NULL, &store) ? 0 : -1;
}

static int destroy(void **state) {
	(void)state;
	listings_finish(&listings);
	return 0;
}

static void note(uint64_t number) {
	assert_true(listings_note_passing(&listings, number, NULL));
}

static void test_what_is_listed_while_it_passes_is_met_once(void **state) {
	(void)state;
	uint64_t number;
	assert_false(listings_passing(&listings, 0, &number));
	note(7);
	note(9);
	note(7);
	assert_true(listings_passing(&listings, 0, &number));
	assert_int_equal(number, 7);
	assert_true(listings_passing(&listings, 1, &number));
	assert_int_equal(number, 9);
	assert_false(listings_passing(&listings, 2, &number));
	listings_open(&listings);
	assert_false(listings_passing(&listings, 0, &number));
}

static void test_what_passes_is_not_kept_while_that_is_closed(void **state) {
	(void)state;
	note(7);
	assert_true(listings_end(&listings, 7, 1));
	listings_close(&listings);
	assert_false(listings_end(&listings, 7, 1));
	assert_true(listings_end(&listings, 9, 1));
	note(9);
	assert_false(listings_end(&listings, 9, 1));
	listings_open(&listings);
	assert_true(listings_end(&listings, 7, 1));
	assert_true(listings_end(&listings, 9, 1));
}

static void test_what_passed_before_is_kept_when_another_closes(void **state) {
	(void)state;
	note(7);
	listings_close(&listings);
	listings_open(&listings);
	note(9);
	listings_close(&listings);
	assert_true(listings_end(&listings, 7, 1));
	assert_false(listings_end(&listings, 9, 1));
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_what_is_listed_while_it_passes_is_met_once, create, destroy),
		cmocka_unit_test_setup_teardown(
			test_what_passes_is_not_kept_while_that_is_closed, create, destroy),
		cmocka_unit_test_setup_teardown(
			test_what_passed_before_is_kept_when_another_closes, create, destroy),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
