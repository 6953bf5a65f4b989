#include "card/figures.h"

void catalog_figures_init(struct catalog_figures *figures) {
	atomic_init(&figures->files_read, 0);
	atomic_init(&figures->bytes_read, 0);
	atomic_init(&figures->cards_kept, 0);
	atomic_init(&figures->cards_resolved, 0);
}

void catalog_figures_add(atomic_uint_least64_t *figure, uint64_t amount) {
	atomic_fetch_add_explicit(figure, amount, memory_order_relaxed);
}
