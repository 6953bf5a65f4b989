#include "cli/mount_helper.h"

#include "cli/command.h"
#include "settings/configuration.h"

#include <string.h>
#include <sys/prctl.h>

enum { HELPER_DONE = 0, HELPER_USAGE = 1, HELPER_NOT_MOUNTED = 32 };

bool mount_helper_is(const char *program) {
	const char *slash = strrchr(program, '/');
	const char *name = slash == NULL ? program : slash + 1;
	return strcmp(name, "mount.cardfs") == 0 || strcmp(name, "mount.fuse.cardfs") == 0;
}

/* The arguments that are still to be read, and the values of -o so far. */
struct call {
	char *const *next;
	char *const *end;
	struct string_list lists;
};

/* What a letter is followed by, in the same argument or the next. */
static const char *take_value(struct call *call, const char *letter) {
	if (letter[1] != '\0') {
		return letter + 1;
	}
	return call->next < call->end ? *call->next++ : NULL;
}

static bool read_value(struct call *call, const char *letter, struct error *error) {
	const char *value = take_value(call, letter);
	if (value == NULL) {
		return error_set(error, ERROR_USAGE, "the option -%c of mount.cardfs needs a value",
			*letter);
	}
	return *letter != 'o' || string_list_add(&call->lists, value) || error_set_memory(error);
}

static bool read_letters(
	struct call *call, struct settings *settings, const char *letter, struct error *error) {
	for (; *letter != '\0'; letter++) {
		switch (*letter) {
		case 'o':
		case 't':
			return read_value(call, letter, error);
		case 'f':
			settings->fake = true;
			break;
		case 'n':
			break;
		case 's':
			settings->sloppy = true;
			break;
		case 'v':
			settings->verbose = true;
			break;
		default:
			return error_set(error, ERROR_USAGE,
				"mount.cardfs takes -f, -n, -o, -s, -t and -v, not -%c", *letter);
		}
	}
	return true;
}

static bool read_arguments(struct call *call, struct settings *settings, struct error *error) {
	while (call->next < call->end) {
		const char *argument = *call->next++;
		const bool is_option = argument[0] == '-' && argument[1] != '\0';
		if (is_option && !read_letters(call, settings, argument + 1, error)) {
			return false;
		}
		if (!is_option && !string_list_add(&settings->arguments, argument)) {
			return error_set_memory(error);
		}
	}
	return true;
}

/* Behind all letters, for -s holds for every list. */
static bool apply_lists(
	const struct string_list *lists, struct settings *settings, struct error *error) {
	for (size_t i = 0; i < lists->count; i++) {
		const char *const words[] = {"-o", lists->items[i]};
		if (!settings_parse(settings, 2, words, error)) {
			return false;
		}
	}
	return true;
}

static bool read_call(struct call *call, struct settings *settings, struct error *error) {
	if (!configuration_load(settings, error) || !read_arguments(call, settings, error) ||
		!apply_lists(&call->lists, settings, error)) {
		return false;
	}
	return settings->arguments.count == 2 ||
	       error_set(error, ERROR_USAGE,
		       "mount.cardfs takes a source and a directory; mount -t cardfs calls it");
}

int mount_helper_main(int count, char *const *arguments) {
	struct settings settings = {0};
	struct error error = {0};
	struct call call = {.next = arguments, .end = arguments + count};
	int status = HELPER_USAGE;
	/* A server is called so, however it was started. */
	prctl(PR_SET_NAME, "cardfs");
	if (!read_call(&call, &settings, &error)) {
		fail(&error);
	} else if (command_mount.run(&settings, &settings.arguments) == EXIT_DONE) {
		status = HELPER_DONE;
	} else {
		status = HELPER_NOT_MOUNTED;
	}
	string_list_finish(&call.lists);
	settings_finish(&settings);
	return status;
}
