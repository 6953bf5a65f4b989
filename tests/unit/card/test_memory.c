/*
 * Whatever allocation fails between card files and what is known of them: an error of memory,
 * nothing leaked.
 */
#include "unit/support/allocation.h"
#include "unit/support/scene.h"

#include "sets.h"

#include "card/availability.h"
#include "card/diff.h"
#include "card/explain.h"
#include "card/find.h"
#include "card/graph.h"
#include "card/override.h"

static void write_cards(struct scene *scene) {
	scene_write_cards(scene, "a.yaml",
		"name: a\nbase: b\nb_ref: b\ntokenizer_ref: b@e\ncheckpoint: rel/x.pt\n"
		"x: {k: 1, 2: [3], '2': 4}\nlist: [&l {m: !!binary aGk=}, *l]\n"
		"model_config: {p: {q: 1}, _del_: [r]}\n---\nname: a@e\ny: 1\n");
	scene_write_cards(scene, "sub/b.yaml",
		"name: b\ntokenizer: hg://o/n\nmodel_config: {p: {s: 2}, r: 3}\n"
		"missing_ref: nobody\n---\nname: broken\nbase: none\n---\nname: twice\n---\n"
		"name: twice\n---\nname: orphan@e\n---\nx: 1\n---\nname: [\n");
	scene_add_store(scene, "cards");
}

static bool load(void *context, struct error *error) {
	struct scene *scene = context;
	struct store_changes changes = {0};
	struct problem_list problems = {0};
	struct catalog *second = NULL;
	struct catalog *first = catalog_create(&scene->stores, &scene->options, NULL, NULL, error);
	store_changes_add(&changes, scene->stores.stores[0]->location);
	if (first != NULL) {
		second = catalog_create(&scene->stores, &scene->options, first, &changes, error);
	}
	bool done = second != NULL;
	if (done) {
		catalog_add_problems(second, &problems);
		done = !problems.failed || error_set_memory(error);
	}
	problem_list_finish(&problems);
	store_changes_finish(&changes);
	catalog_release(second);
	catalog_release(first);
	bulk_clear();
	return done;
}

static void test_loading(void **state) {
	struct scene *scene = *state;
	write_cards(scene);
	allocation_fail_each(load, scene, 60);
}

/* Much, and few documents in it. */
static void test_loading_much(void **state) {
	struct scene *scene = *state;
	struct buffer text = {0};
	buffer_append_string(&text, "name: a\nbase: b\n---\nname: b\n");
	while (text.length < 2 * BULK_WORTH) {
		buffer_append_string(&text, "# and what takes place, but no memory of documents\n");
	}
	scene_write_cards(scene, "a.yaml", text.data);
	scene_add_store(scene, "cards");
	allocation_fail_each(load, scene, 30);
	buffer_finish(&text);
}

/* A store that changes, and what has changed in it. */
struct reload {
	struct scene *scene;
	const char *path; /* of a file in it */
	struct buffer expected;
};

static void write_changing(const struct reload *reload, const char *text) {
	allocation_permit_all();
	FILE *stream = fopen(reload->path, "w");
	assert_non_null(stream);
	assert_true(fputs(text, stream) >= 0);
	assert_int_equal(fclose(stream), 0);
	allocation_permit_end();
}

static void compare_changes(struct reload *reload, const struct catalog *catalog) {
	allocation_permit_all();
	struct buffer names = {0};
	for (size_t i = 0; i < catalog_change_count(catalog); i++) {
		buffer_append_text(&names, catalog_change(catalog, i));
		buffer_append_byte(&names, '\n');
	}
	assert_true(names.length > 0);
	allocation_compare(&reload->expected, buffer_text(&names));
	buffer_finish(&names);
	allocation_permit_end();
}

static bool load_changes(void *context, struct error *error) {
	struct reload *reload = context;
	struct scene *scene = reload->scene;
	struct catalog *second = NULL;
	write_changing(reload, "name: one\nbase: a\n---\nname: two\nx: 1\n---\nname: gone\n");
	struct catalog *first = catalog_create(&scene->stores, &scene->options, NULL, NULL, error);
	if (first != NULL) {
		write_changing(reload, "name: one\nbase: b\n---\nname: two\nx: 22\n");
		second = catalog_create(&scene->stores, &scene->options, first, NULL, error);
	}
	const bool done = second != NULL;
	if (done) {
		compare_changes(reload, second);
	}
	catalog_release(second);
	catalog_release(first);
	return done;
}

static void test_loading_changes(void **state) {
	struct scene *scene = *state;
	struct reload reload = {.scene = scene, .path = scene_path(scene, "cards/changing.yaml")};
	assert_true(buffer_reserve(&reload.expected, 4096));
	write_cards(scene);
	allocation_fail_each(load_changes, &reload, 80);
	buffer_finish(&reload.expected);
}

/* Cards are kept: each try is with a catalog of its own, which is made with memory. */
static struct catalog *make_catalog(struct scene *scene) {
	allocation_permit_all();
	struct catalog *catalog = catalog_create(&scene->stores, &scene->options, NULL, NULL, NULL);
	assert_non_null(catalog);
	allocation_permit_end();
	return catalog;
}

static bool look_at(struct catalog *catalog, const char *name, struct error *error) {
	const struct environments environments = environments_in_force(TEXT("e"));
	struct explanation explanation = {0};
	struct card *card = catalog_card(catalog, text_of(name), &environments, error);
	bool done = card != NULL;
	if (done && !card->is_broken) {
		done = explain_card(catalog, card, &explanation, error);
		explanation_finish(&explanation);
	}
	card_release(card);
	return done;
}

static bool resolve_and_explain(void *context, struct error *error) {
	struct catalog *catalog = make_catalog(context);
	const bool done = look_at(catalog, "a", error) && look_at(catalog, "b", error) &&
			  look_at(catalog, "broken", error) && look_at(catalog, "twice", error);
	catalog_release(catalog);
	return done;
}

static void test_resolving_and_explaining(void **state) {
	struct scene *scene = *state;
	write_cards(scene);
	allocation_fail_each(resolve_and_explain, scene, 40);
}

/* What is wrong is said whole. */
struct faults {
	struct scene *scene;
	struct buffer expected;
};

static bool append_faults(
	struct catalog *catalog, const char *name, struct buffer *text, struct error *error) {
	const struct environments environments = environments_in_force(TEXT(""));
	struct card *card = catalog_card(catalog, text_of(name), &environments, error);
	bool done = card != NULL;
	if (done) {
		assert_true(card->is_broken);
		done = card_render(card, CARD_ERROR, text, error);
	}
	card_release(card);
	return done;
}

static bool say_faults(void *context, struct error *error) {
	static const char *const names[] = {"circle", "above", "faulty", "twice", "c000"};
	struct faults *faults = context;
	struct catalog *catalog = make_catalog(faults->scene);
	struct buffer text = {0};
	bool done = true;
	for (size_t i = 0; done && i < sizeof(names) / sizeof(names[0]); i++) {
		done = append_faults(catalog, names[i], &text, error);
	}
	if (done) {
		allocation_compare(&faults->expected, buffer_text(&text));
	}
	buffer_finish(&text);
	catalog_release(catalog);
	return done;
}

static void test_faults(void **state) {
	enum { LONG_CHAIN = 130 };
	struct scene *scene = *state;
	struct faults faults = {.scene = scene};
	struct buffer chain = {0};
	scene_write_cards(scene, "faulty.yaml",
		"name: circle\nbase: circle_b\n---\nname: circle_b\nbase: circle\n---\n"
		"name: above\nbase: faulty\n---\nname: faulty\nbase: []\n---\n"
		"name: twice\n---\nname: twice\n");
	for (int i = 0; i < LONG_CHAIN; i++) {
		buffer_append_format(&chain, "---\nname: c%03d\nbase: c%03d\n", i, i + 1);
	}
	scene_write_cards(scene, "chain.yaml", chain.data);
	buffer_finish(&chain);
	scene_add_store(scene, "cards");
	assert_true(buffer_reserve(&faults.expected, 1 << 16));
	allocation_fail_each(say_faults, &faults, 30);
	buffer_finish(&faults.expected);
}

static bool find_availability(void *context, struct error *error) {
	struct scene *scene = context;
	struct catalog *catalog = make_catalog(scene);
	const struct environments environments = environments_in_force(TEXT(""));
	enum availability availability;
	struct card *card = catalog_card(catalog, TEXT("a"), &environments, error);
	const bool done =
		card != NULL && availability_of(card, &scene->settings, &availability, error);
	assert_true(!done || availability == AVAILABILITY_MISSING);
	card_release(card);
	catalog_release(catalog);
	return done;
}

static void test_availability(void **state) {
	struct scene *scene = *state;
	write_cards(scene);
	allocation_fail_each(find_availability, scene, 10);
}

static bool relate(void *context, struct error *error) {
	struct catalog *catalog = make_catalog(context);
	const struct environments environments = environments_in_force(TEXT(""));
	struct graph graph = {0};
	bool done = graph_init(&graph, catalog, &environments, error);
	if (done) {
		const struct graph_node *chosen[] = {&graph.nodes[0]};
		done = graph_select(&graph, chosen, 1, error);
	}
	graph_finish(&graph);
	catalog_release(catalog);
	return done;
}

static void test_relations(void **state) {
	struct scene *scene = *state;
	write_cards(scene);
	allocation_fail_each(relate, scene, 20);
}

static bool compare_and_find(void *context, struct error *error) {
	static const char *const conditions[] = {"x.k=1", "!nothing", "model_config.p.q<2"};
	struct catalog *catalog = make_catalog(context);
	const struct environments environments = environments_in_force(TEXT(""));
	struct diff diff = {0};
	struct find_query query = {0};
	bool matches = false;
	struct card *a = catalog_card(catalog, TEXT("a"), &environments, error);
	struct card *b = a == NULL ? NULL : catalog_card(catalog, TEXT("b"), &environments, error);
	const bool done = b != NULL && diff_cards(catalog, a, b, &diff, error) &&
			  find_query_init(&query, conditions, 3, error) &&
			  find_query_matches(&query, a, &matches, error);
	assert_true(!done || matches);
	find_query_finish(&query);
	diff_finish(&diff);
	card_release(b);
	card_release(a);
	catalog_release(catalog);
	return done;
}

static void test_comparing_and_finding(void **state) {
	struct scene *scene = *state;
	write_cards(scene);
	allocation_fail_each(compare_and_find, scene, 40);
}

static bool change(void *context, struct error *error) {
	struct catalog *catalog = make_catalog(context);
	const struct environments environments = environments_in_force(TEXT("lab"));
	struct arena arena = {0};
	struct card *card = catalog_card(catalog, TEXT("a"), &environments, error);
	bool done = card != NULL;
	if (done) {
		struct override override = {
			.catalog = catalog,
			.card = card,
			.name = TEXT("a"),
			.environment = TEXT("lab"),
		};
		bool is_empty;
		const struct value *value = value_create_string(&arena, TEXT("new"));
		done = (value != NULL || error_set_memory(error)) &&
		       override_set(&override, TEXT("x.k"), value, error) &&
		       override_set(&override, TEXT("field"), value, error) &&
		       override_unset(&override, TEXT("field"), error) &&
		       override_settle(&override, &is_empty, error);
		override_finish(&override);
	}
	arena_finish(&arena);
	card_release(card);
	catalog_release(catalog);
	return done;
}

static void test_changing(void **state) {
	struct scene *scene = *state;
	write_cards(scene);
	allocation_fail_each(change, scene, 60);
}

/* A field of a mapping that the asset's base has as well, and the whole document after it. */
static bool take_back(void *context, struct error *error) {
	struct scene *scene = context;
	struct catalog *catalog = make_catalog(scene);
	const struct environments environments = environments_in_force(TEXT(""));
	struct card *card = catalog_card(catalog, TEXT("derived"), &environments, error);
	bool done = card != NULL;
	if (done) {
		struct override override = {.catalog = catalog,
			.card = card,
			.name = TEXT("derived"),
			.environment = TEXT("lab")};
		bool is_empty;
		buffer_append_string(&override.text,
			"# why\nname: derived@lab\nm: {x: 1, y: 3}\n# end\n---\nname: b@lab\n");
		done = (!override.text.failed || error_set_memory(error)) &&
		       override_unset(&override, TEXT("m.y"), error) &&
		       override_settle(&override, &is_empty, error);
		if (done) {
			assert_string_equal(override.text.data, "# why\n# end\n---\nname: b@lab\n");
		}
		override_finish(&override);
	}
	card_release(card);
	catalog_release(catalog);
	return done;
}

static void test_taking_back(void **state) {
	struct scene *scene = *state;
	scene_write_cards(scene, "derived.yaml",
		"name: b\nm: {x: 1, y: 2}\n---\nname: derived\nbase: b\n---\n"
		"name: derived@lab\nm: {x: 1, y: 3}\n");
	scene_add_store(scene, "cards");
	allocation_fail_each(take_back, scene, 40);
}

/* What is lost of a snapshot is read again. */
static bool keep(void *context, struct error *error) {
	struct card_file *file = context;
	struct document_set *set = document_set_read(file, 0, NULL, &yaml_default_limits, error);
	struct buffer bytes = {0};
	if (set == NULL) {
		return false;
	}
	snapshot_write(&bytes, &set, 1, &yaml_default_limits);
	const bool done = !bytes.failed || error_set_memory(error);
	struct snapshot *snapshot = open_bytes(&bytes, &yaml_default_limits);
	document_set_release(snapshot_find(snapshot, file, 0));
	snapshot_close(snapshot);
	document_set_release(set);
	return done;
}

static void test_snapshots(void **state) {
	(void)state;
	struct card_file *file = card_file_create(TEXT("/a.yaml"), TEXT("/"),
		TEXT("name: a\nbase: b\nx_ref: y\n---\nname: [\n---\nx: 1\n"), 1);
	assert_non_null(file);
	allocation_fail_each(keep, file, 10);
	card_file_release(file);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		SCENE_TEST(test_loading),
		SCENE_TEST(test_loading_much),
		SCENE_TEST(test_loading_changes),
		SCENE_TEST(test_resolving_and_explaining),
		SCENE_TEST(test_faults),
		SCENE_TEST(test_availability),
		SCENE_TEST(test_relations),
		SCENE_TEST(test_comparing_and_finding),
		SCENE_TEST(test_changing),
		SCENE_TEST(test_taking_back),
		SCENE_TEST(test_snapshots),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
