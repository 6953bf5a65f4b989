#include "confine/identity.h"

#include "child.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>

/* Tests of becoming somebody else need to be root, as CI is; others see them skipped. */
static void need_root(void) {
	if (geteuid() != 0) {
		skip();
	}
}

static bool find(struct identity *identity, const char *user) {
	struct error error = {0};
	return identity_find(identity, user, &error);
}

static void test_root_is_served_by_nobody(void **state) {
	(void)state;
	need_root();
	struct identity identity;
	assert_true(find(&identity, NULL));
	assert_true(identity.is_chosen);
	assert_true(identity.may_stay);
	assert_int_equal(identity_user(&identity), 65534);
	identity_finish(&identity);
}

static void test_users_have_names_and_numbers(void **state) {
	(void)state;
	need_root();
	static const struct {
		const char *user;
		unsigned number, group;
	} cases[] = {
		{"root", 0, 0},
		{"0", 0, 0},
		{"daemon", 1, 1},
		{"1", 1, 1},
		{"4000000000", 4000000000, 4000000000}, /* nobody's */
		{"daemon:", 1, 1},
		{"daemon:adm", 1, 4},
		{"daemon:4", 1, 4},
		{"1:0", 1, 0},
		{"4000000000:adm", 4000000000, 4},
		{"root:4000000001", 0, 4000000001},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct identity identity;
		assert_true(find(&identity, cases[i].user));
		assert_true(identity.is_chosen);
		assert_false(identity.may_stay);
		assert_int_equal(identity.user, cases[i].number);
		assert_int_equal(identity.group, cases[i].group);
		identity_finish(&identity);
	}
}

static void test_the_data_base_is_asked_for_names_and_numbers(void **state) {
	(void)state;
	assert_string_equal(identity_find_user("daemon")->pw_name, "daemon");
	assert_string_equal(identity_find_user("1")->pw_name, "daemon");
	assert_null(identity_find_user("no-such-user"));
	assert_null(identity_find_user("4000000000"));
	assert_null(identity_find_user("1x"));
}

static void test_what_is_no_user_is_refused(void **state) {
	(void)state;
	static const char *const users[] = {
		"",
		"no-such-user",
		"-1",
		"4294967295",
		"99999999999999999999",
		"1x",
		" 1",
		":adm",
		"root ",
	};
	for (size_t i = 0; i < sizeof(users) / sizeof(users[0]); i++) {
		struct identity identity;
		struct error error = {0};
		assert_false(identity_find(&identity, users[i], &error));
		assert_int_equal(error.kind, ERROR_USAGE);
		assert_non_null(strstr(error.message, users[i]));
		assert_null(identity.groups);
	}
}

static void test_what_is_no_group_is_refused(void **state) {
	(void)state;
	static const char *const users[] = {"root:no-such-group", "root:-1", "root:4294967295",
		"root:adm:", "1:1x", "1:adm:adm"};
	for (size_t i = 0; i < sizeof(users) / sizeof(users[0]); i++) {
		struct identity identity;
		struct error error = {0};
		assert_false(identity_find(&identity, users[i], &error));
		assert_int_equal(error.kind, ERROR_USAGE);
		assert_non_null(strstr(error.message, "there is no group"));
		assert_non_null(strstr(error.message, strchr(users[i], ':') + 1));
		assert_null(identity.groups);
	}
}

static bool has_group(const struct identity *identity, gid_t group) {
	for (size_t i = 0; i < identity->group_count; i++) {
		if (identity->groups[i] == group) {
			return true;
		}
	}
	return false;
}

static void test_a_group_takes_the_place_of_the_users_own(void **state) {
	(void)state;
	need_root();
	struct identity identity;
	assert_true(find(&identity, "daemon:adm"));
	assert_true(has_group(&identity, 4));
	assert_false(has_group(&identity, 1));
	identity_finish(&identity);
	assert_true(find(&identity, "daemon"));
	assert_true(has_group(&identity, 1));
	identity_finish(&identity);
}

static void find_as_user(void *context) {
	(void)context;
	struct identity identity;
	struct error error = {0};
	EXPECT(setresuid(1234, 1234, 1234) == 0);
	EXPECT(identity_find(&identity, NULL, &error));
	EXPECT(!identity.is_chosen);
	EXPECT(identity_user(&identity) == 1234);
	EXPECT(identity_find(&identity, "1234", &error));
	EXPECT(!identity.is_chosen);
	EXPECT(!identity_find(&identity, "root", &error));
	EXPECT(strstr(error.message, "only root") != NULL);
	EXPECT(strstr(error.message, "user=root") != NULL);
	EXPECT(identity_find(&identity, "1234:", &error));
	EXPECT(!identity_find(&identity, "1234:adm", &error));
	EXPECT(strstr(error.message, "only root") != NULL);
}

static void test_users_serve_themselves_and_choose_nobody_else(void **state) {
	(void)state;
	need_root();
	in_child(find_as_user, NULL);
}

/* The value of a line of /proc/self/status, such as "CapEff". */
static void read_status(const char *name, char *value, size_t size) {
	char line[256];
	FILE *status = fopen("/proc/self/status", "re");
	EXPECT(status != NULL);
	value[0] = '\0';
	while (fgets(line, sizeof(line), status) != NULL) {
		const size_t length = strlen(name);
		if (strncmp(line, name, length) == 0 && line[length] == ':') {
			snprintf(value, size, "%s", line + length + 2);
			value[strcspn(value, "\n")] = '\0';
		}
	}
	fclose(status);
	EXPECT(value[0] != '\0');
}

static void expect_no_capabilities(void) {
	static const char *const sets[] = {"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"};
	for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++) {
		char value[64];
		read_status(sets[i], value, sizeof(value));
		EXPECT(strcmp(value, "0000000000000000") == 0);
	}
	EXPECT(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1);
}

static void assume(const char *user) {
	struct identity identity;
	struct error error = {0};
	EXPECT(identity_find(&identity, user, &error));
	EXPECT(identity_assume(&identity, &error));
	identity_finish(&identity);
}

static void become_daemon(void *context) {
	(void)context;
	const gid_t before[] = {0, 4, 42};
	EXPECT(setgroups(3, before) == 0);
	EXPECT(prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0) == 0);
	assume("daemon");
	uid_t real, effective, saved;
	gid_t groups[16];
	int signal = 0;
	EXPECT(prctl(PR_GET_PDEATHSIG, &signal, 0, 0, 0) == 0 && signal == SIGTERM);
	EXPECT(getresuid(&real, &effective, &saved) == 0);
	EXPECT(real == 1 && effective == 1 && saved == 1);
	EXPECT(getresgid(&real, &effective, &saved) == 0);
	EXPECT(real == 1 && effective == 1 && saved == 1);
	EXPECT(getgroups(16, groups) == 1 && groups[0] == 1);
	expect_no_capabilities();
	EXPECT_FAILURE(EPERM, setuid(0));
	EXPECT_FAILURE(EPERM, setgroups(0, NULL));
	EXPECT_FAILURE(EACCES, open("/etc/shadow", O_RDONLY | O_CLOEXEC));
}

static void test_it_becomes_the_user_for_good(void **state) {
	(void)state;
	need_root();
	in_child(become_daemon, NULL);
}

static void stay_root(void *context) {
	const char *path = context;
	assume("root");
	EXPECT(geteuid() == 0);
	expect_no_capabilities();
	/* Root without capabilities has no more rights to the files of others than they give. */
	EXPECT_FAILURE(EACCES, open(path, O_RDONLY | O_CLOEXEC));
	EXPECT_FAILURE(EPERM, child_set_user(1));
}

static void test_root_has_no_capabilities_either(void **state) {
	(void)state;
	need_root();
	char path[] = "/tmp/cardfs-identity-XXXXXX";
	const int descriptor = mkostemp(path, O_CLOEXEC);
	assert_true(descriptor >= 0);
	assert_int_equal(fchown(descriptor, 1, 1), 0);
	in_child(stay_root, path);
	unlink(path);
	close(descriptor);
}

static void keep_user(void *context) {
	(void)context;
	struct identity identity = {0};
	struct error error = {0};
	EXPECT(setresuid(1234, 1234, 1234) == 0);
	EXPECT(identity_assume(&identity, &error));
	EXPECT(geteuid() == 1234);
	EXPECT(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1);
	/* Programs that give privileges, such as fusermount3, give none any more. */
}

static void test_a_user_can_gain_nothing_any_more(void **state) {
	(void)state;
	need_root();
	in_child(keep_user, NULL);
}

static void write_text(const char *path, const char *text) {
	const int descriptor = open(path, O_WRONLY | O_CLOEXEC);
	EXPECT(descriptor >= 0);
	EXPECT(write(descriptor, text, strlen(text)) == (ssize_t)strlen(text));
	close(descriptor);
}

/* As rootless containers may be: with root and nobody else. */
static void enter_namespace_of_root_alone(void) {
	EXPECT(unshare(CLONE_NEWUSER) == 0);
	write_text("/proc/self/setgroups", "deny");
	write_text("/proc/self/uid_map", "0 0 1");
	write_text("/proc/self/gid_map", "0 0 1");
}

/* Some systems let nobody make user namespaces. */
static void need_user_namespaces(void) {
	need_root();
	const pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		_exit(unshare(CLONE_NEWUSER) == 0 ? EXIT_SUCCESS : EXIT_FAILURE);
	}
	int status = 0;
	assert_int_equal(waitpid(child, &status, 0), child);
	if (status != 0) {
		print_message("user namespaces are refused here: ");
		skip();
	}
}

static void stay_where_nobody_is_missing(void *context) {
	(void)context;
	enter_namespace_of_root_alone();
	assume(NULL);
	EXPECT(geteuid() == 0);
	expect_no_capabilities();
}

static void test_without_a_nobody_root_stays_without_capabilities(void **state) {
	(void)state;
	need_user_namespaces();
	in_child(stay_where_nobody_is_missing, NULL);
}

static void choose_whom_there_is_not(void *context) {
	(void)context;
	struct identity identity;
	struct error error = {0};
	enter_namespace_of_root_alone();
	EXPECT(identity_find(&identity, "daemon", &error));
	EXPECT(!identity_assume(&identity, &error));
	EXPECT(strstr(error.message, "cannot serve as group 1") != NULL);
	identity_finish(&identity);
}

static void test_a_chosen_user_that_can_not_be_is_a_failure(void **state) {
	(void)state;
	need_user_namespaces();
	in_child(choose_whom_there_is_not, NULL);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_root_is_served_by_nobody),
		cmocka_unit_test(test_users_have_names_and_numbers),
		cmocka_unit_test(test_the_data_base_is_asked_for_names_and_numbers),
		cmocka_unit_test(test_what_is_no_user_is_refused),
		cmocka_unit_test(test_what_is_no_group_is_refused),
		cmocka_unit_test(test_a_group_takes_the_place_of_the_users_own),
		cmocka_unit_test(test_users_serve_themselves_and_choose_nobody_else),
		cmocka_unit_test(test_it_becomes_the_user_for_good),
		cmocka_unit_test(test_root_has_no_capabilities_either),
		cmocka_unit_test(test_a_user_can_gain_nothing_any_more),
		cmocka_unit_test(test_without_a_nobody_root_stays_without_capabilities),
		cmocka_unit_test(test_a_chosen_user_that_can_not_be_is_a_failure),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
