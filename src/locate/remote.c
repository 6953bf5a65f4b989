#include "locate/scheme.h"

bool remote_place(const struct placement *placement) {
	struct location *location = placement->location;
	buffer_append_text(&location->path, buffer_text(&location->uri));
	location->state = LOCATION_REMOTE;
	return true;
}
