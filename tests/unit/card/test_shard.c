#include "card/shard.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { DOCUMENT_COUNT = 100 };

/* Cards of a hundred names in no order, each with one of two bases. */
static struct document_set *read_documents(void) {
	struct buffer text = {0};
	for (unsigned i = 0; i < DOCUMENT_COUNT; i++) {
		buffer_append_format(&text, "---\nname: card%02u\nbase: base%u\n",
			i * 37 % DOCUMENT_COUNT, i % 2);
	}
	struct card_file *file =
		card_file_create(TEXT("/s/a.yaml"), TEXT("/s"), buffer_text(&text), 0);
	assert_non_null(file);
	struct document_set *set = document_set_read(file, 0, &yaml_default_limits, NULL);
	assert_non_null(set);
	assert_int_equal(set->count, DOCUMENT_COUNT);
	card_file_release(file);
	buffer_finish(&text);
	return set;
}

/* Makes a shard of what another (or NULL) holds and of documents from first to before end. */
static struct shard *make_shard(
	const struct shard *old, const struct document_set *set, size_t first, size_t end) {
	struct shard_content content = {
		.documents = calloc(DOCUMENT_COUNT, sizeof(const struct document *)),
		.uses = calloc(DOCUMENT_COUNT, sizeof(struct shard_use)),
	};
	assert_non_null(content.documents);
	assert_non_null(content.uses);
	for (size_t i = 0; old != NULL && i < old->all_count; i++) {
		content.documents[i] = old->all[i];
		content.uses[i] = old->uses[i];
		content.ordered_documents = content.ordered_uses = i + 1;
	}
	content.document_count = content.use_count = content.ordered_documents;
	for (size_t i = first; i < end; i++) {
		const struct document *document = &set->documents[i];
		content.documents[content.document_count++] = document;
		content.uses[content.use_count++] =
			(struct shard_use){document, document->name_length, document->base_length};
	}
	struct shard *shard = shard_create(&content, false, NULL);
	assert_non_null(shard);
	return shard;
}

static void check_order(const struct shard *shard) {
	assert_int_equal(shard->asset_count, DOCUMENT_COUNT);
	for (size_t i = 1; i < DOCUMENT_COUNT; i++) {
		assert_true(document_compare(shard->all[i - 1], shard->all[i]) < 0);
		assert_true(text_compare(shard_use_name(&shard->uses[i - 1]),
				    shard_use_name(&shard->uses[i])) <= 0);
	}
}

static void test_what_comes_later_is_put_in_order(void **state) {
	(void)state;
	struct document_set *set = read_documents();
	static const size_t added[] = {1, 2, 5, 6, 20, 99, DOCUMENT_COUNT};
	for (size_t i = 0; i < sizeof(added) / sizeof(added[0]); i++) {
		const size_t first = DOCUMENT_COUNT - added[i];
		struct shard *old = make_shard(NULL, set, 0, first);
		struct shard *shard = make_shard(old, set, first, DOCUMENT_COUNT);
		check_order(shard);
		shard_release(shard);
		shard_release(old);
	}
	document_set_release(set);
}

static void test_every_asset_and_use_is_found(void **state) {
	(void)state;
	struct document_set *set = read_documents();
	struct shard *shard = make_shard(NULL, set, 0, DOCUMENT_COUNT);
	for (size_t i = 0; i < DOCUMENT_COUNT; i++) {
		struct asset asset;
		assert_true(shard_find(shard, document_name(&set->documents[i]), &asset));
		assert_ptr_equal(asset.documents[0], &set->documents[i]);
	}
	size_t use_count = 0;
	for (size_t position = 0; shard_next_user(shard, TEXT("base1"), &position) != NULL;) {
		use_count++;
	}
	assert_int_equal(use_count, DOCUMENT_COUNT / 2);
	shard_release(shard);
	document_set_release(set);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_comes_later_is_put_in_order),
		cmocka_unit_test(test_every_asset_and_use_is_found),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
