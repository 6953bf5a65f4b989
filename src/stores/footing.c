#include "stores/footing.h"

#include "base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool footing_take(struct footing *footing, const char *location) {
	errno = 0;
	footing->path = realpath(location, NULL);
	if (footing->path == NULL) {
		return errno != ENOMEM;
	}
	if (!mounts_find(&footing->mounts, footing->path)) {
		footing_finish(footing);
	}
	return true;
}

bool footing_copy(struct footing *footing, const struct footing *other) {
	footing_finish(footing);
	if (other->path == NULL) {
		return true;
	}
	footing->path = strdup(other->path);
	footing->mounts = other->mounts;
	return footing->path != NULL;
}

void footing_finish(struct footing *footing) {
	free(footing->path);
	*footing = (struct footing){0};
}

bool footing_is_same(const struct footing *footing, const struct footing *other) {
	return text_equal(text_of(footing->path), text_of(other->path)) &&
	       footing->mounts.here == other->mounts.here &&
	       footing->mounts.beneath == other->mounts.beneath;
}

bool footing_is_lost(const struct footing *footing) {
	uint64_t here;
	return footing->path != NULL &&
	       (!mounts_find_now(footing->path, &here) || here != footing->mounts.here);
}

bool footing_is_uncovered(const struct footing *footing) {
	return footing->path != NULL && mounts_are_uncovered(&footing->mounts, footing->path);
}
