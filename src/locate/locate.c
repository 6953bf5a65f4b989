#include "locate/locate.h"

#include "base/file.h"
#include "base/home.h"
#include "locate/scheme.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* Where a cache may be: below what a variable names or, without one, below the home directory. */
struct cache_place {
	const char *variable;
	const char *below;
};

static const struct cache_place asset_cache_places[] = {
	{"FAIRSEQ2_CACHE_DIR", ""},
	{"XDG_CACHE_HOME", "/fairseq2/assets"},
	{NULL, "/.cache/fairseq2/assets"},
	{0},
};

static const struct cache_place hub_cache_places[] = {
	{"HF_HUB_CACHE", ""},
	{"HF_HOME", "/hub"},
	{"XDG_CACHE_HOME", "/huggingface/hub"},
	{NULL, "/.cache/huggingface/hub"},
	{0},
};

static scheme_place_function *const place_functions[] = {
	[URI_ABSOLUTE_PATH] = local_place_absolute,
	[URI_RELATIVE_PATH] = local_place_relative,
	[URI_FILE] = local_place_file_uri,
	[URI_HTTP] = http_cache_place,
	[URI_HUB] = hub_cache_place,
	[URI_S3] = remote_place,
	[URI_OTHER] = remote_place,
};

/* What becomes of the state that a scheme found when there is nothing at the path. */
static const enum location_state states_without_file[] = {
	[LOCATION_LOCAL] = LOCATION_MISSING,
	[LOCATION_MISSING] = LOCATION_MISSING,
	[LOCATION_CACHED] = LOCATION_REMOTE,
	[LOCATION_REMOTE] = LOCATION_REMOTE,
};

static const char *const state_names[] = {
	[LOCATION_LOCAL] = "local",
	[LOCATION_MISSING] = "missing",
	[LOCATION_CACHED] = "cached",
	[LOCATION_REMOTE] = "remote",
};

/* fairseq2 and huggingface_hub both expand "~" in their variables. */
static bool starts_with_home(const char *path) {
	return path[0] == '~' && (path[1] == '/' || path[1] == '\0');
}

static void append_cache_place(struct buffer *path, const struct cache_place *place) {
	const char *base = place->variable == NULL ? "~" : home_variable(place->variable);
	if (base == NULL) {
		return;
	}
	const bool is_below_home = starts_with_home(base) && home_append(path);
	if (!is_below_home && place->variable == NULL) {
		return;
	}
	buffer_append_string(path, is_below_home ? base + 1 : base);
	buffer_append_string(path, place->below);
}

/*
 * Returns the absolute path, which the caller frees; "" for none, and where it cannot be told; NULL
 * for want of memory.
 */
static char *make_absolute(const struct buffer *path) {
	if (path->failed) {
		return NULL;
	}
	char *absolute = path->length > 0 ? file_absolute(path->data) : strdup("");
	return absolute == NULL && errno != ENOMEM ? strdup("") : absolute;
}

/* The first of the places that there is; empty where there is none. */
static bool find_cache(char **cache, const struct cache_place *places, struct error *error) {
	struct buffer path = {0};
	while (path.length == 0 && places->below != NULL) {
		append_cache_place(&path, places);
		places++;
	}
	*cache = make_absolute(&path);
	buffer_finish(&path);
	return *cache != NULL || error_set_memory(error);
}

bool locate_settings_init(struct locate_settings *settings, struct error *error) {
	*settings = (struct locate_settings){0};
	if (find_cache(&settings->asset_cache, asset_cache_places, error) &&
		find_cache(&settings->hub_cache, hub_cache_places, error)) {
		return true;
	}
	locate_settings_finish(settings);
	return false;
}

void locate_settings_finish(struct locate_settings *settings) {
	free(settings->asset_cache);
	free(settings->hub_cache);
	*settings = (struct locate_settings){0};
}

size_t locate_caches(const struct locate_settings *settings, const char *caches[LOCATE_CACHES]) {
	const char *all[LOCATE_CACHES] = {settings->asset_cache, settings->hub_cache};
	size_t count = 0;
	for (size_t i = 0; i < LOCATE_CACHES; i++) {
		if (all[i][0] == '/') {
			caches[count++] = all[i];
		}
	}
	return count;
}

const char *location_state_name(enum location_state state) {
	return state_names[state];
}

void location_finish(struct location *location) {
	buffer_finish(&location->path);
	buffer_finish(&location->uri);
	*location = (struct location){0};
}

static void cut(struct buffer *path, size_t length) {
	path->length = length;
	path->data[length] = '\0';
}

static size_t length_without_slashes(struct text path) {
	size_t length = path.length;
	while (length > 0 && path.data[length - 1] == '/') {
		length--;
	}
	return length;
}

/* The index behind the last slash. */
static size_t last_component(struct text path) {
	size_t start = path.length;
	while (start > 0 && path.data[start - 1] != '/') {
		start--;
	}
	return start;
}

/* Appends a component below root, the length that must stay. Returns false if ".." leads out. */
static bool append_component(struct buffer *path, size_t root, struct text component) {
	if (component.length == 0 || text_equal(component, TEXT("."))) {
		return true;
	}
	if (!text_equal(component, TEXT(".."))) {
		buffer_append_byte(path, '/');
		buffer_append_text(path, component);
		return true;
	}
	if (path->failed || path->length == root) {
		return path->failed;
	}
	cut(path, last_component(buffer_text(path)) - 1);
	return true;
}

/* Joins the sub-path by its text alone: what links lead to is not asked. */
static bool join_sub_path(struct buffer *path, struct text sub_path, struct error *error) {
	size_t root = length_without_slashes(buffer_text(path));
	bool is_inside = !text_starts_with(sub_path, TEXT("/"));
	cut(path, root);
	for (struct text rest = sub_path; is_inside && rest.length > 0;) {
		struct text component = text_part(rest, 0, text_index(rest, '/'));
		is_inside = append_component(path, root, component);
		rest = text_part(rest, component.length + 1, rest.length);
	}
	if (!is_inside) {
		return error_set(error, ERROR_INVALID,
			"the path \"%.*s\" leads out of what it is to be found in",
			TEXT_ARGUMENTS(sub_path));
	}
	if (path->length == 0) {
		buffer_append_byte(path, '/');
	}
	return true;
}

static bool has_shard_index(struct text component) {
	const struct text mark = TEXT("shard_idx");
	return component.length > 0 &&
	       memmem(component.data, component.length, mark.data, mark.length) != NULL;
}

/* The legacy form of a sharded checkpoint names its files; what is meant is their directory. */
static void leave_shard(struct buffer *path) {
	struct text whole =
		text_part(buffer_text(path), 0, length_without_slashes(buffer_text(path)));
	size_t start = last_component(whole);
	if (start > 0 && has_shard_index(text_part(whole, start, whole.length))) {
		size_t length = length_without_slashes(text_part(whole, 0, start));
		cut(path, length > 0 ? length : 1);
	}
}

static bool check_path(struct text path, struct error *error) {
	if (text_index(path, '\0') < path.length) {
		return error_set(error, ERROR_INVALID, "no path can hold a NUL character");
	}
	if (path.length >= PATH_MAX) {
		return error_set(error, ERROR_INVALID,
			"it makes a path of %zu bytes; no path has more than %d", path.length,
			PATH_MAX - 1);
	}
	return true;
}

static bool place(const struct placement *placement) {
	struct location *location = placement->location;
	struct text text = placement->locator->text;
	enum uri_kind kind = uri_classify(text);
	if (kind != URI_ABSOLUTE_PATH && kind != URI_RELATIVE_PATH) {
		uri_normalize(&location->uri, text);
	}
	if (location->uri.failed) {
		return error_set_memory(placement->error);
	}
	if (!place_functions[kind](placement)) {
		return false;
	}
	return !location->path.failed || error_set_memory(placement->error);
}

static bool adjust_path(struct buffer *path, struct text sub_path, struct error *error) {
	if (sub_path.length > 0 && !join_sub_path(path, sub_path, error)) {
		return false;
	}
	leave_shard(path);
	if (path->failed) {
		return error_set_memory(error);
	}
	return check_path(buffer_text(path), error);
}

static const struct locate_deputy *find_deputy(
	const struct locate_settings *settings, const struct locator *locator) {
	static const struct locate_deputy nobody;
	if (locator->look == LOCATE_BLIND) {
		return &nobody;
	}
	switch (uri_classify(locator->text)) {
	case URI_HTTP:
		return &settings->asset_deputy;
	case URI_HUB:
		return &settings->hub_deputy;
	default:
		return &nobody;
	}
}

bool locate(const struct locate_settings *settings, const struct locator *locator,
	struct location *location, struct error *error) {
	const struct locate_deputy *deputy = find_deputy(settings, locator);
	if (deputy->locate != NULL) {
		return deputy->locate(deputy->context, locator, location, error);
	}
	const struct placement placement = {settings, locator, location, error};
	if (!place(&placement) || !adjust_path(&location->path, locator->sub_path, error)) {
		location_finish(location);
		return false;
	}
	if (locator->look == LOCATE_TARGET && !local_exists(buffer_text(&location->path))) {
		location->state = states_without_file[location->state];
	}
	return true;
}

void locate_absolute_text(struct buffer *buffer, struct text text, struct text directory) {
	if (uri_has_scheme(text) || text_starts_with(text, TEXT("/"))) {
		buffer_append_text(buffer, text);
	} else {
		local_append_relative(buffer, directory, text);
	}
}
