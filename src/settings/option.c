#include "settings/option.h"

#include "base/array.h"

#include <stdlib.h>
#include <string.h>

#define PLACE(member) offsetof(struct settings, member)

const struct option option_table[] = {
	{.kind = OPTION_VALUE,
		.place = PLACE(environment),
		.long_name = "env",
		.mount_name = "env",
		.value_name = "NAME",
		.help = "resolve in this environment (default: $CARDFS_ENV)"},
	{.kind = OPTION_LIST,
		.place = PLACE(stores),
		.long_name = "store",
		.mount_name = "store",
		.value_name = "LOCATION",
		.help = "a further PATH, checkpoints:DIR or package:NAME"},
	{.kind = OPTION_FLAG,
		.place = PLACE(no_default_stores),
		.long_name = "no-default-stores",
		.mount_name = "nodefaults",
		.help = "only the stores that --store names"},
	{.kind = OPTION_FLAG,
		.place = PLACE(no_built_in),
		.long_name = "no-built-in",
		.mount_name = "nobuiltin",
		.help = "leave out the cards that ship with cardfs"},
	{.kind = OPTION_FLAG,
		.place = PLACE(no_system),
		.long_name = "no-system",
		.mount_name = "nosystem",
		.help = "leave out the system's store"},
	{.kind = OPTION_FLAG,
		.place = PLACE(no_user),
		.long_name = "no-user",
		.mount_name = "nouser",
		.help = "leave out the user's store"},
	{.kind = OPTION_CHOICE,
		.place = PLACE(conflicts),
		.long_name = "conflicts",
		.mount_name = "conflicts",
		.value_name = "error|shadow",
		.help = "of one name: a problem, or the later store's wins",
		.default_value = "error"},
	{.kind = OPTION_FLAG,
		.place = PLACE(strict),
		.long_name = "strict",
		.mount_name = "strict",
		.help = "refuse to mount while there is any problem"},
	{.kind = OPTION_NAMES,
		.place = PLACE(locators),
		.long_name = "locators",
		.mount_name = "locators",
		.value_name = "A:B",
		.help = "further fields that are locators"},
	{.kind = OPTION_VALUE,
		.place = PLACE(poll),
		.long_name = "poll",
		.mount_name = "poll",
		.value_name = "SECONDS",
		.help = "look for changes every so often as well"},
	{.kind = OPTION_VALUE,
		.place = PLACE(serving_user),
		.long_name = "user",
		.mount_name = "user",
		.value_name = "NAME[:GROUP]",
		.help = "serve root's mount as (default: nobody)"},
	{.kind = OPTION_VALUE, .place = PLACE(serving_user), .mount_name = "served_by"},
	{.kind = OPTION_VALUE, .place = PLACE(owner_user), .mount_name = "uid"},
	{.kind = OPTION_VALUE, .place = PLACE(owner_group), .mount_name = "gid"},
	{.kind = OPTION_FLAG,
		.place = PLACE(foreground),
		.long_name = "foreground",
		.short_name = 'f',
		.help = "stay in the foreground"},
	{.kind = OPTION_FLAG,
		.place = PLACE(debug),
		.long_name = "debug",
		.mount_name = "debug",
		.short_name = 'd',
		.help = "the same, with every request on standard error"},
	{.kind = OPTION_FLAG,
		.place = PLACE(verbose),
		.long_name = "verbose",
		.mount_name = "verbose",
		.short_name = 'v',
		.help = "say more"},
	{.kind = OPTION_CHOICE,
		.place = PLACE(log_format),
		.long_name = "log-format",
		.mount_name = "log-format",
		.value_name = "text|json",
		.help = "how messages are written",
		.default_value = "text"},
	{.kind = OPTION_FLAG, .place = PLACE(all), .long_name = "all"},
	{.kind = OPTION_FLAG, .place = PLACE(json), .long_name = "json"},
	{.kind = OPTION_VALUE, .place = PLACE(kind), .long_name = "kind", .value_name = "KIND"},
	{.kind = OPTION_FLAG, .place = PLACE(in_full), .long_name = "long"},
	{.kind = OPTION_FLAG, .place = PLACE(svg), .long_name = "svg"},
	{.kind = OPTION_FLAG, .place = PLACE(dry_run), .long_name = "dry-run"},
	{.kind = OPTION_FLAG,
		.place = PLACE(help),
		.long_name = "help",
		.short_name = 'h',
		.help = "what there is, or more about a command"},
	{.kind = OPTION_FLAG,
		.place = PLACE(version),
		.long_name = "version",
		.short_name = 'V',
		.help = "the version"},
};

const size_t option_count = sizeof(option_table) / sizeof(option_table[0]);

static bool is_choice(const char *choices, struct text value) {
	struct text rest = text_of(choices);
	while (rest.length > 0) {
		struct text choice = text_part(rest, 0, text_index(rest, '|'));
		if (text_equal(choice, value)) {
			return true;
		}
		rest = text_part(rest, choice.length + 1, rest.length);
	}
	return false;
}

/* "text|json" as "text" or "json". */
static bool fail_choice(const struct option *option, const char *value, struct error *error) {
	struct buffer choices = {0};
	struct text rest = text_of(option->value_name);
	while (rest.length > 0) {
		struct text choice = text_part(rest, 0, text_index(rest, '|'));
		rest = text_part(rest, choice.length + 1, rest.length);
		buffer_append_format(&choices, "%s\"%.*s\"", choices.length == 0 ? "" : " or ",
			TEXT_ARGUMENTS(choice));
	}
	if (choices.failed) {
		error_set_memory(error);
	} else {
		error_set(error, ERROR_USAGE, "%s is %.*s, not \"%s\"", option->long_name,
			TEXT_ARGUMENTS(buffer_text(&choices)), value);
	}
	buffer_finish(&choices);
	return false;
}

static bool add_record(struct settings *settings, const struct setting_record *record) {
	struct setting_record *records = array_make_room(settings->records, settings->record_count,
		&settings->record_capacity, sizeof(*records));
	if (records == NULL) {
		return false;
	}
	settings->records = records;
	settings->records[settings->record_count++] = *record;
	return true;
}

static bool set_value(struct settings *settings, const struct option *option, const char *value,
	struct error *error) {
	void *place = (char *)settings + option->place;
	switch (option->kind) {
	case OPTION_FLAG:
		*(bool *)place = value == NULL || strcmp(value, "true") == 0;
		return true;
	case OPTION_CHOICE:
		if (!is_choice(option->value_name, text_of(value))) {
			return fail_choice(option, value, error);
		}
		*(const char **)place = value;
		return true;
	case OPTION_LIST:
		return string_list_add(place, value) || error_set_memory(error);
	default:
		*(const char **)place = value;
		return true;
	}
}

bool option_apply(struct settings *settings, const struct option *option, const char *value,
	const struct setting_place *place, struct error *error) {
	struct setting_record record = {
		.option = option,
		.value = value == NULL ? "true" : value,
		.place = *place,
	};
	return set_value(settings, option, value, error) &&
	       (add_record(settings, &record) || error_set_memory(error));
}

const struct setting_record *option_record(
	const struct settings *settings, const struct option *option) {
	for (size_t i = settings->record_count; i-- > 0;) {
		if (settings->records[i].option == option) {
			return &settings->records[i];
		}
	}
	return NULL;
}
