#include "base/record.h"

#include <string.h>

void record_append_number(struct buffer *record, uint64_t number) {
	buffer_append(record, &number, sizeof(number));
}

void record_append_text(struct buffer *record, struct text text) {
	record_append_number(record, text.length);
	buffer_append_text(record, text);
}

uint64_t record_read_number(struct record_reading *reading) {
	uint64_t number = 0;
	if (reading->rest.length < sizeof(number)) {
		reading->failed = true;
		return 0;
	}
	memcpy(&number, reading->rest.data, sizeof(number));
	reading->rest = text_part(reading->rest, sizeof(number), reading->rest.length);
	return number;
}

struct text record_read_text(struct record_reading *reading) {
	const uint64_t length = record_read_number(reading);
	if (length > reading->rest.length) {
		reading->failed = true;
		return (struct text){0};
	}
	const struct text text = text_part(reading->rest, 0, length);
	reading->rest = text_part(reading->rest, length, reading->rest.length);
	return text;
}
