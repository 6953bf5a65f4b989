#include "fuse/status.h"

#include "base/service.h"

void status_tell(const struct catalog *catalog) {
	const size_t stores = catalog_store_count(catalog);
	size_t problems = 0;
	for (size_t i = 0; i < stores; i++) {
		problems += catalog_store(catalog, i).problem_count;
	}
	service_status("%zu assets from %zu store%s, %zu problem%s in files",
		catalog_asset_count(catalog), stores, stores == 1 ? "" : "s", problems,
		problems == 1 ? "" : "s");
}
