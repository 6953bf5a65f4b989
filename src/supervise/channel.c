#include "supervise/channel.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

/* Room for one descriptor, aligned as it has to be. */
union ancillary {
	struct cmsghdr header;
	char bytes[CMSG_SPACE(sizeof(int))];
};

bool channel_create(int ends[2]) {
	return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0;
}

static void attach(struct msghdr *header, union ancillary *ancillary, int descriptor) {
	header->msg_control = ancillary;
	header->msg_controllen = sizeof(*ancillary);
	struct cmsghdr *rights = CMSG_FIRSTHDR(header);
	rights->cmsg_level = SOL_SOCKET;
	rights->cmsg_type = SCM_RIGHTS;
	rights->cmsg_len = CMSG_LEN(sizeof(descriptor));
	memcpy(CMSG_DATA(rights), &descriptor, sizeof(descriptor));
}

bool channel_send(int end, enum channel_kind kind, const struct error *error, int descriptor) {
	struct channel_message message = {.kind = kind};
	if (error != NULL) {
		message.error = *error;
	}
	struct iovec part = {.iov_base = &message, .iov_len = sizeof(message)};
	struct msghdr header = {.msg_iov = &part, .msg_iovlen = 1};
	union ancillary ancillary = {0};
	if (descriptor != CHANNEL_NO_DESCRIPTOR) {
		attach(&header, &ancillary, descriptor);
	}
	ssize_t sent;
	do {
		sent = sendmsg(end, &header, MSG_NOSIGNAL);
	} while (sent < 0 && errno == EINTR);
	return sent == sizeof(message);
}

bool channel_receive(int end, struct channel_message *message, int *descriptor) {
	struct iovec part = {.iov_base = message, .iov_len = sizeof(*message)};
	union ancillary ancillary = {0};
	struct msghdr header = {
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = &ancillary,
		.msg_controllen = sizeof(ancillary),
	};
	ssize_t received;
	do {
		received = recvmsg(end, &header, MSG_CMSG_CLOEXEC);
	} while (received < 0 && errno == EINTR);
	*descriptor = CHANNEL_NO_DESCRIPTOR;
	const struct cmsghdr *rights = received < 0 ? NULL : CMSG_FIRSTHDR(&header);
	if (rights != NULL && rights->cmsg_type == SCM_RIGHTS) {
		memcpy(descriptor, CMSG_DATA(rights), sizeof(*descriptor));
	}
	return received == sizeof(*message);
}
