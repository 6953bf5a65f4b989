#include "settings/suggest.h"

/* Longer names are not compared: nobody mistypes them. */
#define LENGTH_LIMIT 64

static int fold(char byte) {
	return byte >= 'A' && byte <= 'Z' ? byte - 'A' + 'a' : byte;
}

static unsigned minimum(unsigned a, unsigned b) {
	return a < b ? a : b;
}

/* Edits (insertions, deletions, replacements) between two texts; both are short. */
static unsigned edit_distance(struct text a, struct text b) {
	unsigned row[LENGTH_LIMIT + 1];
	for (unsigned j = 0; j <= b.length; j++) {
		row[j] = j;
	}
	for (size_t i = 0; i < a.length; i++) {
		unsigned diagonal = row[0];
		row[0] = (unsigned)i + 1;
		for (size_t j = 0; j < b.length; j++) {
			unsigned replaced = diagonal + (fold(a.data[i]) != fold(b.data[j]));
			diagonal = row[j + 1];
			row[j + 1] = minimum(replaced, minimum(row[j], diagonal) + 1);
		}
	}
	return row[b.length];
}

static bool is_short(struct text text) {
	return text.length > 0 && text.length <= LENGTH_LIMIT;
}

/* Whether a candidate comes before another: equally near ones in an order of their own, whichever
 * was met first. */
static bool is_before(
	unsigned distance, struct text candidate, unsigned other_distance, struct text other) {
	return distance < other_distance ||
	       (distance == other_distance && text_compare(candidate, other) < 0);
}

void suggest_consider(struct suggestions *suggestions, struct text candidate) {
	struct text wanted = suggestions->wanted;
	if (!is_short(wanted) || !is_short(candidate)) {
		return;
	}
	bool continues = wanted.length >= 3 && text_starts_with(candidate, wanted);
	unsigned distance = continues ? 1 : edit_distance(wanted, candidate);
	if (distance > 1 + wanted.length / 4) {
		return;
	}
	unsigned place = suggestions->count;
	while (place > 0 && is_before(distance, candidate, suggestions->distances[place - 1],
				    suggestions->names[place - 1])) {
		place--;
	}
	if (place == SUGGEST_LIMIT) {
		return;
	}
	if (suggestions->count < SUGGEST_LIMIT) {
		suggestions->count++;
	}
	for (unsigned i = suggestions->count - 1; i > place; i--) {
		suggestions->names[i] = suggestions->names[i - 1];
		suggestions->distances[i] = suggestions->distances[i - 1];
	}
	suggestions->names[place] = candidate;
	suggestions->distances[place] = distance;
}
