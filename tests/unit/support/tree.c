#include "unit/support/tree.h"

#include "view/problems.h"

const char *scene_view_problems(struct scene *scene) {
	struct view *view = scene_view(scene);
	struct problem_list problems = {0};
	assert_true(problems_of_view(view, &problems, &scene->error));
	view_release(view);
	return scene_problems(scene, &problems, true);
}

struct view *scene_view(struct scene *scene) {
	struct view *view =
		view_create(scene->catalog, scene->environment, &scene->settings, &scene->error);
	assert_non_null(view);
	return view;
}

static bool walk(struct scene *scene, const char *path, struct node *node) {
	struct view *view = scene_view(scene);
	bool is_found = view_walk(view, text_of(path), node, &scene->error);
	assert_true(is_found || scene->error.kind == ERROR_NOT_FOUND);
	view_release(view);
	return is_found;
}

struct node scene_node(struct scene *scene, const char *path) {
	struct node node;
	if (!walk(scene, path, &node)) {
		fail_msg("there is no %s", path);
	}
	return node;
}

bool scene_has(struct scene *scene, const char *path) {
	struct node node;
	bool is_found = walk(scene, path, &node);
	node_finish(&node);
	return is_found;
}

const char *scene_read(struct scene *scene, const char *path) {
	struct node node = scene_node(scene, path);
	assert_int_not_equal(node_kind(&node), NODE_DIRECTORY);
	struct buffer content = {0};
	if (node_kind(&node) == NODE_LINK) {
		buffer_append_string(&content, "-> ");
	}
	assert_true(node_read(&node, &content, &scene->error));
	node_finish(&node);
	return scene_take(scene, &content);
}

static bool append_entry(void *context, struct text name, enum node_kind kind) {
	static const char *const marks[] = {
		[NODE_DIRECTORY] = "/", [NODE_FILE] = "", [NODE_LINK] = "@"};
	struct buffer *names = context;
	buffer_append_string(names, names->length == 0 ? "" : " ");
	buffer_append_text(names, name);
	buffer_append_string(names, marks[kind]);
	return true;
}

const char *scene_list(struct scene *scene, const char *path) {
	struct node node = scene_node(scene, path);
	assert_int_equal(node_kind(&node), NODE_DIRECTORY);
	struct buffer names = {0};
	assert_true(node_list(&node, append_entry, &names, &scene->error));
	node_finish(&node);
	return scene_take(scene, &names);
}

static int compare_words(const void *a, const void *b) {
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

const char *scene_list_sorted(struct scene *scene, const char *path) {
	char *names = strdup(scene_list(scene, path));
	const char *words[64] = {NULL};
	size_t count = 0;
	char *rest = NULL;
	for (char *word = strtok_r(names, " ", &rest); word != NULL;
		word = strtok_r(NULL, " ", &rest)) {
		assert_in_range(count, 0, 63);
		words[count++] = word;
	}
	qsort(words, count, sizeof(words[0]), compare_words);
	struct buffer sorted = {0};
	for (size_t i = 0; i < count; i++) {
		buffer_append_string(&sorted, i == 0 ? "" : " ");
		buffer_append_string(&sorted, words[i]);
	}
	free(names);
	return scene_take(scene, &sorted);
}
