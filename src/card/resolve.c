#include "card/resolve.h"

#include "base/table.h"
#include "card/compose.h"
#include "locate/locate.h"

#include <stdlib.h>

/* One card of the chain: its own document, and the environment's that is laid over it. */
struct link {
	struct asset asset;
	const struct document *documents[2]; /* environment's (or NULL), own */
	const struct value *mappings[2];     /* of the same */
	const struct card_source *sources[2];
};

enum { LINK_ENVIRONMENT, LINK_OWN };

/* A field while it is being merged: which link of the chain it comes from. */
struct merged_field {
	struct card_field field;
	size_t link;
};

/* What is being worked out for one card. */
struct resolution {
	const struct catalog *catalog;
	const struct environments *environments;
	struct card *card;
	struct link *chain; /* nearest first */
	size_t chain_length;
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

/* Of the card itself it is what the catalog reports too; of a base, it says whose base that is. */
static void report_fault(struct resolution *resolution, const struct document *document) {
	const struct problem *fault = document_fault(document);
	struct text leaf = resolution->card->name;
	struct text faulty = document_name(document);
	if (text_equal(leaf, faulty)) {
		problem_list_add(&resolution->card->problems, PROBLEM_ERROR,
			document_path(document), fault->line, fault->column, leaf, "%s",
			fault->message);
		return;
	}
	problem_list_add(&resolution->card->problems, PROBLEM_ERROR, document_path(document),
		fault->line, fault->column, leaf, "%.*s, a base of %.*s, is faulty: %s",
		TEXT_ARGUMENTS(faulty), TEXT_ARGUMENTS(leaf), fault->message);
}

static void report_missing_base(struct resolution *resolution, const struct document *document) {
	struct text leaf = resolution->card->name;
	struct text needing = document_name(document);
	bool is_leaf = text_equal(leaf, needing);
	problem_list_add(&resolution->card->problems, PROBLEM_ERROR, document_path(document),
		document->base_line, document->base_column, leaf,
		"base card \"%.*s\" does not exist (needed by %.*s%s%.*s)",
		TEXT_ARGUMENTS(document_base(document)), TEXT_ARGUMENTS(needing),
		is_leaf ? "" : ", a base of ", is_leaf ? 0 : (int)leaf.length, leaf.data);
}

/* "a -> b -> a", naming every card of the circle that starts at chain[first]. */
static void report_cycle(
	struct resolution *resolution, const struct document *document, size_t first) {
	struct buffer circle = {0};
	for (size_t i = first; i < resolution->chain_length; i++) {
		buffer_append_text(&circle, resolution->chain[i].asset.name);
		buffer_append_string(&circle, " -> ");
	}
	buffer_append_text(&circle, resolution->chain[first].asset.name);
	problem_list_add(&resolution->card->problems, PROBLEM_ERROR, document_path(document),
		document->base_line, document->base_column, resolution->card->name,
		"the bases of %.*s go in a circle: %.*s; change the base of one of them",
		TEXT_ARGUMENTS(resolution->card->name), TEXT_ARGUMENTS(buffer_text(&circle)));
	resolution->card->problems.failed |= circle.failed;
	buffer_finish(&circle);
}

static void report_length(struct resolution *resolution, const struct document *document) {
	problem_list_add(&resolution->card->problems, PROBLEM_ERROR, document_path(document),
		document->base_line, document->base_column, resolution->card->name,
		"the chain of bases of %.*s is longer than %d cards",
		TEXT_ARGUMENTS(resolution->card->name), RESOLVE_CHAIN_LIMIT);
}

static void fill_link(
	struct link *link, const struct asset *asset, const struct environments *environments) {
	*link = (struct link){.asset = *asset};
	link->documents[LINK_OWN] = asset_document(asset, TEXT(""));
	for (size_t i = 0; i < environments->count; i++) {
		const struct document *document = asset_document(asset, environments->names[i]);
		if (document != NULL && environments->names[i].length > 0) {
			link->documents[LINK_ENVIRONMENT] = document;
			return;
		}
	}
}

/* The document of the link that decides what its base is: the environment's where it has the key.
 */
static const struct document *base_document(const struct link *link) {
	const struct document *over = link->documents[LINK_ENVIRONMENT];
	return over != NULL && over->has_base ? over : link->documents[LINK_OWN];
}

/* Whether the documents of a link can be used; what is wrong with them becomes the card's problem.
 */
static bool check_link(struct resolution *resolution, const struct link *link) {
	const struct document *conflict[2];
	if (asset_conflict(&link->asset, conflict)) {
		shard_report_conflict(&resolution->card->problems, resolution->card->name,
			conflict[0], conflict[1]);
		return false;
	}
	for (size_t i = 0; i < 2; i++) {
		if (link->documents[i] != NULL && link->documents[i]->is_faulty) {
			report_fault(resolution, link->documents[i]);
			return false;
		}
	}
	return true;
}

static struct text link_key(const void *item) {
	const struct link *link = item;
	return link->asset.name;
}

/*
 * Finds the asset below the last link. Returns false, with the card broken, where there is none, or
 * the chain would not end.
 */
static bool find_base(struct resolution *resolution, const struct table *seen,
	const struct document *document, struct asset *asset) {
	resolution->card->is_broken = true;
	if (!catalog_find(resolution->catalog, document_base(document), asset)) {
		report_missing_base(resolution, document);
		return false;
	}
	const struct link *again = table_find(seen, asset->name);
	if (again != NULL) {
		report_cycle(resolution, document, (size_t)(again - resolution->chain));
		return false;
	}
	if (resolution->chain_length == RESOLVE_CHAIN_LIMIT) {
		report_length(resolution, document);
		return false;
	}
	resolution->card->is_broken = false;
	return true;
}

/* Adds the links from asset on, until a root or what breaks the card. Fails for want of memory. */
static bool follow_bases(struct resolution *resolution, struct asset asset, struct table *seen,
	struct error *error) {
	for (;;) {
		struct link *link = &resolution->chain[resolution->chain_length++];
		fill_link(link, &asset, resolution->environments);
		if (!table_add(seen, link)) {
			return error_set_memory(error);
		}
		if (!check_link(resolution, link)) {
			resolution->card->is_broken = true;
			return true;
		}
		const struct document *document = base_document(link);
		if (document->base_length == 0) {
			return true;
		}
		if (resolution->chain_length == 1) {
			resolution->card->base = document_base(document);
		}
		if (!find_base(resolution, seen, document, &asset)) {
			return true;
		}
	}
}

static bool build_chain(
	struct resolution *resolution, const struct asset *asset, struct error *error) {
	/* Links are filled as they are added: most chains are short. */
	resolution->chain = malloc(RESOLVE_CHAIN_LIMIT * sizeof(*resolution->chain));
	if (resolution->chain == NULL) {
		return error_set_memory(error);
	}
	struct table seen = {.key = link_key};
	bool done = follow_bases(resolution, *asset, &seen, error);
	table_finish(&seen);
	struct card *card = resolution->card;
	if (done && !arena_copy_text(&card->arena, card->base, &card->base)) {
		return error_set_memory(error);
	}
	return done;
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
		&card->arena, 2 * resolution->chain_length, sizeof(*card->sources));
	if (card->sources == NULL) {
		return error_set_memory(error);
	}
	for (size_t i = 0; i < resolution->chain_length; i++) {
		struct link *link = &resolution->chain[i];
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

static bool read_chain(struct resolution *resolution, size_t *pair_count, struct error *error) {
	const struct yaml_limits *limits = &catalog_options(resolution->catalog)->limits;
	*pair_count = 0;
	for (size_t i = 0; i < resolution->chain_length; i++) {
		struct link *link = &resolution->chain[i];
		for (size_t j = 0; j < 2; j++) {
			if (link->documents[j] == NULL) {
				continue;
			}
			if (!document_read(link->documents[j], limits, &resolution->card->arena,
				    &link->mappings[j], error)) {
				return false;
			}
			*pair_count += link->mappings[j]->mapping.count;
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
	for (size_t i = 0; i < resolution->chain_length; i++) {
		const struct link *link = &resolution->chain[i];
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

/* What one card of the chain says of a field, its environment first; NULL where it says nothing. */
static const struct value *link_value(const struct link *link, struct text key) {
	for (size_t i = 0; i < 2; i++) {
		const struct value *value =
			link->mappings[i] == NULL ? NULL : value_find(link->mappings[i], key);
		if (value != NULL) {
			return value;
		}
	}
	return NULL;
}

static void report_composition(
	struct resolution *resolution, const struct card_field *field, const struct error *fault) {
	struct text key = field->key->canonical;
	problem_list_add(&resolution->card->problems, PROBLEM_ERROR,
		text_of(field->source->file->path), fault->line, fault->column,
		resolution->card->name, "%.*s of %.*s cannot be composed along its bases: %s",
		TEXT_ARGUMENTS(key), TEXT_ARGUMENTS(resolution->card->name), fault->message);
}

static bool compose_field(
	struct resolution *resolution, struct card_field *field, struct error *error) {
	struct text key = field->key->canonical;
	const struct value **values =
		calloc(resolution->chain_length, sizeof(const struct value *));
	if (values == NULL) {
		return error_set_memory(error);
	}
	size_t count = 0;
	for (size_t i = resolution->chain_length; i-- > 0;) {
		const struct value *value = link_value(&resolution->chain[i], key);
		if (value != NULL) {
			values[count++] = value;
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
	const struct catalog_options *options = catalog_options(resolution->catalog);
	if (field->key->type != VALUE_STRING) {
		return true;
	}
	if (compose_is_configuration(field->key->canonical)) {
		return compose_field(resolution, field, error);
	}
	if (field->value->type == VALUE_STRING &&
		resolve_is_locator_field(options, field->key->canonical)) {
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

static void check_weight(struct resolution *resolution) {
	struct card *card = resolution->card;
	size_t limit = catalog_options(resolution->catalog)->limits.expanded_size;
	if (card->value->weight <= limit) {
		return;
	}
	problem_list_add(&card->problems, PROBLEM_ERROR, text_of(card->sources[0].file->path),
		card->sources[0].line, 0, card->name,
		"the merged card is larger than %zu bytes with its aliases written out", limit);
	card->is_broken = true;
}

static bool merge_chain(struct resolution *resolution, struct error *error) {
	size_t pair_count;
	if (!read_chain(resolution, &pair_count, error)) {
		return false;
	}
	resolution->slot_count = 16;
	while (resolution->slot_count < 2 * pair_count) {
		resolution->slot_count *= 2;
	}
	resolution->fields = calloc(pair_count + 1, sizeof(*resolution->fields));
	resolution->slots = calloc(resolution->slot_count, sizeof(*resolution->slots));
	if (resolution->fields == NULL || resolution->slots == NULL) {
		return error_set_memory(error);
	}
	merge_fields(resolution);
	if (!keep_fields(resolution, error) || !make_value(resolution->card, error)) {
		return false;
	}
	check_weight(resolution);
	return true;
}

/* A broken card shows nothing but why. */
static void drop_fields(struct card *card) {
	card->fields = NULL;
	card->field_count = 0;
	card->value = NULL;
	card->base = (struct text){0};
}

struct card *resolve_card(const struct catalog *catalog, const struct asset *asset,
	const struct environments *environments, struct error *error) {
	struct resolution resolution = {
		.catalog = catalog,
		.environments = environments,
		.card = card_create(asset->name),
	};
	struct card *card = resolution.card;
	if (card == NULL) {
		error_set_memory(error);
		return NULL;
	}
	bool done = build_chain(&resolution, asset, error) && add_sources(&resolution, error) &&
		    (card->is_broken || merge_chain(&resolution, error));
	free(resolution.chain);
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
	if (card->is_broken) {
		drop_fields(card);
	}
	return card;
}
