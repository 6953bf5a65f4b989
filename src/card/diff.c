#include "card/diff.h"

#include <stdlib.h>

static struct text field_path(const void *item) {
	const struct explained_field *field = item;
	return field->path;
}

/* Fills table with the fields that have a value; of two with one name, the first. */
static bool index_fields(struct table *table, const struct explanation *explanation) {
	bool done = table_reserve(table, explanation->field_count);
	for (struct explained_field *field = explanation->fields; done && field != NULL;
		field = field->next) {
		if (field->value != NULL && table_find(table, field->path) == NULL) {
			done = table_add(table, field);
		}
	}
	return done;
}

static void add(struct diff *diff, const struct explained_field *first,
	const struct explained_field *second) {
	diff->items[diff->count++] = (struct difference){first, second};
}

static void compare(
	struct diff *diff, const struct table *first_fields, const struct table *second_fields) {
	const struct explained_field *field;
	for (field = diff->first.fields; field != NULL; field = field->next) {
		const struct explained_field *other = table_find(second_fields, field->path);
		if (field->value != NULL &&
			(other == NULL || !value_equal(field->value, other->value))) {
			add(diff, field, other);
		}
	}
	for (field = diff->second.fields; field != NULL; field = field->next) {
		if (field->value != NULL && table_find(first_fields, field->path) == NULL) {
			add(diff, NULL, field);
		}
	}
}

bool diff_cards(const struct catalog *catalog, const struct card *first, const struct card *second,
	struct diff *diff, struct error *error) {
	*diff = (struct diff){0};
	if (!explain_card(catalog, first, &diff->first, error) ||
		!explain_card(catalog, second, &diff->second, error)) {
		return false;
	}
	struct table first_fields = {.key = field_path};
	struct table second_fields = {.key = field_path};
	size_t limit = diff->first.field_count + diff->second.field_count;
	diff->items = calloc(limit + 1, sizeof(*diff->items));
	bool done = diff->items != NULL && index_fields(&first_fields, &diff->first) &&
		    index_fields(&second_fields, &diff->second);
	if (done) {
		compare(diff, &first_fields, &second_fields);
	}
	table_finish(&first_fields);
	table_finish(&second_fields);
	return done || error_set_memory(error);
}

void diff_finish(struct diff *diff) {
	explanation_finish(&diff->first);
	explanation_finish(&diff->second);
	free(diff->items);
	*diff = (struct diff){0};
}
