/*
 * A resolved card: what a name means in some environments, merged from its chain of documents.
 * Immutable but for the renderings that it keeps; shared by counting.
 */
#ifndef CARDFS_CARD_CARD_H
#define CARDFS_CARD_CARD_H

#include "base/problem.h"
#include "base/table.h"
#include "stores/store.h"
#include "yaml/value.h"

#include <pthread.h>

/* A document that took part, nearest first: environment's before own, own before base's. */
struct card_source {
	struct card_file *file; /* with a reference */
	uint32_t line;
	struct text name;
	struct text environment;
};

struct card_field {
	const struct value *key;
	/*
	 * As it stands in the merged view: composed along the chain, a relative locator absolute.
	 */
	const struct value *value;
	const struct card_source *source; /* the document that set it */
	bool is_locator;                  /* a string in a locator field */
	bool was_relative;                /* a locator that was a relative path as written */
};

enum card_rendering { CARD_YAML, CARD_JSON, CARD_ERROR };

struct card {
	atomic_uint references;
	struct arena arena; /* of everything below */
	struct text name;
	bool is_broken;   /* it has no fields then, and problems say why */
	struct text base; /* empty for a root */
	struct card_source *sources;
	size_t source_count;
	struct card_field *fields; /* without name and base; own ones first, then each base's */
	size_t field_count;
	const struct value *value; /* the merged view: name and the fields; NULL when broken */
	struct text directory;     /* what relative locators were joined to */
	int64_t modified;          /* the newest of the files that took part; nanoseconds */
	/*
	 * Why it is broken, or what could not be composed, sorted; every one names the asset.
	 */
	struct problem_list problems;

	pthread_mutex_t lock;        /* of what is made on demand: */
	struct buffer renderings[3]; /* by enum card_rendering; empty until asked for */
	struct table memos;
};

/* Returns an empty card of that name (copied) with one reference; NULL when there is no memory. */
struct card *card_create(struct text name);

struct card *card_acquire(struct card *card);
void card_release(struct card *card);

/* The field with that string as key, or NULL. */
const struct card_field *card_find(const struct card *card, struct text key);

/*
 * Appends the whole content of card.yaml, card.json or card.error. It is made on first use and
 * kept, unless aliases make it far larger than the card. Returns false for want of memory. A broken
 * card has CARD_ERROR alone, any other the other two ("layout.md, Assets").
 */
bool card_render(struct card *card, enum card_rendering rendering, struct buffer *content,
	struct error *error);

/*
 * What others derive from a part of the card and want to find again: card_recall returns what was
 * kept under that part, or NULL. card_keep keeps data, to be freed by destroy with the card, and
 * returns what is kept now: another's data where that was quicker (data is destroyed then), NULL
 * (data destroyed) without memory.
 */
void *card_recall(struct card *card, const void *part);
void *card_keep(struct card *card, const void *part, void *data, void (*destroy)(void *data));

#endif
