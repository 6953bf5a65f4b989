/*
 * Runs a target without libFuzzer, on the files that are named and those in directories that are.
 */
#include "fuzz.h"

#include "base/buffer.h"
#include "base/file.h"

#include <fcntl.h>
#include <ftw.h>

static size_t count;

static int replay(const char *path, const struct stat *status, int type, struct FTW *place) {
	(void)status;
	(void)place;
	if (type != FTW_F) {
		return 0;
	}
	struct buffer content = {0};
	struct error error = {0};
	struct stat found;
	if (!file_read(AT_FDCWD, path, SIZE_MAX / 2, &content, &found, &error)) {
		fprintf(stderr, "%s: %s\n", path, error.message);
		return 1;
	}
	/* In a block of its own size, so that reading behind it is seen. */
	uint8_t *data = malloc(content.length + (content.length == 0));
	if (data == NULL) {
		return 1;
	}
	for (size_t i = 0; i < content.length; i++) {
		data[i] = (uint8_t)content.data[i];
	}
	fprintf(stderr, "%s\n", path);
	LLVMFuzzerTestOneInput(data, content.length);
	count++;
	free(data);
	buffer_finish(&content);
	return 0;
}

int main(int argument_count, char **arguments) {
	for (int i = 1; i < argument_count; i++) {
		if (nftw(arguments[i], replay, 16, FTW_PHYS) != 0) {
			fprintf(stderr, "cannot read %s\n", arguments[i]);
			return 1;
		}
	}
	printf("%zu inputs\n", count);
	return count == 0;
}
