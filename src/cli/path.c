#include "cli/command.h"
#include "cli/lookup.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Links inside the tree that are followed: a tokenizer that another card has. */
#define LINK_LIMIT 100

static bool fail_field(
	const struct card *card, const char *field, const char *what, struct error *error) {
	return error_set(
		error, ERROR_NOT_FOUND, "%s of %.*s %s", field, TEXT_ARGUMENTS(card->name), what);
}

/* Follows links of the tree from a node of an asset's directory: "../NAME/tokenizer". */
static bool follow(
	struct view *view, struct node *node, struct buffer *target, struct error *error) {
	for (int i = 0; i < LINK_LIMIT; i++) {
		buffer_clear(target);
		if (!node_read(node, target, error)) {
			return false;
		}
		struct text text = buffer_text(target);
		if (!text_starts_with(text, TEXT("../"))) {
			return true;
		}
		node_finish(node);
		*node = (struct node){0};
		if (!view_walk(view, text_part(text, strlen("../"), text.length), node, error)) {
			return false;
		}
		if (node_kind(node) != NODE_LINK) {
			return error_set(
				error, ERROR_NOT_FOUND, "%.*s is no path", TEXT_ARGUMENTS(text));
		}
	}
	return error_set(error, ERROR_INVALID, "the references go in a circle");
}

static bool find_path(const struct workspace *workspace, struct card *card, const char *request,
	const char *field, struct buffer *target, struct error *error) {
	struct node asset;
	struct node node = {0};
	if (!view_walk_request(workspace->view, text_of(request), &asset, error)) {
		return false;
	}
	bool done = node_walk(&asset, text_of(field), &node, error);
	if (!done && error->kind == ERROR_NOT_FOUND) {
		fail_field(card, field, "is not set", error);
	} else if (done && node_kind(&node) != NODE_LINK) {
		done = fail_field(card, field, "is no locator", error);
	} else if (done) {
		done = follow(workspace->view, &node, target, error);
	}
	node_finish(&node);
	node_finish(&asset);
	return done;
}

/* A program is given the path as it is, a terminal what does it no harm. */
static bool print_target(const struct buffer *target, struct error *error) {
	struct buffer answer = {0};
	if (isatty(STDOUT_FILENO)) {
		buffer_append_printable(&answer, buffer_text(target));
	} else {
		buffer_append_text(&answer, buffer_text(target));
	}
	buffer_append_byte(&answer, '\n');
	answer.failed |= target->failed;
	const bool done = print_answer(&answer, error);
	buffer_finish(&answer);
	return done;
}

static enum exit_status print_path(
	const struct workspace *workspace, const char *request, const char *field) {
	struct error error = {0};
	struct card *card = lookup_card(workspace, request, &error);
	if (card == NULL) {
		return fail(&error);
	}
	enum exit_status status = EXIT_DONE;
	struct buffer target = {0};
	if (card->is_broken) {
		print_problems(&card->problems, PROBLEM_ERROR);
		status = EXIT_PROBLEMS;
	} else if (!find_path(workspace, card, request, field, &target, &error)) {
		status = fail(&error);
	} else {
		status = print_target(&target, &error) ? EXIT_DONE : fail(&error);
	}
	buffer_finish(&target);
	card_release(card);
	return status;
}

static enum exit_status run(struct settings *settings, const struct string_list *arguments) {
	if (arguments->count < 1 || arguments->count > 2) {
		return fail_usage("path takes the name of an asset, and maybe a field");
	}
	const char *field = arguments->count == 2 ? arguments->items[1] : "checkpoint";
	struct workspace workspace;
	struct error error = {0};
	enum exit_status status = workspace_load(&workspace, settings, &error)
					  ? print_path(&workspace, arguments->items[0], field)
					  : fail(&error);
	workspace_finish(&workspace);
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
