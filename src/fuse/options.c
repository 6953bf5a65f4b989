#include "fuse/options.h"

/* What an option does here, besides being passed on. */
static const struct treatment {
	struct text name;
	bool is_dropped;
	bool is_readable_and_writable;
	bool is_source;
	bool may_cover;
	bool for_others;
} treatments[] = {
	{.name = {"rw", 2}, .is_readable_and_writable = true},
	{.name = {"fsname", 6}, .is_source = true},
	{.name = {"allow_other", 11}, .for_others = true},
	{.name = {"allow_root", 10}, .for_others = true},
	{.name = {"nonempty", 8}, .is_dropped = true, .may_cover = true},
	/* By which a mount of ours is recognised. */
	{.name = {"subtype", 7}, .is_dropped = true},
	/* Times of reading, which there are none of. */
	{.name = {"diratime", 8}, .is_dropped = true},
	{.name = {"nodiratime", 10}, .is_dropped = true},
	{.name = {"relatime", 8}, .is_dropped = true},
	{.name = {"norelatime", 10}, .is_dropped = true},
	{.name = {"strictatime", 11}, .is_dropped = true},
	{.name = {"nostrictatime", 13}, .is_dropped = true},
};

static const struct treatment *find_treatment(struct text name) {
	for (size_t i = 0; i < sizeof(treatments) / sizeof(treatments[0]); i++) {
		if (text_equal(treatments[i].name, name)) {
			return &treatments[i];
		}
	}
	static const struct treatment passed_on = {0};
	return &passed_on;
}

struct text options_first(struct text options) {
	size_t length = 0;
	while (length < options.length && options.data[length] != ',') {
		length += options.data[length] == '\\' && length + 1 < options.length ? 2 : 1;
	}
	return text_part(options, 0, length);
}

static void append_option(struct buffer *list, struct text option) {
	if (option.length > 0) {
		buffer_append_string(list, list->length == 0 ? "" : ",");
		buffer_append_text(list, option);
	}
}

static void append_source(struct buffer *list, struct text source) {
	append_option(list, TEXT("fsname="));
	for (size_t i = 0; i < source.length; i++) {
		if (source.data[i] == ',' || source.data[i] == '\\') {
			buffer_append_byte(list, '\\');
		}
		buffer_append_byte(list, source.data[i]);
	}
}

void options_prepare(struct buffer *list, const char *options, const char *source,
	struct options_summary *summary) {
	struct text rest = text_of(options);
	bool is_read_only = true;
	bool has_source = false;
	*summary = (struct options_summary){0};
	append_option(list, TEXT("subtype=cardfs"));
	while (rest.length > 0) {
		const struct text option = options_first(rest);
		const struct treatment *treatment =
			find_treatment(text_part(option, 0, text_index(option, '=')));
		append_option(list, treatment->is_dropped ? TEXT("") : option);
		is_read_only &= !treatment->is_readable_and_writable;
		has_source |= treatment->is_source;
		summary->may_cover |= treatment->may_cover;
		summary->for_others |= treatment->for_others;
		rest = text_part(rest, option.length + 1, rest.length);
	}
	append_option(list, is_read_only ? TEXT("ro") : TEXT(""));
	if (!has_source) {
		append_source(list, text_of(source == NULL ? "cardfs" : source));
	}
}
