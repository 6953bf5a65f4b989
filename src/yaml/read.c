#include "yaml/read.h"

#include "base/array.h"
#include "base/table.h"
#include "yaml/collection.h"
#include "yaml/fault.h"
#include "yaml/scalar.h"
#include "yaml/simple.h"
#include "yaml/tabs.h"
#include "yaml/tag.h"

#include <stdlib.h>
#include <string.h>

const struct yaml_limits yaml_default_limits = {
	.file_size = (size_t)64 << 20,
	.scalar_size = (size_t)16 << 20,
	.expanded_size = (size_t)16 << 20,
	.depth = 500,
};

/* What "&name" marks; value is NULL while it is being read. */
struct anchor {
	struct text name;
	const struct value *value;
};

/* A sequence or mapping whose end has not been read. */
struct frame {
	struct value *value;
	struct anchor *anchor; /* or NULL */
	size_t first_node;
	enum node_kind kind;
	bool is_merged; /* it stands behind "<<", or is an item of a sequence that does */
};

/*
 * The state of reading one document. nodes are those of all frames, each one's behind its parent's;
 * in a mapping keys and values in turn, where a key that is NULL stands for "<<".
 */
struct reader {
	yaml_parser_t parser;
	struct arena *arena;
	const struct yaml_limits *limits;
	struct error *error;
	struct source source;
	struct tab_check tabs;
	enum yaml_version version;
	struct table anchors;
	struct frame *frames;
	size_t frame_count;
	size_t frame_capacity;
	const struct value **nodes;
	size_t node_count;
	size_t node_capacity;
	size_t weight; /* of what has been read, aliases written out */
	const struct value *root;
};

/* Where a node stands in the file, counted from 1. */
struct place {
	uint32_t line;
	uint32_t column;
};

static struct place place_of(const struct reader *reader, const yaml_event_t *event) {
	return (struct place){
		.line = reader->source.line + (uint32_t)event->start_mark.line,
		.column = (uint32_t)event->start_mark.column + 1,
	};
}

/* Gives an error that knows no place that one. Returns false. */
static bool fail_at(struct reader *reader, struct place place) {
	if (reader->error != NULL && reader->error->line == 0) {
		reader->error->line = place.line;
		reader->error->column = place.column;
	}
	return false;
}

static struct text key_of_anchor(const void *item) {
	const struct anchor *anchor = item;
	return anchor->name;
}

static bool push_node(struct reader *reader, const struct value *value) {
	const struct value **nodes = array_make_room(reader->nodes, reader->node_count,
		&reader->node_capacity, sizeof(const struct value *));
	if (nodes == NULL) {
		return error_set_memory(reader->error);
	}
	reader->nodes = nodes;
	reader->nodes[reader->node_count++] = value;
	return true;
}

static struct frame *top_frame(const struct reader *reader) {
	return reader->frame_count == 0 ? NULL : &reader->frames[reader->frame_count - 1];
}

/* Whether the next node is a key of the innermost mapping. */
static bool is_at_key(const struct reader *reader) {
	const struct frame *frame = top_frame(reader);
	return frame != NULL && frame->kind == NODE_MAPPING &&
	       (reader->node_count - frame->first_node) % 2 == 0;
}

/* Whether the next node is what "<<" merges, or one of the mappings that it merges. */
static bool is_at_merged(const struct reader *reader) {
	const struct frame *frame = top_frame(reader);
	if (frame == NULL) {
		return false;
	}
	if (frame->kind == NODE_SEQUENCE) {
		return frame->is_merged;
	}
	return !is_at_key(reader) && reader->nodes[reader->node_count - 1] == NULL;
}

/*
 * Whether the innermost mapping is an item of an ordered map or list of pairs, where "<<" and "="
 * mean nothing.
 */
static bool is_in_pair(const struct reader *reader) {
	return reader->frame_count >= 2 &&
	       value_has_pairs(reader->frames[reader->frame_count - 2].value) &&
	       reader->frames[reader->frame_count - 2].kind == NODE_SEQUENCE;
}

/* fairseq2's parser takes a second "<<" only where the first merged nothing. */
static bool check_merged(struct reader *reader, const struct value *value) {
	if (!collection_check_merged(value, reader->error)) {
		return false;
	}
	const struct value **nodes = &reader->nodes[top_frame(reader)->first_node];
	size_t count = reader->node_count - top_frame(reader)->first_node - 1;
	for (size_t i = 0; i < count; i += 2) {
		if (nodes[i] == NULL && collection_count_merged(nodes[i + 1]) > 0) {
			return error_set(reader->error, ERROR_INVALID,
				"\"<<\" stands twice in this mapping; merge several with <<: [*a, "
				"*b]");
		}
	}
	return true;
}

/* Checks the next key or value of the innermost mapping. */
static bool check_node(struct reader *reader, const struct value *value) {
	if (is_at_key(reader)) {
		return collection_check_key(value, reader->error);
	}
	return reader->nodes[reader->node_count - 1] != NULL || check_merged(reader, value);
}

/* Adds a node that is complete to what it is in. */
static bool add_node(struct reader *reader, const struct value *value, struct place place) {
	const struct frame *frame = top_frame(reader);
	if (frame == NULL) {
		reader->root = value;
		return true;
	}
	if (frame->kind == NODE_MAPPING && !check_node(reader, value)) {
		return fail_at(reader, place);
	}
	return push_node(reader, value);
}

static bool add_weight(struct reader *reader, size_t weight, struct place place) {
	size_t limit = reader->limits->expanded_size;
	if (weight > limit || reader->weight > limit - weight) {
		return error_set_at(reader->error, ERROR_LIMIT, place.line, place.column,
			"with its aliases written out, this document is longer than %zu bytes, "
			"which is the limit",
			limit);
	}
	reader->weight += weight;
	return true;
}

static bool fail_depth(struct reader *reader, struct place place) {
	return error_set_at(reader->error, ERROR_LIMIT, place.line, place.column,
		"this is nested deeper than %zu levels, which is the limit", reader->limits->depth);
}

/* Lets name stand for value, or for what is being read where that is NULL, from here on. */
static bool define_anchor(struct reader *reader, const yaml_char_t *name, const struct value *value,
	struct anchor **defined) {
	*defined = NULL;
	if (name == NULL) {
		return true;
	}
	struct anchor *anchor = arena_allocate(reader->arena, sizeof(*anchor));
	if (anchor == NULL ||
		!arena_copy_text(reader->arena, text_of((const char *)name), &anchor->name)) {
		return error_set_memory(reader->error);
	}
	anchor->value = value;
	table_remove(&reader->anchors, anchor->name);
	*defined = anchor;
	return table_add(&reader->anchors, anchor) || error_set_memory(reader->error);
}

static struct value *create_value(struct reader *reader, enum value_type type, struct place place) {
	struct value *value = arena_allocate(reader->arena, sizeof(*value));
	if (value == NULL) {
		error_set_memory(reader->error);
		return NULL;
	}
	value->type = (uint8_t)type;
	value->line = place.line;
	value->column = place.column;
	return value;
}

/* What the scalar's tag, or its text where it has none, makes of it. */
static bool find_scalar_tag(
	struct reader *reader, const yaml_event_t *event, struct text text, enum scalar_tag *tag) {
	const char *name = (const char *)event->data.scalar.tag;
	if (!tag_is_absent(name)) {
		unsigned meaning = SCALAR_STRING;
		bool is_found = tag_find(name, NODE_SCALAR, &meaning, reader->error);
		*tag = (enum scalar_tag)meaning;
		return is_found;
	}
	bool is_plain = event->data.scalar.plain_implicit || name != NULL;
	*tag = is_plain ? scalar_resolve(reader->version, text) : SCALAR_STRING;
	return true;
}

static bool check_length(struct reader *reader, struct text text) {
	if (text.length > reader->limits->scalar_size) {
		return error_set(reader->error, ERROR_LIMIT,
			"this text is longer than %zu bytes, which is the limit",
			reader->limits->scalar_size);
	}
	return true;
}

static bool fill_scalar(struct reader *reader, struct value *value, const yaml_event_t *event,
	enum scalar_tag *tag) {
	struct text text = {(const char *)event->data.scalar.value, event->data.scalar.length};
	if (!check_length(reader, text) || !find_scalar_tag(reader, event, text, tag)) {
		return false;
	}
	if (!arena_copy_text(reader->arena, text, &value->written)) {
		return error_set_memory(reader->error);
	}
	enum scalar_tag meaning = *tag;
	if ((meaning == SCALAR_MERGE || meaning == SCALAR_VALUE) && is_at_key(reader) &&
		!is_in_pair(reader)) {
		meaning = SCALAR_STRING;
	}
	return scalar_construct(
		reader->arena, reader->version, meaning, value->written, value, reader->error);
}

static bool read_scalar(struct reader *reader, const yaml_event_t *event) {
	struct place place = place_of(reader, event);
	struct value *value = create_value(reader, VALUE_NULL, place);
	enum scalar_tag tag;
	if (value == NULL || !fill_scalar(reader, value, event, &tag)) {
		return fail_at(reader, place);
	}
	value_weigh(value);
	struct anchor *anchor;
	if (!define_anchor(reader, event->data.scalar.anchor, value, &anchor) ||
		!add_weight(reader, value->weight, place)) {
		return false;
	}
	if (tag == SCALAR_MERGE) {
		return push_node(reader, NULL);
	}
	return add_node(reader, value, place);
}

static bool read_alias(struct reader *reader, const yaml_event_t *event) {
	struct place place = place_of(reader, event);
	const char *name = (const char *)event->data.alias.anchor;
	const struct anchor *anchor = table_find(&reader->anchors, text_of(name));
	if (anchor == NULL) {
		return error_set_at(reader->error, ERROR_INVALID, place.line, place.column,
			"*%.100s stands for nothing: no value before it is marked &%.100s; mark "
			"one, or quote it if it is text",
			name, name);
	}
	if (anchor->value == NULL) {
		return error_set_at(reader->error, ERROR_INVALID, place.line, place.column,
			"the value marked &%.100s contains itself, which no card can; write it out",
			name);
	}
	if (anchor->value->height > reader->limits->depth - reader->frame_count) {
		return fail_depth(reader, place);
	}
	return add_weight(reader, anchor->value->weight, place) &&
	       add_node(reader, anchor->value, place);
}

static bool push_frame(struct reader *reader, const struct frame *frame) {
	struct frame *frames = array_make_room(
		reader->frames, reader->frame_count, &reader->frame_capacity, sizeof(*frames));
	if (frames == NULL) {
		return error_set_memory(reader->error);
	}
	reader->frames = frames;
	reader->frames[reader->frame_count++] = *frame;
	return true;
}

/* tag: the value_type that the node has without one comes in as *type. */
static bool begin_collection(struct reader *reader, const yaml_event_t *event, enum node_kind kind,
	const yaml_char_t *tag, const yaml_char_t *anchor) {
	struct place place = place_of(reader, event);
	if (reader->frame_count >= reader->limits->depth) {
		return fail_depth(reader, place);
	}
	unsigned type = kind == NODE_SEQUENCE ? VALUE_SEQUENCE : VALUE_MAPPING;
	if (!tag_is_absent((const char *)tag) &&
		!tag_find((const char *)tag, kind, &type, reader->error)) {
		return fail_at(reader, place);
	}
	struct frame frame = {
		.value = create_value(reader, (enum value_type)type, place),
		.first_node = reader->node_count,
		.kind = kind,
		.is_merged = is_at_merged(reader),
	};
	if (frame.value == NULL) {
		return false;
	}
	value_weigh(frame.value);
	return add_weight(reader, frame.value->weight, place) &&
	       define_anchor(reader, anchor, NULL, &frame.anchor) && push_frame(reader, &frame);
}

static bool fill_collection(struct reader *reader, const struct frame *frame) {
	const struct value *const *nodes =
		reader->nodes == NULL ? NULL : reader->nodes + frame->first_node;
	size_t count = reader->node_count - frame->first_node;
	if (frame->kind == NODE_SEQUENCE) {
		return collection_fill_sequence(
			reader->arena, frame->value, nodes, count, reader->error);
	}
	return collection_fill_mapping(
		reader->arena, frame->value, nodes, count, frame->is_merged, reader->error);
}

static bool end_collection(struct reader *reader) {
	const struct frame frame = *top_frame(reader);
	struct place place = {frame.value->line, frame.value->column};
	if (!fill_collection(reader, &frame)) {
		return fail_at(reader, place);
	}
	value_weigh(frame.value);
	if (frame.anchor != NULL) {
		frame.anchor->value = frame.value;
	}
	reader->node_count = frame.first_node;
	reader->frame_count--;
	return add_node(reader, frame.value, place);
}

static bool read_event(struct reader *reader, const yaml_event_t *event) {
	switch (event->type) {
	case YAML_DOCUMENT_START_EVENT:
		if (event->data.document_start.version_directive != NULL &&
			event->data.document_start.version_directive->minor == 1) {
			reader->version = YAML_1_1;
		}
		return true;
	case YAML_SCALAR_EVENT:
		return read_scalar(reader, event);
	case YAML_ALIAS_EVENT:
		return read_alias(reader, event);
	case YAML_SEQUENCE_START_EVENT:
		return begin_collection(reader, event, NODE_SEQUENCE,
			event->data.sequence_start.tag, event->data.sequence_start.anchor);
	case YAML_MAPPING_START_EVENT:
		return begin_collection(reader, event, NODE_MAPPING, event->data.mapping_start.tag,
			event->data.mapping_start.anchor);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		return end_collection(reader);
	default:
		return true;
	}
}

/* Reads up to the end of the stream. root stays NULL where it holds no document. */
static bool read_events(struct reader *reader) {
	bool is_at_end = false;
	while (!is_at_end) {
		yaml_event_t event;
		if (!yaml_parser_parse(&reader->parser, &event)) {
			return fault_set(&reader->parser, &reader->source, reader->error);
		}
		is_at_end = event.type == YAML_STREAM_END_EVENT;
		bool is_read = tab_check_next(&reader->tabs, &event, reader->error) &&
			       read_event(reader, &event);
		yaml_event_delete(&event);
		if (!is_read) {
			return false;
		}
	}
	return true;
}

static bool read_any(struct reader *reader) {
	if (!yaml_parser_initialize(&reader->parser)) {
		return error_set_memory(reader->error);
	}
	yaml_parser_set_encoding(&reader->parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&reader->parser,
		(const unsigned char *)reader->source.text.data, reader->source.text.length);
	tab_check_init(&reader->tabs, &reader->source);
	bool is_read = read_events(reader);
	yaml_parser_delete(&reader->parser);
	return is_read;
}

static bool take_event(void *context, const yaml_event_t *event) {
	return read_event(context, event);
}

/*
 * Reads a document that is simple and has no fault. Returns false, without an error, for any other:
 * the reader is as it was then.
 */
static bool read_simple(struct reader *reader) {
	struct error *error = reader->error;
	reader->error = NULL;
	bool is_read = simple_scan(&reader->source, take_event, reader);
	reader->error = error;
	if (!is_read) {
		reader->root = NULL;
		reader->frame_count = 0;
		reader->node_count = 0;
		reader->weight = 0;
	}
	return is_read;
}

static enum yaml_result result_of(const struct reader *reader, bool is_read) {
	if (!is_read) {
		return YAML_READ_ERROR;
	}
	return reader->root == NULL ? YAML_READ_NOTHING : YAML_READ_VALUE;
}

enum yaml_result yaml_read(struct arena *arena, struct text file, const struct yaml_slice *slice,
	const struct yaml_limits *limits, const struct value **value, struct error *error) {
	struct reader reader = {
		.arena = arena,
		.limits = limits,
		.error = error,
		.source = source_of_slice(file, slice),
		.version = YAML_1_2,
		.anchors = {.key = key_of_anchor},
	};
	if (!source_check_encoding(&reader.source, error)) {
		return YAML_READ_ERROR;
	}
	bool is_read = read_simple(&reader) || read_any(&reader);
	enum yaml_result result = result_of(&reader, is_read);
	if (result == YAML_READ_VALUE) {
		*value = reader.root;
	}
	table_finish(&reader.anchors);
	free(reader.frames);
	free(reader.nodes);
	return result;
}
