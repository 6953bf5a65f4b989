#include "settings/settings.h"

#include "base/array.h"
#include "settings/option.h"
#include "settings/suggest.h"

#include <stdlib.h>
#include <string.h>

/* Where every setting comes from that is set here. */
static const struct setting_place command_line = {.origin = SETTING_OPTION};

/* -o options that the kernel, libfuse or fusermount3 understand: passed on. */
static const char *const passed_on[] = {"allow_other", "allow_root", "default_permissions", "ro",
	"rw", "auto_unmount", "nonempty", "fsname", "subtype", "max_read", "suid", "nosuid", "dev",
	"nodev", "exec", "noexec", "atime", "noatime", "diratime", "nodiratime", "relatime",
	"norelatime", "strictatime", "sync", "async", "dirsync", "context", "rootcontext"};

/* -o options of fstab, for mount(8) and systemd: nothing to do. */
static const char *const ignored[] = {"defaults", "auto", "noauto", "user", "users", "owner",
	"group", "nofail", "_netdev", "comment", "loud", "silent", "lazytime", "nolazytime"};

bool string_list_add(struct string_list *list, const char *string) {
	const char **items =
		array_make_room(list->items, list->count, &list->capacity, sizeof(const char *));
	if (items == NULL) {
		return false;
	}
	list->items = items;
	list->items[list->count++] = string;
	return true;
}

void string_list_finish(struct string_list *list) {
	free(list->items);
	*list = (struct string_list){0};
}

void settings_finish(struct settings *settings) {
	string_list_finish(&settings->stores);
	string_list_finish(&settings->arguments);
	buffer_finish(&settings->fuse_options);
	problem_list_finish(&settings->problems);
	free(settings->records);
	arena_finish(&settings->arena);
}

static bool apply(struct settings *settings, const struct option *option, const char *value,
	struct error *error) {
	return option_apply(settings, option, value, &command_line, error);
}

static bool is_listed(const char *const *names, size_t count, struct text name) {
	for (size_t i = 0; i < count; i++) {
		if (text_equal(text_of(names[i]), name)) {
			return true;
		}
	}
	return false;
}

static bool fail_unknown(struct error *error, const char *kind, const char *prefix,
	struct text name, const struct suggestions *suggestions) {
	struct text nearest = suggestions->count > 0 ? suggestions->names[0] : TEXT("");
	bool has_hint = nearest.length > 0;
	return error_set(error, ERROR_USAGE, "there is no %s %s%.*s%s%s%.*s%s", kind, prefix,
		TEXT_ARGUMENTS(name), has_hint ? "; did you mean " : "", has_hint ? prefix : "",
		TEXT_ARGUMENTS(nearest), has_hint ? "?" : "");
}

static bool fail_unknown_mount_option(struct text name, struct error *error) {
	struct suggestions suggestions = {.wanted = name};
	for (size_t i = 0; i < option_count; i++) {
		suggest_consider(&suggestions, text_of(option_table[i].mount_name));
		suggest_consider(&suggestions, text_of(option_table[i].long_name));
	}
	for (size_t i = 0; i < sizeof(passed_on) / sizeof(passed_on[0]); i++) {
		suggest_consider(&suggestions, text_of(passed_on[i]));
	}
	return fail_unknown(error, "mount option", "", name, &suggestions);
}

static bool fail_unknown_option(struct text name, struct error *error) {
	struct suggestions suggestions = {.wanted = name};
	for (size_t i = 0; i < option_count; i++) {
		suggest_consider(&suggestions, text_of(option_table[i].long_name));
	}
	return fail_unknown(error, "option", "--", name, &suggestions);
}

static bool pass_on(struct settings *settings, const char *text, struct error *error) {
	struct buffer *fuse_options = &settings->fuse_options;
	if (fuse_options->length > 0) {
		buffer_append_byte(fuse_options, ',');
	}
	buffer_append_string(fuse_options, text);
	return !fuse_options->failed || error_set_memory(error);
}

/* One "NAME" or "NAME=VALUE" of an -o list; text lives as long as settings. */
static bool apply_mount_option(struct settings *settings, const char *text, struct error *error) {
	struct text whole = text_of(text);
	struct text name = text_part(whole, 0, text_index(whole, '='));
	const char *value = name.length < whole.length ? text + name.length + 1 : NULL;
	for (size_t i = 0; i < option_count; i++) {
		const struct option *option = &option_table[i];
		if (option->mount_name == NULL || !text_equal(text_of(option->mount_name), name)) {
			continue;
		}
		if (option->kind == OPTION_FLAG && value != NULL) {
			return error_set(error, ERROR_USAGE, "the mount option %s takes no value",
				option->mount_name);
		}
		/* Without a value, "user" of mount tables lets users mount. */
		if (option->kind != OPTION_FLAG && value == NULL &&
			is_listed(ignored, sizeof(ignored) / sizeof(ignored[0]), name)) {
			return true;
		}
		if (option->kind != OPTION_FLAG && value == NULL) {
			return error_set(error, ERROR_USAGE,
				"the mount option %s needs a value: %s=…", option->mount_name,
				option->mount_name);
		}
		return apply(settings, option, value, error);
	}
	if (is_listed(passed_on, sizeof(passed_on) / sizeof(passed_on[0]), name)) {
		return pass_on(settings, text, error);
	}
	if (name.length == 0 || settings->sloppy || text_starts_with(name, TEXT("x-")) ||
		is_listed(ignored, sizeof(ignored) / sizeof(ignored[0]), name)) {
		return true;
	}
	return fail_unknown_mount_option(name, error);
}

bool settings_apply_mount_option(
	struct settings *settings, const char *option, struct error *error) {
	struct text copy;
	return arena_copy_text(&settings->arena, text_of(option), &copy)
		       ? apply_mount_option(settings, copy.data, error)
		       : error_set_memory(error);
}

/* Options with "," between; "\," is a comma in a value. */
static bool apply_mount_options(struct settings *settings, const char *list, struct error *error) {
	struct text copy;
	if (!arena_copy_text(&settings->arena, text_of(list), &copy)) {
		return error_set_memory(error);
	}
	char *from = (char *)(uintptr_t)copy.data;
	while (*from != '\0') {
		char *start = from;
		char *to = from;
		for (; *from != '\0' && *from != ','; from++) {
			if (from[0] == '\\' && (from[1] == ',' || from[1] == '\\')) {
				from++;
			}
			*to++ = *from;
		}
		if (*from == ',') {
			from++;
		}
		*to = '\0';
		if (!apply_mount_option(settings, start, error)) {
			return false;
		}
	}
	return true;
}

/* The arguments that are still to be read. */
struct cursor {
	const char *const *next;
	const char *const *end;
};

static const char *take_value(struct cursor *cursor) {
	return cursor->next < cursor->end ? *cursor->next++ : NULL;
}

static bool apply_shell_option(struct settings *settings, const struct option *option,
	const char *shown, const char *value, struct cursor *cursor, struct error *error) {
	if (option->kind == OPTION_FLAG) {
		if (value != NULL) {
			return error_set(error, ERROR_USAGE, "the option %s takes no value", shown);
		}
		return apply(settings, option, NULL, error);
	}
	if (value == NULL) {
		value = take_value(cursor);
	}
	if (value == NULL) {
		return error_set(error, ERROR_USAGE, "the option %s needs a value: %s %s", shown,
			shown, option->value_name);
	}
	return apply(settings, option, value, error);
}

static bool parse_long(struct settings *settings, const char *argument, struct cursor *cursor,
	struct error *error) {
	struct text whole = text_of(argument + 2);
	struct text name = text_part(whole, 0, text_index(whole, '='));
	const char *value = name.length < whole.length ? whole.data + name.length + 1 : NULL;
	for (size_t i = 0; i < option_count; i++) {
		const struct option *option = &option_table[i];
		if (option->long_name != NULL && text_equal(text_of(option->long_name), name)) {
			return apply_shell_option(settings, option, argument, value, cursor, error);
		}
	}
	return fail_unknown_option(name, error);
}

/* "-f", several flags in one, "-o LIST" and "-oLIST". */
static bool parse_short(struct settings *settings, const char *argument, struct cursor *cursor,
	struct error *error) {
	for (const char *letter = argument + 1; *letter != '\0'; letter++) {
		if (*letter == 'o') {
			const char *list = letter[1] != '\0' ? letter + 1 : take_value(cursor);
			if (list == NULL) {
				return error_set(error, ERROR_USAGE,
					"the option -o needs a value: -o OPTION[,OPTION...]");
			}
			return apply_mount_options(settings, list, error);
		}
		const struct option *found = NULL;
		for (size_t i = 0; i < option_count; i++) {
			if (option_table[i].short_name == *letter) {
				found = &option_table[i];
			}
		}
		if (found == NULL) {
			return error_set(error, ERROR_USAGE, "there is no option -%c", *letter);
		}
		if (!apply(settings, found, NULL, error)) {
			return false;
		}
	}
	return true;
}

bool settings_parse(struct settings *settings, size_t count, const char *const *arguments,
	struct error *error) {
	struct cursor cursor = {arguments, arguments + count};
	bool only_arguments = false;
	while (cursor.next < cursor.end) {
		const char *argument = *cursor.next++;
		bool done;
		if (only_arguments || argument[0] != '-' || argument[1] == '\0') {
			done = string_list_add(&settings->arguments, argument) ||
			       error_set_memory(error);
		} else if (strcmp(argument, "--") == 0) {
			only_arguments = true;
			done = true;
		} else if (argument[1] == '-') {
			done = parse_long(settings, argument, &cursor, error);
		} else {
			done = parse_short(settings, argument, &cursor, error);
		}
		if (!done) {
			return false;
		}
	}
	return true;
}

void settings_describe_options(struct buffer *text) {
	for (size_t i = 0; i < option_count; i++) {
		const struct option *option = &option_table[i];
		if (option->help == NULL) {
			continue;
		}
		struct buffer name = {0};
		if (option->short_name != 0) {
			buffer_append_format(&name, "-%c, ", option->short_name);
		}
		buffer_append_format(&name, "--%s", option->long_name);
		if (option->value_name != NULL) {
			buffer_append_format(&name, " %s", option->value_name);
		}
		buffer_append_format(
			text, "  %-26s %s\n", name.data == NULL ? "" : name.data, option->help);
		text->failed |= name.failed;
		buffer_finish(&name);
	}
}

void settings_describe_mount_options(struct buffer *text) {
	enum { WIDTH = 80 };
	struct buffer name = {0};
	size_t column = WIDTH;
	for (size_t i = 0; i < option_count; i++) {
		const struct option *option = &option_table[i];
		if (option->mount_name == NULL) {
			continue;
		}
		buffer_clear(&name);
		buffer_append_format(
			&name, " %s%s", option->mount_name, option->kind == OPTION_FLAG ? "" : "=");
		if (column + name.length > WIDTH) {
			buffer_append_string(text, column == WIDTH ? " " : "\n ");
			column = 1;
		}
		column += name.length;
		buffer_append_text(text, buffer_text(&name));
	}
	buffer_append_string(text, "\n");
	text->failed |= name.failed;
	buffer_finish(&name);
}
