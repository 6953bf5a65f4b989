#include "unit/support/scene.h"

#include "unit/support/clear.h"
#include "yaml/write.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

int scene_create(void **state) {
	struct scene *scene = calloc(1, sizeof(*scene));
	assert_non_null(scene);
	strcpy(scene->root, "/tmp/cardfs-scene-XXXXXX");
	assert_non_null(mkdtemp(scene->root));
	scene->options.limits = yaml_default_limits;
	scene->settings.asset_cache = strdup(scene_path(scene, "cache"));
	scene->settings.hub_cache = strdup(scene_path(scene, "hub"));
	assert_non_null(scene->settings.asset_cache);
	assert_non_null(scene->settings.hub_cache);
	*state = scene;
	return 0;
}

int scene_destroy(void **state) {
	struct scene *scene = *state;
	for (size_t i = 0; i < scene->card_count; i++) {
		card_release(scene->cards[i]);
	}
	free(scene->cards);
	catalog_release(scene->catalog);
	store_set_close(&scene->stores);
	locate_settings_finish(&scene->settings);
	arena_finish(&scene->arena);
	assert_int_equal(clear_directory(scene->root), 0);
	free(scene);
	return 0;
}

/* Appends text with every mention of the root as "$", and NUL as "\x00". */
static void append_below_root(struct buffer *buffer, const struct scene *scene, struct text text) {
	struct text root = text_of(scene->root);
	for (size_t i = 0; i < text.length; i++) {
		if (text_starts_with(text_part(text, i, text.length), root)) {
			buffer_append_byte(buffer, '$');
			i += root.length - 1;
		} else if (text.data[i] == '\0') {
			buffer_append_string(buffer, "\\x00");
		} else {
			buffer_append_byte(buffer, text.data[i]);
		}
	}
}

const char *scene_take(struct scene *scene, struct buffer *buffer) {
	struct buffer shown = {0};
	append_below_root(&shown, scene, buffer_text(buffer));
	assert_false(buffer->failed || shown.failed);
	struct text copy;
	assert_true(arena_copy_text(&scene->arena, buffer_text(&shown), &copy));
	buffer_finish(buffer);
	buffer_finish(&shown);
	return copy.data;
}

const char *scene_path(struct scene *scene, const char *entry) {
	struct buffer path = {0};
	struct text copy;
	buffer_append_format(&path, "%s/%s", scene->root, entry);
	assert_true(arena_copy_text(&scene->arena, buffer_text(&path), &copy));
	buffer_finish(&path);
	return copy.data;
}

static void make_directories_above(const struct scene *scene, const char *path) {
	char *part = strdup(path);
	assert_non_null(part);
	for (char *slash = part + strlen(scene->root) + 1; *slash != '\0'; slash++) {
		if (*slash == '/') {
			*slash = '\0';
			mkdir(part, 0755);
			*slash = '/';
		}
	}
	free(part);
}

void scene_write_text(struct scene *scene, const char *entry, struct text text) {
	const char *path = scene_path(scene, entry);
	make_directories_above(scene, path);
	FILE *stream = fopen(path, "w");
	assert_non_null(stream);
	assert_int_equal(fwrite(text.data, 1, text.length, stream), text.length);
	assert_int_equal(fclose(stream), 0);
}

void scene_write(struct scene *scene, const char *entry, const char *text) {
	scene_write_text(scene, entry, text_of(text));
}

void scene_write_cards(struct scene *scene, const char *entry, const char *text) {
	struct buffer path = {0};
	buffer_append_format(&path, "cards/%s", entry);
	scene_write(scene, path.data, text);
	buffer_finish(&path);
}

void scene_remove(struct scene *scene, const char *entry) {
	assert_int_equal(remove(scene_path(scene, entry)), 0);
}

void scene_set_modified(struct scene *scene, const char *entry, time_t seconds) {
	const struct timespec times[] = {{.tv_sec = seconds}, {.tv_sec = seconds}};
	assert_int_equal(utimensat(AT_FDCWD, scene_path(scene, entry), times, 0), 0);
}

void scene_add_store(struct scene *scene, const char *entry) {
	struct store **grown =
		realloc(scene->stores.stores, (scene->stores.count + 1) * sizeof(struct store *));
	assert_non_null(grown);
	scene->stores.stores = grown;
	struct store *store =
		store_open(text_of(scene_path(scene, entry)), STORE_ADDED, 0, &scene->error);
	assert_non_null(store);
	scene->stores.stores[scene->stores.count++] = store;
}

void scene_load(struct scene *scene) {
	if (scene->stores.count == 0) {
		scene_add_store(scene, "cards");
	}
	struct catalog *previous = scene->catalog;
	scene->catalog =
		catalog_create(&scene->stores, &scene->options, previous, NULL, &scene->error);
	assert_non_null(scene->catalog);
	catalog_release(previous);
}

void scene_load_cards(struct scene *scene, const char *text) {
	scene_write_cards(scene, "cards.yaml", text);
	scene_load(scene);
}

struct card *scene_card(struct scene *scene, const char *request) {
	struct card_name name = card_name_of_request(text_of(request));
	struct environments in_force = environments_in_force(scene->environment);
	struct environments environments = environments_of_request(&name, &in_force);
	struct card *card = catalog_card(scene->catalog, name.name, &environments, &scene->error);
	if (card == NULL) {
		fail_msg("%s: %s", scene->error.message, scene_catalog_problems(scene));
	}
	struct card **grown =
		realloc(scene->cards, (scene->card_count + 1) * sizeof(struct card *));
	assert_non_null(grown);
	scene->cards = grown;
	scene->cards[scene->card_count++] = card;
	return card;
}

const char *scene_inline(struct scene *scene, const struct value *value) {
	struct buffer line = {0};
	yaml_write_inline(&line, value);
	return scene_take(scene, &line);
}

const char *scene_merged(struct scene *scene, const char *request) {
	const struct card *card = scene_card(scene, request);
	return card->is_broken ? scene_faults(scene, request) : scene_inline(scene, card->value);
}

static const char *show_problems(
	struct scene *scene, const struct problem_list *problems, bool with_severity) {
	struct buffer lines = {0};
	for (size_t i = 0; i < problems->count; i++) {
		buffer_append_string(&lines, i == 0 ? "" : "\n");
		problem_append(&lines, &problems->items[i], with_severity);
	}
	return scene_take(scene, &lines);
}

const char *scene_problems(struct scene *scene, struct problem_list *problems, bool with_severity) {
	assert_false(problems->failed);
	problem_list_sort(problems);
	const char *lines = show_problems(scene, problems, with_severity);
	problem_list_finish(problems);
	return lines;
}

const char *scene_faults(struct scene *scene, const char *request) {
	const struct card *card = scene_card(scene, request);
	assert_true(card->is_broken);
	return show_problems(scene, &card->problems, false);
}

const char *scene_catalog_problems(struct scene *scene) {
	struct problem_list problems = {0};
	catalog_add_problems(scene->catalog, &problems);
	return scene_problems(scene, &problems, false);
}
