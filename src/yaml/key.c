#include "yaml/key.h"

#include "yaml/timestamp.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Up to so many keys are compared one by one. */
#define FEW_KEYS 16

/* Large enough for the digits of any double without a fraction: 309, a sign and a NUL. */
#define WHOLE_DIGITS 320

/* What makes keys of different types the same or not: numbers are one kind. */
enum key_kind { KEY_NULL, KEY_NUMBER, KEY_STRING, KEY_DATE, KEY_INSTANT, KEY_BINARY, KEY_OTHER };

static enum key_kind kind_of(const struct value *value) {
	static const enum key_kind kinds[] = {
		[VALUE_NULL] = KEY_NULL,
		[VALUE_BOOLEAN] = KEY_NUMBER,
		[VALUE_INTEGER] = KEY_NUMBER,
		[VALUE_FLOAT] = KEY_NUMBER,
		[VALUE_STRING] = KEY_STRING,
		[VALUE_DATE] = KEY_DATE,
		[VALUE_DATETIME] = KEY_INSTANT,
		[VALUE_BINARY] = KEY_BINARY,
	};
	return value_is_scalar(value) ? kinds[value->type] : KEY_OTHER;
}

/*
 * The decimal digits of a number without a fraction, of whatever type; an empty text for any other
 * number. digits is room for them.
 */
static struct text whole_number(const struct value *value, char digits[WHOLE_DIGITS]) {
	if (value->type == VALUE_INTEGER) {
		return value->canonical;
	}
	if (value->type == VALUE_BOOLEAN) {
		return value->boolean ? TEXT("1") : TEXT("0");
	}
	if (!isfinite(value->number) || trunc(value->number) != value->number) {
		return (struct text){0};
	}
	/* Adding zero makes -0.0 the key 0. */
	int length = snprintf(digits, WHOLE_DIGITS, "%.0f", value->number + 0.0);
	return (struct text){digits, (size_t)length};
}

static bool same_number(const struct value *a, const struct value *b) {
	char digits_of_a[WHOLE_DIGITS];
	char digits_of_b[WHOLE_DIGITS];
	struct text whole_a = whole_number(a, digits_of_a);
	struct text whole_b = whole_number(b, digits_of_b);
	if (whole_a.length > 0 || whole_b.length > 0) {
		return text_equal(whole_a, whole_b);
	}
	return a->number == b->number || (isnan(a->number) && isnan(b->number));
}

static uint64_t hash_number(const struct value *value) {
	char digits[WHOLE_DIGITS];
	struct text whole = whole_number(value, digits);
	if (whole.length > 0) {
		return text_hash(whole);
	}
	if (isnan(value->number)) {
		return text_hash(TEXT("nan"));
	}
	struct text bytes = {(const char *)&value->number, sizeof(value->number)};
	return text_hash(bytes);
}

static bool same_instant(const struct value *a, const struct value *b) {
	struct timestamp_instant instant_a = timestamp_instant(a->canonical);
	struct timestamp_instant instant_b = timestamp_instant(b->canonical);
	return instant_a.has_zone == instant_b.has_zone &&
	       instant_a.microseconds == instant_b.microseconds;
}

static uint64_t hash_instant(const struct value *value) {
	struct timestamp_instant instant = timestamp_instant(value->canonical);
	struct text bytes = {(const char *)&instant.microseconds, sizeof(instant.microseconds)};
	return text_hash(bytes);
}

static bool same_items(const struct value *a, const struct value *b) {
	if (a->sequence.count != b->sequence.count) {
		return false;
	}
	for (size_t i = 0; i < a->sequence.count; i++) {
		if (!value_same_key(a->sequence.items[i], b->sequence.items[i])) {
			return false;
		}
	}
	return true;
}

static uint64_t hash_items(const struct value *value) {
	uint64_t hash = value->sequence.count;
	for (size_t i = 0; i < value->sequence.count; i++) {
		hash = hash * UINT64_C(0x9e3779b97f4a7c15) +
		       value_hash_key(value->sequence.items[i]);
	}
	return hash;
}

bool value_same_key(const struct value *a, const struct value *b) {
	if (a->type == VALUE_STRING && b->type == VALUE_STRING) {
		return a->canonical.length == b->canonical.length &&
		       text_equal(a->canonical, b->canonical);
	}
	enum key_kind kind = kind_of(a);
	if (kind != kind_of(b)) {
		return false;
	}
	switch (kind) {
	case KEY_NULL:
		return true;
	case KEY_NUMBER:
		return same_number(a, b);
	case KEY_INSTANT:
		return same_instant(a, b);
	case KEY_OTHER:
		return a->type == VALUE_SEQUENCE && b->type == VALUE_SEQUENCE ? same_items(a, b)
									      : value_equal(a, b);
	default:
		return text_equal(a->canonical, b->canonical);
	}
}

uint64_t value_hash_key(const struct value *value) {
	enum key_kind kind = kind_of(value);
	switch (kind) {
	case KEY_NULL:
		return 0;
	case KEY_NUMBER:
		return hash_number(value);
	case KEY_INSTANT:
		return hash_instant(value);
	case KEY_OTHER:
		return value->type == VALUE_SEQUENCE ? hash_items(value) : value->type;
	default:
		return text_hash(value->canonical) + (uint64_t)kind;
	}
}

/* position is that of the pair plus one, so that zero is an empty slot. */
struct key_slot {
	uint64_t hash;
	size_t position;
};

bool key_index_init(struct key_index *index, size_t count) {
	*index = (struct key_index){0};
	if (count <= FEW_KEYS) {
		return true;
	}
	size_t capacity = 64;
	while (capacity / 2 < count) {
		if (__builtin_mul_overflow(capacity, 2, &capacity)) {
			return false;
		}
	}
	index->slots = calloc(capacity, sizeof(*index->slots));
	index->capacity = index->slots == NULL ? 0 : capacity;
	return index->slots != NULL;
}

void key_index_finish(struct key_index *index) {
	free(index->slots);
	*index = (struct key_index){0};
}

static size_t search(const struct value_pair *pairs, size_t count, const struct value *key) {
	for (size_t i = 0; i < count; i++) {
		if (value_same_key(pairs[i].key, key)) {
			return i;
		}
	}
	return KEY_NOT_FOUND;
}

/*
 * The slot that holds the key, or the empty one where it belongs. Half of them at least are empty.
 */
static struct key_slot *slot_of(const struct key_index *index, const struct value_pair *pairs,
	const struct value *key, uint64_t hash) {
	size_t mask = index->capacity - 1;
	size_t i = (size_t)hash & mask;
	while (index->slots[i].position != 0) {
		struct key_slot *slot = &index->slots[i];
		if (slot->hash == hash && value_same_key(pairs[slot->position - 1].key, key)) {
			break;
		}
		i = (i + 1) & mask;
	}
	return &index->slots[i];
}

size_t key_index_find(
	const struct key_index *index, const struct value_pair *pairs, const struct value *key) {
	if (index->slots == NULL) {
		return search(pairs, index->count, key);
	}
	const struct key_slot *slot = slot_of(index, pairs, key, value_hash_key(key));
	return slot->position == 0 ? KEY_NOT_FOUND : slot->position - 1;
}

size_t key_index_add(struct key_index *index, const struct value_pair *pairs) {
	const struct value *key = pairs[index->count].key;
	if (index->slots == NULL) {
		size_t found = search(pairs, index->count, key);
		index->count += found == KEY_NOT_FOUND;
		return found;
	}
	uint64_t hash = value_hash_key(key);
	struct key_slot *slot = slot_of(index, pairs, key, hash);
	if (slot->position != 0) {
		return slot->position - 1;
	}
	index->count++;
	*slot = (struct key_slot){hash, index->count};
	return KEY_NOT_FOUND;
}
