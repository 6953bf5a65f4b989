#include "confine/reach.h"

#include "base/text.h"
#include "child.h"
#include "unit/support/clear.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>

/*
 * Each test works in a directory of its own: store with card.yaml and below/card.yaml, secrets
 * with secret.yaml and deep/secret.yaml, and kept.
 */
static int make_scene(void **state) {
	char *path = strdup("/tmp/cardfs-reach-XXXXXX");
	assert_non_null(mkdtemp(path));
	assert_int_equal(chdir(path), 0);
	static const char *const directories[] = {
		"store", "store/below", "secrets", "secrets/deep", "kept", "other"};
	static const char *const files[] = {"store/card.yaml", "store/below/card.yaml",
		"secrets/secret.yaml", "secrets/deep/secret.yaml", "kept/old"};
	for (size_t i = 0; i < sizeof(directories) / sizeof(directories[0]); i++) {
		assert_int_equal(mkdir(directories[i], 0755), 0);
	}
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		const int descriptor = open(files[i], O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
		assert_true(descriptor >= 0);
		close(descriptor);
	}
	*state = path;
	return 0;
}

static int remove_scene(void **state) {
	assert_int_equal(chdir("/"), 0);
	assert_int_equal(clear_directory(*state), 0);
	free(*state);
	return 0;
}

/* A kernel without Landlock is told from one that has it by how the calls fail. */
static void expect_open(const char *path) {
	const int descriptor = open(path, O_RDONLY | O_CLOEXEC);
	EXPECT(descriptor >= 0);
	close(descriptor);
}

static void expect_closed(const char *path) {
	if (reach_version() > 0) {
		EXPECT_FAILURE(EACCES, open(path, O_RDONLY | O_CLOEXEC));
	}
}

static void restrict_to(struct reach *reach) {
	struct error error = {0};
	EXPECT(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
	EXPECT(reach_restrict(reach, &error));
	EXPECT(reach->is_in_force == (reach_version() > 0));
	EXPECT(!reach_is_outdated(reach));
}

static void add(struct reach *reach, const char *path, unsigned access, unsigned link_depth,
	bool follows_directories) {
	char absolute[256];
	char directory[128];
	EXPECT(getcwd(directory, sizeof(directory)) != NULL);
	snprintf(absolute, sizeof(absolute), "%s/%s", directory, path);
	EXPECT(reach_add(reach, &(struct reach_place){
					.path = absolute,
					.access = access,
					.link_depth = link_depth,
					.follows_directories = follows_directories,
				}));
}

static void read_a_store(void *context) {
	(void)context;
	struct reach reach = {0};
	add(&reach, "store", REACH_READ | REACH_LIST, 0, false);
	add(&reach, "missing", REACH_READ | REACH_LIST, 1, false);
	restrict_to(&reach);
	reach_finish(&reach);
	expect_open("store");
	expect_open("store/card.yaml");
	expect_open("store/below");
	expect_open("store/below/card.yaml");
	expect_closed("secrets/secret.yaml");
	expect_closed("secrets");
	expect_closed(".");
	expect_closed("store/../secrets/secret.yaml");
	expect_closed("/etc/passwd");
	/* Looking opens nothing. */
	EXPECT(access("secrets/secret.yaml", R_OK) == 0);
	/* What the C library needs. */
	expect_open("/proc/self/maps");
	expect_closed("/proc/1/status");
	expect_closed("/proc/self/root/etc/passwd");
}

static void test_what_is_named_can_be_read_and_nothing_else(void **state) {
	(void)state;
	in_child(read_a_store, NULL);
}

static void write_nowhere(void *context) {
	(void)context;
	struct reach reach = {0};
	add(&reach, "store", REACH_READ | REACH_LIST, 0, false);
	restrict_to(&reach);
	reach_finish(&reach);
	if (reach_version() == 0) {
		return;
	}
	EXPECT_FAILURE(EACCES, open("store/card.yaml", O_WRONLY | O_CLOEXEC));
	EXPECT_FAILURE(EACCES, open("store/new", O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	EXPECT_FAILURE(EACCES, unlink("store/card.yaml"));
	EXPECT_FAILURE(EACCES, mkdir("store/new", 0700));
	EXPECT_FAILURE(EACCES, symlink("x", "store/new"));
	EXPECT_FAILURE(EACCES, rename("store/card.yaml", "store/other.yaml"));
	EXPECT_FAILURE(EACCES, rmdir("other"));
	if (reach_version() >= 3) {
		EXPECT_FAILURE(EACCES, truncate("store/card.yaml", 0));
	}
}

static void test_nothing_can_be_changed(void **state) {
	(void)state;
	in_child(write_nowhere, NULL);
}

static void list_a_cache(void *context) {
	(void)context;
	struct reach reach = {0};
	add(&reach, "store", REACH_LIST, 1, false);
	restrict_to(&reach);
	reach_finish(&reach);
	expect_open("store");
	expect_open("store/below");
	expect_closed("store/card.yaml");
}

static void test_a_place_can_be_listed_and_not_read(void **state) {
	(void)state;
	in_child(list_a_cache, NULL);
}

static void make_links(void) {
	assert_int_equal(symlink("../secrets/secret.yaml", "store/link.yaml"), 0);
	assert_int_equal(symlink("../../secrets/deep/secret.yaml", "store/below/link.yaml"), 0);
	assert_int_equal(symlink("../secrets/deep", "store/directory"), 0);
	assert_int_equal(symlink("nowhere", "store/dangling.yaml"), 0);
	assert_int_equal(symlink("/dev/zero", "store/device.yaml"), 0);
	assert_int_equal(symlink("loop.yaml", "store/loop.yaml"), 0);
}

static void follow_links(void *context) {
	(void)context;
	struct reach reach = {0};
	add(&reach, "store", REACH_READ | REACH_LIST, 2, false);
	restrict_to(&reach);
	reach_finish(&reach);
	expect_open("store/link.yaml");
	expect_open("store/below/link.yaml");
	expect_open("secrets/secret.yaml");
	expect_closed("store/directory");
	expect_closed("store/device.yaml");
	expect_closed("secrets");
}

static void test_files_that_links_lead_to_can_be_read(void **state) {
	(void)state;
	make_links();
	in_child(follow_links, NULL);
}

static void follow_links_of_the_place_alone(void *context) {
	(void)context;
	struct reach reach = {0};
	add(&reach, "store", REACH_READ | REACH_LIST, 1, true);
	restrict_to(&reach);
	reach_finish(&reach);
	expect_open("store/link.yaml");
	expect_open("store/directory/secret.yaml");
	expect_closed("secrets");
}

static void test_links_to_directories_are_followed_where_that_is_asked(void **state) {
	(void)state;
	make_links();
	in_child(follow_links_of_the_place_alone, NULL);
}

static void do_not_look_deep(void *context) {
	(void)context;
	struct reach reach = {0};
	add(&reach, "store", REACH_READ | REACH_LIST, 1, false);
	restrict_to(&reach);
	reach_finish(&reach);
	expect_open("store/link.yaml");
	expect_closed("store/below/link.yaml");
}

static void test_links_deeper_than_asked_lead_nowhere(void **state) {
	(void)state;
	make_links();
	in_child(do_not_look_deep, NULL);
}

/* The test asks through one pipe, and is told through another. */
struct talk {
	int asks[2], tells[2];
};

static void follow_a_link_to_come(const struct talk *talk) {
	struct reach reach = {0};
	char byte = 0;
	add(&reach, "store", REACH_READ | REACH_LIST, 2, false);
	restrict_to(&reach);
	EXPECT(write(talk->tells[1], &byte, 1) == 1);
	EXPECT(read(talk->asks[0], &byte, 1) == 1);
	expect_closed("store/new.yaml");
	expect_closed("store");
	expect_open("was/card.yaml");
	EXPECT(reach_is_outdated(&reach) == reach.is_in_force);
	reach_finish(&reach);
}

static void test_what_comes_to_stand_there_later_is_closed(void **state) {
	(void)state;
	struct talk talk;
	char byte = 0;
	assert_int_equal(pipe2(talk.asks, O_CLOEXEC), 0);
	assert_int_equal(pipe2(talk.tells, O_CLOEXEC), 0);
	const pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		follow_a_link_to_come(&talk);
		_exit(EXIT_SUCCESS);
	}
	close(talk.tells[1]);
	assert_int_equal(read(talk.tells[0], &byte, 1), 1);
	assert_int_equal(rename("store", "was"), 0);
	assert_int_equal(mkdir("store", 0755), 0);
	assert_int_equal(symlink("../secrets/secret.yaml", "store/new.yaml"), 0);
	assert_int_equal(write(talk.asks[1], &byte, 1), 1);
	int status = 0;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	close(talk.tells[0]);
	close(talk.asks[0]);
	close(talk.asks[1]);
}

static void keep_state(void *context) {
	(void)context;
	struct reach reach = {.has_own = true};
	reach.own = open("kept", O_PATH | O_DIRECTORY | O_CLOEXEC);
	EXPECT(reach.own >= 0);
	restrict_to(&reach);
	const int made = openat(reach.own, "made", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	EXPECT(made >= 0);
	EXPECT(write(made, "x", 1) == 1);
	close(made);
	EXPECT(renameat(reach.own, "made", reach.own, "old") == 0);
	EXPECT(openat(reach.own, "old", O_RDONLY | O_CLOEXEC) >= 0);
	EXPECT(unlinkat(reach.own, "old", 0) == 0);
	if (reach_version() > 0) {
		EXPECT_FAILURE(EACCES, mkdirat(reach.own, "directory", 0700));
		EXPECT_FAILURE(EACCES, symlinkat("/etc/passwd", reach.own, "link"));
		EXPECT_FAILURE(EACCES, openat(reach.own, "../other/made",
					       O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
	}
	reach_finish(&reach);
}

static void test_files_can_be_made_in_the_directory_of_its_own(void **state) {
	(void)state;
	in_child(keep_state, NULL);
}

static void leave_out(void *context) {
	(void)context;
	struct reach reach = {0};
	add(&reach, "store", REACH_READ | REACH_LIST, 0, true);
	add(&reach, "other", REACH_READ | REACH_LIST, 0, false);
	reach.places[1].is_left_out = true;
	restrict_to(&reach);
	expect_open("store/card.yaml");
	expect_closed("other");
	reach_finish(&reach);
}

static void test_what_is_left_out_is_out_of_reach(void **state) {
	(void)state;
	in_child(leave_out, NULL);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_what_is_named_can_be_read_and_nothing_else, make_scene, remove_scene),
		cmocka_unit_test_setup_teardown(
			test_nothing_can_be_changed, make_scene, remove_scene),
		cmocka_unit_test_setup_teardown(
			test_a_place_can_be_listed_and_not_read, make_scene, remove_scene),
		cmocka_unit_test_setup_teardown(
			test_files_that_links_lead_to_can_be_read, make_scene, remove_scene),
		cmocka_unit_test_setup_teardown(
			test_links_to_directories_are_followed_where_that_is_asked, make_scene,
			remove_scene),
		cmocka_unit_test_setup_teardown(
			test_links_deeper_than_asked_lead_nowhere, make_scene, remove_scene),
		cmocka_unit_test_setup_teardown(
			test_what_comes_to_stand_there_later_is_closed, make_scene, remove_scene),
		cmocka_unit_test_setup_teardown(
			test_what_is_left_out_is_out_of_reach, make_scene, remove_scene),
		cmocka_unit_test_setup_teardown(test_files_can_be_made_in_the_directory_of_its_own,
			make_scene, remove_scene),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
