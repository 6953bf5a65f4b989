/*
 * Stores that are large enough for what is read of them to be in bulk (base/bulk.h): they hold what
 * small ones would, at the first start, at the second, and when they change.
 */
#include "unit/support/scene.h"

#include <dirent.h>
#include <unistd.h>

enum { FILES = 20, LAST = FILES - 1, CARDS = 40000, CARDS_A_FILE = CARDS / FILES };

static const char *entry_of(int file) {
	static char entry[32];
	snprintf(entry, sizeof(entry), "%d.yaml", file);
	return entry;
}

/*
 * Each card but those of the first file derives from one of the file before. more is for the first
 * card.
 */
static void write_file(struct scene *scene, int file, const char *value, const char *more) {
	struct buffer text = {0};
	for (int i = file * CARDS_A_FILE; i < (file + 1) * CARDS_A_FILE; i++) {
		buffer_append_format(&text, "---\nname: card_%05d\nvalue: %s\n", i, value);
		if (i == file * CARDS_A_FILE) {
			buffer_append_string(&text, more);
		}
		if (file > 0) {
			buffer_append_format(&text, "base: card_%05d\n", i - CARDS_A_FILE);
		}
	}
	assert_false(text.failed);
	scene_write_cards(scene, entry_of(file), text.data);
	buffer_finish(&text);
}

static void write_store(struct scene *scene) {
	for (int file = 0; file < FILES; file++) {
		write_file(scene, file, "a value that makes the files larger", "");
	}
}

static void assert_card(struct scene *scene, int number) {
	char name[32];
	struct asset asset;
	snprintf(name, sizeof(name), "card_%05d", number);
	assert_true(catalog_find(scene->catalog, text_of(name), &asset));
	assert_int_equal(asset.document_count, 1);
	assert_true(text_equal(asset.name, text_of(name)));
	size_t position = 0;
	const struct document *user = catalog_next_user(scene->catalog, text_of(name), &position);
	if (number >= CARDS - CARDS_A_FILE) {
		assert_null(user);
		return;
	}
	assert_non_null(user);
	snprintf(name, sizeof(name), "card_%05d", number + CARDS_A_FILE);
	assert_true(text_equal(document_name(user), text_of(name)));
}

static void assert_store(struct scene *scene) {
	assert_int_equal(catalog_asset_count(scene->catalog), CARDS);
	for (int i = 0; i < CARDS; i++) {
		assert_card(scene, i);
	}
	assert_string_equal(scene_catalog_problems(scene), "");
}

static const char *value_of(struct scene *scene, int number) {
	char name[32];
	snprintf(name, sizeof(name), "card_%05d", number);
	const struct card_field *field = card_find(scene_card(scene, name), TEXT("value"));
	assert_non_null(field);
	return scene_inline(scene, field->value);
}

static void test_a_large_store_is_as_small_ones_are(void **state) {
	struct scene *scene = *state;
	write_store(scene);
	scene_load(scene);
	assert_store(scene);
	assert_string_equal(value_of(scene, CARDS - 1), "a value that makes the files larger");
}

static void test_what_changes_in_it_is_another(void **state) {
	struct scene *scene = *state;
	write_store(scene);
	scene_load(scene);
	write_file(scene, 1, "other", "");
	scene_load(scene);
	assert_store(scene);
	assert_string_equal(value_of(scene, CARDS_A_FILE), "other");
	for (int file = 0; file < FILES; file++) {
		write_file(scene, file, "new", "");
	}
	scene_load(scene);
	assert_store(scene);
	assert_string_equal(value_of(scene, 0), "new");
	scene_remove(scene, "cards/19.yaml");
	scene_load(scene);
	assert_int_equal(catalog_asset_count(scene->catalog), CARDS - CARDS_A_FILE);
	assert_card(scene, 0);
}

/* Starts again with what was kept. */
static void start_again(struct scene *scene) {
	catalog_keep(scene->catalog);
	catalog_release(scene->catalog);
	scene->catalog = NULL;
	scene_load(scene);
}

static void test_a_second_start_finds_what_the_first_one_found(void **state) {
	struct scene *scene = *state;
	setenv("XDG_CACHE_HOME", scene->root, 1);
	write_store(scene);
	scene_load(scene);
	write_file(scene, LAST, "other", "");
	start_again(scene);
	assert_store(scene);
	/* What one held is where another, somewhat longer, is put; between them is a third. */
	char more[200];
	snprintf(more, sizeof(more), "x_ref: a%0100d\n", 1);
	write_file(scene, 1, "new", more);
	scene_load(scene);
	write_file(scene, 3, "new", more);
	scene_load(scene);
	assert_store(scene);
	assert_string_equal(value_of(scene, LAST * CARDS_A_FILE), "other");
	unsetenv("XDG_CACHE_HOME");
}

/* Puts other bytes in the place of the first ones like these in the one file that is kept. */
static void change_kept(struct scene *scene, const char *bytes, const char *others) {
	DIR *directory = opendir(scene_path(scene, "cardfs"));
	assert_non_null(directory);
	const struct dirent *entry;
	do {
		entry = readdir(directory);
		assert_non_null(entry);
	} while (entry->d_name[0] == '.');
	char path[512];
	snprintf(path, sizeof(path), "%s/%s", scene_path(scene, "cardfs"), entry->d_name);
	closedir(directory);
	FILE *file = fopen(path, "r+");
	assert_non_null(file);
	static char content[8 << 20];
	const size_t length = fread(content, 1, sizeof(content), file);
	const char *found = memmem(content, length, bytes, strlen(bytes));
	assert_non_null(found);
	assert_int_equal(fseek(file, found - content, SEEK_SET), 0);
	assert_int_equal(fwrite(others, 1, strlen(others), file), strlen(others));
	assert_int_equal(fclose(file), 0);
}

/* So it is known that nothing else was asked. */
static void test_a_second_start_believes_what_was_kept(void **state) {
	struct scene *scene = *state;
	struct asset asset;
	setenv("XDG_CACHE_HOME", scene->root, 1);
	write_store(scene);
	scene_load(scene);
	catalog_keep(scene->catalog);
	change_kept(scene, "card_00000", "else_00000");
	catalog_release(scene->catalog);
	scene->catalog = NULL;
	scene_load(scene);
	assert_true(catalog_find(scene->catalog, TEXT("else_00000"), &asset));
	assert_false(catalog_find(scene->catalog, TEXT("card_00000"), &asset));
	unsetenv("XDG_CACHE_HOME");
}

int main(void) {
	const struct CMUnitTest tests[] = {
		SCENE_TEST(test_a_large_store_is_as_small_ones_are),
		SCENE_TEST(test_what_changes_in_it_is_another),
		SCENE_TEST(test_a_second_start_finds_what_the_first_one_found),
		SCENE_TEST(test_a_second_start_believes_what_was_kept),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
