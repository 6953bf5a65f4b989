#include "supervise/greeting.h"

#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static bool receive(struct greeting *greeting, int device, struct error *error) {
	while (!slot_has_request(&greeting->request)) {
		const int failure = slot_read(&greeting->request, device);
		if (failure == ENODEV) {
			return error_set(error, ERROR_NOT_FOUND, "it has been unmounted");
		}
		if (failure != 0) {
			return error_set_system(error, failure, "cannot read from the kernel");
		}
	}
	const struct fuse_in_header *header = (const void *)greeting->request.request;
	const struct fuse_init_in *init = (const void *)(header + 1);
	greeting->minor = init->minor;
	return header->opcode == FUSE_INIT ||
	       error_set(error, ERROR_SYSTEM, "the kernel does not begin at the beginning");
}

/* It is kept before it is sent: what the kernel was told decides for all that follow. */
static void keep_answer(struct greeting *greeting, const unsigned char *answer, size_t size) {
	if (greeting->answer_size == 0) {
		memcpy(greeting->answer, answer, size);
		atomic_signal_fence(memory_order_seq_cst);
		greeting->answer_size = (uint32_t)size;
	} else if (greeting->answer_size != size || memcmp(greeting->answer, answer, size) != 0) {
		log_message(LOG_LEVEL_WARNING,
			"the kernel was told otherwise what this program can do, when it was "
			"mounted; some of it takes a new mount");
	}
}

/* The kernel says ENOENT to an answer that it has had. */
static bool send_answer(const struct greeting *greeting, int device, struct error *error) {
	ssize_t written;
	do {
		written = write(device, greeting->answer, greeting->answer_size);
	} while (written < 0 && errno == EINTR);
	return written >= 0 || errno == ENOENT ||
	       error_set_system(error, errno, "the kernel does not take the answer");
}

/* The session writes to one end of a socket what it takes for the kernel. */
static bool exchange(struct greeting *greeting, struct fuse_session *session, int device,
	int other_end, struct error *error) {
	unsigned char answer[sizeof(greeting->answer)];
	if (!receive(greeting, device, error)) {
		return false;
	}
	const struct fuse_buf request = {
		.mem = greeting->request.request,
		.size = slot_size(&greeting->request),
	};
	fuse_session_process_buf(session, &request);
	const ssize_t size = recv(other_end, answer, sizeof(answer), MSG_DONTWAIT);
	if (size <= 0 || fuse_session_exited(session)) {
		return error_set(error, ERROR_SYSTEM, "libfuse does not take what the kernel says");
	}
	keep_answer(greeting, answer, (size_t)size);
	return send_answer(greeting, device, error);
}

static bool attach(struct fuse_session *session, int descriptor, struct error *error) {
	char path[32];
	snprintf(path, sizeof(path), LIBFUSE_DESCRIPTOR_PATH, descriptor);
	return fuse_session_mount(session, path) == 0 ||
	       error_set(error, ERROR_SYSTEM, "libfuse does not take a descriptor");
}

bool greeting_attach(
	struct greeting *greeting, struct fuse_session *session, int device, struct error *error) {
	int ends[2];
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
		close(device);
		return error_set_system(error, errno, "cannot talk to libfuse");
	}
	bool done = attach(session, ends[0], error);
	if (!done) {
		close(ends[0]);
	}
	done = done && exchange(greeting, session, device, ends[1], error);
	/* From now on what it writes there is for the kernel. */
	if (done && dup3(device, ends[0], O_CLOEXEC) < 0) {
		done = error_set_system(error, errno, "cannot talk to the kernel");
	}
	close(ends[1]);
	close(device);
	return done;
}
