/*
 * Whatever allocation fails, from reading stores to showing the tree: the failure is reported as
 * one of memory, nothing leaks, and the next attempt works.
 */
#include "unit/support/allocation.h"
#include "unit/support/tree.h"

/* What is shown, each time the same. */
struct tour {
	struct scene *scene;
	const char *another; /* a file of the store */
	struct buffer seen, expected;
};

static void note(struct tour *tour, struct text text) {
	allocation_permit_all();
	buffer_append_text(&tour->seen, text);
	buffer_append_byte(&tour->seen, '\n');
	assert_false(tour->seen.failed);
	allocation_permit_end();
}

static bool note_entry(void *context, struct text name, enum node_kind kind) {
	(void)kind;
	note(context, name);
	return true;
}

static bool look_into(struct tour *tour, const struct node *node, struct error *error) {
	struct node_attributes attributes;
	if (!node_attributes(node, &attributes, error)) {
		return false;
	}
	if (node_kind(node) == NODE_DIRECTORY) {
		return node_list(node, note_entry, tour, error);
	}
	struct buffer content = {0};
	bool done = node_read(node, &content, error);
	if (done) {
		note(tour, buffer_text(&content));
	}
	buffer_finish(&content);
	return done;
}

/* Extended attributes: links do not list theirs. */
static bool ask(struct tour *tour, const struct node *node, struct error *error) {
	static const char *const wanted[] = {"user.cardfs.origin", "user.cardfs.card",
		"system.cardfs.origin", "system.cardfs.uri", "system.cardfs.state"};
	struct buffer content = {0};
	bool done = node_extended_names(node, &content, error);
	for (size_t i = 0; done && i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		struct error fault = {0};
		if (!node_extended(node, text_of(wanted[i]), &content, &fault) &&
			fault.kind != ERROR_NOT_FOUND) {
			done = error_set_memory(error);
		}
	}
	if (done) {
		note(tour, buffer_text(&content));
	}
	buffer_finish(&content);
	return done;
}

/* Of a tree that nothing is known of. */
static const char *const all_paths[] = {"", "a", "a/x", "a/x/k", "a/list", "a/list/0",
	"a/checkpoint", "a/base", "a/tokenizer", "a/b_ref", "a/card.yaml", "a/card.json",
	"a/model_config/p", "a/model_config/p/s", "a/.card", "a/.card/origin", "a/.card/chain",
	"a/.card/uses", "a/.card/uses/b", "b/.card/derived", "b/.card/derived/a", "b/.card/used-by",
	"b/.card/used-by/a", "b/url", ".by", ".by/kind/other", ".by/kind/other/a", ".by/url",
	".by/x.k/1/a", "broken/card.error", "a@e/base", "@e/a/x", "@e", "@e/.by/x.k", ".cardfs",
	".cardfs/version", ".cardfs/environment", ".cardfs/stores", ".cardfs/problems",
	".cardfs/generation", ".cardfs/environments", NULL};

/* Of one in which a card has changed: what is made of the tree before. */
static const char *const changed_paths[] = {"", "another/x/k", "b/.card/derived", ".by/x.k",
	".by/x.k/22/another", "@e/.by/x.k", ".cardfs/stores", NULL};

static bool walk_tree(
	struct tour *tour, struct view *view, const char *const *paths, struct error *error) {
	for (; *paths != NULL; paths++) {
		struct node node;
		bool done = view_walk(view, text_of(*paths), &node, error) &&
			    look_into(tour, &node, error) && ask(tour, &node, error);
		node_finish(&node);
		if (!done) {
			return false;
		}
	}
	return true;
}

/* previous may be NULL: nothing is known yet. */
static struct view *show_tree(
	struct tour *tour, struct catalog *catalog, struct view *previous, struct error *error) {
	struct view *view = view_create(catalog, TEXT("e"), &tour->scene->settings, error);
	if (view != NULL && previous != NULL) {
		view_inherit(view, previous);
	}
	if (view != NULL &&
		!walk_tree(tour, view, previous == NULL ? all_paths : changed_paths, error)) {
		view_release(view);
		return NULL;
	}
	return view;
}

static void write_another_card(const struct tour *tour, const char *text) {
	allocation_permit_all();
	FILE *stream = fopen(tour->another, "w");
	assert_non_null(stream);
	assert_true(fputs(text, stream) >= 0);
	assert_int_equal(fclose(stream), 0);
	allocation_permit_end();
}

/* Reads the stores, shows them, and the same once more when a card has changed. */
static bool run(void *context, struct error *error) {
	struct tour *tour = context;
	struct scene *scene = tour->scene;
	struct catalog *second = NULL;
	struct view *first_view = NULL, *second_view = NULL;
	buffer_clear(&tour->seen);
	write_another_card(tour, "name: another\nx: {k: 1}\n");
	struct catalog *first = catalog_create(&scene->stores, &scene->options, NULL, NULL, error);
	bool done = first != NULL && (first_view = show_tree(tour, first, NULL, error)) != NULL;
	if (done) {
		write_another_card(tour, "name: another\nbase: b\nx: {k: 22}\n");
		second = catalog_create(&scene->stores, &scene->options, first, NULL, error);
		done = second != NULL &&
		       (second_view = show_tree(tour, second, first_view, error)) != NULL;
	}
	if (done) {
		allocation_compare(&tour->expected, buffer_text(&tour->seen));
	}
	view_release(second_view);
	view_release(first_view);
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
	struct tour tour = {.scene = scene, .another = scene_path(scene, "cards/another.yaml")};
	write_cards(scene);
	/* Grown by now: what is noted is not counted. */
	assert_true(buffer_reserve(&tour.seen, 1 << 20) && buffer_reserve(&tour.expected, 1 << 20));
	allocation_fail_each(run, &tour, 500);
	buffer_finish(&tour.seen);
	buffer_finish(&tour.expected);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		SCENE_TEST(test_every_allocation_that_fails_is_reported_and_leaks_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
