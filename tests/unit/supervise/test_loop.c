#include "supervise/connection.h"
#include "supervise/greeting.h"
#include "supervise/loop.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

/*
 * A file system with attributes alone, and a kernel that is played by the other end of a socket: so
 * that a worker can be ended at any point, and another one started on the same slots.
 */
enum { DEVICE, KERNEL, MINOR = 38, NODE = 5 };

static int ends[2];
static struct slots slots;
static struct fuse_session *session;
static struct loop loop;
static atomic_int answered, undone, forgotten;
static atomic_bool counts;

static void answer_attributes(fuse_req_t request, fuse_ino_t number, struct fuse_file_info *info) {
	(void)info;
	const struct stat status = {.st_ino = number, .st_mode = S_IFREG | 0444};
	if (atomic_load(&counts)) {
		loop_effects()->numbers[loop_effects()->count++] = number;
	}
	atomic_fetch_add(&answered, 1);
	fuse_reply_attr(request, &status, 1);
}

static void forget(fuse_req_t request, fuse_ino_t number, uint64_t count) {
	(void)number;
	if (loop_effects()->done++ == 0) {
		atomic_fetch_add(&forgotten, (int)count);
	}
	fuse_reply_none(request);
}

static void init(void *user_data, struct fuse_conn_info *connection) {
	(void)user_data;
	loop_limit(connection);
	assert_true(connection->max_write <= SLOT_WRITE_SIZE);
}

static void undo(void *context, struct effects *effects) {
	(void)context;
	atomic_fetch_add(&undone, (int)effects->count);
	effects->count = 0;
}

static const struct fuse_lowlevel_ops operations = {
	.init = init,
	.getattr = answer_attributes,
	.forget = forget,
};

static int create(void **state) {
	(void)state;
	memset(&slots, 0, sizeof(slots));
	atomic_store(&answered, 0);
	atomic_store(&undone, 0);
	atomic_store(&forgotten, 0);
	atomic_store(&counts, false);
	return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends);
}

static int destroy(void **state) {
	(void)state;
	close(ends[DEVICE]);
	return close(ends[KERNEL]);
}

struct first_request {
	struct fuse_in_header header;
	struct fuse_init_in init;
};

static struct first_request make_greeting(void) {
	return (struct first_request){
		.header = {.len = sizeof(struct first_request), .opcode = FUSE_INIT, .unique = 2},
		.init = {.major = FUSE_KERNEL_VERSION,
			.minor = MINOR,
			.max_readahead = 1 << 17,
			.flags = FUSE_ASYNC_READ | FUSE_MAX_PAGES},
	};
}

static void send_from_kernel(const void *request, size_t size) {
	assert_int_equal(send(ends[KERNEL], request, size, 0), size);
}

struct attributes_request {
	struct fuse_in_header header;
	struct fuse_getattr_in body;
};

static struct attributes_request make_request(uint64_t unique) {
	return (struct attributes_request){
		.header = {.len = sizeof(struct attributes_request),
			.opcode = FUSE_GETATTR,
			.unique = unique,
			.nodeid = NODE},
	};
}

struct forget_request {
	struct fuse_in_header header;
	struct fuse_forget_in body;
};

static struct forget_request make_forget(uint64_t unique, uint64_t count) {
	return (struct forget_request){
		.header = {.len = sizeof(struct forget_request),
			.opcode = FUSE_FORGET,
			.unique = unique,
			.nodeid = NODE},
		.body = {.nlookup = count},
	};
}

static void leave_in_slot(size_t index, const void *request, size_t size) {
	memcpy(slots.items[index].request, request, size);
}

/* The next answer, in a buffer of its own. */
static const struct fuse_out_header *receive(void) {
	static _Alignas(8) unsigned char answer[4096];
	assert_true(recv(ends[KERNEL], answer, sizeof(answer), 0) >=
		    (ssize_t)sizeof(struct fuse_out_header));
	return (const void *)answer;
}

static bool attach(struct error *error) {
	const struct connection_options options = {
		.options = "fsname=played",
		.operations = &operations,
		.operations_size = sizeof(operations),
	};
	session = connection_create("played", &options, NULL, error);
	assert_non_null(session);
	const int device = fcntl(ends[DEVICE], F_DUPFD_CLOEXEC, 0);
	assert_true(device >= 0);
	return greeting_attach(&slots.greeting, session, device, error);
}

static void start(void) {
	struct error error = {0};
	assert_true(attach(&error));
	loop = (struct loop){
		.session = session,
		.device = fuse_session_fd(session),
		.minor = slots.greeting.minor,
		.undo = undo,
	};
	assert_true(loop_start(&loop, &slots, &error));
}

static void finish(void) {
	loop_stop(&loop);
	fuse_session_destroy(session);
}

static void start_first(void) {
	const struct first_request greeting = make_greeting();
	send_from_kernel(&greeting, sizeof(greeting));
	start();
	assert_int_equal(receive()->unique, 2);
}

static void test_the_first_worker_answers_the_greeting(void **state) {
	(void)state;
	start_first();
	assert_int_equal(slots.greeting.minor, MINOR);
	assert_true(slots.greeting.answer_size > 0);
	finish();
}

static void test_requests_are_answered(void **state) {
	(void)state;
	start_first();
	for (uint64_t unique = 4; unique < 400; unique += 2) {
		const struct attributes_request request = make_request(unique);
		send_from_kernel(&request, sizeof(request));
		const struct fuse_out_header *answer = receive();
		assert_int_equal(answer->unique, unique);
		assert_int_equal(answer->error, 0);
	}
	finish();
	for (size_t i = 0; i < SLOTS; i++) {
		assert_false(slot_has_request(&slots.items[i]));
	}
}

/* A kernel that has had the answer says ENOENT; this one just gets it again. */
static void test_a_later_worker_is_given_the_greeting_again(void **state) {
	(void)state;
	start_first();
	finish();
	struct greeting before = slots.greeting;
	start();
	assert_int_equal(receive()->unique, 2);
	assert_memory_equal(slots.greeting.answer, before.answer, sizeof(before.answer));
	const struct attributes_request request = make_request(4);
	send_from_kernel(&request, sizeof(request));
	assert_int_equal(receive()->unique, 4);
	finish();
}

static void test_a_worker_that_died_before_its_answer_is_replaced(void **state) {
	(void)state;
	const struct first_request greeting = make_greeting();
	memcpy(slots.greeting.request.request, &greeting, sizeof(greeting));
	start();
	assert_int_equal(receive()->unique, 2);
	finish();
}

static void test_what_a_dead_worker_left_is_answered(void **state) {
	(void)state;
	const struct attributes_request request = make_request(8);
	start_first();
	finish();
	leave_in_slot(3, &request, sizeof(request));
	slots.items[3].effects.count = 2;
	start();
	assert_int_equal(receive()->unique, 2);
	/* It is asked whether the answer is waited for. */
	assert_int_equal(receive()->unique, 9);
	const struct fuse_out_header *answer = receive();
	assert_int_equal(answer->unique, 8);
	assert_int_equal(answer->error, 0);
	finish();
	assert_int_equal(atomic_load(&undone), 2);
	assert_int_equal(atomic_load(&answered), 1);
	assert_false(slot_has_request(&slots.items[3]));
}

static void test_what_was_answered_is_left_alone(void **state) {
	(void)state;
	const struct attributes_request request = make_request(8);
	start_first();
	finish();
	leave_in_slot(3, &request, sizeof(request));
	slots.items[3].effects.count = 2;
	struct error error = {0};
	assert_true(attach(&error));
	loop = (struct loop){
		.session = session,
		.device = open("/dev/full", O_RDWR | O_CLOEXEC),
		.minor = slots.greeting.minor,
		.undo = undo,
	};
	assert_true(loop_start(&loop, &slots, &error));
	loop_stop(&loop);
	close(loop.device);
	fuse_session_destroy(session);
	assert_int_equal(atomic_load(&undone), 0);
	assert_int_equal(atomic_load(&answered), 0);
}

static void test_forgetting_that_was_begun_is_not_done_twice(void **state) {
	(void)state;
	const struct forget_request first = make_forget(8, 3);
	const struct forget_request second = make_forget(10, 5);
	const struct attributes_request request = make_request(12);
	start_first();
	finish();
	leave_in_slot(0, &first, sizeof(first));
	slots.items[0].effects.done = 1;
	leave_in_slot(1, &second, sizeof(second));
	start();
	assert_int_equal(receive()->unique, 2);
	send_from_kernel(&request, sizeof(request));
	assert_int_equal(receive()->unique, 12);
	finish();
	assert_int_equal(atomic_load(&forgotten), 5);
}

static void test_a_request_that_crashes_every_worker_is_refused(void **state) {
	(void)state;
	const struct attributes_request request = make_request(8);
	start_first();
	finish();
	leave_in_slot(0, &request, sizeof(request));
	for (int i = 0; i < SLOT_CRASHES; i++) {
		slots_note_crash(&slots);
	}
	start();
	assert_int_equal(receive()->unique, 2);
	assert_int_equal(receive()->unique, 9);
	const struct fuse_out_header *answer = receive();
	assert_int_equal(answer->unique, 8);
	assert_int_equal(answer->error, -EIO);
	finish();
	assert_int_equal(atomic_load(&answered), 0);
}

static void test_effects_end_with_their_request(void **state) {
	(void)state;
	atomic_store(&counts, true);
	start_first();
	for (uint64_t unique = 4; unique < 100; unique += 2) {
		const struct attributes_request request = make_request(unique);
		send_from_kernel(&request, sizeof(request));
		assert_int_equal(receive()->unique, unique);
	}
	finish();
	for (size_t i = 0; i < SLOTS; i++) {
		assert_int_equal(slots.items[i].effects.count, 0);
	}
	assert_null(loop_effects());
}

static void test_a_kernel_that_begins_otherwise_is_refused(void **state) {
	(void)state;
	const struct attributes_request request = make_request(4);
	struct error error = {0};
	send_from_kernel(&request, sizeof(request));
	assert_false(attach(&error));
	assert_int_equal(error.kind, ERROR_SYSTEM);
	fuse_session_destroy(session);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, create, destroy)

int main(void) {
	signal(SIGPIPE, SIG_IGN);
	const struct CMUnitTest tests[] = {
		TEST(test_the_first_worker_answers_the_greeting),
		TEST(test_requests_are_answered),
		TEST(test_a_later_worker_is_given_the_greeting_again),
		TEST(test_a_worker_that_died_before_its_answer_is_replaced),
		TEST(test_what_a_dead_worker_left_is_answered),
		TEST(test_what_was_answered_is_left_alone),
		TEST(test_forgetting_that_was_begun_is_not_done_twice),
		TEST(test_a_request_that_crashes_every_worker_is_refused),
		TEST(test_effects_end_with_their_request),
		TEST(test_a_kernel_that_begins_otherwise_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
