#include "sets.h"

#include "card/shard.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { DOCUMENT_COUNT = 100 };

/*
 * Cards of a hundred names in no order, each with one of two bases, and one line more if it is a
 * changed one.
 */
static struct document_set *read_documents(bool are_changed, const char *last) {
	struct buffer text = {0};
	for (unsigned i = 0; i < DOCUMENT_COUNT; i++) {
		buffer_append_format(&text, "---\nname: card%02u\nbase: base%u\n%s",
			i * 37 % DOCUMENT_COUNT, i % 2, are_changed ? "changed: true\n" : "");
	}
	buffer_append_string(&text, last);
	return read_text("/s/a.yaml", &text);
}

/*
 * Makes a shard of what another (or NULL) holds, less the removed set (or NULL), and of documents
 * of another set, from first to before end.
 */
static struct shard *make_shard(const struct shard *old, const struct document_set *removed,
	const struct document_set *set, size_t first, size_t end) {
	const struct document *documents[DOCUMENT_COUNT + 1];
	struct shard_use uses[DOCUMENT_COUNT + 1];
	struct set_list list = {.items = &removed, .count = removed == NULL ? 0 : 1};
	set_list_sort(&list);
	struct shard_change change = {
		.old = old, .removed = &list, .documents = documents, .uses = uses};
	for (size_t i = first; i < end; i++) {
		const struct document *document = &set->documents[i];
		documents[change.document_count++] = document;
		uses[change.use_count++] =
			(struct shard_use){document, document->name_length, document->base_length};
	}
	struct shard *shard = shard_create(&change, NULL);
	assert_non_null(shard);
	return shard;
}

static void check(const struct shard *shard, const struct document_set *set) {
	assert_int_equal(shard->asset_count, DOCUMENT_COUNT);
	assert_int_equal(shard->all_count, DOCUMENT_COUNT);
	assert_int_equal(shard->use_count, DOCUMENT_COUNT);
	for (size_t i = 0; i < DOCUMENT_COUNT; i++) {
		struct asset asset;
		assert_true(i == 0 || document_compare(shard->all[i - 1], shard->all[i]) < 0);
		assert_true(shard_find(shard, document_name(&set->documents[i]), &asset));
		assert_ptr_equal(asset.documents[0], &set->documents[i]);
	}
	for (const char *base = "0"; base != NULL; base = *base == '0' ? "1" : NULL) {
		const struct text name = *base == '0' ? TEXT("base0") : TEXT("base1");
		size_t count = 0;
		size_t position = 0;
		const struct document *user;
		while ((user = shard_next_user(shard, name, &position)) != NULL) {
			assert_ptr_equal(user->set, set);
			count++;
		}
		assert_int_equal(count, DOCUMENT_COUNT / 2);
	}
}

static void test_what_comes_later_is_put_in_order(void **state) {
	(void)state;
	static const size_t added[] = {0, 1, 2, 15, 16, 17, 99, DOCUMENT_COUNT};
	struct document_set *set = read_documents(false, "");
	for (size_t i = 0; i < sizeof(added) / sizeof(added[0]); i++) {
		const size_t first = DOCUMENT_COUNT - added[i];
		struct shard *old = make_shard(NULL, NULL, set, 0, first);
		struct shard *shard = make_shard(old, NULL, set, first, DOCUMENT_COUNT);
		check(shard, set);
		shard_release(shard);
		shard_release(old);
	}
	document_set_release(set);
}

static void test_what_changes_keeps_its_place(void **state) {
	(void)state;
	static const size_t steps[] = {1, 10, 16, 17, DOCUMENT_COUNT};
	struct document_set *before = read_documents(false, "");
	struct document_set *after = read_documents(true, "");
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		/* All of a file goes at once, so that the others of it have to come again. */
		struct shard *shard = make_shard(NULL, NULL, before, 0, steps[i]);
		struct shard *changed = make_shard(shard, before, after, 0, steps[i]);
		struct shard *whole = make_shard(changed, NULL, after, steps[i], DOCUMENT_COUNT);
		assert_int_equal(changed->asset_count, steps[i]);
		check(whole, after);
		shard_release(whole);
		shard_release(changed);
		shard_release(shard);
	}
	document_set_release(after);
	document_set_release(before);
}

static void test_what_is_removed_is_gone(void **state) {
	(void)state;
	struct document_set *before = read_documents(false, "");
	struct document_set *after = read_documents(true, "");
	struct shard *shard = make_shard(NULL, NULL, before, 0, DOCUMENT_COUNT);
	struct shard *less = make_shard(shard, before, after, 0, 5);
	struct asset asset;
	assert_int_equal(less->all_count, 5);
	assert_int_equal(less->use_count, 5);
	assert_int_equal(less->asset_count, 5);
	assert_true(shard_find(less, TEXT("card37"), &asset));
	assert_false(shard_find(less, TEXT("card99"), &asset));
	shard_release(less);
	shard_release(shard);
	document_set_release(after);
	document_set_release(before);
}

static void test_a_conflict_comes_and_goes(void **state) {
	(void)state;
	struct document_set *before = read_documents(false, "");
	struct document_set *twice = read_documents(true, "---\nname: card37\n");
	struct document_set *after = read_documents(false, "");
	struct shard *good = make_shard(NULL, NULL, before, 0, 2);
	struct shard *bad = make_shard(good, before, twice, 0, 2);
	struct shard *worse = make_shard(bad, NULL, twice, DOCUMENT_COUNT, DOCUMENT_COUNT + 1);
	struct shard *mended = make_shard(worse, twice, after, 0, 2);
	assert_int_equal(bad->problem_count, 0);
	assert_int_equal(worse->problem_count, 1);
	assert_int_equal(worse->asset_count, 2);
	assert_true(worse->all[1]->offset < worse->all[2]->offset);
	assert_int_equal(mended->problem_count, 0);
	assert_int_equal(mended->asset_count, 2);
	shard_release(mended);
	shard_release(worse);
	shard_release(bad);
	shard_release(good);
	document_set_release(after);
	document_set_release(twice);
	document_set_release(before);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_comes_later_is_put_in_order),
		cmocka_unit_test(test_what_changes_keeps_its_place),
		cmocka_unit_test(test_what_is_removed_is_gone),
		cmocka_unit_test(test_a_conflict_comes_and_goes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
