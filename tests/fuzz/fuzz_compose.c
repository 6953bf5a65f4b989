/*
 * Composing: the documents are overrides of one configuration, root first. What they are composed
 * to has the effect on an empty configuration of merging them one after another.
 */
#include "fuzz.h"

#include "card/compose.h"
#include "yaml/read.h"

enum { VALUE_LIMIT = 6 };

static const struct yaml_limits limits = {
	.file_size = 1 << 16, .scalar_size = 1 << 12, .expanded_size = 1 << 14, .depth = 40};

static size_t read_values(struct arena *arena, struct text file, const struct value **values) {
	struct yaml_slice slice = {0};
	size_t count = 0;
	while (count < VALUE_LIMIT && yaml_next_slice(file, &slice)) {
		if (yaml_read(arena, file, &slice, &limits, &values[count], NULL) ==
			YAML_READ_VALUE) {
			count++;
		}
	}
	return count;
}

/* Returns false where one of them cannot be merged. */
static bool merge_one_by_one(struct arena *arena, const struct value *const *values, size_t count,
	const struct value **merged) {
	*merged = NULL;
	for (size_t i = 0; i < count; i++) {
		if (values[i]->type == VALUE_NULL) {
			continue;
		}
		const struct value *next = NULL;
		if (!compose_merge(arena, *merged, values[i], &next, NULL)) {
			return false;
		}
		*merged = next;
	}
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	struct arena arena = {0};
	struct error error = {0};
	const struct value *values[VALUE_LIMIT];
	const size_t count = read_values(&arena, (struct text){(const char *)data, size}, values);
	const struct value *composed = NULL, *expected = NULL, *merged = NULL;
	if (count > 0 && !compose(&arena, values, count, &composed, &error)) {
		CHECK(error.kind == ERROR_INVALID);
	} else if (count > 0 && composed->type != VALUE_NULL) {
		CHECK(merge_one_by_one(&arena, values, count, &expected));
		CHECK(compose_merge(&arena, NULL, composed, &merged, &error));
		CHECK(expected != NULL && value_equal(expected, merged));
	}
	arena_finish(&arena);
	return 0;
}
