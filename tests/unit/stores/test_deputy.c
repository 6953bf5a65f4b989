#include "stores/deputy.h"

#include "../locate/fixture.h"

#include <pthread.h>
#include <signal.h>
#include <time.h>

enum {
	LONG = 60000, /* milliseconds: for what has to come */
	SHORT = 20,   /* for what does not */
	MANY = 30,    /* more questions than a deputy has threads */
	ASKED_AT_A_TIME = 4,
};

#define LOCATOR "https://example.org/a.pt"

static char hang[PATH_MAX];    /* while there is such a file, looks at it take for ever */
static char process[PATH_MAX]; /* holds the deputy's */

static void pause_shortly(void) {
	const struct timespec moment = {.tv_nsec = 2000000};
	nanosleep(&moment, NULL);
}

static void wait_while_it_hangs(void) {
	while (access(hang, F_OK) == 0) {
		pause_shortly();
	}
}

static bool look_when_it_may(const struct locate_settings *settings, const struct locator *locator,
	struct location *location, struct error *error) {
	wait_while_it_hangs();
	return locate(settings, locator, location, error);
}

/* In the deputy's process. */
static bool confine_when_it_may(void *context, size_t place, struct error *error) {
	(void)context;
	(void)error;
	char made[PATH_MAX + 8];
	snprintf(made, sizeof(made), "%s.new", process);
	FILE *stream = fopen(made, "w");
	fprintf(stream, "%ld", (long)getpid());
	fclose(stream);
	rename(made, process);
	wait_while_it_hangs();
	return place == 5;
}

static const struct keeper_confinement confinement = {.confine = confine_when_it_may};

struct deputizing {
	struct fixture *fixture;
	struct deputy *deputy;
	struct locate_settings settings; /* that have the deputy asked */
};

static void start_at(struct deputizing *deputizing, size_t place, unsigned patience) {
	struct fixture *fixture = deputizing->fixture;
	const struct deputy_options options = {
		.locate = &fixture->settings,
		.cache = fixture->assets,
		.place = place,
		.confinement = &confinement,
		.patience_milliseconds = patience,
		.look = look_when_it_may,
	};
	deputizing->deputy = deputy_create(&options, &fixture->error);
	assert_non_null(deputizing->deputy);
	deputizing->settings = fixture->settings;
	deputizing->settings.asset_deputy =
		(struct locate_deputy){deputy_locate, deputizing->deputy};
}

static void start(struct deputizing *deputizing, unsigned patience) {
	start_at(deputizing, 5, patience);
}

static void begin_to_hang(void) {
	FILE *stream = fopen(hang, "w");
	assert_non_null(stream);
	fclose(stream);
}

/* Waits until it is there, and has written its number. */
static pid_t find_process(void) {
	long number = 0;
	while (number == 0) {
		FILE *stream = fopen(process, "r");
		if (stream == NULL || fscanf(stream, "%ld", &number) != 1) {
			pause_shortly();
		}
		if (stream != NULL) {
			fclose(stream);
		}
	}
	return (pid_t)number;
}

/* Ends the deputy, if there is one, and waits until it has. */
static void end(struct deputizing *deputizing) {
	if (deputizing->deputy == NULL) {
		return;
	}
	const pid_t deputy = find_process();
	deputy_destroy(deputizing->deputy);
	deputizing->deputy = NULL;
	while (kill(deputy, 0) == 0) {
		pause_shortly();
	}
	unlink(process);
}

static int deputizing_create(void **state) {
	struct deputizing *deputizing = calloc(1, sizeof(*deputizing));
	void *fixture;
	assert_non_null(deputizing);
	set_up(&fixture);
	deputizing->fixture = fixture;
	snprintf(hang, sizeof(hang), "%s", path_in(fixture, "hang"));
	snprintf(process, sizeof(process), "%s", path_in(fixture, "process"));
	make_file(fixture, "assets/604c6c1263bf536e8bf32b9f/a.pt", "");
	/* Nobody waits for it to end. */
	signal(SIGCHLD, SIG_IGN);
	*state = deputizing;
	return 0;
}

static int deputizing_destroy(void **state) {
	struct deputizing *deputizing = *state;
	void *fixture = deputizing->fixture;
	unlink(hang);
	end(deputizing);
	free(deputizing);
	return tear_down(&fixture);
}

static bool ask(const struct deputizing *deputizing, const char *text, enum locate_look look) {
	struct fixture *fixture = deputizing->fixture;
	const struct locator locator = {
		.text = text_of(text), .directory = TEXT("/cards"), .look = look};
	location_finish(&fixture->location);
	fixture->error = (struct error){0};
	return locate(&deputizing->settings, &locator, &fixture->location, &fixture->error);
}

static void assert_leads_into_the_cache(const struct deputizing *deputizing) {
	const char *path = deputizing->fixture->location.path.data;
	assert_non_null(strstr(path, "/assets/"));
	assert_string_equal(strrchr(path, '/'), "/a.pt");
}

static void assert_not_answered(const struct deputizing *deputizing) {
	const struct error *error = &deputizing->fixture->error;
	assert_int_equal(error_number(error), ETIMEDOUT);
	assert_non_null(strstr(error->message, "/assets does not answer"));
}

static void wait_until_it_answers(struct deputizing *deputizing) {
	unlink(hang);
	while (deputy_silent_since(deputizing->deputy) != 0) {
		pause_shortly();
	}
}

static void test_it_says_where_a_link_leads(void **state) {
	struct deputizing *deputizing = *state;
	start(deputizing, LONG);
	assert_true(ask(deputizing, LOCATOR, LOCATE_CACHE));
	assert_leads_into_the_cache(deputizing);
	assert_int_equal(deputizing->fixture->location.state, LOCATION_CACHED);
	assert_true(ask(deputizing, LOCATOR, LOCATE_TARGET));
	assert_int_equal(deputizing->fixture->location.state, LOCATION_CACHED);
	assert_true(ask(deputizing, "https://example.org/b.pt;gated=true", LOCATE_TARGET));
	assert_int_equal(deputizing->fixture->location.state, LOCATION_REMOTE);
	assert_true(deputizing->fixture->location.gated);
	assert_int_equal(deputy_silent_since(deputizing->deputy), 0);
	assert_false(deputy_is_lost(deputizing->deputy));
}

static void test_what_it_fails_for_is_told(void **state) {
	struct deputizing *deputizing = *state;
	struct fixture *fixture = deputizing->fixture;
	start(deputizing, LONG);
	const struct locator locator = {.text = TEXT(LOCATOR),
		.directory = TEXT("/cards"),
		.sub_path = TEXT("../x"),
		.look = LOCATE_CACHE};
	assert_false(locate(&deputizing->settings, &locator, &fixture->location, &fixture->error));
	assert_int_equal(fixture->error.kind, ERROR_INVALID);
	assert_non_null(strstr(fixture->error.message, "\"../x\" leads out of"));
}

static void test_who_only_checks_a_locator_asks_nobody(void **state) {
	struct deputizing *deputizing = *state;
	begin_to_hang();
	start(deputizing, SHORT);
	assert_true(ask(deputizing, LOCATOR, LOCATE_BLIND));
	assert_true(ask(deputizing, "/x", LOCATE_TARGET));
	assert_int_equal(deputy_silent_since(deputizing->deputy), 0);
}

static void test_one_that_hangs_from_the_start_is_not_waited_for(void **state) {
	struct deputizing *deputizing = *state;
	begin_to_hang();
	start(deputizing, SHORT);
	assert_false(ask(deputizing, LOCATOR, LOCATE_CACHE));
	assert_not_answered(deputizing);
	assert_true(deputy_silent_since(deputizing->deputy) != 0);
	wait_until_it_answers(deputizing);
	/* It has been answered, though too late. */
	begin_to_hang();
	assert_true(ask(deputizing, LOCATOR, LOCATE_CACHE));
	assert_leads_into_the_cache(deputizing);
}

static void test_a_link_leads_where_it_led_last(void **state) {
	struct deputizing *deputizing = *state;
	start(deputizing, LONG);
	assert_true(ask(deputizing, LOCATOR, LOCATE_CACHE));
	end(deputizing);
	start(deputizing, SHORT);
	while (!ask(deputizing, LOCATOR, LOCATE_CACHE)) {
		assert_not_answered(deputizing);
	}
	begin_to_hang();
	for (int i = 0; i < MANY; i++) {
		assert_true(ask(deputizing, LOCATOR, LOCATE_CACHE));
		assert_leads_into_the_cache(deputizing);
	}
	/* Whether it is there is not what was known last. */
	assert_false(ask(deputizing, LOCATOR, LOCATE_TARGET));
	assert_not_answered(deputizing);
}

static void test_more_questions_than_it_has_threads_are_answered_in_the_end(void **state) {
	struct deputizing *deputizing = *state;
	char text[64];
	begin_to_hang();
	start(deputizing, SHORT);
	for (int i = 0; i < MANY; i++) {
		snprintf(text, sizeof(text), "https://example.org/%d", i);
		assert_false(ask(deputizing, text, LOCATE_CACHE));
		assert_not_answered(deputizing);
	}
	wait_until_it_answers(deputizing);
	while (!ask(deputizing, LOCATOR, LOCATE_CACHE)) {
		assert_not_answered(deputizing);
	}
	assert_leads_into_the_cache(deputizing);
}

static void *ask_often(void *context) {
	const struct deputizing *deputizing = context;
	const struct locator locator = {
		.text = TEXT(LOCATOR), .directory = TEXT("/cards"), .look = LOCATE_CACHE};
	for (int i = 0; i < MANY; i++) {
		struct location location = {0};
		struct error error = {0};
		if (!locate(&deputizing->settings, &locator, &location, &error) ||
			strstr(location.path.data, "/a.pt") == NULL) {
			abort();
		}
		location_finish(&location);
	}
	return NULL;
}

static void test_several_threads_may_ask(void **state) {
	struct deputizing *deputizing = *state;
	pthread_t threads[ASKED_AT_A_TIME];
	start(deputizing, LONG);
	for (int i = 0; i < ASKED_AT_A_TIME; i++) {
		assert_int_equal(pthread_create(&threads[i], NULL, ask_often, deputizing), 0);
	}
	for (int i = 0; i < ASKED_AT_A_TIME; i++) {
		pthread_join(threads[i], NULL);
	}
}

static void test_a_locator_of_any_length_has_an_answer(void **state) {
	struct deputizing *deputizing = *state;
	struct buffer text = {0};
	start(deputizing, LONG);
	buffer_append_string(&text, "https://example.org/");
	for (int i = 0; i < 100000; i++) {
		buffer_append_byte(&text, 'a');
	}
	assert_false(ask(deputizing, text.data, LOCATE_CACHE));
	assert_int_equal(deputizing->fixture->error.kind, ERROR_LIMIT);
	buffer_finish(&text);
}

static void test_one_that_is_not_confined_answers_nothing(void **state) {
	struct deputizing *deputizing = *state;
	start_at(deputizing, 6, LONG);
	while (!deputy_is_lost(deputizing->deputy)) {
		pause_shortly();
	}
	assert_false(ask(deputizing, LOCATOR, LOCATE_CACHE));
	assert_not_answered(deputizing);
}

static void test_it_ends_when_nobody_asks_any_more(void **state) {
	struct deputizing *deputizing = *state;
	start(deputizing, LONG);
	assert_true(ask(deputizing, LOCATOR, LOCATE_CACHE));
	end(deputizing);
}

#define DEPUTY_TEST(function) \
	cmocka_unit_test_setup_teardown(function, deputizing_create, deputizing_destroy)

int main(void) {
	const struct CMUnitTest tests[] = {
		DEPUTY_TEST(test_it_says_where_a_link_leads),
		DEPUTY_TEST(test_what_it_fails_for_is_told),
		DEPUTY_TEST(test_who_only_checks_a_locator_asks_nobody),
		DEPUTY_TEST(test_one_that_hangs_from_the_start_is_not_waited_for),
		DEPUTY_TEST(test_a_link_leads_where_it_led_last),
		DEPUTY_TEST(test_more_questions_than_it_has_threads_are_answered_in_the_end),
		DEPUTY_TEST(test_several_threads_may_ask),
		DEPUTY_TEST(test_a_locator_of_any_length_has_an_answer),
		DEPUTY_TEST(test_one_that_is_not_confined_answers_nothing),
		DEPUTY_TEST(test_it_ends_when_nobody_asks_any_more),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
