/*
 * The card directory of a Python package, found where Python would find it, without Python.
 */
#include "base/file.h"
#include "base/home.h"
#include "stores/kinds.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_FILE_LIMIT = 1024 * 1024 };

struct search {
	struct text package;  /* as a path: "fairseq2/assets/cards" */
	struct buffer found;  /* empty until it is found */
	struct buffer looked; /* the directories that were searched, as a list for a sentence */
	bool failed;
};

static bool is_identifier_character(char byte, bool is_first) {
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '_' ||
	       (!is_first && byte >= '0' && byte <= '9');
}

/* Whether it is a package's name: identifiers with dots between them. */
static bool is_package_name(struct text name) {
	bool is_first = true;
	for (size_t i = 0; i < name.length; i++) {
		const bool is_dot = name.data[i] == '.';
		if (is_dot ? is_first : !is_identifier_character(name.data[i], is_first)) {
			return false;
		}
		is_first = is_dot;
	}
	return !is_first;
}

static void append_package_path(struct buffer *path, struct text name) {
	while (name.length > 0) {
		const size_t end = text_index(name, '.');
		buffer_append_string(path, path->length == 0 ? "" : "/");
		buffer_append_text(path, text_part(name, 0, end));
		name = text_part(name, end + 1, name.length);
	}
}

static bool is_directory(const char *path) {
	struct stat status;
	return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

/* Whether the package is below that directory; if so, keeps where. */
static bool try_directory(struct search *search, struct text directory) {
	buffer_clear(&search->found);
	file_join(&search->found, directory, search->package);
	if (search->found.failed) {
		search->failed = true;
		return true;
	}
	if (is_directory(search->found.data)) {
		return true;
	}
	buffer_clear(&search->found);
	return false;
}

/* One line of a .pth file. Those that are code or a comment name no directory. */
static bool try_path_line(struct search *search, struct text site, struct text line) {
	struct buffer directory = {0};
	file_join(&directory, site, text_strip(line));
	search->failed |= directory.failed;
	const bool found = search->failed || try_directory(search, buffer_text(&directory));
	buffer_finish(&directory);
	return found;
}

static bool try_path_lines(struct search *search, struct text site, struct text rest) {
	bool found = false;
	while (!found && rest.length > 0) {
		const size_t end = text_index(rest, '\n');
		found = try_path_line(search, site, text_part(rest, 0, end));
		rest = text_part(rest, end + 1, rest.length);
	}
	return found;
}

static bool try_path_file(struct search *search, struct text site, const char *name) {
	struct buffer path = {0}, content = {0};
	struct stat status;
	struct error error = {0};
	file_join(&path, site, text_of(name));
	const bool is_read = !path.failed && file_read(AT_FDCWD, path.data, PATH_FILE_LIMIT,
						     &content, &status, &error);
	search->failed |= path.failed || error.kind == ERROR_MEMORY;
	const bool found = is_read && try_path_lines(search, site, buffer_text(&content));
	buffer_finish(&content);
	buffer_finish(&path);
	return found || search->failed;
}

static int is_path_file(const struct dirent *entry) {
	return entry->d_name[0] != '.' && text_ends_with(text_of(entry->d_name), TEXT(".pth"));
}

static int is_python(const struct dirent *entry) {
	return text_starts_with(text_of(entry->d_name), TEXT("python3"));
}

static void free_entries(struct dirent **entries, int count) {
	for (int i = 0; i < count; i++) {
		free(entries[i]);
	}
	free(entries);
}

/* A site-packages directory: the package itself, or an editable install of it. */
static bool search_site(struct search *search, struct text site) {
	if (!is_directory(site.data)) {
		return false;
	}
	buffer_append_string(&search->looked, search->looked.length == 0 ? "" : ", ");
	buffer_append_text(&search->looked, site);
	if (try_directory(search, site)) {
		return true;
	}
	struct dirent **entries;
	const int count = scandir(site.data, &entries, is_path_file, alphasort);
	if (count < 0) {
		search->failed |= errno == ENOMEM;
		return search->failed;
	}
	bool found = false;
	for (int i = 0; i < count && !found; i++) {
		found = try_path_file(search, site, entries[i]->d_name);
	}
	free_entries(entries, count);
	return found;
}

static bool search_library(struct search *search, struct text library, const char *python) {
	static const char *const names[] = {"site-packages", "dist-packages"};
	bool found = false;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names) && !found; i++) {
		struct buffer site = {0};
		file_join(&site, library, text_of(python));
		buffer_append_byte(&site, '/');
		buffer_append_string(&site, names[i]);
		search->failed |= site.failed;
		found = search->failed || search_site(search, buffer_text(&site));
		buffer_finish(&site);
	}
	return found;
}

/* Every Python below an installation prefix, the newest first. */
static bool search_prefix(struct search *search, const char *prefix) {
	struct buffer library = {0};
	file_join(&library, text_of(prefix), TEXT("lib"));
	search->failed |= library.failed;
	struct dirent **entries = NULL;
	const int count =
		search->failed ? -1 : scandir(library.data, &entries, is_python, versionsort);
	search->failed |= count < 0 && errno == ENOMEM;
	bool found = search->failed;
	for (int i = count - 1; i >= 0 && !found; i--) {
		found = search_library(search, buffer_text(&library), entries[i]->d_name);
	}
	if (count >= 0) {
		free_entries(entries, count);
	}
	buffer_finish(&library);
	return found;
}

static bool search_variable(struct search *search, const char *variable) {
	const char *prefix = home_variable(variable);
	return prefix != NULL && search_prefix(search, prefix);
}

/* $PYTHONPATH holds directories, which Python looks for no .pth file in. */
static bool search_python_path(struct search *search) {
	struct text rest = text_of(home_variable("PYTHONPATH"));
	bool found = false;
	while (rest.length > 0 && !found) {
		const size_t end = text_index(rest, ':');
		const struct text directory = text_part(rest, 0, end);
		if (directory.length > 0) {
			buffer_append_string(
				&search->looked, search->looked.length == 0 ? "" : ", ");
			buffer_append_text(&search->looked, directory);
			found = try_directory(search, directory);
		}
		rest = text_part(rest, end + 1, rest.length);
	}
	return found;
}

static bool search_home(struct search *search) {
	struct buffer prefix = {0};
	bool found = false;
	if (home_append(&prefix)) {
		buffer_append_string(&prefix, "/.local");
		search->failed |= prefix.failed;
		found = search->failed || search_prefix(search, prefix.data);
	}
	buffer_finish(&prefix);
	return found;
}

static bool search_everywhere(struct search *search) {
	return search_python_path(search) || search_variable(search, "VIRTUAL_ENV") ||
	       search_variable(search, "CONDA_PREFIX") || search_home(search) ||
	       search_prefix(search, "/usr/local") || search_prefix(search, "/usr");
}

static bool open_found(
	struct store *store, struct text name, struct search *search, struct error *error) {
	const bool found = !search->failed && search_everywhere(search);
	if (search->failed || search->looked.failed) {
		return error_set_memory(error);
	}
	if (found) {
		return store_directory_open(store, buffer_text(&search->found), error);
	}
	if (search->looked.length == 0) {
		return error_set(error, ERROR_NOT_FOUND,
			"no Python package %.*s: this machine has no site-packages directory",
			TEXT_ARGUMENTS(name));
	}
	return error_set(error, ERROR_NOT_FOUND, "no Python package %.*s: looked in %.*s",
		TEXT_ARGUMENTS(name), TEXT_ARGUMENTS(buffer_text(&search->looked)));
}

static bool package_open(struct store *store, struct text name, struct error *error) {
	if (!is_package_name(name)) {
		return error_set(error, ERROR_INVALID,
			"\"%.*s\" is not the dotted name of a Python package",
			TEXT_ARGUMENTS(name));
	}
	struct buffer path = {0};
	append_package_path(&path, name);
	struct search search = {.package = buffer_text(&path), .failed = path.failed};
	const bool done = open_found(store, name, &search, error);
	buffer_finish(&search.looked);
	buffer_finish(&search.found);
	buffer_finish(&path);
	return done;
}

const struct store_type store_package_type = {
	.kind = "package",
	.is_searched_for = true,
	.open = package_open,
	.list = store_directory_list,
	.look = store_directory_look,
	.scope = &store_directory_scope,
};
