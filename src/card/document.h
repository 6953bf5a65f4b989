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

/*
 * One document: where it stands in its file's text, and its name, environment and base, whose bytes
 * follow one another in its set's strings. Kept small: there may be a million. Snapshots hold it as
 * it is: for another one their layout (snapshot.c) is counted up.
 */
struct document {
	const struct document_set *set;
	uint32_t strings; /* where its own begin */
	uint32_t name_length;
	uint32_t environment_length; /* 0 for the asset's own card */
	uint32_t base_length;        /* 0 where it names none; its references are behind it */
	uint32_t offset, length;     /* in the file's text */
	uint32_t first_line;         /* of the document in the file */
	uint32_t line;               /* of its name */
	union {
		uint32_t base_line; /* of its base; 0 where it has none */
		uint32_t fault;     /* of a faulty one: which of its set's problems */
	};
	uint16_t column : 15;      /* of its name; 0 where it is too far to the right */
	uint16_t has_base : 1;     /* it has the key, be it null: hides the base below it */
	uint16_t base_column : 15; /* likewise */
	uint16_t is_faulty : 1;    /* its name is good and something else is not */
};

/* The documents of one file: immutable, shared between catalogs by counting. */
struct document_set {
	atomic_uint references;
	uint32_t store;         /* which store of the catalog the file is in */
	struct card_file *file; /* with a reference */
	char *strings;          /* of all documents in turn */
	uint32_t string_length;
	struct document *documents;
	size_t count;
	struct bulk *bulk;   /* what strings and documents are in; NULL: they are malloc's */
	bool has_unreadable; /* some document is left out */
	struct problem_list problems; /* what is wrong in the file, in order: PROBLEMS_OF_A_FILE */
};

/* Its name, environment, base and references, each behind the other. */
const char *document_strings(const struct document *document);

struct text document_name(const struct document *document);
struct text document_environment(const struct document *document);
struct text document_base(const struct document *document);
struct text document_path(const struct document *document);

/* The names that it refers to, each ended by a NUL. */
struct text document_references(const struct document *document);

/*
 * The names of cards that its fields refer to (keys that end in _ref, at any depth): start with
 * *position 0. Returns false behind the last one. A name with a NUL in it comes in parts, one that
 * aliases repeat once.
 */
bool document_next_reference(
	const struct document *document, size_t *position, struct text *reference);

/* What is wrong with a faulty document; one of its set's problems. */
const struct problem *document_fault(const struct document *document);

/*
 * Reads and checks every document of file ("semantics.md, Card files" and "Names and
 * environments"). What stands there as it did in an earlier set of the file (or NULL) is taken from
 * that. Returns a set with one reference, which holds one on file; NULL only for want of memory.
 * Documents without a usable name are left out, and are problems of the set.
 */
struct document_set *document_set_read(struct card_file *file, uint32_t store,
	const struct document_set *earlier, const struct yaml_limits *limits, struct error *error);
struct document_set *document_set_acquire(struct document_set *set);
void document_set_release(struct document_set *set);

/*
 * Reads the document's mapping into the arena. Fails for want of memory (and, should the text have
 * become unreadable under tighter limits, as yaml_read does).
 */
bool document_read(const struct document *document, const struct yaml_limits *limits,
	struct arena *arena, const struct value **mapping, struct error *error);

/* Orders by name, then environment, then place: store, file, line. As qsort's comparison. */
int document_compare(const struct document *a, const struct document *b);

/* Appends "NAME" or "NAME@ENVIRONMENT". */
void document_append_name(struct buffer *buffer, const struct document *document);

#endif
