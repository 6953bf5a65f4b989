#include "library/handle.h"

#include "settings/configuration.h"

#include <stdlib.h>

struct cardfs_options *cardfs_options_create(struct cardfs_error **error) {
	struct cardfs_options *options = calloc(1, sizeof(*options));
	if (options == NULL) {
		struct error fault;
		error_set_memory(&fault);
		report(error, &fault);
		return NULL;
	}
	options->references = 1;
	return options;
}

bool cardfs_options_load(struct cardfs_options *options, struct cardfs_error **error) {
	struct error fault = {0};
	return configuration_load(&options->settings, &fault) || report(error, &fault);
}

bool cardfs_options_set(
	struct cardfs_options *options, const char *option, struct cardfs_error **error) {
	struct error fault = {0};
	return settings_apply_mount_option(&options->settings, option, &fault) ||
	       report(error, &fault);
}

void options_release(struct cardfs_options *options) {
	if (options != NULL && atomic_fetch_sub(&options->references, 1) == 1) {
		settings_finish(&options->settings);
		free(options);
	}
}

void cardfs_options_free(struct cardfs_options *options) {
	options_release(options);
}
