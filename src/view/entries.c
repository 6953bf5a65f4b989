#include "view/entries.h"

#include <stdlib.h>

static struct text entry_name(const void *item) {
	const struct entry *entry = item;
	return entry->name;
}

static void free_entries(void *data) {
	struct entries *entries = data;
	table_finish(&entries->by_name);
	buffer_finish(&entries->names);
	free(entries->items);
	free(entries->left_out);
	free(entries);
}

/*
 * Makes an item of every pair, of its name just the length: names move as they become more. Keys
 * that are strings come first, so that "1" keeps its name where the number 1 is a key as well.
 */
static void append_names(struct entries *entries, const struct value *mapping,
	enum names_place place, bool are_strings) {
	for (size_t i = 0; i < mapping->mapping.count; i++) {
		const struct value_pair *pair = &mapping->mapping.pairs[i];
		if ((pair->key->type == VALUE_STRING) == are_strings) {
			size_t start = entries->names.length;
			names_encode_key(&entries->names, pair->key, place);
			struct entry *item = &entries->items[entries->count++];
			item->pair = pair;
			item->name.length = entries->names.length - start;
		}
	}
}

static bool leave_out(struct entries *entries, const struct value_pair *pair, size_t most) {
	if (entries->left_out == NULL) {
		entries->left_out = calloc(most, sizeof(const struct value_pair *));
	}
	if (entries->left_out == NULL) {
		return false;
	}
	entries->left_out[entries->left_out_count++] = pair;
	return true;
}

/* Finds each name, and moves the items together that have one of their own. */
static bool place_names(struct entries *entries) {
	size_t count = entries->count;
	const char *names = entries->names.data;
	entries->count = 0;
	for (size_t i = 0; i < count; i++) {
		struct entry item = entries->items[i];
		item.name.data = names;
		names += item.name.length;
		if (item.name.length > NAMES_LENGTH_LIMIT ||
			table_find(&entries->by_name, item.name) != NULL) {
			if (!leave_out(entries, item.pair, count - i)) {
				return false;
			}
			continue;
		}
		struct entry *kept = &entries->items[entries->count++];
		*kept = item;
		if (!table_add(&entries->by_name, kept)) {
			return false;
		}
	}
	return true;
}

static bool fill_entries(
	struct entries *entries, const struct value *mapping, enum names_place place) {
	entries->by_name.key = entry_name;
	entries->items = calloc(mapping->mapping.count + 1, sizeof(*entries->items));
	if (entries->items == NULL || !table_reserve(&entries->by_name, mapping->mapping.count)) {
		return false;
	}
	append_names(entries, mapping, place, true);
	append_names(entries, mapping, place, false);
	return !entries->names.failed && place_names(entries);
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
