/*
 * hg: as huggingface_hub leaves a repository: models--ORG--NAME/snapshots/REVISION, where the
 * revision of a branch is the content of refs/BRANCH.
 */
#include "base/file.h"
#include "locate/scheme.h"

#include <fcntl.h>

enum {
	NAME_LIMIT = 96,      /* the Hub's own */
	REVISION_LIMIT = 128, /* a commit has 40 digits */
};

static bool is_word_byte(char byte) {
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
	       (byte >= '0' && byte <= '9') || byte == '_';
}

static bool contains(struct text text, struct text part) {
	for (size_t i = 0; i < text.length; i++) {
		if (text_starts_with(text_part(text, i, text.length), part)) {
			return true;
		}
	}
	return false;
}

/* Letters, digits, "_", "-" and ".", the latter two not at an end. */
static bool is_component(struct text text) {
	for (size_t i = 0; i < text.length; i++) {
		bool is_end = i == 0 || i == text.length - 1;
		char byte = text.data[i];
		if (!is_word_byte(byte) && (is_end || (byte != '-' && byte != '.'))) {
			return false;
		}
	}
	return text.length > 0;
}

/* NAME or ORG/NAME, by the rules of huggingface_hub: whatever else there is stays out of a path. */
static bool is_repository(struct text text) {
	size_t slash = text_index(text, '/');
	bool has_organization = slash < text.length;
	struct text name = has_organization ? text_part(text, slash + 1, text.length) : text;
	return (!has_organization || is_component(text_part(text, 0, slash))) &&
	       is_component(name) && name.length <= NAME_LIMIT && !contains(text, TEXT("--")) &&
	       !contains(text, TEXT("..")) && !text_ends_with(text, TEXT(".git"));
}

static void append_repository(struct buffer *path, struct text repository, bool is_dataset) {
	size_t slash = text_index(repository, '/');
	buffer_append_string(path, is_dataset ? "/datasets--" : "/models--");
	buffer_append_text(path, text_part(repository, 0, slash));
	if (slash < repository.length) {
		buffer_append_string(path, "--");
		buffer_append_text(path, text_part(repository, slash + 1, repository.length));
	}
}

/* Fills revision from refs/main; leaves it empty where that holds none. */
static bool read_revision(struct text repository, struct buffer *revision, struct error *error) {
	struct buffer path = {0};
	struct stat status;
	struct error why = {0};
	buffer_append_text(&path, repository);
	buffer_append_string(&path, "/refs/main");
	bool failed = path.failed;
	bool is_read =
		!failed && file_read(AT_FDCWD, path.data, REVISION_LIMIT, revision, &status, &why);
	buffer_finish(&path);
	if (failed || why.kind == ERROR_MEMORY) {
		return error_set_memory(error);
	}
	if (!is_read) {
		buffer_clear(revision);
	}
	return true;
}

bool hub_cache_place(const struct placement *placement) {
	struct location *location = placement->location;
	struct buffer *path = &location->path;
	struct text uri = buffer_text(&location->uri);
	/* As in fairseq2, whatever the five characters are: "hg:o/n" is "n" to it. */
	struct text repository = text_part(uri, sizeof("hg://") - 1, uri.length);
	struct text cache = text_of(placement->settings->hub_cache);
	if (!is_repository(repository)) {
		return error_set(placement->error, ERROR_INVALID,
			"\"%.*s\" names no repository of the Hugging Face Hub",
			TEXT_ARGUMENTS(uri));
	}
	if (cache.length == 0) {
		return remote_place(placement);
	}
	buffer_append_text(path, cache);
	append_repository(path, repository, placement->locator->is_dataset);
	struct buffer content = {0};
	bool ok = placement->locator->look == LOCATE_BLIND ||
		  read_revision(buffer_text(path), &content, placement->error);
	struct text revision = text_strip(buffer_text(&content));
	/* Snapshots are named by commit, so that "main" dangles, and says what is missing. */
	buffer_append_string(path, "/snapshots/");
	buffer_append_text(path, is_component(revision) ? revision : TEXT("main"));
	location->state = LOCATION_CACHED;
	buffer_finish(&content);
	return ok;
}
