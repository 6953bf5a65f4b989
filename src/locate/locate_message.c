#include "locate/locate_message.h"

#include "base/record.h"

void locate_message_append_question(struct buffer *question, const struct locator *locator) {
	record_append_text(question, locator->text);
	record_append_text(question, locator->directory);
	record_append_text(question, locator->sub_path);
	record_append_number(question, locator->is_dataset);
	record_append_number(question, locator->look);
}

bool locate_message_read_question(struct text question, struct locator *locator) {
	struct record_reading reading = {.rest = question};
	locator->text = record_read_text(&reading);
	locator->directory = record_read_text(&reading);
	locator->sub_path = record_read_text(&reading);
	locator->is_dataset = record_read_number(&reading) != 0;
	locator->look = (enum locate_look)record_read_number(&reading);
	return !reading.failed;
}

void locate_message_append_answer(struct buffer *answer, bool found,
	const struct location *location, const struct error *error) {
	record_append_number(answer, found);
	if (found) {
		record_append_text(answer, buffer_text(&location->path));
		record_append_text(answer, buffer_text(&location->uri));
		record_append_number(answer, location->state);
		record_append_number(answer, location->gated);
		record_append_number(answer, location->decoded);
	} else {
		record_append_number(answer, error->kind);
		record_append_number(answer, (uint64_t)error->system_error);
		record_append_text(answer, text_of(error->message));
	}
}

static bool read_location(struct record_reading *reading, struct location *location) {
	buffer_append_text(&location->path, record_read_text(reading));
	buffer_append_text(&location->uri, record_read_text(reading));
	const uint64_t state = record_read_number(reading);
	location->state = (enum location_state)state;
	reading->failed |= state > LOCATION_REMOTE;
	location->gated = record_read_number(reading) != 0;
	location->decoded = record_read_number(reading) != 0;
	return !location->path.failed && !location->uri.failed;
}

static bool set_error(struct record_reading *reading, struct error *error) {
	const uint64_t kind = record_read_number(reading);
	const int system_error = (int)record_read_number(reading);
	const struct text message = record_read_text(reading);
	reading->failed |= kind == ERROR_NONE || kind > ERROR_USAGE;
	error_set(error, (enum error_kind)kind, "%.*s", TEXT_ARGUMENTS(message));
	if (error != NULL) {
		error->system_error = system_error;
	}
	return false;
}

static bool read_answer(
	struct record_reading *reading, struct location *location, struct error *error) {
	if (record_read_number(reading) == 0) {
		return set_error(reading, error);
	}
	return read_location(reading, location) || error_set_memory(error);
}

bool locate_message_read_answer(
	struct text answer, struct location *location, struct error *error) {
	struct record_reading reading = {.rest = answer};
	bool done = read_answer(&reading, location, error);
	if (reading.failed) {
		done = error_set(error, ERROR_SYSTEM, "this is no answer to where a link leads");
	}
	if (!done) {
		location_finish(location);
	}
	return done;
}
