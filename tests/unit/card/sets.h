/*
 * Document sets that came about in different ways, compared.
 */
#ifndef CARDFS_TESTS_UNIT_CARD_SETS_H
#define CARDFS_TESTS_UNIT_CARD_SETS_H

#include "card/snapshot.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static inline void assert_same_text(struct text a, struct text b) {
	assert_int_equal(a.length, b.length);
	assert_memory_equal(a.data, b.data, a.length);
}

static inline void assert_same_document(const struct document *a, const struct document *b) {
	assert_same_text(document_name(a), document_name(b));
	assert_same_text(document_environment(a), document_environment(b));
	assert_same_text(document_base(a), document_base(b));
	assert_same_text(document_references(a), document_references(b));
	assert_int_equal(a->offset, b->offset);
	assert_int_equal(a->length, b->length);
	assert_int_equal(a->first_line, b->first_line);
	assert_int_equal(a->line, b->line);
	assert_int_equal(a->column, b->column);
	assert_int_equal(a->base_line, b->base_line);
	assert_int_equal(a->base_column, b->base_column);
	assert_int_equal(a->has_base, b->has_base);
	assert_int_equal(a->is_faulty, b->is_faulty);
}

static inline void assert_same_set(const struct document_set *a, const struct document_set *b) {
	assert_int_equal(a->count, b->count);
	assert_int_equal(a->string_length, b->string_length);
	assert_int_equal(a->has_unreadable, b->has_unreadable);
	for (size_t i = 0; i < a->count; i++) {
		assert_same_document(&a->documents[i], &b->documents[i]);
	}
	assert_int_equal(a->problems.count, b->problems.count);
	for (size_t i = 0; i < a->problems.count; i++) {
		assert_string_equal(a->problems.items[i].message, b->problems.items[i].message);
		assert_int_equal(a->problems.items[i].line, b->problems.items[i].line);
	}
}

/* Reads what a file of that path holds when its text, which is emptied, is that. */
static inline struct document_set *read_text(const char *path, struct buffer *text) {
	struct card_file *file = card_file_create(text_of(path), TEXT("/s"), buffer_text(text), 0);
	assert_non_null(file);
	struct document_set *set = document_set_read(file, 0, NULL, &yaml_default_limits, NULL);
	assert_non_null(set);
	card_file_release(file);
	buffer_finish(text);
	return set;
}

/* Opens a snapshot of bytes, which it empties. */
static inline struct snapshot *open_bytes(struct buffer *bytes, const struct yaml_limits *limits) {
	struct bulk *bulk;
	const size_t length = bytes->length;
	char *copy = bulk_allocate(length, &bulk);
	if (copy != NULL && length > 0) {
		memcpy(copy, bytes->data, length);
	}
	buffer_finish(bytes);
	bulk_clear();
	return copy == NULL ? NULL : snapshot_open(copy, length, bulk, limits);
}

#endif
