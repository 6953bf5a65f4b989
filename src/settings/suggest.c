#include "settings/suggest.h"

/* Longer names are not compared: nobody mistypes them. */
#define LENGTH_LIMIT 64

static int fold(char byte) {
	return byte >= 'A' && byte <= 'Z' ? byte - 'A' + 'a' : byte;
}

static unsigned minimum(unsigned a, unsigned b) {
	return a < b ? a : b;
}

static bool is_same(struct text a, size_t i, struct text b, size_t j) {
	return fold(a.data[i]) == fold(b.data[j]);
}

static bool is_swapped(struct text a, size_t i, struct text b, size_t j) {
	return i > 0 && j > 0 && is_same(a, i, b, j - 1) && is_same(a, i - 1, b, j);
}

/*
 * Edits (insertions, deletions, replacements, swaps of neighbours) between two texts; both are
 * short.
 */
static unsigned edit_distance(struct text a, struct text b) {
	unsigned rows[3][LENGTH_LIMIT + 1] = {{0}};
	unsigned *earlier = rows[0], *last = rows[1], *row = rows[2];
	for (unsigned j = 0; j <= b.length; j++) {
		last[j] = j;
	}
	for (size_t i = 0; i < a.length; i++) {
		row[0] = (unsigned)i + 1;
		for (size_t j = 0; j < b.length; j++) {
			row[j + 1] = minimum(
				last[j] + !is_same(a, i, b, j), minimum(row[j], last[j + 1]) + 1);
			if (is_swapped(a, i, b, j)) {
				row[j + 1] = minimum(row[j + 1], earlier[j - 1] + 1);
			}
		}
		unsigned *const oldest = earlier;
		earlier = last;
		last = row;
		row = oldest;
	}
	return last[b.length];
}

static bool is_short(struct text text) {
	return text.length > 0 && text.length <= LENGTH_LIMIT;
}

/*
 * Whether a candidate comes before another: equally near ones in an order of their own, whichever
 * was met first.
 */
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
