/*
 * Reading: whatever the bytes, each document is a value or an error. What is read without libyaml
 * is what libyaml reads; what is written is read as what it was; JSON is UTF-8.
 */
#include "fuzz.h"

#include "yaml/json.h"
#include "yaml/read.h"
#include "yaml/simple.h"
#include "yaml/write.h"

/* Small, so that limits are hit and no input takes long. */
static const struct yaml_limits limits = {
	.file_size = 1 << 16, .scalar_size = 1 << 12, .expanded_size = 1 << 16, .depth = 60};

static bool take_nothing(void *context, const yaml_event_t *event) {
	(void)context;
	(void)event;
	return true;
}

static bool is_simple(struct text file, const struct yaml_slice *slice) {
	const struct source source = source_of_slice(file, slice);
	return simple_scan(&source, take_nothing, NULL);
}

static bool stand_alike(const struct value *a, const struct value *b) {
	if (a->type != b->type || a->line != b->line || a->column != b->column ||
		a->weight != b->weight || a->height != b->height) {
		return false;
	}
	if (value_is_scalar(a)) {
		return text_equal(a->written, b->written) && value_equal(a, b);
	}
	if (a->type == VALUE_SEQUENCE) {
		bool alike = a->sequence.count == b->sequence.count;
		for (size_t i = 0; alike && i < a->sequence.count; i++) {
			alike = stand_alike(a->sequence.items[i], b->sequence.items[i]);
		}
		return alike;
	}
	bool alike = a->mapping.count == b->mapping.count;
	for (size_t i = 0; alike && i < a->mapping.count; i++) {
		alike = stand_alike(a->mapping.pairs[i].key, b->mapping.pairs[i].key) &&
			stand_alike(a->mapping.pairs[i].value, b->mapping.pairs[i].value);
	}
	return alike;
}

/* A comment that is not ASCII hands a document over to libyaml, and changes nothing in it. */
static void check_against_libyaml(
	struct text file, const struct yaml_slice *slice, const struct value *value) {
	if (!is_simple(file, slice)) {
		return;
	}
	struct buffer text = {0};
	struct arena arena = {0};
	const struct value *other = NULL;
	struct error error = {0};
	buffer_append_text(&text, text_part(file, slice->offset, slice->length));
	buffer_append_string(&text, "\n# \xC3\xA9\n");
	CHECK(!text.failed);
	const struct yaml_slice whole = {.length = text.length, .line = slice->line};
	CHECK(!is_simple(buffer_text(&text), &whole));
	CHECK(yaml_read(&arena, buffer_text(&text), &whole, &limits, &other, &error) ==
		YAML_READ_VALUE);
	CHECK(stand_alike(value, other));
	arena_finish(&arena);
	buffer_finish(&text);
}

static void check_written(const struct value *value) {
	struct buffer text = {0};
	struct arena arena = {0};
	const struct value *again = NULL;
	yaml_write(&text, value);
	CHECK(!text.failed);
	const struct yaml_slice whole = {.length = text.length, .line = 1};
	CHECK(yaml_read(&arena, buffer_text(&text), &whole, &yaml_default_limits, &again, NULL) ==
		YAML_READ_VALUE);
	CHECK(value_equal(value, again));
	buffer_clear(&text);
	yaml_write_inline(&text, value);
	CHECK(!text.failed && text_index(buffer_text(&text), '\n') == text.length);
	buffer_clear(&text);
	json_write(&text, value, true);
	CHECK(!text.failed && text_is_utf8(buffer_text(&text)));
	arena_finish(&arena);
	buffer_finish(&text);
}

static void check_document(struct text file, const struct yaml_slice *slice) {
	struct arena arena = {0};
	struct error error = {0};
	const struct value *value = NULL;
	const enum yaml_result result = yaml_read(&arena, file, slice, &limits, &value, &error);
	CHECK((result == YAML_READ_ERROR) == (error.kind != ERROR_NONE));
	CHECK(error.kind != ERROR_MEMORY);
	CHECK(result != YAML_READ_ERROR || error.line >= slice->line);
	if (result == YAML_READ_VALUE) {
		CHECK(value->weight <= limits.expanded_size && value->height <= limits.depth);
		check_against_libyaml(file, slice, value);
		check_written(value);
	}
	arena_finish(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	const struct text file = {(const char *)data, size};
	struct yaml_slice slice = {0};
	size_t end = 0;
	while (yaml_next_slice(file, &slice)) {
		CHECK(slice.offset >= end && slice.offset + slice.length <= size);
		end = slice.offset + slice.length;
		check_document(file, &slice);
	}
	return 0;
}
