#include "stores/overlay.h"

#include "unit/stores/fixture.h"

static void open_overlay(struct fixture *fixture) {
	open_store(fixture, "", "");
	struct store *overlay = overlay_create(fixture->store, NULL);
	assert_non_null(overlay);
	fixture->store = overlay;
}

static void change(struct fixture *fixture, const char *entry, const char *text) {
	assert_true(
		overlay_change(fixture->store, text_of(at(fixture, entry)), text_of(text), NULL));
}

static void test_without_a_change_it_lists_the_same(void **state) {
	struct fixture *fixture = *state;
	write_file(fixture, "a.yaml", "name: a\n");
	open_overlay(fixture);
	list_again(fixture);
	ASSERT_LISTED(fixture, "a.yaml");
	assert_string_equal(fixture->store->location, fixture->root);
	assert_int_equal(fixture->store->origin, STORE_ADDED);
}

static void test_changed_file_is_listed_as_it_would_be(void **state) {
	struct fixture *fixture = *state;
	write_file(fixture, "a.yaml", "name: a\n");
	write_file(fixture, "b.yaml", "name: b\n");
	open_overlay(fixture);
	list_again(fixture);
	change(fixture, "b.yaml", "name: c\n");
	list_again(fixture);
	ASSERT_LISTED(fixture, "a.yaml", "b.yaml");
	assert_string_equal(listed(fixture, "b.yaml")->text, "name: c\n");
	assert_string_equal(listed(fixture, "b.yaml")->directory, fixture->root);
}

static void test_new_file_is_listed_in_its_place(void **state) {
	struct fixture *fixture = *state;
	write_file(fixture, "a.yaml", "name: a\n");
	write_file(fixture, "c.yaml", "name: c\n");
	open_overlay(fixture);
	change(fixture, "b.yaml", "name: b\n");
	list_again(fixture);
	ASSERT_LISTED(fixture, "a.yaml", "b.yaml", "c.yaml");
}

static void test_removed_file_is_not_listed(void **state) {
	struct fixture *fixture = *state;
	write_file(fixture, "a.yaml", "name: a\n");
	write_file(fixture, "b.yaml", "name: b\n");
	open_overlay(fixture);
	assert_true(overlay_remove(fixture->store, text_of(at(fixture, "a.yaml")), NULL));
	list_again(fixture);
	ASSERT_LISTED(fixture, "b.yaml");
}

static void test_forgotten_change_is_none(void **state) {
	struct fixture *fixture = *state;
	write_file(fixture, "a.yaml", "name: a\n");
	open_overlay(fixture);
	change(fixture, "a.yaml", "name: b\n");
	change(fixture, "b.yaml", "name: b\n");
	overlay_forget(fixture->store);
	list_again(fixture);
	ASSERT_LISTED(fixture, "a.yaml");
	assert_string_equal(listed(fixture, "a.yaml")->text, "name: a\n");
}

int main(void) {
	const struct CMUnitTest tests[] = {
		STORE_TEST(test_without_a_change_it_lists_the_same),
		STORE_TEST(test_changed_file_is_listed_as_it_would_be),
		STORE_TEST(test_new_file_is_listed_in_its_place),
		STORE_TEST(test_removed_file_is_not_listed),
		STORE_TEST(test_forgotten_change_is_none),
	};
	return cmocka_run_group_tests_name("overlay", tests, NULL, NULL);
}
