#include "confine/confine.h"

#include "base/log.h"
#include "confine/filter.h"
#include "confine/sanitizers.h"

#include <dlfcn.h>

void confinement_finish(struct confinement *confinement) {
	identity_finish(&confinement->identity);
	reach_finish(&confinement->reach);
}

/*
 * To end a thread the C library loads this one, and to name the time of day it reads a file: while
 * it still may. Kept for as long as the process lives.
 */
static void load_what_is_loaded_late(void) {
	static void *unwinder;
	if (unwinder == NULL) {
		unwinder = dlopen("libgcc_s.so.1", RTLD_NOW);
	}
}

static void tell(const struct identity *identity, bool is_restricted) {
	const char *files = is_restricted         ? "Landlock restricts what it may open"
			    : sanitizers_are_in() ? "what it may open is not restricted, because "
						    "of how it was built"
						  : "this kernel has no Landlock, so permissions "
						    "alone restrict what it may open";
	log_message(LOG_LEVEL_INFORMATION, "served by user %u without capabilities; %s",
		(unsigned)identity_user(identity), files);
}

bool confine_identity(const struct confinement *confinement, struct error *error) {
	load_what_is_loaded_late();
	return identity_assume(&confinement->identity, error);
}

bool confine_process(struct confinement *confinement, struct error *error) {
	struct reach *reach = &confinement->reach;
	if (!sanitizers_are_in() && !reach_restrict(reach, error)) {
		return false;
	}
	const struct filter filter = {
		.may_make_files = reach->is_in_force && reach->has_own,
		.own = reach->own,
	};
	tell(&confinement->identity, reach->is_in_force);
	return filter_apply(&filter, error);
}
