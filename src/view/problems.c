#include "view/problems.h"

#include "card/availability.h"
#include "card/locator.h"
#include "card/references.h"
#include "card/value_set.h"
#include "view/entries.h"
#include "view/node.h"

/* A card that is being looked at. */
struct inspection {
	struct view *view;
	struct card *card;
	struct problem_list *problems;
	struct value_set seen;
};

static struct text field_path(const struct card_field *field) {
	return text_of(field->source->file->path);
}

static void add_at(struct inspection *inspection, const struct card_field *field,
	const struct value *value, enum problem_severity severity, struct text message) {
	problem_list_add(inspection->problems, severity, field_path(field), value->line,
		value->column, inspection->card->name, "%.*s", TEXT_ARGUMENTS(message));
}

/* Adds the message in buffer, and ends with it. */
static void add_message(struct inspection *inspection, const struct card_field *field,
	const struct value *value, enum problem_severity severity, struct buffer *message) {
	add_at(inspection, field, value, severity, buffer_text(message));
	inspection->problems->failed |= message->failed;
	buffer_finish(message);
}

static void inspect_relation(struct inspection *inspection, const struct card_field *field,
	const struct value *key, const struct value *value) {
	struct card_name request;
	if (value->type != VALUE_STRING || relation_find(inspection->view, value, &request)) {
		return;
	}
	struct buffer message = {0};
	buffer_append_format(&message, "%.*s of %.*s names \"%.*s\", but there is no such card",
		TEXT_ARGUMENTS(key->canonical), TEXT_ARGUMENTS(inspection->card->name),
		TEXT_ARGUMENTS(value->canonical));
	add_message(inspection, field, value, PROBLEM_WARNING, &message);
}

static void report_gate(
	struct inspection *inspection, const struct card_field *field, struct text access) {
	struct buffer message = {0};
	buffer_append_format(&message, "%.*s is gated: ask for access at %.*s",
		TEXT_ARGUMENTS(inspection->card->name), TEXT_ARGUMENTS(access));
	add_message(inspection, field, field->value, PROBLEM_NOTE, &message);
}

/* The locator without the parameters behind it. */
static struct text without_parameters(struct text text) {
	return text_part(text, 0, text_index(text, ';'));
}

static void inspect_location(struct inspection *inspection, const struct card_field *field,
	const struct value *value, const struct location *location) {
	if (location->gated) {
		const struct card_field *url = card_find(inspection->card, TEXT("url"));
		bool has_url = url != NULL && url->value->type == VALUE_STRING;
		report_gate(inspection, field,
			has_url ? url->value->canonical : without_parameters(value->canonical));
	}
	if (location->decoded) {
		struct buffer message = {0};
		buffer_append_format(&message,
			"the locator \"%.*s\" is percent-decoded here; fairseq2 up to 0.9 does "
			"not, "
			"and opens another file",
			TEXT_ARGUMENTS(value->canonical));
		add_message(inspection, field, value, PROBLEM_NOTE, &message);
	}
}

static void inspect_locator(
	struct inspection *inspection, const struct card_field *field, const struct value *value) {
	struct location location = {0};
	struct error fault = {0};
	if (!locator_check(inspection->card, field, value, inspection->view->settings, &location,
		    &fault)) {
		inspection->problems->failed |= fault.kind == ERROR_MEMORY;
		add_at(inspection, field, value, PROBLEM_ERROR, text_of(fault.message));
	} else {
		inspect_location(inspection, field, value, &location);
	}
	location_finish(&location);
}

static void inspect_scalar(struct inspection *inspection, const struct card_field *field,
	const struct value *key, const struct value *value) {
	if (key != NULL && references_is_key(key)) {
		inspect_relation(inspection, field, key, value);
	} else if (locator_is_link(field, value)) {
		inspect_locator(inspection, field, value);
	}
}

/*
 * Whether some key may have no entry of its own: it is long, repeated, or of a type that shares its
 * name.
 */
static bool may_leave_out(const struct value *mapping) {
	if (mapping->type == VALUE_PAIRS) {
		return true;
	}
	for (size_t i = 0; i < mapping->mapping.count; i++) {
		const struct value *key = mapping->mapping.pairs[i].key;
		if (key->type != VALUE_STRING || key->canonical.length > NAMES_LENGTH_LIMIT / 3) {
			return true;
		}
	}
	return false;
}

/* field: NULL for the card's own value. */
static bool inspect_names(struct inspection *inspection, const struct card_field *field,
	const struct value *mapping, struct error *error) {
	if (!may_leave_out(mapping)) {
		return true;
	}
	struct card *card = inspection->card;
	enum names_place place = field == NULL ? NAMES_IN_ASSET : NAMES_ELSEWHERE;
	const struct entries *entries = entries_of(card, mapping, place, error);
	if (entries == NULL) {
		return false;
	}
	for (size_t i = 0; i < entries->left_out_count; i++) {
		const struct value_pair *pair = entries->left_out[i];
		const struct card_field *own = field != NULL ? field : entries_field(card, pair);
		problem_list_add(inspection->problems, PROBLEM_WARNING, field_path(own),
			pair->key->line, pair->key->column, card->name,
			"a key of %.*s has no entry in the mount: its file name would be longer "
			"than %d bytes, or is that of another key",
			TEXT_ARGUMENTS(card->name), NAMES_LENGTH_LIMIT);
	}
	return true;
}

static bool inspect_value(struct inspection *inspection, const struct card_field *field,
	const struct value *key, const struct value *value, struct error *error);

static bool inspect_items(struct inspection *inspection, const struct card_field *field,
	const struct value *sequence, struct error *error) {
	for (size_t i = 0; i < sequence->sequence.count; i++) {
		if (!inspect_value(inspection, field, NULL, sequence->sequence.items[i], error)) {
			return false;
		}
	}
	return true;
}

static bool inspect_pairs(struct inspection *inspection, const struct card_field *field,
	const struct value *mapping, struct error *error) {
	for (size_t i = 0; i < mapping->mapping.count; i++) {
		const struct value_pair *pair = &mapping->mapping.pairs[i];
		if (!inspect_value(inspection, field, pair->key, pair->value, error)) {
			return false;
		}
	}
	return inspect_names(inspection, field, mapping, error);
}

static bool inspect_value(struct inspection *inspection, const struct card_field *field,
	const struct value *key, const struct value *value, struct error *error) {
	if (value_is_scalar(value)) {
		inspect_scalar(inspection, field, key, value);
		return true;
	}
	if (!value_set_add(&inspection->seen, value)) {
		return !inspection->seen.failed || error_set_memory(error);
	}
	return value->type == VALUE_SEQUENCE ? inspect_items(inspection, field, value, error)
					     : inspect_pairs(inspection, field, value, error);
}

/* A model without a checkpoint that says where to look is one that has to be asked for. */
static void inspect_gate(struct inspection *inspection) {
	const struct card_field *page = availability_page(inspection->card);
	if (page != NULL) {
		report_gate(inspection, page, page->value->canonical);
	}
}

static void inspect_directory(struct inspection *inspection, const struct card_field *field) {
	struct text here = inspection->card->directory;
	struct text there = text_of(field->source->file->directory);
	if (!field->was_relative || text_equal(here, there)) {
		return;
	}
	struct buffer message = {0};
	buffer_append_format(&message,
		"the relative %.*s comes from a card in %.*s, but is taken from %.*s, the "
		"directory of "
		"%.*s, as fairseq2 does; write an absolute path",
		TEXT_ARGUMENTS(field->key->canonical), TEXT_ARGUMENTS(there), TEXT_ARGUMENTS(here),
		TEXT_ARGUMENTS(inspection->card->name));
	add_message(inspection, field, field->value, PROBLEM_WARNING, &message);
}

static void inspect_card_name(struct inspection *inspection) {
	struct card *card = inspection->card;
	struct buffer name = {0};
	names_encode(&name, card->name, NAMES_ELSEWHERE);
	if (name.length > NAMES_LENGTH_LIMIT) {
		problem_list_add(inspection->problems, PROBLEM_WARNING,
			text_of(card->sources[0].file->path), card->sources[0].line, 0, card->name,
			"this card has no directory in the mount: its name is longer than %d bytes",
			NAMES_LENGTH_LIMIT);
	}
	inspection->problems->failed |= name.failed;
	buffer_finish(&name);
}

static bool inspect_fields(struct inspection *inspection, struct error *error) {
	const struct card *card = inspection->card;
	inspect_gate(inspection);
	for (size_t i = 0; i < card->field_count; i++) {
		const struct card_field *field = &card->fields[i];
		inspect_directory(inspection, field);
		if (!inspect_value(inspection, field, field->key, field->value, error)) {
			return false;
		}
	}
	return inspect_names(inspection, NULL, card->value, error);
}

bool problems_of_card(
	struct view *view, struct card *card, struct problem_list *problems, struct error *error) {
	struct arena arena = {0};
	struct inspection inspection = {
		.view = view, .card = card, .problems = problems, .seen = {.arena = &arena}};
	problem_list_add_all(problems, &card->problems);
	inspect_card_name(&inspection);
	bool done = card->is_broken || inspect_fields(&inspection, error);
	value_set_finish(&inspection.seen);
	arena_finish(&arena);
	return done && (!problems->failed || error_set_memory(error));
}

bool problems_of_view(struct view *view, struct problem_list *problems, struct error *error) {
	struct catalog_cursor cursor = {0};
	struct asset asset;
	catalog_add_problems(view->catalog, problems);
	while (catalog_next(view->catalog, &cursor, &asset)) {
		struct card *card =
			catalog_card(view->catalog, asset.name, &view->environments, error);
		if (card == NULL) {
			return false;
		}
		bool done = problems_of_card(view, card, problems, error);
		card_release(card);
		if (!done) {
			return false;
		}
	}
	problem_list_sort(problems);
	return !problems->failed || error_set_memory(error);
}
