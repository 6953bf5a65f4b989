#include "cli/command.h"

#include "settings/configuration.h"
#include "settings/suggest.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static const struct command *const commands[] = {
	&command_mount,
	&command_umount,
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
	&command_complete,
};

enum { COMMAND_COUNT = sizeof(commands) / sizeof(commands[0]) };

static const struct command *find_command(const char *name) {
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		if (strcmp(commands[i]->name, name) == 0) {
			return commands[i];
		}
	}
	return NULL;
}

/* Programs call it, people do not. */
static bool is_hidden(const struct command *command) {
	return command->summary == NULL;
}

void command_add_names(struct candidates *candidates) {
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		if (!is_hidden(commands[i])) {
			candidates_add(candidates, TEXT(""), text_of(commands[i]->name), "");
		}
	}
}

static void describe_commands(struct buffer *text) {
	buffer_append_string(text,
		"cardfs shows each fairseq2 asset card as a directory.\n\n"
		"  cardfs [SOURCE] MOUNTPOINT [-o OPTION[,OPTION...]] [-f] [-d]\n");
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		if (is_hidden(commands[i])) {
			continue;
		}
		struct buffer usage = {0};
		buffer_append_format(&usage, "cardfs %s %s", commands[i]->name, commands[i]->usage);
		buffer_append_format(text, "  %-44s %s\n", usage.data == NULL ? "" : usage.data,
			commands[i]->summary);
		text->failed |= usage.failed;
		buffer_finish(&usage);
	}
	buffer_append_string(text, "\nOptions:\n");
	settings_describe_options(text);
	buffer_append_string(
		text, "\ncardfs COMMAND --help says more of a command; cardfs(1) of everything.\n");
}

static void describe_command(struct buffer *text, const struct command *command) {
	buffer_append_format(
		text, "cardfs %s %s\n\n%s", command->name, command->usage, command->details);
}

static enum exit_status print_text(struct buffer *text) {
	struct error error = {0};
	bool done = print_answer(text, &error);
	buffer_finish(text);
	return done ? EXIT_DONE : fail(&error);
}

static enum exit_status print_help(const struct command *command) {
	struct buffer text = {0};
	if (command == NULL) {
		describe_commands(&text);
	} else {
		describe_command(&text, command);
	}
	return print_text(&text);
}

static enum exit_status print_version(void) {
	struct buffer text = {0};
	buffer_append_string(&text, "cardfs " CARDFS_VERSION "\n");
	return print_text(&text);
}

/* A lone word that is nearly a command, but for a third of its letters at most, is not taken for a
 * mount point. */
static bool is_mistyped_command(const char *word, struct suggestions *suggestions) {
	*suggestions = (struct suggestions){.wanted = text_of(word)};
	if (strchr(word, '/') != NULL) {
		return false;
	}
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		if (!is_hidden(commands[i])) {
			suggest_consider(suggestions, text_of(commands[i]->name));
		}
	}
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
		arguments->count == 0 ? NULL : find_command(arguments->items[0]);
	if (settings->version) {
		return print_version();
	}
	if (settings->help) {
		return print_help(command);
	}
	if (arguments->count == 0) {
		print_help(NULL);
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
