/*
 * The virtual tree over a catalog: what a mount shows, without a mount ("layout.md"). A node
 * is a place in it, found by walking from the root by name; it can be listed, read, or followed.
 * Each kind of directory is a file of its own with a struct node_type; nothing here knows FUSE.
 */
#ifndef CARDFS_VIEW_VIEW_H
#define CARDFS_VIEW_VIEW_H

#include "card/catalog.h"
#include "locate/locate.h"

#include <time.h>

/* What a mount shows at one moment, in one environment: shared by counting. */
struct view;

/*
 * Returns a view on the catalog (takes a reference of its own) in that environment (empty for none
 * beside "user"; copied), with one reference. settings are borrowed and outlive it. NULL for want
 * of memory.
 */
struct view *view_create(struct catalog *catalog, struct text environment,
	const struct locate_settings *settings, struct error *error);

/*
 * Lets a new view have what previous, one on the catalog before, found out about cards that have
 * not changed. To be called before anybody else knows the view.
 */
void view_inherit(struct view *view, struct view *previous);

/*
 * A file of .cardfs that whoever mounts the view writes, found there by name and not listed. read
 * appends what it holds just then, and fails for want of memory; it may be called by several
 * threads at a time.
 */
struct mount_file {
	struct text name;
	bool (*read)(void *context, struct view *view, struct buffer *content, struct error *error);
};

struct mount_files {
	const struct mount_file *items;
	size_t count;
	/* Adds what is wrong just now beside what the view knows to ".cardfs/problems"; or NULL. */
	void (*add_problems)(void *context, struct problem_list *problems);
	void *context;
};

/* Has the view show them (borrowed). To be called before anybody else knows the view. */
void view_set_mount_files(struct view *view, const struct mount_files *files);

struct view *view_acquire(struct view *view);
void view_release(struct view *view);

/* What it is a view on, no reference is taken; and in which environment. */
const struct catalog *view_catalog(const struct view *view);
struct text view_environment(const struct view *view);

enum node_kind { NODE_DIRECTORY, NODE_FILE, NODE_LINK };

struct node_type;

/*
 * A place in the tree. It holds references on what it needs, so it stays readable when the catalog
 * is replaced. The caller owns the struct; node_finish frees what it holds, and accepts zeroes.
 */
struct node {
	const struct node_type *type;
	struct view *view; /* of the environments that the place is in; with a reference */
	struct card *card; /* of a place in an asset; with a reference */
	const struct card_field *field; /* of a place in a field: the top-level one */
	const struct value *value;      /* what the place shows, where it is a value */
	/* Directories between it and the root of its environment, itself included. */
	unsigned depth;
	unsigned index;   /* which one, where a type has a table of fixed files */
	const void *part; /* of a place in .by: the part of the view's index that it shows */
};

/* Makes *node the root. Takes a reference on view. */
void view_root(struct view *view, struct node *node);

/*
 * Makes *child the entry of that name in a directory, listed or not. Fails with ERROR_NOT_FOUND
 * where there is none (or parent is no directory), and for want of memory; child is zeroes then.
 * child must not be parent.
 */
bool node_walk(
	const struct node *parent, struct text name, struct node *child, struct error *error);

/*
 * Walks a path of names with slashes between from the root; "" and "/" are the root. Fails as
 * node_walk does.
 */
bool view_walk(struct view *view, struct text path, struct node *node, struct error *error);

/*
 * Makes *node the directory of the asset that somebody asks for as NAME, NAME@ENV or NAME@, a
 * card's name and not a file's. Fails as node_walk does.
 */
bool view_walk_request(
	struct view *view, struct text request, struct node *node, struct error *error);

void node_finish(struct node *node);

enum node_kind node_kind(const struct node *node);

/* Whether it is a link into a cache of downloads; that is told without looking there. */
bool node_follows_cache(const struct node *node);

/* Whether what it shows changes by itself: .cardfs and what is in it. */
bool node_is_live(const struct node *node);

/* When it was modified; nanoseconds since the epoch. */
int64_t node_modified(const struct node *node);

/* Called for each entry of a directory. Returns whether to go on. */
typedef bool node_visitor(void *context, struct text name, enum node_kind kind);

/*
 * Calls visitor for each listed entry, in the directory's order, "." and ".." not among them. Fails
 * for want of memory; a visitor that ends the listing is no failure.
 */
bool node_list(
	const struct node *directory, node_visitor *visitor, void *context, struct error *error);

/*
 * Appends a file's whole content, or a link's target. Always succeeds on a file or link but for
 * want of memory, and for a link whose locator cannot be placed any more.
 */
bool node_read(const struct node *node, struct buffer *content, struct error *error);

struct node_attributes {
	enum node_kind kind;
	uint64_t size;    /* bytes that node_read gives; 0 for a directory */
	int64_t modified; /* nanoseconds since the epoch */
	uint32_t links;   /* 1: subdirectories are not counted */
	/*
	 * Whether more than the card files decides what it shows, so that it may change by itself:
	 */
	bool is_live;       /* .cardfs and what is in it */
	bool is_momentary;  /* one that whoever mounts the view writes anew at each look */
	bool follows_cache; /* a link into a cache of downloads */
};

/* Fills attributes. Fails for want of memory, as node_read does. */
bool node_attributes(
	const struct node *node, struct node_attributes *attributes, struct error *error);

/*
 * Extended attributes: those of what stands for a field. Appends their names, each ended by a NUL.
 * Links have them in the name space "system.", everything else in "user.", which Linux denies to
 * links; and links do not list them, because who copies what is listed can't set them elsewhere.
 * Fails for want of memory.
 */
bool node_extended_names(const struct node *node, struct buffer *names, struct error *error);

/* Whether there may be an attribute of that name anywhere. Programs ask for many others. */
bool node_extended_is_ours(struct text name);

/*
 * Whether asking for that attribute takes a look at the target of a link, which may be slow, or in
 * this very mount.
 */
bool node_extended_looks_at_target(const struct node *node, struct text name);

/*
 * Appends the value of an attribute. Fails with ERROR_NOT_FOUND where there is none of that name,
 * for a link whose locator cannot be placed any more, and for want of memory.
 */
bool node_extended(
	const struct node *node, struct text name, struct buffer *content, struct error *error);

#endif
