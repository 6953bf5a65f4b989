#include "supervise/shared_table.h"

#include <string.h>

enum { FIRST_CHAINS = 16, FIRST_BITS = 4 };

/* A chain that is longer, which chance does not make, is left as it is. */
enum { LONGEST_SPLIT = 200, NOTES_OF_SPLIT = LONGEST_SPLIT * 3 + 64 };

static unsigned bits_of(uint64_t number) {
	return 63 - (unsigned)__builtin_clzll(number);
}

/* Where the chains with the same number of bits are, and how many these are. */
static unsigned segment_of(uint64_t chain, uint64_t *start) {
	if (chain < FIRST_CHAINS) {
		*start = 0;
		return 0;
	}
	const unsigned bits = bits_of(chain);
	*start = (uint64_t)1 << bits;
	return bits - FIRST_BITS + 1;
}

static uint64_t *head_of(
	const struct shared *shared, const struct shared_table *table, uint64_t chain) {
	uint64_t start;
	const unsigned segment = segment_of(chain, &start);
	uint64_t *heads = shared_at(shared, table->segments[segment]);
	return &heads[chain - start];
}

static uint64_t chain_of(const struct shared_table *table, uint64_t hash) {
	const uint64_t low = (uint64_t)1 << bits_of(table->chains);
	const uint64_t chain = hash & (2 * low - 1);
	return chain < table->chains ? chain : hash & (low - 1);
}

static bool add_segment(struct shared *shared, struct shared_table *table, uint64_t chain) {
	uint64_t start;
	const unsigned segment = segment_of(chain, &start);
	const size_t size = (start == 0 ? FIRST_CHAINS : start) * sizeof(uint64_t);
	if (segment >= SHARED_TABLE_SEGMENTS || table->segments[segment] != 0) {
		return segment < SHARED_TABLE_SEGMENTS;
	}
	const uint64_t block = shared_allocate(shared, size);
	if (block == 0) {
		return false;
	}
	memset(shared_at(shared, block), 0, size);
	shared_set(shared, table->segments[segment], block);
	return true;
}

static bool can_be_split(const struct shared *shared, uint64_t head) {
	unsigned length = 0;
	while (head != 0 && length < LONGEST_SPLIT) {
		const struct shared_item *item = shared_at(shared, head);
		head = item->next;
		length++;
	}
	return length < LONGEST_SPLIT && shared_room(shared) > NOTES_OF_SPLIT;
}

/* Goes on with shorter chains; or as it is, for want of memory. */
static void split_chain(struct shared *shared, struct shared_table *table) {
	const uint64_t added = table->chains;
	const uint64_t low = (uint64_t)1 << bits_of(added);
	uint64_t *from = head_of(shared, table, added - low);
	if (!can_be_split(shared, *from) || !add_segment(shared, table, added)) {
		return;
	}
	uint64_t *to = head_of(shared, table, added);
	shared_set(shared, *to, 0);
	shared_set(shared, table->chains, added + 1);
	while (*from != 0) {
		struct shared_item *item = shared_at(shared, *from);
		if ((item->hash & (2 * low - 1)) != added) {
			from = &item->next;
			continue;
		}
		const uint64_t moved = *from;
		shared_set(shared, *from, item->next);
		shared_set(shared, item->next, *to);
		shared_set(shared, *to, moved);
	}
}

bool shared_table_add(struct shared *shared, struct shared_table *table, struct shared_item *item) {
	if (table->chains == 0) {
		if (!add_segment(shared, table, 0)) {
			return false;
		}
		shared_set(shared, table->chains, FIRST_CHAINS);
	} else if (table->count >= table->chains) {
		split_chain(shared, table);
	}
	uint64_t *head = head_of(shared, table, chain_of(table, item->hash));
	shared_set(shared, item->next, *head);
	shared_set(shared, *head, shared_offset(shared, item));
	shared_set(shared, table->count, table->count + 1);
	return true;
}

void shared_table_remove(
	struct shared *shared, struct shared_table *table, struct shared_item *item) {
	const uint64_t block = shared_offset(shared, item);
	uint64_t *link = head_of(shared, table, chain_of(table, item->hash));
	while (*link != block) {
		struct shared_item *other = shared_at(shared, *link);
		link = &other->next;
	}
	shared_set(shared, *link, item->next);
	shared_set(shared, table->count, table->count - 1);
}

static struct shared_item *find_in(const struct shared *shared, uint64_t block, uint64_t hash) {
	struct shared_item *item = shared_at(shared, block);
	while (item != NULL && item->hash != hash) {
		item = shared_at(shared, item->next);
	}
	return item;
}

struct shared_item *shared_table_find(
	const struct shared *shared, const struct shared_table *table, uint64_t hash) {
	return table->chains == 0
		       ? NULL
		       : find_in(shared, *head_of(shared, table, chain_of(table, hash)), hash);
}

struct shared_item *shared_table_next(const struct shared *shared, const struct shared_item *item) {
	return find_in(shared, item->next, item->hash);
}

struct shared_item *shared_table_each(const struct shared *shared, const struct shared_table *table,
	uint64_t *chain, const struct shared_item *item) {
	uint64_t block = item == NULL ? 0 : item->next;
	while (block == 0 && *chain < table->chains) {
		block = *head_of(shared, table, (*chain)++);
	}
	return shared_at(shared, block);
}
