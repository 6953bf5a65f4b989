#include "yaml/outline.h"

#include "base/array.h"
#include "yaml/fault.h"

#include <stdlib.h>
#include <string.h>

/* An outline in the making; open holds the indices of collections that have not ended. */
struct drawing {
	struct outline *outline;
	yaml_parser_t parser;
	size_t *open;
	size_t open_count;
	size_t open_capacity;
	/* The same place in bytes and in characters, which libyaml counts. */
	size_t offset;
	size_t index;
};

/*
 * Marks come in the order of the text, but for those of empty scalars, which may be a bit behind.
 */
static size_t offset_of(struct drawing *drawing, const yaml_mark_t *mark) {
	if (mark->index < drawing->index) {
		drawing->offset = 0;
		drawing->index = 0;
	}
	drawing->offset = source_skip_characters(
		&drawing->outline->source, drawing->offset, mark->index - drawing->index);
	drawing->index = mark->index;
	return drawing->offset;
}

static bool is_blank_or_break(char byte) {
	return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

static bool is_break(char byte) {
	return byte == '\n' || byte == '\r';
}

static size_t find_line_end(struct text text, size_t offset) {
	while (offset < text.length && !is_break(text.data[offset])) {
		offset++;
	}
	return offset;
}

/* libyaml counts the empty lines behind a block scalar as its own; with "+" they are. */
static size_t end_of_block_scalar(struct text text, size_t start, size_t end) {
	struct text header = text_part(text, start, find_line_end(text, start) - start);
	header = text_part(header, 0, text_index(header, '#'));
	if (text_index(header, '+') < header.length) {
		return end;
	}
	while (end > start && is_blank_or_break(text.data[end - 1])) {
		end--;
	}
	return end;
}

static bool add_node(
	struct drawing *drawing, const yaml_event_t *event, const struct outline_node *shape) {
	struct outline *outline = drawing->outline;
	struct outline_node *nodes =
		array_make_room(outline->nodes, outline->count, &outline->capacity, sizeof(*nodes));
	if (nodes == NULL) {
		return false;
	}
	outline->nodes = nodes;
	struct outline_node *node = &outline->nodes[outline->count++];
	*node = *shape;
	node->line = outline->source.line + (uint32_t)event->start_mark.line;
	node->column = (uint32_t)event->start_mark.column + 1;
	node->start = offset_of(drawing, &event->start_mark);
	node->end = offset_of(drawing, &event->end_mark);
	node->next = outline->count;
	if (node->is_block_scalar) {
		node->end = end_of_block_scalar(outline->source.text, node->start, node->end);
	}
	return true;
}

static bool begin(
	struct drawing *drawing, const yaml_event_t *event, const struct outline_node *shape) {
	size_t *open = array_make_room(
		drawing->open, drawing->open_count, &drawing->open_capacity, sizeof(*open));
	if (open == NULL) {
		return false;
	}
	drawing->open = open;
	drawing->open[drawing->open_count++] = drawing->outline->count;
	return add_node(drawing, event, shape);
}

/* A collection without brackets ends where the last node in it does. */
static void end(struct drawing *drawing, const yaml_event_t *event) {
	struct outline *outline = drawing->outline;
	size_t opened = drawing->open[--drawing->open_count];
	struct outline_node *node = &outline->nodes[opened];
	node->next = outline->count;
	if (node->is_flow) {
		node->end = offset_of(drawing, &event->end_mark);
		return;
	}
	for (size_t i = opened + 1; i < outline->count; i = outline->nodes[i].next) {
		node->end = outline->nodes[i].end;
	}
}

static bool draw_event(struct drawing *drawing, const yaml_event_t *event) {
	yaml_scalar_style_t style;
	switch (event->type) {
	case YAML_SCALAR_EVENT:
		style = event->data.scalar.style;
		return add_node(drawing, event,
			&(struct outline_node){
				.kind = OUTLINE_SCALAR,
				.is_block_scalar = style == YAML_LITERAL_SCALAR_STYLE ||
						   style == YAML_FOLDED_SCALAR_STYLE,
				.has_anchor = event->data.scalar.anchor != NULL,
			});
	case YAML_ALIAS_EVENT:
		return add_node(drawing, event, &(struct outline_node){.kind = OUTLINE_ALIAS});
	case YAML_SEQUENCE_START_EVENT:
		return begin(drawing, event,
			&(struct outline_node){
				.kind = OUTLINE_SEQUENCE,
				.is_flow = event->data.sequence_start.style ==
					   YAML_FLOW_SEQUENCE_STYLE,
				.has_anchor = event->data.sequence_start.anchor != NULL,
			});
	case YAML_MAPPING_START_EVENT:
		return begin(drawing, event,
			&(struct outline_node){
				.kind = OUTLINE_MAPPING,
				.is_flow =
					event->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE,
				.has_anchor = event->data.mapping_start.anchor != NULL,
			});
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		end(drawing, event);
		return true;
	default:
		return true;
	}
}

static bool draw(struct drawing *drawing, struct error *error) {
	bool is_at_end = false;
	while (!is_at_end) {
		yaml_event_t event;
		if (!yaml_parser_parse(&drawing->parser, &event)) {
			return fault_set(&drawing->parser, &drawing->outline->source, error);
		}
		is_at_end = event.type == YAML_STREAM_END_EVENT;
		bool done = draw_event(drawing, &event);
		yaml_event_delete(&event);
		if (!done) {
			return error_set_memory(error);
		}
	}
	return true;
}

bool outline_init(struct outline *outline, const struct source *source, struct error *error) {
	*outline = (struct outline){.source = *source};
	struct drawing drawing = {.outline = outline};
	if (!yaml_parser_initialize(&drawing.parser)) {
		return error_set_memory(error);
	}
	yaml_parser_set_encoding(&drawing.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(
		&drawing.parser, (const unsigned char *)source->text.data, source->text.length);
	bool done = draw(&drawing, error);
	yaml_parser_delete(&drawing.parser);
	free(drawing.open);
	return done;
}

void outline_finish(struct outline *outline) {
	free(outline->nodes);
	*outline = (struct outline){0};
}

const struct outline_node *outline_value(
	const struct outline *outline, const struct outline_node *key) {
	return &outline->nodes[key->next];
}

size_t outline_count_pairs(const struct outline *outline, const struct outline_node *mapping) {
	size_t count = 0;
	size_t i = (size_t)(mapping - outline->nodes) + 1;
	while (i < mapping->next) {
		i = outline_value(outline, &outline->nodes[i])->next;
		count++;
	}
	return count;
}

const struct outline_node *outline_find_key(const struct outline *outline,
	const struct outline_node *mapping, uint32_t line, uint32_t column) {
	size_t i = (size_t)(mapping - outline->nodes) + 1;
	while (i < mapping->next) {
		const struct outline_node *key = &outline->nodes[i];
		if (key->line == line && key->column == column) {
			return key;
		}
		i = outline_value(outline, key)->next;
	}
	return NULL;
}

static bool is_leaf(const struct outline_node *node) {
	return node->kind == OUTLINE_SCALAR || node->kind == OUTLINE_ALIAS;
}

/* The first scalar or alias from that index on that ends behind offset; NULL where none does. */
static const struct outline_node *find_leaf(
	const struct outline *outline, size_t index, size_t offset) {
	for (; index < outline->count; index++) {
		const struct outline_node *node = &outline->nodes[index];
		if (is_leaf(node) && node->end > offset) {
			return node;
		}
	}
	return NULL;
}

static bool begins_comment(struct text text, size_t offset) {
	return text.data[offset] == '#' &&
	       (offset == 0 || is_blank_or_break(text.data[offset - 1]));
}

/*
 * Where a scalar's own text begins: comments may stand behind its tag and anchor, and behind the
 * header of a block scalar.
 */
static size_t start_of_content(const struct outline *outline, const struct outline_node *leaf) {
	struct text text = outline->source.text;
	size_t offset = leaf->start;
	while (offset < leaf->end && (text.data[offset] == '!' || text.data[offset] == '&')) {
		while (offset < leaf->end && !is_blank_or_break(text.data[offset])) {
			offset++;
		}
		while (offset < leaf->end &&
			(is_blank_or_break(text.data[offset]) || begins_comment(text, offset))) {
			offset = begins_comment(text, offset) ? find_line_end(text, offset)
							      : offset + 1;
		}
	}
	return leaf->is_block_scalar ? find_line_end(text, offset) : offset;
}

bool outline_next_comment(
	const struct outline *outline, size_t *offset, size_t end, struct text *comment) {
	struct text text = outline->source.text;
	const struct outline_node *leaf = find_leaf(outline, 0, *offset);
	size_t i = *offset;
	while (i < end) {
		if (leaf != NULL && i >= start_of_content(outline, leaf)) {
			i = leaf->end;
			leaf = find_leaf(outline, leaf->next, i);
		} else if (begins_comment(text, i)) {
			*offset = find_line_end(text, i);
			*comment = text_part(text, i, *offset - i);
			return true;
		} else {
			i++;
		}
	}
	return false;
}
