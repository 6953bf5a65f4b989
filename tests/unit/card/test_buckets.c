#include "sets.h"

#include "card/buckets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

enum { SHARDS = 64, REFERENCE_EVERY = 7 };

/* That many cards, of which some derive from another, and some refer to two. */
static struct document_set *read_documents(unsigned count) {
	struct buffer text = {0};
	for (unsigned i = 0; i < count; i++) {
		buffer_append_format(&text, "---\nname: card%06u\n", i * 37 % count);
		if (i % REFERENCE_EVERY == 1) {
			buffer_append_format(&text, "base: base%06u\n", i);
		}
		if (i % REFERENCE_EVERY == 2) {
			buffer_append_format(&text, "a_ref: a%06u\nb_ref: b%06u\n", i, i);
		}
	}
	struct document_set *set = read_text("/s/a.yaml", &text);
	assert_int_equal(set->count, count);
	return set;
}

/* Each document stands in the run of its shard, behind those that came before it. */
static void check_documents(const struct buckets *buckets, const struct document_set *set) {
	size_t next[SHARDS];
	for (size_t i = 0; i < SHARDS; i++) {
		next[i] = buckets_start(buckets->document_ends, i);
	}
	for (size_t i = 0; i < set->count; i++) {
		const size_t shard = shard_number(SHARDS, document_name(&set->documents[i]));
		assert_ptr_equal(buckets->documents[next[shard]++], &set->documents[i]);
	}
	for (size_t i = 0; i < SHARDS; i++) {
		assert_int_equal(next[i], buckets->document_ends[i]);
	}
}

static void check_uses(const struct buckets *buckets, const struct document_set *set) {
	size_t next[SHARDS];
	for (size_t i = 0; i < SHARDS; i++) {
		next[i] = buckets_start(buckets->use_ends, i);
	}
	for (size_t i = 0; i < set->count; i++) {
		struct shard_use use;
		for (size_t step = 0; shard_next_use(&set->documents[i], &step, &use);) {
			const size_t shard = shard_number(SHARDS, shard_use_name(&use));
			const struct shard_use *found = &buckets->uses[next[shard]++];
			assert_ptr_equal(found->document, use.document);
			assert_int_equal(found->offset, use.offset);
			assert_int_equal(found->length, use.length);
		}
	}
	for (size_t i = 0; i < SHARDS; i++) {
		assert_int_equal(next[i], buckets->use_ends[i]);
	}
}

static void check(unsigned count) {
	struct document_set *set = read_documents(count);
	const struct document **documents = calloc(count + 1, sizeof(const struct document *));
	assert_non_null(documents);
	for (size_t i = 0; i < count; i++) {
		documents[i] = &set->documents[i];
	}
	struct buckets buckets;
	assert_true(buckets_init(&buckets, documents, count, SHARDS));
	check_documents(&buckets, set);
	check_uses(&buckets, set);
	buckets_finish(&buckets);
	free(documents);
	document_set_release(set);
}

static void test_nothing_is_in_no_shard(void **state) {
	(void)state;
	check(0);
}

static void test_few_are_in_their_shards(void **state) {
	(void)state;
	check(1);
	check(100);
}

/* So many that several threads sort them, in pieces that are not all as long. */
static void test_many_are_as_few_are(void **state) {
	(void)state;
	check(19999);
	check(30011);
	check(100003);
}

static void test_names_that_differ_at_their_end_are_in_one_shard(void **state) {
	(void)state;
	const size_t shard = shard_number(SHARDS, TEXT("llama3_2_1b"));
	assert_int_equal(shard_number(SHARDS, TEXT("llama3_2_3b")), shard);
	assert_true(shard_number(SHARDS, TEXT("")) < SHARDS);
	assert_int_equal(shard_number(SHARDS, TEXT("a")), shard_number(SHARDS, TEXT("ab")));
	assert_int_equal(shard_number(1, TEXT("llama3_2_1b")), 0);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_is_in_no_shard),
		cmocka_unit_test(test_few_are_in_their_shards),
		cmocka_unit_test(test_many_are_as_few_are),
		cmocka_unit_test(test_names_that_differ_at_their_end_are_in_one_shard),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
