#include "yaml/editing.h"

#include "yaml/write.h"

/* Appends the one line of a collection without its brackets. */
static void append_within(struct buffer *text, const struct value *collection) {
	struct buffer whole = {0};
	yaml_write_inline(&whole, collection);
	text->failed |= whole.failed;
	buffer_append_text(text, text_part(buffer_text(&whole), 1, whole.length - 2));
	buffer_finish(&whole);
}

static void append_pair(struct buffer *text, const struct value *key, const struct value *value) {
	struct value_pair pair = {key, value};
	append_within(text, &(struct value){.type = VALUE_MAPPING, .mapping = {&pair, 1}});
}

static void append_value(struct buffer *text, const struct value *value) {
	if (editing_keeps_written(value)) {
		buffer_append_text(text, value->written);
		return;
	}
	append_within(text, &(struct value){.type = VALUE_SEQUENCE, .sequence = {&value, 1}});
}

/* Puts text in the place of what is between two offsets. */
static bool splice(const struct editing *editing, const struct outline_node *place, size_t from,
	size_t to, struct text text) {
	size_t offset = from;
	struct text comment;
	if (outline_next_comment(&editing->outline, &offset, to, &comment)) {
		return editing_refuse(editing, place, "there are comments within its brackets");
	}
	buffer_append_text(editing->edited, text_part(editing->text, 0, from));
	buffer_append_text(editing->edited, text);
	buffer_append_text(editing->edited, text_part(editing->text, to, editing->text.length));
	return true;
}

/* The same with a text that is finished. */
static bool splice_buffer(const struct editing *editing, const struct outline_node *place,
	size_t from, size_t to, struct buffer *text) {
	editing->edited->failed |= text->failed;
	bool done = splice(editing, place, from, to, buffer_text(text));
	buffer_finish(text);
	return done;
}

bool editing_replace_in_flow(const struct editing *editing, const struct value *value) {
	size_t from = editing_find_value(editing, editing->key);
	if (from == 0) {
		return editing_refuse(editing, editing->key, "it is written without a colon");
	}
	struct buffer text = {0};
	buffer_append_byte(&text, ' ');
	append_value(&text, value);
	size_t to = outline_value(&editing->outline, editing->key)->end;
	return splice_buffer(editing, editing->key, from, to > from ? to : from, &text);
}

/* The last pair's value that is before key, or, where that is NULL, of the whole mapping. */
static const struct outline_node *find_value_before(const struct outline *outline,
	const struct outline_node *mapping, const struct outline_node *key) {
	const struct outline_node *behind = key != NULL ? key : &outline->nodes[mapping->next];
	const struct outline_node *before = NULL;
	for (const struct outline_node *other = mapping + 1; other < behind;) {
		before = outline_value(outline, other);
		other = &outline->nodes[before->next];
	}
	return before;
}

bool editing_add_in_flow(
	const struct editing *editing, const struct value *key, const struct value *value) {
	const struct outline_node *last =
		find_value_before(&editing->outline, editing->mapping, NULL);
	size_t place = last == NULL ? editing->mapping->end - 1 : last->end;
	struct buffer text = {0};
	buffer_append_string(&text, last == NULL ? "" : ", ");
	append_pair(&text, key, value);
	return splice_buffer(editing, editing->mapping, place, place, &text);
}

bool editing_remove_in_flow(const struct editing *editing, const struct outline_node *mapping,
	const struct outline_node *key) {
	const struct outline *outline = &editing->outline;
	const struct outline_node *value = outline_value(outline, key);
	if (value->next < mapping->next) {
		size_t next = outline->nodes[value->next].start;
		return splice(editing, key, key->start, next, TEXT(""));
	}
	const struct outline_node *before = find_value_before(outline, mapping, key);
	return splice(
		editing, key, before == NULL ? key->start : before->end, value->end, TEXT(""));
}
