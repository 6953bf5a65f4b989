/*
 * Prints a card's fields, and where its checkpoint is, without a mount.
 *
 *     cc -o resolve resolve.c $(pkg-config --cflags --libs cardfs)
 *     ./resolve NAME[@ENVIRONMENT] [FIELD]
 */
#include <cardfs.h>

#include <stdio.h>

static int fail(struct cardfs_error *error) {
	fprintf(stderr, "resolve: %s\n", cardfs_error_message(error));
	cardfs_error_free(error);
	return 1;
}

static void print_value(const struct cardfs_value *value, int depth);

/* Items of a sequence have no key. */
static void print_item(const struct cardfs_value *value, size_t index, int depth) {
	const struct cardfs_value *key = cardfs_value_key(value, index);
	const struct cardfs_value *item = cardfs_value_item(value, index);
	const char *name = key != NULL ? cardfs_value_text(key, NULL) : NULL;
	printf("%*s%s%s", 2 * depth, "", name != NULL ? name : "-", name != NULL ? ":" : "");
	printf("%s", cardfs_value_count(item) > 0 ? "\n" : " ");
	print_value(item, depth + 1);
}

static void print_value(const struct cardfs_value *value, int depth) {
	size_t length;
	const char *text = cardfs_value_text(value, &length);
	if (text != NULL) {
		printf("%.*s\n", (int)length, text);
		return;
	}
	for (size_t i = 0; i < cardfs_value_count(value); i++) {
		print_item(value, i, depth);
	}
}

static int print_card(struct cardfs_stores *stores, const char *request, const char *field) {
	struct cardfs_error *error = NULL;
	struct cardfs_card *card = cardfs_resolve(stores, request, &error);
	if (card == NULL) {
		return fail(error);
	}
	print_value(cardfs_card_value(card), 0);
	struct cardfs_location *location = cardfs_locate(card, field, &error);
	int status = 0;
	if (location != NULL) {
		static const char *const states[] = {"on this machine", "missing", "in its cache",
			"not on this machine", "gated"};
		printf("\n%s is %s: %s\n", field, states[cardfs_location_state(location)],
			cardfs_location_path(location));
	} else if (cardfs_error_kind(error) == CARDFS_ERROR_NOT_FOUND) {
		printf("\n%s\n", cardfs_error_message(error));
		cardfs_error_free(error);
	} else {
		status = fail(error);
	}
	cardfs_location_free(location);
	cardfs_card_free(card);
	return status;
}

int main(int count, char **arguments) {
	if (count < 2 || count > 3) {
		fputs("usage: resolve NAME[@ENVIRONMENT] [FIELD]\n", stderr);
		return 2;
	}
	struct cardfs_error *error = NULL;
	struct cardfs_stores *stores = cardfs_open(NULL, &error);
	if (stores == NULL) {
		return fail(error);
	}
	int status = print_card(stores, arguments[1], count == 3 ? arguments[2] : "checkpoint");
	cardfs_close(stores);
	return status;
}
