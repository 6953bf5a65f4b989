#include "settings/configuration.h"

#include "base/attempt.h"
#include "base/file.h"
#include "base/home.h"
#include "settings/option.h"
#include "settings/rules.h"
#include "settings/suggest.h"
#include "stores/watch_trail.h"
#include "yaml/read.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SYSTEM_FILE "/etc/cardfs/config.yaml"

enum { FILE_SIZE_LIMIT = 1 << 20, PATIENCE_MILLISECONDS = 2000 };

/* The key of the rules, and what the list of stores is called besides its option's name. */
#define RULES_KEY TEXT("environments")
#define STORES_KEY TEXT("stores")

struct reading {
	struct settings *settings;
	struct text path;
	struct text directory;
	struct error *error;
};

/* ---- faults ---- */

static void add_fault(
	const struct reading *reading, const struct value *value, const char *sentence) {
	problem_list_add(&reading->settings->problems, PROBLEM_ERROR, reading->path, value->line,
		value->column, TEXT(""), "%s", sentence);
}

static void add_wrong_type(const struct reading *reading, struct text key,
	const struct value *value, const char *wanted) {
	problem_list_add(&reading->settings->problems, PROBLEM_ERROR, reading->path, value->line,
		value->column, TEXT(""), "%.*s is %s, not %s", TEXT_ARGUMENTS(key), wanted,
		value_type_name(value->type));
}

static void add_unknown_key(const struct reading *reading, const struct value *key) {
	struct suggestions suggestions = {.wanted = key->written};
	for (size_t i = 0; i < option_count; i++) {
		if (option_table[i].mount_name != NULL) {
			suggest_consider(&suggestions, text_of(option_table[i].mount_name));
			suggest_consider(&suggestions, text_of(option_table[i].long_name));
		}
	}
	suggest_consider(&suggestions, RULES_KEY);
	suggest_consider(&suggestions, STORES_KEY);
	struct text nearest = suggestions.count > 0 ? suggestions.names[0] : TEXT("");
	problem_list_add(&reading->settings->problems, PROBLEM_ERROR, reading->path, key->line,
		key->column, TEXT(""), "there is no setting \"%.*s\"%s%.*s%s",
		TEXT_ARGUMENTS(key->written), nearest.length > 0 ? "; did you mean " : "",
		TEXT_ARGUMENTS(nearest), nearest.length > 0 ? "?" : "");
}

/* ---- settings ---- */

static bool apply(const struct reading *reading, const struct option *option,
	enum setting_origin origin, const struct value *at, const char *value) {
	const struct setting_place place = {origin, reading->path.data, at->line};
	struct error fault = {0};
	if (option_apply(reading->settings, option, value, &place, &fault)) {
		return true;
	}
	if (fault.kind == ERROR_MEMORY) {
		return error_set_memory(reading->error);
	}
	add_fault(reading, at, fault.message);
	return true;
}

/* The text of a scalar, with a NUL behind it; NULL, with a fault, for what has none. */
static const char *find_text(
	const struct reading *reading, struct text key, const struct value *value) {
	struct text text = value->type == VALUE_STRING ? value->canonical : value->written;
	if (!value_is_scalar(value) || value->type == VALUE_NULL || value->type == VALUE_BINARY) {
		add_wrong_type(reading, key, value, "one value");
		return NULL;
	}
	if (text_index(text, '\0') < text.length) {
		add_fault(reading, value, "there is a NUL character in this");
		return NULL;
	}
	return text.data;
}

static bool apply_flag(
	const struct reading *reading, const struct option *option, const struct value_pair *pair) {
	if (pair->value->type != VALUE_BOOLEAN) {
		add_wrong_type(reading, pair->key->written, pair->value, "true or false");
		return true;
	}
	return apply(reading, option, SETTING_FILE, pair->value,
		pair->value->boolean ? "true" : "false");
}

static bool apply_text(
	const struct reading *reading, const struct option *option, const struct value_pair *pair) {
	const char *text = find_text(reading, pair->key->written, pair->value);
	return text == NULL || apply(reading, option, SETTING_FILE, pair->value, text);
}

/* A list, or "a:b". */
static bool apply_names(
	const struct reading *reading, const struct option *option, const struct value_pair *pair) {
	const struct value *list = pair->value;
	if (list->type != VALUE_SEQUENCE) {
		return apply_text(reading, option, pair);
	}
	struct buffer joined = {0};
	for (size_t i = 0; i < list->sequence.count; i++) {
		const char *name = find_text(reading, pair->key->written, list->sequence.items[i]);
		buffer_append_string(&joined, i == 0 ? "" : ":");
		buffer_append_string(&joined, name == NULL ? "" : name);
	}
	struct text copy;
	bool done = !joined.failed &&
		    arena_copy_text(&reading->settings->arena, buffer_text(&joined), &copy);
	buffer_finish(&joined);
	return done ? apply(reading, option, SETTING_FILE, list, copy.data)
		    : error_set_memory(reading->error);
}

/*
 * Appends a path as the file means it: "~/" is the home directory, and what is relative is
 * relative to the file.
 */
static bool append_path(const struct reading *reading, struct text path, struct buffer *location) {
	if (!text_starts_with(path, TEXT("~/"))) {
		struct buffer joined = {0};
		file_join(&joined, reading->directory, path);
		buffer_append_text(location, buffer_text(&joined));
		location->failed |= joined.failed;
		buffer_finish(&joined);
		return true;
	}
	if (!home_append(location)) {
		return false;
	}
	buffer_append_text(location, text_part(path, 1, path.length));
	return true;
}

/* What stands before the path in a location: "dir:", "checkpoints:", or nothing. */
static struct text find_prefix(struct text location) {
	static const struct text prefixes[] = {{"dir:", 4}, {"checkpoints:", 12}};
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		if (text_starts_with(location, prefixes[i])) {
			return prefixes[i];
		}
	}
	return TEXT("");
}

static bool apply_location(const struct reading *reading, const struct option *option,
	struct text key, const struct value *value) {
	const char *text = find_text(reading, key, value);
	if (text == NULL || strncmp(text, "package:", strlen("package:")) == 0) {
		return text == NULL || apply(reading, option, SETTING_FILE, value, text);
	}
	struct text prefix = find_prefix(text_of(text));
	struct buffer location = {0};
	struct text copy;
	buffer_append_text(&location, prefix);
	if (!append_path(reading, text_of(text + prefix.length), &location)) {
		add_fault(reading, value, "it is not known where the home directory \"~\" is");
		buffer_finish(&location);
		return true;
	}
	bool done = !location.failed &&
		    arena_copy_text(&reading->settings->arena, buffer_text(&location), &copy);
	buffer_finish(&location);
	return done ? apply(reading, option, SETTING_FILE, value, copy.data)
		    : error_set_memory(reading->error);
}

static bool apply_list(
	const struct reading *reading, const struct option *option, const struct value_pair *pair) {
	const struct value *list = pair->value;
	struct text key = pair->key->written;
	if (list->type != VALUE_SEQUENCE) {
		return apply_location(reading, option, key, list);
	}
	bool done = true;
	for (size_t i = 0; done && i < list->sequence.count; i++) {
		done = apply_location(reading, option, key, list->sequence.items[i]);
	}
	return done;
}

typedef bool apply_function(
	const struct reading *reading, const struct option *option, const struct value_pair *pair);

static apply_function *const apply_functions[] = {
	[OPTION_FLAG] = apply_flag,
	[OPTION_VALUE] = apply_text,
	[OPTION_CHOICE] = apply_text,
	[OPTION_NAMES] = apply_names,
	[OPTION_LIST] = apply_list,
};

/* The option that a key sets, by any of its names; NULL where there is none. */
static const struct option *find_option(struct text key) {
	for (size_t i = 0; i < option_count; i++) {
		const struct option *option = &option_table[i];
		bool is_stores = option->kind == OPTION_LIST && text_equal(key, STORES_KEY);
		if (option->mount_name != NULL &&
			(is_stores || text_equal(key, text_of(option->mount_name)) ||
				text_equal(key, text_of(option->long_name)))) {
			return option;
		}
	}
	return NULL;
}

static bool apply_pair(const struct reading *reading, const struct value_pair *pair) {
	if (text_equal(pair->key->written, RULES_KEY)) {
		return true;
	}
	const struct option *option = find_option(pair->key->written);
	if (option == NULL) {
		add_unknown_key(reading, pair->key);
		return true;
	}
	return apply_functions[option->kind](reading, option, pair);
}

/* ---- the environment ---- */

static bool apply_rules(const struct reading *reading, const struct value *root) {
	const struct value *rules = value_find(root, RULES_KEY);
	if (rules == NULL) {
		return true;
	}
	const struct value *name = rules_choose(rules, reading->path, &reading->settings->problems);
	return name == NULL ||
	       apply(reading, find_option(TEXT("env")), SETTING_RULE, name, name->canonical.data);
}

static bool apply_variable(struct settings *settings, struct error *error) {
	static const struct setting_place place = {SETTING_VARIABLE, "CARDFS_ENV", 0};
	const char *environment = home_variable(place.name);
	return environment == NULL ||
	       option_apply(settings, find_option(TEXT("env")), environment, &place, error);
}

/* ---- the file ---- */

static bool apply_root(const struct reading *reading, const struct value *root) {
	if (root->type != VALUE_MAPPING) {
		add_fault(reading, root, "a configuration is a mapping of settings to values");
		return true;
	}
	bool done = true;
	for (size_t i = 0; done && i < root->mapping.count; i++) {
		done = apply_pair(reading, &root->mapping.pairs[i]);
	}
	return done && apply_rules(reading, root);
}

/* Reads the one document that the file holds; *root stays NULL where there is none. */
static bool read_root(const struct reading *reading, struct text text, const struct value **root) {
	struct yaml_slice slice = {0};
	struct error fault = {0};
	while (yaml_next_slice(text, &slice)) {
		const struct value *value;
		switch (yaml_read(&reading->settings->arena, text, &slice, &yaml_default_limits,
			&value, &fault)) {
		case YAML_READ_NOTHING:
			break;
		case YAML_READ_ERROR:
			if (fault.kind == ERROR_MEMORY) {
				return error_set_memory(reading->error);
			}
			problem_list_add_error(
				&reading->settings->problems, reading->path, TEXT(""), &fault);
			return true;
		case YAML_READ_VALUE:
			if (*root != NULL) {
				add_fault(reading, value, "a configuration is one document");
				return true;
			}
			*root = value;
			break;
		}
	}
	return true;
}

static bool read_file(struct settings *settings, struct text path, struct error *error) {
	struct reading reading = {settings, path, file_directory(path), error};
	struct buffer content = {0};
	struct stat status;
	struct error fault = {0};
	const struct value *root = NULL;
	bool done = true;
	if (file_read(AT_FDCWD, path.data, FILE_SIZE_LIMIT, &content, &status, &fault)) {
		done = read_root(&reading, buffer_text(&content), &root) &&
		       (root == NULL || apply_root(&reading, root));
	} else if (fault.kind == ERROR_MEMORY) {
		done = error_set_memory(error);
	} else {
		problem_list_add_error(&settings->problems, path, TEXT(""), &fault);
	}
	buffer_finish(&content);
	return done;
}

static bool is_there(const struct buffer *path) {
	return !path->failed && access(path->data, F_OK) == 0;
}

/* Where there is no working directory, what was named, so that reading it says what is wrong. */
static void append_absolute(struct buffer *path, const char *named) {
	char *absolute = file_absolute(named);
	path->failed |= absolute == NULL && errno == ENOMEM;
	buffer_append_string(path, absolute == NULL ? named : absolute);
	free(absolute);
}

static bool look(void *path) {
	return access(path, F_OK) == 0;
}

/* Who starts a mount is to be told why it does not come. */
static bool check_answer(const struct buffer *path, struct error *error) {
	struct remote_mounts remote = {0};
	const bool is_silent = !path->failed && remote_mounts_read(&remote) &&
			       watch_trail_is_remote(&remote, path->data) &&
			       attempt(look, path->data, PATIENCE_MILLISECONDS) == ATTEMPT_UNKNOWN;
	remote_mounts_finish(&remote);
	return !is_silent || error_set_system(error, ETIMEDOUT,
				     "cannot read %s: its file system does not answer", path->data);
}

/* Appends the path of the file to be read; nothing where there is none. */
static bool find_file(struct buffer *path, struct error *error) {
	const char *named = home_variable("CARDFS_CONFIG");
	if (named != NULL) {
		if (strcmp(named, "/dev/null") != 0) {
			append_absolute(path, named);
		}
		return path->length == 0 || check_answer(path, error);
	}
	const char *configurations = home_variable("XDG_CONFIG_HOME");
	if (configurations != NULL) {
		file_join(path, text_of(configurations), TEXT("cardfs/config.yaml"));
	} else if (home_append(path)) {
		buffer_append_string(path, "/.config/cardfs/config.yaml");
	}
	if (path->length > 0 && !check_answer(path, error)) {
		return false;
	}
	if (!is_there(path)) {
		buffer_clear(path);
		buffer_append_string(path, SYSTEM_FILE);
	}
	if (!is_there(path)) {
		buffer_clear(path);
	}
	return true;
}

bool configuration_load(struct settings *settings, struct error *error) {
	struct buffer path = {0};
	if (!find_file(&path, error)) {
		buffer_finish(&path);
		return false;
	}
	struct text copy;
	bool done = !path.failed && arena_copy_text(&settings->arena, buffer_text(&path), &copy);
	buffer_finish(&path);
	if (!done) {
		return error_set_memory(error);
	}
	if (copy.length > 0) {
		settings->configuration = copy.data;
		done = read_file(settings, copy, error);
	}
	return done && apply_variable(settings, error);
}
