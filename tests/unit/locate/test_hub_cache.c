#include "unit/locate/fixture.h"

#define COMMIT "0123456789abcdef0123456789abcdef01234567"

static void test_hub_repository_is_the_snapshot_of_its_main_branch(void **state) {
	struct fixture *fixture = *state;
	make_file(fixture, "hub/models--Org--tiny-1.5_b/refs/main", COMMIT);
	check_in(fixture, "hg://Org/tiny-1.5_b", "hub/models--Org--tiny-1.5_b/snapshots/" COMMIT,
		LOCATION_REMOTE);
	make_file(fixture, "hub/models--Org--tiny-1.5_b/snapshots/" COMMIT "/tiny.pt", "");
	check_in(fixture, "HG://Org/tiny-1.5_b", "hub/models--Org--tiny-1.5_b/snapshots/" COMMIT,
		LOCATION_CACHED);
	assert_string_equal(fixture->location.uri.data, "hg://Org/tiny-1.5_b");
}

static void test_hub_repository_of_a_dataset_is_another_one(void **state) {
	struct fixture *fixture = *state;
	char path[PATH_MAX];
	make_directories(fixture, "hub/datasets--org--text/snapshots/" COMMIT "/");
	make_file(fixture, "hub/datasets--org--text/refs/main", COMMIT "\n");
	snprintf(path, sizeof(path), "%s",
		path_in(fixture, "hub/datasets--org--text/snapshots/" COMMIT));
	assert_true(try_locator(
		fixture, (struct locator){.text = TEXT("hg://org/text"), .is_dataset = true}));
	assert_path(fixture, path, LOCATION_CACHED);
	check_in(fixture, "hg://org/text", "hub/models--org--text/snapshots/main", LOCATION_REMOTE);
}

static void test_hub_repository_may_have_no_organization(void **state) {
	check_in(*state, "hg://tiny", "hub/models--tiny/snapshots/main", LOCATION_REMOTE);
	check_in(*state, "hg:o/tiny", "hub/models--tiny/snapshots/main", LOCATION_REMOTE);
}

static void test_hub_revision_that_is_none_is_not_followed(void **state) {
	static const char *const contents[] = {"", ".", "..", "../../../secret", "a/b", "a b",
		"\x01", "\xC3\xBC", COMMIT COMMIT COMMIT COMMIT};
	for (size_t i = 0; i < sizeof(contents) / sizeof(contents[0]); i++) {
		make_file(*state, "hub/models--org--tiny/refs/main", contents[i]);
		check_in(*state, "hg://org/tiny", "hub/models--org--tiny/snapshots/main",
			LOCATION_REMOTE);
	}
}

static void test_hub_revision_that_is_no_file_is_not_waited_for(void **state) {
	make_directories(*state, "hub/models--org--tiny/refs/");
	assert_int_equal(mkfifo(path_in(*state, "hub/models--org--tiny/refs/main"), 0600), 0);
	check_in(*state, "hg://org/tiny", "hub/models--org--tiny/snapshots/main", LOCATION_REMOTE);
}

static void test_hub_locator_that_names_no_repository_is_an_error(void **state) {
	static const char *const texts[] = {"hg:", "hg://", "hg:/o/tiny", "hg:////tiny/",
		"hg://org/tiny/tiny.pt", "hg://org/tiny@main", "hg://org/tiny?x=1#f", "hg://org/",
		"hg://../tiny", "hg://org/..", "hg://..", "hg://org/ti..ny", "hg://org/-tiny",
		"hg://org/tiny.", "hg://org/ti--ny", "hg://org/tiny.git", "hg://org/t\xC3\xBCny",
		"hg://org/ tiny"};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		check_refused(*state, (struct locator){.text = text_of(texts[i])},
			"names no repository of the Hugging Face Hub");
	}
}

static void test_hub_name_has_at_most_96_characters(void **state) {
	char text[128];
	snprintf(text, sizeof(text), "hg://org/%096d", 0);
	assert_true(try_text(*state, text_of(text)));
	snprintf(text, sizeof(text), "hg://org/%097d", 0);
	assert_false(try_text(*state, text_of(text)));
}

int main(void) {
	const struct CMUnitTest tests[] = {
		WITH_FIXTURE(test_hub_repository_is_the_snapshot_of_its_main_branch),
		WITH_FIXTURE(test_hub_repository_of_a_dataset_is_another_one),
		WITH_FIXTURE(test_hub_repository_may_have_no_organization),
		WITH_FIXTURE(test_hub_revision_that_is_none_is_not_followed),
		WITH_FIXTURE(test_hub_revision_that_is_no_file_is_not_waited_for),
		WITH_FIXTURE(test_hub_locator_that_names_no_repository_is_an_error),
		WITH_FIXTURE(test_hub_name_has_at_most_96_characters),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
