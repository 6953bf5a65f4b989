#include "watching.h"

/* Listings that follow what is told end up as listing anew does. */
static void follow(struct watching *watching, struct store_listing *listing, bool *had_problems) {
	struct store *store = watching->stores[0];
	struct store_listing previous = *listing;
	struct problem_list problems = {0};
	struct error error = {0};
	*listing = (struct store_listing){0};
	if (*had_problems) {
		store_changes_add_everything(&watching->changes[0]);
	}
	assert_true(
		store_update(store, &previous, &watching->changes[0], listing, &problems, &error));
	*had_problems = problems.count > 0;
	problem_list_finish(&problems);
	store_listing_finish(&previous);
	forget(watching);
}

static void assert_same(const struct store_listing *one, const struct store_listing *other) {
	assert_int_equal(one->count, other->count);
	for (size_t i = 0; i < one->count; i++) {
		assert_string_equal(one->files[i]->path, other->files[i]->path);
		assert_string_equal(one->files[i]->text, other->files[i]->text);
	}
}

/* One of the things that can be done to a tree, to an entry chosen at random. */
static void disturb(const struct fixture *fixture, unsigned *seed) {
	static const char *const entries[] = {"s/a.yaml", "s/b.yaml", "s/d", "s/d/a.yaml", "s/d/e",
		"s/d/e/a.yaml", "s/f", "s/f/a.yaml", "s/f/d", "s/f/d/a.yaml", "t", "t/a.yaml",
		"t/d", "t/d/a.yaml"};
	enum { COUNT = sizeof(entries) / sizeof(*entries) };
	*seed = *seed * 1103515245 + 12345;
	const char *entry = entries[*seed / 65536 % COUNT];
	*seed = *seed * 1103515245 + 12345;
	const char *other = entries[*seed / 65536 % COUNT];
	char text[32];
	snprintf(text, sizeof(text), "name: n%u", *seed);
	*seed = *seed * 1103515245 + 12345;
	switch (*seed / 65536 % 8) {
	case 0:
	case 1: {
		const int descriptor =
			open(at(fixture, entry), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
		if (descriptor >= 0) {
			assert_true(write(descriptor, text, strlen(text)) > 0);
			close(descriptor);
		}
		break;
	}
	case 2:
	case 3:
		mkdir(at(fixture, entry), 0755);
		break;
	case 4:
		remove(at(fixture, entry));
		break;
	case 5:
		(void)!symlink(at(fixture, other), at(fixture, entry));
		break;
	default:
		rename(at(fixture, entry), at(fixture, other));
		break;
	}
}

static void test_random_changes_are_all_told(void **state) {
	struct watching *watching = *state;
	struct fixture *fixture = watch_directory(watching);
	struct store_listing listing = {0};
	bool had_problems = true;
	unsigned seed = 7;
	for (unsigned round = 0; round < 300; round++) {
		for (unsigned i = 0; i <= round % 10; i++) {
			disturb(fixture, &seed);
		}
		char marker[32];
		snprintf(marker, sizeof(marker), "s/marker-%u.yaml", round);
		mkdir(at(fixture, "s"), 0755);
		write_file(fixture, marker, "");
		do {
			wait_once(watching);
			follow(watching, &listing, &had_problems);
		} while (store_listing_find(&listing, at(fixture, marker)) == NULL);
		remove_entry(fixture, marker);
		do {
			wait_once(watching);
			follow(watching, &listing, &had_problems);
		} while (store_listing_find(&listing, at(fixture, marker)) != NULL);
		struct store_listing anew = {0};
		struct problem_list problems = {0};
		assert_true(
			store_list(watching->stores[0], NULL, &anew, &problems, &fixture->error));
		assert_same(&listing, &anew);
		assert_int_equal(problems.count > 0, had_problems);
		problem_list_finish(&problems);
		store_listing_finish(&anew);
	}
	store_listing_finish(&listing);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		WATCH_TEST(test_random_changes_are_all_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
