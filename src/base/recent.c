#include "base/recent.h"

#include <string.h>

enum { WORD = sizeof(uint64_t), LENGTH_LIMIT = RECENT_WORDS * WORD - 1 };

static const char cut_mark[] = "...";

void recent_init(struct recent *recent) {
	atomic_init(&recent->count, 0);
	for (size_t i = 0; i < RECENT_LINES; i++) {
		atomic_init(&recent->lines[i].number, 0);
		for (size_t j = 0; j < RECENT_WORDS; j++) {
			atomic_init(&recent->lines[i].words[j], 0);
		}
	}
}

/* Copies as much of the line as fits, no half characters, and a NUL. */
static void copy_cut(char *copy, struct text line) {
	if (line.length <= LENGTH_LIMIT) {
		memcpy(copy, line.data, line.length);
		copy[line.length] = '\0';
		return;
	}
	size_t length = LENGTH_LIMIT - strlen(cut_mark);
	while (length > 0 && ((unsigned char)line.data[length] & 0xC0U) == 0x80U) {
		length--;
	}
	memcpy(copy, line.data, length);
	memcpy(copy + length, cut_mark, sizeof(cut_mark));
}

/* Whoever reads meanwhile sees that the number is not what it was. */
void recent_add(struct recent *recent, struct text line) {
	uint64_t words[RECENT_WORDS] = {0};
	copy_cut((char *)words, line);
	const uint64_t index = atomic_fetch_add(&recent->count, 1);
	struct recent_line *place = &recent->lines[index % RECENT_LINES];
	atomic_store(&place->number, 0);
	for (size_t i = 0; i < RECENT_WORDS; i++) {
		atomic_store_explicit(&place->words[i], words[i], memory_order_release);
	}
	atomic_store(&place->number, index + 1);
}

static void append_line(const struct recent_line *place, uint64_t number, struct buffer *text) {
	char line[RECENT_WORDS * WORD + 1] = {0};
	if (atomic_load(&place->number) != number) {
		return;
	}
	for (size_t i = 0; i < RECENT_WORDS; i++) {
		const uint64_t word = atomic_load_explicit(&place->words[i], memory_order_acquire);
		memcpy(line + i * WORD, &word, WORD);
	}
	if (atomic_load(&place->number) == number) {
		buffer_append_format(text, "%s\n", line);
	}
}

void recent_append(const struct recent *recent, struct buffer *text) {
	const uint64_t count = atomic_load(&recent->count);
	for (uint64_t i = count < RECENT_LINES ? 0 : count - RECENT_LINES; i < count; i++) {
		append_line(&recent->lines[i % RECENT_LINES], i + 1, text);
	}
}
