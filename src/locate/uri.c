#include "locate/uri.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

/* What urllib knows of a scheme, and which of them cardfs places. */
struct known_scheme {
	const char *name;
	enum uri_kind kind;
	bool has_authority;  /* "x:a" is written "x:///a" */
	bool has_parameters; /* ";p" behind the path is no part of it */
};

static const struct known_scheme known_schemes[] = {
	{"file", URI_FILE, true, false},
	{"ftp", URI_OTHER, true, true},
	{"git", URI_OTHER, true, false},
	{"git+ssh", URI_OTHER, true, false},
	{"gopher", URI_OTHER, true, false},
	{"hdl", URI_OTHER, false, true},
	{"hg", URI_HUB, false, false},
	{"http", URI_HTTP, true, true},
	{"https", URI_HTTP, true, true},
	{"imap", URI_OTHER, true, true},
	{"mms", URI_OTHER, true, true},
	{"nfs", URI_OTHER, true, false},
	{"nntp", URI_OTHER, true, false},
	{"prospero", URI_OTHER, true, true},
	{"rsync", URI_OTHER, true, false},
	{"rtsp", URI_OTHER, true, true},
	{"rtsps", URI_OTHER, true, true},
	{"rtspu", URI_OTHER, true, true},
	{"s3", URI_S3, false, false},
	{"sftp", URI_OTHER, true, true},
	{"shttp", URI_OTHER, true, true},
	{"sip", URI_OTHER, false, true},
	{"sips", URI_OTHER, false, true},
	{"snews", URI_OTHER, true, false},
	{"svn", URI_OTHER, true, false},
	{"svn+ssh", URI_OTHER, true, false},
	{"tel", URI_OTHER, false, true},
	{"telnet", URI_OTHER, true, false},
	{"wais", URI_OTHER, true, false},
	{"ws", URI_OTHER, true, false},
	{"wss", URI_OTHER, true, false},
};

static const struct known_scheme unknown_scheme = {"", URI_OTHER, false, false};

/*
 * A URI taken apart. The parts are as written: tabs and line breaks may stand anywhere in them, and
 * count for nothing.
 */
struct uri_parts {
	const struct known_scheme *known;
	struct text scheme;
	struct text authority;
	struct text path;
	struct text parameters;
	struct text query;
	struct text fragment;
};

static bool is_ignored(char byte) {
	return byte == '\t' || byte == '\n' || byte == '\r';
}

static bool is_letter(char byte) {
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

static bool is_digit(char byte) {
	return byte >= '0' && byte <= '9';
}

static bool is_hexadecimal(char byte) {
	return is_digit(byte) || (byte >= 'a' && byte <= 'f') || (byte >= 'A' && byte <= 'F');
}

static bool is_scheme_byte(char byte) {
	return is_letter(byte) || is_digit(byte) || byte == '+' || byte == '-' || byte == '.';
}

static char to_lower(char byte) {
	if (byte >= 'A' && byte <= 'Z') {
		return (char)(byte - 'A' + 'a');
	}
	return byte;
}

static struct text drop(struct text text, size_t count) {
	return text_part(text, count, text.length);
}

/* Moves text behind its next byte that counts and returns it; -1 at the end. */
static int next_byte(struct text *text) {
	while (text->length > 0) {
		char byte = text->data[0];
		*text = drop(*text, 1);
		if (!is_ignored(byte)) {
			return (unsigned char)byte;
		}
	}
	return -1;
}

static bool is_empty(struct text text) {
	return next_byte(&text) < 0;
}

static bool starts_with_byte(struct text text, char byte) {
	return next_byte(&text) == (unsigned char)byte;
}

static bool starts_with_two_slashes(struct text text) {
	int first = next_byte(&text);
	int second = next_byte(&text);
	return first == '/' && second == '/';
}

static void append_counting(struct buffer *buffer, struct text text) {
	for (size_t i = 0; i < text.length; i++) {
		if (!is_ignored(text.data[i])) {
			buffer_append_byte(buffer, text.data[i]);
		}
	}
}

/* Copies the bytes that count, with a NUL behind them. Returns false where they do not fit. */
static bool copy_counting(char *copy, size_t size, struct text text) {
	size_t length = 0;
	for (int byte = next_byte(&text); byte >= 0; byte = next_byte(&text)) {
		if (byte == '\0' || length + 1 >= size) {
			return false;
		}
		copy[length++] = (char)byte;
	}
	copy[length] = '\0';
	return true;
}

static struct text without_leading_blanks(struct text text) {
	while (text.length > 0 && (unsigned char)text.data[0] <= ' ') {
		text = drop(text, 1);
	}
	return text;
}

/* Cuts text at the first such byte and returns what is behind it; empty where there is none. */
static struct text split_off(struct text *text, char byte) {
	size_t index = text_index(*text, byte);
	struct text rest = drop(*text, index + (index < text->length));
	*text = text_part(*text, 0, index);
	return rest;
}

static size_t authority_length(struct text text) {
	size_t slash = text_index(text, '/');
	size_t question_mark = text_index(text, '?');
	size_t number_sign = text_index(text, '#');
	size_t mark = question_mark < number_sign ? question_mark : number_sign;
	return slash < mark ? slash : mark;
}

/* The part of a path behind its last slash. */
static struct text last_segment(struct text path) {
	size_t start = path.length;
	while (start > 0 && path.data[start - 1] != '/') {
		start--;
	}
	return drop(path, start);
}

/*
 * Characters in which Unicode's compatibility form (NFKC) has one of "/?#@:". urllib refuses them
 * in an authority, because a resolver might read another host there.
 */
static const uint32_t delimiters_in_disguise[] = {0x2047, 0x2048, 0x2049, 0x2100, 0x2101, 0x2105,
	0x2106, 0x2A74, 0xFE13, 0xFE16, 0xFE55, 0xFE56, 0xFE5F, 0xFE6B, 0xFF03, 0xFF0F, 0xFF1A,
	0xFF1F, 0xFF20};

static bool is_delimiter_in_disguise(uint32_t character) {
	for (size_t i = 0; i < sizeof(delimiters_in_disguise) / sizeof(uint32_t); i++) {
		if (delimiters_in_disguise[i] == character) {
			return true;
		}
	}
	return false;
}

static bool has_delimiter_in_disguise(struct text authority) {
	size_t offset = 0;
	while (offset < authority.length) {
		uint32_t character;
		if (!text_next_character(authority, &offset, &character)) {
			offset++;
		} else if (is_delimiter_in_disguise(character)) {
			return true;
		}
	}
	return false;
}

/* "v1.anything", the form that RFC 3986 keeps for addresses to come. */
static bool is_future_address(struct text host) {
	struct text version = host;
	struct text rest = split_off(&version, '.');
	size_t digits = 0;
	next_byte(&version);
	for (int byte = next_byte(&version); byte >= 0; byte = next_byte(&version)) {
		if (!is_hexadecimal((char)byte)) {
			return false;
		}
		digits++;
	}
	return digits > 0 && !is_empty(rest);
}

/* An IPv6 address, with "%" and a zone behind it or not, as Python's ipaddress takes it. */
static bool is_ipv6_address(struct text host) {
	bool has_zone = text_index(host, '%') < host.length;
	struct text zone = split_off(&host, '%');
	if (has_zone && (is_empty(zone) || text_index(zone, '%') < zone.length)) {
		return false;
	}
	char address[INET6_ADDRSTRLEN];
	struct in6_addr binary;
	return copy_counting(address, sizeof(address), host) &&
	       inet_pton(AF_INET6, address, &binary) == 1;
}

static bool is_authority(struct text authority) {
	size_t opening = text_index(authority, '[');
	size_t closing = text_index(authority, ']');
	if ((opening < authority.length) != (closing < authority.length)) {
		return false;
	}
	if (opening < authority.length) {
		struct text host = drop(authority, opening + 1);
		split_off(&host, ']');
		bool is_future = starts_with_byte(host, 'v');
		if (is_future ? !is_future_address(host) : !is_ipv6_address(host)) {
			return false;
		}
	}
	return !has_delimiter_in_disguise(authority);
}

static const struct known_scheme *find_scheme(struct text scheme) {
	char name[sizeof("prospero")];
	if (!copy_counting(name, sizeof(name), scheme)) {
		return &unknown_scheme;
	}
	for (char *byte = name; *byte != '\0'; byte++) {
		*byte = to_lower(*byte);
	}
	for (size_t i = 0; i < sizeof(known_schemes) / sizeof(known_schemes[0]); i++) {
		if (strcmp(known_schemes[i].name, name) == 0) {
			return &known_schemes[i];
		}
	}
	return &unknown_scheme;
}

/* Cuts "SCHEME:" off. Returns false where the text does not start with one. */
static bool take_scheme(struct text *rest, struct text *scheme) {
	size_t colon = text_index(*rest, ':');
	if (colon == rest->length || colon == 0 || !is_letter(rest->data[0])) {
		return false;
	}
	for (size_t i = 0; i < colon; i++) {
		if (!is_scheme_byte(rest->data[i]) && !is_ignored(rest->data[i])) {
			return false;
		}
	}
	*scheme = text_part(*rest, 0, colon);
	*rest = drop(*rest, colon + 1);
	return true;
}

/* Returns false where urlparse finds no scheme, or raises ValueError. */
static bool take_apart(struct uri_parts *parts, struct text text) {
	struct text rest = without_leading_blanks(text);
	*parts = (struct uri_parts){0};
	if (!take_scheme(&rest, &parts->scheme)) {
		return false;
	}
	parts->known = find_scheme(parts->scheme);
	if (starts_with_two_slashes(rest)) {
		next_byte(&rest);
		next_byte(&rest);
		parts->authority = text_part(rest, 0, authority_length(rest));
		rest = drop(rest, parts->authority.length);
	}
	parts->fragment = split_off(&rest, '#');
	parts->query = split_off(&rest, '?');
	parts->path = rest;
	if (parts->known->has_parameters) {
		struct text segment = last_segment(rest);
		parts->parameters = drop(segment, text_index(segment, ';'));
		parts->path = text_part(rest, 0, rest.length - parts->parameters.length);
		parts->parameters = drop(parts->parameters, 1);
	}
	return is_authority(parts->authority);
}

enum uri_kind uri_classify(struct text text) {
	struct uri_parts parts;
	if (take_apart(&parts, text)) {
		return parts.known->kind;
	}
	return text_starts_with(text, TEXT("/")) ? URI_ABSOLUTE_PATH : URI_RELATIVE_PATH;
}

bool uri_has_scheme(struct text text) {
	struct uri_parts parts;
	struct text rest = text_strip(text);
	return take_apart(&parts, text) || take_scheme(&rest, &parts.scheme);
}

static void append_scheme(struct buffer *buffer, struct text scheme) {
	for (int byte = next_byte(&scheme); byte >= 0; byte = next_byte(&scheme)) {
		buffer_append_byte(buffer, to_lower((char)byte));
	}
	buffer_append_byte(buffer, ':');
}

static void append_unless_empty(struct buffer *buffer, char mark, struct text text) {
	if (!is_empty(text)) {
		buffer_append_byte(buffer, mark);
		append_counting(buffer, text);
	}
}

static bool is_written_with_authority(const struct uri_parts *parts) {
	return !is_empty(parts->authority) ||
	       (parts->known->has_authority && !starts_with_two_slashes(parts->path));
}

/* The parameters count as path when urlunparse looks for the slash in front of it. */
static bool lacks_slash(const struct uri_parts *parts) {
	bool is_nothing = is_empty(parts->path) && is_empty(parts->parameters);
	return !is_nothing && !starts_with_byte(parts->path, '/');
}

void uri_normalize(struct buffer *buffer, struct text text) {
	struct uri_parts parts;
	if (!take_apart(&parts, text)) {
		buffer_append_text(buffer, text);
		return;
	}
	append_scheme(buffer, parts.scheme);
	if (is_written_with_authority(&parts)) {
		buffer_append_string(buffer, "//");
		append_counting(buffer, parts.authority);
		if (lacks_slash(&parts)) {
			buffer_append_byte(buffer, '/');
		}
	}
	append_counting(buffer, parts.path);
	append_unless_empty(buffer, ';', parts.parameters);
	append_unless_empty(buffer, '?', parts.query);
	append_unless_empty(buffer, '#', parts.fragment);
}

struct text uri_parameters(struct text uri) {
	struct uri_parts parts;
	return take_apart(&parts, uri) ? parts.parameters : (struct text){0};
}
