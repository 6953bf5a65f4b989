#include "sets.h"

#include "card/catalog_index.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* Each file has cards whose names differ in their last two digits. */
enum { FILES = 200, CARDS_A_FILE = 100, CARDS = FILES * CARDS_A_FILE };

static struct document_set *read_file(unsigned number, const char *more) {
	struct buffer text = {0};
	char path[32];
	for (unsigned i = 0; i < CARDS_A_FILE; i++) {
		buffer_append_format(&text, "---\nname: model%03u_%02u\n%s", number, i, more);
	}
	snprintf(path, sizeof(path), "/s/%03u.yaml", number);
	return read_text(path, &text);
}

struct indexed {
	struct document_set *sets[FILES];
	struct catalog_index index;
};

static int create(void **state) {
	struct indexed *indexed = calloc(1, sizeof(*indexed));
	assert_non_null(indexed);
	struct catalog_update update = {0};
	for (unsigned i = 0; i < FILES; i++) {
		indexed->sets[i] = read_file(i, "");
		assert_true(catalog_update_add(&update, indexed->sets[i], NULL));
	}
	assert_true(catalog_index_init(&indexed->index, NULL, &update, false, NULL));
	catalog_update_finish(&update);
	*state = indexed;
	return 0;
}

static int destroy(void **state) {
	struct indexed *indexed = *state;
	catalog_index_finish(&indexed->index);
	for (unsigned i = 0; i < FILES; i++) {
		document_set_release(indexed->sets[i]);
	}
	free(indexed);
	return 0;
}

static void assert_indexed(const struct catalog_index *index, const struct document_set *set) {
	for (size_t i = 0; i < set->count; i++) {
		const struct text name = document_name(&set->documents[i]);
		struct asset asset;
		assert_true(shard_find(catalog_index_shard(index, name), name, &asset));
		assert_ptr_equal(asset.documents[0], &set->documents[i]);
	}
}

static void test_every_card_is_in_the_shard_of_its_name(void **state) {
	struct indexed *indexed = *state;
	const struct catalog_index *index = &indexed->index;
	assert_int_equal(index->asset_count, CARDS);
	assert_int_equal(index->document_count, CARDS);
	assert_true(index->group_count > 1);
	for (unsigned i = 0; i < FILES; i++) {
		assert_indexed(index, indexed->sets[i]);
	}
}

static size_t count_other_groups(const struct catalog_index *a, const struct catalog_index *b) {
	size_t count = 0;
	assert_int_equal(a->group_count, b->group_count);
	for (size_t i = 0; i < a->group_count; i++) {
		count += a->groups[i] != b->groups[i];
	}
	return count;
}

static size_t count_other_shards(const struct catalog_index *a, const struct catalog_index *b) {
	size_t count = 0;
	assert_int_equal(a->shard_count, b->shard_count);
	for (size_t i = 0; i < a->shard_count; i++) {
		count += catalog_index_shard_at(a, i) != catalog_index_shard_at(b, i);
	}
	return count;
}

static void test_a_change_of_a_file_shares_all_but_one_shard(void **state) {
	struct indexed *indexed = *state;
	struct document_set *changed = read_file(7, "value: 1\n");
	struct catalog_update update = {0};
	struct catalog_index next;
	assert_true(catalog_update_remove(&update, indexed->sets[7], NULL));
	assert_true(catalog_update_add(&update, changed, NULL));
	assert_true(catalog_index_init(&next, &indexed->index, &update, false, NULL));
	assert_int_equal(count_other_groups(&indexed->index, &next), 1);
	assert_int_equal(count_other_shards(&indexed->index, &next), 1);
	assert_int_equal(next.asset_count, CARDS);
	assert_int_equal(next.document_count, CARDS);
	assert_indexed(&next, changed);
	assert_indexed(&next, indexed->sets[8]);
	assert_indexed(&indexed->index, indexed->sets[7]);
	catalog_update_finish(&update);
	catalog_index_finish(&next);
	document_set_release(changed);
}

static void test_files_that_go_are_counted_off(void **state) {
	struct indexed *indexed = *state;
	struct catalog_update update = {0};
	struct catalog_index next;
	struct asset asset;
	assert_true(catalog_update_remove(&update, indexed->sets[7], NULL));
	assert_true(catalog_index_init(&next, &indexed->index, &update, false, NULL));
	assert_int_equal(next.asset_count, CARDS - CARDS_A_FILE);
	assert_int_equal(next.document_count, CARDS - CARDS_A_FILE);
	const struct text name = TEXT("model007_42");
	assert_false(shard_find(catalog_index_shard(&next, name), name, &asset));
	catalog_update_finish(&update);
	catalog_index_finish(&next);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_every_card_is_in_the_shard_of_its_name, create, destroy),
		cmocka_unit_test_setup_teardown(
			test_a_change_of_a_file_shares_all_but_one_shard, create, destroy),
		cmocka_unit_test_setup_teardown(
			test_files_that_go_are_counted_off, create, destroy),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
