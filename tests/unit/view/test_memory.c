/*
 * Whatever allocation fails, from reading stores to showing the tree: the failure is reported as
 * one of memory, nothing leaks, and the next attempt works.
 */
#include "unit/support/tree.h"

#include <errno.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || !defined(__GLIBC__)
#define HAS_OWN_ALLOCATOR 0
#elif defined(__has_feature)
#define HAS_OWN_ALLOCATOR (!__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer))
#else
#define HAS_OWN_ALLOCATOR 1
#endif

/* Allocations until one fails; negative for never. */
static long left = -1;
static bool has_failed;
static long live_blocks;

#if HAS_OWN_ALLOCATOR

/* The libraries are to use it as well. */
#pragma GCC visibility push(default)

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void __libc_free(void *memory);

static bool is_to_fail(void) {
	if (left != 0) {
		left -= left > 0;
		return false;
	}
	left = -1;
	has_failed = true;
	errno = ENOMEM;
	return true;
}

void *malloc(size_t size) {
	void *memory = is_to_fail() ? NULL : __libc_malloc(size);
	live_blocks += memory != NULL;
	return memory;
}

void *calloc(size_t nmemb, size_t size) {
	void *memory = is_to_fail() ? NULL : __libc_calloc(nmemb, size);
	live_blocks += memory != NULL;
	return memory;
}

void *realloc(void *ptr, size_t size) {
	void *grown = is_to_fail() ? NULL : __libc_realloc(ptr, size);
	live_blocks += ptr == NULL && grown != NULL;
	return grown;
}

void free(void *ptr) {
	live_blocks -= ptr != NULL;
	__libc_free(ptr);
}

#pragma GCC visibility pop

#endif

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
static bool run(struct scene *scene, struct error *error) {
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
	if (!HAS_OWN_ALLOCATOR) {
		skip();
	}
	write_cards(scene);
	struct error error = {0};
	assert_true(run(scene, &error));
	long before = live_blocks;
	long number = 0;
	do {
		error = (struct error){0};
		has_failed = false;
		left = number++;
		bool done = run(scene, &error);
		left = -1;
		assert_true(done || has_failed);
		assert_true(done || error.kind == ERROR_MEMORY);
		assert_int_equal(live_blocks, before);
	} while (has_failed);
	assert_true(number > 500);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		SCENE_TEST(test_every_allocation_that_fails_is_reported_and_leaks_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
