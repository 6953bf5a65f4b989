#include "cli/command.h"

#include "cli/help.h"
#include "settings/configuration.h"
#include "settings/suggest.h"

#include <string.h>
#include <sys/stat.h>

static const struct command *const commands[] = {
	&command_mount,
	&command_umount,
	&command_reload,
	&command_debug,
	&command_list,
	&command_show,
	&command_path,
	&command_find,
	&command_explain,
	&command_diff,
	&command_graph,
	&command_set,
	&command_unset,
	&command_check,
	&command_config,
	&command_help,
	&command_complete,
};

enum { COMMAND_COUNT = sizeof(commands) / sizeof(commands[0]) };

const struct command *command_named(const char *name) {
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		if (strcmp(commands[i]->name, name) == 0) {
			return commands[i];
		}
	}
	return NULL;
}

const struct command *command_at(size_t index) {
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		if (commands[i]->summary != NULL && index-- == 0) {
			return commands[i];
		}
	}
	return NULL;
}

void command_add_names(struct candidates *candidates) {
	const struct command *command;
	for (size_t i = 0; (command = command_at(i)) != NULL; i++) {
		candidates_add(candidates, TEXT(""), text_of(command->name), "");
	}
}

void command_suggest(struct suggestions *suggestions) {
	const struct command *command;
	for (size_t i = 0; (command = command_at(i)) != NULL; i++) {
		suggest_consider(suggestions, text_of(command->name));
	}
}

/*
 * A lone word that is nearly a command, but for a third of its letters at most, is not taken for a
 * mount point.
 */
static bool is_mistyped_command(const char *word, struct suggestions *suggestions) {
	*suggestions = (struct suggestions){.wanted = text_of(word)};
	if (strchr(word, '/') != NULL) {
		return false;
	}
	command_suggest(suggestions);
	return suggestions->count > 0 &&
	       suggestions->distances[0] <= suggestions->names[0].length / 3;
}

static enum exit_status run_mount(struct settings *settings) {
	struct suggestions suggestions;
	const char *word = settings->arguments.items[0];
	struct stat status;
	if (is_mistyped_command(word, &suggestions) && stat(word, &status) != 0) {
		return fail_usage("there is no command %s; did you mean %.*s?", word,
			TEXT_ARGUMENTS(suggestions.names[0]));
	}
	return command_mount.run(settings, &settings->arguments);
}

static enum exit_status run(struct settings *settings) {
	const struct string_list *arguments = &settings->arguments;
	const struct command *command =
		arguments->count == 0 ? NULL : command_named(arguments->items[0]);
	if (settings->version) {
		return help_print_version();
	}
	if (settings->help) {
		return help_print(command);
	}
	if (arguments->count == 0) {
		help_print(NULL);
		return EXIT_NOT_DONE;
	}
	if (command == NULL) {
		return run_mount(settings);
	}
	struct string_list rest = {.items = arguments->items + 1, .count = arguments->count - 1};
	return command->run(settings, &rest);
}

int command_main(int count, char **arguments) {
	struct settings settings = {0};
	struct error error = {0};
	bool done =
		configuration_load(&settings, &error) &&
		settings_parse(&settings, (size_t)count, (const char *const *)arguments, &error);
	enum exit_status status = done ? run(&settings) : fail(&error);
	settings_finish(&settings);
	return status;
}
