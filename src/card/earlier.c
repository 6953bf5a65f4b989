#include "card/earlier.h"

#include <string.h>

static const struct document *find_at(const struct document_set *set, size_t offset) {
	size_t low = 0, high = set->count;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		if (set->documents[middle].offset < offset) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low < set->count && set->documents[low].offset == offset ? &set->documents[low]
									: NULL;
}

/* A byte order mark is one only where the file begins. */
static bool is_same(
	const struct document *document, struct text text, const struct yaml_slice *slice) {
	return document != NULL && !document->is_faulty && document->length == slice->length &&
	       (document->offset == 0) == (slice->offset == 0) &&
	       memcmp(document->set->file->text + document->offset, text.data + slice->offset,
		       slice->length) == 0;
}

const struct document *earlier_find(
	const struct document_set *earlier, struct text text, const struct yaml_slice *slice) {
	if (earlier == NULL) {
		return NULL;
	}
	const struct document *document = find_at(earlier, slice->offset);
	if (is_same(document, text, slice)) {
		return document;
	}
	const size_t from_end = text.length - slice->offset;
	if (from_end > earlier->file->length) {
		return NULL;
	}
	document = find_at(earlier, earlier->file->length - from_end);
	return is_same(document, text, slice) ? document : NULL;
}
