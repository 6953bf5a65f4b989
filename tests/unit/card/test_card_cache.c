#include "unit/support/scene.h"

#include "card/card_cache.h"

#include <pthread.h>

struct cached {
	struct card_cache *cache;
	uint64_t moment;
	char key[32];
};

static int create(void **state) {
	struct cached *cached = calloc(1, sizeof(*cached));
	assert_non_null(cached);
	cached->cache = card_cache_create();
	assert_non_null(cached->cache);
	cached->moment = CARD_CACHE_START;
	*state = cached;
	return 0;
}

static int destroy(void **state) {
	struct cached *cached = *state;
	card_cache_release(cached->cache);
	free(cached);
	return 0;
}

static struct text numbered(struct cached *cached, int number) {
	snprintf(cached->key, sizeof(cached->key), "%d", number);
	return text_of(cached->key);
}

/* Adds a card of that number, which the cache alone keeps. */
static void add(struct cached *cached, int number) {
	struct text key = numbered(cached, number);
	struct card *card = card_create(key);
	assert_non_null(card);
	card_cache_add(cached->cache, cached->moment, key, card);
	card_release(card);
}

/* Whether the card of that number is kept, for who sees that moment. */
static bool has_at(struct cached *cached, uint64_t moment, int number) {
	struct text key = numbered(cached, number);
	struct card *card = card_cache_find(cached->cache, moment, key);
	if (card == NULL) {
		return false;
	}
	assert_true(text_equal(card->name, key));
	card_release(card);
	return true;
}

static bool has(struct cached *cached, int number) {
	return has_at(cached, cached->moment, number);
}

static void test_a_card_is_found_under_its_key(void **state) {
	struct cached *cached = *state;
	add(cached, 1);
	assert_true(has(cached, 1));
	assert_false(has(cached, 2));
	assert_null(card_cache_find(cached->cache, cached->moment, TEXT("")));
}

static void test_what_is_there_already_stays(void **state) {
	struct cached *cached = *state;
	struct card *first = card_create(TEXT("a"));
	struct card *second = card_create(TEXT("a"));
	card_cache_add(cached->cache, cached->moment, TEXT("a"), first);
	card_cache_add(cached->cache, cached->moment, TEXT("a"), second);
	struct card *found = card_cache_find(cached->cache, cached->moment, TEXT("a"));
	assert_ptr_equal(found, first);
	card_release(found);
	card_release(first);
	assert_int_equal(atomic_load(&second->references), 1);
	card_release(second);
}

static void test_a_full_cache_keeps_its_limit(void **state) {
	struct cached *cached = *state;
	for (int i = 0; i < 3 * CARD_CACHE_LIMIT; i++) {
		add(cached, i);
	}
	assert_int_equal(cached->cache->entries.count, CARD_CACHE_LIMIT);
	assert_true(has(cached, 3 * CARD_CACHE_LIMIT - 1));
	assert_false(has(cached, 0));
}

/* Adds a card of that number with so many bytes of values. */
static void add_large(struct cached *cached, int number, size_t size) {
	struct text key = numbered(cached, number);
	struct card *card = card_create(key);
	assert_non_null(card);
	assert_non_null(arena_allocate(&card->arena, size));
	card_cache_add(cached->cache, cached->moment, key, card);
	card_release(card);
}

static void test_large_cards_take_no_more_memory_than_a_full_cache(void **state) {
	struct cached *cached = *state;
	for (int i = 0; i < 100; i++) {
		add_large(cached, i, CARD_CACHE_SIZE / 10);
		assert_true(has(cached, i));
		assert_true(cached->cache->size <= CARD_CACHE_SIZE);
	}
	assert_int_equal(cached->cache->entries.count, 9);
}

static void test_a_card_that_is_larger_than_a_cache_is_kept_alone(void **state) {
	struct cached *cached = *state;
	add(cached, 0);
	add_large(cached, 1, 2 * CARD_CACHE_SIZE);
	assert_int_equal(cached->cache->entries.count, 1);
	assert_true(has(cached, 1));
	add(cached, 2);
	assert_int_equal(cached->cache->entries.count, 1);
	assert_true(has(cached, 2));
	assert_true(cached->cache->size <= CARD_CACHE_SIZE);
}

static void test_what_is_asked_for_stays(void **state) {
	struct cached *cached = *state;
	for (int i = 0; i < CARD_CACHE_LIMIT; i++) {
		add(cached, i);
	}
	for (int i = CARD_CACHE_LIMIT; i < 3 * CARD_CACHE_LIMIT; i++) {
		assert_true(has(cached, 7));
		add(cached, i);
	}
	assert_true(has(cached, 7));
	assert_false(has(cached, 8));
}

static void test_a_card_outlives_its_place(void **state) {
	struct cached *cached = *state;
	add(cached, 0);
	struct card *card = card_cache_find(cached->cache, cached->moment, TEXT("0"));
	for (int i = 1; i <= 2 * CARD_CACHE_LIMIT; i++) {
		add(cached, i);
	}
	assert_false(has(cached, 0));
	assert_true(text_equal(card->name, TEXT("0")));
	assert_int_equal(atomic_load(&card->references), 1);
	card_release(card);
}

static struct text changed_name(const void *item) {
	return text_of(item);
}

/* Begins another moment, in which the cards of those names are others; an empty name ends them. */
static uint64_t advance(struct cached *cached, char names[][8]) {
	struct table changed = {.key = changed_name};
	for (size_t i = 0; names[i][0] != '\0'; i++) {
		assert_true(table_add(&changed, names[i]));
	}
	const uint64_t moment = card_cache_advance(cached->cache, cached->moment, &changed);
	table_finish(&changed);
	return moment;
}

static void test_what_has_not_changed_stays(void **state) {
	struct cached *cached = *state;
	for (int i = 0; i < 10; i++) {
		add(cached, i);
	}
	const uint64_t first = cached->moment;
	cached->moment = advance(cached, (char[][8]){"3", "77", ""});
	assert_true(cached->moment > first);
	for (int i = 0; i < 10; i++) {
		assert_int_equal(has(cached, i), i != 3);
		assert_true(has_at(cached, first, i));
	}
}

static void test_a_name_changes_in_all_environments(void **state) {
	struct cached *cached = *state;
	char keys[][8] = {"x@/a", "/a", "y@/a", "/b"};
	for (size_t i = 0; i < 4; i++) {
		struct card *card = card_create(text_of(i == 3 ? "b" : "a"));
		card_cache_add(cached->cache, cached->moment, text_of(keys[i]), card);
		card_release(card);
	}
	assert_int_equal(cached->cache->entries.count, 4);
	cached->moment = advance(cached, (char[][8]){"a", ""});
	assert_int_equal(cached->cache->entries.count, 1);
	assert_int_equal(cached->cache->names.count, 1);
	struct card *card = card_cache_find(cached->cache, cached->moment, TEXT("/b"));
	assert_non_null(card);
	card_release(card);
}

/* The card of a name at a moment, which the cache has; it keeps its reference. */
static const struct card *card_at(struct cached *cached, uint64_t moment, int number) {
	struct card *card = card_cache_find(cached->cache, moment, numbered(cached, number));
	assert_non_null(card);
	card_release(card);
	return card;
}

static void test_who_sees_what_was_neither_gets_nor_leaves_what_is(void **state) {
	struct cached *cached = *state;
	const uint64_t first = cached->moment;
	add(cached, 1);
	const struct card *before = card_at(cached, first, 1);
	const uint64_t second = advance(cached, (char[][8]){"1", "2", ""});
	assert_ptr_equal(card_at(cached, first, 1), before);
	assert_false(has_at(cached, second, 1));
	add(cached, 1);
	add(cached, 2);
	assert_false(has_at(cached, second, 1));
	assert_false(has_at(cached, second, 2));
	cached->moment = second;
	add(cached, 1);
	assert_ptr_not_equal(card_at(cached, second, 1), before);
	assert_ptr_equal(card_at(cached, first, 1), before);
}

static void test_what_was_goes_when_nobody_sees_it(void **state) {
	struct cached *cached = *state;
	const uint64_t first = cached->moment;
	add(cached, 1);
	struct card *before = card_cache_find(cached->cache, first, TEXT("1"));
	cached->moment = advance(cached, (char[][8]){"1", ""});
	assert_int_equal(atomic_load(&before->references), 2);
	add(cached, 1);
	card_cache_leave(cached->cache, first, 0);
	assert_int_equal(atomic_load(&before->references), 1);
	assert_false(has_at(cached, first, 1));
	assert_true(has(cached, 1));
	card_release(before);
}

static void test_what_was_before_the_last_change_is_not_kept(void **state) {
	struct cached *cached = *state;
	const uint64_t first = cached->moment;
	add(cached, 1);
	cached->moment = advance(cached, (char[][8]){"1", ""});
	const uint64_t second = cached->moment;
	add(cached, 2);
	cached->moment = advance(cached, (char[][8]){"2", ""});
	assert_false(has_at(cached, first, 1));
	assert_true(has_at(cached, second, 2));
	card_cache_leave(cached->cache, first, 0);
	assert_true(has_at(cached, second, 2));
}

static void test_a_moment_that_nobody_comes_to_see_leaves_nothing(void **state) {
	struct cached *cached = *state;
	const uint64_t first = cached->moment;
	add(cached, 1);
	add(cached, 2);
	cached->moment = advance(cached, (char[][8]){"1", ""});
	add(cached, 1);
	add(cached, 3);
	card_cache_leave(cached->cache, cached->moment, first);
	const uint64_t abandoned = cached->moment;
	cached->moment = first;
	assert_false(has(cached, 1));
	assert_true(has(cached, 2));
	assert_false(has(cached, 3));
	add(cached, 1);
	assert_true(has(cached, 1));
	cached->moment = advance(cached, (char[][8]){"2", ""});
	assert_true(cached->moment > abandoned);
	assert_true(has(cached, 1));
	assert_false(has(cached, 2));
	card_cache_leave(cached->cache, first, 0);
	assert_true(has(cached, 1));
}

static void test_a_second_successor_has_to_have_another_cache(void **state) {
	struct cached *cached = *state;
	assert_true(advance(cached, (char[][8]){""}) > cached->moment);
	assert_int_equal(advance(cached, (char[][8]){""}), 0);
}

static void *use_cache(void *data) {
	struct cached own = {0};
	struct card_cache *cache = data;
	for (int i = 0; i < 3000; i++) {
		int number = (i * 7919) % 6000;
		struct text key = numbered(&own, number);
		struct card *card = card_cache_find(cache, CARD_CACHE_START, key);
		if (card == NULL) {
			card = card_create(key);
			if (card == NULL) {
				return NULL;
			}
			card_cache_add(cache, CARD_CACHE_START, key, card);
		}
		bool is_right = text_equal(card->name, key);
		card_release(card);
		if (!is_right) {
			return NULL;
		}
	}
	return data;
}

static void test_several_threads_may_use_a_cache(void **state) {
	struct cached *cached = *state;
	pthread_t threads[4];
	for (int i = 0; i < 4; i++) {
		assert_int_equal(pthread_create(&threads[i], NULL, use_cache, cached->cache), 0);
	}
	for (int i = 0; i < 4; i++) {
		void *result;
		assert_int_equal(pthread_join(threads[i], &result), 0);
		assert_non_null(result);
	}
}

#define CACHE_TEST(function) cmocka_unit_test_setup_teardown(function, create, destroy)

int main(void) {
	const struct CMUnitTest tests[] = {
		CACHE_TEST(test_a_card_is_found_under_its_key),
		CACHE_TEST(test_what_is_there_already_stays),
		CACHE_TEST(test_a_full_cache_keeps_its_limit),
		CACHE_TEST(test_large_cards_take_no_more_memory_than_a_full_cache),
		CACHE_TEST(test_a_card_that_is_larger_than_a_cache_is_kept_alone),
		CACHE_TEST(test_what_is_asked_for_stays),
		CACHE_TEST(test_a_card_outlives_its_place),
		CACHE_TEST(test_what_has_not_changed_stays),
		CACHE_TEST(test_a_name_changes_in_all_environments),
		CACHE_TEST(test_who_sees_what_was_neither_gets_nor_leaves_what_is),
		CACHE_TEST(test_what_was_goes_when_nobody_sees_it),
		CACHE_TEST(test_what_was_before_the_last_change_is_not_kept),
		CACHE_TEST(test_a_moment_that_nobody_comes_to_see_leaves_nothing),
		CACHE_TEST(test_a_second_successor_has_to_have_another_cache),
		CACHE_TEST(test_several_threads_may_use_a_cache),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
