#include "yaml/tabs.h"

#include <string.h>

void tab_check_init(struct tab_check *check, const struct source *source) {
	struct text text = source->text;
	*check = (struct tab_check){
		.source = source,
		.is_needed = text.length > 0 && memchr(text.data, '\t', text.length) != NULL,
	};
}

/* Moves to the character with that index. Returns the text between. */
static struct text move_to(struct tab_check *check, size_t index) {
	size_t start = check->offset;
	if (index > check->index) {
		check->offset = source_skip_characters(check->source, start, index - check->index);
		check->index = index;
	}
	return text_part(check->source->text, start, check->offset - start);
}

static bool is_blank(char byte) {
	return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

/*
 * The first tab that is in no comment, or the text's length. A comment begins where a word might.
 */
static size_t find_tab(struct text text, bool is_at_start) {
	bool is_comment = false;
	for (size_t i = 0; i < text.length; i++) {
		char byte = text.data[i];
		if (byte == '\n' || byte == '\r') {
			is_comment = false;
		} else if (byte == '#' && (i > 0 ? is_blank(text.data[i - 1]) : is_at_start)) {
			is_comment = true;
		} else if (byte == '\t' && !is_comment) {
			return i;
		}
	}
	return text.length;
}

static bool check_part(struct tab_check *check, size_t index, struct error *error) {
	size_t start = check->offset;
	bool is_at_start = start == 0 || is_blank(check->source->text.data[start - 1]);
	struct text part = move_to(check, index);
	size_t tab = find_tab(part, is_at_start);
	if (tab < part.length) {
		return source_fail(check->source, start + tab, error,
			"a tab may stand only in quotes, in comments, and in the lines below \"|\" "
			"or \">\"; use blanks");
	}
	return true;
}

static bool may_hold_tabs(const yaml_event_t *event) {
	return event->type == YAML_SCALAR_EVENT &&
	       event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
}

bool tab_check_next(struct tab_check *check, const yaml_event_t *event, struct error *error) {
	if (!check->is_needed) {
		return true;
	}
	if (!check_part(check, event->start_mark.index, error)) {
		return false;
	}
	if (may_hold_tabs(event)) {
		move_to(check, event->end_mark.index);
		return true;
	}
	return check_part(check, event->end_mark.index, error);
}
