#include "stores/built_in.h"

#include "base/file.h"

#include <limits.h>
#include <link.h>
#include <stdlib.h>
#include <unistd.h>

/* The shared object that an address is in, among those that are loaded. */
struct search {
	uintptr_t address;
	const char *name; /* "" for the program itself */
};

static int look_in(struct dl_phdr_info *object, size_t size, void *context) {
	(void)size;
	struct search *search = context;
	for (size_t i = 0; i < object->dlpi_phnum; i++) {
		const uintptr_t start = object->dlpi_addr + object->dlpi_phdr[i].p_vaddr;
		if (object->dlpi_phdr[i].p_type == PT_LOAD && search->address >= start &&
			search->address - start < object->dlpi_phdr[i].p_memsz) {
			search->name = object->dlpi_name;
			return 1;
		}
	}
	return 0;
}

/*
 * Fills file with the path of the shared library that this is part of, else of the program. Returns
 * how many directories below the prefix it may be: bin/, lib/, lib/x86_64-linux-gnu/.
 */
static int find_file(char file[PATH_MAX]) {
	struct search search = {(uintptr_t)look_in, ""};
	dl_iterate_phdr(look_in, &search);
	const bool is_library = search.name[0] != '\0';
	if (realpath(is_library ? search.name : "/proc/self/exe", file) == NULL) {
		return 0;
	}
	return is_library ? 2 : 1;
}

void store_built_in_directory(struct buffer *path) {
	char file[PATH_MAX];
	const int depth = find_file(file);
	struct text directory = depth > 0 ? file_directory(text_of(file)) : TEXT("");
	for (int i = 0; i < depth; i++) {
		struct buffer beside = {0};
		directory = file_directory(directory);
		file_join(&beside, directory, TEXT("share/cardfs/cards"));
		const bool is_there = !beside.failed && access(beside.data, F_OK) == 0;
		buffer_append_text(path, is_there ? buffer_text(&beside) : TEXT(""));
		buffer_finish(&beside);
		if (is_there) {
			return;
		}
	}
	buffer_append_string(path, CARDFS_DATADIR "/cards");
}
