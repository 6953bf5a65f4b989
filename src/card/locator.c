#include "card/locator.h"

/* Which kinds of URI are links: in a locator field, and anywhere else. */
static const struct {
	bool in_locator_field;
	bool elsewhere;
} links[] = {
	[URI_ABSOLUTE_PATH] = {true, true},
	[URI_RELATIVE_PATH] = {true, false},
	[URI_FILE] = {true, true},
	[URI_HTTP] = {true, false},
	[URI_HUB] = {true, true},
	[URI_S3] = {true, true},
	[URI_OTHER] = {false, false},
};

/* Fields whose locator may be continued by another field. */
static const struct {
	struct text field;
	struct text sub_path;
} sub_paths[] = {
	{{"checkpoint", 10}, {"checkpoint_path", 15}},
	{{"tokenizer", 9}, {"tokenizer_path", 14}},
};

bool locator_is_link(const struct card_field *field, const struct value *value) {
	if (value->type != VALUE_STRING) {
		return false;
	}
	enum uri_kind kind = uri_classify(value->canonical);
	bool is_field = field->is_locator && value == field->value;
	return is_field ? links[kind].in_locator_field : links[kind].elsewhere;
}

const struct card_field *locator_sub_path(const struct card *card, const struct card_field *field) {
	for (size_t i = 0; i < sizeof(sub_paths) / sizeof(sub_paths[0]); i++) {
		if (!text_equal(field->key->canonical, sub_paths[i].field)) {
			continue;
		}
		const struct card_field *other = card_find(card, sub_paths[i].sub_path);
		if (other != NULL && other->value->type == VALUE_STRING) {
			return other;
		}
	}
	return NULL;
}

static bool find(const struct card *card, const struct card_field *field, const struct value *value,
	enum locate_look look, const struct locate_settings *settings, struct location *location,
	struct error *error) {
	const bool is_field = field->is_locator && value == field->value;
	const struct card_field *sub_path = is_field ? locator_sub_path(card, field) : NULL;
	const struct locator locator = {
		.text = value->canonical,
		.directory = card->directory,
		.sub_path = sub_path != NULL ? sub_path->value->canonical : TEXT(""),
		.is_dataset = is_field && text_equal(field->key->canonical, TEXT("data")),
		.look = look,
	};
	return locate(settings, &locator, location, error);
}

bool locator_locate(const struct card *card, const struct card_field *field,
	const struct value *value, const struct locate_settings *settings,
	struct location *location, struct error *error) {
	return find(card, field, value, LOCATE_TARGET, settings, location, error);
}

bool locator_find_path(const struct card *card, const struct card_field *field,
	const struct value *value, const struct locate_settings *settings,
	struct location *location, struct error *error) {
	return find(card, field, value, LOCATE_CACHE, settings, location, error);
}

bool locator_check(const struct card *card, const struct card_field *field,
	const struct value *value, const struct locate_settings *settings,
	struct location *location, struct error *error) {
	return find(card, field, value, LOCATE_BLIND, settings, location, error);
}
