/*
 * http: and https: as fairseq2's downloader leaves them: a directory named after the URI's SHA-1,
 * holding the one file that was downloaded, or what was unpacked from it.
 */
#include "locate/scheme.h"

#include <dirent.h>
#include <nettle/sha1.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

/* Of SHA-1's 20 bytes, those that name a directory: 24 hexadecimal digits. */
enum { NAME_BYTES = 12 };

/* Of what is next to the directory while not all that was downloaded is in it. */
static const char pending_suffix[] = ".download";

static bool text_equal_in_any_case(struct text text, const char *string) {
	return text.length == strlen(string) && strncasecmp(text.data, string, text.length) == 0;
}

/* ";gated=true": fairseq2 0.4's way to say that only the page at the URI can be fetched. */
static bool is_gated(struct text uri) {
	struct text rest = uri_parameters(uri);
	while (rest.length > 0) {
		struct text parameter = text_part(rest, 0, text_index(rest, ';'));
		if (text_equal_in_any_case(parameter, "gated=true")) {
			return true;
		}
		rest = text_part(rest, parameter.length + 1, rest.length);
	}
	return false;
}

static void append_directory(struct buffer *path, struct text cache, struct text uri) {
	struct sha1_ctx context;
	uint8_t digest[NAME_BYTES];
	sha1_init(&context);
	sha1_update(&context, uri.length, (const uint8_t *)uri.data);
	sha1_digest(&context, sizeof(digest), digest);
	buffer_append_text(path, cache);
	buffer_append_byte(path, '/');
	for (size_t i = 0; i < sizeof(digest); i++) {
		buffer_append_format(path, "%02x", digest[i]);
	}
}

static struct dirent *next_entry(DIR *directory) {
	struct dirent *entry = readdir(directory);
	while (entry != NULL &&
		(strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)) {
		entry = readdir(directory);
	}
	return entry;
}

/* Counts up to two entries; file becomes the path of the first. */
static int look_into(const char *path, struct buffer *file) {
	DIR *directory = opendir(path);
	if (directory == NULL) {
		return 0;
	}
	int count = 0;
	const struct dirent *entry = next_entry(directory);
	if (entry != NULL) {
		buffer_append_string(file, path);
		buffer_append_byte(file, '/');
		buffer_append_string(file, entry->d_name);
		count = next_entry(directory) == NULL ? 1 : 2;
	}
	closedir(directory);
	return count;
}

static bool is_regular_file(struct text path) {
	struct stat status;
	return path.length > 0 && stat(path.data, &status) == 0 && S_ISREG(status.st_mode);
}

/*
 * A sub-path is always one in the directory: where an archive held a single file, fairseq2 would
 * look for it below that file.
 */
static bool is_the_file_meant(const struct locator *locator, int entries, struct text file) {
	return entries == 1 && locator->sub_path.length == 0 && is_regular_file(file);
}

/* download is there while the directory may lack something; file takes memory for a path. */
static void look_at_download(
	const struct placement *placement, struct text download, struct buffer *file) {
	struct location *location = placement->location;
	int entries = look_into(location->path.data, file);
	if (entries == 0 || local_exists(download)) {
		return;
	}
	location->state = LOCATION_CACHED;
	if (is_the_file_meant(placement->locator, entries, buffer_text(file))) {
		buffer_clear(&location->path);
		buffer_append_text(&location->path, buffer_text(file));
	}
}

bool http_cache_place(const struct placement *placement) {
	struct location *location = placement->location;
	struct text uri = buffer_text(&location->uri);
	struct text cache = text_of(placement->settings->asset_cache);
	location->gated = is_gated(uri);
	if (cache.length == 0) {
		return remote_place(placement);
	}
	struct buffer download = {0};
	struct buffer file = {0};
	location->state = LOCATION_REMOTE;
	append_directory(&location->path, cache, uri);
	buffer_append_text(&download, buffer_text(&location->path));
	buffer_append_string(&download, pending_suffix);
	const bool may_look = placement->locator->look != LOCATE_BLIND;
	if (may_look && !location->path.failed && !download.failed) {
		look_at_download(placement, buffer_text(&download), &file);
	}
	bool failed = location->path.failed || download.failed || file.failed;
	buffer_finish(&download);
	buffer_finish(&file);
	return !failed || error_set_memory(placement->error);
}
