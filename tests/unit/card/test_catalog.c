#include "unit/support/scene.h"

/* The document of NAME@ENVIRONMENT, or of NAME; NULL where there is none. */
static const struct document *find_document(struct scene *scene, const char *request) {
	struct card_name name = card_name_of_request(text_of(request));
	struct asset asset;
	if (!catalog_find(scene->catalog, name.name, &asset)) {
		return NULL;
	}
	assert_true(text_equal(asset.name, name.name));
	return asset_document(&asset, name.environment);
}

static const char *sorted_names(struct scene *scene) {
	struct text *names = catalog_sorted_names(scene->catalog);
	assert_non_null(names);
	struct buffer line = {0};
	buffer_append_string(&line, "");
	for (size_t i = 0; i < catalog_asset_count(scene->catalog); i++) {
		buffer_append_string(&line, i == 0 ? "" : " ");
		buffer_append_text(&line, names[i]);
	}
	free(names);
	return scene_take(scene, &line);
}

static const char *environments(struct scene *scene) {
	struct buffer line = {0};
	buffer_append_string(&line, "");
	for (size_t i = 0; i < catalog_environment_count(scene->catalog); i++) {
		buffer_append_string(&line, i == 0 ? "" : " ");
		buffer_append_text(&line, catalog_environment(scene->catalog, i));
		assert_true(catalog_has_environment(
			scene->catalog, catalog_environment(scene->catalog, i)));
	}
	return scene_take(scene, &line);
}

static int compare_texts(const void *a, const void *b) {
	return text_compare(*(const struct text *)a, *(const struct text *)b);
}

/* The names that the catalog says may have changed, sorted. */
static const char *changes(struct scene *scene) {
	size_t count = catalog_change_count(scene->catalog);
	struct text *names = calloc(count + 1, sizeof(*names));
	assert_non_null(names);
	for (size_t i = 0; i < count; i++) {
		names[i] = catalog_change(scene->catalog, i);
	}
	qsort(names, count, sizeof(*names), compare_texts);
	struct buffer line = {0};
	buffer_append_string(&line, "");
	for (size_t i = 0; i < count; i++) {
		buffer_append_string(&line, i == 0 ? "" : " ");
		buffer_append_text(&line, names[i]);
	}
	free(names);
	return scene_take(scene, &line);
}

static void test_a_catalog_of_nothing_has_no_assets(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "");
	assert_int_equal(catalog_asset_count(scene->catalog), 0);
	assert_int_equal(catalog_environment_count(scene->catalog), 0);
	assert_int_equal(catalog_generation(scene->catalog), 1);
	assert_string_equal(sorted_names(scene), "");
	assert_string_equal(scene_catalog_problems(scene), "");
	struct environments none = {0};
	assert_null(catalog_card(scene->catalog, TEXT("a"), &none, &scene->error));
	assert_int_equal(scene->error.kind, ERROR_NOT_FOUND);
	assert_string_equal(scene->error.message, "there is no asset \"a\"");
}

static void test_assets_are_found_by_name(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: b\n---\nname: a\n---\nname: a@e\n---\nname: ab\n");
	assert_string_equal(sorted_names(scene), "a ab b");
	assert_non_null(find_document(scene, "a"));
	assert_non_null(find_document(scene, "a@e"));
	assert_null(find_document(scene, "a@f"));
	assert_null(find_document(scene, "c"));
	assert_null(find_document(scene, ""));
}

static void test_every_asset_is_met_once(void **state) {
	struct scene *scene = *state;
	struct buffer cards = {0};
	for (int i = 0; i < 1000; i++) {
		buffer_append_format(&cards, "---\nname: card%d\n---\nname: card%d@e\n", i, i);
	}
	buffer_append_string(&cards, "---\nname: orphan@e\n");
	scene_load_cards(scene, cards.data);
	buffer_finish(&cards);
	bool is_met[1000] = {false};
	size_t count = 0;
	struct catalog_cursor cursor = {0};
	struct asset asset;
	for (; catalog_next(scene->catalog, &cursor, &asset); count++) {
		int number = atoi(asset.name.data + strlen("card"));
		assert_in_range(number, 0, 999);
		assert_false(is_met[number]);
		is_met[number] = true;
		assert_int_equal(asset.document_count, 2);
	}
	assert_int_equal(count, 1000);
	assert_int_equal(catalog_asset_count(scene->catalog), 1000);
	assert_false(catalog_next(scene->catalog, &cursor, &asset));
}

static void test_environments_are_those_that_cards_name(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\n---\nname: a@f\n---\nname: a@e\n---\nname: b@f\n");
	assert_string_equal(environments(scene), "e f");
	assert_false(catalog_has_environment(scene->catalog, TEXT("user")));
	scene_load_cards(scene, "name: a\n---\nname: a@user\n---\nname: b@f\n---\nname: b\n");
	assert_string_equal(environments(scene), "f user");
	assert_false(catalog_has_environment(scene->catalog, TEXT("e")));
}

static void test_a_card_for_an_environment_alone_is_a_problem_and_no_asset(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a@e\n");
	assert_int_equal(catalog_asset_count(scene->catalog), 0);
	assert_null(find_document(scene, "a@e"));
	assert_string_equal(scene_catalog_problems(scene),
		"$/cards/cards.yaml:1: the card \"a@e\" has no card \"a\" to be laid over; add "
		"one, or mend the name");
}

static void test_two_cards_with_one_name_are_in_conflict(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\n---\nname: b\n---\nname: a\n");
	assert_int_equal(catalog_asset_count(scene->catalog), 2);
	const char *problem = "$/cards/cards.yaml:5: the card \"a\" is defined twice, also at "
			      "$/cards/cards.yaml:1; rename or remove one of them";
	assert_string_equal(scene_catalog_problems(scene), problem);
	ASSERT_FAULTS(scene, "a", problem);
	ASSERT_MERGED(scene, "b", "{name: b}");
}

static void test_two_cards_with_one_name_and_environment_are_in_conflict(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\n---\nname: a@e\n---\nname: a@e\n");
	ASSERT_FAULTS(scene, "a",
		"$/cards/cards.yaml:5: the card \"a@e\" is defined twice, also at "
		"$/cards/cards.yaml:3; rename or remove one of them");
}

static void load_two_stores(struct scene *scene, const char *first, const char *second) {
	scene_write(scene, "one/cards.yaml", first);
	scene_write(scene, "two/cards.yaml", second);
	scene_add_store(scene, "one");
	scene_add_store(scene, "two");
	scene_load(scene);
}

static void test_cards_of_two_stores_are_in_conflict_too(void **state) {
	struct scene *scene = *state;
	load_two_stores(scene, "name: a\n", "name: a\n---\nname: b\n");
	ASSERT_FAULTS(scene, "a",
		"$/two/cards.yaml:1: the card \"a\" is defined twice, also at "
		"$/one/cards.yaml:1; rename or remove one of them");
	ASSERT_MERGED(scene, "b", "{name: b}");
}

static void test_a_card_of_a_later_store_shadows_an_earlier_one(void **state) {
	struct scene *scene = *state;
	scene->options.shadow = true;
	load_two_stores(scene, "name: a\nx: 1\ny: 1\n", "name: a\nx: 2\n");
	ASSERT_MERGED(scene, "a", "{name: a, x: 2}");
	assert_int_equal(catalog_asset_count(scene->catalog), 1);
	assert_string_equal(scene_catalog_problems(scene), "");
}

static void test_shadowing_goes_by_name_and_environment(void **state) {
	struct scene *scene = *state;
	scene->options.shadow = true;
	load_two_stores(scene, "name: a\nx: 1\n---\nname: a@e\nx: 2\n", "name: a\nx: 3\n");
	ASSERT_MERGED(scene, "a", "{name: a, x: 3}");
	ASSERT_MERGED(scene, "a@e", "{name: a, x: 2}");
}

static void test_shadowing_does_not_settle_conflicts_within_a_store(void **state) {
	struct scene *scene = *state;
	scene->options.shadow = true;
	load_two_stores(scene, "name: a\n---\nname: b\n---\nname: b\n",
		"name: a\n---\nname: a\n---\nname: b\n");
	ASSERT_FAULTS(scene, "a",
		"$/two/cards.yaml:3: the card \"a\" is defined twice, also at "
		"$/two/cards.yaml:1; rename or remove one of them");
	ASSERT_MERGED(scene, "b", "{name: b}");
}

static void test_stores_are_counted(void **state) {
	struct scene *scene = *state;
	load_two_stores(scene, "name: a\n---\nname: b\n---\nx: 1\n", "name: c\nbase: c@e\n");
	scene_write(scene, "two/more.yaml", "");
	scene_load(scene);
	assert_int_equal(catalog_store_count(scene->catalog), 2);
	struct catalog_store one = catalog_store(scene->catalog, 0);
	struct catalog_store two = catalog_store(scene->catalog, 1);
	assert_ptr_equal(one.store, scene->stores.stores[0]);
	assert_int_equal(one.file_count, 1);
	assert_int_equal(one.card_count, 2);
	assert_int_equal(one.problem_count, 1);
	assert_int_equal(two.file_count, 2);
	assert_int_equal(two.card_count, 1);
	assert_int_equal(two.problem_count, 1);
}

static void test_bad_documents_are_problems_and_the_rest_is_served(void **state) {
	struct scene *scene = *state;
	scene_write_cards(scene, "bad.yaml", "name: [\n");
	scene_write_cards(scene, "half.yaml", "x: 1\n---\nname: b\n");
	scene_load_cards(scene, "name: a\n");
	assert_string_equal(sorted_names(scene), "a b");
	assert_non_null(strstr(scene_catalog_problems(scene), "$/cards/bad.yaml:"));
	assert_non_null(strstr(scene_catalog_problems(scene),
		"$/cards/half.yaml:1: this card has no name; add \"name: NAME\""));
}

static void test_a_catalog_is_as_old_as_its_newest_file(void **state) {
	struct scene *scene = *state;
	scene_write_cards(scene, "a.yaml", "name: a\n");
	scene_write_cards(scene, "b.yaml", "name: b\n");
	scene_set_modified(scene, "cards/a.yaml", 2000);
	scene_set_modified(scene, "cards/b.yaml", 1000);
	scene_load(scene);
	assert_int_equal(catalog_modified(scene->catalog), INT64_C(2000000000000));
}

static void test_what_has_not_changed_is_shared_with_the_next_catalog(void **state) {
	struct scene *scene = *state;
	scene_write_cards(scene, "a.yaml", "name: a\nx: 1\n");
	scene_write_cards(scene, "b.yaml", "name: b\nx: 1\n");
	scene_load(scene);
	const struct document *a = find_document(scene, "a");
	const struct card *card_a = scene_card(scene, "a");
	const struct card *card_b = scene_card(scene, "b");
	scene_write_cards(scene, "b.yaml", "name: b\nx: 22\n");
	scene_load(scene);
	assert_int_equal(catalog_generation(scene->catalog), 2);
	assert_ptr_equal(find_document(scene, "a"), a);
	assert_ptr_equal(scene_card(scene, "a"), card_a);
	assert_ptr_not_equal(scene_card(scene, "b"), card_b);
	ASSERT_MERGED(scene, "b", "{name: b, x: 22}");
	assert_string_equal(scene_inline(scene, card_b->value), "{name: b, x: 1}");
}

static void test_a_first_catalog_changes_nothing(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\n");
	assert_int_equal(catalog_change_count(scene->catalog), 0);
}

static void test_an_unchanged_catalog_changes_nothing(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\n");
	scene_load(scene);
	assert_int_equal(catalog_change_count(scene->catalog), 0);
}

static void test_a_catalog_is_the_same_until_something_differs(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\n");
	assert_false(catalog_is_same(scene->catalog));
	scene_load(scene);
	assert_true(catalog_is_same(scene->catalog));
	scene_set_modified(scene, "cards/cards.yaml", 1000);
	scene_load(scene);
	assert_false(catalog_is_same(scene->catalog));
	scene_write_cards(scene, "empty.yaml", "");
	scene_load(scene);
	assert_false(catalog_is_same(scene->catalog));
	scene_load(scene);
	assert_true(catalog_is_same(scene->catalog));
	scene_remove(scene, "cards/empty.yaml");
	scene_load(scene);
	assert_false(catalog_is_same(scene->catalog));
}

/* It serves what it did, and there is something else to say of it. */
static void test_a_catalog_with_another_problem_is_not_the_same(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\n");
	scene_write_cards(scene, "cards.yaml", "name: a\n---\n[\n");
	scene_load(scene);
	assert_false(catalog_is_same(scene->catalog));
	scene_load(scene);
	assert_true(catalog_is_same(scene->catalog));
	scene_write_cards(scene, "cards.yaml", "name: a\n---\n}\n");
	scene_load(scene);
	assert_false(catalog_is_same(scene->catalog));
}

static void test_a_store_that_goes_on_failing_is_the_same(void **state) {
	struct scene *scene = *state;
	scene_add_store(scene, "missing");
	scene_load(scene);
	scene_load(scene);
	assert_true(catalog_is_same(scene->catalog));
	scene_write(scene, "missing/a.yaml", "name: a\n");
	scene_load(scene);
	assert_false(catalog_is_same(scene->catalog));
	scene_load(scene);
	assert_true(catalog_is_same(scene->catalog));
}

static void test_files_come_change_and_go(void **state) {
	struct scene *scene = *state;
	scene_write_cards(scene, "a.yaml", "name: a\n---\nname: old\n");
	scene_write_cards(scene, "b.yaml", "name: b\n");
	scene_write_cards(scene, "z.yaml", "name: z\n");
	scene_load(scene);
	scene_write_cards(scene, "a.yaml", "name: a\n---\nname: a@e\n---\nname: new\n");
	scene_remove(scene, "cards/b.yaml");
	scene_write_cards(scene, "c.yaml", "name: c\n");
	scene_load(scene);
	assert_string_equal(sorted_names(scene), "a c new z");
	assert_string_equal(changes(scene), "a b c new old");
	assert_string_equal(environments(scene), "e");
	scene_remove(scene, "cards/a.yaml");
	scene_load(scene);
	assert_string_equal(sorted_names(scene), "c z");
	assert_string_equal(changes(scene), "a new");
	assert_string_equal(environments(scene), "");
}

static void test_those_that_derive_or_refer_change_with_a_card(void **state) {
	struct scene *scene = *state;
	scene_write_cards(scene, "a.yaml", "name: a\n");
	scene_write_cards(scene, "b.yaml",
		"name: child\nbase: a\n---\nname: grandchild\nbase: child\n---\n"
		"name: reader\nx: [{a_ref: grandchild@e}]\n---\nname: other\n---\n"
		"name: environment@e\nbase: a\n---\nname: environment\n");
	scene_load(scene);
	scene_card(scene, "grandchild");
	scene_write_cards(scene, "a.yaml", "name: a\nx: 1\n");
	scene_load(scene);
	assert_string_equal(changes(scene), "a child environment grandchild reader");
	ASSERT_MERGED(scene, "grandchild", "{name: grandchild, x: 1}");
}

static void test_those_that_miss_a_card_change_when_it_comes(void **state) {
	struct scene *scene = *state;
	scene_write_cards(scene, "b.yaml", "name: child\nbase: a\n");
	scene_load(scene);
	ASSERT_FAULTS(scene, "child",
		"$/cards/b.yaml:2: base card \"a\" does not exist (needed by child)");
	scene_write_cards(scene, "a.yaml", "name: a\nx: 1\n");
	scene_load(scene);
	assert_string_equal(changes(scene), "a child");
	ASSERT_MERGED(scene, "child", "{name: child, x: 1}");
	scene_remove(scene, "cards/a.yaml");
	scene_load(scene);
	assert_string_equal(changes(scene), "a child");
	assert_true(scene_card(scene, "child")->is_broken);
}

static void test_a_circle_of_bases_does_not_keep_changes_from_ending(void **state) {
	struct scene *scene = *state;
	scene_write_cards(scene, "a.yaml", "name: a\nbase: b\n");
	scene_write_cards(scene, "b.yaml", "name: b\nbase: a\n");
	scene_load(scene);
	scene_write_cards(scene, "a.yaml", "name: a\nbase: b\nx: 1\n");
	scene_load(scene);
	assert_string_equal(changes(scene), "a b");
}

static void test_a_file_that_stops_parsing_keeps_its_last_good_cards(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nx: 1\n---\nname: b\n");
	scene_load_cards(scene, "name: a\nx: 2\n---\nname: [\n");
	assert_string_equal(sorted_names(scene), "a b");
	ASSERT_MERGED(scene, "a", "{name: a, x: 1}");
	assert_non_null(strstr(scene_catalog_problems(scene), "$/cards/cards.yaml:"));
	assert_string_equal(changes(scene), "");
	scene_load_cards(scene, "name: a\nx: 3\n---\nname: {\n");
	ASSERT_MERGED(scene, "a", "{name: a, x: 1}");
	scene_load_cards(scene, "name: a\nx: 4\n");
	ASSERT_MERGED(scene, "a", "{name: a, x: 4}");
	assert_string_equal(sorted_names(scene), "a");
	assert_string_equal(scene_catalog_problems(scene), "");
	assert_string_equal(changes(scene), "a b");
}

/* As a shell's > and many editors write: the file is empty for a moment. */
static void test_a_file_that_was_emptied_and_is_broken_shows_its_last_good_cards(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nx: 1\n");
	scene_load_cards(scene, "");
	assert_string_equal(sorted_names(scene), "");
	scene_load_cards(scene, "# coming\n");
	scene_load_cards(scene, "name: [\n");
	ASSERT_MERGED(scene, "a", "{name: a, x: 1}");
	assert_string_equal(changes(scene), "a");
	assert_non_null(strstr(scene_catalog_problems(scene), "$/cards/cards.yaml:"));
	scene_load_cards(scene, "");
	assert_string_equal(sorted_names(scene), "");
	scene_load_cards(scene, "name: b\n");
	scene_load_cards(scene, "");
	scene_load_cards(scene, "name: [\n");
	assert_string_equal(sorted_names(scene), "b");
	scene_remove(scene, "cards/cards.yaml");
	scene_load(scene);
	scene_load_cards(scene, "name: [\n");
	assert_string_equal(sorted_names(scene), "");
}

static void test_a_broken_file_that_goes_takes_its_last_good_cards_along(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\n");
	scene_load_cards(scene, "name: [\n");
	scene_remove(scene, "cards/cards.yaml");
	scene_load(scene);
	assert_string_equal(sorted_names(scene), "");
	assert_string_equal(scene_catalog_problems(scene), "");
}

static void test_a_file_that_never_was_whole_is_served_as_it_is(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nx: 1\n---\nx: 1\n");
	scene_load_cards(scene, "name: a\nx: 2\n---\nx: 1\n");
	ASSERT_MERGED(scene, "a", "{name: a, x: 2}");
	assert_string_equal(changes(scene), "a");
}

/* Many files that come and go at random give what a catalog from scratch gives. */
static void test_catalogs_in_turn_are_the_same_as_one_from_scratch(void **state) {
	struct scene *scene = *state;
	srand(7);
	scene_load_cards(scene, "name: always\n");
	for (int round = 0; round < 30; round++) {
		for (int i = 0; i < 20; i++) {
			char path[32];
			char text[256];
			int number = rand() % 40;
			snprintf(path, sizeof(path), "cards/%d.yaml", number);
			if (rand() % 4 == 0) {
				remove(scene_path(scene, path));
				continue;
			}
			snprintf(text, sizeof(text),
				"name: c%d\nbase: c%d\nx: %d\n---\nname: c%d@e%d\ny: %d\n", number,
				rand() % 40, rand() % 100, rand() % 40, rand() % 3, rand() % 100);
			scene_write(scene, path, text);
		}
		scene_load(scene);
		struct catalog *kept = scene->catalog;
		const char *names = sorted_names(scene);
		const char *environment_names = environments(scene);
		const char *problems = scene_catalog_problems(scene);
		scene->catalog = NULL;
		scene_load(scene);
		assert_string_equal(sorted_names(scene), names);
		assert_string_equal(environments(scene), environment_names);
		assert_string_equal(scene_catalog_problems(scene), problems);
		catalog_release(scene->catalog);
		scene->catalog = kept;
	}
}

/* What resolves to something else than before is among the changes, and what is kept is right. */
static void test_changes_name_every_card_that_resolves_otherwise(void **state) {
	struct scene *scene = *state;
	srand(11);
	const char *merged[20] = {NULL};
	for (int round = 0; round < 40; round++) {
		char path[32];
		char text[256];
		int number = rand() % 20;
		snprintf(path, sizeof(path), "cards/%d.yaml", number);
		snprintf(text, sizeof(text),
			"name: c%d\nbase: c%d\nx%d: %d\n---\nname: c%d@user\ny: %d\n", number,
			number + 1 + rand() % 3, number, rand() % 100, number, rand() % 100);
		scene_write(scene, path, text);
		scene_load(scene);
		const char *changed = changes(scene);
		for (int i = 0; i < 20; i++) {
			char name[16];
			snprintf(name, sizeof(name), "c%d", i);
			struct asset asset;
			if (!catalog_find(scene->catalog, text_of(name), &asset)) {
				continue;
			}
			const char *now = scene_merged(scene, name);
			char word[24];
			char words[4096];
			snprintf(word, sizeof(word), " %s ", name);
			snprintf(words, sizeof(words), " %s ", changed);
			bool is_same = merged[i] != NULL && strcmp(merged[i], now) == 0;
			assert_true(is_same || round == 0 || strstr(words, word) != NULL);
			merged[i] = now;
		}
	}
}

static void test_a_catalog_is_kept_by_its_references(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\n");
	struct catalog *catalog = catalog_acquire(scene->catalog);
	scene_load_cards(scene, "name: b\n");
	struct asset asset;
	assert_true(catalog_find(catalog, TEXT("a"), &asset));
	assert_false(catalog_find(catalog, TEXT("b"), &asset));
	catalog_release(catalog);
	catalog_release(NULL);
}

static void test_a_card_is_resolved_once_for_an_environment(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\n---\nname: a@e\nx: 1\n");
	assert_ptr_equal(scene_card(scene, "a"), scene_card(scene, "a"));
	assert_ptr_equal(scene_card(scene, "a@e"), scene_card(scene, "a@e"));
	assert_ptr_not_equal(scene_card(scene, "a"), scene_card(scene, "a@e"));
	assert_ptr_not_equal(scene_card(scene, "a@"), scene_card(scene, "a@e"));
}

int main(void) {
	const struct CMUnitTest tests[] = {
		SCENE_TEST(test_a_catalog_of_nothing_has_no_assets),
		SCENE_TEST(test_assets_are_found_by_name),
		SCENE_TEST(test_every_asset_is_met_once),
		SCENE_TEST(test_environments_are_those_that_cards_name),
		SCENE_TEST(test_a_card_for_an_environment_alone_is_a_problem_and_no_asset),
		SCENE_TEST(test_two_cards_with_one_name_are_in_conflict),
		SCENE_TEST(test_two_cards_with_one_name_and_environment_are_in_conflict),
		SCENE_TEST(test_cards_of_two_stores_are_in_conflict_too),
		SCENE_TEST(test_a_card_of_a_later_store_shadows_an_earlier_one),
		SCENE_TEST(test_shadowing_goes_by_name_and_environment),
		SCENE_TEST(test_shadowing_does_not_settle_conflicts_within_a_store),
		SCENE_TEST(test_stores_are_counted),
		SCENE_TEST(test_bad_documents_are_problems_and_the_rest_is_served),
		SCENE_TEST(test_a_catalog_is_as_old_as_its_newest_file),
		SCENE_TEST(test_what_has_not_changed_is_shared_with_the_next_catalog),
		SCENE_TEST(test_a_first_catalog_changes_nothing),
		SCENE_TEST(test_an_unchanged_catalog_changes_nothing),
		SCENE_TEST(test_a_catalog_is_the_same_until_something_differs),
		SCENE_TEST(test_a_catalog_with_another_problem_is_not_the_same),
		SCENE_TEST(test_a_store_that_goes_on_failing_is_the_same),
		SCENE_TEST(test_files_come_change_and_go),
		SCENE_TEST(test_those_that_derive_or_refer_change_with_a_card),
		SCENE_TEST(test_those_that_miss_a_card_change_when_it_comes),
		SCENE_TEST(test_a_circle_of_bases_does_not_keep_changes_from_ending),
		SCENE_TEST(test_a_file_that_stops_parsing_keeps_its_last_good_cards),
		SCENE_TEST(test_a_file_that_was_emptied_and_is_broken_shows_its_last_good_cards),
		SCENE_TEST(test_a_broken_file_that_goes_takes_its_last_good_cards_along),
		SCENE_TEST(test_a_file_that_never_was_whole_is_served_as_it_is),
		SCENE_TEST(test_catalogs_in_turn_are_the_same_as_one_from_scratch),
		SCENE_TEST(test_changes_name_every_card_that_resolves_otherwise),
		SCENE_TEST(test_a_catalog_is_kept_by_its_references),
		SCENE_TEST(test_a_card_is_resolved_once_for_an_environment),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
