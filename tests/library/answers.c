/*
 * What libcardfs answers, for tests/library/run to compare with the command. C and C++ alike.
 *
 *     answers names|find|problems [CONDITION...]      a line each
 *     answers json NAME...                            each as cardfs show --json
 *     answers path NAME [FIELD]                       as cardfs path, also in its exit status
 */
#include <cardfs.h>

#include <stdio.h>
#include <string.h>

static int fail(struct cardfs_error *error) {
	const int is_broken = cardfs_error_kind(error) == CARDFS_ERROR_BROKEN;
	fprintf(stderr, "%s%s\n", is_broken ? "" : "cardfs: ", cardfs_error_message(error));
	cardfs_error_free(error);
	return is_broken ? 1 : 2;
}

static int print_list(struct cardfs_list *list, struct cardfs_error *error) {
	if (list == NULL) {
		return fail(error);
	}
	for (size_t i = 0; i < cardfs_list_count(list); i++) {
		puts(cardfs_list_item(list, i, NULL));
	}
	cardfs_list_free(list);
	return 0;
}

static int print_json(struct cardfs_stores *stores, const char *name) {
	struct cardfs_error *error = NULL;
	struct cardfs_card *card = cardfs_resolve(stores, name, &error);
	if (card == NULL) {
		return fail(error);
	}
	size_t length;
	char *json = cardfs_card_json(card, &length, &error);
	if (json != NULL) {
		fwrite(json, 1, length, stdout);
	}
	cardfs_text_free(json);
	cardfs_card_free(card);
	return json != NULL ? 0 : fail(error);
}

static int print_path(struct cardfs_stores *stores, const char *name, const char *field) {
	struct cardfs_error *error = NULL;
	struct cardfs_card *card = cardfs_resolve(stores, name, &error);
	if (card == NULL) {
		return fail(error);
	}
	struct cardfs_location *location = cardfs_locate(card, field, &error);
	if (location != NULL) {
		puts(cardfs_location_path(location));
	}
	const int status = location != NULL ? 0 : fail(error);
	cardfs_location_free(location);
	cardfs_card_free(card);
	return status;
}

static int answer(struct cardfs_stores *stores, int count, char **arguments) {
	struct cardfs_error *error = NULL;
	if (strcmp(arguments[0], "names") == 0) {
		struct cardfs_list *names = cardfs_names(stores, &error);
		return print_list(names, error);
	}
	if (strcmp(arguments[0], "problems") == 0) {
		struct cardfs_list *problems = cardfs_problems(stores, &error);
		return print_list(problems, error);
	}
	if (strcmp(arguments[0], "find") == 0) {
		const char *const *conditions = (const char *const *)(arguments + 1);
		struct cardfs_list *found =
			cardfs_find(stores, conditions, (size_t)count - 1, &error);
		return print_list(found, error);
	}
	if (strcmp(arguments[0], "path") == 0) {
		return print_path(stores, arguments[1], count > 2 ? arguments[2] : "checkpoint");
	}
	int status = 0;
	for (int i = 1; i < count; i++) {
		const int one = print_json(stores, arguments[i]);
		status = one > status ? one : status;
	}
	return status;
}

int main(int count, char **arguments) {
	if (count < 2) {
		return 2;
	}
	struct cardfs_error *error = NULL;
	struct cardfs_stores *stores = cardfs_open(NULL, &error);
	const int status = stores != NULL ? answer(stores, count - 1, arguments + 1) : fail(error);
	cardfs_close(stores);
	return status;
}
