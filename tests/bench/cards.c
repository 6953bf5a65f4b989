#include "bench/measure.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { FILES_A_DIRECTORY = 1000, PATH_SIZE = 4096 };

static void make_directory(const char *path) {
	if (mkdir(path, 0755) != 0 && errno != EEXIST) {
		fail("cannot make %s: %s", path, strerror(errno));
	}
}

/* Six fields make an asset's directory of eight entries; nine are a card of 215 bytes. */
static void write_card(
	FILE *file, unsigned long number, unsigned long fields, const char *targets) {
	static const char *const families[] = {"llama", "qwen", "mistral", "gemma", "olmo"};
	static const char *const licenses[] = {"apache-2.0", "mit", "llama3"};
	fprintf(file,
		"name: model_%07lu\nmodel_family: %s\nmodel_arch: %lub\n"
		"checkpoint: %s/model_%07lu.pt\nlicense: %s\nnum_params: %lu\n",
		number, families[number % 5], number % 70 + 1, targets, number,
		licenses[number % 3], (number % 70 + 1) * 1000000007);
	if (fields > 6) {
		fprintf(file,
			"max_seq_len: 8192\ntokenizer_family: %s\nrevision: main-5f0c2d1ab%011lu\n",
			families[number % 5], number);
	}
}

static void open_name(char path[PATH_SIZE], const char *directory, unsigned long number) {
	snprintf(path, PATH_SIZE, "%s/%04lu", directory, number / FILES_A_DIRECTORY);
	if (number % FILES_A_DIRECTORY == 0) {
		make_directory(path);
	}
	snprintf(path, PATH_SIZE, "%s/%04lu/cards_%07lu.yaml", directory,
		number / FILES_A_DIRECTORY, number);
}

void measure_cards(char **arguments) {
	const char *directory = arguments[0];
	const unsigned long count = number_of(arguments[1], 1);
	const unsigned long files = number_of(arguments[2], 1);
	const unsigned long fields = number_of(arguments[3], 6);
	make_directory(directory);
	for (unsigned long i = 0; i < files; i++) {
		char path[PATH_SIZE];
		open_name(path, directory, i);
		FILE *file = fopen(path, "w");
		if (file == NULL) {
			fail("cannot write %s: %s", path, strerror(errno));
		}
		for (unsigned long j = count * i / files; j < count * (i + 1) / files; j++) {
			fputs(j > count * i / files ? "---\n" : "", file);
			write_card(file, j, fields, arguments[4]);
		}
		if (fclose(file) != 0) {
			fail("cannot write %s: %s", path, strerror(errno));
		}
	}
}
