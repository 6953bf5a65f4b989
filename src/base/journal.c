#include "base/journal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

int journal_open(const char *path) {
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	/* A journal that hangs must not hang a mount. */
	const struct timeval patience = {.tv_sec = 1};
	if (strlen(path) >= sizeof(address.sun_path)) {
		return -1;
	}
	memcpy(address.sun_path, path, strlen(path) + 1);
	const int journal = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (journal < 0) {
		return -1;
	}
	if (setsockopt(journal, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience)) != 0 ||
		connect(journal, (const struct sockaddr *)&address, sizeof(address)) != 0) {
		close(journal);
		return -1;
	}
	return journal;
}

bool journal_is_standard_error(const char *stream) {
	struct stat status;
	char own[64];
	if (stream == NULL || fstat(STDERR_FILENO, &status) != 0) {
		return false;
	}
	snprintf(own, sizeof(own), "%llu:%llu", (unsigned long long)status.st_dev,
		(unsigned long long)status.st_ino);
	return strcmp(stream, own) == 0;
}

static void append_length(struct buffer *entry, uint64_t length) {
	for (unsigned shift = 0; shift < 64; shift += 8) {
		buffer_append_byte(entry, (char)(length >> shift));
	}
}

void journal_append_field(struct buffer *entry, const char *name, struct text value) {
	buffer_append_string(entry, name);
	if (text_index(value, '\n') == value.length) {
		buffer_append_byte(entry, '=');
	} else {
		buffer_append_byte(entry, '\n');
		append_length(entry, value.length);
	}
	buffer_append_text(entry, value);
	buffer_append_byte(entry, '\n');
}

bool journal_send(int journal, struct text entry) {
	ssize_t sent;
	do {
		sent = send(journal, entry.data, entry.length, MSG_NOSIGNAL);
	} while (sent < 0 && errno == EINTR);
	return sent >= 0;
}
