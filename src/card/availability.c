#include "card/availability.h"

#include "card/kind.h"
#include "card/locator.h"

static const char *const names[] = {
	[AVAILABILITY_LOCAL] = "local",
	[AVAILABILITY_MISSING] = "missing",
	[AVAILABILITY_CACHED] = "cached",
	[AVAILABILITY_REMOTE] = "remote",
	[AVAILABILITY_GATED] = "gated",
	[AVAILABILITY_NONE] = "-",
};

static const enum availability of_states[] = {
	[LOCATION_LOCAL] = AVAILABILITY_LOCAL,
	[LOCATION_MISSING] = AVAILABILITY_MISSING,
	[LOCATION_CACHED] = AVAILABILITY_CACHED,
	[LOCATION_REMOTE] = AVAILABILITY_REMOTE,
};

/* What an asset of each kind consists of. */
static const struct text locator_fields[] = {
	[KIND_MODEL] = {"checkpoint", 10},
	[KIND_DATASET] = {"data", 4},
	[KIND_TOKENIZER] = {"tokenizer", 9},
	[KIND_OTHER] = {"checkpoint", 10},
};

const char *availability_name(enum availability availability) {
	return names[availability];
}

const struct card_field *availability_page(const struct card *card) {
	const struct card_field *url = card_find(card, TEXT("url"));
	bool is_page = url != NULL && url->value->type == VALUE_STRING &&
		       card_find(card, TEXT("model_arch")) != NULL &&
		       card_find(card, TEXT("checkpoint")) == NULL;
	return is_page ? url : NULL;
}

static enum availability of_location(const struct location *location) {
	enum availability availability = of_states[location->state];
	bool is_gated = location->gated && availability == AVAILABILITY_REMOTE;
	return is_gated ? AVAILABILITY_GATED : availability;
}

bool availability_of(const struct card *card, const struct locate_settings *settings,
	enum availability *availability, struct error *error) {
	const struct card_field *field = card_find(card, locator_fields[card_kind(card)]);
	if (field == NULL || field->value->type != VALUE_STRING) {
		bool is_gated = availability_page(card) != NULL;
		*availability = is_gated ? AVAILABILITY_GATED : AVAILABILITY_NONE;
		return true;
	}
	struct location location = {0};
	struct error fault = {0};
	bool is_placed = locator_locate(card, field, field->value, settings, &location, &fault);
	*availability = is_placed ? of_location(&location) : AVAILABILITY_MISSING;
	location_finish(&location);
	return is_placed || fault.kind != ERROR_MEMORY || error_set_memory(error);
}
