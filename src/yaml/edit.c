#include "yaml/edit.h"

#include "yaml/editing.h"
#include "yaml/revise.h"
#include "yaml/scalar.h"

/* As much of a key as a sentence takes. */
static struct text shown(const struct value *key) {
	return text_part(key->written, 0, 64);
}

bool editing_refuse(
	const struct editing *editing, const struct outline_node *node, const char *reason) {
	return error_set_at(editing->error, ERROR_INVALID, node->line, node->column,
		"%.*s cannot be changed here: %s; edit the file by hand",
		TEXT_ARGUMENTS(shown(editing->change->keys[0])), reason);
}

/* Another place may stand for what is marked in what goes. */
static bool check_anchors(const struct editing *editing, const struct outline_node *first,
	const struct outline_node *behind) {
	for (const struct outline_node *node = first; node < behind; node++) {
		if (node->has_anchor) {
			return editing_refuse(
				editing, node, "what goes is marked with an anchor (&)");
		}
	}
	return true;
}

size_t editing_find_value(const struct editing *editing, const struct outline_node *key) {
	struct text text = editing->text;
	size_t colon = key->end;
	while (colon < text.length && text.data[colon] == ' ') {
		colon++;
	}
	return colon < text.length && text.data[colon] == ':' ? colon + 1 : 0;
}

bool editing_keeps_written(const struct value *value) {
	static const enum scalar_tag tags[] = {
		[VALUE_BOOLEAN] = SCALAR_BOOLEAN,
		[VALUE_INTEGER] = SCALAR_INTEGER,
		[VALUE_FLOAT] = SCALAR_FLOAT,
		[VALUE_STRING] = SCALAR_NULL,
		[VALUE_DATE] = SCALAR_TIMESTAMP,
		[VALUE_DATETIME] = SCALAR_TIMESTAMP,
	};
	return value->type != VALUE_NULL && value->type <= VALUE_DATETIME &&
	       value->written.length > 0 &&
	       scalar_resolve(YAML_1_2, value->written) == tags[value->type];
}

/* ---- finding the field ---- */

static const struct outline_node *find_key(
	const struct editing *editing, const struct value_pair *pair) {
	return pair == NULL ? NULL
			    : outline_find_key(&editing->outline, editing->mapping, pair->key->line,
				      pair->key->column);
}

static bool is_mapping(const struct value *value, const struct outline_node *node) {
	return value->type == VALUE_MAPPING && node->kind == OUTLINE_MAPPING;
}

static bool refuse_step(const struct editing *editing, const struct value_pair *pair,
	const struct outline_node *node) {
	if (node->kind == OUTLINE_ALIAS) {
		return editing_refuse(editing, node,
			"it stands for a value elsewhere in the document (an alias)");
	}
	return error_set_at(editing->error, ERROR_INVALID, node->line, node->column,
		"\"%.*s\" is %s, which has no fields; unset it first",
		TEXT_ARGUMENTS(shown(pair->key)), value_type_name(pair->value->type));
}

/* Goes down along the keys as far as there are mappings. */
static bool find_field(struct editing *editing) {
	const struct yaml_change *change = editing->change;
	const struct value *mapping = editing->root;
	for (;;) {
		const struct value_pair *pair = revise_find(mapping, change->keys[editing->depth]);
		editing->key = find_key(editing, pair);
		if (outline_count_pairs(&editing->outline, editing->mapping) > 1 ||
			editing->emptied_key == NULL) {
			editing->emptied_mapping = editing->mapping;
			editing->emptied_key = editing->key;
		}
		bool is_last = editing->depth + 1 == change->key_count;
		if (pair != NULL && editing->key == NULL && !is_last) {
			return editing_refuse(editing, editing->mapping,
				"what it is in is merged from elsewhere (<<)");
		}
		if (editing->key == NULL || is_last) {
			return true;
		}
		const struct outline_node *value = outline_value(&editing->outline, editing->key);
		if (pair->value->type == VALUE_NULL && value->kind == OUTLINE_SCALAR) {
			return true;
		}
		if (!is_mapping(pair->value, value)) {
			return refuse_step(editing, pair, value);
		}
		mapping = pair->value;
		editing->mapping = value;
		editing->depth++;
	}
}

/* ---- the change ---- */

static bool replace_value(const struct editing *editing, const struct value *value) {
	const struct outline_node *node = outline_value(&editing->outline, editing->key);
	const struct outline_node *behind = &editing->outline.nodes[node->next];
	if (!check_anchors(editing, node, behind)) {
		return false;
	}
	const struct value *key = editing->change->keys[editing->depth];
	return editing->mapping->is_flow ? editing_replace_in_flow(editing, value)
					 : editing_replace_in_lines(editing, key, value);
}

static bool set_field(const struct editing *editing) {
	const struct yaml_change *change = editing->change;
	size_t depth = editing->depth;
	const struct value *value = revise_wrap(editing->arena, change->keys + depth + 1,
		change->key_count - depth - 1, change->value);
	if (value == NULL) {
		return error_set_memory(editing->error);
	}
	if (editing->key != NULL) {
		return replace_value(editing, value);
	}
	return editing->mapping->is_flow
		       ? editing_add_in_flow(editing, change->keys[depth], value)
		       : editing_add_in_lines(editing, change->keys[depth], value);
}

static bool unset_field(const struct editing *editing) {
	if (editing->key == NULL || editing->depth + 1 < editing->change->key_count) {
		return error_set(editing->error, ERROR_NOT_FOUND, "it is not set");
	}
	const struct outline_node *mapping = editing->emptied_mapping;
	const struct outline_node *key = editing->emptied_key;
	const struct outline_node *value = outline_value(&editing->outline, key);
	if (!check_anchors(editing, key, &editing->outline.nodes[value->next])) {
		return false;
	}
	return mapping->is_flow ? editing_remove_in_flow(editing, mapping, key)
				: editing_remove_in_lines(editing, key);
}

static bool read_document(struct arena *arena, struct text document, uint32_t line,
	const struct yaml_limits *limits, const struct value **root, struct error *error) {
	struct yaml_slice slice = {.length = document.length, .line = line};
	if (yaml_read(arena, document, &slice, limits, root, error) == YAML_READ_VALUE) {
		return true;
	}
	return error != NULL && error->kind != ERROR_NONE
		       ? false
		       : error_set_at(error, ERROR_INVALID, line, 0, "there is no document");
}

/* Sets *is_right to whether what was written reads as what was meant. */
static bool check_edited(const struct editing *editing, struct text edited,
	const struct yaml_limits *limits, bool *is_right) {
	const struct value *expected = revise(editing->arena, editing->root, editing->change);
	if (expected == NULL || editing->edited->failed) {
		return error_set_memory(editing->error);
	}
	const struct value *root;
	struct error fault = {0};
	*is_right = read_document(editing->arena, edited, 1, limits, &root, &fault) &&
		    value_equal(root, expected);
	if (fault.kind == ERROR_MEMORY || fault.kind == ERROR_LIMIT) {
		*editing->error = fault;
		return false;
	}
	return true;
}

static bool write_and_check(
	struct editing *editing, struct text mark, const struct yaml_limits *limits) {
	size_t start = editing->edited->length;
	for (int i = 0; i < 2; i++) {
		editing->is_cautious = i > 0;
		editing->edited->length = start;
		buffer_append_text(editing->edited, mark);
		bool is_right = false;
		if (!(editing->change->value != NULL ? set_field(editing) : unset_field(editing)) ||
			!check_edited(editing,
				text_part(buffer_text(editing->edited), start, SIZE_MAX), limits,
				&is_right)) {
			return false;
		}
		if (is_right) {
			return true;
		}
	}
	return editing_refuse(editing, editing->outline.nodes,
		"the document would not read as meant then, as where fields share an anchor");
}

static bool edit(struct editing *editing, struct text document, uint32_t line,
	const struct yaml_limits *limits) {
	if (!read_document(
		    editing->arena, document, line, limits, &editing->root, editing->error)) {
		return false;
	}
	struct yaml_slice slice = {.length = document.length, .line = line};
	struct source source = source_of_slice(document, &slice);
	if (!outline_init(&editing->outline, &source, editing->error)) {
		return false;
	}
	editing->text = source.text;
	editing->line_break = editing_find_line_break(source.text);
	editing->mapping = editing->outline.nodes;
	if (!is_mapping(editing->root, editing->mapping)) {
		return editing_refuse(
			editing, editing->mapping, "the document is not a plain mapping");
	}
	struct text mark = text_part(document, 0, document.length - source.text.length);
	return find_field(editing) && write_and_check(editing, mark, limits);
}

bool yaml_edit(struct buffer *edited, struct text document, uint32_t line,
	const struct yaml_change *change, const struct yaml_limits *limits, struct error *error) {
	struct arena arena = {0};
	struct error fault = {0};
	struct editing editing = {
		.edited = edited, .change = change, .arena = &arena, .error = &fault};
	bool done = edit(&editing, document, line, limits);
	outline_finish(&editing.outline);
	arena_finish(&arena);
	if (!done && error != NULL) {
		*error = fault;
	}
	return done;
}

static bool is_break(char byte) {
	return byte == '\n' || byte == '\r';
}

/* Whether its last line is "...". */
static bool has_end_marker(struct text document) {
	size_t end = document.length;
	while (end > 0 && is_break(document.data[end - 1])) {
		end--;
	}
	size_t start = end;
	while (start > 0 && !is_break(document.data[start - 1])) {
		start--;
	}
	return text_starts_with(text_part(document, start, end - start), TEXT("..."));
}

bool yaml_edit_away(
	struct buffer *edited, struct text document, uint32_t line, struct error *error) {
	struct yaml_slice slice = {.length = document.length, .line = line};
	struct source source = source_of_slice(document, &slice);
	struct editing editing = {
		.edited = edited, .line_break = editing_find_line_break(source.text)};
	bool done = outline_init(&editing.outline, &source, error);
	if (done) {
		editing_append_comments(&editing, 0, source.text.length, 0);
		if (has_end_marker(source.text)) {
			buffer_append_string(edited, "...");
			buffer_append_string(edited, editing.line_break);
		}
		done = !edited->failed || error_set_memory(error);
	}
	outline_finish(&editing.outline);
	return done;
}
