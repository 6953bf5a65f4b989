#include "stores/writer.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

/* Names that no card file has. */
#define LOCK_NAME ".cardfs.lock"
#define NEW_NAME ".cardfs.new"

bool writer_make_directory(const char *path, struct error *error) {
	struct buffer part = {0};
	bool done = true;
	for (const char *end = path; done && *end != '\0';) {
		end += strspn(end, "/");
		end += strcspn(end, "/");
		buffer_clear(&part);
		buffer_append(&part, path, (size_t)(end - path));
		if (part.failed) {
			done = error_set_memory(error);
		} else if (mkdir(part.data, 0755) != 0 && errno != EEXIST) {
			/*
			 * A directory that exists may be refused otherwise, on a read-only file
			 * system or an automounter's.
			 */
			const int failure = errno;
			done = access(part.data, F_OK) == 0 ||
			       error_set_system(
				       error, failure, "cannot make the directory %s", part.data);
		}
	}
	buffer_finish(&part);
	return done;
}

/* Whether the file that is open is still the one at path. */
static bool is_current(int descriptor, const char *path) {
	struct stat opened, present;
	return fstat(descriptor, &opened) == 0 && stat(path, &present) == 0 &&
	       opened.st_dev == present.st_dev && opened.st_ino == present.st_ino;
}

static int lock_file(int descriptor) {
	int result;
	do {
		result = flock(descriptor, LOCK_EX);
	} while (result != 0 && errno == EINTR);
	return result;
}

static char *join(const char *directory, const char *name, struct error *error) {
	struct buffer path = {0};
	file_join(&path, text_of(directory), text_of(name));
	char *joined = buffer_take(&path);
	if (joined == NULL) {
		error_set_memory(error);
	}
	return joined;
}

bool writer_lock_acquire(struct writer_lock *lock, const char *directory, struct error *error) {
	*lock = (struct writer_lock){.path = join(directory, LOCK_NAME, error), .descriptor = -1};
	if (lock->path == NULL) {
		return false;
	}
	/* Who held it before removed its file: then what is locked here is no lock any more. */
	do {
		if (lock->descriptor >= 0) {
			close(lock->descriptor);
		}
		lock->descriptor =
			open(lock->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
		if (lock->descriptor < 0 || lock_file(lock->descriptor) != 0) {
			return error_set_system(
				error, errno, "cannot write to the store %s", directory);
		}
	} while (!is_current(lock->descriptor, lock->path));
	return true;
}

void writer_lock_release(struct writer_lock *lock) {
	if (lock->path != NULL && lock->descriptor >= 0) {
		if (is_current(lock->descriptor, lock->path)) {
			unlink(lock->path);
		}
		close(lock->descriptor);
	}
	free(lock->path);
	*lock = (struct writer_lock){0};
}

static bool write_whole(int descriptor, struct text content) {
	while (content.length > 0) {
		const ssize_t written = write(descriptor, content.data, content.length);
		if (written < 0 && errno != EINTR) {
			return false;
		}
		content = text_part(content, written < 0 ? 0 : (size_t)written, content.length);
	}
	return true;
}

/* Gives the new file what the old one has; the owner only where that is permitted. */
static bool take_after(int descriptor, const struct stat *old) {
	if (fchown(descriptor, old->st_uid, old->st_gid) != 0 && errno != EPERM) {
		return false;
	}
	return fchmod(descriptor, old->st_mode & 07777) == 0;
}

/* A file of that name is left from a process that died: nobody else writes here now. */
static int create_new(const char *path) {
	if (unlink(path) != 0 && errno != ENOENT) {
		return -1;
	}
	return open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
}

static bool fill_new(int descriptor, const char *path, struct text content) {
	struct stat old;
	const bool is_new = stat(path, &old) != 0;
	return (is_new || take_after(descriptor, &old)) && write_whole(descriptor, content) &&
	       fsync(descriptor) == 0;
}

/*
 * So that the new name outlives a crash, too. Where directories cannot be synchronised it may not.
 */
static void synchronize_directory(const char *path) {
	const int descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (descriptor >= 0) {
		fsync(descriptor);
		close(descriptor);
	}
}

static bool replace_file(
	const char *path, const char *directory, const char *new_path, struct text content) {
	const int descriptor = create_new(new_path);
	if (descriptor < 0) {
		return false;
	}
	bool done = fill_new(descriptor, path, content);
	int failure = errno;
	if (close(descriptor) != 0 && done) {
		done = false;
		failure = errno;
	}
	if (done && rename(new_path, path) != 0) {
		done = false;
		failure = errno;
	}
	if (done) {
		synchronize_directory(directory);
		return true;
	}
	unlink(new_path);
	errno = failure;
	return false;
}

static bool replace_in(
	const char *path, const char *directory, struct text content, struct error *error) {
	char *new_path = join(directory, NEW_NAME, error);
	if (new_path == NULL) {
		return false;
	}
	const bool done =
		replace_file(path, directory, new_path, content) ||
		error_set_system(error, errno, "cannot write %s; nothing is changed", path);
	free(new_path);
	return done;
}

bool writer_replace(const char *path, struct text content, struct error *error) {
	char *real = realpath(path, NULL);
	const char *place = real != NULL ? real : path;
	const struct text directory = file_directory(text_of(place));
	char *directory_path = strndup(directory.data, directory.length);
	const bool done = directory_path == NULL
				  ? error_set_memory(error)
				  : replace_in(place, directory_path, content, error);
	free(directory_path);
	free(real);
	return done;
}

bool writer_remove(const char *path, struct error *error) {
	return unlink(path) == 0 || error_set_system(error, errno, "cannot remove %s", path);
}
