/*
 * Locators and names: the first line is a locator, the second what is below it, the third a
 * directory; the whole input is a card's name, and a file's.
 */
#include "fuzz.h"

#include "locate/locate.h"
#include "view/names.h"

#include <string.h>

static void check_uri(struct text text) {
	struct buffer once = {0};
	uri_normalize(&once, text);
	const struct text normalised = buffer_text(&once);
	CHECK(!once.failed);
	(void)uri_classify(text);
	const struct text parameters = uri_parameters(normalised);
	CHECK(parameters.length == 0 || (parameters.data >= normalised.data &&
						parameters.data + parameters.length <=
							normalised.data + normalised.length));
	(void)uri_has_scheme(text);
	buffer_finish(&once);
}

static void check_locator(struct text text, struct text sub_path, struct text directory) {
	char asset_cache[] = "/cache/assets", hub_cache[] = "/cache/hub";
	const struct locate_settings settings = {asset_cache, hub_cache};
	for (int is_dataset = 0; is_dataset < 2; is_dataset++) {
		const struct locator locator = {
			.text = text,
			.directory = directory,
			.sub_path = sub_path,
			.is_dataset = is_dataset,
			.look = LOCATE_CACHE,
		};
		struct location location = {0};
		struct error error = {0};
		if (locate(&settings, &locator, &location, &error)) {
			CHECK(location.path.length > 0 && location.path.length < 4096);
			CHECK(strlen(location.path.data) == location.path.length);
		} else {
			CHECK(error.kind != ERROR_NONE && error.kind != ERROR_MEMORY);
			CHECK(location.path.length == 0);
		}
		location_finish(&location);
	}
	struct buffer absolute = {0};
	locate_absolute_text(&absolute, text, directory);
	CHECK(!absolute.failed);
	buffer_finish(&absolute);
}

static void check_name(struct text name, enum names_place place) {
	struct buffer file_name = {0}, decoded = {0};
	names_encode(&file_name, name, place);
	CHECK(!file_name.failed && file_name.length > 0);
	CHECK(strlen(file_name.data) == file_name.length);
	CHECK(strchr(file_name.data, '/') == NULL);
	CHECK(strcmp(file_name.data, ".") != 0 && strcmp(file_name.data, "..") != 0);
	CHECK(names_decode(&decoded, buffer_text(&file_name), place));
	CHECK(text_equal(buffer_text(&decoded), name));
	buffer_finish(&decoded);
	buffer_finish(&file_name);
}

/* A file name stands for one text at most, and that text has no other. */
static void check_file_name(struct text file_name, enum names_place place) {
	struct buffer decoded = {0}, encoded = {0};
	if (names_decode(&decoded, file_name, place)) {
		names_encode(&encoded, buffer_text(&decoded), place);
		CHECK(text_equal(buffer_text(&encoded), file_name));
	}
	CHECK(!decoded.failed);
	buffer_finish(&encoded);
	buffer_finish(&decoded);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	static const enum names_place places[] = {NAMES_ELSEWHERE, NAMES_IN_ASSET};
	const struct text whole = {(const char *)data, size};
	struct text rest = whole;
	const struct text locator = fuzz_take_line(&rest);
	const struct text sub_path = fuzz_take_line(&rest);
	struct buffer directory = {0};
	buffer_append_byte(&directory, '/');
	buffer_append_text(&directory, fuzz_take_line(&rest));
	CHECK(!directory.failed);
	check_uri(locator);
	check_locator(locator, sub_path, buffer_text(&directory));
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		check_name(whole, places[i]);
		check_file_name(whole, places[i]);
	}
	buffer_finish(&directory);
	return 0;
}
