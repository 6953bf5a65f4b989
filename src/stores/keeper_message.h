/*
 * What a keeper and its worker say to each other (stores/keepers.h), over a socket between two
 * processes of one program: requests of one byte, and messages with a length and a kind.
 */
#ifndef CARDFS_STORES_KEEPER_MESSAGE_H
#define CARDFS_STORES_KEEPER_MESSAGE_H

#include "stores/store.h"

/* What a worker asks. */
enum keeper_request {
	KEEPER_ANSWER = 'a', /* just answer */
	KEEPER_LOOK = 'l',   /* look at everything before */
	KEEPER_REPEAT = 'r', /* say all anew: it has been lost */
};

/* What a keeper says. */
enum keeper_message {
	KEEPER_ANSWERED = 1, /* so many requests are done, the start counted as one */
	KEEPER_LISTED,       /* what the store holds, and what is wrong with it */
	KEEPER_CHANGED,      /* the cache has */
	KEEPER_OUTDATED,     /* there is something else now, which this process may not read */
};

/* Appends a message without content. */
void keeper_message_append(struct buffer *messages, enum keeper_message kind);

/* Appends KEEPER_ANSWERED; and what it holds. */
void keeper_message_append_answer(struct buffer *messages, uint64_t done);
uint64_t keeper_message_read_answer(struct text content);

/*
 * Appends KEEPER_LISTED: of files that known (may be NULL) holds just so, the paths alone.
 */
void keeper_message_append_listing(struct buffer *messages, const struct store_listing *listing,
	const struct store_listing *known, const struct problem_list *problems);

/*
 * Takes the first message off the front of text. Returns false where it is not all there yet;
 * *content is what follows its kind.
 */
bool keeper_message_take(struct text *text, enum keeper_message *kind, struct text *content);

/*
 * Fills listing and problems, which are empty, with what a KEEPER_LISTED holds; known as it was for
 * who wrote it. Returns false for want of memory, and for what is no such content; the caller
 * finishes both in any case.
 */
bool keeper_message_read_listing(struct text content, const struct store_listing *known,
	struct store_listing *listing, struct problem_list *problems);

/* Whether the files of two listings hold the same. */
bool keeper_message_is_same(const struct store_listing *listing, const struct store_listing *other);

/* Appends the problems, as a message has them. */
void keeper_message_append_problems(struct buffer *content, const struct problem_list *problems);

#endif
