#include "base/descriptors.h"

#include <limits.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The same on every processor. glibc before 2.34 and musl have no function for it. */
#ifndef SYS_close_range
#define SYS_close_range 436
#endif

/* For kernels before 5.9. */
static void close_each(unsigned first, unsigned last) {
	const long limit = sysconf(_SC_OPEN_MAX);
	for (unsigned i = first; i <= last && (limit < 0 || i < (unsigned long)limit); i++) {
		close((int)i);
	}
}

void descriptor_close(int *descriptor) {
	if (*descriptor >= 0) {
		close(*descriptor);
		*descriptor = -1;
	}
}

void descriptors_close(unsigned first, unsigned last) {
	if (first <= last && syscall(SYS_close_range, first, last, 0) != 0) {
		close_each(first, last);
	}
}

void descriptors_close_from(unsigned first) {
	descriptors_close(first, INT_MAX);
}
