#include "card/availability.h"
#include "card/kind.h"
#include "cli/assets.h"
#include "cli/columns.h"
#include "cli/command.h"
#include "yaml/json.h"

/* The answer is written in pieces of about so many bytes. */
#define PIECE_LENGTH 65536

enum { LONG_COLUMN_COUNT = 6 };

static const struct column long_columns[LONG_COLUMN_COUNT] = {
	{"NAME", CUT_END},
	{"KIND", CUT_NOTHING},
	{"FAMILY", CUT_END},
	{"ARCHITECTURE", CUT_END},
	{"STATE", CUT_NOTHING},
	{"STORE", CUT_START},
};

/* Which cards are listed, how, and what came of it so far. */
struct listing {
	const struct workspace *workspace;
	bool has_kind;
	enum card_kind kind;
	bool (*add)(struct listing *listing, const struct card *card, struct error *error);
	struct terminal terminal;
	struct columns columns;
	struct buffer answer;
};

/* What is said of an asset beside its name; an empty text for what it has not. */
struct listed_asset {
	const char *kind;
	struct text family;
	struct text architecture;
	enum availability availability;
	struct text store;
};

/* A default store is called by its origin, an added one by its location. */
static struct text store_of(const struct catalog *catalog, const struct card *card) {
	struct asset asset;
	if (!catalog_find(catalog, card->name, &asset)) {
		return TEXT("");
	}
	const struct store *store = catalog_store(catalog, asset.documents[0]->set->store).store;
	return text_of(
		store->origin == STORE_ADDED ? store->location : store_origin_name(store->origin));
}

static bool describe(const struct listing *listing, const struct card *card,
	struct listed_asset *listed, struct error *error) {
	const struct card_field *architecture = card_find(card, TEXT("model_arch"));
	bool is_string = architecture != NULL && architecture->value->type == VALUE_STRING;
	*listed = (struct listed_asset){
		.kind = card_kind_name(card_kind(card)),
		.family = card_family(card),
		.architecture = is_string ? architecture->value->canonical : TEXT(""),
		.store = store_of(listing->workspace->catalog, card),
	};
	return availability_of(card, &listing->workspace->locate, &listed->availability, error);
}

static bool print_piece(struct listing *listing, struct error *error) {
	bool done = print_answer(&listing->answer, error);
	buffer_clear(&listing->answer);
	return done;
}

static bool print_full_piece(struct listing *listing, struct error *error) {
	return listing->answer.length < PIECE_LENGTH || print_piece(listing, error);
}

static bool add_name(struct listing *listing, const struct card *card, struct error *error) {
	buffer_append_printable(&listing->answer, card->name);
	buffer_append_byte(&listing->answer, '\n');
	return print_full_piece(listing, error);
}

static void append_member(struct buffer *answer, const char *name, struct text text) {
	buffer_append_format(answer, ", \"%s\": ", name);
	if (text.length > 0) {
		json_write_string(answer, text);
	} else {
		buffer_append_string(answer, "null");
	}
}

static bool add_json(struct listing *listing, const struct card *card, struct error *error) {
	struct listed_asset listed;
	struct buffer *answer = &listing->answer;
	if (!describe(listing, card, &listed, error)) {
		return false;
	}
	bool has_state = listed.availability != AVAILABILITY_NONE;
	buffer_append_string(answer, "{\"name\": ");
	json_write_string(answer, card->name);
	append_member(answer, "kind", text_of(listed.kind));
	append_member(answer, "family", listed.family);
	append_member(answer, "architecture", listed.architecture);
	append_member(answer, "state",
		has_state ? text_of(availability_name(listed.availability)) : TEXT(""));
	append_member(answer, "store", listed.store);
	buffer_append_string(answer, "}\n");
	return print_full_piece(listing, error);
}

static void add_cell(struct listing *listing, struct text text) {
	if (text.length > 0) {
		columns_add(&listing->columns, STYLE_PLAIN, text);
	} else {
		columns_add(&listing->columns, STYLE_DIM, TEXT("-"));
	}
}

static bool add_row(struct listing *listing, const struct card *card, struct error *error) {
	static const enum terminal_style styles[] = {
		[AVAILABILITY_LOCAL] = STYLE_GOOD,
		[AVAILABILITY_MISSING] = STYLE_BAD,
		[AVAILABILITY_CACHED] = STYLE_GOOD,
		[AVAILABILITY_REMOTE] = STYLE_WARNING,
		[AVAILABILITY_GATED] = STYLE_WARNING,
		[AVAILABILITY_NONE] = STYLE_DIM,
	};
	struct listed_asset listed;
	if (!describe(listing, card, &listed, error)) {
		return false;
	}
	columns_add(&listing->columns, STYLE_NAME, card->name);
	add_cell(listing, text_of(listed.kind));
	add_cell(listing, listed.family);
	add_cell(listing, listed.architecture);
	columns_add(&listing->columns, styles[listed.availability],
		text_of(availability_name(listed.availability)));
	add_cell(listing, listed.store);
	return columns_end_row(&listing->columns, error);
}

static bool list_card(void *context, struct card *card, struct error *error) {
	struct listing *listing = context;
	bool is_listed = !listing->has_kind || card_kind(card) == listing->kind;
	return !is_listed || listing->add(listing, card, error);
}

static enum exit_status list_workspace(struct listing *listing) {
	struct problem_list problems = {0};
	struct error error = {0};
	bool done = assets_visit_sound(listing->workspace, list_card, listing, &problems, &error) &&
		    print_piece(listing, &error) && columns_print(&listing->columns, &error);
	enum exit_status status = done ? assets_report(&problems) : fail(&error);
	problem_list_finish(&problems);
	return status;
}

static enum exit_status run(struct settings *settings, const struct string_list *arguments) {
	struct workspace workspace;
	struct listing listing = {
		.workspace = &workspace,
		.has_kind = settings->kind != NULL,
		.add = settings->json      ? add_json
		       : settings->in_full ? add_row
					   : add_name,
	};
	if (arguments->count > 0) {
		return fail_usage(
			"list takes no arguments, but there is \"%s\"", arguments->items[0]);
	}
	if (listing.has_kind && !card_kind_parse(settings->kind, &listing.kind)) {
		return fail_usage(
			"there is no kind \"%s\"; kinds are model, dataset, tokenizer and other",
			settings->kind);
	}
	struct error error = {0};
	terminal_init(&listing.terminal);
	columns_init(&listing.columns, &listing.terminal, long_columns, LONG_COLUMN_COUNT);
	enum exit_status status = workspace_load(&workspace, settings, &error)
					  ? list_workspace(&listing)
					  : fail(&error);
	columns_finish(&listing.columns);
	buffer_finish(&listing.answer);
	workspace_finish(&workspace);
	return status;
}

const struct command command_list = {
	.name = "list",
	.usage = "[--kind KIND] [--long | --json]",
	.summary = "names of the assets, sorted",
	.details =
		"Lists the names of all assets that resolve, one a line. Broken ones are named on\n"
		"standard error, and the exit status is 1 then.\n\n"
		"  --kind KIND   only models, datasets, tokenizers, or others:\n"
		"                model, dataset, tokenizer, other\n"
		"  --long        also kind, family, architecture, state and store. The state is\n"
		"                that of the checkpoint, of datasets the data, of tokenizers the\n"
		"                tokenizer: local, cached, remote, missing, gated, or - for none\n"
		"  --json        the same as one JSON object a line\n",
	.run = run,
};
