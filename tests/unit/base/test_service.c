#include "base/service.h"

#include "unit/base/listener.h"

#include <time.h>

static void test_each_state_is_a_datagram(void **state) {
	(void)state;
	struct listener listener;
	listener_start(&listener);
	service_open(listener.path);
	service_ready(0);
	assert_string_equal(listener_receive(&listener), "READY=1\n");
	service_ready(1234);
	assert_string_equal(listener_receive(&listener), "READY=1\nMAINPID=1234\n");
	service_status("%d assets\nin all", 7);
	assert_string_equal(listener_receive(&listener), "STATUS=7 assets\\nin all\n");
	service_stopping();
	assert_string_equal(listener_receive(&listener), "STOPPING=1\n");
	assert_true(listener_is_idle(&listener));
	listener_stop(&listener);
	service_ready(0);
	service_open(NULL);
}

static long long microseconds(void) {
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (long long)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void test_reloading_comes_with_the_time_that_it_began(void **state) {
	(void)state;
	struct listener listener;
	long long began;
	listener_start(&listener);
	service_open(listener.path);
	const long long before = microseconds();
	service_reloading();
	assert_int_equal(
		sscanf(listener_receive(&listener), "RELOADING=1\nMONOTONIC_USEC=%lld\n", &began),
		1);
	assert_true(before <= began && began <= microseconds());
	service_open(NULL);
	listener_stop(&listener);
}

static void test_a_socket_may_be_abstract(void **state) {
	(void)state;
	struct listener listener;
	char name[64];
	listener_start(&listener);
	close(listener.socket);
	snprintf(name, sizeof(name), "@cardfs-test-%d", (int)getpid());
	char bound[64];
	strcpy(bound, name);
	bound[0] = '\0';
	listener_bind(&listener, bound, strlen(name));
	service_open(name);
	service_ready(0);
	assert_string_equal(listener_receive(&listener), "READY=1\n");
	service_open(NULL);
	listener_stop(&listener);
}

static void test_without_a_manager_nothing_happens(void **state) {
	(void)state;
	char name[300];
	memset(name, 'x', sizeof(name));
	name[0] = '/';
	name[sizeof(name) - 1] = '\0';
	const char *const sockets[] = {NULL, "", "relative", "/nonexistent/socket", name};
	for (size_t i = 0; i < sizeof(sockets) / sizeof(sockets[0]); i++) {
		service_open(sockets[i]);
		service_ready(0);
		service_status("fine");
		service_reloading();
		service_stopping();
	}
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_state_is_a_datagram),
		cmocka_unit_test(test_reloading_comes_with_the_time_that_it_began),
		cmocka_unit_test(test_a_socket_may_be_abstract),
		cmocka_unit_test(test_without_a_manager_nothing_happens),
	};
	return cmocka_run_group_tests_name("service", tests, NULL, NULL);
}
