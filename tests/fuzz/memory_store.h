/*
 * A store whose files are parts of an input, divided by lines of "%%%".
 */
#ifndef CARDFS_TESTS_FUZZ_MEMORY_STORE_H
#define CARDFS_TESTS_FUZZ_MEMORY_STORE_H

#include "fuzz.h"

#include "card/catalog.h"

#include <string.h>

struct memory_store {
	struct store store;
	struct store *stores[1];
	struct store_set set;
	struct text input;
};

static inline bool memory_store_list(struct store *store, const struct store_listing *previous,
	struct store_listing *listing, struct problem_list *problems, struct error *error) {
	static const char mark[] = "\n%%%\n";
	const struct memory_store *memory = store->state;
	struct text rest = memory->input;
	(void)previous;
	(void)problems;
	(void)error;
	for (unsigned i = 0; rest.length > 0; i++) {
		const char *end = memmem(rest.data, rest.length, mark, sizeof(mark) - 1);
		const size_t length = end == NULL ? rest.length : (size_t)(end - rest.data);
		char path[32];
		snprintf(path, sizeof(path), "/store/%03u.yaml", i % 1000);
		struct card_file *file = card_file_create(
			text_of(path), TEXT("/store"), text_part(rest, 0, length), 1);
		CHECK(file != NULL && store_listing_add(listing, file));
		rest = text_part(rest, length + sizeof(mark) - 1, rest.length);
	}
	return true;
}

static const struct store_type memory_store_type = {.kind = "memory", .list = memory_store_list};

static const struct catalog_options memory_store_options = {
	.limits = {.file_size = 1 << 16,
		.scalar_size = 1 << 12,
		.expanded_size = 1 << 14,
		.depth = 40},
};

/* The catalog of the input; store lives as long. */
static inline struct catalog *memory_store_open(
	struct memory_store *memory, const uint8_t *data, size_t size) {
	static char location[] = "/store";
	*memory = (struct memory_store){
		.store = {.type = &memory_store_type, .location = location, .state = memory},
		.stores = {&memory->store},
		.input = {(const char *)data, size},
	};
	memory->set = (struct store_set){memory->stores, 1};
	struct catalog *catalog =
		catalog_create(&memory->set, &memory_store_options, NULL, NULL, NULL);
	CHECK(catalog != NULL);
	return catalog;
}

/* Whether it may be shown on a terminal as it is. */
static inline void check_printable(struct text text) {
	for (size_t i = 0; i < text.length; i++) {
		const unsigned char byte = (unsigned char)text.data[i];
		CHECK(byte >= 0x20 || byte == '\n');
		CHECK(byte != 0x7f);
	}
	CHECK(text_is_utf8(text));
}

#endif
