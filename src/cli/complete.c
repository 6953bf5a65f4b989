/*
 * What the completion scripts of shells ask: one program knows the commands, options, names and
 * fields, and the scripts stay small.
 */
#include "cli/candidates.h"
#include "cli/command.h"
#include "settings/configuration.h"
#include "settings/option.h"

#include <stdlib.h>
#include <string.h>

/* What a word can be; what the shell knows better is left to it. */
enum word_kind {
	WORD_NOTHING,
	WORD_ASSET,
	WORD_FIELD,      /* of the asset that the first argument names */
	WORD_ASSIGNMENT, /* FIELD=VALUE of it */
	WORD_CONDITION,  /* FIELD=VALUE of any */
	WORD_FILE,
	WORD_DIRECTORY,
	WORD_COMMAND,
};

/* The arguments of each command: the first, the second, and all others. */
static const struct {
	const char *command;
	enum word_kind words[3];
} command_words[] = {
	{"mount", {WORD_DIRECTORY, WORD_DIRECTORY, WORD_NOTHING}},
	{"umount", {WORD_DIRECTORY, WORD_NOTHING, WORD_NOTHING}},
	{"reload", {WORD_DIRECTORY, WORD_NOTHING, WORD_NOTHING}},
	{"debug", {WORD_DIRECTORY, WORD_NOTHING, WORD_NOTHING}},
	{"show", {WORD_ASSET, WORD_ASSET, WORD_ASSET}},
	{"path", {WORD_ASSET, WORD_FIELD, WORD_NOTHING}},
	{"find", {WORD_CONDITION, WORD_CONDITION, WORD_CONDITION}},
	{"explain", {WORD_ASSET, WORD_FIELD, WORD_NOTHING}},
	{"diff", {WORD_ASSET, WORD_ASSET, WORD_NOTHING}},
	{"graph", {WORD_ASSET, WORD_ASSET, WORD_ASSET}},
	{"set", {WORD_ASSET, WORD_ASSIGNMENT, WORD_ASSIGNMENT}},
	{"unset", {WORD_ASSET, WORD_FIELD, WORD_FIELD}},
	{"check", {WORD_FILE, WORD_FILE, WORD_FILE}},
	{"help", {WORD_COMMAND, WORD_NOTHING, WORD_NOTHING}},
};

/* Names of options whose values are more than any text. */
static const struct {
	const char *option;
	enum word_kind kind;
	const char *choices;
} option_values[] = {
	{"store", WORD_FILE, NULL},
	{"kind", WORD_NOTHING, "model|dataset|tokenizer|other"},
};

/* The line up to the word that is completed, understood as far as it goes. */
struct line {
	struct settings settings;
	const char *word;
	const struct option *option; /* whose value the word is, or NULL */
	struct text option_part;     /* "--env=" before the value in the word itself; or empty */
	bool is_mount_options;       /* the word is the value of -o */
	bool only_arguments;         /* behind "--" */
};

/* The last line of the answer: what the shell adds itself, and whether a blank follows. */
struct answer {
	struct candidates candidates;
	const char *directive;
};

static const struct option *find_long(struct text name) {
	for (size_t i = 0; i < option_count; i++) {
		if (text_equal(text_of(option_table[i].long_name), name)) {
			return &option_table[i];
		}
	}
	return NULL;
}

/* The option that waits for a value behind the words; -o is none, but is_mount_options. */
static void find_waiting_option(struct line *line, const char *before) {
	struct text word = text_of(before);
	if (text_starts_with(word, TEXT("--"))) {
		const struct option *option = find_long(text_part(word, 2, word.length));
		line->option = option != NULL && option->kind != OPTION_FLAG ? option : NULL;
	} else if (text_starts_with(word, TEXT("-")) && text_ends_with(word, TEXT("o"))) {
		line->is_mount_options = true;
	}
}

static void find_attached_option(struct line *line) {
	struct text word = text_of(line->word);
	size_t sign = text_index(word, '=');
	if (!line->only_arguments && text_starts_with(word, TEXT("--")) && sign < word.length) {
		line->option = find_long(text_part(word, 2, sign - 2));
		line->option_part = text_part(word, 0, sign + 1);
	}
}

static bool understand(
	struct line *line, const struct string_list *words, size_t index, struct error *error) {
	*line = (struct line){.word = index < words->count ? words->items[index] : ""};
	for (size_t i = 0; i < index; i++) {
		line->only_arguments |= strcmp(words->items[i], "--") == 0;
	}
	if (index > 0 && !line->only_arguments) {
		find_waiting_option(line, words->items[index - 1]);
	}
	if (line->option == NULL) {
		find_attached_option(line);
	}
	/* What stands before the word chooses stores and environment, if it is right so far. */
	struct error fault = {0};
	bool is_waiting =
		line->is_mount_options || (line->option != NULL && line->option_part.length == 0);
	size_t count = is_waiting ? index - 1 : index;
	return configuration_load(&line->settings, error) &&
	       (settings_parse(&line->settings, count, words->items, &fault) ||
		       fault.kind != ERROR_MEMORY || error_set_memory(error));
}

static enum word_kind find_kind(const struct line *line) {
	const struct string_list *arguments = &line->settings.arguments;
	for (size_t i = 0; i < sizeof(command_words) / sizeof(command_words[0]); i++) {
		if (strcmp(arguments->items[0], command_words[i].command) == 0) {
			size_t place = arguments->count - 1;
			return command_words[i].words[place < 3 ? place : 2];
		}
	}
	return WORD_NOTHING;
}

static void add_word(struct answer *answer, const struct line *line,
	const struct workspace *workspace, enum word_kind kind) {
	struct candidates *candidates = &answer->candidates;
	const struct string_list *arguments = &line->settings.arguments;
	switch (kind) {
	case WORD_NOTHING:
		break;
	case WORD_ASSET:
		candidates_add_assets(candidates, workspace);
		break;
	case WORD_FIELD:
		candidates_add_fields(candidates, workspace, arguments->items[1], "");
		break;
	case WORD_ASSIGNMENT:
		answer->directive = strchr(line->word, '=') != NULL ? "files" : "nospace";
		candidates_add_fields(candidates, workspace, arguments->items[1], "=");
		break;
	case WORD_CONDITION:
		answer->directive = strchr(line->word, '=') != NULL ? "" : "nospace";
		candidates_add_conditions(candidates, workspace);
		break;
	case WORD_FILE:
		answer->directive = "files";
		break;
	case WORD_DIRECTORY:
		answer->directive = "directories";
		break;
	case WORD_COMMAND:
		command_add_names(candidates);
		candidates_add(candidates, TEXT(""), TEXT("options"), "");
		break;
	}
}

static void add_option_value(
	struct answer *answer, const struct line *line, const struct workspace *workspace) {
	const struct option *option = line->option;
	struct candidates *candidates = &answer->candidates;
	if (option->kind == OPTION_CHOICE) {
		candidates_add_choices(candidates, line->option_part, option->value_name);
	}
	if (strcmp(option->long_name, "env") == 0) {
		candidates_add_environments(candidates, workspace, line->option_part);
	}
	for (size_t i = 0; i < sizeof(option_values) / sizeof(option_values[0]); i++) {
		if (strcmp(option->long_name, option_values[i].option) == 0) {
			candidates_add_choices(
				candidates, line->option_part, option_values[i].choices);
			add_word(answer, line, workspace, option_values[i].kind);
		}
	}
}

/* Names of -o behind what is there before the last comma. */
static void add_mount_options(struct answer *answer) {
	struct text typed = answer->candidates.typed;
	size_t start = typed.length;
	while (start > 0 && typed.data[start - 1] != ',') {
		start--;
	}
	answer->directive = "nospace";
	for (size_t i = 0; i < option_count; i++) {
		const struct option *option = &option_table[i];
		if (option->mount_name != NULL) {
			candidates_add(&answer->candidates, text_part(typed, 0, start),
				text_of(option->mount_name),
				option->kind == OPTION_FLAG ? "" : "=");
		}
	}
}

static void add_option_names(struct answer *answer) {
	for (size_t i = 0; i < option_count; i++) {
		if (option_table[i].long_name != NULL) {
			candidates_add(&answer->candidates, TEXT("--"),
				text_of(option_table[i].long_name), "");
		}
	}
}

static void add_all(
	struct answer *answer, const struct line *line, const struct workspace *workspace) {
	bool has_command = line->settings.arguments.count > 0;
	if (line->is_mount_options) {
		add_mount_options(answer);
	} else if (line->option != NULL) {
		add_option_value(answer, line, workspace);
	} else if (line->word[0] == '-' && !line->only_arguments) {
		add_option_names(answer);
	} else if (has_command) {
		add_word(answer, line, workspace, find_kind(line));
	} else {
		command_add_names(&answer->candidates);
		answer->directive = "directories";
	}
}

static bool complete(struct line *line, struct error *error) {
	struct workspace workspace;
	struct answer answer = {.directive = ""};
	candidates_init(&answer.candidates, text_of(line->word));
	bool done = workspace_load(&workspace, &line->settings, error);
	if (done) {
		add_all(&answer, line, &workspace);
		struct buffer *lines = &answer.candidates.lines;
		buffer_append_format(lines, ":%s\n", answer.directive);
		done = answer.candidates.failed ? error_set_memory(error)
						: print_answer(lines, error);
	}
	candidates_finish(&answer.candidates);
	workspace_finish(&workspace);
	return done;
}

static enum exit_status run(struct settings *settings, const struct string_list *arguments) {
	(void)settings;
	struct string_list words = {.items = arguments->items + 1, .count = arguments->count - 1};
	size_t index = arguments->count == 0 ? 0 : strtoul(arguments->items[0], NULL, 10);
	if (arguments->count == 0 || index > words.count) {
		return fail_usage("complete takes the number of a word, and words");
	}
	struct line line;
	struct error error = {0};
	bool done = understand(&line, &words, index, &error) && complete(&line, &error);
	settings_finish(&line.settings);
	return done ? EXIT_DONE : fail(&error);
}

const struct command command_complete = {
	.name = "complete",
	.usage = "INDEX -- WORD...",
	.details =
		"For the completion scripts of shells. WORDs are those of a command line behind\n"
		"cardfs, INDEX is the number of the one that is completed, from 0. Prints what it\n"
		"may become, one a line, and last a colon and what the shell is to do as well:\n"
		"nothing, files, directories, or nospace (put no blank behind).\n",
	.run = run,
};
