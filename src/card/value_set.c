#include "card/value_set.h"

/* The items are pointers to values. */
static struct text item_key(const void *item) {
	return (struct text){item, sizeof(const struct value *)};
}

void value_set_finish(struct value_set *set) {
	table_finish(&set->table);
}

bool value_set_add(struct value_set *set, const struct value *value) {
	set->table.key = item_key;
	if (table_find(&set->table, item_key(&value)) != NULL) {
		return false;
	}
	const struct value **item = arena_allocate(set->arena, sizeof(const struct value *));
	if (item != NULL) {
		*item = value;
	}
	if (item == NULL || !table_add(&set->table, item)) {
		set->failed = true;
		return false;
	}
	return true;
}
