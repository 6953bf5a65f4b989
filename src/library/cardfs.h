/*
 * libcardfs: fairseq2 asset cards without a mount. Opens the stores that the command cardfs opens,
 * and answers what it answers, in C, C++, and whatever can call C.
 *
 *     struct cardfs_error *error = NULL;
 *     struct cardfs_stores *stores = cardfs_open(NULL, &error);
 *     struct cardfs_card *card = cardfs_resolve(stores, "llama3_2_1b", &error);
 *     struct cardfs_location *location = cardfs_locate(card, "checkpoint", &error);
 *     puts(cardfs_location_path(location));
 *
 * Types are opaque. What a function creates, the function named for it frees, which accepts NULL.
 * A pointer to const, or a string that is const, is borrowed: it lives as long as what it was asked
 * of. Strings are UTF-8 where the card is; each ends with a NUL, and may hold others where a length
 * comes with it. length may be NULL.
 *
 * A function that can fail takes error, which may be NULL: it returns NULL or false, and sets
 * *error to what the caller frees with cardfs_error_free. Every one of them can fail for want of
 * memory. *error is left alone on success.
 *
 * Threads: stores and cards may be used from several threads at once, but for freeing them;
 * options, and lists while they are freed, by one thread at a time. Nothing here changes the
 * process: no signal handlers, no output, no change of directory or locale. Opening and reloading
 * read the environment (HOME, XDG_*, FAIRSEQ2_*, CARDFS_*, HF_*), which must not be set meanwhile.
 *
 * docs/library.md says more, with examples in C and Python.
 */
#ifndef CARDFS_H
#define CARDFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CARDFS_API __attribute__((visibility("default")))

/* The version of the library that is running: "MAJOR.MINOR.PATCH". */
CARDFS_API const char *cardfs_version(void);

/* ---- errors ---- */

struct cardfs_error;

/* Further kinds may come. */
enum cardfs_error_kind {
	CARDFS_ERROR_NONE = 0,
	CARDFS_ERROR_MEMORY = 1,    /* no memory */
	CARDFS_ERROR_INVALID = 2,   /* what somebody wrote is not valid */
	CARDFS_ERROR_LIMIT = 3,     /* a limit was hit */
	CARDFS_ERROR_NOT_FOUND = 4, /* there is no such card, or field */
	CARDFS_ERROR_SYSTEM = 5,    /* a system call failed: cardfs_error_number says how */
	CARDFS_ERROR_USAGE = 6,     /* what was asked is wrong: an option, a condition */
	CARDFS_ERROR_BROKEN = 7,    /* the card is there, and does not resolve */
};

/* CARDFS_ERROR_NONE for NULL. */
CARDFS_API enum cardfs_error_kind cardfs_error_kind(const struct cardfs_error *error);

/*
 * A sentence for a person, without a line break at its end; of CARDFS_ERROR_BROKEN a line for each
 * problem, "FILE:LINE: SENTENCE". "" for NULL.
 */
CARDFS_API const char *cardfs_error_message(const struct cardfs_error *error);

/* The errno that stands for the error; 0 for NULL. */
CARDFS_API int cardfs_error_number(const struct cardfs_error *error);

CARDFS_API void cardfs_error_free(struct cardfs_error *error);

/* ---- options ---- */

struct cardfs_options;

/* Returns options of which none is set, whatever the configuration file says. */
CARDFS_API struct cardfs_options *cardfs_options_create(struct cardfs_error **error);

/*
 * Lays the configuration file, and the environment that its rules or $CARDFS_ENV choose, over
 * options, as every command does before it looks at its arguments. What is wrong in the file is
 * left for cardfs_open to say.
 */
CARDFS_API bool cardfs_options_load(struct cardfs_options *options, struct cardfs_error **error);

/*
 * Sets an option as a mount table has it, "NAME" or "NAME=VALUE" (copied): env=NAME, store=LOCATION
 * (may be repeated), nodefaults, nobuiltin, nosystem, nouser, conflicts=error|shadow,
 * locators=A:B. Those that only concern mounts have no effect. Fails with CARDFS_ERROR_USAGE for
 * what is no option, or no value of it, with the nearest one.
 */
CARDFS_API bool cardfs_options_set(
	struct cardfs_options *options, const char *option, struct cardfs_error **error);

CARDFS_API void cardfs_options_free(struct cardfs_options *options);

/* ---- lists of strings ---- */

struct cardfs_list;

CARDFS_API size_t cardfs_list_count(const struct cardfs_list *list);

/* The one of that index, and its length in bytes; NULL, and 0, behind the last. */
CARDFS_API const char *cardfs_list_item(
	const struct cardfs_list *list, size_t index, size_t *length);

CARDFS_API void cardfs_list_free(struct cardfs_list *list);

/* ---- stores ---- */

struct cardfs_stores;

/*
 * Opens stores and reads their cards. options NULL: as the command cardfs does without any, with
 * the configuration file. Otherwise just what options say; they may be freed afterwards, but not
 * changed. Fails with CARDFS_ERROR_INVALID for a configuration file that cannot be used, and for a
 * location that can be no store. Cards that cannot be read do not fail it: cardfs_problems has
 * them.
 */
CARDFS_API struct cardfs_stores *cardfs_open(
	const struct cardfs_options *options, struct cardfs_error **error);

/*
 * Reads again what changed since. Cards that were resolved before stay what they were. Where it
 * fails, the stores are as they were.
 */
CARDFS_API bool cardfs_reload(struct cardfs_stores *stores, struct cardfs_error **error);

/* The environment in force, "" for none beside "user". */
CARDFS_API const char *cardfs_environment(const struct cardfs_stores *stores);

/* The names of all assets, broken ones too, sorted by bytes: the names at the root of a mount. */
CARDFS_API struct cardfs_list *cardfs_names(
	struct cardfs_stores *stores, struct cardfs_error **error);

/*
 * The names of the assets that resolve and meet every condition, sorted: what `cardfs find` prints;
 * of no condition, what `cardfs list` does. Conditions are "FIELD=VALUE", "FIELD!=VALUE",
 * "FIELD<NUMBER" (<=, >, >=), "FIELD" and "!FIELD"; fails with CARDFS_ERROR_USAGE for anything
 * else. Resolves every card.
 */
CARDFS_API struct cardfs_list *cardfs_find(struct cardfs_stores *stores,
	const char *const *conditions, size_t count, struct cardfs_error **error);

/*
 * What is wrong in the stores' files and between them, sorted: "FILE:LINE: SENTENCE". What is wrong
 * with a card alone, cardfs_resolve says.
 */
CARDFS_API struct cardfs_list *cardfs_problems(
	struct cardfs_stores *stores, struct cardfs_error **error);

/* Cards of the stores stay usable. */
CARDFS_API void cardfs_close(struct cardfs_stores *stores);

/* ---- cards ---- */

struct cardfs_card;

/*
 * Resolves the card that "NAME" means in the environment in force, "NAME@ENVIRONMENT" in exactly
 * that one, "NAME@" in none. Fails with CARDFS_ERROR_NOT_FOUND, and the nearest names, where there
 * is none, and with CARDFS_ERROR_BROKEN where it does not resolve.
 */
CARDFS_API struct cardfs_card *cardfs_resolve(
	struct cardfs_stores *stores, const char *request, struct cardfs_error **error);

CARDFS_API const char *cardfs_card_name(const struct cardfs_card *card, size_t *length);

/* "model", "dataset", "tokenizer" or "other", by the family field that it has. */
CARDFS_API const char *cardfs_card_kind(const struct cardfs_card *card);

/*
 * The content of its card.yaml or card.json, to be freed with cardfs_text_free: what `cardfs show`
 * prints. docs/layout.md says how values that JSON lacks are spelled.
 */
CARDFS_API char *cardfs_card_yaml(
	const struct cardfs_card *card, size_t *length, struct cardfs_error **error);
CARDFS_API char *cardfs_card_json(
	const struct cardfs_card *card, size_t *length, struct cardfs_error **error);
CARDFS_API void cardfs_text_free(char *text);

CARDFS_API void cardfs_card_free(struct cardfs_card *card);

/* ---- values ---- */

/* A value of a card; it lives as long as the card. */
struct cardfs_value;

enum cardfs_value_type {
	CARDFS_NULL = 0,
	CARDFS_BOOLEAN = 1,
	CARDFS_INTEGER = 2, /* of any size */
	CARDFS_FLOAT = 3,
	CARDFS_STRING = 4,
	CARDFS_DATE = 5,
	CARDFS_DATETIME = 6,
	CARDFS_BINARY = 7,
	CARDFS_SEQUENCE = 8,
	CARDFS_MAPPING = 9,
	CARDFS_SET = 10,         /* keys whose values are null */
	CARDFS_ORDERED_MAP = 11, /* a mapping in which order counts */
	CARDFS_PAIRS = 12,       /* the same, and keys may repeat */
};

/* All of the card: a mapping of "name" and every field, merged along its bases. */
CARDFS_API const struct cardfs_value *cardfs_card_value(const struct cardfs_card *card);

CARDFS_API enum cardfs_value_type cardfs_value_type(const struct cardfs_value *value);

/* What a boolean says; false for any other value. */
CARDFS_API bool cardfs_value_boolean(const struct cardfs_value *value);

/* Sets *integer. Returns false for what is no integer, or one that does not fit. */
CARDFS_API bool cardfs_value_integer(const struct cardfs_value *value, int64_t *integer);

/* What a float or an integer says, rounded to a double; NaN for any other value. */
CARDFS_API double cardfs_value_number(const struct cardfs_value *value);

/*
 * A scalar's text and its length: of a string the string, of binary the bytes, of an integer its
 * decimal digits, of a date "2001-12-14", of a date with time "2001-12-14T21:59:43", with a
 * fraction and "+01:30" where it has them; of others as the card has it. NULL, and 0, for what is
 * no scalar.
 */
CARDFS_API const char *cardfs_value_text(const struct cardfs_value *value, size_t *length);

/* How many items a sequence has, or pairs anything that has keys; 0 for a scalar. */
CARDFS_API size_t cardfs_value_count(const struct cardfs_value *value);

/* An item of a sequence, or the value of a pair; NULL behind the last. */
CARDFS_API const struct cardfs_value *cardfs_value_item(
	const struct cardfs_value *value, size_t index);

/* The key of a pair, which is a value of any type; NULL behind the last, and of a sequence. */
CARDFS_API const struct cardfs_value *cardfs_value_key(
	const struct cardfs_value *value, size_t index);

/* The value of the key of a mapping that is that string; NULL where there is none. */
CARDFS_API const struct cardfs_value *cardfs_value_find(
	const struct cardfs_value *value, const char *key);

/* ---- locators ---- */

struct cardfs_location;

/* Further states may come. */
enum cardfs_location_state {
	CARDFS_LOCAL = 0,   /* a file of this machine, and it exists */
	CARDFS_MISSING = 1, /* a file of this machine that does not exist */
	CARDFS_CACHED = 2,  /* something remote, in its cache */
	CARDFS_REMOTE = 3,  /* something remote: not in its cache, or nothing here reads it */
	CARDFS_GATED = 4,   /* the same, and access has to be asked for */
};

/*
 * Finds where the locator in a field of a card leads, "checkpoint" for one: what `cardfs path`
 * prints, through the other cards that it refers to. Looks at the target, and nothing else of the
 * network or of it. Fails with CARDFS_ERROR_NOT_FOUND where the card has no such field, or no
 * locator there, and with CARDFS_ERROR_INVALID where it leads nowhere.
 */
CARDFS_API struct cardfs_location *cardfs_locate(
	const struct cardfs_card *card, const char *field, struct cardfs_error **error);

/* The absolute path, of what is not on this machine the one that it would have. */
CARDFS_API const char *cardfs_location_path(const struct cardfs_location *location);

/* The URI that the locator is; "" for a path. */
CARDFS_API const char *cardfs_location_uri(const struct cardfs_location *location);

CARDFS_API enum cardfs_location_state cardfs_location_state(const struct cardfs_location *location);

CARDFS_API void cardfs_location_free(struct cardfs_location *location);

#ifdef __cplusplus
}
#endif

#endif
