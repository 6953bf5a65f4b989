/* The directory .cardfs: the mount about itself. */
#include "view/node.h"
#include "view/problems.h"

static bool read_version(const struct node *node, struct buffer *content, struct error *error) {
	(void)node;
	(void)error;
	buffer_append_string(content, CARDFS_VERSION "\n");
	return true;
}

static bool read_environment(const struct node *node, struct buffer *content, struct error *error) {
	(void)error;
	if (node->view->environment.length > 0) {
		buffer_append_printable(content, node->view->environment);
		buffer_append_byte(content, '\n');
	}
	return true;
}

static bool read_environments(
	const struct node *node, struct buffer *content, struct error *error) {
	(void)error;
	const struct catalog *catalog = node->view->catalog;
	for (size_t i = 0; i < catalog_environment_count(catalog); i++) {
		buffer_append_printable(content, catalog_environment(catalog, i));
		buffer_append_byte(content, '\n');
	}
	return true;
}

static bool read_generation(const struct node *node, struct buffer *content, struct error *error) {
	(void)error;
	buffer_append_format(
		content, "%llu\n", (unsigned long long)catalog_generation(node->view->catalog));
	return true;
}

static bool read_stores(const struct node *node, struct buffer *content, struct error *error) {
	(void)error;
	const struct catalog *catalog = node->view->catalog;
	for (size_t i = 0; i < catalog_store_count(catalog); i++) {
		const struct catalog_store entry = catalog_store(catalog, i);
		buffer_append_format(content, "%s\t%s:", store_origin_name(entry.store->origin),
			entry.store->type->kind);
		buffer_append_printable(content, text_of(entry.store->location));
		buffer_append_format(
			content, "\t%zu cards\t%zu files\t", entry.card_count, entry.file_count);
		if (entry.problem_count == 0) {
			buffer_append_string(content, "ok\n");
		} else {
			buffer_append_format(content, "%zu problem%s\n", entry.problem_count,
				entry.problem_count == 1 ? "" : "s");
		}
	}
	return true;
}

static void append_list(struct buffer *content, const struct problem_list *problems) {
	for (size_t i = 0; i < problems->count; i++) {
		problem_append(content, &problems->items[i], true);
		buffer_append_byte(content, '\n');
	}
}

static bool append_problems(struct view *view, struct buffer *content, struct error *error) {
	struct problem_list problems = {0};
	bool done = problems_of_view(view, &problems, error);
	if (done) {
		append_list(content, &problems);
	}
	problem_list_finish(&problems);
	return done;
}

/* Looking at every card takes a while, so the answer is kept. */
static bool append_lasting_problems(
	struct view *view, struct buffer *content, struct error *error) {
	pthread_mutex_lock(&view->lock);
	bool is_known = view->has_problems;
	buffer_append_text(content, buffer_text(&view->problems));
	pthread_mutex_unlock(&view->lock);
	if (is_known) {
		return true;
	}
	if (!append_problems(view, content, error)) {
		return false;
	}
	pthread_mutex_lock(&view->lock);
	if (!view->has_problems) {
		buffer_append_text(&view->problems, buffer_text(content));
		view->has_problems = !view->problems.failed;
	}
	pthread_mutex_unlock(&view->lock);
	return true;
}

static bool append_passing_problems(
	const struct view *view, struct buffer *content, struct error *error) {
	const struct mount_files *mount = view->files;
	struct problem_list problems = {0};
	if (mount == NULL || mount->add_problems == NULL) {
		return true;
	}
	mount->add_problems(mount->context, &problems);
	append_list(content, &problems);
	const bool failed = problems.failed;
	problem_list_finish(&problems);
	return !failed || error_set_memory(error);
}

static bool read_problems(const struct node *node, struct buffer *content, struct error *error) {
	return append_lasting_problems(node->view, content, error) &&
	       append_passing_problems(node->view, content, error);
}

static const struct meta_file {
	struct text name;
	struct node_type type;
} files[] = {
	{{"version", 7}, {.kind = NODE_FILE, .is_live = true, .read = read_version}},
	{{"environment", 11}, {.kind = NODE_FILE, .is_live = true, .read = read_environment}},
	{{"environments", 12}, {.kind = NODE_FILE, .is_live = true, .read = read_environments}},
	{{"generation", 10}, {.kind = NODE_FILE, .is_live = true, .read = read_generation}},
	{{"stores", 6}, {.kind = NODE_FILE, .is_live = true, .read = read_stores}},
	{{"problems", 8}, {.kind = NODE_FILE, .is_live = true, .read = read_problems}},
};

enum { FILE_COUNT = sizeof(files) / sizeof(files[0]) };

static bool read_mount_file(const struct node *node, struct buffer *content, struct error *error) {
	const struct mount_files *mount = node->view->files;
	return mount->items[node->index].read(mount->context, node->view, content, error);
}

static const struct node_type mount_file = {
	.kind = NODE_FILE,
	.is_live = true,
	.is_momentary = true,
	.read = read_mount_file,
};

/*
 * What is in them may be another thing whenever they are looked at: listed, they would upset
 * programs that copy or compare what they list.
 */
static bool walk_mount_file(
	const struct node *directory, struct text name, struct node *child, struct error *error) {
	const struct mount_files *mount = directory->view->files;
	for (size_t i = 0; mount != NULL && i < mount->count; i++) {
		if (text_equal(mount->items[i].name, name)) {
			node_init_child(child, directory, &mount_file);
			child->index = (unsigned)i;
			return true;
		}
	}
	return node_set_missing(error);
}

static bool walk_meta(
	const struct node *directory, struct text name, struct node *child, struct error *error) {
	for (size_t i = 0; i < FILE_COUNT; i++) {
		if (text_equal(files[i].name, name)) {
			node_init_child(child, directory, &files[i].type);
			return true;
		}
	}
	return walk_mount_file(directory, name, child, error);
}

static bool list_meta(
	const struct node *directory, node_visitor *visitor, void *context, struct error *error) {
	(void)directory;
	(void)error;
	for (size_t i = 0; i < FILE_COUNT; i++) {
		if (!visitor(context, files[i].name, NODE_FILE)) {
			break;
		}
	}
	return true;
}

const struct node_type meta_directory = {
	.kind = NODE_DIRECTORY,
	.is_live = true,
	.walk = walk_meta,
	.list = list_meta,
};
