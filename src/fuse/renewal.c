#include "fuse/renewal.h"

static fuse_ino_t directory_number(struct text path) {
	return inode_number(path, NODE_DIRECTORY, TEXT(""));
}

static void expire_inode(const struct renewal *renewal, fuse_ino_t number, enum node_kind kind) {
	if (kind == NODE_DIRECTORY) {
		notice_content(renewal->notifier, number);
	} else {
		notice_attributes(renewal->notifier, number);
	}
}

/* Without memory for the list their attributes are as old as they are. */
void renewal_expire_inodes(struct renewal *renewal) {
	struct known_inodes known = {0};
	inodes_list_all(&renewal->filesystem->inodes, &known);
	for (size_t i = 0; i < known.count; i++) {
		expire_inode(renewal, known.items[i].number, known.items[i].inode.attributes.kind);
	}
	expire_inode(renewal, directory_number(TEXT("")), NODE_DIRECTORY);
	known_inodes_finish(&known);
}

static void expire_name(struct renewal *renewal, struct text path) {
	notice_doubt(renewal->notifier, path);
	atomic_fetch_add(&renewal->told, 1);
}

struct telling {
	struct renewal *renewal;
	struct text directory;
	bool failed;
};

/* A directory that the kernel knows is not absent for it. */
static bool expire_listed(void *context, struct text name, enum node_kind kind) {
	struct telling *telling = context;
	struct renewal *renewal = telling->renewal;
	struct buffer path = {0};
	buffer_append_text(&path, telling->directory);
	place_append_name(&path, name);
	telling->failed = path.failed;
	if (!path.failed &&
		(kind != NODE_DIRECTORY || !inodes_has(&renewal->filesystem->inodes,
						   directory_number(buffer_text(&path))))) {
		expire_name(renewal, buffer_text(&path));
	}
	buffer_finish(&path);
	return !telling->failed;
}

/* Finds a directory in what is shown now; what is found stays what it is. */
static bool find_directory(
	struct renewal *renewal, struct text path, struct place *place, struct error *error) {
	struct visit visit;
	buffer_append_text(&place->path, path);
	current_enter(&renewal->filesystem->current, &visit);
	const bool is_there =
		place_find(place, visit.view, error) && node_kind(&place->node) == NODE_DIRECTORY;
	current_leave(&renewal->filesystem->current, &visit);
	return is_there;
}

static bool expire_directory(struct renewal *renewal, struct text path, struct error *error) {
	struct place place = {0};
	struct error fault = {0};
	struct telling telling = {.renewal = renewal, .directory = path};
	if (find_directory(renewal, path, &place, &fault)) {
		node_list(&place.node, expire_listed, &telling, &fault);
	} else if (fault.kind != ERROR_MEMORY) {
		notice_name(renewal->notifier, path);
		atomic_fetch_add(&renewal->told, 1);
	}
	place_finish(&place);
	return (!telling.failed && fault.kind != ERROR_MEMORY) || error_set_memory(error);
}

bool renewal_expire_names(struct renewal *renewal, struct error *error) {
	struct known_inodes known = {0};
	bool done =
		inodes_list_all(&renewal->filesystem->inodes, &known) || error_set_memory(error);
	done = done && expire_directory(renewal, TEXT(""), error);
	for (size_t i = 0; done && i < known.count; i++) {
		const struct known_inode *entry = &known.items[i];
		if (entry->inode.attributes.kind == NODE_DIRECTORY) {
			done = expire_directory(renewal, entry->path, error);
		} else {
			expire_name(renewal, entry->path);
		}
	}
	known_inodes_finish(&known);
	return done;
}
