#include "base/problem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SMALLEST_CAPACITY = 16, TEXT_SIZE = 1024 };

/* A list is cut when it has come to this, and whenever it has doubled since. */
enum { FEW = 16 * PROBLEMS_OF_A_FILE };

static const char *const severity_names[] = {
	[PROBLEM_ERROR] = "error",
	[PROBLEM_WARNING] = "warning",
	[PROBLEM_NOTE] = "note",
};

static const char unknown_rest[] =
	"from here on the file has more problems, to be seen when those before are mended";

static void finish(struct problem *problem) {
	free(problem->file);
	free(problem->asset);
	free(problem->message);
}

void problem_list_finish(struct problem_list *list) {
	for (size_t i = 0; i < list->count; i++) {
		finish(&list->items[i]);
	}
	free(list->items);
	*list = (struct problem_list){0};
}

static bool reserve_one(struct problem_list *list) {
	if (list->count < list->capacity) {
		return true;
	}
	const size_t capacity = list->capacity == 0 ? SMALLEST_CAPACITY : list->capacity * 2;
	if (capacity > SIZE_MAX / sizeof(*list->items)) {
		return false;
	}
	struct problem *items = realloc(list->items, capacity * sizeof(*items));
	if (items == NULL) {
		return false;
	}
	list->items = items;
	list->capacity = capacity;
	return true;
}

/* Returns false only for want of memory: an empty text has no copy. */
static bool copy_text(char **copy, struct text text) {
	*copy = text.length == 0 ? NULL : strndup(text.data, text.length);
	return *copy != NULL || text.length == 0;
}

static bool copy_shortened(char **copy, struct text text) {
	char shortened[TEXT_SIZE];
	if (text.length < sizeof(shortened)) {
		return copy_text(copy, text);
	}
	memcpy(shortened, text.data, sizeof(shortened));
	text_mark_cut(shortened, sizeof(shortened));
	*copy = strdup(shortened);
	return *copy != NULL;
}

static int compare_strings(const char *a, const char *b) {
	return text_compare(text_of(a), text_of(b));
}

static int compare_numbers(uint32_t a, uint32_t b) {
	return (a > b) - (a < b);
}

static int compare(const void *left, const void *right) {
	const struct problem *a = left;
	const struct problem *b = right;
	int order = compare_strings(a->file, b->file);
	order = order != 0 ? order : compare_numbers(a->line, b->line);
	order = order != 0 ? order : compare_numbers(a->column, b->column);
	order = order != 0 ? order : compare_strings(a->message, b->message);
	order = order != 0 ? order : compare_strings(a->asset, b->asset);
	return order != 0 ? order : compare_numbers(a->severity, b->severity);
}

static void remove_repeats(struct problem_list *list) {
	size_t kept = 1;
	for (size_t i = 1; i < list->count; i++) {
		if (compare(&list->items[kept - 1], &list->items[i]) == 0) {
			finish(&list->items[i]);
		} else {
			list->items[kept++] = list->items[i];
		}
	}
	list->count = kept;
}

static size_t count_of_file(const struct problem_list *list, size_t first) {
	size_t count = 1;
	while (first + count < list->count &&
		compare_strings(list->items[first].file, list->items[first + count].file) == 0) {
		count++;
	}
	return count;
}

/* Has one problem in the place of the first of them. */
static void replace_rest(struct problem_list *list, struct problem *rest, size_t count) {
	enum problem_severity severity = rest[0].severity;
	for (size_t i = 1; i < count; i++) {
		severity = rest[i].severity < severity ? rest[i].severity : severity;
		finish(&rest[i]);
	}
	char *message = strdup(unknown_rest);
	list->failed = list->failed || message == NULL;
	free(rest[0].message);
	free(rest[0].asset);
	rest[0] = (struct problem){severity, rest[0].file, rest[0].line, 0, NULL, message};
}

/* Those of no file stay. */
static void cut(struct problem_list *list) {
	size_t kept = 0;
	for (size_t first = 0, count; first < list->count; first += count) {
		struct problem *items = &list->items[first];
		count = count_of_file(list, first);
		size_t left = count;
		if (items[0].file != NULL && count > PROBLEMS_OF_A_FILE + 1) {
			left = PROBLEMS_OF_A_FILE + 1;
			replace_rest(list, &items[PROBLEMS_OF_A_FILE], count - PROBLEMS_OF_A_FILE);
		}
		memmove(&list->items[kept], items, left * sizeof(*items));
		kept += left;
	}
	list->count = kept;
}

void problem_list_sort(struct problem_list *list) {
	if (list->count > 1) {
		qsort(list->items, list->count, sizeof(*list->items), compare);
		remove_repeats(list);
		cut(list);
	}
}

static void cut_when_long(struct problem_list *list) {
	if (list->count >= FEW && list->count / 2 >= list->cut_count) {
		problem_list_sort(list);
		list->cut_count = list->count;
	}
}

static void add(struct problem_list *list, const struct problem *place, struct text file,
	struct text asset, const char *message) {
	struct problem problem = *place;
	problem.message = strdup(message);
	const bool copied = copy_text(&problem.file, file) && copy_shortened(&problem.asset, asset);
	if (!copied || problem.message == NULL || !reserve_one(list)) {
		finish(&problem);
		list->failed = true;
		return;
	}
	list->items[list->count++] = problem;
	cut_when_long(list);
}

void problem_list_add(struct problem_list *list, enum problem_severity severity, struct text file,
	uint32_t line, uint32_t column, struct text asset, const char *format, ...) {
	char message[TEXT_SIZE] = "";
	va_list arguments;
	va_start(arguments, format);
	const int length = vsnprintf(message, sizeof(message), format, arguments);
	va_end(arguments);
	if (length >= TEXT_SIZE) {
		text_mark_cut(message, sizeof(message));
	}
	const struct problem place = {.severity = severity, .line = line, .column = column};
	add(list, &place, file, asset, message);
}

void problem_list_add_error(
	struct problem_list *list, struct text file, struct text asset, const struct error *error) {
	problem_list_add(
		list, PROBLEM_ERROR, file, error->line, error->column, asset, "%s", error->message);
}

void problem_list_add_rest(
	struct problem_list *list, struct text file, uint32_t line, size_t count) {
	problem_list_add(list, PROBLEM_ERROR, file, line, 0, TEXT(""),
		"from here on the file has %zu more problem%s, to be seen when those before are "
		"mended",
		count, count == 1 ? "" : "s");
}

void problem_list_add_all(struct problem_list *list, const struct problem_list *other) {
	for (size_t i = 0; i < other->count; i++) {
		const struct problem *problem = &other->items[i];
		problem_list_add(list, problem->severity, text_of(problem->file), problem->line,
			problem->column, text_of(problem->asset), "%s", problem->message);
	}
	list->failed = list->failed || other->failed;
}

bool problem_list_is_same(const struct problem_list *list, const struct problem_list *other) {
	bool is_same = list->count == other->count;
	for (size_t i = 0; is_same && i < list->count; i++) {
		is_same = compare(&list->items[i], &other->items[i]) == 0;
	}
	return is_same;
}

size_t problem_list_count(const struct problem_list *list, enum problem_severity severity) {
	size_t count = 0;
	for (size_t i = 0; i < list->count; i++) {
		count += list->items[i].severity == severity;
	}
	return count;
}

const char *problem_severity_name(enum problem_severity severity) {
	return severity_names[severity];
}

static void append_place(struct buffer *buffer, const struct problem *problem, bool with_column) {
	buffer_append_printable(buffer, text_of(problem->file));
	if (problem->line > 0) {
		buffer_append_format(buffer, ":%u", (unsigned)problem->line);
	}
	if (problem->line > 0 && problem->column > 0 && with_column) {
		buffer_append_format(buffer, ":%u", (unsigned)problem->column);
	}
	buffer_append_string(buffer, ": ");
}

void problem_append(struct buffer *buffer, const struct problem *problem, bool with_severity) {
	if (problem->file != NULL) {
		append_place(buffer, problem, with_severity);
	}
	if (with_severity) {
		buffer_append_format(buffer, "%s: ", problem_severity_name(problem->severity));
	}
	buffer_append_printable(buffer, text_of(problem->message));
}
