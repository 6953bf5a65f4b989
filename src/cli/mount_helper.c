#include "cli/mount_helper.h"

#include "cli/command.h"
#include "cli/mounting_user.h"
#include "fuse/options.h"
#include "settings/configuration.h"

#include <string.h>
#include <sys/prctl.h>

enum { HELPER_DONE = 0, HELPER_USAGE = 1, HELPER_NOT_MOUNTED = 32 };

bool mount_helper_is(const char *program) {
	const char *slash = strrchr(program, '/');
	const char *name = slash == NULL ? program : slash + 1;
	return strcmp(name, "mount.cardfs") == 0 || strcmp(name, "mount.fuse.cardfs") == 0;
}

/* The arguments that are still to be read, and what those before say. */
struct call {
	char *const *next;
	char *const *end;
	struct string_list operands;
	struct buffer options; /* of every -o, but for those of mount.fuse3(8) */
	struct buffer user;    /* of setuid= */
	bool is_fake;
	bool is_sloppy;
	bool is_verbose;
};

static void finish_call(struct call *call) {
	string_list_finish(&call->operands);
	buffer_finish(&call->options);
	buffer_finish(&call->user);
}

/*
 * A server has no privileges to drop, and a mount is read-only where mount(8) says rw, as it does
 * unless the mount table says ro.
 */
static bool is_passed_over(struct text name) {
	return text_equal(name, TEXT("drop_privileges")) || text_equal(name, TEXT("rw"));
}

/* setuid= is for before all others are read. */
static bool take_option(struct call *call, struct text option, struct error *error) {
	const size_t length = text_index(option, '=');
	const struct text name = text_part(option, 0, length);
	if (is_passed_over(name)) {
		return true;
	}
	if (!text_equal(name, TEXT("setuid"))) {
		buffer_append_string(&call->options, call->options.length == 0 ? "" : ",");
		buffer_append_text(&call->options, option);
		return !call->options.failed || error_set_memory(error);
	}
	if (length + 1 >= option.length) {
		return error_set(
			error, ERROR_USAGE, "the mount option setuid needs a value: setuid=…");
	}
	buffer_finish(&call->user);
	buffer_append_text(&call->user, text_part(option, length + 1, option.length));
	return !call->user.failed || error_set_memory(error);
}

static bool take_options(struct call *call, const char *list, struct error *error) {
	struct text rest = text_of(list);
	while (rest.length > 0) {
		const struct text option = options_first(rest);
		if (!take_option(call, option, error)) {
			return false;
		}
		rest = text_part(rest, option.length + 1, rest.length);
	}
	return true;
}

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
	return *letter != 'o' || take_options(call, value, error);
}

static bool read_letters(struct call *call, const char *letter, struct error *error) {
	for (; *letter != '\0'; letter++) {
		switch (*letter) {
		case 'o':
		case 't':
			return read_value(call, letter, error);
		case 'f':
			call->is_fake = true;
			break;
		case 'n':
			break;
		case 's':
			call->is_sloppy = true;
			break;
		case 'v':
			call->is_verbose = true;
			break;
		default:
			return error_set(error, ERROR_USAGE,
				"mount.cardfs takes -f, -n, -o, -s, -t and -v, not -%c", *letter);
		}
	}
	return true;
}

static bool read_arguments(struct call *call, struct error *error) {
	while (call->next < call->end) {
		const char *argument = *call->next++;
		const bool is_option = argument[0] == '-' && argument[1] != '\0';
		if (is_option && !read_letters(call, argument + 1, error)) {
			return false;
		}
		if (!is_option && !string_list_add(&call->operands, argument)) {
			return error_set_memory(error);
		}
	}
	return call->operands.count == 2 ||
	       error_set(error, ERROR_USAGE,
		       "mount.cardfs takes a source and a directory; mount -t cardfs calls it");
}

/* The configuration is that of the user whose mount it is. */
static bool apply_call(const struct call *call, struct settings *settings, struct error *error) {
	if (call->user.length > 0 && !mounting_user_assume(call->user.data, error)) {
		return false;
	}
	if (!configuration_load(settings, error)) {
		return false;
	}
	settings->fake |= call->is_fake;
	settings->sloppy |= call->is_sloppy;
	settings->verbose |= call->is_verbose;
	const char *const words[] = {"-o", call->options.data};
	return call->options.length == 0 || settings_parse(settings, 2, words, error);
}

int mount_helper_main(int count, char *const *arguments) {
	struct settings settings = {0};
	struct error error = {0};
	struct call call = {.next = arguments, .end = arguments + count};
	int status = HELPER_USAGE;
	/* A server is called so, however it was started. */
	prctl(PR_SET_NAME, "cardfs");
	if (!read_arguments(&call, &error) || !apply_call(&call, &settings, &error)) {
		fail(&error);
	} else if (command_mount.run(&settings, &call.operands) == EXIT_DONE) {
		status = HELPER_DONE;
	} else {
		status = HELPER_NOT_MOUNTED;
	}
	finish_call(&call);
	settings_finish(&settings);
	return status;
}
