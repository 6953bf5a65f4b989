/*
 * What a kind of place in the tree can do, for the files of this layer that implement one. A kind
 * is a struct node_type; adding one is adding it, and the place that walks to it.
 */
#ifndef CARDFS_VIEW_NODE_H
#define CARDFS_VIEW_NODE_H

#include "view/by.h"

struct node_type {
	enum node_kind kind;
	/* Directories. walk finds entries that list does not show, too. */
	bool (*walk)(const struct node *directory, struct text name, struct node *child,
		struct error *error);
	bool (*list)(const struct node *directory, node_visitor *visitor, void *context,
		struct error *error);
	bool is_live;      /* see struct node_attributes */
	bool is_momentary; /* the same */
	/* NULL: as the card was, or the newest of all. */
	int64_t (*modified)(const struct node *node);
	/* Files and links. */
	bool (*read)(const struct node *node, struct buffer *content, struct error *error);
};

struct view {
	atomic_uint references;
	struct catalog *catalog;
	const struct locate_settings *settings;
	const struct mount_files *files; /* or NULL */
	struct arena arena;              /* of the texts below */
	struct text environment; /* of the mount, or of an "@ENV" in the path; may be empty */
	struct environments environments; /* their names are environment and constants */
	struct text suffix;   /* "@ENV" or "@" of an asset asked for so; empty in a whole tree */
	pthread_mutex_t lock; /* of what follows */
	/* Of the "@ENV" directories that were walked, each with a reference. */
	struct view **subviews;
	size_t subview_count;
	bool has_problems;      /* whether problems has been filled */
	struct buffer problems; /* what .cardfs/problems holds */
	struct by_memory by;
};

extern const struct node_type root_directory;
extern const struct node_type environment_directory; /* "@ENV": a root, without "@ENV" of its own */
extern const struct node_type asset_directory;
extern const struct node_type meta_directory;
extern const struct node_type by_directory;
extern const struct node_type card_directory; /* ".card", and what is in it: */
extern const struct node_type derived_directory;
extern const struct node_type uses_directory;
extern const struct node_type used_by_directory;

/*
 * Makes *child a place of that type below a directory, with references on the same view and card,
 * and its field and value.
 */
void node_init_child(
	struct node *child, const struct node *directory, const struct node_type *type);

/* Returns false with ERROR_NOT_FOUND. */
bool node_set_missing(struct error *error);

/*
 * Appends the name of the card that an entry's file name stands for. Fails with ERROR_NOT_FOUND
 * where it stands for none, and for want of memory.
 */
bool node_decode_name(struct buffer *name, struct text file_name, struct error *error);

/*
 * Walks to, and lists, the entries of a directory that shows a mapping, or the fields of a card.
 * *go_on is what the visitor answered last.
 */
bool value_walk_mapping(
	const struct node *directory, struct text name, struct node *child, struct error *error);
bool value_list_mapping(const struct node *directory, node_visitor *visitor, void *context,
	bool *go_on, struct error *error);

/* A locator. */
extern const struct node_type locator_link;

/* A field that ends in _ref; "base"; and "tokenizer" of a card that has only a tokenizer_ref. */
extern const struct node_type relation_link;
extern const struct node_type base_link;
extern const struct node_type tokenizer_link;

/*
 * Whether a card has the latter: a tokenizer_ref that leads, through others, to a tokenizer.
 * Returns false, with error set, for want of memory too.
 */
bool relation_has_tokenizer(const struct view *view, const struct card *card, struct error *error);

/*
 * Appends "../NAME", or "../NAME@ENV": where a link at node leads that is one to an asset, in the
 * environments that node is in.
 */
void relation_append_target(
	struct buffer *target, const struct node *node, const struct card_name *request);

/* Appends "NAME", or "NAME@ENV" where the request says so: the name of its directory. */
void relation_append_name(struct buffer *file_name, const struct card_name *request);

/* Whether a relation's value names an asset; *request is taken apart from it. */
bool relation_find(const struct view *view, const struct value *value, struct card_name *request);

/*
 * Returns the view of one environment's whole tree, or of one asset asked for with exactly that
 * environment (suffix "@ENV"; "@": none). With a reference; NULL for want of memory.
 */
struct view *view_of_environment(struct view *view, struct text environment, struct error *error);
struct view *view_of_request(
	struct view *view, const struct card_name *request, struct error *error);

#endif
