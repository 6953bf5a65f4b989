#include "card/earlier.h"

#include "sets.h"

#include <stdlib.h>
#include <string.h>

static struct document_set *read_set(const char *text, const struct document_set *earlier) {
	struct card_file *file = card_file_create(TEXT("/s/a.yaml"), TEXT("/s"), text_of(text), 7);
	assert_non_null(file);
	struct document_set *set = document_set_read(file, 1, earlier, &yaml_default_limits, NULL);
	card_file_release(file);
	assert_non_null(set);
	return set;
}

/* Whatever the file held before, it is read as if that was not known. */
static void assert_read_the_same(const char *before, const char *after) {
	struct document_set *earlier = read_set(before, NULL);
	struct document_set *anew = read_set(after, NULL);
	struct document_set *again = read_set(after, earlier);
	assert_same_set(anew, again);
	document_set_release(again);
	document_set_release(anew);
	document_set_release(earlier);
}

static const char three[] =
	"name: a\nbase: x\n---\nname: b\nbase: a\ntokenizer_ref: t\n---\nname: c\n";

static void test_an_edit_in_the_middle_leaves_the_others(void **state) {
	(void)state;
	static const char *const edited[] = {
		"name: a\nbase: x\n---\nname: b\n---\nname: c\n",
		"name: a\nbase: x\n---\nname: b\nbase: a\n\n\n# more\ntokenizer_ref: "
		"tt\n---\nname: c\n",
		"name: a\nbase: x\n---\nname: c\n",
		"name: a\nbase: x\n---\nx: [\n---\nname: c\n",
		"name: a\nbase: x\n---\nname: b\nbase: 5\n---\nname: c\n",
		"\xEF\xBB\xBFname: a\nbase: x\n---\nname: b\nbase: a\ntokenizer_ref: t\n---\nname: "
		"c\n",
		"# first\nname: a\nbase: x\n---\nname: b\nbase: a\ntokenizer_ref: t\n---\nname: "
		"c\n",
		"---\nname: c\n",
		"name: c\n",
		"",
	};
	for (size_t i = 0; i < sizeof(edited) / sizeof(edited[0]); i++) {
		assert_read_the_same(three, edited[i]);
		assert_read_the_same(edited[i], three);
	}
}

/* Texts are put together from parts that are sound, faulty, unreadable, and not cards. */
static void make_text(char *text, unsigned *seed) {
	static const char *const parts[] = {"name: a\n", "name: b\nbase: a\n",
		"name: c\nx_ref: a\n", "name: d@lab\nbase: ~\n", "name: e\nbase: [5]\n", "x: [\n",
		"# nothing\n", "5\n", "name: f\r\nlist: [{y_ref: c}]\r\n", "%YAML 1.1\n", "...\n",
		"\xEF\xBB\xBFname: g\n"};
	text[0] = '\0';
	for (unsigned count = (unsigned)rand_r(seed) % 6; count > 0; count--) {
		strcat(text, rand_r(seed) % 8 == 0 ? "" : "---\n");
		strcat(text, parts[(size_t)rand_r(seed) % (sizeof(parts) / sizeof(parts[0]))]);
	}
}

static void test_any_text_after_any_other_is_read_as_if_alone(void **state) {
	(void)state;
	unsigned seed = 1;
	for (int i = 0; i < 3000; i++) {
		char before[512], after[512];
		make_text(before, &seed);
		make_text(after, &seed);
		assert_read_the_same(before, after);
	}
}

static const struct document *find_second(const struct document_set *earlier, const char *text) {
	struct yaml_slice slice = {0};
	assert_true(yaml_next_slice(text_of(text), &slice));
	assert_true(yaml_next_slice(text_of(text), &slice));
	return earlier_find(earlier, text_of(text), &slice);
}

static void test_documents_are_found_from_both_ends(void **state) {
	(void)state;
	struct document_set *earlier = read_set(three, NULL);
	assert_ptr_equal(find_second(earlier, three), &earlier->documents[1]);
	assert_ptr_equal(
		find_second(earlier,
			"name: a, longer\n---\nname: b\nbase: a\ntokenizer_ref: t\n---\nname: c\n"),
		&earlier->documents[1]);
	assert_ptr_equal(find_second(earlier, "name: a\nbase: x\n---\nname: b\nbase: "
					      "a\ntokenizer_ref: t\n---\nname: other\n"),
		&earlier->documents[1]);
	assert_null(find_second(earlier,
		"name: a\nbase: x\n---\nname: b\nbase: a\ntokenizer_ref: u\n---\nname: c\n"));
	document_set_release(earlier);
}

static void test_without_an_earlier_set_nothing_is_found(void **state) {
	(void)state;
	assert_null(find_second(NULL, three));
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_edit_in_the_middle_leaves_the_others),
		cmocka_unit_test(test_any_text_after_any_other_is_read_as_if_alone),
		cmocka_unit_test(test_documents_are_found_from_both_ends),
		cmocka_unit_test(test_without_an_earlier_set_nothing_is_found),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
