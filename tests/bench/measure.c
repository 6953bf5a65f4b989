#include "bench/measure.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name;
	int argument_count;
	void (*run)(char **arguments);
} measurements[] = {
	{"cards", 5, measure_cards},
	{"access", 5, measure_access},
	{"commands", 4, measure_commands},
	{"loading", 3, measure_loading},
	{"freshness", 4, measure_freshness},
};

void fail(const char *format, ...) {
	va_list arguments;
	va_start(arguments, format);
	fprintf(stderr, "measure: ");
	vfprintf(stderr, format, arguments);
	fprintf(stderr, "\n");
	va_end(arguments);
	exit(1);
}

unsigned long number_of(const char *argument, unsigned long least) {
	char *end;
	errno = 0;
	const unsigned long number = strtoul(argument, &end, 10);
	if (errno != 0 || end == argument || *end != '\0' || number < least) {
		fail("%s is no whole number from %lu", argument, least);
	}
	return number;
}

int main(int argc, char **argv) {
	for (size_t i = 0; argc > 1 && i < sizeof(measurements) / sizeof(measurements[0]); i++) {
		if (strcmp(argv[1], measurements[i].name) == 0 &&
			argc - 2 == measurements[i].argument_count) {
			measurements[i].run(argv + 2);
			return fflush(stdout) == 0 ? 0 : 1;
		}
	}
	fail("there is no such measurement; \"run\" knows how to call them");
}
