#include "cli/command.h"
#include "library/cardfs.h"
#include "library/handle.h"

#include <stdio.h>
#include <unistd.h>

/* What is wrong with a card is lines that stand for themselves. */
static enum exit_status fail_as_library(struct cardfs_error *error) {
	bool is_broken = cardfs_error_kind(error) == CARDFS_ERROR_BROKEN;
	struct error fault;
	if (is_broken) {
		fprintf(stderr, "%s\n", cardfs_error_message(error));
	} else {
		error_set(&fault, ERROR_NOT_FOUND, "%s", cardfs_error_message(error));
		fail(&fault);
	}
	cardfs_error_free(error);
	return is_broken ? EXIT_PROBLEMS : EXIT_NOT_DONE;
}

/* A program is given the path as it is, a terminal what does it no harm. */
static enum exit_status print_location(const struct cardfs_location *location) {
	struct text path = text_of(cardfs_location_path(location));
	struct buffer answer = {0};
	struct error error = {0};
	if (isatty(STDOUT_FILENO)) {
		buffer_append_printable(&answer, path);
	} else {
		buffer_append_text(&answer, path);
	}
	buffer_append_byte(&answer, '\n');
	bool done = print_answer(&answer, &error);
	buffer_finish(&answer);
	return done ? EXIT_DONE : fail(&error);
}

static enum exit_status print_path(
	struct cardfs_stores *stores, const char *request, const char *field) {
	struct cardfs_error *error = NULL;
	struct cardfs_location *location = NULL;
	struct cardfs_card *card = cardfs_resolve(stores, request, &error);
	if (card != NULL) {
		location = cardfs_locate(card, field, &error);
	}
	enum exit_status status =
		location != NULL ? print_location(location) : fail_as_library(error);
	cardfs_location_free(location);
	cardfs_card_free(card);
	return status;
}

static enum exit_status run(struct settings *settings, const struct string_list *arguments) {
	if (arguments->count < 1 || arguments->count > 2) {
		return fail_usage("path takes the name of an asset, and maybe a field");
	}
	const char *field = arguments->count == 2 ? arguments->items[1] : "checkpoint";
	struct error error = {0};
	struct cardfs_stores *stores = open_stores(settings, &error);
	enum exit_status status =
		stores != NULL ? print_path(stores, arguments->items[0], field) : fail(&error);
	cardfs_close(stores);
	return status;
}

const struct command command_path = {
	.name = "path",
	.usage = "NAME[@ENV] [FIELD]",
	.summary = "where a locator points",
	.details =
		"Prints the path that the link FIELD (checkpoint, unless it is given) of an asset\n"
		"leads to, whether or not there is anything. The exit status is 2 where the asset\n"
		"has no such field, or it is no locator.\n",
	.run = run,
};
