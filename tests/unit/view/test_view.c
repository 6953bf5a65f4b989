#include "unit/support/tree.h"

#include "base/table.h"

static void assert_kind(struct scene *scene, const char *path, enum node_kind kind) {
	struct node node = scene_node(scene, path);
	assert_int_equal(node_kind(&node), kind);
	node_finish(&node);
}

static struct node_attributes attributes(struct scene *scene, const char *path) {
	struct node node = scene_node(scene, path);
	struct node_attributes found;
	assert_true(node_attributes(&node, &found, &scene->error));
	assert_int_equal(node_is_live(&node), found.is_live);
	node_finish(&node);
	return found;
}

static void test_a_path_is_walked_name_by_name(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nx: {b: 1}\n");
	static const char *const roots[] = {"", "/", "///"};
	for (size_t i = 0; i < 3; i++) {
		assert_kind(scene, roots[i], NODE_DIRECTORY);
	}
	assert_kind(scene, "/a//x/b", NODE_FILE);
	assert_kind(scene, "a/x/", NODE_DIRECTORY);
	static const char *const missing[] = {
		"b", "a/y", "a/x/c", "a/x/b/c", "a/card.yaml/x", ".", "..", "a/..", "a/."};
	for (size_t i = 0; i < sizeof(missing) / sizeof(missing[0]); i++) {
		ASSERT_MISSING(scene, missing[i]);
	}
}

static void test_an_empty_node_may_be_finished(void **state) {
	(void)state;
	struct node node = {0};
	node_finish(&node);
	view_release(NULL);
}

static void test_a_place_stays_readable_when_the_catalog_is_replaced(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nx: {b: 1}\n");
	struct node directory = scene_node(scene, "a/x");
	scene_load_cards(scene, "name: c\n");
	struct node file;
	assert_true(node_walk(&directory, TEXT("b"), &file, &scene->error));
	node_finish(&directory);
	struct buffer content = {0};
	assert_true(node_read(&file, &content, &scene->error));
	assert_string_equal(content.data, "1\n");
	buffer_finish(&content);
	node_finish(&file);
	ASSERT_MISSING(scene, "a");
}

static void test_reading_appends(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nx: [1, two]\n");
	struct buffer content = {0};
	for (int i = 0; i < 2; i++) {
		struct node node = scene_node(scene, i == 0 ? "a/x/0" : "a/x/1");
		assert_true(node_read(&node, &content, &scene->error));
		node_finish(&node);
	}
	assert_string_equal(content.data, "1\ntwo\n");
	buffer_finish(&content);
}

static bool stop_at_second(void *context, struct text name, enum node_kind kind) {
	(void)name;
	(void)kind;
	size_t *count = context;
	return ++*count < 2;
}

static void test_a_visitor_may_end_any_listing(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nx: {b: 1, c: 2, d: 3}\ny: [1, 2, 3]\n"
				"---\nname: b\n---\nname: c\n");
	static const char *const paths[] = {"", ".cardfs", "a", "a/x", "a/y"};
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		struct node node = scene_node(scene, paths[i]);
		size_t count = 0;
		assert_true(node_list(&node, stop_at_second, &count, &scene->error));
		assert_int_equal(count, 2);
		node_finish(&node);
	}
}

static void test_a_directory_has_no_size(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\n");
	static const char *const paths[] = {"", "a", ".cardfs"};
	for (size_t i = 0; i < 3; i++) {
		struct node_attributes found = attributes(scene, paths[i]);
		assert_int_equal(found.kind, NODE_DIRECTORY);
		assert_int_equal(found.size, 0);
		assert_int_equal(found.links, 1);
	}
}

static void test_an_asset_is_as_old_as_its_newest_file_and_the_rest_as_the_stores(void **state) {
	struct scene *scene = *state;
	scene_write_cards(scene, "a.yaml", "name: a\nbase: b\nx: {y: 1}\n");
	scene_write_cards(scene, "b.yaml", "name: b\n");
	scene_write_cards(scene, "c.yaml", "name: c\n");
	scene_set_modified(scene, "cards/a.yaml", 1000);
	scene_set_modified(scene, "cards/b.yaml", 2000);
	scene_set_modified(scene, "cards/c.yaml", 3000);
	scene_load(scene);
	static const char *const paths[] = {
		"a", "a/x/y", "a/card.json", "a/base", "", ".cardfs/stores"};
	static const int64_t seconds[] = {2000, 2000, 2000, 2000, 3000, 3000};
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		assert_int_equal(
			attributes(scene, paths[i]).modified, seconds[i] * INT64_C(1000000000));
	}
}

static void test_what_changes_without_the_card_files_says_so(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\ncheckpoint: https://h/x\ndata: hg://o/n\ntokenizer: t\n");
	assert_true(attributes(scene, ".cardfs").is_live);
	assert_true(attributes(scene, ".cardfs/generation").is_live);
	assert_false(attributes(scene, "a").is_live);
	assert_true(attributes(scene, "a/checkpoint").follows_cache);
	assert_true(attributes(scene, "a/data").follows_cache);
	assert_false(attributes(scene, "a/tokenizer").follows_cache);
	assert_false(attributes(scene, "a/name").follows_cache);
	assert_false(attributes(scene, "a/checkpoint").is_live);
}

/* Entries of one directory, to be walked to. */
struct listing {
	struct arena arena;
	struct listed {
		struct text name;
		enum node_kind kind;
	} * entries;
	size_t count;
	size_t capacity;
	struct table names;
};

static struct text listed_name(const void *item) {
	return ((const struct listed *)item)->name;
}

static bool add_listed(void *context, struct text name, enum node_kind kind) {
	struct listing *listing = context;
	if (listing->count == listing->capacity) {
		listing->capacity = listing->capacity * 2 + 16;
		listing->entries =
			realloc(listing->entries, listing->capacity * sizeof(*listing->entries));
		assert_non_null(listing->entries);
	}
	struct listed *entry = &listing->entries[listing->count++];
	entry->kind = kind;
	assert_true(arena_copy_text(&listing->arena, name, &entry->name));
	return true;
}

static void assert_names_are_good(struct listing *listing) {
	listing->names.key = listed_name;
	for (size_t i = 0; i < listing->count; i++) {
		struct text name = listing->entries[i].name;
		assert_in_range(name.length, 1, 255);
		assert_int_equal(text_index(name, '/'), name.length);
		assert_int_equal(text_index(name, '\0'), name.length);
		assert_false(text_equal(name, TEXT(".")) || text_equal(name, TEXT("..")));
		assert_null(table_find(&listing->names, name));
		assert_true(table_add(&listing->names, &listing->entries[i]));
	}
}

static void check_content(const struct node *node) {
	struct node_attributes found;
	struct buffer content = {0};
	assert_true(node_attributes(node, &found, NULL));
	assert_true(node_read(node, &content, NULL));
	assert_int_equal(found.size, content.length);
	if (node_kind(node) == NODE_LINK) {
		assert_in_range(content.length, 1, 4095);
		assert_int_equal(text_index(buffer_text(&content), '\0'), content.length);
	}
	buffer_finish(&content);
}

/*
 * Every entry is listed once, can be walked to, is of the kind it says, and has the size that it
 * reads. Returns how many places there are.
 */
static size_t check_tree(const struct node *node) {
	if (node_kind(node) != NODE_DIRECTORY) {
		check_content(node);
		return 1;
	}
	struct listing listing = {0};
	assert_true(node_list(node, add_listed, &listing, NULL));
	assert_names_are_good(&listing);
	size_t count = 1;
	for (size_t i = 0; i < listing.count; i++) {
		struct node child;
		assert_true(node_walk(node, listing.entries[i].name, &child, NULL));
		assert_int_equal(node_kind(&child), listing.entries[i].kind);
		count += check_tree(&child);
		node_finish(&child);
	}
	table_finish(&listing.names);
	arena_finish(&listing.arena);
	free(listing.entries);
	return count;
}

static size_t check_tree_at(struct scene *scene, const char *path) {
	struct node node = scene_node(scene, path);
	size_t count = check_tree(&node);
	node_finish(&node);
	return count;
}

static void append_random(struct buffer *card, int depth);

/* Keys differ by a number, and hold what names have to encode. */
static void append_random_key(struct buffer *card, int number) {
	static const char *const keys[] = {"k%d", "\".%d\"", "\"/%d\"", "\"%d\\0\"", "'%%2F%d'",
		"%d", "\"\\x85%d\"", "k%d_ref", "0x%d", "[%d, x]", "\"%d%%\""};
	/* The formats are those above. */
	const char *key = keys[(size_t)rand() % (sizeof(keys) / sizeof(keys[0]))];
	for (; *key != '\0'; key++) {
		if (key[0] == '%' && key[1] == 'd') {
			buffer_append_format(card, "%d", 1000 + number);
			key++;
		} else if (key[0] == '%' && key[1] == '%') {
			buffer_append_byte(card, *key++);
		} else {
			buffer_append_byte(card, *key);
		}
	}
}

static void append_random_scalar(struct buffer *card) {
	static const char *const scalars[] = {"1", "1e-5", "null", "''", "\"a\\n\"", "\"\\0\"",
		"2001-12-14", "/x", "file:///y%20z", "hg://o/n", "a0", "a1@e", "nobody", "x/y",
		"!!binary aGk=", "true", "https://h/x", "s3://b/k", "\"/\\0\""};
	buffer_append_string(
		card, scalars[(size_t)rand() % (sizeof(scalars) / sizeof(scalars[0]))]);
}

static void append_random_items(struct buffer *card, int depth, bool has_keys) {
	int count = rand() % 5 == 0 ? rand() % 15 : rand() % 4;
	buffer_append_byte(card, has_keys ? '{' : '[');
	for (int i = 0; i < count; i++) {
		if (has_keys) {
			append_random_key(card, i);
			buffer_append_string(card, " : ");
		}
		append_random(card, depth - 1);
		buffer_append_string(card, ", ");
	}
	buffer_append_byte(card, has_keys ? '}' : ']');
}

static void append_random(struct buffer *card, int depth) {
	if (depth == 0 || rand() % 3 == 0) {
		append_random_scalar(card);
	} else {
		append_random_items(card, depth, rand() % 2 == 0);
	}
}

static void append_random_card(struct buffer *cards, int number) {
	static const char *const fields[] = {"checkpoint", "tokenizer", "data", "tokenizer_ref",
		"checkpoint_path", "card.yaml", "model_config"};
	buffer_append_format(cards, "---\nname: a%d\n", number);
	if (rand() % 2 == 0) {
		buffer_append_format(cards, "base: a%d\n", number + 1 + rand() % 3);
	}
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		if (rand() % 3 == 0) {
			buffer_append_format(cards, "%s: ", fields[i]);
			append_random(cards, rand() % 2 * 4);
			buffer_append_byte(cards, '\n');
		}
	}
	buffer_append_string(cards, "x: ");
	append_random_items(cards, 5, true);
	buffer_append_format(cards, "\n---\nname: a%d@e\ny: ", number);
	append_random(cards, 4);
	buffer_append_byte(cards, '\n');
}

static void test_a_random_tree_is_what_its_listings_say(void **state) {
	struct scene *scene = *state;
	srand(5);
	struct buffer cards = {0};
	for (int i = 0; i < 200; i++) {
		append_random_card(&cards, i);
	}
	scene_load_cards(scene, cards.data);
	buffer_finish(&cards);
	assert_int_equal(catalog_asset_count(scene->catalog), 200);
	assert_true(check_tree_at(scene, "") > 3000);
	assert_true(check_tree_at(scene, "@e") > 3000);
	for (int i = 0; i < 200; i++) {
		char path[16];
		snprintf(path, sizeof(path), "a%d@e", i);
		assert_true(check_tree_at(scene, path) > 1);
	}
}

static void test_a_mapping_of_many_keys_is_walked_in_time(void **state) {
	struct scene *scene = *state;
	enum { COUNT = 100000 };
	struct buffer card = {0};
	buffer_append_string(&card, "name: a\n");
	for (int i = 0; i < COUNT; i++) {
		buffer_append_format(&card, "k%d: 1\n", i);
	}
	scene_load_cards(scene, card.data);
	buffer_finish(&card);
	struct node asset = scene_node(scene, "a");
	assert_int_equal(check_tree(&asset), COUNT + 4);
	node_finish(&asset);
}

static void test_a_card_of_many_mappings_is_walked_in_time(void **state) {
	struct scene *scene = *state;
	enum { COUNT = 60000 };
	struct buffer card = {0};
	buffer_append_string(&card, "name: a\nx:\n");
	for (int i = 0; i < COUNT; i++) {
		buffer_append_format(&card, "- {k: %d}\n", i);
	}
	scene_load_cards(scene, card.data);
	buffer_finish(&card);
	assert_int_equal(check_tree_at(scene, "a"), 2 * COUNT + 5);
}

static void test_a_deep_card_is_walked_to_its_end(void **state) {
	struct scene *scene = *state;
	enum { DEPTH = 490 };
	struct buffer card = {0};
	struct buffer path = {0};
	buffer_append_string(&card, "name: a\nx: ");
	buffer_append_string(&path, "a/x");
	for (int i = 0; i < DEPTH; i++) {
		buffer_append_string(&card, i % 2 == 0 ? "[" : "{k: ");
		buffer_append_string(&path, i % 2 == 0 ? "/0" : "/k");
	}
	buffer_append_string(&card, "end");
	for (int i = DEPTH; i-- > 0;) {
		buffer_append_string(&card, i % 2 == 0 ? "]" : "}");
	}
	scene_load_cards(scene, card.data);
	ASSERT_READ(scene, path.data, "end\n");
	assert_int_equal(check_tree_at(scene, "a"), DEPTH + 5);
	buffer_finish(&card);
	buffer_finish(&path);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		SCENE_TEST(test_a_path_is_walked_name_by_name),
		cmocka_unit_test(test_an_empty_node_may_be_finished),
		SCENE_TEST(test_a_place_stays_readable_when_the_catalog_is_replaced),
		SCENE_TEST(test_reading_appends),
		SCENE_TEST(test_a_visitor_may_end_any_listing),
		SCENE_TEST(test_a_directory_has_no_size),
		SCENE_TEST(test_an_asset_is_as_old_as_its_newest_file_and_the_rest_as_the_stores),
		SCENE_TEST(test_what_changes_without_the_card_files_says_so),
		SCENE_TEST(test_a_random_tree_is_what_its_listings_say),
		SCENE_TEST(test_a_mapping_of_many_keys_is_walked_in_time),
		SCENE_TEST(test_a_card_of_many_mappings_is_walked_in_time),
		SCENE_TEST(test_a_deep_card_is_walked_to_its_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
