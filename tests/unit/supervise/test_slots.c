#include "supervise/slots.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

/* A kernel that is played by the other end of a socket. */
enum { DEVICE, KERNEL, NEW_MINOR = 40, OLD_MINOR = 27 };

static int ends[2];
static struct slots slots;

static int create(void **state) {
	(void)state;
	memset(&slots, 0, sizeof(slots));
	return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends);
}

static int destroy(void **state) {
	(void)state;
	close(ends[DEVICE]);
	return close(ends[KERNEL]);
}

static struct slot *take(uint32_t opcode, uint64_t unique) {
	const struct fuse_in_header request = {
		.len = sizeof(request),
		.opcode = opcode,
		.unique = unique,
	};
	assert_int_equal(send(ends[KERNEL], &request, sizeof(request), 0), sizeof(request));
	assert_int_equal(slot_read(&slots.items[0], ends[DEVICE]), 0);
	return &slots.items[0];
}

static struct fuse_out_header answer(void) {
	struct fuse_out_header header = {0};
	assert_int_equal(recv(ends[KERNEL], &header, sizeof(header), 0), sizeof(header));
	return header;
}

static void test_a_slot_has_what_was_read(void **state) {
	(void)state;
	assert_false(slot_has_request(&slots.items[0]));
	const struct slot *slot = take(FUSE_GETATTR, 6);
	assert_true(slot_has_request(slot));
	assert_int_equal(slot_opcode(slot), FUSE_GETATTR);
	assert_int_equal(slot_size(slot), sizeof(struct fuse_in_header));
}

static void test_a_slot_that_is_cleared_has_nothing(void **state) {
	(void)state;
	struct slot *slot = take(FUSE_GETATTR, 6);
	slot->effects.count = 1;
	slot->effects.done = 2;
	slot->crashes = 3;
	slot_clear(slot);
	assert_false(slot_has_request(slot));
	assert_int_equal(slot->effects.count, 0);
	assert_int_equal(slot->effects.done, 0);
	assert_int_equal(slot->crashes, 0);
}

static void test_there_may_be_nothing_to_read(void **state) {
	(void)state;
	assert_int_equal(slot_read(&slots.items[0], ends[DEVICE]), 0);
	assert_false(slot_has_request(&slots.items[0]));
	assert_int_equal(slot_read(&slots.items[0], -1), EBADF);
	send(ends[KERNEL], "few", 3, 0);
	assert_int_equal(slot_read(&slots.items[0], ends[DEVICE]), EIO);
}

static void test_the_kernel_is_asked_whether_it_waits(void **state) {
	(void)state;
	const struct slot *slot = take(FUSE_GETATTR, 6);
	assert_int_equal(slot_ask(slot, ends[DEVICE], NEW_MINOR), SLOT_UNANSWERED);
	const struct fuse_out_header header = answer();
	assert_int_equal(header.unique, 7);
	assert_int_equal(header.error, 0);
	assert_int_equal(header.len, sizeof(header));
}

static void test_a_kernel_that_does_not_wait_says_so(void **state) {
	(void)state;
	const struct slot *slot = take(FUSE_GETATTR, 6);
	const int refusing = open("/dev/full", O_WRONLY | O_CLOEXEC);
	assert_true(refusing >= 0);
	assert_int_equal(slot_ask(slot, refusing, NEW_MINOR), SLOT_ANSWERED);
	close(refusing);
}

static void test_an_old_kernel_is_not_asked(void **state) {
	(void)state;
	const struct slot *slot = take(FUSE_GETATTR, 6);
	struct fuse_out_header header;
	assert_int_equal(slot_ask(slot, ends[DEVICE], OLD_MINOR), SLOT_UNKNOWN);
	assert_int_equal(recv(ends[KERNEL], &header, sizeof(header), 0), -1);
}

static void test_a_request_can_be_refused(void **state) {
	(void)state;
	slot_refuse(take(FUSE_GETATTR, 6), ends[DEVICE], EIO);
	const struct fuse_out_header header = answer();
	assert_int_equal(header.unique, 6);
	assert_int_equal(header.error, -EIO);
}

static void test_a_crash_is_noted_where_there_is_a_request(void **state) {
	(void)state;
	take(FUSE_GETATTR, 6);
	slots_note_crash(&slots);
	slots_note_crash(&slots);
	assert_int_equal(slots.items[0].crashes, 2);
	assert_int_equal(slots.items[1].crashes, 0);
}

static void test_fetching_changes_nothing(void **state) {
	(void)state;
	struct slot *slot = take(FUSE_GETATTR, 6);
	static struct slot before;
	before = *slot;
	slot_fetch(slot);
	assert_memory_equal(slot, &before, sizeof(before));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, create, destroy)

int main(void) {
	const struct CMUnitTest tests[] = {
		TEST(test_a_slot_has_what_was_read),
		TEST(test_a_slot_that_is_cleared_has_nothing),
		TEST(test_there_may_be_nothing_to_read),
		TEST(test_the_kernel_is_asked_whether_it_waits),
		TEST(test_a_kernel_that_does_not_wait_says_so),
		TEST(test_an_old_kernel_is_not_asked),
		TEST(test_a_request_can_be_refused),
		TEST(test_a_crash_is_noted_where_there_is_a_request),
		TEST(test_fetching_changes_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
