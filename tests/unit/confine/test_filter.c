#include "confine/filter.h"

#include "child.h"
#include "confine/sanitizers.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <time.h>

/* Where the filter is not whole, because of how or under what this was built or runs. */
static void need_whole_filter(void) {
	if (sanitizers_are_in() || is_under_valgrind()) {
		print_message("not with sanitizers, nor under valgrind: ");
		skip();
	}
}

static void apply(const struct filter *filter) {
	struct error error = {0};
	EXPECT(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
	EXPECT(filter_apply(filter, &error));
	EXPECT(prctl(PR_GET_SECCOMP, 0, 0, 0, 0) == 2);
}

static void *come_back(void *context) {
	return context;
}

static void *wait_for_cancelling(void *context) {
	for (;;) {
		pause();
	}
	return context;
}

static void use_threads(void *context) {
	pthread_t thread;
	void *result = NULL;
	char mark;
	/* As before any filter: the C library loads what ends a thread from outside. */
	EXPECT(pthread_create(&thread, NULL, wait_for_cancelling, NULL) == 0);
	EXPECT(pthread_cancel(thread) == 0);
	EXPECT(pthread_join(thread, NULL) == 0);
	apply(&(struct filter){0});
	EXPECT(pthread_create(&thread, NULL, come_back, &mark) == 0);
	EXPECT(pthread_join(thread, &result) == 0);
	EXPECT(result == &mark);
	EXPECT(pthread_create(&thread, NULL, wait_for_cancelling, NULL) == 0);
	EXPECT(pthread_cancel(thread) == 0);
	EXPECT(pthread_join(thread, &result) == 0);
	EXPECT(result == PTHREAD_CANCELED);
	(void)context;
}

static void test_threads_start_and_end(void **state) {
	(void)state;
	need_whole_filter();
	in_child(use_threads, NULL);
}

static void read_files(void *context) {
	(void)context;
	char buffer[256];
	struct stat status;
	apply(&(struct filter){0});
	const int descriptor = open("/proc/self/status", O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	EXPECT(descriptor >= 0);
	EXPECT(read(descriptor, buffer, sizeof(buffer)) > 0);
	EXPECT(fstat(descriptor, &status) == 0);
	EXPECT(close(descriptor) == 0);
	EXPECT(stat("/", &status) == 0);
	EXPECT(access("/", R_OK) == 0);
	EXPECT(faccessat(AT_FDCWD, "/", R_OK, AT_EACCESS) == 0);
	EXPECT(readlink("/proc/self/exe", buffer, sizeof(buffer)) > 0);
	const int directory = openat(AT_FDCWD, "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	EXPECT(directory >= 0);
	EXPECT(openat(directory, "etc", O_PATH | O_CLOEXEC) >= 0);
	EXPECT(syscall(SYS_getdents64, directory, buffer, sizeof(buffer)) > 0);
}

static void test_files_are_read(void **state) {
	(void)state;
	need_whole_filter();
	in_child(read_files, NULL);
}

static void wait_for_things(void *context) {
	(void)context;
	int ends[2];
	int talks[2];
	char byte = 'x';
	const struct itimerspec soon = {.it_value = {.tv_nsec = 1}};
	const struct timespec moment = {.tv_nsec = 1};
	EXPECT(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, talks) == 0);
	apply(&(struct filter){0});
	const int watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	EXPECT(watch >= 0 && inotify_add_watch(watch, "/", IN_CREATE) >= 0);
	const int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	EXPECT(timer >= 0 && timerfd_settime(timer, 0, &soon, NULL) == 0);
	struct pollfd waited = {.fd = timer, .events = POLLIN};
	EXPECT(poll(&waited, 1, -1) == 1);
	EXPECT(eventfd(0, EFD_CLOEXEC) >= 0);
	EXPECT(pipe2(ends, O_CLOEXEC) == 0);
	EXPECT(write(ends[1], &byte, 1) == 1 && read(ends[0], &byte, 1) == 1);
	EXPECT(nanosleep(&moment, NULL) == 0);
	/* What is connected can be talked over: the system log. */
	EXPECT(send(talks[0], &byte, 1, MSG_NOSIGNAL) == 1);
	EXPECT(recv(talks[1], &byte, 1, 0) == 1);
	EXPECT(memfd_create("x", MFD_CLOEXEC) >= 0);
}

static void test_waiting_and_talking_work(void **state) {
	(void)state;
	need_whole_filter();
	in_child(wait_for_things, NULL);
}

static volatile sig_atomic_t signalled;

static void note_signal(int signal) {
	signalled = signal;
}

static void signal_itself(void *context) {
	(void)context;
	const struct sigaction action = {.sa_handler = note_signal};
	const pid_t parent = getppid();
	apply(&(struct filter){0});
	EXPECT(sigaction(SIGUSR1, &action, NULL) == 0);
	EXPECT(raise(SIGUSR1) == 0 && signalled == SIGUSR1);
	EXPECT(kill(getpid(), 0) == 0);
	EXPECT_FAILURE(ENOSYS, kill(parent, 0));
	EXPECT_FAILURE(ENOSYS, syscall(SYS_tgkill, parent, parent, 0));
}

static void test_it_can_signal_itself_alone(void **state) {
	(void)state;
	need_whole_filter();
	in_child(signal_itself, NULL);
}

static void use_memory(void *context) {
	(void)context;
	apply(&(struct filter){0});
	enum { SIZE = 1 << 20 };
	void *memory = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	EXPECT(memory != MAP_FAILED);
	EXPECT(mprotect(memory, SIZE, PROT_READ) == 0);
	EXPECT_FAILURE(EPERM, mprotect(memory, SIZE, PROT_READ | PROT_EXEC));
	EXPECT(munmap(memory, SIZE) == 0);
	EXPECT(mmap(NULL, SIZE, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
		MAP_FAILED);
	EXPECT(errno == EPERM);
	char *large = malloc(64 << 20);
	EXPECT(large != NULL);
	free(large);
}

static void test_memory_is_had_and_never_executed(void **state) {
	(void)state;
	need_whole_filter();
	in_child(use_memory, NULL);
}

/* Every one of these succeeds, for root at least, without the filter. */
static void do_what_is_refused(void *context) {
	(void)context;
	static const char *const arguments[] = {"true", NULL};
	const struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "/dev/log"};
	pid_t process;
	const int connected = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	EXPECT(connected >= 0);
	apply(&(struct filter){0});
	char **words = (char **)(uintptr_t)arguments;
	EXPECT_FAILURE(EPERM, execve("/bin/true", words, NULL));
	EXPECT(posix_spawn(&process, "/bin/true", NULL, NULL, words, NULL) != 0);
	EXPECT_FAILURE(ENOSYS, fork());
	EXPECT_FAILURE(EPERM, socket(AF_UNIX, SOCK_DGRAM, 0));
	EXPECT_FAILURE(EPERM, socket(AF_INET, SOCK_STREAM, 0));
	EXPECT_FAILURE(
		EPERM, connect(connected, (const struct sockaddr *)&address, sizeof(address)));
	EXPECT_FAILURE(ENOSYS,
		sendto(connected, "x", 1, 0, (const struct sockaddr *)&address, sizeof(address)));
	EXPECT_FAILURE(EPERM, ptrace(PTRACE_TRACEME, 0, NULL, NULL));
	EXPECT_FAILURE(EPERM, mount("none", "/mnt", "tmpfs", 0, NULL));
	EXPECT_FAILURE(EPERM, umount2("/mnt", MNT_DETACH));
	EXPECT_FAILURE(EPERM, setuid(getuid()));
	EXPECT_FAILURE(EPERM, unshare(CLONE_NEWUSER));
	EXPECT_FAILURE(EPERM, chmod("/tmp", 0777));
	EXPECT_FAILURE(EPERM, syscall(SYS_bpf, 0, NULL, 0));
	EXPECT_FAILURE(EPERM, syscall(SYS_io_uring_setup, 1, NULL));
	EXPECT_FAILURE(ENOSYS, syscall(SYS_clone3, NULL, 0));
	EXPECT_FAILURE(ENOSYS, prctl(PR_SET_DUMPABLE, 1, 0, 0, 0));
	/* No kernel has this one yet. */
	EXPECT_FAILURE(ENOSYS, syscall(4000));
}

static void test_what_an_intruder_wants_is_refused(void **state) {
	(void)state;
	need_whole_filter();
	in_child(do_what_is_refused, NULL);
}

static void change_files(void *context) {
	const char *path = context;
	apply(&(struct filter){0});
	const int failure_of_open = ENOSYS;
	EXPECT_FAILURE(failure_of_open, open(path, O_WRONLY | O_CLOEXEC));
	EXPECT_FAILURE(failure_of_open, open(path, O_RDWR | O_CLOEXEC));
	EXPECT_FAILURE(failure_of_open, open(path, O_RDWR));
	EXPECT_FAILURE(failure_of_open, open(path, O_RDONLY | O_TRUNC | O_CLOEXEC));
	EXPECT_FAILURE(failure_of_open, open(path, O_RDONLY | O_CREAT | O_CLOEXEC, 0600));
	EXPECT_FAILURE(failure_of_open, open("/tmp", O_RDWR | O_TMPFILE | O_CLOEXEC, 0600));
	EXPECT_FAILURE(EPERM, truncate(path, 0));
	EXPECT_FAILURE(EPERM, mkdir("/tmp/cardfs-filter-directory", 0700));
	EXPECT_FAILURE(EPERM, symlink("x", "/tmp/cardfs-filter-link"));
	EXPECT(rename(path, "/tmp/cardfs-filter-moved") == -1);
	EXPECT(unlink(path) == -1);
	EXPECT(access(path, F_OK) == 0);
}

static void test_no_file_is_changed(void **state) {
	(void)state;
	need_whole_filter();
	char path[] = "/tmp/cardfs-filter-XXXXXX";
	const int descriptor = mkostemp(path, O_CLOEXEC);
	assert_true(descriptor >= 0);
	in_child(change_files, path);
	assert_int_equal(unlink(path), 0);
	close(descriptor);
}

static void make_files(void *context) {
	struct filter filter = {
		.may_make_files = true,
		.own = open(context, O_PATH | O_DIRECTORY | O_CLOEXEC),
	};
	EXPECT(filter.own >= 0);
	const int flags = O_CREAT | O_EXCL | O_CLOEXEC;
	apply(&filter);
	const int made = openat(filter.own, "made", O_WRONLY | flags, 0600);
	EXPECT(made >= 0 && write(made, "x", 1) == 1);
	EXPECT(renameat(filter.own, "made", filter.own, "there") == 0);
	EXPECT(openat(filter.own, "there", O_RDONLY | O_CLOEXEC) >= 0);
	EXPECT_FAILURE(ENOSYS, openat(filter.own, "there", O_WRONLY | O_CLOEXEC));
	EXPECT(unlinkat(filter.own, "there", 0) == 0);
	EXPECT_FAILURE(ENOSYS, openat(AT_FDCWD, "made", O_WRONLY | flags, 0600));
	EXPECT_FAILURE(ENOSYS, renameat(filter.own, "there", AT_FDCWD, "there"));
}

static void test_files_are_made_in_the_directory_of_its_own(void **state) {
	(void)state;
	need_whole_filter();
	char path[] = "/tmp/cardfs-filter-XXXXXX";
	assert_non_null(mkdtemp(path));
	in_child(make_files, path);
	assert_int_equal(rmdir(path), 0);
}

static void do_what_is_always_refused(void *context) {
	(void)context;
	apply(&(struct filter){0});
	EXPECT_FAILURE(EPERM, socket(AF_INET, SOCK_STREAM, 0));
	EXPECT_FAILURE(EPERM, mount("none", "/mnt", "tmpfs", 0, NULL));
	EXPECT_FAILURE(EPERM, child_set_user(getuid()));
}

static void test_some_is_refused_however_this_was_built(void **state) {
	(void)state;
	if (is_under_valgrind()) {
		skip();
	}
	in_child(do_what_is_always_refused, NULL);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_threads_start_and_end),
		cmocka_unit_test(test_files_are_read),
		cmocka_unit_test(test_waiting_and_talking_work),
		cmocka_unit_test(test_it_can_signal_itself_alone),
		cmocka_unit_test(test_memory_is_had_and_never_executed),
		cmocka_unit_test(test_what_an_intruder_wants_is_refused),
		cmocka_unit_test(test_no_file_is_changed),
		cmocka_unit_test(test_files_are_made_in_the_directory_of_its_own),
		cmocka_unit_test(test_some_is_refused_however_this_was_built),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
