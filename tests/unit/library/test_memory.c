/*
 * Whatever allocation fails in the library: an error of memory, nothing leaked; and what succeeds
 * is whole.
 */
#include "unit/support/allocation.h"
#include "unit/support/scene.h"

#include "library/cardfs.h"

/* Says what a fault of the library is. Returns false. */
static bool settle(struct cardfs_error *fault, struct error *error) {
	if (cardfs_error_kind(fault) == CARDFS_ERROR_MEMORY) {
		error_set_memory(error);
	} else {
		error_set(error, ERROR_INVALID, "%s", cardfs_error_message(fault));
	}
	cardfs_error_free(fault);
	return false;
}

static struct cardfs_options *make_options(const char *store, struct cardfs_error **fault) {
	struct cardfs_options *options = cardfs_options_create(fault);
	if (options != NULL && cardfs_options_load(options, fault) &&
		cardfs_options_set(options, "nodefaults", fault) &&
		cardfs_options_set(options, store, fault)) {
		return options;
	}
	cardfs_options_free(options);
	return NULL;
}

static struct cardfs_stores *open_stores(const char *store, struct cardfs_error **fault) {
	struct cardfs_options *options = make_options(store, fault);
	struct cardfs_stores *stores = options == NULL ? NULL : cardfs_open(options, fault);
	cardfs_options_free(options);
	return stores;
}

/* The same with all the memory that it needs: what follows is what is tried. */
static struct cardfs_stores *have_stores(const char *store) {
	allocation_permit_all();
	struct cardfs_stores *stores = open_stores(store, NULL);
	assert_non_null(stores);
	allocation_permit_end();
	return stores;
}

static bool open_and_reload(void *context, struct error *error) {
	struct cardfs_error *fault = NULL;
	struct cardfs_stores *stores = open_stores(context, &fault);
	const bool done = stores != NULL && cardfs_reload(stores, &fault);
	if (done) {
		assert_string_equal(cardfs_environment(stores), "lab");
	}
	cardfs_close(stores);
	return done || settle(fault, error);
}

static const char *write_cards(struct scene *scene) {
	scene_write_cards(scene, "cards.yaml",
		"name: a\nbase: b\ncheckpoint: /x\ntokenizer_ref: b\n---\n"
		"name: b\nx: 1\ntokenizer: hg://o/n\n---\n"
		"name: broken\nbase: gone\n---\nname: twice\n---\nname: twice\n---\nname: [\n");
	scene_write(scene, "config.yaml", "env: lab\n");
	setenv("CARDFS_CONFIG", scene_path(scene, "config.yaml"), 1);
	struct buffer store = {0};
	buffer_append_format(&store, "store=%s", scene_path(scene, "cards"));
	struct text copy;
	assert_true(arena_copy_text(&scene->arena, buffer_text(&store), &copy));
	buffer_finish(&store);
	return copy.data;
}

static void test_opening(void **state) {
	allocation_fail_each(open_and_reload, (void *)(uintptr_t)write_cards(*state), 60);
}

/* A list of that length. */
static bool check_list(struct cardfs_list *list, size_t length) {
	if (list == NULL) {
		return false;
	}
	assert_int_equal(cardfs_list_count(list), length);
	cardfs_list_free(list);
	return true;
}

static bool list(void *context, struct error *error) {
	static const char *const conditions[] = {"x=1", "tokenizer"};
	struct cardfs_stores *stores = have_stores(context);
	struct cardfs_error *fault = NULL;
	const bool done = check_list(cardfs_names(stores, &fault), 4) &&
			  check_list(cardfs_find(stores, conditions, 2, &fault), 2) &&
			  check_list(cardfs_problems(stores, &fault), 2);
	cardfs_close(stores);
	return done || settle(fault, error);
}

static void test_lists(void **state) {
	allocation_fail_each(list, (void *)(uintptr_t)write_cards(*state), 40);
}

static bool check_text(char *text) {
	const bool done = text != NULL;
	cardfs_text_free(text);
	return done;
}

static bool check_location(struct cardfs_location *location, const char *path) {
	if (location == NULL) {
		return false;
	}
	assert_string_equal(cardfs_location_path(location), path);
	cardfs_location_free(location);
	return true;
}

static bool resolve(void *context, struct error *error) {
	struct cardfs_stores *stores = have_stores(context);
	struct cardfs_error *fault = NULL;
	struct cardfs_card *card = cardfs_resolve(stores, "a", &fault);
	cardfs_close(stores);
	const bool done = card != NULL && check_text(cardfs_card_yaml(card, NULL, &fault)) &&
			  check_text(cardfs_card_json(card, NULL, &fault)) &&
			  check_location(cardfs_locate(card, "checkpoint", &fault), "/x");
	cardfs_card_free(card);
	return done || settle(fault, error);
}

static void test_cards(void **state) {
	allocation_fail_each(resolve, (void *)(uintptr_t)write_cards(*state), 30);
}

/* What cannot be had, and why. */
struct refusal {
	const char *store;
	const char *request;
	const char *sentence;
};

static bool refuse(void *context, struct error *error) {
	const struct refusal *refusal = context;
	struct cardfs_stores *stores = have_stores(refusal->store);
	struct cardfs_error *fault = NULL;
	assert_null(cardfs_resolve(stores, refusal->request, &fault));
	cardfs_close(stores);
	if (cardfs_error_kind(fault) == CARDFS_ERROR_MEMORY) {
		return settle(fault, error);
	}
	assert_non_null(strstr(cardfs_error_message(fault), refusal->sentence));
	cardfs_error_free(fault);
	return true;
}

static void test_refusals(void **state) {
	const char *store = write_cards(*state);
	const struct refusal refusals[] = {
		{store, "brocken",
			"there is no asset \"brocken\"; did you mean broken? (some cards could "
			"not be read: see cardfs check)"},
		{store, "broken", "cards.yaml:11: base card \"gone\" does not exist"},
	};
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		allocation_fail_each(refuse, (void *)(uintptr_t)&refusals[i], 5);
	}
}

int main(void) {
	const struct CMUnitTest tests[] = {
		SCENE_TEST(test_opening),
		SCENE_TEST(test_lists),
		SCENE_TEST(test_cards),
		SCENE_TEST(test_refusals),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
