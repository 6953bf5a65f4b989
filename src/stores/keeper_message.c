#include "stores/keeper_message.h"

#include "base/record.h"

#include <string.h>

struct head {
	uint64_t length; /* of the content */
	uint64_t kind;
};

void keeper_message_append(struct buffer *messages, enum keeper_message kind) {
	const struct head head = {.kind = kind};
	buffer_append(messages, &head, sizeof(head));
}

void keeper_message_append_answer(struct buffer *messages, uint64_t done) {
	const struct head head = {.length = sizeof(done), .kind = KEEPER_ANSWERED};
	buffer_append(messages, &head, sizeof(head));
	record_append_number(messages, done);
}

uint64_t keeper_message_read_answer(struct text content) {
	struct record_reading reading = {.rest = content};
	return record_read_number(&reading);
}

static struct text text_of_file(const struct card_file *file) {
	return (struct text){file->text, file->length};
}

static bool is_same_file(const struct card_file *file, const struct card_file *other) {
	return file == other || (other != NULL && file->modified == other->modified &&
					text_equal(text_of_file(file), text_of_file(other)) &&
					strcmp(file->directory, other->directory) == 0);
}

static void append_file(
	struct buffer *content, const struct card_file *file, const struct store_listing *known) {
	const bool is_known = is_same_file(file, store_listing_find(known, file->path));
	record_append_number(content, is_known);
	record_append_text(content, text_of(file->path));
	if (!is_known) {
		record_append_text(content, text_of(file->directory));
		record_append_text(content, text_of_file(file));
		record_append_number(content, (uint64_t)file->modified);
	}
}

void keeper_message_append_problems(struct buffer *content, const struct problem_list *problems) {
	record_append_number(content, problems->count);
	for (size_t i = 0; i < problems->count; i++) {
		const struct problem *problem = &problems->items[i];
		record_append_number(content, problem->severity);
		record_append_number(content, problem->line);
		record_append_number(content, problem->column);
		record_append_text(content, text_of(problem->file));
		record_append_text(content, text_of(problem->asset));
		record_append_text(content, text_of(problem->message));
	}
}

void keeper_message_append_listing(struct buffer *messages, const struct store_listing *listing,
	const struct store_listing *known, const struct problem_list *problems) {
	const size_t start = messages->length;
	struct head head = {.kind = KEEPER_LISTED};
	buffer_append(messages, &head, sizeof(head));
	record_append_number(messages, listing->is_incomplete);
	record_append_number(messages, listing->count);
	for (size_t i = 0; i < listing->count; i++) {
		append_file(messages, listing->files[i], known);
	}
	keeper_message_append_problems(messages, problems);
	if (!messages->failed) {
		head.length = messages->length - start - sizeof(head);
		memcpy(messages->data + start, &head, sizeof(head));
	}
}

bool keeper_message_take(struct text *text, enum keeper_message *kind, struct text *content) {
	struct head head;
	if (text->length < sizeof(head)) {
		return false;
	}
	memcpy(&head, text->data, sizeof(head));
	if (text->length - sizeof(head) < head.length) {
		return false;
	}
	*kind = (enum keeper_message)head.kind;
	*content = text_part(*text, sizeof(head), head.length);
	*text = text_part(*text, sizeof(head) + head.length, text->length);
	return true;
}

/* A known file is shared. Returns NULL where there is none, or no memory. */
static struct card_file *read_file(
	struct record_reading *reading, const struct store_listing *known) {
	const bool is_known = record_read_number(reading) != 0;
	const struct text path = record_read_text(reading);
	if (is_known) {
		struct buffer string = {0};
		buffer_append_text(&string, path);
		struct card_file *file = string.failed || string.length == 0
						 ? NULL
						 : store_listing_find(known, string.data);
		buffer_finish(&string);
		return file == NULL ? NULL : card_file_acquire(file);
	}
	const struct text directory = record_read_text(reading);
	const struct text text = record_read_text(reading);
	const int64_t modified = (int64_t)record_read_number(reading);
	return reading->failed ? NULL : card_file_create(path, directory, text, modified);
}

static bool read_files(struct record_reading *reading, const struct store_listing *known,
	struct store_listing *listing) {
	const uint64_t count = record_read_number(reading);
	for (uint64_t i = 0; i < count; i++) {
		struct card_file *file = read_file(reading, known);
		if (file == NULL || !store_listing_add(listing, file)) {
			return false;
		}
	}
	return true;
}

static void read_problem(struct record_reading *reading, struct problem_list *problems) {
	const enum problem_severity severity = (enum problem_severity)record_read_number(reading);
	const uint32_t line = (uint32_t)record_read_number(reading);
	const uint32_t column = (uint32_t)record_read_number(reading);
	const struct text file = record_read_text(reading);
	const struct text asset = record_read_text(reading);
	const struct text message = record_read_text(reading);
	if (!reading->failed) {
		problem_list_add(problems, severity, file, line, column, asset, "%.*s",
			TEXT_ARGUMENTS(message));
	}
}

bool keeper_message_read_listing(struct text content, const struct store_listing *known,
	struct store_listing *listing, struct problem_list *problems) {
	struct record_reading reading = {.rest = content};
	listing->is_incomplete = record_read_number(&reading) != 0;
	if (!read_files(&reading, known, listing)) {
		return false;
	}
	const uint64_t count = record_read_number(&reading);
	for (uint64_t i = 0; i < count && !reading.failed; i++) {
		read_problem(&reading, problems);
	}
	return !reading.failed && !problems->failed;
}

bool keeper_message_is_same(
	const struct store_listing *listing, const struct store_listing *other) {
	if (listing->count != other->count || listing->is_incomplete != other->is_incomplete) {
		return false;
	}
	for (size_t i = 0; i < listing->count; i++) {
		const struct card_file *file = listing->files[i];
		if (strcmp(file->path, other->files[i]->path) != 0 ||
			!is_same_file(file, other->files[i])) {
			return false;
		}
	}
	return true;
}
