/*
 * What a file held before it changed. Mostly one card is edited of many: those in front of it stand
 * where they stood, those behind it as far from the end, and none of them has to be parsed again.
 */
#ifndef CARDFS_CARD_EARLIER_H
#define CARDFS_CARD_EARLIER_H

#include "card/document.h"

/*
 * Returns a document of the earlier set (may be NULL) that has the very bytes that slice has in
 * text, and nothing wrong with it; NULL where there is none in either of the two places.
 */
const struct document *earlier_find(
	const struct document_set *earlier, struct text text, const struct yaml_slice *slice);

#endif
