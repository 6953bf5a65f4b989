/*
 * Every step from what a card says of a locator to the path that it leads to ("semantics.md, From
 * locator to path").
 */
#ifndef CARDFS_CARD_TRACE_H
#define CARDFS_CARD_TRACE_H

#include "card/card.h"
#include "locate/locate.h"

enum { TRACE_STEP_LIMIT = 6 };

struct trace_step {
	struct text label; /* "as written", "joined", …; or the name of a field */
	struct buffer text;
};

/* Zeroes are empty; trace_finish frees it. */
struct trace {
	struct trace_step steps[TRACE_STEP_LIMIT];
	size_t count;
	bool is_placed; /* else the last step says why not */
	enum location_state state;
	bool gated;
};

/*
 * Fills trace, which is empty before, with the steps of a locator of the card: value, as the merged
 * view has it, at or below field; written as its document has it. The label of the last one is
 * "target". Touches the file system as locate does. Fails for want of memory.
 */
bool trace_locator(const struct card *card, const struct card_field *field,
	const struct value *value, const struct value *written,
	const struct locate_settings *settings, struct trace *trace, struct error *error);
void trace_finish(struct trace *trace);

#endif
