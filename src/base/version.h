/* The version of cardfs: the Makefile defines it once. */
#ifndef CARDFS_BASE_VERSION_H
#define CARDFS_BASE_VERSION_H

#ifndef CARDFS_VERSION
#error "CARDFS_VERSION is defined by the Makefile"
#endif

#endif
