#include "cli/change.h"

#include "base/file.h"
#include "card/override.h"
#include "library/lookup.h"
#include "settings/option.h"
#include "stores/overlay.h"
#include "stores/writer.h"
#include "view/names.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define USER_ENVIRONMENT TEXT("user")

/* ---- the store ---- */

/* The last store that an option names; NULL where none does. */
static const char *find_named_store(const struct settings *settings) {
	const char *named = NULL;
	for (size_t i = 0; i < settings->record_count; i++) {
		const struct setting_record *record = &settings->records[i];
		if (record->option->kind == OPTION_LIST && record->place.origin == SETTING_OPTION) {
			named = record->value;
		}
	}
	return named;
}

static bool is_plain_store(const struct store *store) {
	return strcmp(store->type->kind, "dir") == 0;
}

/* The store that a location names: it may be open as one of the default stores. */
static bool find_location(struct change *change, const char *location, struct error *error) {
	const struct store_set *stores = &change->workspace->stores;
	const char *path = location;
	if (strncmp(path, "dir:", strlen("dir:")) == 0) {
		path += strlen("dir:");
	}
	char *absolute = file_absolute(path);
	if (absolute == NULL) {
		return error_set_system(error, errno, "cannot tell where %s is", path);
	}
	size_t i = 0;
	while (i < stores->count && !(is_plain_store(stores->stores[i]) &&
					    file_is_same(stores->stores[i]->location, absolute))) {
		i++;
	}
	free(absolute);
	change->target = i;
	return i < stores->count ||
	       error_set(error, ERROR_USAGE,
		       "the store %s cannot be written to: name a directory of cards", location);
}

static bool find_user_store(struct change *change, struct error *error) {
	const struct store_set *stores = &change->workspace->stores;
	for (size_t i = 0; i < stores->count; i++) {
		if (stores->stores[i]->origin == STORE_USER) {
			change->target = i;
			return true;
		}
	}
	return error_set(error, ERROR_USAGE,
		"there is no store of the user to write to; name a directory with --store");
}

/* A default store may be missing: it is made. Others are likely to be mistyped. */
static bool check_location(const struct store *store, struct error *error) {
	struct stat status;
	if (stat(store->location, &status) == 0) {
		return S_ISDIR(status.st_mode) ||
		       error_set(error, ERROR_INVALID,
			       "the store %s is a single file; name a directory of cards with "
			       "--store",
			       store->location);
	}
	if (errno != ENOENT) {
		return error_set_system(
			error, errno, "cannot write to the store %s", store->location);
	}
	return store->optional ||
	       error_set(error, ERROR_NOT_FOUND,
		       "the store %s does not exist; create it with: mkdir -p %s", store->location,
		       store->location);
}

static struct store *target_of(const struct change *change) {
	return change->workspace->stores.stores[change->target];
}

static bool open_target(
	struct change *change, const struct settings *settings, struct error *error) {
	const char *named = find_named_store(settings);
	if (!(named != NULL ? find_location(change, named, error)
			    : find_user_store(change, error)) ||
		!check_location(target_of(change), error)) {
		return false;
	}
	struct store *overlay = overlay_create(target_of(change), error);
	if (overlay == NULL) {
		return false;
	}
	change->workspace->stores.stores[change->target] = overlay;
	return true;
}

bool change_open(struct change *change, struct workspace *workspace,
	const struct settings *settings, const char *name, struct error *error) {
	*change = (struct change){
		.workspace = workspace, .name = card_name_of_request(text_of(name))};
	if (!change->name.has_at) {
		change->name.environment = USER_ENVIRONMENT;
	}
	change->environments = (struct environments){
		.names = {change->name.environment},
		.count = change->name.environment.length > 0,
	};
	return workspace_open(workspace, settings, error) && open_target(change, settings, error);
}

static void forget_plan(struct change *change) {
	card_release(change->before);
	card_release(change->after);
	catalog_release(change->catalog);
	buffer_finish(&change->path);
	buffer_finish(&change->text);
	change->before = NULL;
	change->after = NULL;
	change->catalog = NULL;
	change->leaves_nothing = false;
}

void change_finish(struct change *change) {
	forget_plan(change);
}

/* ---- the file ---- */

/* The card's document in the store, if it has one there. */
static const struct document *find_document(const struct change *change) {
	struct asset asset;
	if (!catalog_find(change->workspace->catalog, change->name.name, &asset)) {
		return NULL;
	}
	for (size_t i = 0; i < asset.document_count; i++) {
		const struct document *document = asset.documents[i];
		if (document->set->store == change->target &&
			text_equal(document_environment(document), change->name.environment)) {
			return document;
		}
	}
	return NULL;
}

/* NAME@ENVIRONMENT.yaml in the store. */
static bool append_new_path(struct change *change, struct error *error) {
	struct buffer name = {0};
	struct buffer file_name = {0};
	buffer_append_text(&name, change->name.name);
	buffer_append_byte(&name, '@');
	buffer_append_text(&name, change->name.environment);
	names_encode(&file_name, buffer_text(&name), NAMES_ELSEWHERE);
	buffer_append_string(&file_name, ".yaml");
	file_join(&change->path, text_of(target_of(change)->location), buffer_text(&file_name));
	change->path.failed |= name.failed || file_name.failed;
	bool is_too_long = file_name.length > NAMES_LENGTH_LIMIT;
	buffer_finish(&name);
	buffer_finish(&file_name);
	if (change->path.failed) {
		return error_set_memory(error);
	}
	return !is_too_long || error_set(error, ERROR_INVALID,
				       "the name is too long for a file; write the card by hand");
}

/* What stands in the file by now, where it is not there for this card alone. */
static bool read_present(struct change *change, struct buffer *text, struct error *error) {
	struct stat status;
	struct error fault = {0};
	const char *path = change->path.data;
	size_t limit = change->workspace->options.limits.file_size;
	if (file_read(AT_FDCWD, path, limit, text, &status, &fault) ||
		(fault.kind == ERROR_SYSTEM && fault.system_error == ENOENT)) {
		return true;
	}
	if (fault.kind == ERROR_MEMORY) {
		return error_set_memory(error);
	}
	return error_set(error, ERROR_INVALID, "%s: %s", path, fault.message);
}

/* Finds the file that the card is in, or is to be in, and its text. */
static bool find_file(struct change *change, struct buffer *text, struct error *error) {
	const struct document *document = find_document(change);
	change->is_new = document == NULL;
	if (document == NULL) {
		return append_new_path(change, error) && read_present(change, text, error);
	}
	const struct card_file *file = document->set->file;
	buffer_append_string(&change->path, file->path);
	buffer_append(text, file->text, file->length);
	return !text->failed || error_set_memory(error);
}

/* ---- the plan ---- */

/* Which card sets the field that is not set here: a hint. */
static void append_setter(const struct change *change, struct text field, struct error *error) {
	const struct card_field *set =
		card_find(change->before, text_part(field, 0, text_index(field, '.')));
	if (set == NULL) {
		return;
	}
	const struct error plain = *error;
	error_set(error, plain.kind, "%s; %.*s%s%.*s does (%s:%u)", plain.message,
		TEXT_ARGUMENTS(set->source->name), set->source->environment.length > 0 ? "@" : "",
		TEXT_ARGUMENTS(set->source->environment), set->source->file->path,
		set->value->line);
}

/* Says in which file the text is that cannot be edited. */
static void add_place(const struct change *change, struct error *error) {
	if (error->line > 0) {
		const struct error plain = *error;
		error_set(error, plain.kind, "%s:%u: %s", change->path.data, plain.line,
			plain.message);
	}
}

static bool assign(struct change *change, struct override *override,
	const struct assignment *assignment, struct error *error) {
	if (assignment->value != NULL) {
		bool done = override_set(override, assignment->field, assignment->value, error);
		if (!done) {
			add_place(change, error);
		}
		return done;
	}
	bool done = override_unset(override, assignment->field, error) &&
		    override_settle(override, &change->leaves_nothing, error);
	if (!done && error->kind == ERROR_NOT_FOUND) {
		append_setter(change, assignment->field, error);
	} else if (!done) {
		add_place(change, error);
	}
	return done;
}

static bool edit(struct change *change, const struct assignment *assignments, size_t count,
	struct error *error) {
	struct override override = {
		.catalog = change->workspace->catalog,
		.card = change->before,
		.name = change->name.name,
		.environment = change->name.environment,
	};
	struct buffer *text = &override.text;
	bool done = find_file(change, text, error);
	buffer_append_text(&change->text, buffer_text(text));
	for (size_t i = 0; done && i < count; i++) {
		done = assign(change, &override, &assignments[i], error);
	}
	change->is_unchanged = done && text_equal(buffer_text(text), buffer_text(&change->text));
	buffer_finish(&change->text);
	change->text = *text;
	return done && (!change->text.failed || error_set_memory(error));
}

/* Makes the catalog that there will be. */
static bool look_ahead(struct change *change, struct error *error) {
	struct workspace *workspace = change->workspace;
	struct store *overlay = target_of(change);
	struct text path = buffer_text(&change->path);
	bool done = change->leaves_nothing
			    ? overlay_remove(overlay, path, error)
			    : overlay_change(overlay, path, buffer_text(&change->text), error);
	if (!done) {
		return false;
	}
	change->catalog = catalog_create(
		&workspace->stores, &workspace->options, workspace->catalog, NULL, error);
	overlay_forget(overlay);
	if (change->catalog == NULL) {
		return false;
	}
	change->after =
		catalog_card(change->catalog, change->name.name, &change->environments, error);
	return change->after != NULL;
}

static bool check_after(const struct change *change, struct error *error) {
	const struct problem_list *problems = &change->after->problems;
	size_t errors_before = problem_list_count(&change->before->problems, PROBLEM_ERROR);
	bool is_worse = change->after->is_broken ||
			problem_list_count(problems, PROBLEM_ERROR) > errors_before;
	if (!is_worse) {
		return true;
	}
	print_problems(problems, PROBLEM_ERROR);
	return error_set(
		error, ERROR_INVALID, "the card would not resolve any more, so nothing is changed");
}

static bool find_before(struct change *change, struct error *error) {
	struct buffer request = {0};
	buffer_append_text(&request, change->name.name);
	struct card *card =
		request.failed ? NULL : lookup_card(change->workspace, request.data, error);
	if (request.failed) {
		error_set_memory(error);
	}
	buffer_finish(&request);
	if (card == NULL) {
		return false;
	}
	card_release(card);
	change->before = catalog_card(
		change->workspace->catalog, change->name.name, &change->environments, error);
	return change->before != NULL;
}

bool change_plan(struct change *change, const struct assignment *assignments, size_t count,
	struct error *error) {
	forget_plan(change);
	return workspace_read(change->workspace, error) && find_before(change, error) &&
	       edit(change, assignments, count, error) &&
	       (change->is_unchanged || look_ahead(change, error)) &&
	       (change->is_unchanged || check_after(change, error));
}

static bool write_file(const struct change *change, struct error *error) {
	if (change->is_unchanged) {
		return true;
	}
	return change->leaves_nothing
		       ? writer_remove(change->path.data, error)
		       : writer_replace(change->path.data, buffer_text(&change->text), error);
}

bool change_make(struct change *change, const struct assignment *assignments, size_t count,
	struct error *error) {
	const char *directory = target_of(change)->location;
	struct stat status;
	/* A change that is refused should leave no new directory behind. */
	if (stat(directory, &status) != 0 && (!change_plan(change, assignments, count, error) ||
						     !writer_make_directory(directory, error))) {
		return false;
	}
	struct writer_lock lock = {0};
	bool done = writer_lock_acquire(&lock, directory, error) &&
		    change_plan(change, assignments, count, error) && write_file(change, error);
	writer_lock_release(&lock);
	return done;
}
