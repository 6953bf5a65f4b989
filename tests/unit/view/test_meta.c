#include "unit/support/tree.h"

static void test_the_mount_describes_itself(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\n---\nname: a@f\n---\nname: a@\"e\n");
	ASSERT_LIST(
		scene, ".cardfs", "version environment environments generation stores problems");
	ASSERT_READ(scene, ".cardfs/version", CARDFS_VERSION "\n");
	ASSERT_READ(scene, ".cardfs/environments", "\"e\nf\n");
	ASSERT_READ(scene, ".cardfs/generation", "1\n");
	ASSERT_MISSING(scene, ".cardfs/other");
	ASSERT_MISSING(scene, ".cardfs/version/x");
	ASSERT_MISSING(scene, "a/.cardfs");
}

static void test_the_generation_grows_with_each_catalog(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\n");
	scene_load(scene);
	ASSERT_READ(scene, ".cardfs/generation", "2\n");
}

static void test_the_environment_is_that_of_the_tree(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\n---\nname: a@f\n---\nname: \"a@\\e\"\n");
	ASSERT_READ(scene, ".cardfs/environment", "");
	scene->environment = TEXT("e");
	ASSERT_READ(scene, ".cardfs/environment", "e\n");
	ASSERT_READ(scene, "@f/.cardfs/environment", "f\n");
	ASSERT_READ(scene, "@%1B/.cardfs/environment", "\\x1B\n");
}

static void test_stores_are_a_line_each(void **state) {
	struct scene *scene = *state;
	scene_write(scene, "one/a.yaml", "name: a\n---\nname: b\n");
	scene_write(scene, "one/b.yaml", "");
	scene_write(scene, "two/a.yaml", "name: [\n---\nx: 1\n");
	scene_write(scene, "three/a.yaml", "x: 1\n");
	scene_add_store(scene, "one");
	scene_add_store(scene, "two");
	scene_add_store(scene, "three");
	scene_load(scene);
	ASSERT_READ(scene, ".cardfs/stores",
		"added\tdir:$/one\t2 cards\t2 files\tok\n"
		"added\tdir:$/two\t0 cards\t1 files\t2 problems\n"
		"added\tdir:$/three\t0 cards\t1 files\t1 problem\n");
}

static void test_problems_are_a_line_each(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nbase: \"x\\e\"\n---\nname: b\nx_ref: y\n");
	ASSERT_READ(scene, ".cardfs/problems",
		"$/cards/cards.yaml:2:7: error: base card \"x\\x1B\" does not exist (needed by "
		"a)\n$/cards/cards.yaml:5:8: warning: x_ref of b names \"y\", but there is no "
		"such card\n");
	scene_load_cards(scene, "name: a\n");
	ASSERT_READ(scene, ".cardfs/problems", "");
}

static void test_problems_are_kept_with_the_view(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, "name: a\nbase: x\n---\nname: a@e\nbase: y\n");
	struct view *view = scene_view(scene);
	struct node node;
	assert_true(view_walk(view, TEXT(".cardfs/problems"), &node, &scene->error));
	struct buffer first = {0};
	struct buffer second = {0};
	assert_true(node_read(&node, &first, &scene->error));
	assert_true(node_read(&node, &second, &scene->error));
	assert_string_equal(first.data, second.data);
	buffer_finish(&first);
	buffer_finish(&second);
	node_finish(&node);
	view_release(view);
	assert_non_null(strstr(scene_read(scene, "@e/.cardfs/problems"), "base card \"y\""));
}

static bool read_count(
	void *context, struct view *view, struct buffer *content, struct error *error) {
	(void)error;
	int *count = context;
	buffer_append_format(
		content, "%d %.*s\n", ++*count, TEXT_ARGUMENTS(view_environment(view)));
	return true;
}

static void expect_read(struct view *view, const char *path, const char *expected) {
	struct node node;
	struct error error = {0};
	struct buffer content = {0};
	assert_true(view_walk(view, text_of(path), &node, &error));
	assert_true(node_read(&node, &content, &error));
	assert_string_equal(content.data, expected);
	assert_true(node_is_live(&node));
	buffer_finish(&content);
	node_finish(&node);
}

static bool refuse_name(void *context, struct text name, enum node_kind kind) {
	(void)kind;
	assert_false(text_equal(name, *(const struct text *)context));
	return true;
}

static void test_files_of_the_mount_are_found_and_not_listed(void **state) {
	struct scene *scene = *state;
	int count = 0;
	const struct mount_file file = {.name = {"count", 5}, .read = read_count};
	const struct mount_files files = {.items = &file, .count = 1, .context = &count};
	scene_load_cards(scene, "name: a\n---\nname: a@e\n");
	ASSERT_MISSING(scene, ".cardfs/count");
	struct view *view = scene_view(scene);
	view_set_mount_files(view, &files);
	expect_read(view, ".cardfs/count", "1 \n");
	expect_read(view, "@e/.cardfs/count", "2 e\n");
	struct node directory;
	struct text name = file.name;
	assert_true(view_walk(view, TEXT(".cardfs"), &directory, &scene->error));
	assert_true(node_list(&directory, refuse_name, &name, &scene->error));
	node_finish(&directory);
	view_release(view);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		SCENE_TEST(test_the_mount_describes_itself),
		SCENE_TEST(test_the_generation_grows_with_each_catalog),
		SCENE_TEST(test_the_environment_is_that_of_the_tree),
		SCENE_TEST(test_stores_are_a_line_each),
		SCENE_TEST(test_problems_are_a_line_each),
		SCENE_TEST(test_problems_are_kept_with_the_view),
		SCENE_TEST(test_files_of_the_mount_are_found_and_not_listed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
