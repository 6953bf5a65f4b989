#include "yaml/fault.h"

#include <stdio.h>
#include <string.h>

#define CHECK_ESCAPE "write \"\\\\\" for a backslash, or use single quotes"

/*
 * libyaml's words and ours. What begins somewhere and never ends is best mended where it begins,
 * which libyaml gives as the context.
 */
static const struct wording {
	const char *problem;
	bool is_at_context;
	const char *sentence;
} wordings[] = {
	{"mapping values are not allowed in this context", false,
		"\": \" cannot stand here; quote the text that it is in or, if it ends a key, "
		"check "
		"the indentation"},
	{"could not find expected ':'", true,
		"this should be a key with \": \" behind it, on one line and within 1024 "
		"characters; check the indentation and the quotes"},
	{"block sequence entries are not allowed in this context", false,
		"\"- \" cannot stand here; check the indentation, or quote it if it is text"},
	{"mapping keys are not allowed in this context", false,
		"\"? \" cannot stand here; quote it if it is text"},
	{"did not find expected key", false,
		"this does not fit what it stands in; check the indentation and the quotes"},
	{"did not find expected '-' indicator", false,
		"this does not fit what it stands in; check the indentation"},
	{"did not find expected ',' or ']'", false, "\",\" or \"]\" is missing before this"},
	{"did not find expected ',' or '}'", false, "\",\" or \"}\" is missing before this"},
	{"did not find expected node content", false, "a value is missing before this"},
	{"did not find expected <document start>", false,
		"this does not fit what is before it, or a line \"---\" is missing between them"},
	{"found unexpected end of stream", true,
		"this quote is not closed before the document ends; close it"},
	{"found unexpected document indicator", true,
		"this quote is not closed before a line that begins with \"---\" or \"...\"; close "
		"it"},
	{"found a tab character that violates indentation", false,
		"a tab stands in the indentation; use blanks"},
	{"found a tab character where an indentation space is expected", false,
		"a tab stands in the indentation; use blanks"},
	{"found unknown escape character", false, "there is no such escape; " CHECK_ESCAPE},
	{"did not find expected hexdecimal number", false,
		"this escape has too few hexadecimal digits; " CHECK_ESCAPE},
	{"found invalid Unicode character escape code", false,
		"this escape stands for no character; " CHECK_ESCAPE},
	{"did not find expected alphabetic or numeric character", false,
		"\"&\" marks a value and \"*\" repeats it, by a name of letters and digits; quote "
		"them if they are text"},
	{"found unexpected ':'", false, "a text with \":\" in it must be quoted here"},
	{"found an indentation indicator equal to 0", false,
		"the indentation behind \"|\" or \">\" is 1 to 9"},
	{"did not find expected comment or line break", false,
		"nothing but a comment may follow here; put the text on the next line"},
	{"did not find URI escaped octet", false, "\"%\" in a tag needs two hexadecimal digits"},
	{"found an incorrect leading UTF-8 octet", false, "this tag is no UTF-8"},
	{"found an incorrect trailing UTF-8 octet", false, "this tag is no UTF-8"},
	{"did not find expected tag URI", false, "a tag has no name; quote \"!\" if it is text"},
	{"did not find the expected '>'", false, "\">\" is missing at the end of a tag"},
	{"did not find expected '!'", false, "\"!\" is missing at the end of a tag's prefix"},
	{"did not find expected whitespace or line break", false,
		"a blank must follow a tag; quote the value if \"!\" is part of it"},
	{"did not find expected whitespace", false, "a blank is missing in this directive"},
	{"found undefined tag handle", false,
		"no %TAG line says what this tag's prefix stands for; quote the value if it is "
		"text"},
	{"found duplicate %TAG directive", false, "this %TAG line stands twice; remove one"},
	{"found duplicate %YAML directive", false, "this %YAML line stands twice; remove one"},
	{"found incompatible YAML document", false, "only %YAML 1.1 and %YAML 1.2 can be read"},
	{"did not find expected digit or '.' character", false, "write %YAML 1.1 or %YAML 1.2"},
	{"did not find expected version number", false, "write %YAML 1.1 or %YAML 1.2"},
	{"found extremely long version number", false, "write %YAML 1.1 or %YAML 1.2"},
	{"found unknown directive name", false,
		"a line that begins with \"%\" can only be %YAML or %TAG"},
	{"could not find expected directive name", false,
		"a line that begins with \"%\" can only be %YAML or %TAG"},
	{"found unexpected non-alphabetical character", false,
		"a line that begins with \"%\" can only be %YAML or %TAG"},
};

/* What libyaml was at, where it helps to know where that began. */
static const struct {
	const char *context;
	const char *noun;
} contexts[] = {
	{"while parsing a block mapping", "mapping"},
	{"while parsing a block collection", "list"},
	{"while parsing a flow mapping", "mapping in braces"},
	{"while parsing a flow sequence", "list in brackets"},
	{"while scanning a quoted scalar", "quoted text"},
	{"while parsing a quoted scalar", "quoted text"},
	{"while scanning a plain scalar", "text"},
	{"while scanning a block scalar", "block of text"},
};

static const struct wording *find_wording(const char *problem) {
	for (size_t i = 0; i < sizeof(wordings) / sizeof(wordings[0]); i++) {
		if (strcmp(wordings[i].problem, problem) == 0) {
			return &wordings[i];
		}
	}
	return NULL;
}

static const char *find_noun(const char *context) {
	for (size_t i = 0; context != NULL && i < sizeof(contexts) / sizeof(contexts[0]); i++) {
		if (strcmp(contexts[i].context, context) == 0) {
			return contexts[i].noun;
		}
	}
	return NULL;
}

/* libyaml counts lines and columns from 0, and lines from the start of what it was given. */
static uint32_t line_of(yaml_mark_t mark, const struct source *source) {
	return source->line + (uint32_t)mark.line;
}

static bool fail_at(
	yaml_mark_t mark, const struct source *source, struct error *error, const char *sentence) {
	return error_set_at(error, ERROR_INVALID, line_of(mark, source), (uint32_t)mark.column + 1,
		"%s", sentence);
}

/* Says where that began which the fault is in, if it did on another line. */
static bool fail_within(const yaml_parser_t *parser, const struct source *source,
	struct error *error, const char *sentence) {
	const char *noun = find_noun(parser->context);
	if (noun == NULL || parser->context_mark.line == parser->problem_mark.line) {
		return fail_at(parser->problem_mark, source, error, sentence);
	}
	return error_set_at(error, ERROR_INVALID, line_of(parser->problem_mark, source),
		(uint32_t)parser->problem_mark.column + 1, "%s (in the %s that begins on line %u)",
		sentence, noun, line_of(parser->context_mark, source));
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
	char message[120] = "this byte is not UTF-8; save the file as UTF-8";
	if (strcmp(parser->problem, "control characters are not allowed") == 0) {
		unsigned character = (unsigned)parser->problem_value;
		snprintf(message, sizeof(message),
			"the character U+%04X cannot stand in YAML; remove it, or write "
			"\"\\%c%0*X\" in double quotes",
			character, character > 0xff ? 'u' : 'x', character > 0xff ? 4 : 2,
			character);
	}
	return source_fail(source, parser->problem_offset, error, message);
}

bool fault_set(const yaml_parser_t *parser, const struct source *source, struct error *error) {
	/* libyaml forgets to say that it was memory in some places, but says anything else. */
	if (parser->error == YAML_MEMORY_ERROR || parser->problem == NULL) {
		return error_set_memory(error);
	}
	if (parser->error == YAML_READER_ERROR) {
		return fail_reading(parser, source, error);
	}
	if (strcmp(parser->problem, "found character that cannot start any token") == 0) {
		return fail_at_character(parser, source, error);
	}
	const struct wording *wording = find_wording(parser->problem);
	if (wording == NULL) {
		return fail_within(parser, source, error, parser->problem);
	}
	return wording->is_at_context
		       ? fail_at(parser->context_mark, source, error, wording->sentence)
		       : fail_within(parser, source, error, wording->sentence);
}
