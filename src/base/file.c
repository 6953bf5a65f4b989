#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct {
	mode_t type;
	const char *name;
} file_types[] = {
	{S_IFDIR, "a directory"},
	{S_IFIFO, "a FIFO"},
	{S_IFSOCK, "a socket"},
	{S_IFCHR, "a device"},
	{S_IFBLK, "a device"},
};

static const char *type_name(mode_t mode) {
	for (size_t i = 0; i < sizeof(file_types) / sizeof(file_types[0]); i++) {
		if ((mode & S_IFMT) == file_types[i].type) {
			return file_types[i].name;
		}
	}
	return "of an unknown type";
}

static bool fail_reading(struct error *error, int system_error) {
	return error_set_system(error, system_error, "it cannot be read");
}

static bool fail_limit(struct error *error, size_t limit) {
	return error_set(
		error, ERROR_LIMIT, "it is larger than %zu bytes, which is the limit", limit);
}

static bool check(const struct stat *status, size_t limit, struct error *error) {
	if (!S_ISREG(status->st_mode)) {
		return error_set(error, ERROR_INVALID, "it is %s, not a regular file",
			type_name(status->st_mode));
	}
	if ((uintmax_t)status->st_size > limit) {
		return fail_limit(error, limit);
	}
	return true;
}

static ssize_t read_some(int descriptor, char *data, size_t room) {
	ssize_t got;
	do {
		got = read(descriptor, data, room);
	} while (got < 0 && errno == EINTR);
	return got;
}

bool file_fill(int descriptor, char *data, size_t expected, size_t *length, struct error *error) {
	ssize_t got;
	*length = 0;
	do {
		got = read_some(descriptor, data + *length, expected + 1 - *length);
		if (got < 0) {
			return fail_reading(error, errno);
		}
		*length += (size_t)got;
	} while (got > 0 && *length < expected);
	return true;
}

bool file_read_rest(int descriptor, size_t limit, struct buffer *content, struct error *error) {
	while (content->length <= limit) {
		if (!buffer_reserve(content, 1)) {
			return error_set_memory(error);
		}
		const ssize_t got = read_some(descriptor, content->data + content->length,
			content->capacity - content->length - 1);
		if (got < 0) {
			return fail_reading(error, errno);
		}
		content->length += (size_t)got;
		content->data[content->length] = '\0';
		if (got == 0) {
			return true;
		}
	}
	return fail_limit(error, limit);
}

static atomic_bool was_refused;

/* Landlock keeps from opening, and from nothing that only looks. */
static void note_refusal(int directory, const char *path, int system_error) {
	if (system_error == EACCES && faccessat(directory, path, R_OK, AT_EACCESS) == 0) {
		was_refused = true;
	}
}

bool file_was_refused(void) {
	return atomic_exchange(&was_refused, false);
}

/* What was looked at already. Returns -1 with an error. */
static int open_looked_at(int directory, const char *path, int flags, struct error *error) {
	const int descriptor =
		openat(directory, path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | flags);
	if (descriptor < 0) {
		const int failure = errno;
		note_refusal(directory, path, failure);
		fail_reading(error, failure);
	}
	return descriptor;
}

/* Closes what may not be read. Of what is none error says why. */
static int admit(int descriptor, size_t limit, struct stat *status, struct error *error) {
	if (descriptor < 0) {
		return -1;
	}
	const bool is_known = fstat(descriptor, status) == 0 || fail_reading(error, errno);
	if (!is_known || !check(status, limit, error)) {
		close(descriptor);
		return -1;
	}
	return descriptor;
}

/* Opening is not harmless for every device: so look first, and again at what was opened. */
int file_open(
	int directory, const char *path, size_t limit, struct stat *status, struct error *error) {
	if (fstatat(directory, path, status, 0) != 0) {
		fail_reading(error, errno);
		return -1;
	}
	if (!check(status, limit, error)) {
		return -1;
	}
	return admit(open_looked_at(directory, path, 0, error), limit, status, error);
}

bool file_read(int directory, const char *path, size_t limit, struct buffer *content,
	struct stat *status, struct error *error) {
	buffer_clear(content);
	const int descriptor = file_open(directory, path, limit, status, error);
	if (descriptor < 0) {
		return false;
	}
	buffer_reserve(content, (size_t)status->st_size + 1);
	const bool done = file_read_rest(descriptor, limit, content, error);
	close(descriptor);
	if (!done) {
		buffer_clear(content);
	}
	return done;
}

/* Fills target and *owner with those of a link; of one and the same, whoever exchanges it. */
static bool read_link(
	int directory, const char *name, char target[PATH_MAX], uid_t *owner, struct error *error) {
	const int link = openat(directory, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	struct stat status;
	bool done = link >= 0 && fstat(link, &status) == 0;
	if (done) {
		const ssize_t length = readlinkat(link, "", target, PATH_MAX);
		done = length > 0 && length < PATH_MAX;
		target[done ? length : 0] = '\0';
		*owner = status.st_uid;
	}
	const int failure = errno;
	if (link >= 0) {
		close(link);
	}
	return done || fail_reading(error, failure);
}

static bool may_follow(uid_t owner, const struct stat *status, struct error *error) {
	return owner == 0 || owner == geteuid() || owner == status->st_uid ||
	       error_set(error, ERROR_INVALID,
		       "it is a link of user %u to a file of user %u, and is not followed: who "
		       "owns "
		       "the file, or root, can make such a link",
		       (unsigned)owner, (unsigned)status->st_uid);
}

static int open_through_link(
	int directory, const char *name, size_t limit, struct stat *status, struct error *error) {
	char target[PATH_MAX];
	uid_t owner = 0;
	if (!read_link(directory, name, target, &owner, error)) {
		return -1;
	}
	/* Asked before, so that what is closed for another reason is not opened; and of what is. */
	if (fstatat(directory, target, status, 0) != 0) {
		fail_reading(error, errno);
		return -1;
	}
	if (!may_follow(owner, status, error) || !check(status, limit, error)) {
		return -1;
	}
	const int descriptor =
		admit(open_looked_at(directory, target, 0, error), limit, status, error);
	if (descriptor >= 0 && !may_follow(owner, status, error)) {
		close(descriptor);
		return -1;
	}
	return descriptor;
}

int file_open_entry(
	int directory, const char *name, size_t limit, struct stat *status, struct error *error) {
	if (fstatat(directory, name, status, AT_SYMLINK_NOFOLLOW) != 0) {
		fail_reading(error, errno);
		return -1;
	}
	if (S_ISLNK(status->st_mode)) {
		return open_through_link(directory, name, limit, status, error);
	}
	if (!check(status, limit, error)) {
		return -1;
	}
	return admit(open_looked_at(directory, name, O_NOFOLLOW, error), limit, status, error);
}

static bool is_absolute(struct text path) {
	return text_starts_with(path, TEXT("/"));
}

void file_join(struct buffer *path, struct text base, struct text name) {
	if (is_absolute(name)) {
		buffer_append_text(path, name);
		return;
	}
	buffer_append_text(path, base);
	if (base.length > 0 && name.length > 0 && !text_ends_with(base, TEXT("/"))) {
		buffer_append_byte(path, '/');
	}
	buffer_append_text(path, name);
}

static struct text without_trailing(struct text path, bool slashes) {
	while (path.length > 0 && (path.data[path.length - 1] == '/') == slashes) {
		path.length--;
	}
	return path;
}

struct text file_directory(struct text path) {
	const struct text last = without_trailing(path, true);
	const struct text directory = without_trailing(without_trailing(last, false), true);
	if (directory.length > 0) {
		return directory;
	}
	return is_absolute(path) ? TEXT("/") : TEXT(".");
}

static void append_components(struct buffer *absolute, struct text path) {
	while (path.length > 0) {
		const size_t end = text_index(path, '/');
		const struct text component = text_part(path, 0, end);
		if (component.length > 0 && !text_equal(component, TEXT("."))) {
			buffer_append_byte(absolute, '/');
			buffer_append_text(absolute, component);
		}
		path = text_part(path, end + 1, path.length);
	}
}

char *file_absolute(const char *path) {
	struct buffer absolute = {0};
	if (!is_absolute(text_of(path))) {
		char *directory = getcwd(NULL, 0);
		if (directory == NULL) {
			return NULL;
		}
		append_components(&absolute, text_of(directory));
		free(directory);
	}
	append_components(&absolute, text_of(path));
	if (absolute.length == 0) {
		buffer_append_byte(&absolute, '/');
	}
	return buffer_take(&absolute);
}

bool file_is_same(const char *path, const char *other) {
	struct stat one, two;
	return strcmp(path, other) == 0 ||
	       (stat(path, &one) == 0 && stat(other, &two) == 0 && one.st_dev == two.st_dev &&
		       one.st_ino == two.st_ino);
}
