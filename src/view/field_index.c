#include "view/field_index.h"

#include "base/array.h"
#include "card/find.h"
#include "card/kind.h"
#include "card/resolve.h"
#include "view/names.h"

#include <stdlib.h>
#include <string.h>

/* An index in the making. */
struct survey {
	struct field_index *index;
	const struct catalog *catalog;
	const struct environments *environments;
	const struct field_index *previous;
	/* By the numbers that values have in the previous one: the same here, once they are. */
	struct indexed_value **known;
	bool failed;
};

/* A visit of one card. */
struct visit {
	field_index_visitor *visitor;
	void *context;
	struct buffer path;
};

static struct text field_key(const void *item) {
	const struct indexed_field *field = item;
	return field->name;
}

static struct text value_key(const void *item) {
	const struct indexed_value *value = item;
	return value->path;
}

static void free_index(struct field_index *index) {
	table_finish(&index->fields);
	table_finish(&index->values);
	free(index->assets);
	free(index->numbered);
	free(index->facts);
	free(index->members);
	arena_finish(&index->arena);
	free(index);
}

struct field_index *field_index_acquire(struct field_index *index) {
	atomic_fetch_add_explicit(&index->references, 1, memory_order_relaxed);
	return index;
}

void field_index_release(struct field_index *index) {
	if (index != NULL &&
		atomic_fetch_sub_explicit(&index->references, 1, memory_order_acq_rel) == 1) {
		free_index(index);
	}
}

static struct indexed_field *add_field(struct field_index *index, struct text name) {
	struct indexed_field *field = table_find(&index->fields, name);
	if (field != NULL) {
		return field;
	}
	field = arena_allocate(&index->arena, sizeof(*field));
	if (field == NULL || !arena_copy_text(&index->arena, name, &field->name) ||
		!table_add(&index->fields, field)) {
		return NULL;
	}
	return field;
}

static bool number_value(struct field_index *index, struct indexed_value *value) {
	struct indexed_value **grown = array_make_room(index->numbered, index->value_count,
		&index->value_capacity, sizeof(struct indexed_value *));
	if (grown == NULL || index->value_count == UINT32_MAX) {
		return false;
	}
	index->numbered = grown;
	value->number = (uint32_t)index->value_count;
	index->numbered[index->value_count++] = value;
	return true;
}

static struct indexed_value *add_value(
	struct field_index *index, struct text path, size_t field_length) {
	struct indexed_value *value = table_find(&index->values, path);
	if (value != NULL) {
		return value;
	}
	struct indexed_field *field = add_field(index, text_part(path, 0, field_length));
	value = arena_allocate(&index->arena, sizeof(*value));
	if (field == NULL || value == NULL || !arena_copy_text(&index->arena, path, &value->path) ||
		!table_add(&index->values, value) || !number_value(index, value)) {
		return NULL;
	}
	value->name = text_part(value->path, field_length + 1, path.length);
	value->next = field->first;
	field->first = value;
	return value;
}

/* Every kind is shown, be it that nothing is of it. */
static bool add_kinds(struct field_index *index) {
	for (enum card_kind kind = KIND_MODEL; kind <= KIND_OTHER; kind++) {
		struct buffer path = {0};
		buffer_append_string(&path, "kind/");
		buffer_append_string(&path, card_kind_name(kind));
		bool done = !path.failed && add_value(index, buffer_text(&path), 4) != NULL;
		buffer_finish(&path);
		if (!done) {
			return false;
		}
	}
	return true;
}

/* Adds a value to what the last asset has, once. */
static bool add_fact(struct field_index *index, struct indexed_value *value) {
	struct indexed_asset *asset = &index->assets[index->asset_count - 1];
	if (value->last_user == index->asset_count) {
		return true;
	}
	uint32_t *grown = array_make_room(
		index->facts, index->fact_count, &index->fact_capacity, sizeof(*index->facts));
	if (grown == NULL || index->fact_count == UINT32_MAX) {
		return false;
	}
	index->facts = grown;
	index->facts[index->fact_count++] = value->number;
	asset->fact_count++;
	value->last_user = (uint32_t)index->asset_count;
	value->member_count++;
	return true;
}

static bool add_asset(struct field_index *index, struct text name, int64_t modified) {
	struct indexed_asset *grown = array_make_room(
		index->assets, index->asset_count, &index->asset_capacity, sizeof(*index->assets));
	if (grown == NULL) {
		return false;
	}
	index->assets = grown;
	struct indexed_asset *asset = &index->assets[index->asset_count];
	*asset = (struct indexed_asset){
		.modified = modified,
		.first_fact = (uint32_t)index->fact_count,
	};
	if (index->asset_count == UINT32_MAX - 1 ||
		!arena_copy_text(&index->arena, name, &asset->name)) {
		return false;
	}
	index->asset_count++;
	return true;
}

/* Appends the file name of text. Returns false, with nothing appended, where none holds it. */
static bool append_name(struct buffer *path, struct text text) {
	size_t start = path->length;
	if (text.length <= NAMES_LENGTH_LIMIT) {
		names_encode(path, text, NAMES_ELSEWHERE);
		if (path->length - start <= NAMES_LENGTH_LIMIT) {
			return true;
		}
		path->length = start;
	}
	return false;
}

static bool visit_field(void *context, const struct nested_field *field) {
	struct visit *visit = context;
	if (!value_is_scalar(field->value)) {
		return true;
	}
	buffer_clear(&visit->path);
	if (!append_name(&visit->path, field->path)) {
		return true;
	}
	size_t field_length = visit->path.length;
	buffer_append_byte(&visit->path, '/');
	if (!append_name(&visit->path, fields_scalar_text(field->value))) {
		return true;
	}
	return !visit->path.failed &&
	       visit->visitor(visit->context, buffer_text(&visit->path), field_length);
}

bool field_index_visit(
	const struct card *card, field_index_visitor *visitor, void *context, struct error *error) {
	struct visit visit = {.visitor = visitor, .context = context};
	bool done = card->is_broken || find_visit(card, visit_field, &visit, error);
	bool failed = visit.path.failed;
	buffer_finish(&visit.path);
	return done && (!failed || error_set_memory(error));
}

static bool take_fact(void *context, struct text path, size_t field_length) {
	struct survey *survey = context;
	struct indexed_value *value = add_value(survey->index, path, field_length);
	survey->failed = value == NULL || !add_fact(survey->index, value);
	return !survey->failed;
}

/* The catalog does not keep the card: a pass over all of them would leave it no others. */
static bool survey_card(struct survey *survey, struct text name, struct error *error) {
	struct asset asset;
	if (!catalog_find(survey->catalog, name, &asset)) {
		return true;
	}
	struct card *card = resolve_card(survey->catalog, &asset, survey->environments, error);
	if (card == NULL) {
		return false;
	}
	bool done = true;
	if (!card->is_broken) {
		done = add_asset(survey->index, name, card->modified) || error_set_memory(error);
		done = done && field_index_visit(card, take_fact, survey, error);
	}
	card_release(card);
	return done && (!survey->failed || error_set_memory(error));
}

/* The value that one of the previous index is here. */
static struct indexed_value *carry_value(struct survey *survey, uint32_t number) {
	if (survey->known[number] == NULL) {
		const struct indexed_value *value = survey->previous->numbered[number];
		size_t field_length = value->path.length - value->name.length - 1;
		survey->known[number] = add_value(survey->index, value->path, field_length);
	}
	return survey->known[number];
}

static bool carry_over(struct survey *survey, const struct indexed_asset *asset) {
	bool done = add_asset(survey->index, asset->name, asset->modified);
	for (uint32_t i = 0; done && i < asset->fact_count; i++) {
		struct indexed_value *value =
			carry_value(survey, survey->previous->facts[asset->first_fact + i]);
		done = value != NULL && add_fact(survey->index, value);
	}
	return done;
}

/* Takes over what did not change, and looks at what did, in the order of names. */
static bool survey_changes(
	struct survey *survey, const struct text *changed, size_t count, struct error *error) {
	const struct field_index *previous = survey->previous;
	survey->known = calloc(previous->value_count + 1, sizeof(struct indexed_value *));
	if (survey->known == NULL) {
		return error_set_memory(error);
	}
	bool done = true;
	size_t next = 0;
	for (size_t i = 0; done && i < previous->asset_count; i++) {
		const struct indexed_asset *asset = &previous->assets[i];
		while (done && next < count && text_compare(changed[next], asset->name) < 0) {
			done = survey_card(survey, changed[next++], error);
		}
		bool is_changed = next < count && text_equal(changed[next], asset->name);
		if (done && !is_changed) {
			done = carry_over(survey, asset) || error_set_memory(error);
		}
	}
	while (done && next < count) {
		done = survey_card(survey, changed[next++], error);
	}
	free(survey->known);
	return done;
}

static bool survey_all(struct survey *survey, struct error *error) {
	struct text *names = catalog_sorted_names(survey->catalog);
	if (names == NULL) {
		return error_set_memory(error);
	}
	bool done = true;
	for (size_t i = 0; done && i < catalog_asset_count(survey->catalog); i++) {
		done = survey_card(survey, names[i], error);
	}
	free(names);
	return done;
}

/* From what each asset has to who has each value. */
static bool gather_members(struct field_index *index) {
	index->members = calloc(index->fact_count + 1, sizeof(*index->members));
	if (index->members == NULL) {
		return false;
	}
	uint32_t first = 0;
	for (size_t i = 0; i < index->value_count; i++) {
		struct indexed_value *value = index->numbered[i];
		value->first_member = first;
		first += value->member_count;
		value->member_count = 0;
	}
	for (size_t i = 0; i < index->asset_count; i++) {
		const struct indexed_asset *asset = &index->assets[i];
		for (uint32_t j = 0; j < asset->fact_count; j++) {
			struct indexed_value *value =
				index->numbered[index->facts[asset->first_fact + j]];
			index->members[value->first_member + value->member_count++] = (uint32_t)i;
			if (asset->modified > value->modified) {
				value->modified = asset->modified;
			}
		}
	}
	return true;
}

static void find_times(struct field_index *index) {
	struct indexed_field *field;
	for (size_t position = 0; (field = table_next(&index->fields, &position)) != NULL;) {
		for (const struct indexed_value *value = field->first; value != NULL;
			value = value->next) {
			if (value->modified > field->modified) {
				field->modified = value->modified;
			}
		}
	}
}

static bool fill(struct survey *survey, const struct text *changed, size_t changed_count,
	struct error *error) {
	if (!add_kinds(survey->index)) {
		return error_set_memory(error);
	}
	bool done = survey->previous == NULL
			    ? survey_all(survey, error)
			    : survey_changes(survey, changed, changed_count, error);
	if (!done || !gather_members(survey->index)) {
		return error_set_memory(error);
	}
	find_times(survey->index);
	return true;
}

struct field_index *field_index_create(const struct catalog *catalog,
	const struct environments *environments, const struct field_index *previous,
	const struct text *changed, size_t changed_count, struct error *error) {
	struct field_index *index = calloc(1, sizeof(*index));
	if (index == NULL) {
		error_set_memory(error);
		return NULL;
	}
	atomic_init(&index->references, 1);
	index->fields.key = field_key;
	index->values.key = value_key;
	struct survey survey = {
		.index = index,
		.catalog = catalog,
		.environments = environments,
		.previous = previous,
	};
	if (!fill(&survey, changed, changed_count, error)) {
		free_index(index);
		return NULL;
	}
	return index;
}

const struct indexed_field *field_index_field(const struct field_index *index, struct text name) {
	return table_find(&index->fields, name);
}

const struct indexed_value *field_index_value(
	const struct field_index *index, const struct indexed_field *field, struct text name) {
	char path[2 * NAMES_LENGTH_LIMIT + 1];
	if (name.length > NAMES_LENGTH_LIMIT) {
		return NULL;
	}
	size_t length = field->name.length;
	memcpy(path, field->name.data, length);
	path[length++] = '/';
	memcpy(path + length, name.data, name.length);
	return table_find(&index->values, (struct text){path, length + name.length});
}

const struct indexed_asset *field_index_member_at(
	const struct field_index *index, const struct indexed_value *value, size_t position) {
	return &index->assets[index->members[value->first_member + position]];
}

const struct indexed_asset *field_index_member(
	const struct field_index *index, const struct indexed_value *value, struct text name) {
	size_t low = 0;
	size_t high = value->member_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct indexed_asset *asset = field_index_member_at(index, value, middle);
		int order = text_compare(asset->name, name);
		if (order == 0) {
			return asset;
		}
		low = order < 0 ? middle + 1 : low;
		high = order < 0 ? high : middle;
	}
	return NULL;
}
