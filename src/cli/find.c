#include "card/find.h"

#include "cli/assets.h"
#include "cli/command.h"

/* The answer is written in pieces of about so many bytes. */
#define PIECE_LENGTH 65536

struct search {
	struct find_query query;
	struct buffer answer;
};

static bool print_piece(struct search *search, struct error *error) {
	bool done = print_answer(&search->answer, error);
	buffer_clear(&search->answer);
	return done;
}

static bool match_card(void *context, struct card *card, struct error *error) {
	struct search *search = context;
	bool matches;
	if (!find_query_matches(&search->query, card, &matches, error)) {
		return false;
	}
	if (matches) {
		buffer_append_printable(&search->answer, card->name);
		buffer_append_byte(&search->answer, '\n');
	}
	return search->answer.length < PIECE_LENGTH || print_piece(search, error);
}

static enum exit_status search_workspace(const struct workspace *workspace, struct search *search) {
	struct problem_list problems = {0};
	struct error error = {0};
	bool done = assets_visit_sound(workspace, match_card, search, &problems, &error) &&
		    print_piece(search, &error);
	enum exit_status status = done ? assets_report(&problems) : fail(&error);
	problem_list_finish(&problems);
	return status;
}

static enum exit_status search_all(const struct settings *settings, struct search *search) {
	struct workspace workspace;
	struct error error = {0};
	enum exit_status status = workspace_load(&workspace, settings, &error)
					  ? search_workspace(&workspace, search)
					  : fail(&error);
	workspace_finish(&workspace);
	return status;
}

static enum exit_status run(struct settings *settings, const struct string_list *arguments) {
	if (arguments->count == 0) {
		return fail_usage("find takes conditions, such as model_family=llama");
	}
	struct search search = {0};
	struct error error = {0};
	bool is_valid = find_query_init(&search.query, arguments->items, arguments->count, &error);
	enum exit_status status = is_valid ? search_all(settings, &search) : fail(&error);
	find_query_finish(&search.query);
	buffer_finish(&search.answer);
	return status;
}

const struct command command_find = {
	.name = "find",
	.usage = "FIELD=VALUE...",
	.summary = "assets whose fields match",
	.details =
		"Lists the names of the assets whose resolved fields meet every condition,\n"
		"sorted. It answers what .by/FIELD/VALUE/ shows in a mount; kind is a field as\n"
		"well.\n\n"
		"  FIELD=VALUE     it has that value, in any spelling: 1e-5 is 0.00001\n"
		"  FIELD!=VALUE    it has the field, with another value\n"
		"  FIELD<NUMBER    it has a number there that is less; also <=, > and >=\n"
		"  FIELD           it has the field, be it empty or a mapping\n"
		"  !FIELD          it has no such field\n\n"
		"A field within a mapping is named with dots: tokenizer_config_overrides.impl.\n"
		"Quote <, > and ! for the shell. Broken assets are named on standard error, and\n"
		"the exit status is 1 then; finding nothing is 0.\n",
	.run = run,
};
