#include "card/buckets.h"

#include "base/parallel.h"

#include <stdlib.h>

/* Fewer documents are sorted sooner than a thread is started; and the most pieces for threads. */
enum { DOCUMENTS_A_PIECE = 10000, MOST_PIECES = 8 };

/* What is known of a document when it is sorted: few make any use of another. */
static const uint32_t has_uses = UINT32_C(1) << 31;

/* The documents, in pieces that are counted and then sorted, each by whoever comes to it. */
struct sorting {
	const struct document *const *documents;
	size_t count;
	size_t shard_count;
	size_t piece_count;
	uint32_t *notes; /* of each document: the number of its shard, and: */
	/* For each piece and shard: how many there are, then where the next one goes. */
	size_t *document_places, *use_places;
	struct buckets *buckets;
};

static size_t piece_start(const struct sorting *sorting, size_t piece) {
	return sorting->count / sorting->piece_count * piece +
	       sorting->count % sorting->piece_count * piece / sorting->piece_count;
}

static bool count_piece(void *context, size_t piece, size_t next) {
	const struct sorting *sorting = context;
	size_t *documents = &sorting->document_places[piece * sorting->shard_count];
	size_t *uses = &sorting->use_places[piece * sorting->shard_count];
	const size_t end = piece_start(sorting, next);
	for (size_t i = piece_start(sorting, piece); i < end; i++) {
		const struct document *document = sorting->documents[i];
		const size_t shard = shard_number(sorting->shard_count, document_name(document));
		sorting->notes[i] = (uint32_t)shard;
		documents[shard]++;
		struct shard_use use;
		for (size_t step = 0; shard_next_use(document, &step, &use);) {
			uses[shard_number(sorting->shard_count, shard_use_name(&use))]++;
			sorting->notes[i] |= has_uses;
		}
	}
	return true;
}

/* Turns counts into places: each shard's behind those of the one before, piece for piece. */
static size_t place(const struct sorting *sorting, size_t *counts) {
	size_t total = 0;
	for (size_t shard = 0; shard < sorting->shard_count; shard++) {
		for (size_t piece = 0; piece < sorting->piece_count; piece++) {
			size_t *count = &counts[piece * sorting->shard_count + shard];
			const size_t place = total;
			total += *count;
			*count = place;
		}
	}
	return total;
}

/* Uses, which are larger, come first, so that both are aligned. */
static bool make_room(struct buckets *buckets, size_t documents, size_t uses) {
	const size_t use_size = uses * sizeof(*buckets->uses);
	const size_t document_size = documents * sizeof(const struct document *);
	if (!bulk_array_init(&buckets->array, use_size + document_size, 1)) {
		return false;
	}
	char *start = buckets->array.items;
	buckets->uses = (struct shard_use *)(void *)start;
	buckets->documents = (const struct document **)(void *)(start + use_size);
	return true;
}

static bool sort_piece(void *context, size_t piece, size_t next) {
	const struct sorting *sorting = context;
	const struct buckets *buckets = sorting->buckets;
	size_t *documents = &sorting->document_places[piece * sorting->shard_count];
	size_t *uses = &sorting->use_places[piece * sorting->shard_count];
	const size_t end = piece_start(sorting, next);
	for (size_t i = piece_start(sorting, piece); i < end; i++) {
		const struct document *document = sorting->documents[i];
		buckets->documents[documents[sorting->notes[i] & ~has_uses]++] = document;
		struct shard_use use;
		for (size_t step = 0; (sorting->notes[i] & has_uses) != 0 &&
				      shard_next_use(document, &step, &use);) {
			const struct text name = shard_use_name(&use);
			buckets->uses[uses[shard_number(sorting->shard_count, name)]++] = use;
		}
	}
	return true;
}

static bool sort(struct sorting *sorting) {
	struct buckets *buckets = sorting->buckets;
	const size_t pieces = sorting->piece_count;
	parallel_run(pieces, 1, pieces - 1, count_piece, sorting);
	const size_t documents = place(sorting, sorting->document_places);
	const size_t uses = place(sorting, sorting->use_places);
	if (!make_room(buckets, documents, uses)) {
		return false;
	}
	parallel_run(pieces, 1, pieces - 1, sort_piece, sorting);
	/* Where the last piece's next one would go, the shard's run ends. */
	buckets->document_ends = sorting->document_places + (pieces - 1) * sorting->shard_count;
	buckets->use_ends = sorting->use_places + (pieces - 1) * sorting->shard_count;
	return true;
}

bool buckets_init(struct buckets *buckets, const struct document *const *documents, size_t count,
	size_t shard_count) {
	const size_t pieces = 1 + count / DOCUMENTS_A_PIECE;
	struct sorting sorting = {
		.documents = documents,
		.count = count,
		.shard_count = shard_count,
		.piece_count = pieces < MOST_PIECES ? pieces : MOST_PIECES,
		.buckets = buckets,
	};
	struct bulk_array notes = {0};
	*buckets = (struct buckets){0};
	buckets->counts = calloc(2 * sorting.piece_count, shard_count * sizeof(*buckets->counts));
	if (buckets->counts == NULL || !bulk_array_init(&notes, count, sizeof(*sorting.notes))) {
		return false;
	}
	sorting.notes = notes.items;
	sorting.document_places = buckets->counts;
	sorting.use_places = buckets->counts + sorting.piece_count * shard_count;
	const bool done = sort(&sorting);
	bulk_array_finish(&notes);
	return done;
}

void buckets_finish(struct buckets *buckets) {
	bulk_array_finish(&buckets->array);
	free(buckets->counts);
	*buckets = (struct buckets){0};
}
