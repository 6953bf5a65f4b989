#include "yaml/simple.h"

#include <string.h>

/* Far below what libyaml takes for a key, and what it nests. */
enum { LONGEST_KEY = 128, DEEPEST = 32 };

/* A walk over the lines that hold more than blanks and comments. */
struct scanner {
	const char *line; /* where the one that is looked at begins */
	const char *at;   /* what is left of it */
	const char *line_end;
	const char *next; /* the line behind it */
	const char *end;
	size_t number; /* of the line, from 0 */
	bool is_at_end;
	size_t depth;
	simple_take *take;
	void *context;
};

static bool is_simple_text(struct text text) {
	for (size_t i = 0; i < text.length; i++) {
		const char byte = text.data[i];
		if ((byte < ' ' || byte > '~') && byte != '\n') {
			return false;
		}
	}
	return true;
}

static void skip_blanks(struct scanner *scanner) {
	while (scanner->at < scanner->line_end && *scanner->at == ' ') {
		scanner->at++;
	}
}

static size_t column(const struct scanner *scanner) {
	return (size_t)(scanner->at - scanner->line);
}

/* Whether nothing but a comment is left of the line, whose blanks have been skipped. */
static bool is_line_over(const struct scanner *scanner) {
	return scanner->at == scanner->line_end || *scanner->at == '#';
}

static void go_to_next_line(struct scanner *scanner) {
	do {
		scanner->is_at_end = scanner->next == scanner->end;
		if (scanner->is_at_end) {
			return;
		}
		const size_t left = (size_t)(scanner->end - scanner->next);
		const char *newline = memchr(scanner->next, '\n', left);
		scanner->line = scanner->next;
		scanner->at = scanner->line;
		scanner->line_end = newline == NULL ? scanner->end : newline;
		scanner->next = newline == NULL ? scanner->end : newline + 1;
		scanner->number++;
		skip_blanks(scanner);
	} while (is_line_over(scanner));
}

static bool is_at_blank(const struct scanner *scanner, const char *at) {
	return at == scanner->line_end || *at == ' ';
}

/* At "- ", or a "-" that ends the line. */
static bool is_at_item(const struct scanner *scanner) {
	return *scanner->at == '-' && is_at_blank(scanner, scanner->at + 1);
}

static bool is_word(char byte) {
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
	       (byte >= '0' && byte <= '9') || byte == '_';
}

/* The key that the rest of the line begins with; empty where it begins with no simple one. */
static struct text find_key(const struct scanner *scanner) {
	const char *end = scanner->at;
	if (is_word(*end)) {
		while (end < scanner->line_end && (is_word(*end) || *end == '-' || *end == '.')) {
			end++;
		}
	}
	const size_t length = (size_t)(end - scanner->at);
	const bool is_key = end < scanner->line_end && *end == ':' &&
			    is_at_blank(scanner, end + 1) && length <= LONGEST_KEY;
	return (struct text){scanner->at, is_key ? length : 0};
}

static yaml_mark_t mark_here(const struct scanner *scanner) {
	return (yaml_mark_t){.line = scanner->number, .column = column(scanner)};
}

static bool take_scalar(
	struct scanner *scanner, struct text text, yaml_scalar_style_t style, yaml_mark_t mark) {
	const bool is_plain = style == YAML_PLAIN_SCALAR_STYLE;
	const yaml_event_t event = {
		.type = YAML_SCALAR_EVENT,
		.data.scalar = {.value = (yaml_char_t *)(uintptr_t)text.data,
			.length = text.length,
			.plain_implicit = is_plain,
			.quoted_implicit = !is_plain,
			.style = style},
		.start_mark = mark,
	};
	return scanner->take(scanner->context, &event);
}

static bool take_nothing(struct scanner *scanner, yaml_mark_t mark) {
	return take_scalar(scanner, TEXT(""), YAML_PLAIN_SCALAR_STYLE, mark);
}

static bool take_bound(struct scanner *scanner, yaml_event_type_t type) {
	const yaml_event_t event = {.type = type, .start_mark = mark_here(scanner)};
	return scanner->take(scanner->context, &event);
}

/* Goes behind what was read of a line, of which nothing more may be left. */
static bool end_line(struct scanner *scanner, const char *at) {
	if (!is_at_blank(scanner, at)) {
		return false;
	}
	scanner->at = at;
	skip_blanks(scanner);
	if (!is_line_over(scanner)) {
		return false;
	}
	go_to_next_line(scanner);
	return true;
}

static bool scan_quoted(struct scanner *scanner, char quote, yaml_scalar_style_t style) {
	const char *start = scanner->at + 1;
	const char *end = memchr(start, quote, (size_t)(scanner->line_end - start));
	if (end == NULL) {
		return false;
	}
	const struct text text = {start, (size_t)(end - start)};
	if (quote == '"' && text_index(text, '\\') < text.length) {
		return false;
	}
	return take_scalar(scanner, text, style, mark_here(scanner)) && end_line(scanner, end + 1);
}

/* The end of the words that the rest of the line begins with, or NULL where ": " is among them. */
static const char *find_plain_end(const struct scanner *scanner) {
	const char *end = scanner->at;
	for (const char *at = scanner->at; at < scanner->line_end; at++) {
		if (*at == ':' && is_at_blank(scanner, at + 1)) {
			return NULL;
		}
		if (*at == '#' && at[-1] == ' ') {
			break;
		}
		end = *at == ' ' ? end : at + 1;
	}
	return end;
}

static bool scan_plain(struct scanner *scanner) {
	if (strchr("-?:,[]{}#&*!|>%@`", *scanner->at) != NULL) {
		return false;
	}
	const char *end = find_plain_end(scanner);
	if (end == NULL) {
		return false;
	}
	const struct text text = {scanner->at, (size_t)(end - scanner->at)};
	return take_scalar(scanner, text, YAML_PLAIN_SCALAR_STYLE, mark_here(scanner)) &&
	       end_line(scanner, end);
}

static bool scan_scalar(struct scanner *scanner) {
	switch (*scanner->at) {
	case '"':
		return scan_quoted(scanner, '"', YAML_DOUBLE_QUOTED_SCALAR_STYLE);
	case '\'':
		return scan_quoted(scanner, '\'', YAML_SINGLE_QUOTED_SCALAR_STYLE);
	default:
		return scan_plain(scanner);
	}
}

static bool scan_block(struct scanner *scanner);

/*
 * What stands behind the ":" or "-" of a block in that column, on the same line or the next ones. A
 * list may stand in the column of the key that it belongs to.
 */
static bool scan_content(struct scanner *scanner, size_t outer, bool is_item) {
	const yaml_mark_t mark = mark_here(scanner);
	skip_blanks(scanner);
	if (!is_line_over(scanner)) {
		return is_item && find_key(scanner).length > 0 ? scan_block(scanner)
							       : scan_scalar(scanner);
	}
	go_to_next_line(scanner);
	const bool is_below = !scanner->is_at_end &&
			      (column(scanner) > outer || (column(scanner) == outer && !is_item &&
								  is_at_item(scanner)));
	return is_below ? scan_block(scanner) : take_nothing(scanner, mark);
}

static bool scan_item(struct scanner *scanner, size_t outer) {
	scanner->at++;
	return scan_content(scanner, outer, true);
}

static bool scan_pair(struct scanner *scanner, size_t outer) {
	const struct text key = find_key(scanner);
	if (key.length == 0 ||
		!take_scalar(scanner, key, YAML_PLAIN_SCALAR_STYLE, mark_here(scanner))) {
		return false;
	}
	scanner->at += key.length + 1;
	return scan_content(scanner, outer, false);
}

/*
 * A list or mapping, whose entries all begin in the column of the first. Whoever called finds what
 * stands to the right of its own entries.
 */
static bool scan_block(struct scanner *scanner) {
	const bool is_list = is_at_item(scanner);
	const size_t own = column(scanner);
	if (scanner->depth == DEEPEST || !take_bound(scanner, is_list ? YAML_SEQUENCE_START_EVENT
								      : YAML_MAPPING_START_EVENT)) {
		return false;
	}
	scanner->depth++;
	do {
		if (is_list ? !scan_item(scanner, own) : !scan_pair(scanner, own)) {
			return false;
		}
	} while (!scanner->is_at_end && column(scanner) == own && is_at_item(scanner) == is_list);
	scanner->depth--;
	return (scanner->is_at_end || column(scanner) <= own) &&
	       take_bound(scanner, is_list ? YAML_SEQUENCE_END_EVENT : YAML_MAPPING_END_EVENT);
}

static bool skip_marker(struct scanner *scanner) {
	const size_t length = (size_t)(scanner->line_end - scanner->line);
	if (text_starts_with((struct text){scanner->line, length}, TEXT("---"))) {
		return end_line(scanner, scanner->line + 3);
	}
	return true;
}

bool simple_scan(const struct source *source, simple_take *take, void *context) {
	const struct text text = source->text;
	struct scanner scanner = {
		.next = text.data,
		.end = text.data + text.length,
		.number = SIZE_MAX,
		.take = take,
		.context = context,
	};
	if (!is_simple_text(text)) {
		return false;
	}
	go_to_next_line(&scanner);
	return !scanner.is_at_end && skip_marker(&scanner) && !scanner.is_at_end &&
	       scan_block(&scanner) && scanner.is_at_end;
}
