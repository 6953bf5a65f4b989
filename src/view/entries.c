#include "view/entries.h"

#include <stdlib.h>

static struct text entry_name(const void *item) {
	const struct entry *entry = item;
	return entry->name;
}

static void free_entries(void *data) {
	struct entries *entries = data;
	table_finish(&entries->by_name);
	arena_finish(&entries->arena);
	free(entries);
}

static bool add_entry(struct entries *entries, const struct value_pair *pair, struct text name) {
	if (name.length > NAMES_LENGTH_LIMIT || table_find(&entries->by_name, name) != NULL) {
		entries->left_out[entries->left_out_count++] = pair;
		return true;
	}
	struct entry *entry = &entries->items[entries->count];
	entry->pair = pair;
	if (!arena_copy_text(&entries->arena, name, &entry->name) ||
		!table_add(&entries->by_name, entry)) {
		return false;
	}
	entries->count++;
	return true;
}

/* Keys that are strings come first, so that "1" keeps its name where the number 1 is a key as well.
 */
static bool add_entries(struct entries *entries, const struct value *mapping,
	enum names_place place, bool are_strings) {
	struct buffer name = {0};
	bool done = true;
	for (size_t i = 0; done && i < mapping->mapping.count; i++) {
		const struct value_pair *pair = &mapping->mapping.pairs[i];
		if ((pair->key->type == VALUE_STRING) == are_strings) {
			buffer_clear(&name);
			names_encode_key(&name, pair->key, place);
			done = !name.failed && add_entry(entries, pair, buffer_text(&name));
		}
	}
	buffer_finish(&name);
	return done;
}

static bool fill_entries(
	struct entries *entries, const struct value *mapping, enum names_place place) {
	size_t count = mapping->mapping.count;
	entries->by_name.key = entry_name;
	entries->items = arena_allocate_array(&entries->arena, count + 1, sizeof(*entries->items));
	entries->left_out =
		arena_allocate_array(&entries->arena, count + 1, sizeof(const struct value_pair *));
	return entries->items != NULL && entries->left_out != NULL &&
	       table_reserve(&entries->by_name, count) &&
	       add_entries(entries, mapping, place, true) &&
	       add_entries(entries, mapping, place, false);
}

const struct entries *entries_of(struct card *card, const struct value *mapping,
	enum names_place place, struct error *error) {
	struct entries *entries = card_recall(card, mapping);
	if (entries != NULL) {
		return entries;
	}
	entries = calloc(1, sizeof(*entries));
	if (entries == NULL) {
		error_set_memory(error);
		return NULL;
	}
	if (!fill_entries(entries, mapping, place)) {
		free_entries(entries);
		error_set_memory(error);
		return NULL;
	}
	entries = card_keep(card, mapping, entries, free_entries);
	if (entries == NULL) {
		error_set_memory(error);
	}
	return entries;
}

const struct entry *entries_find(const struct entries *entries, struct text name) {
	return table_find(&entries->by_name, name);
}

const struct card_field *entries_field(const struct card *card, const struct value_pair *pair) {
	size_t index = (size_t)(pair - card->value->mapping.pairs);
	return index == 0 ? NULL : &card->fields[index - 1];
}
