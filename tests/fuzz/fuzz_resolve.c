/*
 * Resolving: the input is the card files of a store. Every card is resolved or says in printable
 * words why it is not, in every environment that there is, and a catalog that is made of another
 * one and the same files is that one.
 */
#include "memory_store.h"

#include "yaml/write.h"

static void check_problems(const struct problem_list *problems) {
	struct buffer line = {0};
	for (size_t i = 0; i < problems->count; i++) {
		buffer_clear(&line);
		problem_append(&line, &problems->items[i], true);
		CHECK(!line.failed && text_index(buffer_text(&line), '\n') == line.length);
		check_printable(buffer_text(&line));
	}
	buffer_finish(&line);
}

static void check_card(
	struct catalog *catalog, struct text name, const struct environments *environments) {
	struct error error = {0};
	struct card *card = catalog_card(catalog, name, environments, &error);
	CHECK(card != NULL);
	CHECK(!card->is_broken || card->problems.count > 0);
	check_problems(&card->problems);
	for (size_t i = 0; i < card->field_count; i++) {
		struct buffer text = {0};
		yaml_write(&text, card->fields[i].value);
		CHECK(!text.failed);
		buffer_finish(&text);
	}
	card_release(card);
}

static void check_cards(struct catalog *catalog) {
	struct catalog_cursor cursor = {0};
	struct asset asset;
	while (catalog_next(catalog, &cursor, &asset)) {
		for (size_t i = 0; i <= catalog_environment_count(catalog); i++) {
			const struct environments environments = environments_in_force(
				i == 0 ? TEXT("") : catalog_environment(catalog, i - 1));
			check_card(catalog, asset.name, &environments);
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	struct memory_store memory;
	struct problem_list problems = {0};
	struct catalog *catalog = memory_store_open(&memory, data, size);
	check_cards(catalog);
	catalog_add_problems(catalog, &problems);
	CHECK(!problems.failed);
	check_problems(&problems);
	struct catalog *next =
		catalog_create(&memory.set, &memory_store_options, catalog, NULL, NULL);
	CHECK(next != NULL);
	CHECK(catalog_asset_count(next) == catalog_asset_count(catalog));
	check_cards(next);
	catalog_release(next);
	catalog_release(catalog);
	problem_list_finish(&problems);
	return 0;
}
