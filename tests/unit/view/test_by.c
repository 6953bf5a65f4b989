#include "unit/support/tree.h"

#include "view/by.h"

static const char cards[] = "name: llama\n"
			    "model_family: llama\n"
			    "config: {dtype: bf16, sizes: [1], none: ~}\n"
			    "---\n"
			    "name: small\n"
			    "base: llama\n"
			    "lr: 1e-5\n"
			    "---\n"
			    "name: small@lab\n"
			    "model_family: labs\n"
			    "---\n"
			    "name: words/a\n"
			    "tokenizer_family: .bpe\n"
			    "---\n"
			    "name: broken\n"
			    "base: nothing\n"
			    "model_family: llama\n";

static void test_every_scalar_field_is_a_directory(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, cards);
	ASSERT_LIST_SORTED(scene, ".by",
		"config.dtype/ config.none/ kind/ lr/ model_family/ tokenizer_family/");
	ASSERT_LIST(scene, ".by/model_family", "llama/");
	ASSERT_LIST(scene, ".by/lr", "1e-5/");
	ASSERT_LIST(scene, ".by/config.dtype/bf16", "llama@ small@");
	ASSERT_MISSING(scene, ".by/config");
	ASSERT_MISSING(scene, ".by/config.dtype/fp32");
	ASSERT_MISSING(scene, ".by/model_family/llama/words");
}

static void test_names_are_encoded(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, cards);
	ASSERT_READ(scene, ".by/tokenizer_family/%2Ebpe/words%2Fa", "-> ../../../words%2Fa");
	ASSERT_MISSING(scene, ".by/tokenizer_family/.bpe");
	ASSERT_LIST(scene, ".by/config.none", "%/");
}

static void test_every_kind_is_there(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, cards);
	ASSERT_LIST_SORTED(scene, ".by/kind", "dataset/ model/ other/ tokenizer/");
	ASSERT_LIST(scene, ".by/kind/model", "llama@ small@");
	ASSERT_LIST(scene, ".by/kind/dataset", "");
}

static void test_broken_assets_are_left_out(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, cards);
	ASSERT_MISSING(scene, ".by/model_family/llama/broken");
	ASSERT_MISSING(scene, ".by/kind/other/broken");
}

static void test_values_too_long_for_a_name_are_left_out(void **state) {
	struct scene *scene = *state;
	struct buffer text = {0};
	buffer_append_format(
		&text, "name: a\nfits: %0255d\nlong: %0256d\nencoded: /%0253d\n", 0, 0, 0);
	scene_load_cards(scene, text.data);
	buffer_finish(&text);
	ASSERT_LIST_SORTED(scene, ".by", "fits/ kind/");
}

static void test_an_environment_has_its_own(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, cards);
	ASSERT_LIST(scene, "@lab/.by/model_family/labs", "small@");
	ASSERT_READ(scene, "@lab/.by/model_family/labs/small", "-> ../../../small");
	ASSERT_MISSING(scene, ".by/model_family/labs");
	ASSERT_MISSING(scene, "small@lab/.by");
}

/* Adds up everything below a directory, in whatever order. */
struct walk {
	const struct node *directory;
	struct text path;
	size_t *count;
	uint64_t *sum;
};

static bool add_up(void *context, struct text name, enum node_kind kind) {
	struct walk *walk = context;
	struct node child;
	struct buffer path = {0};
	struct node_attributes attributes;
	assert_true(node_walk(walk->directory, name, &child, NULL));
	assert_true(node_attributes(&child, &attributes, NULL));
	buffer_append_text(&path, walk->path);
	buffer_append_byte(&path, '/');
	buffer_append_text(&path, name);
	*walk->count += 1;
	*walk->sum += text_hash(buffer_text(&path)) ^ (uint64_t)attributes.modified;
	if (kind == NODE_DIRECTORY) {
		struct walk below = {.directory = &child,
			.path = buffer_text(&path),
			.count = walk->count,
			.sum = walk->sum};
		assert_true(node_list(&child, add_up, &below, NULL));
	}
	buffer_finish(&path);
	node_finish(&child);
	return true;
}

/* A number that stands for all that .by of a view shows. */
static uint64_t sum_of(struct view *view, const char *path) {
	struct node node;
	size_t count = 0;
	uint64_t sum = 0;
	assert_true(view_walk(view, text_of(path), &node, NULL));
	struct walk walk = {.directory = &node, .count = &count, .sum = &sum};
	assert_true(node_list(&node, add_up, &walk, NULL));
	node_finish(&node);
	return sum + count;
}

static void assert_like_new(struct scene *scene, struct view *view) {
	struct view *fresh = scene_view(scene);
	assert_int_equal(sum_of(view, ".by"), sum_of(fresh, ".by"));
	assert_int_equal(sum_of(view, "@lab/.by"), sum_of(fresh, "@lab/.by"));
	view_release(fresh);
}

static struct view *follow(struct scene *scene, struct view *view) {
	scene_load(scene);
	struct view *next = scene_view(scene);
	view_inherit(next, view);
	view_release(view);
	return next;
}

/* Enough others that few changes are brought up to date, not found out again. */
static void write_others(struct scene *scene) {
	struct buffer text = {0};
	for (int i = 0; i < 50; i++) {
		buffer_append_format(&text, "name: other_%d\nnumber: %d\n---\n", i, i % 7);
	}
	scene_write_cards(scene, "others.yaml", text.data);
	buffer_finish(&text);
}

static void test_what_is_brought_up_to_date_equals_what_is_new(void **state) {
	struct scene *scene = *state;
	write_others(scene);
	scene_load_cards(scene, cards);
	struct view *view = scene_view(scene);
	assert_like_new(scene, view);

	scene_write_cards(scene, "more.yaml", "{name: more, base: llama, number: 3}");
	view = follow(scene, view);
	assert_like_new(scene, view);

	scene_write_cards(scene, "more.yaml", "{name: aaa, base: llama, number: 30}");
	view = follow(scene, view);
	assert_like_new(scene, view);

	scene_remove(scene, "cards/more.yaml");
	view = follow(scene, view);
	assert_like_new(scene, view);
	view_release(view);
}

static void test_changes_that_nobody_looked_at_are_not_lost(void **state) {
	struct scene *scene = *state;
	write_others(scene);
	scene_load_cards(scene, cards);
	struct view *view = scene_view(scene);
	assert_like_new(scene, view);
	scene_write_cards(scene, "a.yaml", "{name: a, base: llama, number: 3}");
	view = follow(scene, view);
	scene_write_cards(scene, "b.yaml", "{name: b, base: small, number: 3}");
	view = follow(scene, view);
	scene_remove(scene, "cards/a.yaml");
	view = follow(scene, view);
	assert_like_new(scene, view);
	view_release(view);
}

static void test_when_most_changes_everything_is_looked_at(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, cards);
	struct view *view = scene_view(scene);
	assert_like_new(scene, view);
	scene_write_cards(scene, "cards.yaml", "{name: alone, model_family: llama}");
	scene_write_cards(scene, "lab.yaml", "{name: alone@lab, model_family: labs}");
	view = follow(scene, view);
	assert_like_new(scene, view);
	view_release(view);
}

static void test_it_is_known_whether_anybody_looked(void **state) {
	struct scene *scene = *state;
	scene_load_cards(scene, cards);
	struct view *view = scene_view(scene);
	view = follow(scene, view);
	assert_false(by_was_visited(view));
	sum_of(view, ".by");
	assert_true(by_was_visited(view));
	view = follow(scene, view);
	assert_true(by_was_visited(view));
	view_release(view);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		SCENE_TEST(test_every_scalar_field_is_a_directory),
		SCENE_TEST(test_names_are_encoded),
		SCENE_TEST(test_every_kind_is_there),
		SCENE_TEST(test_broken_assets_are_left_out),
		SCENE_TEST(test_values_too_long_for_a_name_are_left_out),
		SCENE_TEST(test_an_environment_has_its_own),
		SCENE_TEST(test_what_is_brought_up_to_date_equals_what_is_new),
		SCENE_TEST(test_changes_that_nobody_looked_at_are_not_lost),
		SCENE_TEST(test_when_most_changes_everything_is_looked_at),
		SCENE_TEST(test_it_is_known_whether_anybody_looked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
