#include "confine/sanitizers.h"

#include <stddef.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define HAS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
	__has_feature(memory_sanitizer)
#define HAS_SANITIZER 1
#endif
#endif

#ifndef HAS_SANITIZER
#define HAS_SANITIZER 0
#endif

/* What a program that measures coverage is linked with, and no other. */
extern void __gcov_init(void) __attribute__((weak));

bool sanitizers_are_in(void) {
	return HAS_SANITIZER != 0 || __gcov_init != NULL;
}
