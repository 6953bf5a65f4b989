#include "card/resolve.h"

#include "card/chain.h"
#include "card/compose.h"
#include "locate/locate.h"

#include <stdlib.h>

/* A field while it is being merged: which link of the chain it comes from. */
struct merged_field {
	struct card_field field;
	size_t link;
};

/* What is being worked out for one card. */
struct resolution {
	const struct catalog_options *options;
	struct card *card;
	struct chain chain;
	size_t pair_count; /* of the documents that were read */
	size_t weight;     /* of the same */
	bool is_too_large; /* they weigh more than a card may */
	struct merged_field *fields;
	size_t field_count;
	uint32_t *slots; /* open addressing into fields by key: index + 1, 0 for a free one */
	size_t slot_count;
};

static const struct text usual_locator_fields[] = {
	{"checkpoint", 10}, {"tokenizer", 9}, {"char_tokenizer", 14}, {"data", 4}};

bool resolve_is_locator_field(const struct catalog_options *options, struct text key) {
	size_t usual_count = sizeof(usual_locator_fields) / sizeof(usual_locator_fields[0]);
	for (size_t i = 0; i < usual_count; i++) {
		if (text_equal(usual_locator_fields[i], key)) {
			return true;
		}
	}
	for (size_t i = 0; i < options->locator_field_count; i++) {
		if (text_equal(options->locator_fields[i], key)) {
			return true;
		}
	}
	return false;
}

static bool add_source(struct resolution *resolution, const struct document *document,
	const struct card_source **added, struct error *error) {
	struct card *card = resolution->card;
	struct card_source *source = &card->sources[card->source_count];
	if (!arena_copy_text(&card->arena, document_name(document), &source->name) ||
		!arena_copy_text(
			&card->arena, document_environment(document), &source->environment)) {
		return error_set_memory(error);
	}
	source->file = card_file_acquire(document->set->file);
	source->line = document->line;
	card->source_count++;
	if (source->file->modified > card->modified) {
		card->modified = source->file->modified;
	}
	*added = source;
	return true;
}

static bool add_sources(struct resolution *resolution, struct error *error) {
	struct card *card = resolution->card;
	card->sources = arena_allocate_array(
		&card->arena, 2 * resolution->chain.length, sizeof(*card->sources));
	if (card->sources == NULL) {
		return error_set_memory(error);
	}
	for (size_t i = 0; i < resolution->chain.length; i++) {
		struct chain_link *link = &resolution->chain.links[i];
		for (size_t j = 0; j < 2; j++) {
			if (link->documents[j] != NULL &&
				!add_source(
					resolution, link->documents[j], &link->sources[j], error)) {
				return false;
			}
		}
	}
	card->directory = text_of(card->sources[0].file->directory);
	return true;
}

/* Reads one document, unless that makes the documents of the chain larger than a card may be. */
static bool read_document(
	struct resolution *resolution, struct chain_link *link, size_t index, struct error *error) {
	struct card *card = resolution->card;
	const struct yaml_limits *limits = &resolution->options->limits;
	const struct value **mapping = &link->mappings[index];
	if (!document_read(link->documents[index], limits, &card->arena, mapping, error)) {
		return false;
	}
	resolution->pair_count += (*mapping)->mapping.count;
	resolution->is_too_large = (*mapping)->weight > limits->expanded_size - resolution->weight;
	resolution->weight += (*mapping)->weight;
	return true;
}

static bool read_chain(struct resolution *resolution, struct error *error) {
	for (size_t i = 0; i < resolution->chain.length; i++) {
		struct chain_link *link = &resolution->chain.links[i];
		for (size_t j = 0; j < 2; j++) {
			if (link->documents[j] == NULL) {
				continue;
			}
			if (resolution->is_too_large ||
				!read_document(resolution, link, j, error)) {
				return resolution->is_too_large;
			}
		}
	}
	return true;
}

/* The slot of the field with that key, or the free one where it would go. */
static uint32_t *find_slot(struct resolution *resolution, const struct value *key) {
	size_t mask = resolution->slot_count - 1;
	size_t i = (size_t)value_hash_key(key) & mask;
	while (resolution->slots[i] != 0 &&
		!value_same_key(resolution->fields[resolution->slots[i] - 1].field.key, key)) {
		i = (i + 1) & mask;
	}
	return &resolution->slots[i];
}

static bool is_key(const struct value *key, struct text name) {
	return key->type == VALUE_STRING && text_equal(key->canonical, name);
}

/* Lays a pair of a document of the chain below what is there: nearer links hide it. */
static void merge_pair(struct resolution *resolution, const struct value_pair *pair, size_t link,
	const struct card_source *source) {
	if (is_key(pair->key, TEXT("name")) || is_key(pair->key, TEXT("base"))) {
		return;
	}
	uint32_t *slot = find_slot(resolution, pair->key);
	if (*slot == 0) {
		resolution->fields[resolution->field_count] = (struct merged_field){
			.field = {.key = pair->key, .value = pair->value, .source = source},
			.link = link,
		};
		*slot = (uint32_t)++resolution->field_count;
		return;
	}
	struct merged_field *merged = &resolution->fields[*slot - 1];
	if (merged->link == link) {
		merged->field.value = pair->value;
		merged->field.source = source;
	}
}

static void merge_fields(struct resolution *resolution) {
	for (size_t i = 0; i < resolution->chain.length; i++) {
		const struct chain_link *link = &resolution->chain.links[i];
		/* An environment's card is laid over the own one, whose order of keys stays. */
		for (size_t j = 2; j-- > 0;) {
			const struct value *mapping = link->mappings[j];
			for (size_t k = 0; mapping != NULL && k < mapping->mapping.count; k++) {
				merge_pair(resolution, &mapping->mapping.pairs[k], i,
					link->sources[j]);
			}
		}
	}
}

/* What a card of the chain says of a field: its environment first. */
struct contribution {
	const struct value *value; /* NULL where it says nothing */
	const struct card_source *source;
};

static struct contribution find_contribution(const struct chain_link *link, struct text key) {
	for (size_t i = 0; i < 2; i++) {
		const struct value *value =
			link->mappings[i] == NULL ? NULL : value_find(link->mappings[i], key);
		if (value != NULL) {
			return (struct contribution){value, link->sources[i]};
		}
	}
	return (struct contribution){0};
}

/*
 * The document, the lowest of the chain, that says something of the field that cannot be composed.
 */
static const struct card_source *find_culprit(
	struct resolution *resolution, const struct card_field *field) {
	for (size_t i = resolution->chain.length; i-- > 0;) {
		struct contribution contribution =
			find_contribution(&resolution->chain.links[i], field->key->canonical);
		const struct value *composed;
		if (contribution.value != NULL &&
			!compose(&resolution->card->arena, &contribution.value, 1, &composed,
				NULL)) {
			return contribution.source;
		}
	}
	return field->source;
}

static void report_composition(
	struct resolution *resolution, const struct card_field *field, const struct error *fault) {
	struct text key = field->key->canonical;
	problem_list_add(&resolution->card->problems, PROBLEM_ERROR,
		text_of(find_culprit(resolution, field)->file->path), fault->line, fault->column,
		resolution->card->name, "%.*s of %.*s cannot be merged into a configuration: %s",
		TEXT_ARGUMENTS(key), TEXT_ARGUMENTS(resolution->card->name), fault->message);
}

static bool compose_field(
	struct resolution *resolution, struct card_field *field, struct error *error) {
	const struct value **values =
		calloc(resolution->chain.length, sizeof(const struct value *));
	if (values == NULL) {
		return error_set_memory(error);
	}
	size_t count = 0;
	for (size_t i = resolution->chain.length; i-- > 0;) {
		struct contribution contribution =
			find_contribution(&resolution->chain.links[i], field->key->canonical);
		if (contribution.value != NULL) {
			values[count++] = contribution.value;
		}
	}
	struct error fault = {0};
	const struct value *composed;
	bool done = compose(&resolution->card->arena, values, count, &composed, &fault);
	free(values);
	if (done) {
		field->value = composed;
		return true;
	}
	if (fault.kind == ERROR_MEMORY) {
		return error_set_memory(error);
	}
	report_composition(resolution, field, &fault);
	return true;
}

/* A relative locator becomes absolute, so that the merged card stands by itself. */
static bool finish_locator(struct card *card, struct card_field *field, struct error *error) {
	field->is_locator = true;
	struct text text = field->value->canonical;
	if (uri_classify(text) != URI_RELATIVE_PATH) {
		return true;
	}
	field->was_relative = true;
	struct buffer path = {0};
	locate_absolute_text(&path, text, card->directory);
	struct text copy;
	struct value *value = NULL;
	if (!path.failed && arena_copy_text(&card->arena, buffer_text(&path), &copy)) {
		value = value_create_string(&card->arena, copy);
	}
	buffer_finish(&path);
	if (value == NULL) {
		return error_set_memory(error);
	}
	value->line = field->value->line;
	value->column = field->value->column;
	field->value = value;
	return true;
}

static bool finish_field(
	struct resolution *resolution, struct card_field *field, struct error *error) {
	if (field->key->type != VALUE_STRING) {
		return true;
	}
	if (compose_is_configuration(field->key->canonical)) {
		return compose_field(resolution, field, error);
	}
	if (field->value->type == VALUE_STRING &&
		resolve_is_locator_field(resolution->options, field->key->canonical)) {
		return finish_locator(resolution->card, field, error);
	}
	return true;
}

static bool keep_fields(struct resolution *resolution, struct error *error) {
	struct card *card = resolution->card;
	size_t count = resolution->field_count;
	card->fields = arena_allocate_array(&card->arena, count + 1, sizeof(*card->fields));
	if (card->fields == NULL) {
		return error_set_memory(error);
	}
	for (size_t i = 0; i < count; i++) {
		card->fields[i] = resolution->fields[i].field;
		if (!finish_field(resolution, &card->fields[i], error)) {
			return false;
		}
	}
	card->field_count = count;
	return true;
}

static bool make_value(struct card *card, struct error *error) {
	struct value_pair *pairs =
		arena_allocate_array(&card->arena, card->field_count + 1, sizeof(*pairs));
	if (pairs == NULL) {
		return error_set_memory(error);
	}
	pairs[0].key = value_create_string(&card->arena, TEXT("name"));
	pairs[0].value = value_create_string(&card->arena, card->name);
	for (size_t i = 0; i < card->field_count; i++) {
		pairs[i + 1] = (struct value_pair){card->fields[i].key, card->fields[i].value};
	}
	if (pairs[0].key == NULL || pairs[0].value == NULL) {
		return error_set_memory(error);
	}
	card->value =
		value_create_mapping(&card->arena, VALUE_MAPPING, pairs, card->field_count + 1);
	return card->value != NULL || error_set_memory(error);
}

static void report_size(struct resolution *resolution) {
	struct card *card = resolution->card;
	problem_list_add(&card->problems, PROBLEM_ERROR, text_of(card->sources[0].file->path),
		card->sources[0].line, 0, card->name,
		"the documents that %.*s is merged from are longer than %zu bytes with their "
		"aliases written out, which is the limit",
		TEXT_ARGUMENTS(card->name), resolution->options->limits.expanded_size);
}

static bool merge_chain(struct resolution *resolution, struct error *error) {
	resolution->slot_count = 16;
	while (resolution->slot_count < 2 * resolution->pair_count) {
		resolution->slot_count *= 2;
	}
	resolution->fields = malloc((resolution->pair_count + 1) * sizeof(*resolution->fields));
	resolution->slots = calloc(resolution->slot_count, sizeof(*resolution->slots));
	if (resolution->fields == NULL || resolution->slots == NULL) {
		return error_set_memory(error);
	}
	merge_fields(resolution);
	return keep_fields(resolution, error) && make_value(resolution->card, error);
}

static bool resolve_chain(struct resolution *resolution, struct error *error) {
	struct card *card = resolution->card;
	if (!add_sources(resolution, error)) {
		return false;
	}
	card->is_broken = resolution->chain.is_broken;
	if (card->is_broken) {
		return true;
	}
	if (!read_chain(resolution, error)) {
		return false;
	}
	card->is_broken = resolution->is_too_large;
	if (card->is_broken) {
		report_size(resolution);
		return true;
	}
	if (!arena_copy_text(&card->arena, chain_base(&resolution->chain), &card->base)) {
		return error_set_memory(error);
	}
	return merge_chain(resolution, error);
}

struct card *resolve_card(const struct catalog *catalog, const struct asset *asset,
	const struct environments *environments, struct error *error) {
	struct card *card = card_create(asset->name);
	if (card == NULL) {
		error_set_memory(error);
		return NULL;
	}
	struct resolution resolution = {.options = catalog_options(catalog), .card = card};
	bool done = chain_init(&resolution.chain, catalog, asset, environments, &card->problems,
			    error) &&
		    resolve_chain(&resolution, error);
	chain_finish(&resolution.chain);
	free(resolution.fields);
	free(resolution.slots);
	if (done) {
		problem_list_sort(&card->problems);
	}
	if (!done || card->problems.failed) {
		error_set_memory(error);
		card_release(card);
		return NULL;
	}
	return card;
}
