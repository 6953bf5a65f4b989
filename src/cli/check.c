#include "base/file.h"
#include "cli/command.h"
#include "view/problems.h"
#include "yaml/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The stores whose problems are wanted; all of them where none is named. */
struct scope {
	char **locations;
	size_t count;
};

static bool is_below(struct text path, struct text directory) {
	return text_starts_with(path, directory) &&
	       (path.length == directory.length || path.data[directory.length] == '/');
}

static bool is_in_scope(const struct scope *scope, const struct problem *problem) {
	for (size_t i = 0; i < scope->count; i++) {
		if (problem->file != NULL &&
			is_below(text_of(problem->file), text_of(scope->locations[i]))) {
			return true;
		}
	}
	return scope->count == 0;
}

static void append_json(struct buffer *answer, const struct problem *problem) {
	buffer_append_string(answer, "{\"file\": ");
	json_write_string(answer, text_of(problem->file));
	buffer_append_format(answer,
		", \"line\": %u, \"column\": %u, \"severity\": \"%s\", \"asset\": ", problem->line,
		problem->column, problem_severity_name(problem->severity));
	json_write_string(answer, text_of(problem->asset));
	buffer_append_string(answer, ", \"message\": ");
	json_write_string(answer, text_of(problem->message));
	buffer_append_string(answer, "}\n");
}

static void append_count(struct buffer *text, size_t count, const char *noun) {
	if (count > 0) {
		buffer_append_format(text, "%s%zu %s%s", text->length == 0 ? "" : ", ", count, noun,
			count == 1 ? "" : "s");
	}
}

static void print_counts(const size_t counts[]) {
	struct buffer line = {0};
	for (enum problem_severity i = PROBLEM_ERROR; i <= PROBLEM_NOTE; i++) {
		append_count(&line, counts[i], problem_severity_name(i));
	}
	fprintf(stderr, "%s\n", line.length == 0 ? "no problems" : line.data);
	buffer_finish(&line);
}

static enum exit_status print_all(
	const struct problem_list *problems, const struct scope *scope, bool as_json) {
	size_t counts[3] = {0};
	struct buffer answer = {0};
	struct error error = {0};
	for (size_t i = 0; i < problems->count; i++) {
		const struct problem *problem = &problems->items[i];
		if (!is_in_scope(scope, problem)) {
			continue;
		}
		counts[problem->severity]++;
		if (as_json) {
			append_json(&answer, problem);
		} else {
			problem_append(&answer, problem, true);
			buffer_append_byte(&answer, '\n');
		}
	}
	bool done = print_answer(&answer, &error);
	buffer_finish(&answer);
	if (!done) {
		return fail(&error);
	}
	if (!as_json) {
		print_counts(counts);
	}
	return counts[PROBLEM_ERROR] + counts[PROBLEM_WARNING] > 0 ? EXIT_PROBLEMS : EXIT_DONE;
}

static enum exit_status check(const struct settings *settings, const struct scope *scope) {
	struct workspace workspace;
	struct problem_list problems = {0};
	struct error error = {0};
	bool done = workspace_load(&workspace, settings, &error);
	if (done) {
		problem_list_add_all(&problems, &workspace.problems);
		done = problems_of_view(workspace.view, &problems, &error);
	}
	enum exit_status status = done ? print_all(&problems, scope, settings->json) : fail(&error);
	problem_list_finish(&problems);
	workspace_finish(&workspace);
	return status;
}

/* The store in force that gives the same files, whose location their problems name; or NULL. */
static const struct store *find_in_force(
	const struct store_set *stores, const struct store *store) {
	for (size_t i = 0; i < stores->count; i++) {
		const struct store *other = stores->stores[i];
		if (other->type == store->type && file_is_same(other->location, store->location)) {
			return other;
		}
	}
	return NULL;
}

/* Adds the named store to those in force, which its cards may derive from, unless it is one. */
static bool add_store(struct settings *settings, const struct store_set *stores,
	const char *location, struct scope *scope, struct error *error) {
	struct store *store = store_open(text_of(location), STORE_ADDED, 0, error);
	if (store == NULL) {
		return false;
	}
	const struct store *in_force = find_in_force(stores, store);
	char *path = strdup(in_force != NULL ? in_force->location : store->location);
	const bool done =
		path != NULL && (in_force != NULL || string_list_add(&settings->stores, location));
	scope->locations[scope->count++] = path;
	store_close(store);
	return done || error_set_memory(error);
}

static bool add_stores(struct settings *settings, const struct string_list *locations,
	struct scope *scope, struct error *error) {
	struct workspace workspace;
	scope->locations = calloc(locations->count + 1, sizeof(char *));
	if (scope->locations == NULL) {
		return error_set_memory(error);
	}
	bool done = workspace_open_stores(&workspace, settings, error);
	for (size_t i = 0; done && i < locations->count; i++) {
		done = add_store(settings, &workspace.stores, locations->items[i], scope, error);
	}
	workspace_finish(&workspace);
	return done;
}

static enum exit_status run(struct settings *settings, const struct string_list *arguments) {
	struct scope scope = {0};
	struct error error = {0};
	const bool is_known =
		arguments->count == 0 || add_stores(settings, arguments, &scope, &error);
	const enum exit_status status = is_known ? check(settings, &scope) : fail(&error);
	for (size_t i = 0; i < scope.count; i++) {
		free(scope.locations[i]);
	}
	free(scope.locations);
	return status;
}

const struct command command_check = {
	.name = "check",
	.usage = "[STORE...] [--json]",
	.summary = "every problem in the stores",
	.details =
		"Prints every problem as a compiler would, FILE:LINE:COLUMN: error: MESSAGE,\n"
		"sorted, and the count of each kind on standard error. With STOREs only theirs;\n"
		"the other stores in force still provide bases. The exit status is 1 where there\n"
		"is an error or a warning.\n\n"
		"  --json   one JSON object a line: file, line, column, severity, asset, message\n",
	.run = run,
};
