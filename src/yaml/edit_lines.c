#include "yaml/editing.h"

#include "yaml/write.h"

/* ---- places ---- */

static bool is_break(char byte) {
	return byte == '\n' || byte == '\r';
}

static size_t find_line_start(struct text text, size_t offset) {
	while (offset > 0 && !is_break(text.data[offset - 1])) {
		offset--;
	}
	return offset;
}

/* Where the break behind the line is, or the end of the text. */
static size_t find_line_end(struct text text, size_t offset) {
	while (offset < text.length && !is_break(text.data[offset])) {
		offset++;
	}
	return offset;
}

static size_t skip_break(struct text text, size_t offset) {
	offset += offset < text.length && text.data[offset] == '\r';
	offset += offset < text.length && text.data[offset] == '\n';
	return offset;
}

static size_t skip_empty_lines(struct text text, size_t offset) {
	for (;;) {
		size_t end = offset;
		while (end < text.length && text.data[end] == ' ') {
			end++;
		}
		size_t behind = skip_break(text, end);
		if (behind == end) {
			return offset;
		}
		offset = behind;
	}
}

/* The end of the last line of what ends at offset, which may be behind that line's break. */
static size_t find_last_line_end(struct text text, size_t offset) {
	if (offset > 0 && text.data[offset - 1] == '\n') {
		offset--;
		return offset - (offset > 0 && text.data[offset - 1] == '\r');
	}
	return find_line_end(text, offset);
}

const char *editing_find_line_break(struct text text) {
	size_t end = find_line_end(text, 0);
	return text_starts_with(text_part(text, end, 2), TEXT("\r\n")) ? "\r\n" : "\n";
}

static size_t indentation_of(const struct outline_node *key) {
	return key->column - 1;
}

/* Whether a key has nothing but blanks before it on its line. */
static bool is_first_on_line(const struct editing *editing, const struct outline_node *key) {
	size_t offset = find_line_start(editing->text, key->start);
	while (offset < key->start && editing->text.data[offset] == ' ') {
		offset++;
	}
	return offset == key->start;
}

static bool check_place(const struct editing *editing, const struct outline_node *key) {
	return is_first_on_line(editing, key) ||
	       editing_refuse(editing, key, "its key is marked with \"?\"");
}

/* ---- writing ---- */

static void append_from(const struct editing *editing, size_t from, size_t to) {
	buffer_append_text(editing->edited, text_part(editing->text, from, to - from));
}

static void append_spaces(struct buffer *text, size_t count) {
	while (count-- > 0) {
		buffer_append_byte(text, ' ');
	}
}

void editing_append_comments(
	const struct editing *editing, size_t from, size_t to, size_t indentation) {
	struct text comment;
	while (outline_next_comment(&editing->outline, &from, to, &comment)) {
		append_spaces(editing->edited, indentation);
		buffer_append_text(editing->edited, comment);
		buffer_append_string(editing->edited, editing->line_break);
	}
}

/* Appends the comment of the line from there on, and the blanks before it. */
static void append_line_comment(const struct editing *editing, size_t from, size_t line_end) {
	struct text comment;
	size_t behind = from;
	if (!outline_next_comment(&editing->outline, &behind, line_end, &comment)) {
		return;
	}
	size_t start = (size_t)(comment.data - editing->text.data);
	size_t blanks = start;
	while (blanks > from && editing->text.data[blanks - 1] == ' ') {
		blanks--;
	}
	append_from(editing, blanks, line_end);
}

/* A value as it stands behind "KEY:": the rest of that line, and the lines below it. */
struct rendering {
	struct buffer whole;
	struct text line;  /* of whole */
	struct text below; /* likewise, with its line breaks */
};

/* Appends " VALUE", or the lines of a collection or a text behind a break. */
static void write_behind_key(
	struct buffer *whole, const struct value *key, const struct value *value) {
	struct value_pair pair = {key, value};
	struct buffer key_text = {0};
	struct buffer pair_text = {0};
	yaml_write_inline(&key_text, key);
	yaml_write(&pair_text, &(struct value){.type = VALUE_MAPPING, .mapping = {&pair, 1}});
	whole->failed |= key_text.failed || pair_text.failed;
	buffer_append_text(
		whole, text_part(buffer_text(&pair_text), key_text.length + 1, pair_text.length));
	buffer_finish(&key_text);
	buffer_finish(&pair_text);
}

static void render(const struct editing *editing, const struct value *key,
	const struct value *value, struct rendering *rendering) {
	struct buffer *whole = &rendering->whole;
	*rendering = (struct rendering){0};
	if (editing_keeps_written(value)) {
		buffer_append_byte(whole, ' ');
		buffer_append_text(whole, value->written);
	} else if (editing->is_cautious) {
		buffer_append_byte(whole, ' ');
		yaml_write_inline(whole, value);
	} else {
		write_behind_key(whole, key, value);
	}
	struct text text = buffer_text(whole);
	rendering->line = text_part(text, 0, text_index(text, '\n'));
	rendering->below = text_part(text, rendering->line.length + 1, text.length);
}

static void finish_rendering(const struct editing *editing, struct rendering *rendering) {
	editing->edited->failed |= rendering->whole.failed;
	buffer_finish(&rendering->whole);
}

/* Appends the lines below the key's, each behind a break, as far to the right as the key is. */
static void append_below(
	const struct editing *editing, const struct rendering *rendering, size_t indentation) {
	struct text rest = rendering->below;
	while (rest.length > 0) {
		struct text line = text_part(rest, 0, text_index(rest, '\n'));
		rest = text_part(rest, line.length + 1, rest.length);
		buffer_append_string(editing->edited, editing->line_break);
		append_spaces(editing->edited, line.length > 0 ? indentation : 0);
		buffer_append_text(editing->edited, line);
	}
}

/* ---- the changes ---- */

bool editing_replace_in_lines(
	const struct editing *editing, const struct value *key, const struct value *value) {
	size_t from = editing_find_value(editing, editing->key);
	if (!check_place(editing, editing->key)) {
		return false;
	}
	if (from == 0) {
		return editing_refuse(editing, editing->key, "its colon is on another line");
	}
	size_t value_end = outline_value(&editing->outline, editing->key)->end;
	size_t last_line_end = find_last_line_end(editing->text, value_end);
	size_t line_end = find_line_end(editing->text, from);
	size_t behind = skip_break(editing->text, last_line_end);
	struct rendering rendering;
	render(editing, key, value, &rendering);
	append_from(editing, 0, from);
	buffer_append_text(editing->edited, rendering.line);
	append_line_comment(editing, from, line_end);
	append_below(editing, &rendering, indentation_of(editing->key));
	buffer_append_string(editing->edited, editing->line_break);
	editing_append_comments(editing, line_end, last_line_end, indentation_of(editing->key));
	append_from(editing, behind, editing->text.length);
	finish_rendering(editing, &rendering);
	return true;
}

bool editing_add_in_lines(
	const struct editing *editing, const struct value *key, const struct value *value) {
	const struct outline_node *first = editing->mapping + 1;
	if (!check_place(editing, first)) {
		return false;
	}
	size_t line_end = find_last_line_end(editing->text, editing->mapping->end);
	size_t place = skip_break(editing->text, line_end);
	struct rendering rendering;
	render(editing, key, value, &rendering);
	append_from(editing, 0, place);
	buffer_append_string(editing->edited, place == line_end ? editing->line_break : "");
	append_spaces(editing->edited, indentation_of(first));
	yaml_write_inline(editing->edited, key);
	buffer_append_byte(editing->edited, ':');
	buffer_append_text(editing->edited, rendering.line);
	append_below(editing, &rendering, indentation_of(first));
	buffer_append_string(editing->edited, editing->line_break);
	append_from(editing, place, editing->text.length);
	finish_rendering(editing, &rendering);
	return true;
}

bool editing_remove_in_lines(const struct editing *editing, const struct outline_node *key) {
	if (!check_place(editing, key)) {
		return false;
	}
	size_t value_end = outline_value(&editing->outline, key)->end;
	size_t from = find_line_start(editing->text, key->start);
	size_t to = skip_break(editing->text, find_last_line_end(editing->text, value_end));
	if (editing->is_cautious) {
		to = skip_empty_lines(editing->text, to);
	}
	append_from(editing, 0, from);
	editing_append_comments(editing, from, to, indentation_of(key));
	append_from(editing, to, editing->text.length);
	return true;
}
