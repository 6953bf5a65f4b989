#include "fuse/enclosure.h"

#include "base/log.h"
#include "stores/kept.h"

#include <errno.h>
#include <unistd.h>

/* In a cache, what links in it and in its directories lead to: whole repositories may be elsewhere.
 */
enum { CACHE_LINK_DEPTH = 2 };

static bool add_store(struct reach *reach, const struct store *store) {
	const struct store_scope *scope = store->type->scope;
	return reach_add(reach, &(struct reach_place){
					.path = store->location,
					.access = REACH_READ | REACH_LIST,
					.link_depth = scope->depth_limit + 1,
					.follows_directories = scope->follows_links,
				});
}

/* Of fairseq2's downloads nothing is read but what there is; of the Hub's the revision as well. */
static bool add_cache(struct reach *reach, char *path, unsigned access) {
	return path[0] == '\0' || reach_add(reach, &(struct reach_place){
							   .path = path,
							   .access = access,
							   .link_depth = CACHE_LINK_DEPTH,
							   .follows_directories = true,
						   });
}

static bool add_places(struct reach *reach, const struct mount_options *options) {
	for (size_t i = 0; i < options->stores->count; i++) {
		if (!add_store(reach, options->stores->stores[i])) {
			return false;
		}
	}
	return add_cache(reach, options->locate->asset_cache, REACH_LIST) &&
	       add_cache(reach, options->locate->hub_cache, REACH_LIST | REACH_READ);
}

/* What is kept is only ever a help. */
static void open_kept(struct confinement *enclosure) {
	const struct identity *identity = &enclosure->identity;
	struct error error = {0};
	const gid_t group = identity->is_chosen ? identity->group : getegid();
	enclosure->reach.own = kept_open(identity_user(identity), group, &error);
	enclosure->reach.has_own = enclosure->reach.own >= 0;
	if (enclosure->reach.has_own) {
		kept_use(enclosure->reach.own);
	} else {
		log_message(
			LOG_LEVEL_INFORMATION, "the next start will be as slow: %s", error.message);
	}
}

bool enclosure_init(
	struct confinement *enclosure, const struct mount_options *options, struct error *error) {
	*enclosure = (struct confinement){0};
	if (!identity_find(&enclosure->identity, options->serving_user, error)) {
		return false;
	}
	if (!add_places(&enclosure->reach, options)) {
		confinement_finish(enclosure);
		return error_set_memory(error);
	}
	open_kept(enclosure);
	return true;
}

void enclosure_finish(struct confinement *enclosure) {
	if (enclosure->reach.has_own) {
		kept_use(-1);
		close(enclosure->reach.own);
	}
	confinement_finish(enclosure);
}

void enclosure_mention_closed(const struct mount_options *options) {
	for (size_t i = 0; i < options->stores->count; i++) {
		const struct store *store = options->stores->stores[i];
		const bool is_nothing = store->optional && store->was_absent;
		if (!is_nothing && access(store->location, R_OK) != 0 && errno == EACCES) {
			log_message(LOG_LEVEL_WARNING,
				"user %u, who serves the mount, may not read the store %s: let "
				"that user, or choose another with -o user=NAME",
				(unsigned)geteuid(), store->location);
		}
	}
}
