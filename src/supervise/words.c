#include "supervise/words.h"

static const struct text speakers[] = {{"fuse: ", 6}, {"fusermount3: ", 13}};

struct text words_essence(struct text words) {
	struct text line = text_strip(words);
	for (size_t end = 0; (end = text_index(line, '\n')) < line.length;) {
		line = text_part(line, end + 1, line.length);
	}
	for (size_t i = 0; i < sizeof(speakers) / sizeof(speakers[0]); i++) {
		if (text_starts_with(line, speakers[i])) {
			line = text_part(line, speakers[i].length, line.length);
		}
	}
	return line;
}
