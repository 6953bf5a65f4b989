#include "cli/assignment.h"

#include "base/file.h"
#include "base/home.h"
#include "card/resolve.h"
#include "locate/uri.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* As much of what was typed as a sentence takes. */
static struct text shown(struct text text) {
	return text_part(text, 0, 80);
}

/* Reads VALUE: one document, or nothing, which is null. NULL with an error for anything else. */
static const struct value *read_value(struct arena *arena, struct text text, struct error *error) {
	struct yaml_slice slice = {0};
	struct error fault = {0};
	const struct value *value = NULL;
	while (yaml_next_slice(text, &slice)) {
		const struct value *root = NULL;
		enum yaml_result result =
			yaml_read(arena, text, &slice, &yaml_default_limits, &root, &fault);
		if (result == YAML_READ_ERROR) {
			error_set(error, fault.kind == ERROR_MEMORY ? ERROR_MEMORY : ERROR_USAGE,
				"%.*s is no YAML value: %s", TEXT_ARGUMENTS(shown(text)),
				fault.message);
			return NULL;
		}
		if (root != NULL && value != NULL) {
			error_set(error, ERROR_USAGE, "%.*s is more than one YAML document",
				TEXT_ARGUMENTS(shown(text)));
			return NULL;
		}
		value = root != NULL ? root : value;
	}
	if (value == NULL) {
		value = value_create_null(arena);
	}
	if (value == NULL) {
		error_set_memory(error);
	}
	return value;
}

/* "#" begins a comment: in "/data/run #2" that is hardly what was meant. */
static bool check_whole(struct text text, const struct value *value, struct error *error) {
	struct text rest = text_strip(text);
	bool is_plain = value_is_scalar(value) && rest.length > 0 &&
			text_index(TEXT("\"'|>!&*-"), rest.data[0]) == TEXT("\"'|>!&*-").length;
	if (!is_plain || text_index(rest, '#') == rest.length || text_equal(value->written, rest)) {
		return true;
	}
	return error_set(error, ERROR_USAGE,
		"in YAML, %.*s is just %.*s and a comment; quote the value: '\"...\"'",
		TEXT_ARGUMENTS(shown(rest)), TEXT_ARGUMENTS(shown(value->written)));
}

/* Makes a path absolute from where the user stands. */
static bool make_absolute(struct arena *arena, struct text text, struct buffer *path,
	struct text *absolute, struct error *error) {
	if (text_starts_with(text, TEXT("~/")) && home_append(path)) {
		buffer_append_text(path, text_part(text, 1, text.length));
	} else {
		buffer_append_text(path, text);
	}
	char *copy = path->failed ? NULL : file_absolute(path->data);
	if (copy == NULL) {
		return path->failed || errno == ENOMEM
			       ? error_set_memory(error)
			       : error_set_system(error, errno, "cannot tell where %.*s is",
					 TEXT_ARGUMENTS(shown(text)));
	}
	bool done = arena_copy_text(arena, text_of(copy), absolute);
	free(copy);
	return done || error_set_memory(error);
}

static bool place_locator(struct arena *arena, struct assignment *assignment, struct error *error) {
	struct text text = assignment->value->canonical;
	bool is_path = text.length > 0 && text_index(text, '\0') == text.length &&
		       uri_classify(text) == URI_RELATIVE_PATH;
	if (!is_path) {
		return true;
	}
	struct buffer path = {0};
	struct text absolute = {0};
	bool done = make_absolute(arena, text, &path, &absolute, error);
	buffer_finish(&path);
	if (!done) {
		return false;
	}
	assignment->value = value_create_string(arena, absolute);
	return assignment->value != NULL || error_set_memory(error);
}

bool assignment_parse(struct arena *arena, const char *argument,
	const struct catalog_options *options, struct assignment *assignment, struct error *error) {
	struct text whole = text_of(argument);
	size_t sign = text_index(whole, '=');
	if (sign == 0 || sign == whole.length) {
		return error_set(error, ERROR_USAGE,
			"\"%s\" is no FIELD=VALUE; to take a field away there is cardfs unset",
			argument);
	}
	struct text value = text_part(whole, sign + 1, whole.length);
	*assignment = (struct assignment){.field = text_part(whole, 0, sign)};
	assignment->value = read_value(arena, value, error);
	if (assignment->value == NULL || !check_whole(value, assignment->value, error)) {
		return false;
	}
	if (assignment->value->type != VALUE_STRING ||
		!resolve_is_locator_field(options, assignment->field)) {
		return true;
	}
	return place_locator(arena, assignment, error);
}
