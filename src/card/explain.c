#include "card/explain.h"

#include "card/compose.h"
#include "card/fields.h"
#include "yaml/key.h"

#include <stdlib.h>

/* Names may take so many times what the values of a card may. */
#define NAME_LIMIT_FACTOR 16

#define REPLACEMENTS TEXT("_set_")
#define DELETIONS TEXT("_del_")

/* A document of the chain: its pairs by key. */
struct chain_document {
	const struct card_source *source;
	const struct value *mapping;
	struct key_index index;
};

/* A row in the making; plain_path is its path without "_set_". */
struct row {
	struct text plain_path;
	struct explained_field *field;
};

/* What is being worked out. */
struct inquiry {
	const struct card *card;
	const struct yaml_limits *limits;
	struct explanation *explanation;
	struct chain_document *documents; /* of each source of the card */
	struct explained_field **end;     /* where the next one goes */
	/* The field at hand: */
	const struct card_field *field;
	const struct value *value; /* its nearest value, or the composed one, of the documents */
	bool is_composed;
	struct table rows;                /* by plain_path */
	struct buffer plain_path;         /* of the value at hand */
	const struct card_source *source; /* whose values are laid below the others */
	struct error *error;
	bool failed;
};

static struct text row_key(const void *item) {
	const struct row *row = item;
	return row->plain_path;
}

static bool fail(struct inquiry *inquiry) {
	inquiry->failed = true;
	return error_set_memory(inquiry->error);
}

static bool index_pairs(struct chain_document *document) {
	const struct value *mapping = document->mapping;
	if (!key_index_init(&document->index, mapping->mapping.count)) {
		return false;
	}
	for (size_t i = 0; i < mapping->mapping.count; i++) {
		(void)key_index_add(&document->index, mapping->mapping.pairs);
	}
	return true;
}

static bool read_document(
	struct inquiry *inquiry, const struct catalog *catalog, struct chain_document *document) {
	const struct card_source *source = document->source;
	struct asset asset;
	const struct document *found = NULL;
	if (catalog_find(catalog, source->name, &asset)) {
		found = asset_document(&asset, source->environment);
	}
	if (found == NULL || found->set->file != source->file) {
		error_set(inquiry->error, ERROR_NOT_FOUND, "the documents of %.*s have changed",
			TEXT_ARGUMENTS(inquiry->card->name));
		return false;
	}
	if (!document_read(found, inquiry->limits, &inquiry->explanation->arena, &document->mapping,
		    inquiry->error)) {
		return false;
	}
	return index_pairs(document) || error_set_memory(inquiry->error);
}

static bool read_documents(struct inquiry *inquiry, const struct catalog *catalog) {
	const struct card *card = inquiry->card;
	inquiry->documents = calloc(card->source_count, sizeof(*inquiry->documents));
	if (inquiry->documents == NULL) {
		return error_set_memory(inquiry->error);
	}
	for (size_t i = 0; i < card->source_count; i++) {
		inquiry->documents[i].source = &card->sources[i];
		if (!read_document(inquiry, catalog, &inquiry->documents[i])) {
			return false;
		}
	}
	return true;
}

static void free_documents(struct inquiry *inquiry) {
	for (size_t i = 0; inquiry->documents != NULL && i < inquiry->card->source_count; i++) {
		key_index_finish(&inquiry->documents[i].index);
	}
	free(inquiry->documents);
}

/* What a document of the chain says of the field at hand; NULL where it says nothing. */
static const struct value_pair *find_pair(const struct inquiry *inquiry, size_t index) {
	const struct chain_document *document = &inquiry->documents[index];
	const struct value_pair *pairs = document->mapping->mapping.pairs;
	size_t position = key_index_find(&document->index, pairs, inquiry->field->key);
	return position == KEY_NOT_FOUND ? NULL : &pairs[position];
}

static struct text last_component(struct text path) {
	size_t start = path.length;
	while (start > 0 && path.data[start - 1] != '.') {
		start--;
	}
	return text_part(path, start, path.length);
}

/* Values keep their place when an override comes to be, or stops being, a replacement. */
static void set_plain_path(struct inquiry *inquiry, struct text path) {
	struct buffer *plain = &inquiry->plain_path;
	buffer_clear(plain);
	if (!inquiry->is_composed) {
		buffer_append_text(plain, path);
		return;
	}
	for (struct text rest = path; rest.length > 0;) {
		struct text component = text_part(rest, 0, text_index(rest, '.'));
		rest = text_part(rest, component.length + 1, rest.length);
		if (text_equal(component, REPLACEMENTS)) {
			continue;
		}
		if (plain->length > 0) {
			buffer_append_byte(plain, '.');
		}
		buffer_append_text(plain, component);
	}
}

static bool check_size(struct inquiry *inquiry) {
	size_t limit = inquiry->limits->expanded_size;
	if (arena_size(&inquiry->explanation->arena) / NAME_LIMIT_FACTOR <= limit) {
		return true;
	}
	inquiry->failed = true;
	return error_set(inquiry->error, ERROR_LIMIT,
		"the fields of %.*s with their dotted names take more than %d times %zu bytes",
		TEXT_ARGUMENTS(inquiry->card->name), NAME_LIMIT_FACTOR, limit);
}

/* Adds a field at the path, of the plain path that has been set. Returns NULL where it cannot. */
static struct explained_field *add_field(struct inquiry *inquiry, struct text path) {
	struct arena *arena = &inquiry->explanation->arena;
	struct explained_field *field = arena_allocate(arena, sizeof(*field));
	struct row *row = arena_allocate(arena, sizeof(*row));
	if (field == NULL || row == NULL || !arena_copy_text(arena, path, &field->path) ||
		!arena_copy_text(arena, buffer_text(&inquiry->plain_path), &row->plain_path)) {
		fail(inquiry);
		return NULL;
	}
	field->field = inquiry->field;
	row->field = field;
	if (!table_add(&inquiry->rows, row)) {
		fail(inquiry);
		return NULL;
	}
	*inquiry->end = field;
	inquiry->end = &field->next;
	inquiry->explanation->field_count++;
	return field;
}

/* The field at the path, or NULL. */
static struct explained_field *find_field(struct inquiry *inquiry, struct text path) {
	set_plain_path(inquiry, path);
	const struct row *row = table_find(&inquiry->rows, buffer_text(&inquiry->plain_path));
	return row == NULL ? NULL : row->field;
}

/* The same, added where there is none yet. Returns NULL where it cannot be. */
static struct explained_field *find_or_add(struct inquiry *inquiry, struct text path) {
	struct explained_field *field = find_field(inquiry, path);
	if (inquiry->plain_path.failed) {
		fail(inquiry);
		return NULL;
	}
	if (field == NULL && check_size(inquiry)) {
		field = add_field(inquiry, path);
	}
	return field;
}

static bool add_value(void *context, const struct nested_field *nested) {
	struct inquiry *inquiry = context;
	if (!fields_is_leaf(nested->value)) {
		return true;
	}
	struct explained_field *field = find_or_add(inquiry, nested->path);
	if (field == NULL) {
		return false;
	}
	if (field->value == NULL) {
		bool is_locator = inquiry->field->is_locator && nested->value == inquiry->value;
		field->written = nested->value;
		field->value = is_locator ? inquiry->field->value : nested->value;
		field->source = inquiry->is_composed ? NULL : inquiry->field->source;
	}
	return true;
}

static bool add_hidden(
	struct inquiry *inquiry, struct explained_field *field, const struct value *value) {
	struct hidden_value *hidden = arena_allocate(&inquiry->explanation->arena, sizeof(*hidden));
	if (hidden == NULL) {
		return fail(inquiry);
	}
	*hidden = (struct hidden_value){field->hidden, inquiry->source, value};
	field->hidden = hidden;
	return true;
}

/* What composing takes in without hiding anything: a list of deletions, or nothing at all. */
static bool adds_up(const struct inquiry *inquiry, const struct nested_field *nested) {
	return inquiry->is_composed && (value_has_pairs(nested->value) ||
					       text_equal(last_component(nested->path), DELETIONS));
}

/* A value of a document: the one that stands in the card is that document's. */
static bool claim(void *context, const struct nested_field *nested) {
	struct inquiry *inquiry = context;
	struct explained_field *field = find_field(inquiry, nested->path);
	if (field != NULL && field->source == NULL && field->written == nested->value) {
		field->source = inquiry->source;
	}
	return true;
}

/* A value of a document: any other than the one that stands in the card is hidden. */
static bool lay_below(void *context, const struct nested_field *nested) {
	struct inquiry *inquiry = context;
	bool is_addition = adds_up(inquiry, nested);
	if (!fields_is_leaf(nested->value) ||
		(is_addition && find_field(inquiry, nested->path) == NULL)) {
		return true;
	}
	struct explained_field *field = find_or_add(inquiry, nested->path);
	if (field == NULL) {
		return false;
	}
	if (field->value != NULL && field->source == NULL) {
		/*
		 * Where composing made the value, nobody wrote it: the nearest one stands for it.
		 */
		field->source = inquiry->source;
		field->written = nested->value;
		return true;
	}
	return field->written == nested->value || is_addition ||
	       add_hidden(inquiry, field, nested->value);
}

/* Shows the visitor what each document of the chain says of the field at hand, nearest first. */
static bool visit_documents(struct inquiry *inquiry, fields_visitor *visitor) {
	for (size_t i = 0; !inquiry->failed && i < inquiry->card->source_count; i++) {
		const struct value_pair *pair = find_pair(inquiry, i);
		inquiry->source = inquiry->documents[i].source;
		if (pair != NULL && !fields_visit_pair(pair, visitor, inquiry, inquiry->error)) {
			return false;
		}
	}
	return !inquiry->failed;
}

/*
 * The values of a composed field as resolving takes them: one of each card of the chain, root
 * first.
 */
static size_t collect_values(const struct inquiry *inquiry, const struct value **values) {
	const struct card_source *sources = inquiry->card->sources;
	size_t count = 0;
	for (size_t i = inquiry->card->source_count; i-- > 0;) {
		bool is_environments = i + 1 < inquiry->card->source_count &&
				       text_equal(sources[i].name, sources[i + 1].name);
		const struct value_pair *pair = find_pair(inquiry, i);
		if (pair == NULL) {
			continue;
		}
		bool is_over = is_environments && find_pair(inquiry, i + 1) != NULL;
		count -= is_over;
		values[count++] = pair->value;
	}
	return count;
}

/* Composes the field from the documents that were read again, so that each value can be told. */
static bool compose_again(struct inquiry *inquiry) {
	const struct value **values =
		calloc(inquiry->card->source_count, sizeof(const struct value *));
	if (values == NULL) {
		return fail(inquiry);
	}
	size_t count = collect_values(inquiry, values);
	struct error fault = {0};
	const struct value *composed;
	bool done = compose(&inquiry->explanation->arena, values, count, &composed, &fault);
	free(values);
	if (!done && fault.kind == ERROR_MEMORY) {
		return fail(inquiry);
	}
	/* One that cannot be composed stands as it is written. */
	inquiry->is_composed = done;
	if (done) {
		inquiry->value = composed;
	}
	return true;
}

static void find_value(struct inquiry *inquiry) {
	inquiry->value = inquiry->field->value;
	for (size_t i = inquiry->card->source_count; i-- > 0;) {
		const struct value_pair *pair = find_pair(inquiry, i);
		if (pair != NULL) {
			inquiry->value = pair->value;
		}
	}
}

/* Fills in who set what composing alone made, and turns the lists of hidden values round. */
static void finish_fields(struct explained_field *first, const struct card_source *source) {
	for (struct explained_field *field = first; field != NULL; field = field->next) {
		if (field->source == NULL) {
			field->source = source;
		}
		struct hidden_value *turned = NULL;
		for (struct hidden_value *hidden = field->hidden; hidden != NULL;) {
			struct hidden_value *next = hidden->next;
			hidden->next = turned;
			turned = hidden;
			hidden = next;
		}
		field->hidden = turned;
	}
}

static bool explain_field(struct inquiry *inquiry, const struct card_field *field) {
	struct explained_field **start = inquiry->end;
	bool is_string = field->key->type == VALUE_STRING;
	inquiry->field = field;
	inquiry->is_composed = false;
	find_value(inquiry);
	if (is_string && compose_is_configuration(field->key->canonical) &&
		!compose_again(inquiry)) {
		return false;
	}
	const struct value_pair shown = {field->key, inquiry->value};
	if (!fields_visit_pair(&shown, add_value, inquiry, inquiry->error) ||
		!visit_documents(inquiry, claim) || !visit_documents(inquiry, lay_below)) {
		return false;
	}
	finish_fields(*start, field->source);
	return true;
}

bool explain_card(const struct catalog *catalog, const struct card *card,
	struct explanation *explanation, struct error *error) {
	*explanation = (struct explanation){0};
	struct inquiry inquiry = {
		.card = card,
		.limits = &catalog_options(catalog)->limits,
		.explanation = explanation,
		.end = &explanation->fields,
		.rows.key = row_key,
		.error = error,
	};
	bool done = read_documents(&inquiry, catalog);
	for (size_t i = 0; done && i < card->field_count; i++) {
		done = explain_field(&inquiry, &card->fields[i]);
		table_finish(&inquiry.rows);
	}
	buffer_finish(&inquiry.plain_path);
	free_documents(&inquiry);
	return done;
}

void explanation_finish(struct explanation *explanation) {
	arena_finish(&explanation->arena);
	*explanation = (struct explanation){0};
}

const struct explained_field *explanation_find(
	const struct explanation *explanation, struct text path) {
	const struct explained_field *field = explanation->fields;
	while (field != NULL && (field->value == NULL || !text_equal(field->path, path))) {
		field = field->next;
	}
	return field;
}

bool explained_is_within(const struct explained_field *field, struct text path) {
	return text_starts_with(field->path, path) &&
	       (field->path.length == path.length || field->path.data[path.length] == '.');
}
