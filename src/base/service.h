/*
 * What whoever started the program as a service wants to know of it, by the protocol of
 * sd_notify(3): datagrams to the socket that NOTIFY_SOCKET names. Without one all of this does
 * nothing, and nothing of it fails: a service manager that does not listen is not the program's
 * concern.
 */
#ifndef CARDFS_BASE_SERVICE_H
#define CARDFS_BASE_SERVICE_H

#include <sys/types.h>

/*
 * Connects to the socket of that name, a path or, after "@", one of the abstract name space; NULL:
 * to none. To be called while there is one thread, and before the program gives up what it may do.
 */
void service_open(const char *socket);

/* The service does what it is for. main_process: what it is known by from now on; 0: as it is. */
void service_ready(pid_t main_process);

/* How it is, for people: one line. */
void service_status(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* It is reading its configuration again; service_ready is to follow. */
void service_reloading(void);

/* It is about to end. */
void service_stopping(void);

#endif
