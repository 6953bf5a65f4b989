#include "fuse/listing.h"

#include "view/node.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { ENTRY_COUNT = 100 };

static bool list_many(
	const struct node *directory, node_visitor *visitor, void *context, struct error *error) {
	(void)directory;
	(void)error;
	for (unsigned i = 0; i < ENTRY_COUNT; i++) {
		char name[16];
		snprintf(name, sizeof(name), "entry %u", i);
		if (!visitor(context, text_of(name), i % 2 == 0 ? NODE_FILE : NODE_LINK)) {
			break;
		}
	}
	return true;
}

static bool list_one(
	const struct node *directory, node_visitor *visitor, void *context, struct error *error) {
	(void)directory;
	(void)error;
	visitor(context, TEXT("only"), NODE_DIRECTORY);
	return true;
}

static bool list_and_fail(
	const struct node *directory, node_visitor *visitor, void *context, struct error *error) {
	(void)directory;
	visitor(context, TEXT("before"), NODE_FILE);
	return error_set_memory(error);
}

static const struct node_type many = {.kind = NODE_DIRECTORY, .list = list_many};
static const struct node_type one = {.kind = NODE_DIRECTORY, .list = list_one};
static const struct node_type failing = {.kind = NODE_DIRECTORY, .list = list_and_fail};

static bool take(struct listing *listing, const struct node_type *type) {
	const struct node directory = {.type = type};
	struct error error = {0};
	return listing_take(listing, &directory, &error);
}

static void assert_entry(
	const struct listing *listing, size_t index, const char *name, enum node_kind kind) {
	assert_string_equal(listing_name(listing, index).data, name);
	assert_true(text_equal(listing_name(listing, index), text_of(name)));
	assert_int_equal(listing->entries[index].kind, kind);
}

static void test_a_listing_begins_with_the_directory_and_its_parent(void **state) {
	(void)state;
	struct listing listing = {0};
	assert_true(take(&listing, &many));
	assert_entry(&listing, 0, ".", NODE_DIRECTORY);
	assert_entry(&listing, 1, "..", NODE_DIRECTORY);
	listing_finish(&listing);
}

static void test_a_listing_has_every_entry_in_order(void **state) {
	(void)state;
	struct listing listing = {0};
	assert_true(take(&listing, &many));
	assert_int_equal(listing.count, ENTRY_COUNT + 2);
	assert_entry(&listing, 2, "entry 0", NODE_FILE);
	assert_entry(&listing, 3, "entry 1", NODE_LINK);
	assert_entry(&listing, ENTRY_COUNT + 1, "entry 99", NODE_LINK);
	listing_finish(&listing);
}

static void test_taking_it_again_replaces_what_was_there(void **state) {
	(void)state;
	struct listing listing = {0};
	assert_true(take(&listing, &many));
	assert_true(take(&listing, &one));
	assert_int_equal(listing.count, 3);
	assert_entry(&listing, 2, "only", NODE_DIRECTORY);
	listing_finish(&listing);
}

static void test_a_listing_that_fails_is_empty(void **state) {
	(void)state;
	struct listing listing = {0};
	assert_true(take(&listing, &many));
	assert_false(take(&listing, &failing));
	assert_int_equal(listing.count, 0);
	assert_null(listing.entries);
	listing_finish(&listing);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_listing_begins_with_the_directory_and_its_parent),
		cmocka_unit_test(test_a_listing_has_every_entry_in_order),
		cmocka_unit_test(test_taking_it_again_replaces_what_was_there),
		cmocka_unit_test(test_a_listing_that_fails_is_empty),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
