#include "stores/kinds.h"

#include "fixture.h"

#include <time.h>

/* Longer than the tick of any clock that stamps files. */
static void wait_a_tick(void) {
	const struct timespec tick = {0, 30 * 1000 * 1000};
	nanosleep(&tick, NULL);
}

static void test_lists_card_files_by_their_suffix(void **state) {
	struct fixture *fixture = *state;
	static const char *const others[] = {".yaml", ".yml", "c.YAML", "d.Yml", "g.yaml.bak",
		"h.json", "k.yaml~", "q.yaml ", "yaml", "ayaml"};
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		write_file(fixture, others[i], "name: other");
	}
	write_file(fixture, ".e.yaml", "name: e");
	write_file(fixture, "a.yaml", "name: a");
	write_file(fixture, "b.yml", "name: b");
	write_file(fixture, "m.yaml.yml", "name: m");
	write_file(fixture, "n .yaml", "name: n");
	write_file(fixture, "o..yaml", "name: o");
	open_store(fixture, "", "");
	list_again(fixture);
	ASSERT_LISTED(fixture, ".e.yaml", "a.yaml", "b.yml", "m.yaml.yml", "n .yaml", "o..yaml");
	assert_int_equal(fixture->problems.count, 0);
}

static void test_walks_hidden_directories_and_ones_named_like_files(void **state) {
	struct fixture *fixture = *state;
	make_directory(fixture, ".hidden");
	make_directory(fixture, "sub.yaml/deeper");
	write_file(fixture, ".hidden/i.yaml", "name: i");
	write_file(fixture, "sub.yaml/deeper/r.yaml", "name: r");
	open_store(fixture, "dir:", "");
	list_again(fixture);
	ASSERT_LISTED(fixture, ".hidden/i.yaml", "sub.yaml/deeper/r.yaml");
	const struct card_file *file = listed(fixture, "sub.yaml/deeper/r.yaml");
	assert_string_equal(file->directory, at(fixture, "sub.yaml/deeper"));
	assert_string_equal(file->text, "name: r");
	assert_int_equal(fixture->problems.count, 0);
}

static void test_sorts_by_the_bytes_of_the_path(void **state) {
	struct fixture *fixture = *state;
	make_directory(fixture, "a");
	write_file(fixture, "a/z.yaml", "");
	write_file(fixture, "a.yaml", "");
	write_file(fixture, "B.yaml", "");
	write_file(fixture, "\xc3\xa4.yaml", "");
	write_file(fixture, "line\nbreak.yaml", "");
	open_store(fixture, "", "");
	list_again(fixture);
	ASSERT_LISTED(fixture, "B.yaml", "a.yaml", "a/z.yaml", "line\nbreak.yaml", "\xc3\xa4.yaml");
}

static void test_one_file_of_any_name_is_a_store(void **state) {
	struct fixture *fixture = *state;
	write_file(fixture, "cards.txt", "name: a");
	write_file(fixture, "other.yaml", "name: b");
	open_store(fixture, "", "cards.txt");
	list_again(fixture);
	ASSERT_LISTED(fixture, "cards.txt");
	assert_string_equal(fixture->listing.files[0]->directory, fixture->root);
	assert_int_equal(fixture->problems.count, 0);
}

static void test_text_may_hold_nul_and_ends_with_one(void **state) {
	struct fixture *fixture = *state;
	write_bytes(fixture, "a.yaml", "a\0b", 3);
	open_store(fixture, "", "");
	list_again(fixture);
	assert_int_equal(fixture->listing.files[0]->length, 3);
	assert_memory_equal(fixture->listing.files[0]->text, "a\0b\0", 4);
}

static void test_follows_links_to_files_but_not_to_directories(void **state) {
	struct fixture *fixture = *state;
	make_directory(fixture, "elsewhere/below");
	make_directory(fixture, "store");
	write_file(fixture, "elsewhere/file", "name: a");
	write_file(fixture, "elsewhere/below/b.yaml", "name: b");
	make_link(fixture, "../elsewhere/file", "store/link.yaml");
	make_link(fixture, "../elsewhere/below", "store/directory");
	open_store(fixture, "", "store");
	list_again(fixture);
	ASSERT_LISTED(fixture, "store/link.yaml");
	assert_string_equal(fixture->listing.files[0]->directory, at(fixture, "store"));
	assert_string_equal(fixture->listing.files[0]->text, "name: a");
	assert_int_equal(fixture->problems.count, 0);
}

static void test_a_store_may_be_a_link_to_a_directory(void **state) {
	struct fixture *fixture = *state;
	make_directory(fixture, "store");
	write_file(fixture, "store/a.yaml", "name: a");
	make_link(fixture, "store", "link");
	open_store(fixture, "", "link");
	list_again(fixture);
	ASSERT_LISTED(fixture, "link/a.yaml");
}

static void test_a_link_to_a_directory_named_like_a_file_is_a_problem(void **state) {
	struct fixture *fixture = *state;
	make_directory(fixture, "elsewhere");
	make_directory(fixture, "store");
	make_link(fixture, "../elsewhere", "store/l.yaml");
	write_file(fixture, "store/good.yaml", "name: good");
	open_store(fixture, "", "store");
	list_again(fixture);
	ASSERT_LISTED(fixture, "store/good.yaml");
	assert_problem(fixture, "store/l.yaml", "");
}

static void test_a_link_that_leads_nowhere_is_passed_over_with_a_warning(void **state) {
	struct fixture *fixture = *state;
	write_file(fixture, "good.yaml", "name: good");
	make_link(fixture, "nothing", "l.yaml");
	open_store(fixture, "", "");
	list_again(fixture);
	ASSERT_LISTED(fixture, "good.yaml");
	assert_int_equal(fixture->problems.count, 1);
	assert_int_equal(fixture->problems.items[0].severity, PROBLEM_WARNING);
	assert_string_equal(fixture->problems.items[0].file, at(fixture, "l.yaml"));
}

static void test_a_link_to_one_file_has_the_directory_of_the_file(void **state) {
	struct fixture *fixture = *state;
	make_directory(fixture, "elsewhere");
	write_file(fixture, "elsewhere/cards", "name: a");
	make_link(fixture, "elsewhere/cards", "link");
	open_store(fixture, "", "link");
	list_again(fixture);
	ASSERT_LISTED(fixture, "link");
	assert_string_equal(fixture->listing.files[0]->directory, at(fixture, "elsewhere"));
}

static void test_a_link_to_itself_is_a_problem(void **state) {
	struct fixture *fixture = *state;
	write_file(fixture, "good.yaml", "name: good");
	make_link(fixture, "l.yaml", "l.yaml");
	open_store(fixture, "", "");
	list_again(fixture);
	ASSERT_LISTED(fixture, "good.yaml");
	assert_problem(fixture, "l.yaml", strerror(ELOOP));
}

static void test_a_pipe_is_a_problem_and_not_waited_for(void **state) {
	struct fixture *fixture = *state;
	assert_int_equal(mkfifo(at(fixture, "p.yaml"), 0644), 0);
	write_file(fixture, "good.yaml", "name: good");
	open_store(fixture, "", "");
	alarm(10);
	list_again(fixture);
	ASSERT_LISTED(fixture, "good.yaml");
	assert_problem(fixture, "p.yaml", "");
	open_store(fixture, "", "p.yaml");
	list_again(fixture);
	alarm(0);
	assert_int_equal(fixture->listing.count, 0);
	assert_problem(fixture, "p.yaml", "");
}

static void test_a_file_over_the_limit_is_a_problem(void **state) {
	struct fixture *fixture = *state;
	write_file(fixture, "large.yaml", "name: large");
	write_file(fixture, "small.yaml", "name: s");
	open_store(fixture, "", "");
	fixture->store->file_size_limit = 7;
	list_again(fixture);
	ASSERT_LISTED(fixture, "small.yaml");
	assert_problem(fixture, "large.yaml", "");
}

static void test_directories_nested_too_deep_are_a_problem(void **state) {
	struct fixture *fixture = *state;
	char path[4096] = "";
	for (size_t i = 0; i < 64; i++) {
		strcat(path, i == 0 ? "d" : "/d");
	}
	make_directory(fixture, path);
	strcat(path, "/deep.yaml");
	write_file(fixture, path, "name: deep");
	open_store(fixture, "", "");
	list_again(fixture);
	ASSERT_LISTED(fixture, path);
	assert_int_equal(fixture->problems.count, 0);

	*strrchr(path, '/') = '\0';
	strcat(path, "/d");
	make_directory(fixture, path);
	list_again(fixture);
	assert_int_equal(fixture->listing.count, 1);
	assert_problem(fixture, path, "64");
}

static void test_what_may_not_be_read_is_a_problem(void **state) {
	struct fixture *fixture = *state;
	const bool is_root = geteuid() == 0;
	make_directory(fixture, "closed");
	write_file(fixture, "good.yaml", "name: good");
	write_file(fixture, "secret.yaml", "name: secret");
	chmod(at(fixture, "closed"), 0);
	chmod(at(fixture, "secret.yaml"), 0);
	open_store(fixture, "", "");
	assert_true(!is_root || seteuid(65534) == 0);
	list_again(fixture);
	assert_true(!is_root || seteuid(0) == 0);
	chmod(at(fixture, "closed"), 0755);
	ASSERT_LISTED(fixture, "good.yaml");
	problem_list_sort(&fixture->problems);
	assert_int_equal(fixture->problems.count, 2);
	assert_string_equal(fixture->problems.items[0].file, at(fixture, "closed"));
	assert_string_equal(fixture->problems.items[1].file, at(fixture, "secret.yaml"));
}

static void test_a_store_that_is_not_there_is_a_problem(void **state) {
	struct fixture *fixture = *state;
	open_store(fixture, "", "nothing");
	list_again(fixture);
	assert_int_equal(fixture->listing.count, 0);
	assert_problem(fixture, "nothing", strerror(ENOENT));
}

static void test_an_optional_store_need_not_be_there(void **state) {
	struct fixture *fixture = *state;
	open_store(fixture, "", "nothing");
	fixture->store->optional = true;
	list_again(fixture);
	assert_int_equal(fixture->listing.count, 0);
	assert_int_equal(fixture->problems.count, 0);
}

static void test_an_unchanged_file_is_not_read_again(void **state) {
	struct fixture *fixture = *state;
	write_file(fixture, "a.yaml", "name: a");
	open_store(fixture, "", "");
	wait_a_tick();
	list_again(fixture);
	const struct card_file *file = listed(fixture, "a.yaml");
	fixture->store->file_size_limit = 1;
	list_again(fixture);
	assert_ptr_equal(listed(fixture, "a.yaml"), file);
	assert_int_equal(fixture->problems.count, 0);
}

static void test_a_change_that_is_dated_back_is_seen(void **state) {
	struct fixture *fixture = *state;
	const struct timespec past[2] = {{.tv_sec = 1, .tv_nsec = 1}, {.tv_sec = 1, .tv_nsec = 1}};
	write_file(fixture, "a.yaml", "name: a");
	utimensat(AT_FDCWD, at(fixture, "a.yaml"), past, 0);
	open_store(fixture, "", "");
	wait_a_tick();
	list_again(fixture);
	write_file(fixture, "a.yaml", "name: b");
	utimensat(AT_FDCWD, at(fixture, "a.yaml"), past, 0);
	list_again(fixture);
	assert_string_equal(listed(fixture, "a.yaml")->text, "name: b");
}

static void test_a_change_that_keeps_size_and_time_is_seen(void **state) {
	struct fixture *fixture = *state;
	open_store(fixture, "", "");
	for (int i = 0; i < 200; i++) {
		char text[] = "name: a";
		text[6] = (char)('a' + i % 26);
		write_file(fixture, "a.yaml", text);
		list_again(fixture);
		assert_string_equal(listed(fixture, "a.yaml")->text, text);
	}
}

static void test_a_file_too_new_to_recognise_is_read_until_it_is_not(void **state) {
	struct fixture *fixture = *state;
	const struct timespec future[2] = {
		{.tv_sec = 4000000000, .tv_nsec = 1}, {.tv_sec = 4000000000, .tv_nsec = 1}};
	const struct timespec past[2] = {{.tv_sec = 1, .tv_nsec = 1}, {.tv_sec = 1, .tv_nsec = 1}};
	write_file(fixture, "a.yaml", "name: a");
	utimensat(AT_FDCWD, at(fixture, "a.yaml"), future, 0);
	open_store(fixture, "", "");
	list_again(fixture);
	const struct card_file *file = listed(fixture, "a.yaml");
	assert_int_equal(file->identity.inode, 0);
	list_again(fixture);
	assert_ptr_equal(listed(fixture, "a.yaml"), file);
	assert_int_equal(file->identity.inode, 0);

	utimensat(AT_FDCWD, at(fixture, "a.yaml"), past, 0);
	wait_a_tick();
	list_again(fixture);
	assert_int_equal(listed(fixture, "a.yaml")->modified, 1000000001);
	assert_int_not_equal(listed(fixture, "a.yaml")->identity.inode, 0);
}

static void test_a_file_that_is_read_again_and_the_same_is_the_same_file(void **state) {
	struct fixture *fixture = *state;
	write_file(fixture, "a.yaml", "name: a");
	open_store(fixture, "", "");
	wait_a_tick();
	list_again(fixture);
	const struct card_file *file = listed(fixture, "a.yaml");
	chmod(at(fixture, "a.yaml"), 0600);
	wait_a_tick();
	list_again(fixture);
	assert_ptr_equal(listed(fixture, "a.yaml"), file);
	fixture->store->file_size_limit = 1;
	list_again(fixture);
	assert_int_equal(fixture->problems.count, 0);
}

static void test_added_and_removed_files_are_seen(void **state) {
	struct fixture *fixture = *state;
	write_file(fixture, "a.yaml", "name: a");
	open_store(fixture, "", "");
	list_again(fixture);
	write_file(fixture, "b.yaml", "name: b");
	list_again(fixture);
	ASSERT_LISTED(fixture, "a.yaml", "b.yaml");
	unlink(at(fixture, "a.yaml"));
	list_again(fixture);
	ASSERT_LISTED(fixture, "b.yaml");
}

static void test_the_location_of_a_store_is_absolute(void **state) {
	struct fixture *fixture = *state;
	assert_int_equal(chdir(fixture->root), 0);
	fixture->store = store_open(TEXT("dir:./cards"), STORE_SYSTEM, 0, &fixture->error);
	assert_non_null(fixture->store);
	assert_string_equal(fixture->store->location, at(fixture, "cards"));
	assert_string_equal(fixture->store->type->kind, "dir");
	assert_string_equal(store_origin_name(fixture->store->origin), "system");
	assert_int_equal(chdir("/"), 0);
}

static void test_a_location_without_a_known_kind_is_a_path(void **state) {
	struct fixture *fixture = *state;
	write_file(fixture, "a:b", "name: a");
	make_directory(fixture, "directory:c");
	assert_int_equal(chdir(fixture->root), 0);
	fixture->store = store_open(TEXT("a:b"), STORE_ADDED, 0, &fixture->error);
	assert_string_equal(fixture->store->location, at(fixture, "a:b"));
	store_close(fixture->store);
	fixture->store = store_open(TEXT("directory:c"), STORE_ADDED, 0, &fixture->error);
	assert_string_equal(fixture->store->location, at(fixture, "directory:c"));
	assert_int_equal(chdir("/"), 0);
}

static void test_a_location_that_no_path_can_be_is_refused(void **state) {
	struct fixture *fixture = *state;
	static const struct text locations[] = {
		{"", 0}, {"dir:", 4}, {"checkpoints:", 12}, {"package:", 8}, {"/a\0b", 4}};
	for (size_t i = 0; i < sizeof(locations) / sizeof(*locations); i++) {
		assert_null(store_open(locations[i], STORE_ADDED, 0, &fixture->error));
		assert_int_equal(fixture->error.kind, ERROR_INVALID);
	}
}

/* Lists "twice.yaml" twice, as a directory may that changes while it is read. */
static bool list_twice(struct store *store, const struct store_listing *previous,
	struct store_listing *listing, struct problem_list *problems, struct error *error) {
	(void)store;
	(void)previous;
	(void)problems;
	(void)error;
	for (int i = 0; i < 2; i++) {
		struct card_file *file =
			card_file_create(TEXT("/twice.yaml"), TEXT("/"), TEXT(""), 0);
		assert_true(store_listing_add(listing, file));
	}
	return true;
}

static void test_a_file_that_is_listed_twice_is_there_once(void **state) {
	struct fixture *fixture = *state;
	static const struct store_type type = {.kind = "test", .list = list_twice};
	struct store store = {.type = &type};
	assert_true(
		store_list(&store, NULL, &fixture->listing, &fixture->problems, &fixture->error));
	assert_int_equal(fixture->listing.count, 1);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		STORE_TEST(test_lists_card_files_by_their_suffix),
		STORE_TEST(test_walks_hidden_directories_and_ones_named_like_files),
		STORE_TEST(test_sorts_by_the_bytes_of_the_path),
		STORE_TEST(test_one_file_of_any_name_is_a_store),
		STORE_TEST(test_text_may_hold_nul_and_ends_with_one),
		STORE_TEST(test_follows_links_to_files_but_not_to_directories),
		STORE_TEST(test_a_store_may_be_a_link_to_a_directory),
		STORE_TEST(test_a_link_to_a_directory_named_like_a_file_is_a_problem),
		STORE_TEST(test_a_link_that_leads_nowhere_is_passed_over_with_a_warning),
		STORE_TEST(test_a_link_to_one_file_has_the_directory_of_the_file),
		STORE_TEST(test_a_link_to_itself_is_a_problem),
		STORE_TEST(test_a_pipe_is_a_problem_and_not_waited_for),
		STORE_TEST(test_a_file_over_the_limit_is_a_problem),
		STORE_TEST(test_directories_nested_too_deep_are_a_problem),
		STORE_TEST(test_what_may_not_be_read_is_a_problem),
		STORE_TEST(test_a_store_that_is_not_there_is_a_problem),
		STORE_TEST(test_an_optional_store_need_not_be_there),
		STORE_TEST(test_an_unchanged_file_is_not_read_again),
		STORE_TEST(test_a_change_that_is_dated_back_is_seen),
		STORE_TEST(test_a_change_that_keeps_size_and_time_is_seen),
		STORE_TEST(test_a_file_too_new_to_recognise_is_read_until_it_is_not),
		STORE_TEST(test_a_file_that_is_read_again_and_the_same_is_the_same_file),
		STORE_TEST(test_added_and_removed_files_are_seen),
		STORE_TEST(test_the_location_of_a_store_is_absolute),
		STORE_TEST(test_a_location_without_a_known_kind_is_a_path),
		STORE_TEST(test_a_location_that_no_path_can_be_is_refused),
		STORE_TEST(test_a_file_that_is_listed_twice_is_there_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
