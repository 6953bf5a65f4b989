/* The directory ".card" of an asset: what is known about its card beside what it says. */
#include "card/explain.h"
#include "view/node.h"

/* "NAME" or "NAME@ENV" of a document. */
static void append_document(struct buffer *line, const struct card_source *source) {
	buffer_append_printable(line, source->name);
	if (source->environment.length > 0) {
		buffer_append_byte(line, '@');
		buffer_append_printable(line, source->environment);
	}
}

static void append_place(
	struct buffer *line, const struct card_source *source, uint32_t line_number) {
	buffer_append_printable(line, text_of(source->file->path));
	buffer_append_format(line, ":%u", line_number > 0 ? line_number : source->line);
}

static void append_origin(struct buffer *content, struct text path,
	const struct card_source *source, uint32_t line_number) {
	buffer_append_printable(content, path);
	buffer_append_byte(content, '\t');
	append_place(content, source, line_number);
	buffer_append_byte(content, '\t');
	append_document(content, source);
	buffer_append_byte(content, '\n');
}

static void append_explanation(struct buffer *content, const struct explanation *explanation) {
	for (const struct explained_field *field = explanation->fields; field != NULL;
		field = field->next) {
		if (field->value != NULL) {
			append_origin(content, field->path, field->source,
				field->written == NULL ? 0 : field->written->line);
		}
	}
}

/* For a card whose nested fields have too many names to tell of each. */
static void append_fields(struct buffer *content, const struct card *card) {
	for (size_t i = 0; i < card->field_count; i++) {
		const struct card_field *field = &card->fields[i];
		bool is_string = field->key->type == VALUE_STRING;
		append_origin(content, is_string ? field->key->canonical : field->key->written,
			field->source, field->value->line);
	}
}

static bool read_origin(const struct node *node, struct buffer *content, struct error *error) {
	struct explanation explanation = {0};
	struct error fault = {0};
	bool done = explain_card(node->view->catalog, node->card, &explanation, &fault);
	if (done) {
		append_explanation(content, &explanation);
	} else if (fault.kind != ERROR_MEMORY) {
		append_fields(content, node->card);
	}
	explanation_finish(&explanation);
	return done || fault.kind != ERROR_MEMORY || error_set_memory(error);
}

static bool read_chain(const struct node *node, struct buffer *content, struct error *error) {
	(void)error;
	for (size_t i = 0; i < node->card->source_count; i++) {
		const struct card_source *source = &node->card->sources[i];
		append_document(content, source);
		buffer_append_byte(content, '\t');
		append_place(content, source, source->line);
		buffer_append_byte(content, '\n');
	}
	return true;
}

static const struct node_type origin_file = {
	.kind = NODE_FILE,
	.is_live = true,
	.read = read_origin,
};

static const struct node_type chain_file = {
	.kind = NODE_FILE,
	.is_live = true,
	.read = read_chain,
};

static const struct card_entry {
	struct text name;
	const struct node_type *type;
	bool needs_fields; /* not there for a broken card */
} entries[] = {
	{{"origin", 6}, &origin_file, true},
	{{"chain", 5}, &chain_file, false},
	{{"derived", 7}, &derived_directory, false},
	{{"uses", 4}, &uses_directory, true},
	{{"used-by", 7}, &used_by_directory, false},
};

enum { ENTRY_COUNT = sizeof(entries) / sizeof(entries[0]) };

static bool is_present(const struct node *directory, const struct card_entry *entry) {
	return !entry->needs_fields || !directory->card->is_broken;
}

static bool walk_card(
	const struct node *directory, struct text name, struct node *child, struct error *error) {
	for (size_t i = 0; i < ENTRY_COUNT; i++) {
		if (text_equal(entries[i].name, name) && is_present(directory, &entries[i])) {
			node_init_child(child, directory, entries[i].type);
			return true;
		}
	}
	return node_set_missing(error);
}

static bool list_card(
	const struct node *directory, node_visitor *visitor, void *context, struct error *error) {
	(void)error;
	bool go_on = true;
	for (size_t i = 0; go_on && i < ENTRY_COUNT; i++) {
		if (is_present(directory, &entries[i])) {
			go_on = visitor(context, entries[i].name, entries[i].type->kind);
		}
	}
	return true;
}

const struct node_type card_directory = {
	.kind = NODE_DIRECTORY,
	.is_live = true,
	.walk = walk_card,
	.list = list_card,
};
