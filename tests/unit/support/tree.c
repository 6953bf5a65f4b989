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
