#include "library/handle.h"

#include "card/kind.h"
#include "card/locator.h"
#include "library/lookup.h"
#include "library/target.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- resolving ---- */

/* One line a problem, as in card.error. */
static void report_broken(struct cardfs_error **error, struct card *card) {
	struct buffer content = {0};
	struct error fault = {0};
	if (!card_render(card, CARD_ERROR, &content, &fault)) {
		report(error, &fault);
	} else {
		struct text lines = buffer_text(&content);
		lines.length -= text_ends_with(lines, TEXT("\n")) ? 1 : 0;
		report_message(error, CARDFS_ERROR_BROKEN, EINVAL, lines);
	}
	buffer_finish(&content);
}

static bool resolve(
	struct cardfs_card *resolved, const char *request, struct cardfs_error **error) {
	struct error fault = {0};
	resolved->request = strdup(request);
	if (resolved->request == NULL) {
		error_set_memory(&fault);
		return report(error, &fault);
	}
	resolved->card = lookup_request(
		resolved->moment.catalog, resolved->moment.environment, request, &fault);
	if (resolved->card == NULL) {
		return report(error, &fault);
	}
	if (resolved->card->is_broken) {
		report_broken(error, resolved->card);
		return false;
	}
	return true;
}

struct cardfs_card *cardfs_resolve(
	struct cardfs_stores *stores, const char *request, struct cardfs_error **error) {
	struct cardfs_card *resolved = calloc(1, sizeof(*resolved));
	if (resolved == NULL) {
		struct error fault = {0};
		error_set_memory(&fault);
		report(error, &fault);
		return NULL;
	}
	resolved->stores = stores_acquire(stores);
	moment_init(&resolved->moment, stores);
	if (!resolve(resolved, request, error)) {
		cardfs_card_free(resolved);
		return NULL;
	}
	return resolved;
}

void cardfs_card_free(struct cardfs_card *card) {
	if (card != NULL) {
		card_release(card->card);
		moment_finish(&card->moment);
		cardfs_close(card->stores);
		free(card->request);
		free(card);
	}
}

/* ---- what it is ---- */

const char *cardfs_card_name(const struct cardfs_card *card, size_t *length) {
	if (length != NULL) {
		*length = card->card->name.length;
	}
	return card->card->name.data;
}

const char *cardfs_card_kind(const struct cardfs_card *card) {
	return card_kind_name(card_kind(card->card));
}

const struct cardfs_value *cardfs_card_value(const struct cardfs_card *card) {
	return (const struct cardfs_value *)card->card->value;
}

static char *render(const struct cardfs_card *card, enum card_rendering rendering, size_t *length,
	struct cardfs_error **error) {
	struct buffer content = {0};
	struct error fault = {0};
	if (!card_render(card->card, rendering, &content, &fault)) {
		buffer_finish(&content);
		report(error, &fault);
		return NULL;
	}
	if (length != NULL) {
		*length = content.length;
	}
	return buffer_take(&content);
}

char *cardfs_card_yaml(
	const struct cardfs_card *card, size_t *length, struct cardfs_error **error) {
	return render(card, CARD_YAML, length, error);
}

char *cardfs_card_json(
	const struct cardfs_card *card, size_t *length, struct cardfs_error **error) {
	return render(card, CARD_JSON, length, error);
}

void cardfs_text_free(char *text) {
	free(text);
}

/* ---- locators ---- */

static enum cardfs_location_state state_of(const struct location *location) {
	static const enum cardfs_location_state states[] = {
		[LOCATION_LOCAL] = CARDFS_LOCAL,
		[LOCATION_MISSING] = CARDFS_MISSING,
		[LOCATION_CACHED] = CARDFS_CACHED,
		[LOCATION_REMOTE] = CARDFS_REMOTE,
	};
	bool is_gated = location->gated && location->state == LOCATION_REMOTE;
	return is_gated ? CARDFS_GATED : states[location->state];
}

static bool locate_field(const struct cardfs_card *card, const char *field,
	struct cardfs_location *found, struct error *error) {
	struct node place;
	if (!target_find(card->moment.view, card->request, field, &place, error)) {
		return false;
	}
	bool done = locator_locate(place.card, place.field, place.value,
		&card->stores->workspace.locate, &found->location, error);
	found->state = done ? state_of(&found->location) : CARDFS_MISSING;
	node_finish(&place);
	return done;
}

struct cardfs_location *cardfs_locate(
	const struct cardfs_card *card, const char *field, struct cardfs_error **error) {
	struct error fault = {0};
	struct cardfs_location *found = calloc(1, sizeof(*found));
	if (found == NULL) {
		error_set_memory(&fault);
	} else if (locate_field(card, field, found, &fault)) {
		return found;
	}
	cardfs_location_free(found);
	report(error, &fault);
	return NULL;
}

const char *cardfs_location_path(const struct cardfs_location *location) {
	return location->location.path.data;
}

const char *cardfs_location_uri(const struct cardfs_location *location) {
	const char *uri = location->location.uri.data;
	return uri == NULL ? "" : uri;
}

enum cardfs_location_state cardfs_location_state(const struct cardfs_location *location) {
	return location->state;
}

void cardfs_location_free(struct cardfs_location *location) {
	if (location != NULL) {
		location_finish(&location->location);
		free(location);
	}
}
