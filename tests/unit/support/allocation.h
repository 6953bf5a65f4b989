/*
 * Failures of memory on purpose, for the programs called test_memory: they are linked so that each
 * allocation of the core and of libyaml comes here first (the linker's --wrap), under sanitizers
 * too.
 */
#ifndef CARDFS_TESTS_UNIT_SUPPORT_ALLOCATION_H
#define CARDFS_TESTS_UNIT_SUPPORT_ALLOCATION_H

#include "base/buffer.h"
#include "base/error.h"

/* Something that takes memory, and gives all of it back. Returns whether it succeeded. */
typedef bool allocation_run(void *context, struct error *error);

/*
 * Has run succeed once, and then fail at its first allocation, at its second, and so on, until
 * there are no more. Each time it has to say that memory is what failed, or to do without; nothing
 * may be left allocated. least is how many allocations there have to be.
 */
void allocation_fail_each(allocation_run *run, void *context, unsigned least);

/*
 * What a run brings about, which has to be the same each time: first, empty before, keeps what it
 * was at the first call. Whoever makes first has reserved what it takes, so that it is not counted.
 */
void allocation_compare(struct buffer *first, struct text text);

/*
 * The allocations from here to allocation_permit_end do not fail: those of the test itself. May be
 * nested.
 */
void allocation_permit_all(void);
void allocation_permit_end(void);

/* The next allocation fails, and those behind it do not. */
void allocation_fail_next(void);

#endif
