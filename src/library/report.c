#include "library/handle.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What is reported where there is no memory to report in. */
static struct cardfs_error no_memory = {CARDFS_ERROR_MEMORY, ENOMEM, "out of memory"};

static const enum cardfs_error_kind kinds[] = {
	[ERROR_NONE] = CARDFS_ERROR_NONE,
	[ERROR_MEMORY] = CARDFS_ERROR_MEMORY,
	[ERROR_INVALID] = CARDFS_ERROR_INVALID,
	[ERROR_LIMIT] = CARDFS_ERROR_LIMIT,
	[ERROR_NOT_FOUND] = CARDFS_ERROR_NOT_FOUND,
	[ERROR_SYSTEM] = CARDFS_ERROR_SYSTEM,
	[ERROR_USAGE] = CARDFS_ERROR_USAGE,
};

bool report_message(
	struct cardfs_error **error, enum cardfs_error_kind kind, int number, struct text message) {
	if (error == NULL) {
		return false;
	}
	struct cardfs_error *report = malloc(sizeof(*report) + message.length + 1);
	if (report == NULL) {
		*error = &no_memory;
		return false;
	}
	char *copy = (char *)(report + 1);
	if (message.length > 0) {
		memcpy(copy, message.data, message.length);
	}
	copy[message.length] = '\0';
	*report = (struct cardfs_error){kind, number, copy};
	*error = report;
	return false;
}

bool report(struct cardfs_error **error, const struct error *fault) {
	return report_message(
		error, kinds[fault->kind], error_number(fault), text_of(fault->message));
}

const char *cardfs_version(void) {
	return CARDFS_VERSION;
}

enum cardfs_error_kind cardfs_error_kind(const struct cardfs_error *error) {
	return error == NULL ? CARDFS_ERROR_NONE : error->kind;
}

const char *cardfs_error_message(const struct cardfs_error *error) {
	return error == NULL ? "" : error->message;
}

int cardfs_error_number(const struct cardfs_error *error) {
	return error == NULL ? 0 : error->number;
}

void cardfs_error_free(struct cardfs_error *error) {
	if (error != &no_memory) {
		free(error);
	}
}
