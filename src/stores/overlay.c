#include "stores/overlay.h"

#include "base/file.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

struct overlay {
	struct store *inner;
	struct buffer path;     /* of the change; empty: none */
	struct card_file *file; /* what is there instead; NULL: nothing */
};

static bool overlay_list(struct store *store, const struct store_listing *previous,
	struct store_listing *listing, struct problem_list *problems, struct error *error) {
	const struct overlay *overlay = store->state;
	struct store *inner = overlay->inner;
	if (!inner->type->list(inner, previous, listing, problems, error)) {
		return false;
	}
	size_t kept = 0;
	for (size_t i = 0; i < listing->count; i++) {
		struct card_file *file = listing->files[i];
		if (text_equal(text_of(file->path), buffer_text(&overlay->path))) {
			card_file_release(file);
		} else {
			listing->files[kept++] = file;
		}
	}
	listing->count = kept;
	return overlay->file == NULL ||
	       store_listing_add(listing, card_file_acquire(overlay->file)) ||
	       error_set_memory(error);
}

static void overlay_close(struct store *store) {
	struct overlay *overlay = store->state;
	if (overlay == NULL) {
		return;
	}
	card_file_release(overlay->file);
	buffer_finish(&overlay->path);
	store_close(overlay->inner);
	free(overlay);
}

static const struct store_type overlay_type = {
	.kind = "overlay",
	.list = overlay_list,
	.close = overlay_close,
};

struct store *overlay_create(struct store *inner, struct error *error) {
	struct store *store = calloc(1, sizeof(*store));
	struct overlay *overlay = calloc(1, sizeof(*overlay));
	char *location = strdup(inner->location);
	if (store == NULL || overlay == NULL || location == NULL) {
		free(store);
		free(overlay);
		free(location);
		error_set_memory(error);
		return NULL;
	}
	*store = *inner;
	store->type = &overlay_type;
	store->location = location;
	store->state = overlay;
	overlay->inner = inner;
	return store;
}

static bool replace(
	struct store *store, struct text path, struct card_file *file, struct error *error) {
	struct overlay *overlay = store->state;
	overlay_forget(store);
	overlay->file = file;
	buffer_append_text(&overlay->path, path);
	return !overlay->path.failed || error_set_memory(error);
}

bool overlay_change(
	struct store *overlay, struct text path, struct text text, struct error *error) {
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	const int64_t modified = (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
	struct card_file *file = card_file_create(path, file_directory(path), text, modified);
	return file == NULL ? error_set_memory(error) : replace(overlay, path, file, error);
}

bool overlay_remove(struct store *overlay, struct text path, struct error *error) {
	return replace(overlay, path, NULL, error);
}

void overlay_forget(struct store *store) {
	struct overlay *overlay = store->state;
	card_file_release(overlay->file);
	overlay->file = NULL;
	buffer_finish(&overlay->path);
}
