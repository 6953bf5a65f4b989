#include "yaml/json.h"

#include "base/table.h"
#include "yaml/spelling.h"
#include "yaml/write.h"

static void write_value(
	struct buffer *buffer, const struct value *value, bool indent, size_t level);

struct short_escape {
	char character;
	char letter;
};

static const struct short_escape short_escapes[] = {
	{'"', '"'},
	{'\\', '\\'},
	{'\b', 'b'},
	{'\f', 'f'},
	{'\n', 'n'},
	{'\r', 'r'},
	{'\t', 't'},
};

static void append_escape(struct buffer *buffer, uint32_t character) {
	for (size_t i = 0; i < sizeof(short_escapes) / sizeof(short_escapes[0]); i++) {
		if (character == (unsigned char)short_escapes[i].character) {
			buffer_append_byte(buffer, '\\');
			buffer_append_byte(buffer, short_escapes[i].letter);
			return;
		}
	}
	if (character > 0xFFFF) {
		uint32_t offset = character - 0x10000;
		buffer_append_format(buffer, "\\u%04x\\u%04x", 0xD800 + (offset >> 10),
			0xDC00 + (offset & 0x3FF));
		return;
	}
	buffer_append_format(buffer, "\\u%04x", character);
}

void json_write_string(struct buffer *buffer, struct text text) {
	spelling_append_quoted(buffer, text, append_escape);
}

static struct text text_key(const void *item) {
	return *(const struct text *)item;
}

/* The string that stands for a key in an object. */
static bool key_text(struct arena *arena, const struct value *key, struct text *text) {
	if (key->type == VALUE_STRING) {
		*text = key->canonical;
		return true;
	}
	struct buffer spelled = {0};
	yaml_write_inline(&spelled, key);
	bool copied = !spelled.failed && arena_copy_text(arena, buffer_text(&spelled), text);
	buffer_finish(&spelled);
	return copied;
}

static bool collect_keys(struct arena *arena, const struct value *value, struct text *keys) {
	for (size_t i = 0; i < value->mapping.count; i++) {
		if (!key_text(arena, value->mapping.pairs[i].key, &keys[i])) {
			return false;
		}
	}
	return true;
}

/* Sets *distinct to whether all keys are. Returns false when there is no memory. */
static bool compare_keys(struct text *keys, size_t count, bool *distinct) {
	struct table table = {.key = text_key};
	bool added = table_reserve(&table, count);
	*distinct = true;
	for (size_t i = 0; i < count && added && *distinct; i++) {
		*distinct = table_find(&table, keys[i]) == NULL;
		added = !*distinct || table_add(&table, &keys[i]);
	}
	table_finish(&table);
	return added;
}

static bool has_only_string_keys(const struct value *value) {
	for (size_t i = 0; i < value->mapping.count; i++) {
		if (value->mapping.pairs[i].key->type != VALUE_STRING) {
			return false;
		}
	}
	return true;
}

/* Whether the keys of a mapping stay different when each is a string. */
static bool keys_stay_distinct(struct buffer *buffer, const struct value *value) {
	if (value->mapping.count < 2 ||
		(value->type == VALUE_MAPPING && has_only_string_keys(value))) {
		return true;
	}
	struct arena arena = {0};
	bool distinct = false;
	struct text *keys = arena_allocate_array(&arena, value->mapping.count, sizeof(struct text));
	if (!keys || !collect_keys(&arena, value, keys) ||
		!compare_keys(keys, value->mapping.count, &distinct)) {
		buffer->failed = true;
	}
	arena_finish(&arena);
	return distinct;
}

static void write_key(struct buffer *buffer, const struct value *key) {
	if (key->type == VALUE_STRING) {
		json_write_string(buffer, key->canonical);
		return;
	}
	struct buffer spelled = {0};
	yaml_write_inline(&spelled, key);
	buffer->failed |= spelled.failed;
	json_write_string(buffer, buffer_text(&spelled));
	buffer_finish(&spelled);
}

static void break_line(struct buffer *buffer, bool indent, size_t level) {
	if (indent) {
		buffer_append_byte(buffer, '\n');
		spelling_append_indentation(buffer, level);
	}
}

/* What stands before item number index of a container. */
static void begin_item(struct buffer *buffer, size_t index, bool indent, size_t level) {
	if (index > 0) {
		buffer_append_byte(buffer, ',');
	}
	break_line(buffer, indent, level);
}

static void write_pair(
	struct buffer *buffer, const struct value_pair *pair, bool indent, size_t level) {
	buffer_append_byte(buffer, '[');
	begin_item(buffer, 0, indent, level + 1);
	write_value(buffer, pair->key, indent, level + 1);
	begin_item(buffer, 1, indent, level + 1);
	write_value(buffer, pair->value, indent, level + 1);
	break_line(buffer, indent, level);
	buffer_append_byte(buffer, ']');
}

static void write_object(
	struct buffer *buffer, const struct value *value, bool indent, size_t level) {
	buffer_append_byte(buffer, '{');
	for (size_t i = 0; i < value->mapping.count; i++) {
		begin_item(buffer, i, indent, level + 1);
		write_key(buffer, value->mapping.pairs[i].key);
		buffer_append_string(buffer, indent ? ": " : ":");
		write_value(buffer, value->mapping.pairs[i].value, indent, level + 1);
	}
	break_line(buffer, indent, level);
	buffer_append_byte(buffer, '}');
}

static void write_item(
	struct buffer *buffer, const struct value *value, size_t index, bool indent, size_t level) {
	if (value->type == VALUE_SEQUENCE) {
		write_value(buffer, value->sequence.items[index], indent, level);
		return;
	}
	if (value->type == VALUE_SET) {
		write_value(buffer, value->mapping.pairs[index].key, indent, level);
		return;
	}
	write_pair(buffer, &value->mapping.pairs[index], indent, level);
}

static void write_array(
	struct buffer *buffer, const struct value *value, bool indent, size_t level) {
	size_t count = value->type == VALUE_SEQUENCE ? value->sequence.count : value->mapping.count;
	buffer_append_byte(buffer, '[');
	for (size_t i = 0; i < count; i++) {
		begin_item(buffer, i, indent, level + 1);
		write_item(buffer, value, i, indent, level + 1);
	}
	break_line(buffer, indent, level);
	buffer_append_byte(buffer, ']');
}

static bool is_object(struct buffer *buffer, const struct value *value) {
	return (value->type == VALUE_MAPPING || value->type == VALUE_ORDERED_MAP) &&
	       keys_stay_distinct(buffer, value);
}

static bool is_empty(const struct value *value) {
	return value->type == VALUE_SEQUENCE ? value->sequence.count == 0
					     : value->mapping.count == 0;
}

static void write_container(
	struct buffer *buffer, const struct value *value, bool indent, size_t level) {
	bool indented = indent && !is_empty(value) && level < SPELLING_INDENTED_LEVELS;
	if (is_object(buffer, value)) {
		write_object(buffer, value, indented, level);
		return;
	}
	write_array(buffer, value, indented, level);
}

static void write_float(struct buffer *buffer, double number) {
	const char *special = spelling_special_float(number);
	if (special) {
		json_write_string(buffer, text_of(special));
		return;
	}
	spelling_append_float(buffer, number);
}

static void write_binary(struct buffer *buffer, struct text bytes) {
	buffer_append_byte(buffer, '"');
	spelling_append_base64(buffer, bytes);
	buffer_append_byte(buffer, '"');
}

static void write_value(
	struct buffer *buffer, const struct value *value, bool indent, size_t level) {
	switch ((enum value_type)value->type) {
	case VALUE_NULL:
		buffer_append_string(buffer, "null");
		break;
	case VALUE_BOOLEAN:
		buffer_append_string(buffer, value->boolean ? "true" : "false");
		break;
	case VALUE_INTEGER:
		buffer_append_text(buffer, value->canonical);
		break;
	case VALUE_FLOAT:
		write_float(buffer, value->number);
		break;
	case VALUE_STRING:
	case VALUE_DATE:
	case VALUE_DATETIME:
		json_write_string(buffer, value->canonical);
		break;
	case VALUE_BINARY:
		write_binary(buffer, value->canonical);
		break;
	case VALUE_SEQUENCE:
	case VALUE_MAPPING:
	case VALUE_SET:
	case VALUE_ORDERED_MAP:
	case VALUE_PAIRS:
		write_container(buffer, value, indent, level);
		break;
	}
}

void json_write(struct buffer *buffer, const struct value *value, bool indent) {
	write_value(buffer, value, indent, 0);
}
