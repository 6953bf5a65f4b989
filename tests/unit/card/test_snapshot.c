#include "card/snapshot.h"

#include "sets.h"

#include <stdlib.h>
#include <string.h>

static const char good_text[] =
	"name: a\nbase: b\ntokenizer_ref: t\n---\nname: a@user\nx: 1\n---\nname: b\n";
static const char faulty_text[] = "name: c\nbase: 5\n---\nx: [\n---\nname: d\n";

static struct card_file *make_file(const char *text) {
	struct card_file *file = card_file_create(TEXT("/s/a.yaml"), TEXT("/s"), text_of(text), 7);
	assert_non_null(file);
	return file;
}

static struct document_set *read_set(const char *text) {
	struct card_file *file = make_file(text);
	struct document_set *set = document_set_read(file, 0, NULL, &yaml_default_limits, NULL);
	card_file_release(file);
	assert_non_null(set);
	return set;
}

static void write_texts(struct buffer *bytes, const char *const *texts, size_t count) {
	struct document_set *sets[4];
	for (size_t i = 0; i < count; i++) {
		sets[i] = read_set(texts[i]);
	}
	snapshot_write(bytes, sets, count, &yaml_default_limits);
	assert_false(bytes->failed);
	for (size_t i = 0; i < count; i++) {
		document_set_release(sets[i]);
	}
}

static struct snapshot *open_snapshot(const char *const *texts, size_t count) {
	struct buffer bytes = {0};
	write_texts(&bytes, texts, count);
	struct snapshot *snapshot = open_bytes(&bytes, &yaml_default_limits);
	assert_non_null(snapshot);
	return snapshot;
}

static void assert_found_as_read(const char *text) {
	const char *texts[] = {good_text, faulty_text, "", text};
	struct snapshot *snapshot = open_snapshot(texts, 4);
	struct document_set *read = read_set(text);
	struct card_file *file = make_file(text);
	struct document_set *found = snapshot_find(snapshot, file, 3);
	assert_non_null(found);
	assert_ptr_equal(found->file, file);
	assert_int_equal(found->store, 3);
	assert_same_set(found, read);
	document_set_release(found);
	document_set_release(read);
	card_file_release(file);
	snapshot_close(snapshot);
}

static void test_documents_are_found_as_they_were_read(void **state) {
	(void)state;
	assert_found_as_read(good_text);
}

static void test_faults_and_unreadable_documents_are_found_too(void **state) {
	(void)state;
	assert_found_as_read(faulty_text);
}

static void test_that_there_are_more_problems_than_are_kept_is_found_too(void **state) {
	struct buffer text = {0};
	(void)state;
	for (size_t i = 0; i < 2 * PROBLEMS_OF_A_FILE; i++) {
		buffer_append_string(&text, "---\n[\n---\nname: a\nbase: 1\n");
	}
	assert_found_as_read(text.data);
	buffer_finish(&text);
}

static void test_a_file_without_documents_is_found(void **state) {
	(void)state;
	assert_found_as_read("# nothing\n");
}

static void test_a_file_that_differs_in_one_byte_is_not_found(void **state) {
	(void)state;
	const char *texts[] = {good_text};
	struct snapshot *snapshot = open_snapshot(texts, 1);
	for (size_t i = 0; i < strlen(good_text); i++) {
		char *text = strdup(good_text);
		assert_non_null(text);
		text[i] ^= 1;
		struct card_file *file = make_file(text);
		assert_null(snapshot_find(snapshot, file, 0));
		card_file_release(file);
		free(text);
	}
	snapshot_close(snapshot);
}

static void test_other_limits_make_it_worthless(void **state) {
	(void)state;
	const char *texts[] = {good_text};
	struct buffer bytes = {0};
	struct yaml_limits limits = yaml_default_limits;
	limits.depth--;
	write_texts(&bytes, texts, 1);
	assert_null(open_bytes(&bytes, &limits));
}

/* Reads everything that a damaged snapshot still gives. */
static void use(struct buffer *bytes) {
	struct snapshot *snapshot = open_bytes(bytes, &yaml_default_limits);
	const char *texts[] = {good_text, faulty_text};
	for (size_t i = 0; snapshot != NULL && i < 2; i++) {
		struct card_file *file = make_file(texts[i]);
		struct document_set *set = snapshot_find(snapshot, file, 0);
		for (size_t j = 0; set != NULL && j < set->count; j++) {
			struct text reference;
			size_t position = 0;
			assert_true(document_name(&set->documents[j]).length > 0);
			while (document_next_reference(&set->documents[j], &position, &reference)) {
				assert_non_null(reference.data);
			}
		}
		document_set_release(set);
		card_file_release(file);
	}
	snapshot_close(snapshot);
}

static void test_a_damaged_one_breaks_nothing(void **state) {
	(void)state;
	const char *texts[] = {good_text, faulty_text};
	struct buffer whole = {0};
	write_texts(&whole, texts, 2);
	for (size_t i = 0; i < whole.length; i++) {
		static const unsigned char patterns[] = {0x01, 0x80, 0xFF};
		for (size_t j = 0; j < sizeof(patterns); j++) {
			struct buffer damaged = {0};
			buffer_append_text(&damaged, buffer_text(&whole));
			damaged.data[i] = (char)((unsigned char)damaged.data[i] ^ patterns[j]);
			use(&damaged);
		}
		struct buffer cut = {0};
		buffer_append(&cut, whole.data, i);
		use(&cut);
	}
	buffer_finish(&whole);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_documents_are_found_as_they_were_read),
		cmocka_unit_test(test_faults_and_unreadable_documents_are_found_too),
		cmocka_unit_test(test_that_there_are_more_problems_than_are_kept_is_found_too),
		cmocka_unit_test(test_a_file_without_documents_is_found),
		cmocka_unit_test(test_a_file_that_differs_in_one_byte_is_not_found),
		cmocka_unit_test(test_other_limits_make_it_worthless),
		cmocka_unit_test(test_a_damaged_one_breaks_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
