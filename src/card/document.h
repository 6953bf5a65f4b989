/*
 * A card document: one YAML document of a card file, checked. Its name, environment and base are
 * kept; its values are read again from the file's text when somebody asks for the card, so that a
 * catalog of a million cards costs little more than their text.
 */
#ifndef CARDFS_CARD_DOCUMENT_H
#define CARDFS_CARD_DOCUMENT_H

#include "base/problem.h"
#include "stores/store.h"
#include "yaml/read.h"

struct document_set;

struct document {
	const struct document_set *set;
	struct text name;
	struct text environment; /* empty for the asset's own card */
	struct text base;        /* empty where it names none */
	bool has_base;           /* it has the key, be it null: hides the base below it */
	bool is_faulty;          /* its name is good and something else is not; fault says what */
	struct yaml_slice slice;
	uint32_t line;      /* of its name */
	uint32_t base_line; /* of its base; 0 for none */
	struct text fault;  /* a sentence, for a faulty one */
	uint32_t fault_line;
};

/* The documents of one file: immutable, shared between catalogs by counting. */
struct document_set {
	atomic_uint references;
	struct card_file *file; /* with a reference */
	struct document *documents;
	size_t count;
	struct problem_list problems; /* what is wrong in the file, in order */
};

/*
 * Reads and checks every document of file ("semantics.md, Card files" and "Names and
 * environments"). Returns a set with one reference, which holds one on file; NULL only for want of
 * memory. Documents without a usable name are left out, and are problems of the set.
 */
struct document_set *document_set_read(
	struct card_file *file, const struct yaml_limits *limits, struct error *error);
struct document_set *document_set_acquire(struct document_set *set);
void document_set_release(struct document_set *set);

/*
 * Reads the document's mapping into the arena. Fails for want of memory (and, should the text have
 * become unreadable under tighter limits, as yaml_read does).
 */
bool document_read(const struct document *document, const struct yaml_limits *limits,
	struct arena *arena, const struct value **mapping, struct error *error);

/* Appends "NAME" or "NAME@ENVIRONMENT". */
void document_append_name(struct buffer *buffer, const struct document *document);

#endif
