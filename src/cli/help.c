#include "cli/help.h"

#include <string.h>

static void describe_commands(struct buffer *text) {
	buffer_append_string(text,
		"cardfs shows each fairseq2 asset card as a directory.\n\n"
		"  cardfs [SOURCE] MOUNTPOINT [-o OPTION...]    as cardfs mount\n");
	struct buffer usage = {0};
	const struct command *command;
	for (size_t i = 0; (command = command_at(i)) != NULL; i++) {
		buffer_clear(&usage);
		buffer_append_format(&usage, "cardfs %s %s", command->name, command->usage);
		buffer_append_format(text, "  %-44s %s\n", usage.data == NULL ? "" : usage.data,
			command->summary);
	}
	text->failed |= usage.failed;
	buffer_finish(&usage);
	buffer_append_string(text, "\nTo begin: mkdir ~/assets && cardfs ~/assets && ls ~/assets\n"
				   "man cardfs says everything.\n");
}

static void describe_command(struct buffer *text, const struct command *command) {
	buffer_append_format(
		text, "cardfs %s %s\n\n%s", command->name, command->usage, command->details);
}

static void describe_options(struct buffer *text) {
	buffer_append_string(text, "Options, before or behind a command and its arguments:\n\n");
	settings_describe_options(text);
	buffer_append_string(text,
		"  -o OPTION[,OPTION...]      options as mount tables have them\n\n"
		"Their names there, and in the configuration file:\n");
	settings_describe_mount_options(text);
}

static enum exit_status print(struct buffer *text) {
	struct error error = {0};
	const bool done = print_answer(text, &error);
	buffer_finish(text);
	return done ? EXIT_DONE : fail(&error);
}

enum exit_status help_print(const struct command *command) {
	struct buffer text = {0};
	if (command == NULL) {
		describe_commands(&text);
	} else {
		describe_command(&text, command);
	}
	return print(&text);
}

enum exit_status help_print_version(void) {
	struct buffer text = {0};
	buffer_append_string(&text, "cardfs " CARDFS_VERSION "\n");
	return print(&text);
}

static enum exit_status print_options(void) {
	struct buffer text = {0};
	describe_options(&text);
	return print(&text);
}

static enum exit_status fail_unknown(const char *topic) {
	struct suggestions suggestions = {.wanted = text_of(topic)};
	command_suggest(&suggestions);
	suggest_consider(&suggestions, TEXT("options"));
	const struct text nearest = suggestions.count > 0 ? suggestions.names[0] : TEXT("");
	return fail_usage("there is no command %s%s%.*s%s", topic,
		nearest.length > 0 ? "; did you mean " : "", TEXT_ARGUMENTS(nearest),
		nearest.length > 0 ? "?" : "");
}

static enum exit_status run(struct settings *settings, const struct string_list *arguments) {
	(void)settings;
	if (arguments->count > 1) {
		return fail_usage("help takes one command, or options");
	}
	if (arguments->count == 0) {
		return help_print(NULL);
	}
	const char *topic = arguments->items[0];
	if (strcmp(topic, "options") == 0) {
		return print_options();
	}
	const struct command *command = command_named(topic);
	return command == NULL ? fail_unknown(topic) : help_print(command);
}

const struct command command_help = {
	.name = "help",
	.usage = "[COMMAND | options]",
	.summary = "more about a command; the options",
	.details = "Describes a command, or the options that every command takes; or says which\n"
		   "commands there are. cardfs COMMAND --help is the same.\n",
	.run = run,
};
