/*
 * What fairseq2 leaves of a training run: model.yaml, a directory for each step that was kept, and
 * the steps' scores. The cards of a step are made up, one file of them a step.
 */
#include "base/array.h"
#include "base/file.h"
#include "stores/kinds.h"
#include "stores/reader.h"
#include "yaml/read.h"
#include "yaml/write.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	SCORE_SIZE_LIMIT = 4096,
	NUMBER_LENGTH = 19, /* digits that always fit 64 bits */
	NAME_SIZE = 64,
};

struct step {
	uint64_t number;
	const char *model; /* its name below the step's directory, as a locator has it */
	int64_t modified;
	bool has_score;
	double score;
	size_t rank; /* among those with a score, the best first */
};

struct run {
	struct text location;
	int descriptor;
	struct card_reader reader;
	struct step *steps;
	size_t count;
	size_t capacity;
	int fault; /* an errno: something of it is there, and could not be looked at; or 0 */
};

/* The model of a step as releases of fairseq2 have saved it, the newest first. */
static const struct {
	const char *file;
	const char *locator;
} models[] = {
	{"model", "model"},
	{"model.pt", "model.pt"},
	{"model.0.pt", "model.{shard_idx}.pt"},
};

/* Where the score of a step is, likewise. */
static const struct {
	const char *before;
	const char *after;
} score_files[] = {
	{"scores/step_", ".txt"},
	{"step_", "/score.txt"},
};

static void add_problem(struct run *run, const char *name, const char *message) {
	struct buffer path = {0};
	file_join(&path, run->location, text_of(name));
	problem_list_add(run->reader.problems, PROBLEM_ERROR, buffer_text(&path), 0, 0, TEXT(""),
		"%s", message);
	run->reader.problems->failed |= path.failed;
	buffer_finish(&path);
}

static bool is_absence(int system_error) {
	return system_error == ENOENT || system_error == ENOTDIR;
}

static void note_fault(struct run *run, int system_error) {
	if (!is_absence(system_error) && system_error != EACCES) {
		run->fault = system_error;
	}
}

/* Only the one way of writing a number that fairseq2 writes: "7", not "007". */
static bool parse_step(const char *name, uint64_t *number) {
	static const char prefix[] = "step_";
	if (strncmp(name, prefix, sizeof(prefix) - 1) != 0) {
		return false;
	}
	const char *digits = name + sizeof(prefix) - 1;
	const size_t length = strspn(digits, "0123456789");
	if (length == 0 || length > NUMBER_LENGTH || digits[length] != '\0' ||
		(digits[0] == '0' && length > 1)) {
		return false;
	}
	*number = strtoull(digits, NULL, 10);
	return true;
}

static bool enters(const char *name, unsigned depth) {
	uint64_t number;
	return depth == 0 && (strcmp(name, "scores") == 0 || parse_step(name, &number));
}

/*
 * What is made up of a step is as new as its directory, so that all that comes and goes there
 * matters. A model may be written for minutes, and its content says nothing here.
 */
static enum store_concern minds(const char *name, unsigned depth) {
	const struct text text = text_of(name);
	if (text_ends_with(text, TEXT(".txt")) || strcmp(name, "model.yaml") == 0) {
		return CONCERN_CONTENT;
	}
	return depth > 0 || enters(name, depth) ? CONCERN_EXISTENCE : CONCERN_NONE;
}

static const struct store_scope scope = {
	.enters = enters,
	.minds = minds,
	.depth_limit = 1,
	.last_content_depth = 1,
	.follows_links = true,
};

static const char *find_model(struct run *run, uint64_t number) {
	for (size_t i = 0; i < sizeof(models) / sizeof(*models); i++) {
		char path[NAME_SIZE];
		snprintf(path, sizeof(path), "step_%" PRIu64 "/%s", number, models[i].file);
		if (faccessat(run->descriptor, path, F_OK, 0) == 0) {
			return models[i].locator;
		}
		note_fault(run, errno);
	}
	return models[0].locator;
}

static bool add_step(struct run *run, const struct step *step) {
	struct step *steps =
		array_make_room(run->steps, run->count, &run->capacity, sizeof(*steps));
	if (steps == NULL) {
		return false;
	}
	run->steps = steps;
	run->steps[run->count++] = *step;
	return true;
}

static bool find_steps(struct run *run, DIR *directory, struct error *error) {
	for (;;) {
		errno = 0;
		const struct dirent *entry = readdir(directory);
		if (entry == NULL) {
			break;
		}
		struct step step = {0};
		struct stat status;
		if (!parse_step(entry->d_name, &step.number)) {
			continue;
		}
		if (fstatat(run->descriptor, entry->d_name, &status, 0) != 0) {
			note_fault(run, errno);
			continue;
		}
		if (!S_ISDIR(status.st_mode)) {
			continue;
		}
		step.model = find_model(run, step.number);
		step.modified = card_reader_nanoseconds(status.st_mtim);
		if (!add_step(run, &step)) {
			return error_set_memory(error);
		}
	}
	if (errno != 0) {
		note_fault(run, errno);
	}
	return true;
}

/* As Python reads a float, so without C's hexadecimal ones; NaN has no rank. */
static bool parse_score(struct text line, double *score) {
	const struct text number = text_strip(line);
	if (number.length == 0 || number.length > SCORE_SIZE_LIMIT) {
		return false;
	}
	char digits[SCORE_SIZE_LIMIT + 1], *end;
	memcpy(digits, number.data, number.length);
	digits[number.length] = '\0';
	*score = strtod(digits, &end);
	return strpbrk(digits, "xX(") == NULL && end == digits + number.length && !isnan(*score);
}

static void take_score(
	struct run *run, struct step *step, const char *name, const struct stat *status) {
	const struct text text = buffer_text(&run->reader.content);
	step->has_score = parse_score(text_part(text, 0, text_index(text, '\n')), &step->score);
	if (!step->has_score) {
		add_problem(run, name, "the score is not a number; mend or remove it");
	}
	const int64_t modified = card_reader_nanoseconds(status->st_mtim);
	step->modified = modified > step->modified ? modified : step->modified;
}

static bool read_score(struct run *run, struct step *step, struct error *error) {
	for (size_t i = 0; i < sizeof(score_files) / sizeof(*score_files); i++) {
		char name[NAME_SIZE];
		snprintf(name, sizeof(name), "%s%" PRIu64 "%s", score_files[i].before, step->number,
			score_files[i].after);
		struct stat status;
		struct error failure = {0};
		if (file_read(run->descriptor, name, SCORE_SIZE_LIMIT, &run->reader.content,
			    &status, &failure)) {
			take_score(run, step, name, &status);
			return true;
		}
		if (failure.kind == ERROR_MEMORY) {
			return error_set_memory(error);
		}
		if (!is_absence(failure.system_error)) {
			add_problem(run, name, failure.message);
			note_fault(run, failure.system_error);
		}
	}
	return true;
}

static int compare_scores(const void *a, const void *b) {
	const struct step *one = a, *other = b;
	if (one->has_score != other->has_score) {
		return one->has_score ? -1 : 1;
	}
	if (one->has_score && one->score != other->score) {
		return one->score > other->score ? -1 : 1;
	}
	return one->number > other->number ? -1 : one->number < other->number;
}

static bool append_card(struct buffer *text, const char *name, const char *checkpoint) {
	struct arena arena = {0};
	const struct {
		const char *key, *value;
	} fields[] = {{"name", name}, {"base", "checkpoint"}, {"checkpoint", checkpoint}};
	struct value_pair pairs[sizeof(fields) / sizeof(*fields)];
	bool done = true;
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		pairs[i].key = value_create_string(&arena, text_of(fields[i].key));
		pairs[i].value = value_create_string(&arena, text_of(fields[i].value));
		done = done && pairs[i].key != NULL && pairs[i].value != NULL;
	}
	const struct value *card = NULL;
	if (done) {
		card = value_create_mapping(
			&arena, VALUE_MAPPING, pairs, sizeof(fields) / sizeof(*fields));
	}
	if (card != NULL) {
		buffer_append_string(text, "---\n");
		yaml_write(text, card);
	}
	arena_finish(&arena);
	return card != NULL && !text->failed;
}

/* What a step is called; the ranks are fairseq2's, from 0. */
static bool append_cards(
	struct buffer *text, const struct step *step, bool is_last, const char *checkpoint) {
	char name[NAME_SIZE];
	snprintf(name, sizeof(name), "checkpoint_step_%" PRIu64, step->number);
	bool done = append_card(text, name, checkpoint);
	if (is_last) {
		done = done && append_card(text, "last_checkpoint", checkpoint);
	}
	if (!step->has_score) {
		return done;
	}
	if (step->rank == 0) {
		done = done && append_card(text, "best_checkpoint", checkpoint);
	}
	snprintf(name, sizeof(name), "best_checkpoint_%zu", step->rank);
	return done && append_card(text, name, checkpoint);
}

static bool add_step_file(
	struct run *run, const struct step *step, bool is_last, struct error *error) {
	struct buffer path = {0}, checkpoint = {0}, text = {0};
	char name[NAME_SIZE];
	snprintf(name, sizeof(name), "step_%" PRIu64, step->number);
	file_join(&path, run->location, text_of(name));
	file_join(&checkpoint, buffer_text(&path), text_of(step->model));
	const bool done = !path.failed && !checkpoint.failed &&
			  append_cards(&text, step, is_last, checkpoint.data) &&
			  card_reader_add_text(&run->reader, buffer_text(&path), run->location,
				  buffer_text(&text), step->modified, error);
	buffer_finish(&text);
	buffer_finish(&checkpoint);
	buffer_finish(&path);
	return done || error_set_memory(error);
}

static bool list_steps(struct run *run, struct error *error) {
	uint64_t last = 0;
	for (size_t i = 0; i < run->count; i++) {
		if (!read_score(run, &run->steps[i], error)) {
			return false;
		}
		last = run->steps[i].number > last ? run->steps[i].number : last;
	}
	if (run->count > 0) {
		qsort(run->steps, run->count, sizeof(*run->steps), compare_scores);
	}
	for (size_t i = 0; i < run->count; i++) {
		run->steps[i].rank = i;
		if (!add_step_file(run, &run->steps[i], run->steps[i].number == last, error)) {
			return false;
		}
	}
	return true;
}

static bool is_named_checkpoint(const struct value *card) {
	const struct value *name =
		card->type == VALUE_MAPPING ? value_find(card, TEXT("name")) : NULL;
	return name != NULL && name->type == VALUE_STRING &&
	       text_equal(text_strip(name->canonical), TEXT("checkpoint"));
}

/* A document that cannot be read may do: whoever reads its card says what is wrong with it. */
static bool may_define_checkpoint(const struct card_file *file) {
	const struct text text = {file->text, file->length};
	struct arena arena = {0};
	struct yaml_slice slice = {0};
	bool found = false;
	while (!found && yaml_next_slice(text, &slice)) {
		const struct value *card;
		const enum yaml_result result =
			yaml_read(&arena, text, &slice, &yaml_default_limits, &card, NULL);
		found = result == YAML_READ_ERROR ||
			(result == YAML_READ_VALUE && is_named_checkpoint(card));
		arena_reset(&arena);
	}
	arena_finish(&arena);
	return found;
}

static bool list_run(struct run *run, DIR *directory, struct error *error) {
	static const char name[] = "model.yaml";
	const size_t before = run->reader.listing->count;
	if (!card_reader_add(&run->reader, run->descriptor, run->location, name, error)) {
		return false;
	}
	if (run->reader.listing->count == before) {
		if (faccessat(run->descriptor, name, F_OK, AT_SYMLINK_NOFOLLOW) != 0) {
			add_problem(run, name,
				"it does not exist, so this is no directory of checkpoints");
		}
		return true;
	}
	if (!may_define_checkpoint(run->reader.listing->files[before])) {
		add_problem(run, name, "no card in it is named checkpoint: the steps are left out");
		return true;
	}
	if (!text_is_utf8(run->location)) {
		add_problem(run, name,
			"its path is not UTF-8, which no card can say: the steps are left out");
		return true;
	}
	return find_steps(run, directory, error) && list_steps(run, error);
}

/* The steps are ranked among each other: if one is in doubt, all are. */
static bool fail_run(struct run *run, size_t count, struct error *error) {
	struct card_reader *reader = &run->reader;
	struct error failure = {0};
	error_set_system(&failure, run->fault, "cannot look at its steps");
	while (reader->previous != NULL && reader->listing->count > count) {
		card_file_release(reader->listing->files[--reader->listing->count]);
	}
	return card_reader_fail(reader, run->location.data, &failure, error);
}

static bool checkpoints_list(struct store *store, const struct store_listing *previous,
	struct store_listing *listing, struct problem_list *problems, struct error *error) {
	struct run run = {
		.location = text_of(store->location),
		.reader =
			{
				.size_limit = store->file_size_limit,
				.previous = previous,
				.listing = listing,
				.problems = problems,
			},
	};
	DIR *directory = opendir(store->location);
	if (directory == NULL) {
		struct error failure = {0};
		error_set_system(&failure, errno, "cannot open the directory of checkpoints");
		return card_reader_fail(&run.reader, store->location, &failure, error);
	}
	run.descriptor = dirfd(directory);
	const size_t before = listing->count;
	bool done = list_run(&run, directory, error);
	if (done && run.fault != 0) {
		done = fail_run(&run, before, error);
	}
	free(run.steps);
	card_reader_finish(&run.reader);
	closedir(directory);
	return done;
}

const struct store_type store_checkpoints_type = {
	.kind = "checkpoints",
	.open = store_directory_open,
	.list = checkpoints_list,
	.scope = &scope,
};
