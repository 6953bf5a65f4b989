#include "library/lookup.h"

#include "settings/suggest.h"

static void append_names(
	struct buffer *message, const struct catalog *catalog, struct text wanted) {
	struct suggestions suggestions = {.wanted = wanted};
	struct catalog_cursor cursor = {0};
	struct asset asset;
	while (catalog_next(catalog, &cursor, &asset)) {
		suggest_consider(&suggestions, asset.name);
	}
	for (unsigned i = 0; i < suggestions.count; i++) {
		buffer_append_string(message, i == 0 ? "; did you mean " : " or ");
		buffer_append_text(message, suggestions.names[i]);
	}
	if (suggestions.count > 0) {
		buffer_append_byte(message, '?');
	}
}

static void append_problems(struct buffer *message, const struct catalog *catalog) {
	struct problem_list problems = {0};
	catalog_add_problems(catalog, &problems);
	if (problem_list_count(&problems, PROBLEM_ERROR) > 0) {
		buffer_append_string(message, " (some cards could not be read: see cardfs check)");
	}
	message->failed |= problems.failed;
	problem_list_finish(&problems);
}

struct card *lookup_request(struct catalog *catalog, struct text environment, const char *request,
	struct error *error) {
	struct card_name name = card_name_of_request(text_of(request));
	struct environments in_force = environments_in_force(environment);
	struct environments environments = environments_of_request(&name, &in_force);
	struct error fault = {0};
	struct card *card = catalog_card(catalog, name.name, &environments, &fault);
	if (card != NULL) {
		return card;
	}
	if (fault.kind != ERROR_NOT_FOUND) {
		*error = fault;
		return NULL;
	}
	struct buffer message = {0};
	buffer_append_format(&message, "there is no asset \"%s\"", request);
	append_names(&message, catalog, name.name);
	append_problems(&message, catalog);
	if (message.failed) {
		error_set_memory(error);
	} else {
		error_set(error, ERROR_NOT_FOUND, "%.*s", TEXT_ARGUMENTS(buffer_text(&message)));
	}
	buffer_finish(&message);
	return NULL;
}

struct card *lookup_card(
	const struct workspace *workspace, const char *request, struct error *error) {
	return lookup_request(workspace->catalog, workspace->environment, request, error);
}
