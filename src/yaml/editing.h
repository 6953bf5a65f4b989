/*
 * The inside of an edit: the field that was found in the text, and the changes of the text, line by
 * line and between brackets. Only edit.c uses it.
 */
#ifndef CARDFS_YAML_EDITING_H
#define CARDFS_YAML_EDITING_H

#include "yaml/edit.h"
#include "yaml/outline.h"

/*
 * mapping is the innermost one on the way to the field that is there, depth how many keys lead to
 * it, and key the pair in it, or NULL. emptied_key, in emptied_mapping, is the outermost pair that
 * would be empty without the field.
 */
struct editing {
	struct buffer *edited;
	struct outline outline;
	struct text text; /* the outline's */
	const char *line_break;
	/*
	 * What is below a text of several lines may be taken for a part of it. So values take one
	 * line, and empty lines below what goes, go too.
	 */
	bool is_cautious;
	const struct value *root;
	const struct yaml_change *change;
	struct arena *arena;
	struct error *error;

	const struct outline_node *mapping;
	size_t depth;
	const struct outline_node *key;
	const struct outline_node *emptied_mapping;
	const struct outline_node *emptied_key;
};

/* Fails with a sentence on why the text cannot be edited at node. Returns false. */
bool editing_refuse(
	const struct editing *editing, const struct outline_node *node, const char *reason);

/* Where the value of the pair may begin: behind the colon. 0 where none follows the key. */
size_t editing_find_value(const struct editing *editing, const struct outline_node *key);

/* Whether the text of a plain scalar can stand as it was given: 1e-5, 0x1F. */
bool editing_keeps_written(const struct value *value);

/* Each appends the whole text with the change made, or fails with a sentence. */
bool editing_replace_in_lines(
	const struct editing *editing, const struct value *key, const struct value *value);
bool editing_add_in_lines(
	const struct editing *editing, const struct value *key, const struct value *value);
bool editing_remove_in_lines(const struct editing *editing, const struct outline_node *key);

bool editing_replace_in_flow(const struct editing *editing, const struct value *value);
bool editing_add_in_flow(
	const struct editing *editing, const struct value *key, const struct value *value);
bool editing_remove_in_flow(const struct editing *editing, const struct outline_node *mapping,
	const struct outline_node *key);

/* Appends the comments between two offsets, each on a line of its own. */
void editing_append_comments(
	const struct editing *editing, size_t from, size_t to, size_t indentation);

/* "\n" or "\r\n", as the text has it. */
const char *editing_find_line_break(struct text text);

#endif
