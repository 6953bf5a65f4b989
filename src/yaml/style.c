#include "yaml/style.h"

#include "yaml/spelling.h"

#include <string.h>
#include <strings.h>

/*
 * What some reader takes for a null, boolean, number, merge key or default value, in any case and
 * with any sign.
 */
static const char *const special_words[] = {"", "~", "=", "<<", "null", "true", "false", "yes",
	"no", "on", "off", "y", "n", ".inf", ".nan", "inf", "infinity", "nan"};

static bool is_one_of(char byte, const char *set) {
	return byte != '\0' && strchr(set, byte) != NULL;
}

static struct text without_sign(struct text text) {
	bool has_sign = text.length > 0 && is_one_of(text.data[0], "+-");
	return has_sign ? text_part(text, 1, text.length) : text;
}

static bool is_special_word(struct text text) {
	struct text word = without_sign(text);
	for (size_t i = 0; i < sizeof(special_words) / sizeof(special_words[0]); i++) {
		if (word.length == strlen(special_words[i]) &&
			strncasecmp(word.data, special_words[i], word.length) == 0) {
			return true;
		}
	}
	return false;
}

static bool consists_of(struct text text, const char *set) {
	for (size_t i = 0; i < text.length; i++) {
		if (!is_one_of(text.data[i], set)) {
			return false;
		}
	}
	return true;
}

/* An exponent alone is a number to Node's reader in YAML 1.1. */
static bool begins_number(struct text text) {
	if (text.length > 1 && is_one_of(text.data[0], "eE")) {
		return is_one_of(text.data[1], "+-0123456789");
	}
	return text.length > 0 && is_one_of(text.data[0], "._0123456789");
}

/* Errs on the side of numbers, dates and times: quotes cost little. */
static bool resembles_number(struct text text) {
	struct text number = without_sign(text);
	if (!begins_number(number)) {
		return false;
	}
	bool has_base =
		number.length > 1 && number.data[0] == '0' && is_one_of(number.data[1], "xXoObB");
	if (has_base) {
		return consists_of(
			text_part(number, 2, number.length), "0123456789abcdefABCDEF_,.:+- ");
	}
	return consists_of(number, "0123456789_,.:+- tTzZeE");
}

/* White space other than the ASCII blank. */
static bool is_wide_space(uint32_t character) {
	return character == 0xA0 || character == 0x1680 ||
	       (character >= 0x2000 && character <= 0x200A) || character == 0x202F ||
	       character == 0x205F || character == 0x3000;
}

/* Whether the byte, where it stands, ends or changes a plain scalar. */
static bool is_indicator(struct text text, size_t index, enum style_context context) {
	switch (text.data[index]) {
	case ':':
		return context == STYLE_FLOW || index + 1 == text.length ||
		       text.data[index + 1] == ' ';
	case '#':
		return index > 0 && text.data[index - 1] == ' ';
	case ',':
	case '[':
	case ']':
	case '{':
	case '}':
	case '?':
		return context == STYLE_FLOW;
	default:
		return false;
	}
}

static bool has_indicator(struct text text, enum style_context context) {
	for (size_t i = 0; i < text.length; i++) {
		if (is_indicator(text, i, context)) {
			return true;
		}
	}
	return is_one_of(text.data[0], " -?:,[]{}#&*!|>'\"%@`") ||
	       text.data[text.length - 1] == ' ' || text_starts_with(text, TEXT("..."));
}

static bool has_wide_space(struct text text) {
	size_t offset = 0;
	while (offset < text.length) {
		if (is_wide_space(spelling_next_character(text, &offset))) {
			return true;
		}
	}
	return false;
}

bool style_is_plain(struct text text, enum style_context context) {
	return !is_special_word(text) && !resembles_number(text) && !has_indicator(text, context) &&
	       !has_wide_space(text) && style_is_printable(text);
}

bool style_is_printable(struct text text) {
	size_t offset = 0;
	while (offset < text.length) {
		if (spelling_needs_escape(spelling_next_character(text, &offset))) {
			return false;
		}
	}
	return true;
}

bool style_is_block(struct text text) {
	bool has_break = false;
	bool is_line_blank = true;
	bool is_last_blank = true; /* of the lines that are not empty */
	size_t offset = 0;
	while (offset < text.length) {
		uint32_t character = spelling_next_character(text, &offset);
		if (character == '\n') {
			has_break = true;
			is_line_blank = true;
			continue;
		}
		if (spelling_needs_escape(character) && character != '\t') {
			return false;
		}
		is_line_blank = is_line_blank && (character == ' ' || character == '\t');
		is_last_blank = is_line_blank;
	}
	/* Node's reader drops a last line of blanks. */
	return has_break && !is_last_blank;
}
