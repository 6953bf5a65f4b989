/*
 * Whatever allocation fails, from reading stores to showing the tree: the failure is reported as
 * one of memory, nothing leaks, and the next attempt works.
 */
#include "unit/support/allocation.h"
#include "unit/support/tree.h"

static bool skip_entry(void *context, struct text name, enum node_kind kind) {
	(void)context;
	(void)name;
	(void)kind;
	return true;
}

static bool look_at(const struct node *node, struct error *error) {
	struct node_attributes attributes;
	if (!node_attributes(node, &attributes, error)) {
		return false;
	}
	if (node_kind(node) == NODE_DIRECTORY) {
		return node_list(node, skip_entry, NULL, error);
	}
	struct buffer content = {0};
	bool done = node_read(node, &content, error);
	buffer_finish(&content);
	return done;
}

static bool walk_tree(struct view *view, struct error *error) {
	static const char *const paths[] = {"", "a", "a/x", "a/x/k", "a/list", "a/list/0",
		"a/checkpoint", "a/base", "a/tokenizer", "a/b_ref", "a/card.yaml", "a/card.json",
		"a/.card", "a/.card/origin", "a/.card/chain", "b/.card/derived/a", ".by",
		".by/kind/other/a", ".by/url", ".by/x.k/1/a", "broken/card.error", "a@e/base",
		"@e/a/x", "@e", ".cardfs", ".cardfs/stores", ".cardfs/problems",
		".cardfs/environments"};
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		struct node node;
		bool done =
			view_walk(view, text_of(paths[i]), &node, error) && look_at(&node, error);
		node_finish(&node);
		if (!done) {
			return false;
		}
	}
	return true;
}

static bool show_tree(struct scene *scene, struct catalog *catalog, struct error *error) {
	struct view *view = view_create(catalog, TEXT("e"), &scene->settings, error);
	bool done = view != NULL && walk_tree(view, error);
	view_release(view);
	return done;
}

/* Reads the stores, shows them, and the same once more as the catalog after the first. */
static bool run(void *context, struct error *error) {
	struct scene *scene = context;
	struct catalog *first = catalog_create(&scene->stores, &scene->options, NULL, NULL, error);
	if (first == NULL) {
		return false;
	}
	struct catalog *second = NULL;
	bool done = show_tree(scene, first, error);
	if (done) {
		second = catalog_create(&scene->stores, &scene->options, first, NULL, error);
		done = second != NULL && show_tree(scene, second, error);
	}
	catalog_release(second);
	catalog_release(first);
	return done;
}

static void write_cards(struct scene *scene) {
	scene_write_cards(scene, "a.yaml",
		"name: a\nbase: b\nb_ref: b\ntokenizer_ref: b@e\ncheckpoint: rel/x.pt\n"
		"x: {k: 1, 2: [3], '2': 4}\nlist: [&l {m: !!binary aGk=}, *l]\n"
		"model_config: {p: {q: 1}, _del_: [r]}\n"
		"---\nname: a@e\ny: 1\n");
	scene_write_cards(scene, "sub/b.yaml",
		"name: b\ntokenizer: hg://o/n\ndata: d\nmodel_config: {p: {s: 2}, r: 3}\n"
		"missing_ref: nobody\nurl: https://h/x;gated=true\n");
	scene_write_cards(scene, "bad.yaml",
		"name: broken\nbase: none\n---\nname: circle\nbase: circle\n---\nname: twice\n"
		"---\nname: twice\n---\nname: orphan@e\n---\nx: 1\n---\nname: faulty\nbase: []\n"
		"---\nname: [\n");
	scene_add_store(scene, "cards");
}

static void test_every_allocation_that_fails_is_reported_and_leaks_nothing(void **state) {
	struct scene *scene = *state;
	write_cards(scene);
	allocation_fail_each(run, scene, 500);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		SCENE_TEST(test_every_allocation_that_fails_is_reported_and_leaks_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
