#include "yaml/fault.h"

#include <stdio.h>
#include <string.h>

/* libyaml's words and ours, for what card files are most often wrong in. */
static const struct wording {
	const char *problem;
	const char *sentence;
} wordings[] = {
	{"mapping values are not allowed in this context",
		"no \": \" may stand here; if it is part of a text, quote the text, and if it ends "
		"a "
		"key, check the indentation"},
	{"could not find expected ':'", "this line should be a key with \":\" behind it"},
	{"block sequence entries are not allowed in this context",
		"no \"- \" may stand here; check the indentation, or quote it if it is text"},
	{"mapping keys are not allowed in this context",
		"no \"? \" may stand here; quote it if it is text"},
	{"did not find expected key", "this does not fit the mapping that it stands in; check the "
				      "indentation and the quotes"},
	{"did not find expected '-' indicator",
		"this does not fit the sequence that it stands in; check the indentation"},
	{"did not find expected ',' or ']'", "a \",\" or \"]\" is missing before this"},
	{"did not find expected ',' or '}'", "a \",\" or \"}\" is missing before this"},
	{"did not find expected node content", "a value is missing before this"},
	{"did not find expected <document start>",
		"this does not fit what is before it, or a line \"---\" is missing between them"},
	{"found unexpected end of stream", "the document ends within a quoted text"},
	{"found unexpected document indicator", "a quoted text is not closed before this marker"},
	{"found a tab character that violates indentation",
		"a tab stands in the indentation; use blanks"},
	{"found a tab character where an indentation space is expected",
		"a tab stands in the indentation; use blanks"},
	{"found unknown escape character",
		"no such escape; write \"\\\\\" for a backslash, or use single quotes"},
	{"did not find expected hexdecimal number",
		"an escape with too few hexadecimal digits; write \"\\\\\" for a backslash, or use "
		"single quotes"},
	{"found invalid Unicode character escape code", "this escape stands for no character"},
	{"did not find expected alphabetic or numeric character",
		"the name of an anchor may have letters, digits, \"-\" and \"_\" only"},
	{"found unexpected ':'", "a text with \":\" in it must be quoted here"},
	{"found undefined tag handle", "no %TAG line says what this tag's prefix stands for"},
	{"found incompatible YAML document", "only %YAML 1.1 and %YAML 1.2 can be read"},
	{"found unknown directive name", "only the directives %YAML and %TAG are known"},
};

static const char *find_sentence(const char *problem) {
	for (size_t i = 0; i < sizeof(wordings) / sizeof(wordings[0]); i++) {
		if (strcmp(wordings[i].problem, problem) == 0) {
			return wordings[i].sentence;
		}
	}
	return problem;
}

/* libyaml counts lines and columns from 0, and lines from the start of what it was given. */
static uint32_t line_of(yaml_mark_t mark, const struct source *source) {
	return source->line + (uint32_t)mark.line;
}

static bool fail_at(yaml_mark_t mark, const struct source *source, struct error *error,
	const char *message, const char *context, uint32_t context_line) {
	return error_set_at(error, ERROR_INVALID, line_of(mark, source), (uint32_t)mark.column + 1,
		context_line > 0 ? "%s (%s that begins on line %u)" : "%s", message, context,
		context_line);
}

/* A character that begins no value: '@', '`', '%', a tab. */
static bool fail_at_character(
	const yaml_parser_t *parser, const struct source *source, struct error *error) {
	size_t offset = source_skip_characters(source, 0, parser->problem_mark.index);
	struct text character = text_part(source->text, offset, 1);
	if (text_equal(character, TEXT("\t"))) {
		return source_fail(source, offset, error, "no tab may stand here; use blanks");
	}
	char message[80];
	snprintf(message, sizeof(message), "a value cannot begin with \"%.*s\"; quote it",
		TEXT_ARGUMENTS(character));
	return source_fail(source, offset, error, message);
}

/* What is wrong with the encoding; libyaml gives it no line. */
static bool fail_reading(
	const yaml_parser_t *parser, const struct source *source, struct error *error) {
	char message[80] = "this is not UTF-8";
	if (strcmp(parser->problem, "control characters are not allowed") == 0) {
		snprintf(message, sizeof(message),
			"the control character U+%04X is not allowed in YAML",
			(unsigned)parser->problem_value);
	}
	return source_fail(source, parser->problem_offset, error, message);
}

bool fault_set(const yaml_parser_t *parser, const struct source *source, struct error *error) {
	switch (parser->error) {
	case YAML_MEMORY_ERROR:
		return error_set_memory(error);
	case YAML_READER_ERROR:
		return fail_reading(parser, source, error);
	default:
		break;
	}
	if (strcmp(parser->problem, "found character that cannot start any token") == 0) {
		return fail_at_character(parser, source, error);
	}
	const char *context = parser->context == NULL ? "" : parser->context;
	bool has_context =
		parser->context_mark.line != parser->problem_mark.line && *context != '\0';
	return fail_at(parser->problem_mark, source, error, find_sentence(parser->problem), context,
		has_context ? line_of(parser->context_mark, source) : 0);
}
