#include "stores/kinds.h"

#include "watching.h"

static void test_a_store_that_appears_is_told_and_watched(void **state) {
	struct watching *watching = *state;
	struct fixture *fixture = watching->fixture;
	add_store(watching, "", "not/yet/s");
	start(watching);
	make_directory(fixture, "not");
	make_directory(fixture, "not/yet/s/d");
	expect_everything(watching);
	write_file(fixture, "not/yet/s/d/x.yaml", "name: x");
	while (!watching->changes[0].everything && !is_told(watching, "not/yet/s/d/x.yaml")) {
		wait_once(watching);
	}
}

static void test_a_store_that_is_swapped_is_told_and_watched(void **state) {
	struct watching *watching = *state;
	struct fixture *fixture = watch_directory(watching);
	make_directory(fixture, "new");
	write_file(fixture, "new/n.yaml", "name: n");
	exchange(fixture, "s", "new");
	expect_everything(watching);
	append_to(fixture, "s/n.yaml");
	expect_only(watching, "s/n.yaml");
	append_to(fixture, "new/a.yaml");
	expect_nothing(watching);
}

static void test_a_store_that_is_removed_and_made_again_is_watched(void **state) {
	struct watching *watching = *state;
	struct fixture *fixture = watch_directory(watching);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(clear_directory(at(fixture, "s")), 0);
		expect_everything(watching);
		make_directory(fixture, "s");
		expect_everything(watching);
		settle(watching);
		settle(watching);
		forget(watching);
		write_file(fixture, "s/a.yaml", "name: a");
		expect_only(watching, "s/a.yaml");
	}
}

static void test_a_link_to_a_store_that_is_pointed_elsewhere_is_told(void **state) {
	struct watching *watching = *state;
	struct fixture *fixture = watching->fixture;
	make_directory(fixture, "v1");
	make_directory(fixture, "v2");
	make_link(fixture, "v1", "s");
	add_store(watching, "", "s");
	start(watching);
	make_link(fixture, "v2", "s-new");
	rename_entry(fixture, "s-new", "s");
	expect_everything(watching);
	write_file(fixture, "v2/x.yaml", "name: x");
	expect_only(watching, "s/x.yaml");
	write_file(fixture, "v1/x.yaml", "name: x");
	expect_nothing(watching);
}

static void test_a_directory_above_a_store_that_is_renamed_is_told(void **state) {
	struct watching *watching = *state;
	struct fixture *fixture = watching->fixture;
	make_directory(fixture, "above/s");
	add_store(watching, "", "above/s");
	start(watching);
	rename_entry(fixture, "above", "away");
	expect_everything(watching);
	rename_entry(fixture, "away", "above");
	expect_everything(watching);
}

static void test_a_store_of_one_file_is_watched(void **state) {
	struct watching *watching = *state;
	struct fixture *fixture = watching->fixture;
	make_directory(fixture, "s");
	write_file(fixture, "s/cards", "name: a");
	add_store(watching, "", "s/cards");
	start(watching);
	append_to(fixture, "s/cards");
	expect_everything(watching);
	replace_file(fixture, "s/cards", "name: b");
	expect_everything(watching);
	remove_entry(fixture, "s/cards");
	expect_everything(watching);
	rename_entry(fixture, "s", "t");
	expect_everything(watching);
	make_directory(fixture, "s");
	expect_everything(watching);
	write_file(fixture, "s/cards", "name: c");
	expect_everything(watching);
}

static void test_a_file_that_becomes_a_directory_is_watched(void **state) {
	struct watching *watching = *state;
	struct fixture *fixture = watching->fixture;
	write_file(fixture, "s", "name: a");
	add_store(watching, "", "s");
	start(watching);
	remove_entry(fixture, "s");
	make_directory(fixture, "s");
	expect_everything(watching);
	settle(watching);
	settle(watching);
	forget(watching);
	write_file(fixture, "s/x.yaml", "name: x");
	expect_only(watching, "s/x.yaml");
}

static void test_stores_may_overlap(void **state) {
	struct watching *watching = *state;
	struct fixture *fixture = watching->fixture;
	add_store(watching, "", "s");
	add_store(watching, "", "s/d");
	add_store(watching, "", "s/d/b.yaml");
	make_directory(fixture, "s/d");
	write_file(fixture, "s/d/b.yaml", "name: b");
	start(watching);
	append_to(fixture, "s/d/b.yaml");
	while (watching->changes[0].count == 0 || watching->changes[1].count == 0 ||
		!watching->changes[2].everything) {
		wait_once(watching);
	}
	forget(watching);
	rename_entry(fixture, "s/d", "s/e");
	while (!is_told(watching, "s/e") || !watching->changes[1].everything ||
		!watching->changes[2].everything) {
		wait_once(watching);
	}
	forget(watching);
	append_to(fixture, "s/e/b.yaml");
	expect_path(watching, "s/e/b.yaml");
}

static void test_checkpoints_are_watched(void **state) {
	struct watching *watching = *state;
	struct fixture *fixture = watching->fixture;
	make_directory(fixture, "run/step_1/model");
	make_directory(fixture, "elsewhere");
	write_file(fixture, "run/model.yaml", "name: checkpoint");
	add_store(watching, "checkpoints:", "run");
	start(watching);
	make_directory(fixture, "run/scores");
	expect_everything(watching);
	write_file(fixture, "run/scores/step_1.txt", "0.5");
	expect_everything(watching);
	make_link(fixture, "../elsewhere", "run/step_2");
	expect_everything(watching);
	make_directory(fixture, "elsewhere/model");
	expect_everything(watching);
	append_to(fixture, "run/model.yaml");
	expect_everything(watching);
	rename_entry(fixture, "run/step_1", "run/step_3");
	expect_everything(watching);
	remove_entry(fixture, "run/step_3/model");
	expect_everything(watching);
}

static void test_a_package_is_watched_like_a_directory(void **state) {
	(void)state;
	assert_ptr_equal(store_package_type.scope, store_directory_type.scope);
}

static void watch_caches(struct watching *watching, const char *entry) {
	snprintf(watching->cache, sizeof(watching->cache), "%s", at(watching->fixture, entry));
	watching->caches[0] = watching->cache;
	watching->options.caches = watching->caches;
	watching->options.cache_count = 1;
	start(watching);
}

static void test_the_cache_of_the_hub_is_watched(void **state) {
	struct watching *watching = *state;
	struct fixture *fixture = watching->fixture;
	watch_caches(watching, "huggingface/hub");
	make_directory(fixture, "huggingface/hub");
	expect_cache(watching);
	make_directory(fixture, "huggingface/hub/models--o--n/refs");
	expect_cache(watching);
	write_file(fixture, "huggingface/hub/models--o--n/refs/main", "1");
	expect_cache(watching);
	append_to(fixture, "huggingface/hub/models--o--n/refs/main");
	expect_cache(watching);
	make_directory(fixture, "huggingface/hub/models--o--n/snapshots/1");
	expect_cache(watching);
	make_link(fixture, "../blobs/x", "huggingface/hub/models--o--n/snapshots/1/config");
	expect_cache(watching);
}

static void test_the_cache_of_assets_is_watched(void **state) {
	struct watching *watching = *state;
	struct fixture *fixture = watching->fixture;
	make_directory(fixture, "assets/0123.download");
	make_directory(fixture, "assets/0123");
	watch_caches(watching, "assets");
	write_file(fixture, "assets/0123/file", "x");
	expect_cache(watching);
	remove_entry(fixture, "assets/0123.download");
	expect_cache(watching);
	remove_entry(fixture, "assets/0123/file");
	expect_cache(watching);
}

static void test_content_of_downloads_is_not_told(void **state) {
	struct watching *watching = *state;
	struct fixture *fixture = watching->fixture;
	make_directory(fixture, "assets/0123");
	make_directory(fixture, "s");
	make_directory(fixture, "assets/models--n/blobs");
	write_file(fixture, "assets/0123/file", "x");
	add_store(watching, "", "s");
	watch_caches(watching, "assets");
	append_to(fixture, "assets/0123/file");
	write_file(fixture, "assets/models--n/blobs/x.incomplete", "x");
	expect_nothing(watching);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		WATCH_TEST(test_a_store_that_appears_is_told_and_watched),
		WATCH_TEST(test_a_store_that_is_swapped_is_told_and_watched),
		WATCH_TEST(test_a_store_that_is_removed_and_made_again_is_watched),
		WATCH_TEST(test_a_link_to_a_store_that_is_pointed_elsewhere_is_told),
		WATCH_TEST(test_a_directory_above_a_store_that_is_renamed_is_told),
		WATCH_TEST(test_a_store_of_one_file_is_watched),
		WATCH_TEST(test_a_file_that_becomes_a_directory_is_watched),
		WATCH_TEST(test_stores_may_overlap),
		WATCH_TEST(test_checkpoints_are_watched),
		WATCH_TEST(test_a_package_is_watched_like_a_directory),
		WATCH_TEST(test_the_cache_of_the_hub_is_watched),
		WATCH_TEST(test_the_cache_of_assets_is_watched),
		WATCH_TEST(test_content_of_downloads_is_not_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
