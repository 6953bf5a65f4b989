#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
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

static ssize_t read_some(int descriptor, struct buffer *content) {
	ssize_t got;
	do {
		const size_t room = content->capacity - content->length - 1;
		got = read(descriptor, content->data + content->length, room);
	} while (got < 0 && errno == EINTR);
	return got;
}

/* The file may be longer by now than it was, or not know its length, as those of /proc. */
static bool read_to_end(int descriptor, size_t expected, size_t limit, struct buffer *content,
	struct error *error) {
	buffer_reserve(content, expected + 1);
	while (content->length <= limit) {
		if (!buffer_reserve(content, 1)) {
			return error_set_memory(error);
		}
		const ssize_t got = read_some(descriptor, content);
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

static bool read_open(int descriptor, size_t limit, struct buffer *content, struct stat *status,
	struct error *error) {
	if (fstat(descriptor, status) != 0) {
		return fail_reading(error, errno);
	}
	return check(status, limit, error) &&
	       read_to_end(descriptor, (size_t)status->st_size, limit, content, error);
}

bool file_read(int directory, const char *path, size_t limit, struct buffer *content,
	struct stat *status, struct error *error) {
	buffer_clear(content);
	/* Opening is not harmless for every device: so look first, and again at what was opened. */
	if (fstatat(directory, path, status, 0) != 0) {
		return fail_reading(error, errno);
	}
	if (!check(status, limit, error)) {
		return false;
	}
	const int descriptor =
		openat(directory, path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (descriptor < 0) {
		return fail_reading(error, errno);
	}
	const bool done = read_open(descriptor, limit, content, status, error);
	close(descriptor);
	if (!done) {
		buffer_clear(content);
	}
	return done;
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
