#include "cli/candidates.h"

#include "card/find.h"
#include "cli/assets.h"
#include "library/lookup.h"

#include <stdlib.h>
#include <string.h>

static struct text key_of_text(const void *item) {
	const struct text *text = item;
	return *text;
}

void candidates_init(struct candidates *candidates, struct text typed) {
	*candidates = (struct candidates){.typed = typed, .seen = {.key = key_of_text}};
}

void candidates_finish(struct candidates *candidates) {
	table_finish(&candidates->seen);
	arena_finish(&candidates->arena);
	buffer_finish(&candidates->lines);
}

/* Whether a shell can show it as it is. */
static bool is_printable(struct text text) {
	struct buffer printable = {0};
	buffer_append_printable(&printable, text);
	const bool is_same = !printable.failed && text_equal(buffer_text(&printable), text);
	buffer_finish(&printable);
	return is_same;
}

static bool remember(struct candidates *candidates, struct text line) {
	struct text *kept = arena_allocate(&candidates->arena, sizeof(*kept));
	return kept != NULL && arena_copy_text(&candidates->arena, line, kept) &&
	       table_add(&candidates->seen, kept);
}

void candidates_add(
	struct candidates *candidates, struct text before, struct text text, const char *after) {
	struct buffer line = {0};
	buffer_append_text(&line, before);
	buffer_append_text(&line, text);
	buffer_append_string(&line, after);
	struct text whole = buffer_text(&line);
	if (text_starts_with(whole, candidates->typed) && is_printable(whole) &&
		table_find(&candidates->seen, whole) == NULL) {
		candidates->failed |= !remember(candidates, whole);
		buffer_append_text(&candidates->lines, whole);
		buffer_append_byte(&candidates->lines, '\n');
	}
	candidates->failed |= line.failed;
	buffer_finish(&line);
}

void candidates_add_choices(
	struct candidates *candidates, struct text before, const char *choices) {
	struct text rest = text_of(choices);
	while (rest.length > 0) {
		struct text choice = text_part(rest, 0, text_index(rest, '|'));
		rest = text_part(rest, choice.length + 1, rest.length);
		candidates_add(candidates, before, choice, "");
	}
}

void candidates_add_environments(
	struct candidates *candidates, const struct workspace *workspace, struct text before) {
	candidates_add(candidates, before, TEXT("user"), "");
	for (size_t i = 0; i < catalog_environment_count(workspace->catalog); i++) {
		candidates_add(candidates, before, catalog_environment(workspace->catalog, i), "");
	}
}

void candidates_add_assets(struct candidates *candidates, const struct workspace *workspace) {
	size_t at = text_index(candidates->typed, '@');
	if (at < candidates->typed.length) {
		struct text before = text_part(candidates->typed, 0, at + 1);
		candidates_add_environments(candidates, workspace, before);
		return;
	}
	struct text *names = catalog_sorted_names(workspace->catalog);
	candidates->failed |= names == NULL;
	for (size_t i = 0; names != NULL && i < catalog_asset_count(workspace->catalog); i++) {
		candidates_add(candidates, TEXT(""), names[i], "");
	}
	free(names);
}

/* A field of a card that is being visited, with what goes behind its name. */
struct field_addition {
	struct candidates *candidates;
	const char *after;
};

static bool add_field(void *context, const struct nested_field *field) {
	const struct field_addition *addition = context;
	candidates_add(addition->candidates, TEXT(""), field->path, addition->after);
	return true;
}

void candidates_add_fields(struct candidates *candidates, const struct workspace *workspace,
	const char *name, const char *after) {
	struct field_addition addition = {candidates, after};
	struct error error = {0};
	struct card *card = lookup_card(workspace, name, &error);
	candidates->failed |= card != NULL && !fields_visit(card, add_field, &addition, &error);
	card_release(card);
}

static bool add_condition(void *context, const struct nested_field *field) {
	struct candidates *candidates = context;
	struct text typed = candidates->typed;
	size_t sign = text_index(typed, '=');
	if (sign == typed.length) {
		candidates_add(candidates, TEXT(""), field->path, "=");
	} else if (value_is_scalar(field->value) &&
		   text_equal(field->path, text_part(typed, 0, sign))) {
		candidates_add(candidates, text_part(typed, 0, sign + 1),
			fields_scalar_text(field->value), "");
	}
	return true;
}

static bool add_conditions(void *context, struct card *card, struct error *error) {
	return find_visit(card, add_condition, context, error);
}

void candidates_add_conditions(struct candidates *candidates, const struct workspace *workspace) {
	struct error error = {0};
	candidates->failed |= !assets_visit(workspace, add_conditions, candidates, &error);
}
