/*
 * Whatever allocation fails while a locator is placed: an error of memory, nothing leaked.
 */
#include "unit/support/allocation.h"

#include "locate/locate_message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static const char *const locators[] = {
	"/abs/path",
	"rel/./path",
	"file:///a%20b",
	"https://e.com/a.tar.gz;gated=true",
	"hg://owner/model",
	"s3://bucket/key",
	"odd:thing",
};

static bool place(void *context, struct error *error) {
	struct locate_settings settings;
	if (!locate_settings_init(&settings, error)) {
		return false;
	}
	const struct locator locator = {.text = text_of(context),
		.directory = TEXT("/store"),
		.sub_path = TEXT("sub/path")};
	struct location location = {0};
	struct buffer absolute = {0};
	bool done = locate(&settings, &locator, &location, error);
	locate_absolute_text(&absolute, locator.text, locator.directory);
	if (done && absolute.failed) {
		done = error_set_memory(error);
	}
	buffer_finish(&absolute);
	location_finish(&location);
	locate_settings_finish(&settings);
	return done;
}

static void test_placing(void **state) {
	(void)state;
	setenv("HF_HUB_CACHE", "/nowhere/hub", 1);
	setenv("FAIRSEQ2_CACHE_DIR", "/nowhere/assets", 1);
	for (size_t i = 0; i < sizeof(locators) / sizeof(locators[0]); i++) {
		allocation_fail_each(place, (void *)(uintptr_t)locators[i], 3);
	}
}

static bool tell(void *context, struct error *error) {
	struct locate_settings settings = {.asset_cache = context, .hub_cache = context};
	struct locator locator = {.text = TEXT("https://e.com/a.pt"),
		.directory = TEXT("/store"),
		.look = LOCATE_CACHE};
	struct location said = {0}, heard = {0};
	struct buffer question = {0}, answer = {0};
	locate_message_append_question(&question, &locator);
	bool done = !question.failed || error_set_memory(error);
	done = done && locate_message_read_question(buffer_text(&question), &locator) &&
	       locate(&settings, &locator, &said, error);
	if (done) {
		locate_message_append_answer(&answer, true, &said, NULL);
		done = answer.failed
			       ? error_set_memory(error)
			       : locate_message_read_answer(buffer_text(&answer), &heard, error);
	}
	location_finish(&heard);
	location_finish(&said);
	buffer_finish(&answer);
	buffer_finish(&question);
	return done;
}

static void test_telling_where_a_locator_leads(void **state) {
	char cache[] = "/nowhere";
	(void)state;
	allocation_fail_each(tell, cache, 5);
}

/* Not one that is left out. */
static bool find_caches(void *context, struct error *error) {
	struct locate_settings settings;
	const char *caches[LOCATE_CACHES];
	(void)context;
	if (!locate_settings_init(&settings, error)) {
		return false;
	}
	assert_int_equal(locate_caches(&settings, caches), 2);
	locate_settings_finish(&settings);
	return true;
}

static void test_caches_below_the_working_directory(void **state) {
	(void)state;
	setenv("HF_HUB_CACHE", "hub", 1);
	setenv("FAIRSEQ2_CACHE_DIR", "assets", 1);
	allocation_fail_each(find_caches, NULL, 6);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_placing),
		cmocka_unit_test(test_telling_where_a_locator_leads),
		cmocka_unit_test(test_caches_below_the_working_directory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
