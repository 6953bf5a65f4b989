#include "card/find.h"

#include "card/kind.h"
#include "yaml/scalar.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* An integer of more digits is beyond any double. */
enum { DIGITS_LIMIT = 320 };

/* Those that start with another stand before it. */
static const struct {
	const char *sign;
	enum find_operator operator;
} operators[] = {
	{"!=", FIND_DIFFERENT},
	{"<=", FIND_LESS_OR_EQUAL},
	{">=", FIND_GREATER_OR_EQUAL},
	{"=", FIND_EQUAL},
	{"<", FIND_LESS},
	{">", FIND_GREATER},
};

enum { OPERATOR_COUNT = sizeof(operators) / sizeof(operators[0]) };

static bool is_number(const struct value *value) {
	return value->type == VALUE_INTEGER || value->type == VALUE_FLOAT;
}

static bool is_order(enum find_operator operator) {
	return operator>= FIND_LESS;
}

void find_construct(struct arena *arena, struct text text, struct value *meaning) {
	enum scalar_tag tag = scalar_resolve(YAML_1_2, text);
	*meaning = (struct value){0};
	if (!scalar_construct(arena, YAML_1_2, tag, text, meaning, NULL)) {
		*meaning = (struct value){.type = VALUE_STRING, .canonical = text};
	}
	meaning->written = text;
}

bool find_equal(const struct value *scalar, struct text text, const struct value *meaning) {
	if (text_equal(fields_scalar_text(scalar), text)) {
		return true;
	}
	if (scalar->type == VALUE_STRING || scalar->type == VALUE_BINARY) {
		return false;
	}
	bool is_alike = scalar->type == meaning->type || (is_number(scalar) && is_number(meaning));
	return is_alike && value_same_key(scalar, meaning);
}

static double as_double(const struct value *number) {
	if (number->type == VALUE_FLOAT) {
		return number->number;
	}
	char digits[DIGITS_LIMIT + 1];
	struct text text = text_part(number->canonical, 0, DIGITS_LIMIT);
	memcpy(digits, text.data, text.length);
	digits[text.length] = '\0';
	return strtod(digits, NULL);
}

static bool is_negative(struct text decimal) {
	return text_starts_with(decimal, TEXT("-"));
}

/* Of canonical integers: those of more digits are further from zero. */
static int compare_integers(struct text a, struct text b) {
	if (is_negative(a) != is_negative(b)) {
		return is_negative(a) ? -1 : 1;
	}
	int sign = is_negative(a) ? -1 : 1;
	if (a.length != b.length) {
		return a.length < b.length ? -sign : sign;
	}
	return sign * text_compare(a, b);
}

/* Whether the numbers stand in that order; with NaN none does. */
static bool is_in_order(
	const struct value *a, enum find_operator operator, const struct value * b) {
	double order = as_double(a) - as_double(b);
	if (a->type == VALUE_INTEGER && b->type == VALUE_INTEGER) {
		order = compare_integers(a->canonical, b->canonical);
	} else if (value_same_key(a, b)) {
		order = isnan(as_double(a)) ? NAN : 0;
	}
	switch (operator) {
	case FIND_LESS:
		return order < 0;
	case FIND_LESS_OR_EQUAL:
		return order <= 0;
	case FIND_GREATER:
		return order > 0;
	default:
		return order >= 0;
	}
}

/* Finds the first operator in text. Returns its row in the table, or OPERATOR_COUNT. */
static size_t find_operator(struct text text, size_t *offset) {
	for (*offset = 0; *offset < text.length; (*offset)++) {
		struct text rest = text_part(text, *offset, text.length);
		for (size_t i = 0; i < OPERATOR_COUNT; i++) {
			if (text_starts_with(rest, text_of(operators[i].sign))) {
				return i;
			}
		}
	}
	return OPERATOR_COUNT;
}

static bool check_condition(
	const struct find_condition *condition, struct text text, struct error *error) {
	if (condition->field.length == 0) {
		return error_set(error, ERROR_USAGE,
			"\"%.*s\" names no field; write FIELD=VALUE, FIELD!=VALUE, FIELD or !FIELD",
			TEXT_ARGUMENTS(text));
	}
	if (is_order(condition->operator) && !is_number(&condition->value)) {
		return error_set(error, ERROR_USAGE,
			"\"%.*s\" compares with \"%.*s\", which is no number", TEXT_ARGUMENTS(text),
			TEXT_ARGUMENTS(condition->text));
	}
	return true;
}

static bool parse_condition(struct find_condition *condition, struct arena *arena, struct text text,
	struct error *error) {
	size_t offset;
	size_t found = find_operator(text, &offset);
	*condition = (struct find_condition){.operator= FIND_PRESENT, .field = text};
	if (found < OPERATOR_COUNT) {
		size_t behind = offset + strlen(operators[found].sign);
		condition->operator= operators[found].operator;
		condition->field = text_part(text, 0, offset);
		condition->text = text_part(text, behind, text.length);
		find_construct(arena, condition->text, &condition->value);
	} else if (text_starts_with(text, TEXT("!"))) {
		condition->operator= FIND_ABSENT;
		condition->field = text_part(text, 1, text.length);
	}
	return check_condition(condition, text, error);
}

bool find_query_init(struct find_query *query, const char *const *conditions, size_t count,
	struct error *error) {
	*query = (struct find_query){.count = count};
	query->conditions = arena_allocate_array(&query->arena, count, sizeof(*query->conditions));
	if (query->conditions == NULL) {
		return error_set_memory(error);
	}
	for (size_t i = 0; i < count; i++) {
		if (!parse_condition(
			    &query->conditions[i], &query->arena, text_of(conditions[i]), error)) {
			return false;
		}
	}
	return true;
}

void find_query_finish(struct find_query *query) {
	arena_finish(&query->arena);
	*query = (struct find_query){0};
}

static bool holds(const struct find_condition *condition, const struct value *scalar) {
	if (is_order(condition->operator)) {
		return is_number(scalar) &&
		       is_in_order(scalar, condition->operator, & condition->value);
	}
	return find_equal(scalar, condition->text, &condition->value);
}

static bool weigh_field(void *context, const struct nested_field *field) {
	const struct find_query *query = context;
	for (size_t i = 0; i < query->count; i++) {
		struct find_condition *condition = &query->conditions[i];
		if (!text_equal(condition->field, field->path)) {
			continue;
		}
		condition->is_present = true;
		if (value_is_scalar(field->value)) {
			condition->has_scalar = true;
			condition->holds |= holds(condition, field->value);
		}
	}
	return true;
}

static bool is_met(const struct find_condition *condition) {
	switch (condition->operator) {
	case FIND_PRESENT:
		return condition->is_present;
	case FIND_ABSENT:
		return !condition->is_present;
	case FIND_DIFFERENT:
		return condition->has_scalar && !condition->holds;
	default:
		return condition->holds;
	}
}

bool find_query_matches(
	struct find_query *query, const struct card *card, bool *matches, struct error *error) {
	for (size_t i = 0; i < query->count; i++) {
		struct find_condition *condition = &query->conditions[i];
		condition->is_present = condition->has_scalar = condition->holds = false;
	}
	if (!find_visit(card, weigh_field, query, error)) {
		return false;
	}
	*matches = true;
	for (size_t i = 0; i < query->count; i++) {
		*matches = *matches && is_met(&query->conditions[i]);
	}
	return true;
}

bool find_visit(
	const struct card *card, fields_visitor *visitor, void *context, struct error *error) {
	struct text name = text_of(card_kind_name(card_kind(card)));
	const struct value kind = {.type = VALUE_STRING, .written = name, .canonical = name};
	const struct nested_field field = {.path = TEXT("kind"), .value = &kind};
	return !visitor(context, &field) || fields_visit(card, visitor, context, error);
}
