#include "opening.h"

#include <errno.h>
#include <pthread.h>

/* The items with blanks between. */
static const char *joined(struct scene *scene, struct cardfs_list *list) {
	struct buffer buffer = {0};
	assert_non_null(list);
	for (size_t i = 0; i < cardfs_list_count(list); i++) {
		size_t length;
		const char *item = cardfs_list_item(list, i, &length);
		assert_int_equal(strlen(item), length);
		buffer_append_string(&buffer, i == 0 ? "" : " ");
		buffer_append_string(&buffer, item);
	}
	buffer_append_string(&buffer, "");
	assert_null(cardfs_list_item(list, cardfs_list_count(list), NULL));
	cardfs_list_free(list);
	return scene_take(scene, &buffer);
}

static void test_names_are_of_all_assets_broken_ones_too(void **state) {
	struct scene *scene = *state;
	struct cardfs_stores *stores =
		open_cards(scene, "name: b\n---\nname: a\nbase: gone\n---\nname: c\n");
	assert_string_equal(joined(scene, cardfs_names(stores, NULL)), "a b c");
	cardfs_close(stores);
}

static void test_finding_leaves_broken_ones_out(void **state) {
	struct scene *scene = *state;
	struct cardfs_stores *stores = open_cards(scene,
		"name: b\nx: 1\n---\nname: a\nbase: gone\nx: 1\n---\nname: c\nx: 2\n---\n"
		"name: d\nbase: b\n");
	const char *const conditions[] = {"x=1", "x"};
	assert_string_equal(joined(scene, cardfs_find(stores, NULL, 0, NULL)), "b c d");
	assert_string_equal(joined(scene, cardfs_find(stores, conditions, 2, NULL)), "b d");
	cardfs_close(stores);
}

static void test_what_is_no_condition_is_refused(void **state) {
	struct scene *scene = *state;
	struct cardfs_stores *stores = open_cards(scene, "name: a\n");
	struct cardfs_error *error = NULL;
	const char *const conditions[] = {"=1"};
	assert_null(cardfs_find(stores, conditions, 1, &error));
	assert_int_equal(cardfs_error_kind(error), CARDFS_ERROR_USAGE);
	cardfs_error_free(error);
	assert_null(cardfs_find(stores, conditions, 1, NULL));
	cardfs_close(stores);
}

static void test_problems_are_those_of_the_files(void **state) {
	struct scene *scene = *state;
	struct cardfs_stores *stores = open_cards(scene, "name: a\n---\nx: 1\n");
	struct cardfs_list *problems = cardfs_problems(stores, NULL);
	assert_int_equal(cardfs_list_count(problems), 1);
	assert_non_null(strstr(cardfs_list_item(problems, 0, NULL), "cards.yaml:3: "));
	cardfs_list_free(problems);
	cardfs_close(stores);
}

static void test_an_environment_is_an_option(void **state) {
	struct scene *scene = *state;
	scene_write_cards(scene, "cards.yaml", "name: a\nx: 1\n---\nname: a@lab\nx: 2\n");
	struct cardfs_stores *stores = open_with(scene, "env=lab");
	const char *const conditions[] = {"x=2"};
	assert_string_equal(cardfs_environment(stores), "lab");
	assert_string_equal(joined(scene, cardfs_find(stores, conditions, 1, NULL)), "a");
	cardfs_close(stores);
	stores = open_with(scene, NULL);
	assert_string_equal(cardfs_environment(stores), "");
	assert_string_equal(joined(scene, cardfs_find(stores, conditions, 1, NULL)), "");
	cardfs_close(stores);
}

static void test_what_is_no_option_is_refused_with_the_nearest(void **state) {
	(void)state;
	struct cardfs_options *options = cardfs_options_create(NULL);
	struct cardfs_error *error = NULL;
	assert_false(cardfs_options_set(options, "stor=/x", &error));
	assert_fails(
		error, CARDFS_ERROR_USAGE, "there is no mount option stor; did you mean store?");
	assert_false(cardfs_options_set(options, "conflicts=maybe", &error));
	assert_fails(
		error, CARDFS_ERROR_USAGE, "conflicts is \"error\" or \"shadow\", not \"maybe\"");
	cardfs_options_free(options);
}

static void test_options_are_copied(void **state) {
	struct scene *scene = *state;
	scene_write_cards(scene, "cards.yaml", "name: a\n");
	struct cardfs_options *options = options_of(scene);
	char option[] = "env=lab";
	assert_true(cardfs_options_set(options, option, NULL));
	memset(option, 'x', sizeof(option));
	struct cardfs_stores *stores = cardfs_open(options, NULL);
	cardfs_options_free(options);
	assert_string_equal(cardfs_environment(stores), "lab");
	cardfs_close(stores);
}

/* Has the process see a configuration file, and none of the machine's stores. */
static void configure(struct scene *scene, const char *text) {
	scene_write(scene, "config.yaml", text);
	setenv("CARDFS_CONFIG", scene_path(scene, "config.yaml"), 1);
	setenv("HOME", scene->root, 1);
	unsetenv("CARDFS_ENV");
	unsetenv("XDG_CONFIG_HOME");
	unsetenv("XDG_CACHE_HOME");
}

static void test_a_configuration_file_is_read_when_asked_for(void **state) {
	struct scene *scene = *state;
	scene_write_cards(scene, "cards.yaml", "name: a\n");
	configure(scene, "env: lab\nnodefaults: true\n");
	struct cardfs_options *options = options_of(scene);
	assert_true(cardfs_options_load(options, NULL));
	struct cardfs_stores *stores = cardfs_open(options, NULL);
	assert_string_equal(cardfs_environment(stores), "lab");
	cardfs_close(stores);
	cardfs_options_free(options);
	stores = open_with(scene, NULL);
	assert_string_equal(cardfs_environment(stores), "");
	cardfs_close(stores);
	stores = cardfs_open(NULL, NULL);
	assert_string_equal(cardfs_environment(stores), "lab");
	cardfs_close(stores);
	unsetenv("CARDFS_CONFIG");
}

static void test_a_wrong_configuration_file_is_named_with_its_line(void **state) {
	struct scene *scene = *state;
	configure(scene, "env: lab\nstoer: x\n");
	struct cardfs_error *error = NULL;
	assert_null(cardfs_open(NULL, &error));
	assert_int_equal(cardfs_error_kind(error), CARDFS_ERROR_INVALID);
	assert_non_null(strstr(cardfs_error_message(error),
		"config.yaml:2: there is no setting \"stoer\"; did you mean store?"));
	cardfs_error_free(error);
	unsetenv("CARDFS_CONFIG");
}

static void test_reloading_reads_what_changed(void **state) {
	struct scene *scene = *state;
	struct cardfs_stores *stores = open_cards(scene, "name: a\n");
	scene_write_cards(scene, "more.yaml", "name: b\n");
	assert_string_equal(joined(scene, cardfs_names(stores, NULL)), "a");
	assert_true(cardfs_reload(stores, NULL));
	assert_string_equal(joined(scene, cardfs_names(stores, NULL)), "a b");
	cardfs_close(stores);
}

static void test_a_card_stays_what_it_was_after_reloading_and_closing(void **state) {
	struct scene *scene = *state;
	struct cardfs_stores *stores = open_cards(scene, "name: a\ncheckpoint: /x\n");
	struct cardfs_card *card = cardfs_resolve(stores, "a", NULL);
	scene_write_cards(scene, "cards.yaml", "name: a\ncheckpoint: /other\n");
	assert_true(cardfs_reload(stores, NULL));
	cardfs_close(stores);
	struct cardfs_location *location = cardfs_locate(card, "checkpoint", NULL);
	assert_string_equal(cardfs_location_path(location), "/x");
	cardfs_location_free(location);
	cardfs_card_free(card);
}

enum { THREADS = 4, TURNS = 50 };

static void *resolve_often(void *context) {
	struct cardfs_stores *stores = context;
	for (int i = 0; i < TURNS; i++) {
		struct cardfs_card *card = cardfs_resolve(stores, "b", NULL);
		char *json = cardfs_card_json(card, NULL, NULL);
		bool is_right = strcmp(json, "{\n  \"name\": \"b\",\n  \"x\": 1\n}\n") == 0;
		cardfs_text_free(json);
		cardfs_card_free(card);
		if (!is_right || (i % 10 == 0 && !cardfs_reload(stores, NULL))) {
			return stores;
		}
	}
	return NULL;
}

static void test_threads_share_stores(void **state) {
	struct scene *scene = *state;
	struct cardfs_stores *stores = open_cards(scene, "name: a\nx: 1\n---\nname: b\nbase: a\n");
	pthread_t threads[THREADS];
	for (int i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_create(&threads[i], NULL, resolve_often, stores), 0);
	}
	for (int i = 0; i < THREADS; i++) {
		void *failed;
		pthread_join(threads[i], &failed);
		assert_null(failed);
	}
	cardfs_close(stores);
}

static void test_nothing_is_freed_as_well(void **state) {
	(void)state;
	cardfs_error_free(NULL);
	cardfs_options_free(NULL);
	cardfs_list_free(NULL);
	cardfs_close(NULL);
	cardfs_card_free(NULL);
	cardfs_text_free(NULL);
	cardfs_location_free(NULL);
	assert_int_equal(cardfs_error_kind(NULL), CARDFS_ERROR_NONE);
	assert_int_equal(cardfs_error_number(NULL), 0);
}

static void test_the_version_is_the_one_that_was_built(void **state) {
	(void)state;
	assert_string_equal(cardfs_version(), CARDFS_VERSION);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		SCENE_TEST(test_names_are_of_all_assets_broken_ones_too),
		SCENE_TEST(test_finding_leaves_broken_ones_out),
		SCENE_TEST(test_what_is_no_condition_is_refused),
		SCENE_TEST(test_problems_are_those_of_the_files),
		SCENE_TEST(test_an_environment_is_an_option),
		SCENE_TEST(test_what_is_no_option_is_refused_with_the_nearest),
		SCENE_TEST(test_options_are_copied),
		SCENE_TEST(test_a_configuration_file_is_read_when_asked_for),
		SCENE_TEST(test_a_wrong_configuration_file_is_named_with_its_line),
		SCENE_TEST(test_reloading_reads_what_changed),
		SCENE_TEST(test_a_card_stays_what_it_was_after_reloading_and_closing),
		SCENE_TEST(test_threads_share_stores),
		SCENE_TEST(test_nothing_is_freed_as_well),
		SCENE_TEST(test_the_version_is_the_one_that_was_built),
	};
	return cmocka_run_group_tests_name("library/stores", tests, NULL, NULL);
}
