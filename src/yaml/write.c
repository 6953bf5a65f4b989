#include "yaml/write.h"

#include "yaml/spelling.h"
#include "yaml/style.h"

/* Readers want a key of more than 1024 characters marked; a byte becomes four at most. */
enum { SIMPLE_KEY_LENGTH = 128 };

/* A float that is written longer is written anew. */
enum { WRITTEN_FLOAT_LENGTH = 40 };

/* Bytes that take up a line of base64. */
enum { BINARY_LINE_LENGTH = 57 };

static void write_flow(
	struct buffer *buffer, const struct value *value, enum style_context context);
static void write_entries(struct buffer *buffer, const struct value *value, size_t level);

static size_t count_of(const struct value *value) {
	return value->type == VALUE_SEQUENCE ? value->sequence.count : value->mapping.count;
}

/* The tag that tells a container from a plain sequence or mapping, or "". */
static const char *tag_of(const struct value *value) {
	static const char *const tags[] = {
		[VALUE_SEQUENCE] = "",
		[VALUE_MAPPING] = "",
		[VALUE_SET] = "!!set",
		[VALUE_ORDERED_MAP] = "!!omap",
		[VALUE_PAIRS] = "!!pairs",
	};
	return tags[value->type];
}

/* Whether it is a list of mappings of one pair each. */
static bool is_list_of_pairs(const struct value *value) {
	return value->type == VALUE_ORDERED_MAP || value->type == VALUE_PAIRS;
}

/* ---- scalars on one line ---- */

struct escape_letter {
	char character;
	char letter;
};

static const struct escape_letter escape_letters[] = {
	{'"', '"'},
	{'\\', '\\'},
	{'\0', '0'},
	{'\t', 't'},
	{'\n', 'n'},
	{'\r', 'r'},
};

static void append_escape(struct buffer *buffer, uint32_t character) {
	for (size_t i = 0; i < sizeof(escape_letters) / sizeof(escape_letters[0]); i++) {
		if (character == (unsigned char)escape_letters[i].character) {
			buffer_append_byte(buffer, '\\');
			buffer_append_byte(buffer, escape_letters[i].letter);
			return;
		}
	}
	if (character <= 0xFF) {
		buffer_append_format(buffer, "\\x%02x", character);
	} else if (character <= 0xFFFF) {
		buffer_append_format(buffer, "\\u%04x", character);
	} else {
		buffer_append_format(buffer, "\\U%08x", character);
	}
}

static void append_single_quoted(struct buffer *buffer, struct text text) {
	buffer_append_byte(buffer, '\'');
	while (text.length > 0) {
		size_t length = text_index(text, '\'');
		buffer_append_text(buffer, text_part(text, 0, length));
		if (length < text.length) {
			buffer_append_string(buffer, "''");
		}
		text = text_part(text, length + 1, text.length);
	}
	buffer_append_byte(buffer, '\'');
}

static void append_string(struct buffer *buffer, struct text text, enum style_context context) {
	bool has_escapable =
		text_index(text, '"') < text.length || text_index(text, '\\') < text.length;
	if (style_is_plain(text, context)) {
		buffer_append_text(buffer, text);
	} else if (has_escapable && style_is_printable(text)) {
		append_single_quoted(buffer, text);
	} else {
		spelling_append_quoted(buffer, text, append_escape);
	}
}

/* Moves *offset behind a run of digits; false where there is none. */
static bool skip_digits(struct text text, size_t *offset) {
	size_t start = *offset;
	while (*offset < text.length && text.data[*offset] >= '0' && text.data[*offset] <= '9') {
		*offset += 1;
	}
	return *offset > start;
}

static bool skip_byte(struct text text, size_t *offset, const char *allowed) {
	bool found = *offset < text.length && text.data[*offset] != '\0' &&
		     text_index(text_of(allowed), text.data[*offset]) < text_of(allowed).length;
	*offset += found;
	return found;
}

/* Whether every reader takes the text for a float: -?WHOLE.DIGITS with perhaps e[+-]DIGITS. */
static bool is_common_float(struct text text) {
	size_t offset = 0;
	skip_byte(text, &offset, "-");
	size_t whole = offset;
	if (!skip_digits(text, &offset) || (text.data[whole] == '0' && offset - whole > 1)) {
		return false;
	}
	if (!skip_byte(text, &offset, ".") || !skip_digits(text, &offset)) {
		return false;
	}
	if (offset == text.length) {
		return true;
	}
	return skip_byte(text, &offset, "eE") && skip_byte(text, &offset, "+-") &&
	       skip_digits(text, &offset) && offset == text.length;
}

static void append_float(struct buffer *buffer, const struct value *value) {
	const char *special = spelling_special_float(value->number);
	if (special) {
		buffer_append_string(buffer, special);
	} else if (value->written.length <= WRITTEN_FLOAT_LENGTH &&
		   is_common_float(value->written)) {
		buffer_append_text(buffer, value->written);
	} else {
		spelling_append_float(buffer, value->number);
	}
}

/* Without a zone as "2001-12-14 21:59:43": Go's reader takes a T there for a string. */
static void append_datetime(struct buffer *buffer, struct text canonical) {
	enum { DATE_LENGTH = 10, TIME_LENGTH = 8 };
	struct text date = text_part(canonical, 0, DATE_LENGTH);
	struct text time = text_part(canonical, DATE_LENGTH + 1, canonical.length);
	bool has_zone = text_index(time, '+') < time.length || text_index(time, '-') < time.length;
	buffer_append_text(buffer, date);
	buffer_append_byte(buffer, has_zone ? 'T' : ' ');
	buffer_append_text(buffer, time);
}

static void append_binary(struct buffer *buffer, struct text bytes) {
	buffer_append_string(buffer, bytes.length > 0 ? "!!binary " : "!!binary \"\"");
	spelling_append_base64(buffer, bytes);
}

static void append_scalar(
	struct buffer *buffer, const struct value *value, enum style_context context) {
	switch ((enum value_type)value->type) {
	case VALUE_BOOLEAN:
		buffer_append_string(buffer, value->boolean ? "true" : "false");
		break;
	case VALUE_FLOAT:
		append_float(buffer, value);
		break;
	case VALUE_STRING:
		append_string(buffer, value->canonical, context);
		break;
	case VALUE_INTEGER:
	case VALUE_DATE:
		buffer_append_text(buffer, value->canonical);
		break;
	case VALUE_DATETIME:
		append_datetime(buffer, value->canonical);
		break;
	case VALUE_BINARY:
		append_binary(buffer, value->canonical);
		break;
	default:
		buffer_append_string(buffer, "null");
		break;
	}
}

/* ---- everything on one line ---- */

/* Whether a key must be marked with "? ". */
static bool is_marked_key(const struct value *key) {
	bool has_length = key->type == VALUE_STRING || key->type == VALUE_BINARY ||
			  key->type == VALUE_INTEGER;
	return !value_is_scalar(key) || (has_length && key->canonical.length > SIMPLE_KEY_LENGTH);
}

static void write_flow_key(struct buffer *buffer, const struct value *key) {
	buffer_append_string(buffer, is_marked_key(key) ? "? " : "");
	write_flow(buffer, key, STYLE_FLOW);
}

static void write_flow_pair(struct buffer *buffer, const struct value_pair *pair) {
	write_flow_key(buffer, pair->key);
	buffer_append_string(buffer, is_marked_key(pair->key) ? " : " : ": ");
	write_flow(buffer, pair->value, STYLE_FLOW);
}

static void write_flow_entry(struct buffer *buffer, const struct value *value, size_t index) {
	if (value->type == VALUE_SEQUENCE) {
		write_flow(buffer, value->sequence.items[index], STYLE_FLOW);
	} else if (value->type == VALUE_SET) {
		write_flow_key(buffer, value->mapping.pairs[index].key);
	} else if (value->type == VALUE_MAPPING) {
		write_flow_pair(buffer, &value->mapping.pairs[index]);
	} else {
		buffer_append_byte(buffer, '{');
		write_flow_pair(buffer, &value->mapping.pairs[index]);
		buffer_append_byte(buffer, '}');
	}
}

static void write_flow(
	struct buffer *buffer, const struct value *value, enum style_context context) {
	if (value_is_scalar(value)) {
		append_scalar(buffer, value, context);
		return;
	}
	bool is_list = value->type == VALUE_SEQUENCE || is_list_of_pairs(value);
	const char *tag = tag_of(value);
	buffer_append_string(buffer, tag);
	buffer_append_string(buffer, tag[0] ? " " : "");
	buffer_append_byte(buffer, is_list ? '[' : '{');
	for (size_t i = 0; i < count_of(value); i++) {
		buffer_append_string(buffer, i > 0 ? ", " : "");
		write_flow_entry(buffer, value, i);
	}
	buffer_append_byte(buffer, is_list ? ']' : '}');
}

void yaml_write_inline(struct buffer *buffer, const struct value *value) {
	write_flow(buffer, value, STYLE_BLOCK);
}

/* ---- a line an entry ---- */

/* What says how many line breaks at the end belong to the text: none, one or all. */
static const char *chomping_of(struct text text) {
	if (text_ends_with(text, TEXT("\n\n"))) {
		return "+";
	}
	return text_ends_with(text, TEXT("\n")) ? "" : "-";
}

static void write_block_text(struct buffer *buffer, struct text text, size_t level) {
	/* Readers guess the indentation from the first line unless they are told. */
	bool is_guess_wrong = text.data[0] == ' ' || text.data[0] == '\t' || text.data[0] == '\n';
	buffer_append_string(buffer, is_guess_wrong ? "|2" : "|");
	buffer_append_string(buffer, chomping_of(text));
	buffer_append_byte(buffer, '\n');
	while (text.length > 0) {
		size_t length = text_index(text, '\n');
		if (length > 0) {
			spelling_append_indentation(buffer, level);
		}
		buffer_append_text(buffer, text_part(text, 0, length));
		buffer_append_byte(buffer, '\n');
		text = text_part(text, length + 1, text.length);
	}
}

static void write_block_binary(struct buffer *buffer, struct text bytes, size_t level) {
	buffer_append_string(buffer, "!!binary |\n");
	for (size_t offset = 0; offset < bytes.length; offset += BINARY_LINE_LENGTH) {
		spelling_append_indentation(buffer, level);
		spelling_append_base64(buffer, text_part(bytes, offset, BINARY_LINE_LENGTH));
		buffer_append_byte(buffer, '\n');
	}
}

/* Writes a scalar, or what is to stand on one line, to the line's end. */
static void write_line(struct buffer *buffer, const struct value *value, size_t level) {
	if (value->type == VALUE_STRING && style_is_block(value->canonical)) {
		write_block_text(buffer, value->canonical, level);
		return;
	}
	if (value->type == VALUE_BINARY && value->canonical.length > BINARY_LINE_LENGTH) {
		write_block_binary(buffer, value->canonical, level);
		return;
	}
	yaml_write_inline(buffer, value);
	buffer_append_byte(buffer, '\n');
}

static bool has_lines(const struct value *value, size_t level) {
	return !value_is_scalar(value) && count_of(value) > 0 && level < SPELLING_INDENTED_LEVELS;
}

/*
 * Writes a value behind "key:" or "-", its entries, if it has any, at level. Those of a compact one
 * begin on the same line.
 */
static void write_nested(
	struct buffer *buffer, const struct value *value, size_t level, bool is_compact) {
	if (!has_lines(value, level)) {
		buffer_append_byte(buffer, ' ');
		write_line(buffer, value, level);
		return;
	}
	const char *tag = tag_of(value);
	if (is_compact && !tag[0]) {
		buffer_append_byte(buffer, ' ');
		write_entries(buffer, value, level);
		return;
	}
	buffer_append_string(buffer, tag[0] ? " " : "");
	buffer_append_string(buffer, tag);
	buffer_append_byte(buffer, '\n');
	spelling_append_indentation(buffer, level);
	write_entries(buffer, value, level);
}

static void write_pair(struct buffer *buffer, const struct value_pair *pair, size_t level) {
	if (is_marked_key(pair->key)) {
		buffer_append_string(buffer, "? ");
		yaml_write_inline(buffer, pair->key);
		buffer_append_byte(buffer, '\n');
		spelling_append_indentation(buffer, level);
	} else {
		yaml_write_inline(buffer, pair->key);
	}
	buffer_append_byte(buffer, ':');
	write_nested(buffer, pair->value, level + 1, false);
}

static void write_entry(
	struct buffer *buffer, const struct value *value, size_t index, size_t level) {
	if (value->type == VALUE_SEQUENCE) {
		buffer_append_byte(buffer, '-');
		write_nested(buffer, value->sequence.items[index], level + 1, true);
	} else if (value->type == VALUE_SET) {
		buffer_append_string(buffer, "? ");
		yaml_write_inline(buffer, value->mapping.pairs[index].key);
		buffer_append_byte(buffer, '\n');
	} else if (value->type == VALUE_MAPPING) {
		write_pair(buffer, &value->mapping.pairs[index], level);
	} else {
		buffer_append_string(buffer, "- ");
		write_pair(buffer, &value->mapping.pairs[index], level + 1);
	}
}

/* Writes the entries of a container, the first where the buffer ends, which is at level. */
static void write_entries(struct buffer *buffer, const struct value *value, size_t level) {
	for (size_t i = 0; i < count_of(value); i++) {
		if (i > 0) {
			spelling_append_indentation(buffer, level);
		}
		write_entry(buffer, value, i, level);
	}
}

void yaml_write(struct buffer *buffer, const struct value *value) {
	if (!has_lines(value, 0)) {
		yaml_write_inline(buffer, value);
		buffer_append_byte(buffer, '\n');
		return;
	}
	const char *tag = tag_of(value);
	buffer_append_string(buffer, tag);
	buffer_append_string(buffer, tag[0] ? "\n" : "");
	write_entries(buffer, value, 0);
}
