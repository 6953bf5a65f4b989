#include "card/override.h"

#include "card/compose.h"
#include "yaml/edit.h"
#include "yaml/revise.h"
#include "yaml/scalar.h"
#include "yaml/write.h"

#include <string.h>

void override_finish(struct override *override) {
	buffer_finish(&override->text);
}

static const struct yaml_limits *limits_of(const struct override *override) {
	return &catalog_options(override->catalog)->limits;
}

/* ---- the document in its file ---- */

/* Where the document is; mapping is NULL where the file has none of the name. */
struct place {
	struct yaml_slice slice;
	const struct value *mapping;
	size_t document_count; /* before it, or all */
	struct error fault;    /* of the first document before it that cannot be read */
};

static bool is_named(const struct override *override, const struct value *root) {
	const struct value *value =
		root->type == VALUE_MAPPING ? value_find(root, TEXT("name")) : NULL;
	struct card_name name;
	return value != NULL && value->type == VALUE_STRING &&
	       card_name_parse(value->canonical, &name, NULL) &&
	       text_equal(name.name, override->name) &&
	       text_equal(name.environment, override->environment);
}

/* Fails for want of memory. */
static bool find_place(const struct override *override, struct arena *arena, struct place *place,
	struct error *error) {
	*place = (struct place){0};
	struct text text = buffer_text(&override->text);
	while (yaml_next_slice(text, &place->slice)) {
		const struct value *root;
		struct error fault = {0};
		enum yaml_result result =
			yaml_read(arena, text, &place->slice, limits_of(override), &root, &fault);
		if (result == YAML_READ_VALUE && is_named(override, root)) {
			place->mapping = root;
			return true;
		}
		place->document_count += result != YAML_READ_NOTHING;
		if (fault.kind == ERROR_MEMORY) {
			return error_set_memory(error);
		}
		if (place->fault.kind == ERROR_NONE) {
			place->fault = fault;
		}
	}
	return true;
}

/* Puts text in the place of the document. */
static bool put(struct override *override, const struct yaml_slice *slice, struct text document,
	struct error *error) {
	struct text text = buffer_text(&override->text);
	struct buffer changed = {0};
	buffer_append_text(&changed, text_part(text, 0, slice->offset));
	buffer_append_text(&changed, document);
	buffer_append_text(&changed, text_part(text, slice->offset + slice->length, text.length));
	if (changed.failed) {
		buffer_finish(&changed);
		return error_set_memory(error);
	}
	buffer_finish(&override->text);
	override->text = changed;
	return true;
}

static bool apply(struct override *override, const struct place *place,
	const struct yaml_change *change, struct error *error) {
	const struct yaml_slice *slice = &place->slice;
	struct text document =
		text_part(buffer_text(&override->text), slice->offset, slice->length);
	struct buffer edited = {0};
	bool done = yaml_edit(&edited, document, slice->line, change, limits_of(override), error) &&
		    put(override, slice, buffer_text(&edited), error);
	buffer_finish(&edited);
	return done;
}

static struct text last_line(struct text text) {
	while (text.length > 0 && text.data[text.length - 1] == '\n') {
		text.length--;
	}
	size_t start = text.length;
	while (start > 0 && text.data[start - 1] != '\n') {
		start--;
	}
	return text_part(text, start, text.length);
}

static void append_document(struct override *override, const struct place *place) {
	struct buffer *text = &override->text;
	struct text present = buffer_text(text);
	if (present.length > 0 && !text_ends_with(present, TEXT("\n"))) {
		buffer_append_byte(text, '\n');
	}
	if (place->document_count > 0 &&
		!text_starts_with(last_line(buffer_text(text)), TEXT("..."))) {
		buffer_append_string(text, "---\n");
	}
	struct buffer name = {0};
	buffer_append_text(&name, override->name);
	buffer_append_byte(&name, '@');
	buffer_append_text(&name, override->environment);
	buffer_append_string(text, "name: ");
	yaml_write_inline(
		text, &(struct value){.type = VALUE_STRING, .canonical = buffer_text(&name)});
	buffer_append_byte(text, '\n');
	text->failed |= name.failed;
	buffer_finish(&name);
}

/* Finds the document, and adds it where the file has none. */
static bool find_or_add(
	struct override *override, struct arena *arena, struct place *place, struct error *error) {
	if (!find_place(override, arena, place, error)) {
		return false;
	}
	if (place->mapping != NULL) {
		return true;
	}
	if (place->fault.kind != ERROR_NONE) {
		*error = place->fault;
		return false;
	}
	if (override->environment.length == 0) {
		return error_set(error, ERROR_NOT_FOUND,
			"the card \"%.*s\" itself is not in this store; leave the \"@\" out to "
			"override it",
			TEXT_ARGUMENTS(override->name));
	}
	append_document(override, place);
	if (override->text.failed) {
		return error_set_memory(error);
	}
	return find_place(override, arena, place, error);
}

/* ---- fields ---- */

/* A field as the keys that lead to it. */
struct field {
	struct text name; /* dotted */
	const struct value **keys;
	size_t key_count;
};

static struct text text_of_key(const struct value *key) {
	return key->type == VALUE_STRING ? key->canonical : key->written;
}

/* The key of the mapping (or NULL) with which rest begins, the longest of them; NULL for none. */
static const struct value_pair *find_known(const struct value *mapping, struct text rest) {
	const struct value_pair *found = NULL;
	for (size_t i = 0; mapping != NULL && i < mapping->mapping.count; i++) {
		const struct value_pair *pair = &mapping->mapping.pairs[i];
		struct text key = text_of_key(pair->key);
		bool begins = text_starts_with(rest, key) && value_is_scalar(pair->key) &&
			      (rest.length == key.length || rest.data[key.length] == '.');
		if (begins && (found == NULL || key.length > text_of_key(found->key).length)) {
			found = pair;
		}
	}
	return found;
}

/* A whole number below the top is a number, as it would be if it were written in a card. */
static const struct value *make_key(struct arena *arena, struct text text, bool is_top) {
	struct text copy;
	if (!arena_copy_text(arena, text, &copy)) {
		return NULL;
	}
	struct value *key = value_create_string(arena, copy);
	if (key != NULL && !is_top && scalar_resolve(YAML_1_2, copy) == SCALAR_INTEGER &&
		scalar_construct(arena, YAML_1_2, SCALAR_INTEGER, copy, key, NULL)) {
		value_weigh(key);
	}
	return key;
}

static bool split_field(struct arena *arena, const struct value *known, struct text name,
	struct field *field, struct error *error) {
	*field = (struct field){.name = name};
	field->keys = arena_allocate_array(arena, name.length + 1, sizeof(const struct value *));
	if (field->keys == NULL) {
		return error_set_memory(error);
	}
	struct text rest = name;
	do {
		const struct value_pair *pair = find_known(known, rest);
		struct text part = pair != NULL ? text_of_key(pair->key)
						: text_part(rest, 0, text_index(rest, '.'));
		if (part.length == 0 || part.length + 1 == rest.length) {
			return error_set(error, ERROR_USAGE,
				"\"%.*s\" is no field: a part of its name is empty",
				TEXT_ARGUMENTS(name));
		}
		const struct value *key =
			pair != NULL ? pair->key : make_key(arena, part, field->key_count == 0);
		if (key == NULL) {
			return error_set_memory(error);
		}
		field->keys[field->key_count++] = key;
		known = pair != NULL && pair->value->type == VALUE_MAPPING ? pair->value : NULL;
		rest = text_part(rest, part.length + 1, rest.length);
	} while (rest.length > 0);
	return true;
}

static bool parse_field(const struct override *override, struct arena *arena, struct text name,
	struct field *field, struct error *error) {
	if (!split_field(arena, override->card->value, name, field, error)) {
		return false;
	}
	if (text_equal(field->keys[0]->canonical, TEXT("name"))) {
		return error_set(error, ERROR_USAGE,
			"the name of a card cannot be changed; it says which card this is");
	}
	return true;
}

/* The value at the end of the keys; NULL where there is none. */
static const struct value *find_value(
	const struct value *value, const struct value *const *keys, size_t key_count) {
	for (size_t i = 0; value != NULL && i < key_count; i++) {
		const struct value_pair *pair =
			value->type == VALUE_MAPPING ? revise_find(value, keys[i]) : NULL;
		value = pair == NULL ? NULL : pair->value;
	}
	return value;
}

/* Whether all on the way to the field is a mapping, or nothing yet. */
static bool check_way(const struct value *value, const struct field *field, struct error *error) {
	for (size_t i = 1; value != NULL && i < field->key_count; i++) {
		if (value->type != VALUE_MAPPING && value->type != VALUE_NULL) {
			return error_set(error, ERROR_INVALID,
				"\"%.*s\" is %s, which has no fields",
				TEXT_ARGUMENTS(text_of_key(field->keys[i - 1])),
				value_type_name(value->type));
		}
		value = find_value(value, &field->keys[i], 1);
	}
	return true;
}

/* ---- what an override hides ---- */

static bool find_own_value(const struct override *override, struct arena *arena, struct text key,
	const struct value **value, struct error *error) {
	struct asset asset;
	*value = NULL;
	if (override->environment.length == 0 ||
		!catalog_find(override->catalog, override->name, &asset)) {
		return true;
	}
	const struct document *document = asset_document(&asset, TEXT(""));
	const struct value *mapping;
	if (document == NULL) {
		return true;
	}
	if (!document_read(document, limits_of(override), arena, &mapping, error)) {
		return false;
	}
	*value = value_find(mapping, key);
	return true;
}

/* What the base has, as a copy in the arena would: the base's card is *base, to be released. */
static bool find_base_value(const struct override *override, struct text key, struct card **base,
	const struct value **value, struct error *error) {
	struct environments environments = {
		.names = {override->environment},
		.count = override->environment.length > 0,
	};
	struct error fault = {0};
	*base = NULL;
	if (override->card->base.length == 0) {
		return true;
	}
	*base = catalog_card(override->catalog, override->card->base, &environments, &fault);
	if (*base == NULL) {
		return fault.kind == ERROR_NOT_FOUND || error_set_memory(error);
	}
	const struct card_field *field = card_find(*base, key);
	*value = field == NULL ? NULL : field->value;
	return true;
}

/*
 * Finds what shows of a top-level field where the document does not set it: the value of the
 * asset's own card, else of its base. Configurations of bases are not hidden but composed. *base is
 * released by the caller, once the value is no longer needed.
 */
static bool find_hidden(const struct override *override, struct arena *arena, struct text key,
	struct card **base, const struct value **value, struct error *error) {
	*base = NULL;
	if (!find_own_value(override, arena, key, value, error)) {
		return false;
	}
	if (*value != NULL || compose_is_configuration(key)) {
		return true;
	}
	return find_base_value(override, key, base, value, error);
}

/* ---- changes ---- */

/* Sets a field in a mapping that the document does not have: with all that it would hide. */
static bool set_with_hidden(struct override *override, struct arena *arena,
	const struct place *place, const struct field *field, const struct value *value,
	struct error *error) {
	struct card *base;
	const struct value *hidden;
	struct yaml_change whole = {field->keys, field->key_count, value};
	bool done = find_hidden(override, arena, field->keys[0]->canonical, &base, &hidden, error);
	done = done && check_way(hidden, field, error);
	if (done && hidden != NULL && hidden->type == VALUE_MAPPING) {
		struct yaml_change below = {field->keys + 1, field->key_count - 1, value};
		whole = (struct yaml_change){field->keys, 1, revise(arena, hidden, &below)};
		done = whole.value != NULL || error_set_memory(error);
	}
	done = done && apply(override, place, &whole, error);
	card_release(base);
	return done;
}

bool override_set(struct override *override, struct text name, const struct value *value,
	struct error *error) {
	struct arena arena = {0};
	struct field field;
	struct place place;
	bool done = parse_field(override, &arena, name, &field, error) &&
		    find_or_add(override, &arena, &place, error);
	if (done) {
		bool is_there = find_value(place.mapping, field.keys, 1) != NULL;
		const struct yaml_change change = {field.keys, field.key_count, value};
		done = is_there || field.key_count == 1
			       ? apply(override, &place, &change, error)
			       : set_with_hidden(override, &arena, &place, &field, value, error);
	}
	arena_finish(&arena);
	return done;
}

/* Once a field of a mapping shows what is below again, all of the mapping may. */
static bool drop_if_same(struct override *override, struct arena *arena, const struct field *field,
	const struct value *hidden, struct error *error) {
	struct place place;
	if (!find_place(override, arena, &place, error)) {
		return false;
	}
	const struct value *value =
		place.mapping == NULL ? NULL : find_value(place.mapping, field->keys, 1);
	const struct yaml_change removal = {field->keys, 1, NULL};
	return hidden == NULL || value == NULL || !value_equal(value, hidden) ||
	       apply(override, &place, &removal, error);
}

static bool unset_nested(struct override *override, struct arena *arena, const struct place *place,
	const struct field *field, struct error *error) {
	struct card *base;
	const struct value *hidden;
	bool done = find_hidden(override, arena, field->keys[0]->canonical, &base, &hidden, error);
	if (done) {
		const struct yaml_change change = {field->keys, field->key_count,
			find_value(hidden, field->keys + 1, field->key_count - 1)};
		done = apply(override, place, &change, error) &&
		       drop_if_same(override, arena, field, hidden, error);
	}
	card_release(base);
	return done;
}

static bool unset(struct override *override, struct arena *arena, const struct field *field,
	struct error *error) {
	struct place place;
	if (!find_place(override, arena, &place, error)) {
		return false;
	}
	if (find_value(place.mapping, field->keys, field->key_count) == NULL) {
		return error_set(error, ERROR_NOT_FOUND, "\"%.*s%s%.*s\" does not set \"%.*s\"",
			TEXT_ARGUMENTS(override->name), override->environment.length > 0 ? "@" : "",
			TEXT_ARGUMENTS(override->environment), TEXT_ARGUMENTS(field->name));
	}
	const struct yaml_change removal = {field->keys, field->key_count, NULL};
	return field->key_count == 1 ? apply(override, &place, &removal, error)
				     : unset_nested(override, arena, &place, field, error);
}

bool override_unset(struct override *override, struct text name, struct error *error) {
	struct arena arena = {0};
	struct field field;
	bool done = parse_field(override, &arena, name, &field, error) &&
		    unset(override, &arena, &field, error);
	arena_finish(&arena);
	return done;
}

/* ---- the end ---- */

/* Whether there are only blanks, and markers between documents that are gone. */
static bool is_empty_text(struct text text) {
	while (text.length > 0) {
		struct text line = text_part(text, 0, text_index(text, '\n'));
		text = text_part(text, line.length + 1, text.length);
		line = text_strip(line);
		if (line.length > 0 && !text_equal(line, TEXT("..."))) {
			return false;
		}
	}
	return true;
}

static bool remove_document(
	struct override *override, const struct yaml_slice *slice, struct error *error) {
	struct text document =
		text_part(buffer_text(&override->text), slice->offset, slice->length);
	struct buffer rest = {0};
	bool done = yaml_edit_away(&rest, document, slice->line, error) &&
		    put(override, slice, buffer_text(&rest), error);
	buffer_finish(&rest);
	return done;
}

bool override_settle(struct override *override, bool *is_empty, struct error *error) {
	struct arena arena = {0};
	struct place place;
	bool done = find_place(override, &arena, &place, error);
	if (done && place.mapping != NULL && place.mapping->mapping.count == 1 &&
		override->environment.length > 0) {
		done = remove_document(override, &place.slice, error);
	}
	*is_empty = is_empty_text(buffer_text(&override->text));
	arena_finish(&arena);
	return done;
}
