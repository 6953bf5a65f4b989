#include "card/trace.h"

#include "card/locator.h"

/* What the place of a locator is called, before its sub-path. */
static const struct text place_labels[] = {
	[URI_ABSOLUTE_PATH] = {"path", 4},
	[URI_RELATIVE_PATH] = {"path", 4},
	[URI_FILE] = {"path", 4},
	[URI_HTTP] = {"in the cache", 12},
	[URI_HUB] = {"in the cache", 12},
	[URI_S3] = {"path", 4},
	[URI_OTHER] = {"path", 4},
};

static void add_step(struct trace *trace, struct text label, struct text text) {
	struct trace_step *step = &trace->steps[trace->count++];
	step->label = label;
	buffer_append_text(&step->text, text);
}

/* Adds a step that leads somewhere else than the last one. */
static void add_change(struct trace *trace, struct text label, struct text text) {
	struct text last = buffer_text(&trace->steps[trace->count - 1].text);
	if (text.length > 0 && !text_equal(last, text)) {
		add_step(trace, label, text);
	}
}

/* Adds where the locator leads without its sub-path. Returns false where it leads nowhere. */
static bool add_place(struct trace *trace, const struct locate_settings *settings,
	const struct locator *locator, struct error *error) {
	struct location place = {0};
	bool done = locate(settings, locator, &place, error);
	if (done) {
		add_change(trace, TEXT("normalised"), buffer_text(&place.uri));
		add_change(
			trace, place_labels[uri_classify(locator->text)], buffer_text(&place.path));
	}
	location_finish(&place);
	return done;
}

static bool add_target(struct trace *trace, const struct card *card, const struct card_field *field,
	const struct value *value, const struct locate_settings *settings, struct error *error) {
	struct location target = {0};
	bool done = locator_locate(card, field, value, settings, &target, error);
	if (done) {
		add_step(trace, TEXT("target"), buffer_text(&target.path));
		trace->state = target.state;
		trace->gated = target.gated;
	}
	location_finish(&target);
	return done;
}

static bool check_memory(const struct trace *trace, struct error *error) {
	bool failed = false;
	for (size_t i = 0; i < trace->count; i++) {
		failed |= trace->steps[i].text.failed;
	}
	return !failed || error_set_memory(error);
}

bool trace_locator(const struct card *card, const struct card_field *field,
	const struct value *value, const struct value *written,
	const struct locate_settings *settings, struct trace *trace, struct error *error) {
	bool is_field = field->is_locator && value == field->value;
	const struct card_field *sub_path = is_field ? locator_sub_path(card, field) : NULL;
	const struct locator locator = {
		.text = value->canonical,
		.directory = card->directory,
		.is_dataset = is_field && text_equal(field->key->canonical, TEXT("data")),
	};
	struct error fault = {0};
	add_step(trace, TEXT("as written"), written->canonical);
	add_change(trace, TEXT("joined"), value->canonical);
	bool done = add_place(trace, settings, &locator, &fault);
	if (done && sub_path != NULL) {
		add_step(trace, sub_path->key->canonical, sub_path->value->canonical);
	}
	trace->is_placed = done && add_target(trace, card, field, value, settings, &fault);
	if (!trace->is_placed && fault.kind == ERROR_MEMORY) {
		return error_set_memory(error);
	}
	if (!trace->is_placed) {
		add_step(trace, TEXT("leads nowhere"), text_of(fault.message));
	}
	return check_memory(trace, error);
}

void trace_finish(struct trace *trace) {
	for (size_t i = 0; i < trace->count; i++) {
		buffer_finish(&trace->steps[i].text);
	}
	*trace = (struct trace){0};
}
