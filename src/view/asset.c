/* The directory of an asset: its renderings, its fields, and its links to other assets. */
#include "view/entries.h"
#include "view/node.h"

static bool read_rendering(const struct node *node, struct buffer *content, struct error *error) {
	return card_render(node->card, (enum card_rendering)node->index, content, error);
}

static const struct node_type rendering_file = {.kind = NODE_FILE, .read = read_rendering};

/* Entries that no field makes. */
static bool is_resolved(const struct node *asset, struct error *error) {
	(void)error;
	return !asset->card->is_broken;
}

static bool is_broken(const struct node *asset, struct error *error) {
	(void)error;
	return asset->card->is_broken;
}

static bool has_base(const struct node *asset, struct error *error) {
	(void)error;
	return asset->card->base.length > 0;
}

static bool borrows_tokenizer(const struct node *asset, struct error *error) {
	return !asset->card->is_broken && card_find(asset->card, TEXT("tokenizer")) == NULL &&
	       relation_has_tokenizer(asset->view, asset->card, error);
}

static const struct own_entry {
	struct text name;
	/* Sets error where it cannot be told for want of memory. */
	bool (*is_present)(const struct node *asset, struct error *error);
	const struct node_type *type;
	enum card_rendering rendering;
} own_entries[] = {
	{{"card.yaml", 9}, is_resolved, &rendering_file, CARD_YAML},
	{{"card.json", 9}, is_resolved, &rendering_file, CARD_JSON},
	{{"card.error", 10}, is_broken, &rendering_file, CARD_ERROR},
	{{"base", 4}, has_base, &base_link, 0},
	{{"tokenizer", 9}, borrows_tokenizer, &tokenizer_link, 0},
};

enum { OWN_ENTRY_COUNT = sizeof(own_entries) / sizeof(own_entries[0]) };

static bool walk_asset(
	const struct node *asset, struct text name, struct node *child, struct error *error) {
	if (text_equal(name, TEXT(".card"))) {
		node_init_child(child, asset, &card_directory);
		return true;
	}
	struct error fault = {0};
	for (size_t i = 0; i < OWN_ENTRY_COUNT; i++) {
		const struct own_entry *entry = &own_entries[i];
		if (text_equal(entry->name, name) && entry->is_present(asset, &fault)) {
			node_init_child(child, asset, entry->type);
			child->index = entry->rendering;
			return true;
		}
	}
	if (fault.kind != ERROR_NONE) {
		return error_set_memory(error);
	}
	if (asset->card->is_broken) {
		return node_set_missing(error);
	}
	return value_walk_mapping(asset, name, child, error);
}

static bool list_asset(
	const struct node *asset, node_visitor *visitor, void *context, struct error *error) {
	struct error fault = {0};
	bool go_on = true;
	for (size_t i = 0; go_on && i < OWN_ENTRY_COUNT; i++) {
		const struct own_entry *entry = &own_entries[i];
		if (entry->is_present(asset, &fault)) {
			go_on = visitor(context, entry->name, entry->type->kind);
		}
	}
	if (fault.kind != ERROR_NONE) {
		return error_set_memory(error);
	}
	if (!go_on || asset->card->is_broken) {
		return true;
	}
	return value_list_mapping(asset, visitor, context, &go_on, error);
}

const struct node_type asset_directory = {
	.kind = NODE_DIRECTORY,
	.walk = walk_asset,
	.list = list_asset,
};
