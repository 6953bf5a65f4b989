/*
 * What a confined process can do is found out in a child, since there is no way back.
 */
#ifndef CARDFS_TESTS_CONFINE_CHILD_H
#define CARDFS_TESTS_CONFINE_CHILD_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* In the child: what does not hold is said, and ends it. */
#define EXPECT(condition)                                                                      \
	do {                                                                                   \
		if (!(condition)) {                                                            \
			const int failure = errno;                                             \
			fprintf(stderr, "%s:%d: does not hold in the child: %s (errno: %s)\n", \
				__FILE__, __LINE__, #condition, strerror(failure));            \
			_exit(EXIT_FAILURE);                                                   \
		}                                                                              \
	} while (0)

/* The call fails, and in that way. */
#define EXPECT_FAILURE(number, call)       \
	do {                               \
		errno = 0;                 \
		EXPECT((call) == -1);      \
		EXPECT(errno == (number)); \
	} while (0)

/* Runs work in a child and expects it to return. */
static inline void in_child(void (*work)(void *context), void *context) {
	fflush(NULL);
	const pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		work(context);
		_exit(EXIT_SUCCESS);
	}
	int status = 0;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), EXIT_SUCCESS);
}

/*
 * setuid(2) of this thread alone: a sanitizer may have one of its own, which nobody confined, and
 * then the C library aborts where they are answered differently.
 */
static inline int child_set_user(uid_t user) {
	return (int)syscall(SYS_setuid, user);
}

/* Under valgrind, whose own system calls are not those of the program that it runs. */
static inline bool is_under_valgrind(void) {
	const char *preloaded = getenv("LD_PRELOAD");
	return preloaded != NULL && strstr(preloaded, "vgpreload") != NULL;
}

#endif
