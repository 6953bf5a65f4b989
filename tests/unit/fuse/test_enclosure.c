/*
 * What a mount needs of its machine: who serves it, and what that process has to reach.
 */
#include "fuse/enclosure.h"

#include "unit/confine/child.h"
#include "unit/support/scene.h"

#include <fcntl.h>
#include <sys/stat.h>

enum { NOBODY = 65534 };

/* Two stores and both caches, where others may look; what is kept is in the scene, too. */
static struct mount_options fill(struct scene *scene) {
	scene_write(scene, "one/a.yaml", "name: a\n");
	scene_write(scene, "two/b.yaml", "name: b\n");
	scene_write(scene, "cache/c/x", "");
	scene_write(scene, "hub/h/x", "");
	scene_write(scene, "kept/x", "");
	assert_int_equal(chmod(scene->root, 0755), 0);
	assert_int_equal(setenv("XDG_CACHE_HOME", scene_path(scene, "kept"), 1), 0);
	scene_add_store(scene, "one");
	scene_add_store(scene, "two");
	scene_load(scene);
	return (struct mount_options){
		.stores = &scene->stores,
		.locate = &scene->settings,
	};
}

/* A test of what only root may choose; others see it skipped. */
static void need_root(void) {
	if (geteuid() != 0) {
		skip();
	}
}

static const struct reach_place *find_place(
	const struct confinement *enclosure, struct scene *scene, const char *entry) {
	for (size_t i = 0; i < enclosure->reach.count; i++) {
		if (strcmp(enclosure->reach.places[i].path, scene_path(scene, entry)) == 0) {
			return &enclosure->reach.places[i];
		}
	}
	return NULL;
}

static void test_stores_are_read_and_caches_listed(void **state) {
	struct scene *scene = *state;
	static const struct {
		const char *entry;
		unsigned access;
	} places[] = {
		{"one", REACH_LIST | REACH_READ},
		{"two", REACH_LIST | REACH_READ},
		{"cache", REACH_LIST},
		{"hub", REACH_LIST | REACH_READ},
	};
	const struct mount_options options = fill(scene);
	struct confinement enclosure;
	assert_true(enclosure_init(&enclosure, &options, &scene->error));
	assert_int_equal(enclosure.reach.count, sizeof(places) / sizeof(places[0]));
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		const struct reach_place *place = find_place(&enclosure, scene, places[i].entry);
		assert_non_null(place);
		assert_int_equal(place->access, places[i].access);
		assert_false(place->is_left_out);
	}
	assert_true(enclosure.reach.has_own);
	enclosure_finish(&enclosure);
}

static void test_a_cache_without_a_home_is_no_place(void **state) {
	struct scene *scene = *state;
	const struct mount_options options = fill(scene);
	scene->settings.hub_cache[0] = '\0';
	struct confinement enclosure;
	assert_true(enclosure_init(&enclosure, &options, &scene->error));
	assert_int_equal(enclosure.reach.count, 3);
	assert_null(find_place(&enclosure, scene, "hub"));
	enclosure_finish(&enclosure);
}

static void test_a_user_there_is_not_is_an_error(void **state) {
	struct scene *scene = *state;
	struct mount_options options = fill(scene);
	options.serving_user = "no-such-user";
	struct confinement enclosure;
	assert_false(enclosure_init(&enclosure, &options, &scene->error));
	assert_int_equal(scene->error.kind, ERROR_USAGE);
}

static void expect_served_by(struct scene *scene, const struct mount_options *options, uid_t user) {
	struct confinement enclosure;
	assert_true(enclosure_init(&enclosure, options, &scene->error));
	assert_true(enclosure.identity.is_chosen);
	assert_int_equal(enclosure.identity.user, user);
	enclosure_finish(&enclosure);
}

static void test_root_serves_what_is_closed_to_nobody_where_it_can_be_kept_to_that(void **state) {
	need_root();
	static const char *const closed[] = {"two", "cache", "hub"};
	const uid_t instead = reach_version() > 0 ? 0 : NOBODY;
	struct scene *scene = *state;
	struct mount_options options = fill(scene);
	expect_served_by(scene, &options, NOBODY);
	for (size_t i = 0; i < sizeof(closed) / sizeof(closed[0]); i++) {
		assert_int_equal(chmod(scene_path(scene, closed[i]), 0700), 0);
		expect_served_by(scene, &options, instead);
		assert_int_equal(chmod(scene_path(scene, closed[i]), 0755), 0);
	}
	assert_int_equal(chmod(scene_path(scene, "two"), 0700), 0);
	options.serving_user = "nobody";
	expect_served_by(scene, &options, NOBODY);
}

static void serve_oneself(void *context) {
	struct scene *scene = context;
	const struct mount_options options = {
		.stores = &scene->stores,
		.locate = &scene->settings,
	};
	struct confinement enclosure;
	EXPECT(setresuid(NOBODY, NOBODY, NOBODY) == 0);
	EXPECT(enclosure_init(&enclosure, &options, &scene->error));
	EXPECT(!enclosure.identity.is_chosen);
	enclosure_finish(&enclosure);
}

static void test_who_is_not_root_serves_whatever_is_closed(void **state) {
	need_root();
	struct scene *scene = *state;
	fill(scene);
	assert_int_equal(chmod(scene_path(scene, "two"), 0700), 0);
	in_child(serve_oneself, scene);
}

static void mention_as_nobody(void *context) {
	struct scene *scene = context;
	const struct mount_options options = {
		.stores = &scene->stores,
		.locate = &scene->settings,
	};
	const int messages =
		open(scene_path(scene, "messages"), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	EXPECT(messages >= 0 && dup2(messages, STDERR_FILENO) >= 0);
	EXPECT(setresuid(NOBODY, NOBODY, NOBODY) == 0);
	enclosure_mention_closed(&options);
}

static void test_each_store_that_the_server_may_not_read_is_named(void **state) {
	need_root();
	struct scene *scene = *state;
	char said[4096];
	fill(scene);
	assert_int_equal(chmod(scene_path(scene, "two"), 0700), 0);
	in_child(mention_as_nobody, scene);
	const int messages = open(scene_path(scene, "messages"), O_RDONLY | O_CLOEXEC);
	const ssize_t length = read(messages, said, sizeof(said) - 1);
	close(messages);
	assert_true(length > 0);
	said[length] = '\0';
	assert_non_null(strstr(said, scene_path(scene, "two")));
	assert_null(strstr(said, scene_path(scene, "one")));
	assert_non_null(strstr(said, "user 65534, who serves the mount"));
}

int main(void) {
	const struct CMUnitTest tests[] = {
		SCENE_TEST(test_stores_are_read_and_caches_listed),
		SCENE_TEST(test_a_cache_without_a_home_is_no_place),
		SCENE_TEST(test_a_user_there_is_not_is_an_error),
		SCENE_TEST(test_root_serves_what_is_closed_to_nobody_where_it_can_be_kept_to_that),
		SCENE_TEST(test_who_is_not_root_serves_whatever_is_closed),
		SCENE_TEST(test_each_store_that_the_server_may_not_read_is_named),
	};
	return cmocka_run_group_tests_name("enclosure", tests, NULL, NULL);
}
