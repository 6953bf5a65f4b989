/*
 * One store's share of a catalog: its files and what each holds. Only catalog.c uses it.
 */
#ifndef CARDFS_CARD_PART_H
#define CARDFS_CARD_PART_H

#include "card/catalog.h"
#include "card/catalog_index.h"
#include "card/file_runs.h"
#include "card/load.h"
#include "stores/changes.h"

struct part {
	struct store *store;
	struct file_runs files;
	bool is_incomplete;           /* as its listing was */
	struct footing footing;       /* likewise */
	struct problem_list problems; /* of the listing */
	size_t problem_count;         /* of these, and in files */
	bool has_changes;             /* other files than in the previous part */
	size_t bytes;                 /* of the first part's files; as is parsed */
	atomic_size_t parsed;         /* bytes of those that had to be */
	/* While it is made: */
	const struct part *previous;
	struct store_listing found; /* what there is where something may have changed */
	struct file_change *changes;
	size_t change_count;
	struct snapshot *snapshot; /* what is known of them from an earlier start; or NULL */
};

/*
 * Lists the store as far as changes says (NULL: everything) and finds which files differ from what
 * previous (may be NULL, else is needed until the part is settled) holds. The caller finishes part
 * in any case.
 */
bool part_init(struct part *part, struct store *store, const struct part *previous,
	const struct store_changes *changes, struct error *error);
void part_finish(struct part *part);

/*
 * How many files are to be read, and what is to be done for each. number is the part's in its
 * catalog.
 */
size_t part_count_unread(const struct part *part);
size_t part_add_tasks(struct part *part, uint32_t number, struct load_task *tasks);

/*
 * Reads what was kept of the store at an earlier start, where it is large enough to be worth it;
 * and is done with that.
 */
void part_recall(struct part *part, const struct yaml_limits *limits);
void part_end_recall(struct part *part);

/* Keeps what the store holds for the next start, if that would save much. */
void part_keep(const struct part *part, const struct yaml_limits *limits);

/*
 * Once they are read: puts what changed in the update. A file that has stopped being readable keeps
 * its last good cards ("layout.md, When stores change").
 */
bool part_settle(struct part *part, const struct catalog_options *options,
	struct catalog_update *update, struct error *error);

/* Whether it serves, and finds wrong, just what previous does. */
bool part_is_same(const struct part *part, const struct part *previous);

/* catalog_visit_last_good for one store; returns false when a visitor did. */
bool part_visit_last_good(const struct part *part, catalog_file_visitor *visitor, void *context);

/* Adds every problem of the store, its files, and their documents. */
void part_add_problems(const struct part *part, struct problem_list *problems);

#endif
