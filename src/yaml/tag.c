#include "yaml/tag.h"

#include <string.h>

#define PREFIX "tag:yaml.org,2002:"

static const struct tag {
	const char *name;
	enum node_kind kind;
	unsigned meaning;
} tags[] = {
	{"null", NODE_SCALAR, SCALAR_NULL},
	{"bool", NODE_SCALAR, SCALAR_BOOLEAN},
	{"int", NODE_SCALAR, SCALAR_INTEGER},
	{"float", NODE_SCALAR, SCALAR_FLOAT},
	{"str", NODE_SCALAR, SCALAR_STRING},
	{"timestamp", NODE_SCALAR, SCALAR_TIMESTAMP},
	{"binary", NODE_SCALAR, SCALAR_BINARY},
	{"merge", NODE_SCALAR, SCALAR_MERGE},
	{"value", NODE_SCALAR, SCALAR_VALUE},
	{"seq", NODE_SEQUENCE, VALUE_SEQUENCE},
	{"omap", NODE_SEQUENCE, VALUE_ORDERED_MAP},
	{"pairs", NODE_SEQUENCE, VALUE_PAIRS},
	{"map", NODE_MAPPING, VALUE_MAPPING},
	{"set", NODE_MAPPING, VALUE_SET},
};

bool tag_is_absent(const char *tag) {
	return tag == NULL || strcmp(tag, "!") == 0;
}

static const struct tag *search(const char *name) {
	for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++) {
		if (strcmp(tags[i].name, name) == 0) {
			return &tags[i];
		}
	}
	return NULL;
}

bool tag_find(const char *tag, enum node_kind kind, unsigned *meaning, struct error *error) {
	static const char *const kinds[] = {
		[NODE_SCALAR] = "a single value",
		[NODE_SEQUENCE] = "a list",
		[NODE_MAPPING] = "a mapping",
	};
	bool is_standard = strncmp(tag, PREFIX, sizeof(PREFIX) - 1) == 0;
	const char *name = is_standard ? tag + sizeof(PREFIX) - 1 : tag;
	const struct tag *found = is_standard ? search(name) : NULL;
	if (found == NULL) {
		return error_set(error, ERROR_INVALID,
			"the tag \"%s%.100s\" is none of YAML's own; remove it, or quote the value "
			"if "
			"it is text",
			is_standard ? "!!" : "", name);
	}
	if (found->kind != kind) {
		return error_set(error, ERROR_INVALID, "!!%s must stand before %s, and this is %s",
			name, kinds[found->kind], kinds[kind]);
	}
	*meaning = found->meaning;
	return true;
}
