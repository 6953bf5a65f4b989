/*
 * What is asked of a deputy, and what it answers (struct locate_deputy), where that is another
 * process of the same program.
 */
#ifndef CARDFS_LOCATE_LOCATE_MESSAGE_H
#define CARDFS_LOCATE_LOCATE_MESSAGE_H

#include "locate/locate.h"

/* Appends a question. What is asked alike has the same bytes. */
void locate_message_append_question(struct buffer *question, const struct locator *locator);

/* Fills locator, whose texts are borrowed from question. Returns false where that is none. */
bool locate_message_read_question(struct text question, struct locator *locator);

/* Appends the answer: a location where found, or the error. */
void locate_message_append_answer(struct buffer *answer, bool found,
	const struct location *location, const struct error *error);

/*
 * Does what locate() did that was answered so: fills location, which is empty before, or the error.
 * Fails for want of memory as well, and for what is no answer.
 */
bool locate_message_read_answer(struct text answer, struct location *location, struct error *error);

#endif
