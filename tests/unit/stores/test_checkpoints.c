#include "yaml/read.h"

#include "fixture.h"

static void make_run(struct fixture *fixture) {
	write_file(fixture, "model.yaml", "name: checkpoint\nmodel_family: llama\n");
	make_directory(fixture, "scores");
}

static void make_step(struct fixture *fixture, const char *step, const char *score) {
	char entry[64];
	snprintf(entry, sizeof(entry), "step_%s/model/pp_00", step);
	make_directory(fixture, entry);
	if (score != NULL) {
		snprintf(entry, sizeof(entry), "scores/step_%s.txt", step);
		write_file(fixture, entry, score);
	}
}

static void list_run(struct fixture *fixture) {
	if (fixture->store == NULL) {
		open_store(fixture, "checkpoints:", "");
	}
	list_again(fixture);
}

/* The string that a key has in the card of that name; fails the test where there is none. */
static void assert_card(
	struct fixture *fixture, const char *name, const char *key, const char *expected) {
	struct arena arena = {0};
	bool found = false;
	for (size_t i = 0; i < fixture->listing.count; i++) {
		const struct card_file *file = fixture->listing.files[i];
		const struct text text = {file->text, file->length};
		struct yaml_slice slice = {0};
		while (yaml_next_slice(text, &slice)) {
			const struct value *card;
			if (yaml_read(&arena, text, &slice, &yaml_default_limits, &card,
				    &fixture->error) != YAML_READ_VALUE) {
				continue;
			}
			if (!text_equal(value_find(card, TEXT("name"))->canonical, text_of(name))) {
				continue;
			}
			assert_false(found);
			found = true;
			const struct text value = value_find(card, text_of(key))->canonical;
			assert_int_equal(value.length, strlen(expected));
			assert_memory_equal(value.data, expected, value.length);
		}
	}
	arena_finish(&arena);
	assert_true(found);
}

static size_t count_cards(const struct fixture *fixture) {
	size_t count = 0;
	for (size_t i = 0; i < fixture->listing.count; i++) {
		const char *text = fixture->listing.files[i]->text;
		while ((text = strstr(text, "name: ")) != NULL) {
			count++;
			text++;
		}
	}
	return count;
}

static void test_every_step_is_a_card_that_derives_from_checkpoint(void **state) {
	struct fixture *fixture = *state;
	make_run(fixture);
	make_step(fixture, "0", NULL);
	make_step(fixture, "1000", NULL);
	list_run(fixture);
	ASSERT_LISTED(fixture, "model.yaml", "step_0", "step_1000");
	assert_card(fixture, "checkpoint_step_0", "base", "checkpoint");
	assert_card(fixture, "checkpoint_step_0", "checkpoint", at(fixture, "step_0/model"));
	assert_card(fixture, "checkpoint_step_1000", "checkpoint", at(fixture, "step_1000/model"));
	assert_string_equal(listed(fixture, "step_0")->directory, fixture->root);
	assert_int_equal(fixture->problems.count, 0);
}

static void test_the_last_checkpoint_is_that_of_the_highest_step(void **state) {
	struct fixture *fixture = *state;
	make_run(fixture);
	make_step(fixture, "900", NULL);
	make_step(fixture, "1000", NULL);
	list_run(fixture);
	assert_card(fixture, "last_checkpoint", "checkpoint", at(fixture, "step_1000/model"));
	assert_int_equal(count_cards(fixture), 4);
}

static void test_the_best_checkpoint_has_the_highest_score(void **state) {
	struct fixture *fixture = *state;
	make_run(fixture);
	make_step(fixture, "1", "-0.5\n");
	make_step(fixture, "2", " 1e-3 \nsecond line\n");
	make_step(fixture, "3", "-inf");
	make_step(fixture, "4", NULL);
	list_run(fixture);
	assert_card(fixture, "best_checkpoint", "checkpoint", at(fixture, "step_2/model"));
	assert_card(fixture, "best_checkpoint_0", "checkpoint", at(fixture, "step_2/model"));
	assert_card(fixture, "best_checkpoint_1", "checkpoint", at(fixture, "step_1/model"));
	assert_card(fixture, "best_checkpoint_2", "checkpoint", at(fixture, "step_3/model"));
	assert_card(fixture, "last_checkpoint", "checkpoint", at(fixture, "step_4/model"));
	assert_int_equal(count_cards(fixture), 1 + 4 + 1 + 1 + 3);
	assert_int_equal(fixture->problems.count, 0);
}

static void test_of_equal_scores_the_later_step_comes_first(void **state) {
	struct fixture *fixture = *state;
	make_run(fixture);
	make_step(fixture, "9", "2.0");
	make_step(fixture, "10", "2");
	make_step(fixture, "11", "1");
	make_step(fixture, "100", "2e0");
	make_step(fixture, "101", " 2");
	list_run(fixture);
	assert_card(fixture, "best_checkpoint_0", "checkpoint", at(fixture, "step_101/model"));
	assert_card(fixture, "best_checkpoint_1", "checkpoint", at(fixture, "step_100/model"));
	assert_card(fixture, "best_checkpoint_2", "checkpoint", at(fixture, "step_10/model"));
	assert_card(fixture, "best_checkpoint_3", "checkpoint", at(fixture, "step_9/model"));
	assert_card(fixture, "best_checkpoint_4", "checkpoint", at(fixture, "step_11/model"));
}

static void test_what_is_no_number_is_no_score(void **state) {
	static const char *const scores[] = {"", "\n1.0", "good", "1.0 2.0", "0x10", "nan"};
	struct fixture *fixture = *state;
	make_run(fixture);
	make_step(fixture, "1", "5");
	for (size_t i = 0; i < sizeof(scores) / sizeof(*scores); i++) {
		make_step(fixture, "2", scores[i]);
		list_run(fixture);
		assert_problem(fixture, "scores/step_2.txt", "not a number");
		assert_card(fixture, "best_checkpoint", "checkpoint", at(fixture, "step_1/model"));
		assert_int_equal(count_cards(fixture), 1 + 2 + 1 + 1 + 1);
	}
}

static void test_a_score_without_its_step_is_nothing(void **state) {
	struct fixture *fixture = *state;
	make_run(fixture);
	write_file(fixture, "scores/step_7.txt", "1");
	list_run(fixture);
	ASSERT_LISTED(fixture, "model.yaml");
	assert_int_equal(fixture->problems.count, 0);
}

static void test_only_directories_named_as_fairseq2_names_steps_are_steps(void **state) {
	static const char *const others[] = {"step_5.tmp/model", "step_/model", "step_007/model",
		"step_-1/model", "step_99999999999999999999/model", "stop_1/model", "cc/model"};
	struct fixture *fixture = *state;
	make_run(fixture);
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		make_directory(fixture, others[i]);
	}
	write_file(fixture, "step_3", "a file");
	list_run(fixture);
	ASSERT_LISTED(fixture, "model.yaml");
	assert_int_equal(fixture->problems.count, 0);
}

static void test_older_layouts_are_understood(void **state) {
	struct fixture *fixture = *state;
	make_run(fixture);
	make_directory(fixture, "step_1");
	write_file(fixture, "step_1/model.pt", "");
	write_file(fixture, "step_1/score.txt", "3.5\n");
	make_directory(fixture, "step_2");
	write_file(fixture, "step_2/model.0.pt", "");
	list_run(fixture);
	assert_card(fixture, "best_checkpoint", "checkpoint", at(fixture, "step_1/model.pt"));
	assert_card(fixture, "last_checkpoint", "checkpoint",
		at(fixture, "step_2/model.{shard_idx}.pt"));
}

static void test_a_path_of_any_characters_is_quoted(void **state) {
	struct fixture *fixture = *state;
	static const char odd[] = "a: b #c\n'\"\xc3\xa4";
	char entry[64];
	make_directory(fixture, odd);
	snprintf(entry, sizeof(entry), "%s/step_1/model", odd);
	make_directory(fixture, entry);
	snprintf(entry, sizeof(entry), "%s/model.yaml", odd);
	write_file(fixture, entry, "name: checkpoint");
	open_store(fixture, "checkpoints:", odd);
	list_run(fixture);
	snprintf(entry, sizeof(entry), "%s/step_1/model", odd);
	assert_card(fixture, "last_checkpoint", "checkpoint", at(fixture, entry));
	assert_int_equal(fixture->problems.count, 0);
}

static void test_a_path_that_no_card_can_say_is_a_problem(void **state) {
	struct fixture *fixture = *state;
	make_directory(fixture, "\xff/step_1/model");
	write_file(fixture, "\xff/model.yaml", "name: checkpoint");
	open_store(fixture, "checkpoints:", "\xff");
	list_run(fixture);
	ASSERT_LISTED(fixture, "\xff/model.yaml");
	assert_problem(fixture, "\xff/model.yaml", "UTF-8");
}

static void test_a_model_file_without_a_checkpoint_card_is_a_problem(void **state) {
	struct fixture *fixture = *state;
	make_step(fixture, "1", NULL);
	write_file(fixture, "model.yaml", "name: other\n---\n- name: checkpoint\n");
	list_run(fixture);
	ASSERT_LISTED(fixture, "model.yaml");
	assert_problem(fixture, "model.yaml", "checkpoint");
}

static void test_the_checkpoint_card_may_be_any_document(void **state) {
	struct fixture *fixture = *state;
	make_step(fixture, "1", NULL);
	write_file(fixture, "model.yaml", "name: other\n---\nname: ' checkpoint '\n");
	list_run(fixture);
	ASSERT_LISTED(fixture, "model.yaml", "step_1");
	assert_int_equal(fixture->problems.count, 0);
}

static void test_a_faulty_model_file_leaves_the_steps(void **state) {
	struct fixture *fixture = *state;
	make_step(fixture, "1", NULL);
	write_file(fixture, "model.yaml", "name: [");
	list_run(fixture);
	ASSERT_LISTED(fixture, "model.yaml", "step_1");
}

static void test_a_directory_without_a_model_file_is_a_problem(void **state) {
	struct fixture *fixture = *state;
	make_step(fixture, "1", NULL);
	list_run(fixture);
	assert_int_equal(fixture->listing.count, 0);
	assert_problem(fixture, "model.yaml", "not exist");
}

static void test_a_directory_that_is_not_there_is_a_problem(void **state) {
	struct fixture *fixture = *state;
	open_store(fixture, "checkpoints:", "nothing");
	list_run(fixture);
	assert_problem(fixture, "nothing", strerror(ENOENT));
	write_file(fixture, "nothing", "a file");
	list_run(fixture);
	assert_problem(fixture, "nothing", strerror(ENOTDIR));
}

static void test_a_step_that_says_the_same_is_the_same_file(void **state) {
	struct fixture *fixture = *state;
	make_run(fixture);
	make_step(fixture, "1", "1");
	make_step(fixture, "2", "2");
	list_run(fixture);
	const struct card_file *first = listed(fixture, "step_1");
	const struct card_file *second = listed(fixture, "step_2");
	make_step(fixture, "3", "0");
	list_run(fixture);
	assert_ptr_equal(listed(fixture, "step_1"), first);
	assert_ptr_not_equal(listed(fixture, "step_2"), second);
	assert_card(fixture, "last_checkpoint", "checkpoint", at(fixture, "step_3/model"));
}

static void test_a_step_is_as_new_as_its_score(void **state) {
	struct fixture *fixture = *state;
	const struct timespec times[2] = {{.tv_sec = 4000000000}, {.tv_sec = 4000000000}};
	make_run(fixture);
	make_step(fixture, "1", "1");
	utimensat(AT_FDCWD, at(fixture, "scores/step_1.txt"), times, 0);
	list_run(fixture);
	assert_int_equal(listed(fixture, "step_1")->modified, 4000000000 * 1000000000);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		STORE_TEST(test_every_step_is_a_card_that_derives_from_checkpoint),
		STORE_TEST(test_the_last_checkpoint_is_that_of_the_highest_step),
		STORE_TEST(test_the_best_checkpoint_has_the_highest_score),
		STORE_TEST(test_of_equal_scores_the_later_step_comes_first),
		STORE_TEST(test_what_is_no_number_is_no_score),
		STORE_TEST(test_a_score_without_its_step_is_nothing),
		STORE_TEST(test_only_directories_named_as_fairseq2_names_steps_are_steps),
		STORE_TEST(test_older_layouts_are_understood),
		STORE_TEST(test_a_path_of_any_characters_is_quoted),
		STORE_TEST(test_a_path_that_no_card_can_say_is_a_problem),
		STORE_TEST(test_a_model_file_without_a_checkpoint_card_is_a_problem),
		STORE_TEST(test_the_checkpoint_card_may_be_any_document),
		STORE_TEST(test_a_faulty_model_file_leaves_the_steps),
		STORE_TEST(test_a_directory_without_a_model_file_is_a_problem),
		STORE_TEST(test_a_directory_that_is_not_there_is_a_problem),
		STORE_TEST(test_a_step_that_says_the_same_is_the_same_file),
		STORE_TEST(test_a_step_is_as_new_as_its_score),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
