#include "stores/kinds.h"

#include "fixture.h"

#include <time.h>

/* Updates the fixture's listing after a change of those entries. */
static void update(struct fixture *fixture, const char *const *entries, size_t count) {
	struct store_listing previous = fixture->listing;
	struct store_changes changes = {0};
	for (size_t i = 0; i < count; i++) {
		store_changes_add(&changes, at(fixture, entries[i]));
	}
	fixture->listing = (struct store_listing){0};
	problem_list_finish(&fixture->problems);
	assert_true(store_update(fixture->store, &previous, &changes, &fixture->listing,
		&fixture->problems, &fixture->error));
	store_changes_finish(&changes);
	store_listing_finish(&previous);
}

#define UPDATE(fixture, ...)                                \
	update(fixture, (const char *const[]){__VA_ARGS__}, \
		sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

/* Whether the updated listing is what listing everything anew gives, to the byte. */
static void assert_as_listed_anew(struct fixture *fixture) {
	struct store_listing anew = {0};
	struct problem_list problems = {0};
	assert_true(store_list(fixture->store, NULL, &anew, &problems, &fixture->error));
	assert_int_equal(fixture->listing.count, anew.count);
	for (size_t i = 0; i < anew.count; i++) {
		const struct card_file *one = fixture->listing.files[i], *other = anew.files[i];
		assert_string_equal(one->path, other->path);
		assert_string_equal(one->directory, other->directory);
		assert_int_equal(one->length, other->length);
		assert_memory_equal(one->text, other->text, other->length);
		assert_int_equal(one->modified, other->modified);
	}
	assert_int_equal(fixture->problems.count, problems.count);
	for (size_t i = 0; i < problems.count; i++) {
		assert_string_equal(fixture->problems.items[i].file, problems.items[i].file);
		assert_string_equal(fixture->problems.items[i].message, problems.items[i].message);
	}
	problem_list_finish(&problems);
	store_listing_finish(&anew);
}

static void fill(struct fixture *fixture) {
	make_directory(fixture, "d/e");
	write_file(fixture, "a.yaml", "name: a");
	write_file(fixture, "b.yaml", "name: b");
	write_file(fixture, "d-f.yaml", "name: f");
	write_file(fixture, "d/c.yaml", "name: c");
	write_file(fixture, "d/e/g.yaml", "name: g");
	write_file(fixture, "d0.yaml", "name: 0");
	open_store(fixture, "", "");
	list_again(fixture);
}

static void test_a_changed_file_is_read_and_the_rest_shared(void **state) {
	struct fixture *fixture = *state;
	fill(fixture);
	const struct card_file *a = listed(fixture, "a.yaml"), *c = listed(fixture, "d/c.yaml");
	write_file(fixture, "b.yaml", "name: changed");
	UPDATE(fixture, "b.yaml");
	assert_string_equal(listed(fixture, "b.yaml")->text, "name: changed");
	assert_ptr_equal(listed(fixture, "a.yaml"), a);
	assert_ptr_equal(listed(fixture, "d/c.yaml"), c);
	assert_as_listed_anew(fixture);
}

static void test_only_the_paths_of_changes_are_looked_at(void **state) {
	struct fixture *fixture = *state;
	fill(fixture);
	write_file(fixture, "a.yaml", "name: unseen");
	write_file(fixture, "new.yaml", "name: new");
	UPDATE(fixture, "b.yaml");
	assert_string_equal(listed(fixture, "a.yaml")->text, "name: a");
	assert_null(listed(fixture, "new.yaml"));
}

static void test_no_change_shares_everything(void **state) {
	struct fixture *fixture = *state;
	fill(fixture);
	const struct card_file *a = listed(fixture, "a.yaml");
	write_file(fixture, "a.yaml", "name: unseen");
	update(fixture, NULL, 0);
	assert_int_equal(fixture->listing.count, 6);
	assert_ptr_equal(listed(fixture, "a.yaml"), a);
}

static void test_a_file_that_proves_unchanged_is_the_same_file(void **state) {
	struct fixture *fixture = *state;
	fill(fixture);
	const struct card_file *b = listed(fixture, "b.yaml");
	UPDATE(fixture, "b.yaml");
	assert_ptr_equal(listed(fixture, "b.yaml"), b);
}

static void test_new_files_are_put_in_their_places(void **state) {
	struct fixture *fixture = *state;
	fill(fixture);
	write_file(fixture, "0.yaml", "");
	write_file(fixture, "d/a.yaml", "");
	write_file(fixture, "z.yml", "");
	write_file(fixture, "z.txt", "");
	UPDATE(fixture, "z.yml", "d/a.yaml", "z.txt", "0.yaml", "b.yaml");
	ASSERT_LISTED(fixture, "0.yaml", "a.yaml", "b.yaml", "d-f.yaml", "d/a.yaml", "d/c.yaml",
		"d/e/g.yaml", "d0.yaml", "z.yml");
	assert_as_listed_anew(fixture);
}

static void test_a_file_that_is_gone_is_dropped(void **state) {
	struct fixture *fixture = *state;
	fill(fixture);
	remove(at(fixture, "a.yaml"));
	remove(at(fixture, "d0.yaml"));
	UPDATE(fixture, "a.yaml", "d0.yaml", "never.yaml");
	ASSERT_LISTED(fixture, "b.yaml", "d-f.yaml", "d/c.yaml", "d/e/g.yaml");
	assert_as_listed_anew(fixture);
}

static void test_a_directory_that_is_gone_takes_what_was_below(void **state) {
	struct fixture *fixture = *state;
	make_directory(fixture, "s/d/e");
	write_file(fixture, "s/d-f.yaml", "name: f");
	write_file(fixture, "s/d/c.yaml", "name: c");
	write_file(fixture, "s/d/e/g.yaml", "name: g");
	write_file(fixture, "s/d0.yaml", "name: 0");
	open_store(fixture, "", "s");
	list_again(fixture);
	assert_int_equal(rename(at(fixture, "s/d"), at(fixture, "away")), 0);
	UPDATE(fixture, "s/d", "s/d/c.yaml");
	ASSERT_LISTED(fixture, "s/d-f.yaml", "s/d0.yaml");
	assert_as_listed_anew(fixture);
	assert_int_equal(rename(at(fixture, "away"), at(fixture, "s/d")), 0);
	UPDATE(fixture, "s/d");
	assert_int_equal(fixture->listing.count, 4);
	assert_as_listed_anew(fixture);
}

static void test_a_directory_in_the_place_of_a_file_is_walked(void **state) {
	struct fixture *fixture = *state;
	fill(fixture);
	remove(at(fixture, "b.yaml"));
	make_directory(fixture, "b.yaml/below");
	write_file(fixture, "b.yaml/below/x.yaml", "name: x");
	UPDATE(fixture, "b.yaml", "b.yaml/below", "b.yaml/below/x.yaml");
	ASSERT_LISTED(fixture, "a.yaml", "b.yaml/below/x.yaml", "d-f.yaml", "d/c.yaml",
		"d/e/g.yaml", "d0.yaml");
	assert_as_listed_anew(fixture);
}

static void test_a_file_in_the_place_of_a_directory_drops_what_was_below(void **state) {
	struct fixture *fixture = *state;
	fill(fixture);
	remove(at(fixture, "d/c.yaml"));
	remove(at(fixture, "d/e/g.yaml"));
	remove(at(fixture, "d/e"));
	remove(at(fixture, "d"));
	write_file(fixture, "d", "no card");
	UPDATE(fixture, "d/e/g.yaml", "d");
	ASSERT_LISTED(fixture, "a.yaml", "b.yaml", "d-f.yaml", "d0.yaml");
	assert_as_listed_anew(fixture);
}

static void test_what_is_below_a_link_to_a_directory_is_not_seen(void **state) {
	struct fixture *fixture = *state;
	fill(fixture);
	make_directory(fixture, "s/below");
	write_file(fixture, "s/below/x.yaml", "name: x");
	open_store(fixture, "", "s");
	list_again(fixture);
	ASSERT_LISTED(fixture, "s/below/x.yaml");
	assert_int_equal(rename(at(fixture, "s/below"), at(fixture, "elsewhere")), 0);
	make_link(fixture, "../elsewhere", "s/below");
	UPDATE(fixture, "s/below/x.yaml");
	assert_int_equal(fixture->listing.count, 0);
	assert_as_listed_anew(fixture);
}

static void test_links_to_files_are_followed(void **state) {
	struct fixture *fixture = *state;
	fill(fixture);
	write_file(fixture, "target", "name: target");
	remove(at(fixture, "b.yaml"));
	make_link(fixture, "target", "b.yaml");
	UPDATE(fixture, "b.yaml");
	assert_string_equal(listed(fixture, "b.yaml")->text, "name: target");
	assert_as_listed_anew(fixture);
}

static void test_what_cannot_be_read_is_a_problem_and_dropped(void **state) {
	struct fixture *fixture = *state;
	fill(fixture);
	remove(at(fixture, "b.yaml"));
	make_link(fixture, "nowhere", "b.yaml");
	UPDATE(fixture, "b.yaml");
	assert_null(listed(fixture, "b.yaml"));
	assert_int_equal(fixture->problems.count, 1);
	assert_as_listed_anew(fixture);
	remove(at(fixture, "b.yaml"));
	assert_int_equal(mkfifo(at(fixture, "b.yaml"), 0644), 0);
	UPDATE(fixture, "b.yaml");
	assert_null(listed(fixture, "b.yaml"));
	assert_problem(fixture, "b.yaml", "FIFO");
	assert_as_listed_anew(fixture);
}

static void test_what_may_not_be_read_is_a_problem(void **state) {
	struct fixture *fixture = *state;
	const bool is_root = geteuid() == 0;
	fill(fixture);
	chmod(at(fixture, "b.yaml"), 0);
	chmod(at(fixture, "d/e"), 0311);
	assert_true(!is_root || seteuid(65534) == 0);
	UPDATE(fixture, "b.yaml");
	assert_problem(fixture, "b.yaml", strerror(EACCES));
	UPDATE(fixture, "d/e");
	assert_problem(fixture, "d/e", strerror(EACCES));
	UPDATE(fixture, "d/e/g.yaml");
	assert_non_null(listed(fixture, "d/e/g.yaml"));
	problem_list_sort(&fixture->problems);
	assert_int_equal(fixture->problems.count, 2);
	assert_string_equal(fixture->problems.items[1].file, at(fixture, "d/e"));
	assert_true(!is_root || seteuid(0) == 0);
	chmod(at(fixture, "d/e"), 0755);
}

static void test_a_file_over_the_limit_is_a_problem(void **state) {
	struct fixture *fixture = *state;
	fill(fixture);
	fixture->store->file_size_limit = 10;
	write_file(fixture, "b.yaml", "name: longer");
	UPDATE(fixture, "b.yaml");
	assert_problem(fixture, "b.yaml", "10");
}

static void test_a_path_deeper_than_a_store_goes_is_not_listed(void **state) {
	struct fixture *fixture = *state;
	char path[256] = "";
	size_t length = 0;
	for (int depth = 0; depth < 65; depth++) {
		path[length++] = 'd';
		path[length++] = '/';
	}
	make_directory(fixture, path);
	memcpy(path + length, "deep.yaml", sizeof("deep.yaml"));
	open_store(fixture, "", "");
	list_again(fixture);
	write_file(fixture, path, "name: deep");
	UPDATE(fixture, path);
	assert_int_equal(fixture->listing.count, 0);
	assert_as_listed_anew(fixture);
}

static void test_a_store_that_is_one_file_is_read_again(void **state) {
	struct fixture *fixture = *state;
	write_file(fixture, "cards", "name: a");
	open_store(fixture, "", "cards");
	list_again(fixture);
	write_file(fixture, "cards", "name: b");
	UPDATE(fixture, "cards");
	assert_string_equal(listed(fixture, "cards")->text, "name: b");
	remove(at(fixture, "cards"));
	UPDATE(fixture, "cards");
	assert_int_equal(fixture->listing.count, 0);
	assert_problem(fixture, "cards", strerror(ENOENT));
}

static void test_a_store_that_is_gone_is_listed_anew(void **state) {
	struct fixture *fixture = *state;
	make_directory(fixture, "s");
	write_file(fixture, "s/a.yaml", "name: a");
	open_store(fixture, "", "s");
	list_again(fixture);
	remove(at(fixture, "s/a.yaml"));
	remove(at(fixture, "s"));
	UPDATE(fixture, "s/a.yaml");
	assert_int_equal(fixture->listing.count, 0);
	assert_problem(fixture, "s", strerror(ENOENT));
}

static void test_a_path_outside_of_the_store_lists_everything(void **state) {
	struct fixture *fixture = *state;
	make_directory(fixture, "s");
	write_file(fixture, "s/a.yaml", "name: a");
	open_store(fixture, "", "s");
	list_again(fixture);
	write_file(fixture, "s/a.yaml", "name: changed");
	UPDATE(fixture, "s-not.yaml");
	assert_string_equal(listed(fixture, "s/a.yaml")->text, "name: changed");
}

static void test_everything_lists_everything(void **state) {
	struct fixture *fixture = *state;
	fill(fixture);
	write_file(fixture, "a.yaml", "name: seen");
	const struct store_changes changes = {.everything = true};
	struct store_listing listing = {0};
	assert_true(store_update(fixture->store, &fixture->listing, &changes, &listing,
		&fixture->problems, &fixture->error));
	assert_string_equal(
		store_listing_find(&listing, at(fixture, "a.yaml"))->text, "name: seen");
	store_listing_finish(&listing);
}

static void test_without_a_previous_listing_everything_is_listed(void **state) {
	struct fixture *fixture = *state;
	fill(fixture);
	const struct store_changes changes = {0};
	struct store_listing listing = {0};
	assert_true(store_update(
		fixture->store, NULL, &changes, &listing, &fixture->problems, &fixture->error));
	assert_int_equal(listing.count, 6);
	store_listing_finish(&listing);
}

static void test_checkpoints_are_listed_anew(void **state) {
	struct fixture *fixture = *state;
	make_directory(fixture, "step_1/model");
	write_file(fixture, "model.yaml", "name: checkpoint");
	open_store(fixture, "checkpoints:", "");
	list_again(fixture);
	make_directory(fixture, "step_2/model");
	UPDATE(fixture, "step_2");
	ASSERT_LISTED(fixture, "model.yaml", "step_1", "step_2");
}

static void test_random_changes_give_what_listing_anew_gives(void **state) {
	struct fixture *fixture = *state;
	static const char *const entries[] = {"a", "a-b.yaml", "a/b.yaml", "a/b.yaml/c.yaml", "a/c",
		"a/c/d.yaml", "a0.yaml", "b.yaml", "c.yml"};
	enum { ENTRIES = sizeof(entries) / sizeof(*entries), ROUNDS = 2000 };
	open_store(fixture, "", "");
	list_again(fixture);
	unsigned seed = 1;
	for (int i = 0; i < ROUNDS; i++) {
		const char *changed[4];
		for (size_t j = 0; j < 4; j++) {
			seed = seed * 1103515245 + 12345;
			const char *entry = entries[seed / 65536 % ENTRIES];
			const char *path = at(fixture, entry);
			changed[j] = entry;
			char text[32];
			snprintf(text, sizeof(text), "name: %d", i);
			const int descriptor =
				seed / 16777216 % 3 == 0
					? -1
					: open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
			if (descriptor >= 0) {
				assert_true(write(descriptor, text, strlen(text)) > 0);
				close(descriptor);
			} else if (remove(path) != 0) {
				mkdir(path, 0755);
			}
		}
		update(fixture, changed, 4);
		assert_as_listed_anew(fixture);
	}
}

int main(void) {
	const struct CMUnitTest tests[] = {
		STORE_TEST(test_a_changed_file_is_read_and_the_rest_shared),
		STORE_TEST(test_only_the_paths_of_changes_are_looked_at),
		STORE_TEST(test_no_change_shares_everything),
		STORE_TEST(test_a_file_that_proves_unchanged_is_the_same_file),
		STORE_TEST(test_new_files_are_put_in_their_places),
		STORE_TEST(test_a_file_that_is_gone_is_dropped),
		STORE_TEST(test_a_directory_that_is_gone_takes_what_was_below),
		STORE_TEST(test_a_directory_in_the_place_of_a_file_is_walked),
		STORE_TEST(test_a_file_in_the_place_of_a_directory_drops_what_was_below),
		STORE_TEST(test_what_is_below_a_link_to_a_directory_is_not_seen),
		STORE_TEST(test_links_to_files_are_followed),
		STORE_TEST(test_what_cannot_be_read_is_a_problem_and_dropped),
		STORE_TEST(test_what_may_not_be_read_is_a_problem),
		STORE_TEST(test_a_file_over_the_limit_is_a_problem),
		STORE_TEST(test_a_path_deeper_than_a_store_goes_is_not_listed),
		STORE_TEST(test_a_store_that_is_one_file_is_read_again),
		STORE_TEST(test_a_store_that_is_gone_is_listed_anew),
		STORE_TEST(test_a_path_outside_of_the_store_lists_everything),
		STORE_TEST(test_everything_lists_everything),
		STORE_TEST(test_without_a_previous_listing_everything_is_listed),
		STORE_TEST(test_checkpoints_are_listed_anew),
		STORE_TEST(test_random_changes_give_what_listing_anew_gives),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
