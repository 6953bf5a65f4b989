/*
 * The tree that a mount shows of any card files: each name that is listed is one that a file can
 * have, is listed once, and leads to what the listing says; files are as long as they say.
 */
#include "memory_store.h"

#include "base/table.h"
#include "view/view.h"

enum { NODE_LIMIT = 2000, DEPTH_LIMIT = 60 };

struct walk {
	const struct node *directory;
	struct table names;
	struct arena arena;
	unsigned depth;
	size_t *count;
};

struct entry {
	struct text name;
};

static struct text entry_key(const void *item) {
	const struct entry *entry = item;
	return entry->name;
}

static void check_directory(const struct node *directory, unsigned depth, size_t *count);

static void check_content(const struct node *node, struct text name) {
	struct buffer content = {0};
	struct node_attributes attributes;
	struct error error = {0};
	if (!node_read(node, &content, &error)) {
		CHECK(node_kind(node) == NODE_LINK && error.kind != ERROR_MEMORY);
		buffer_finish(&content);
		return;
	}
	CHECK(node_attributes(node, &attributes, &error));
	CHECK(attributes.size == content.length);
	if (node_kind(node) == NODE_LINK) {
		CHECK(content.length > 0 && strlen(content.data) == content.length);
	}
	if (text_equal(name, TEXT("card.error")) || text_equal(name, TEXT("problems"))) {
		check_printable(buffer_text(&content));
	}
	buffer_finish(&content);
}

static void check_attributes(const struct node *node) {
	struct buffer names = {0}, content = {0};
	struct error error = {0};
	CHECK(node_extended_names(node, &names, &error));
	struct text rest = buffer_text(&names);
	while (rest.length > 0) {
		const struct text name = text_part(rest, 0, text_index(rest, '\0'));
		rest = text_part(rest, name.length + 1, rest.length);
		CHECK(node_extended(node, name, &content, &error) || error.kind != ERROR_MEMORY);
	}
	buffer_finish(&content);
	buffer_finish(&names);
}

static void check_name(struct walk *walk, struct text name) {
	CHECK(name.length > 0 && name.length <= 255);
	CHECK(text_index(name, '/') == name.length && text_index(name, '\0') == name.length);
	CHECK(!text_equal(name, TEXT(".")) && !text_equal(name, TEXT("..")));
	CHECK(table_find(&walk->names, name) == NULL);
	struct entry *entry = arena_allocate(&walk->arena, sizeof(*entry));
	CHECK(entry != NULL && arena_copy_text(&walk->arena, name, &entry->name));
	CHECK(table_add(&walk->names, entry));
}

static bool check_entry(void *context, struct text name, enum node_kind kind) {
	struct walk *walk = context;
	struct node node;
	struct error error = {0};
	check_name(walk, name);
	CHECK(node_walk(walk->directory, name, &node, &error));
	CHECK(node_kind(&node) == kind);
	check_attributes(&node);
	if (kind == NODE_DIRECTORY) {
		check_directory(&node, walk->depth + 1, walk->count);
	} else {
		check_content(&node, name);
	}
	node_finish(&node);
	return ++*walk->count < NODE_LIMIT;
}

static void check_directory(const struct node *directory, unsigned depth, size_t *count) {
	struct walk walk = {
		.directory = directory,
		.names = {.key = entry_key},
		.depth = depth,
		.count = count,
	};
	struct error error = {0};
	CHECK(depth < DEPTH_LIMIT);
	CHECK(node_list(directory, check_entry, &walk, &error));
	table_finish(&walk.names);
	arena_finish(&walk.arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	char asset_cache[] = "/nowhere/assets", hub_cache[] = "/nowhere/hub";
	const struct locate_settings settings = {asset_cache, hub_cache};
	struct memory_store memory;
	struct catalog *catalog = memory_store_open(&memory, data, size);
	struct view *view = view_create(catalog, TEXT("lab"), &settings, NULL);
	struct node root;
	size_t count = 0;
	CHECK(view != NULL);
	view_root(view, &root);
	check_directory(&root, 0, &count);
	node_finish(&root);
	view_release(view);
	catalog_release(catalog);
	return 0;
}
