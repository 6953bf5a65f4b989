#include "card/file_runs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { PLACES = 1500, ROUNDS = 300, MOST_CHANGES = 40, SHORTEST = 64, LONGEST = 256 };

/* Files that there are, each at one of so many places, and what is known of them. */
struct store_model {
	struct file_runs runs;
	unsigned versions[PLACES]; /* of the file at each place; 0: there is none */
	unsigned version;
	unsigned seed;
};

static void format_path(char path[32], size_t place) {
	snprintf(path, 32, "/s/%04zu.yaml", place);
}

/* A file of one card, and of one more if its version is even. */
static struct card_file *make_file(size_t place, unsigned version) {
	char path[32], text[64];
	format_path(path, place);
	snprintf(text, sizeof(text), "name: card\nversion: %u\n%s", version,
		version % 2 == 0 ? "---\nname: other\n" : "");
	struct card_file *file =
		card_file_create(text_of(path), TEXT("/s"), text_of(text), version);
	assert_non_null(file);
	return file;
}

static const struct loaded_file *find(const struct file_runs *runs, size_t place) {
	char path[32];
	format_path(path, place);
	struct file_cursor cursor = file_runs_seek(runs, path);
	const struct loaded_file *file = file_runs_next(runs, &cursor);
	return file != NULL && strcmp(loaded_file_path(file), path) == 0 ? file : NULL;
}

/* Makes the file at a place come, go or change. */
static struct file_change make_change(struct store_model *model, size_t place, bool goes) {
	struct file_change change = {.old = find(&model->runs, place)};
	assert_int_equal(change.old != NULL, model->versions[place] != 0);
	model->versions[place] = goes ? 0 : ++model->version;
	if (!goes) {
		change.file = make_file(place, model->version);
		change.new.set =
			document_set_read(change.file, 0, NULL, &yaml_default_limits, NULL);
		assert_non_null(change.new.set);
	}
	return change;
}

static void apply(struct store_model *model, struct file_change *changes, size_t count) {
	struct file_runs previous = model->runs;
	model->runs = (struct file_runs){0};
	assert_true(file_runs_change(&model->runs, &previous, changes, count));
	file_runs_finish(&previous);
	for (size_t i = 0; i < count; i++) {
		assert_null(changes[i].new.set);
		card_file_release(changes[i].file);
	}
}

/* The runs hold what the model says, in order, and no run but the last is short. */
static void check(const struct store_model *model) {
	struct file_cursor cursor = {0};
	size_t files = 0, cards = 0;
	int64_t modified = 0;
	for (size_t place = 0; place < PLACES; place++) {
		const unsigned version = model->versions[place];
		if (version == 0) {
			assert_null(find(&model->runs, place));
			continue;
		}
		const struct loaded_file *file = file_runs_next(&model->runs, &cursor);
		assert_non_null(file);
		assert_ptr_equal(file, find(&model->runs, place));
		assert_int_equal(file->set->file->modified, version);
		files++;
		cards += version % 2 == 0 ? 2 : 1;
		modified = version > modified ? version : modified;
	}
	assert_null(file_runs_next(&model->runs, &cursor));
	assert_int_equal(model->runs.file_count, files);
	assert_int_equal(model->runs.card_count, cards);
	assert_int_equal(model->runs.modified, modified);
	assert_int_equal(model->runs.problem_count, 0);
	assert_true(model->runs.count <= files / SHORTEST + 1);
	assert_true(model->runs.count >= files / LONGEST);
}

static void test_runs_hold_what_random_changes_leave(void **state) {
	(void)state;
	struct store_model model = {.seed = 1};
	for (int round = 0; round < ROUNDS; round++) {
		struct file_change changes[MOST_CHANGES];
		size_t count = 0;
		/* It grows to begin with, and shrinks to nothing in the end. */
		const unsigned of_ten_go = (unsigned)(round * 12 / ROUNDS);
		size_t place = (size_t)rand_r(&model.seed) % PLACES;
		while (count < MOST_CHANGES && place < PLACES) {
			const bool goes = (unsigned)rand_r(&model.seed) % 10 < of_ten_go;
			if (!goes || model.versions[place] != 0) {
				changes[count++] = make_change(&model, place, goes);
			}
			place += 1 + (size_t)rand_r(&model.seed) % 20;
		}
		apply(&model, changes, count);
		check(&model);
	}
	file_runs_finish(&model.runs);
}

static void fill(struct store_model *model) {
	static struct file_change changes[PLACES];
	for (size_t place = 0; place < PLACES; place++) {
		changes[place] = make_change(model, place, false);
	}
	apply(model, changes, PLACES);
	check(model);
}

static size_t count_shared(const struct file_runs *runs, const struct file_runs *others) {
	size_t shared = 0;
	for (size_t i = 0; i < runs->count; i++) {
		for (size_t j = 0; j < others->count; j++) {
			shared += runs->items[i] == others->items[j];
		}
	}
	return shared;
}

static void test_a_change_of_one_file_copies_one_run(void **state) {
	(void)state;
	struct store_model model = {0};
	fill(&model);
	for (size_t place = 0; place < PLACES; place += 7) {
		struct file_change change = make_change(&model, place, false);
		struct file_runs changed = {0};
		assert_true(file_runs_change(&changed, &model.runs, &change, 1));
		assert_int_equal(changed.count, model.runs.count);
		assert_int_equal(count_shared(&changed, &model.runs), changed.count - 1);
		file_runs_finish(&model.runs);
		model.runs = changed;
		card_file_release(change.file);
	}
	check(&model);
	file_runs_finish(&model.runs);
}

static void test_without_changes_all_is_shared(void **state) {
	(void)state;
	struct store_model model = {0};
	struct file_runs runs = {0};
	fill(&model);
	assert_true(file_runs_change(&runs, &model.runs, NULL, 0));
	assert_int_equal(count_shared(&runs, &model.runs), model.runs.count);
	assert_int_equal(runs.file_count, PLACES);
	file_runs_finish(&runs);
	file_runs_finish(&model.runs);
	assert_true(file_runs_change(&runs, &model.runs, NULL, 0));
	assert_int_equal(runs.count, 0);
	file_runs_finish(&runs);
}

static void test_a_place_is_found_between_files_and_at_both_ends(void **state) {
	(void)state;
	struct store_model model = {0};
	fill(&model);
	struct file_cursor cursor = file_runs_seek(&model.runs, "/a");
	assert_string_equal(loaded_file_path(file_runs_next(&model.runs, &cursor)), "/s/0000.yaml");
	cursor = file_runs_seek(&model.runs, "/s/0700");
	assert_string_equal(loaded_file_path(file_runs_next(&model.runs, &cursor)), "/s/0700.yaml");
	cursor = file_runs_seek(&model.runs, "/s/0700.yaml.");
	assert_string_equal(loaded_file_path(file_runs_next(&model.runs, &cursor)), "/s/0701.yaml");
	cursor = file_runs_seek(&model.runs, "/t");
	assert_null(file_runs_next(&model.runs, &cursor));
	file_runs_finish(&model.runs);
	cursor = file_runs_seek(&model.runs, "/s");
	assert_null(file_runs_next(&model.runs, &cursor));
}

static struct document_set *acquire_served(const struct file_runs *runs, size_t place) {
	const struct loaded_file *file = find(runs, place);
	assert_non_null(file);
	return file == NULL ? NULL : document_set_acquire(file->set);
}

static void test_attempts_are_found_among_files(void **state) {
	(void)state;
	static const size_t places[] = {3, 700, 701};
	enum { ATTEMPTS = sizeof(places) / sizeof(places[0]) };
	struct store_model model = {0};
	struct file_change changes[ATTEMPTS];
	fill(&model);
	for (size_t i = 0; i < ATTEMPTS; i++) {
		changes[i] = make_change(&model, places[i], false);
		changes[i].new.attempt = changes[i].new.set;
		changes[i].new.set = acquire_served(&model.runs, places[i]);
	}
	apply(&model, changes, ATTEMPTS);
	struct file_cursor cursor = {0};
	for (size_t i = 0; i < ATTEMPTS; i++) {
		const struct loaded_file *file = file_runs_next_attempt(&model.runs, &cursor);
		assert_ptr_equal(file, find(&model.runs, places[i]));
		assert_int_equal(
			loaded_file_newest(file)->file->modified, model.versions[places[i]]);
		assert_true(file->set->file->modified < model.versions[places[i]]);
	}
	assert_null(file_runs_next_attempt(&model.runs, &cursor));
	file_runs_finish(&model.runs);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_runs_hold_what_random_changes_leave),
		cmocka_unit_test(test_a_change_of_one_file_copies_one_run),
		cmocka_unit_test(test_without_changes_all_is_shared),
		cmocka_unit_test(test_a_place_is_found_between_files_and_at_both_ends),
		cmocka_unit_test(test_attempts_are_found_among_files),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
