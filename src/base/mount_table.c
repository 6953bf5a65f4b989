#include "base/mount_table.h"

#include "base/file.h"

#include <fcntl.h>

enum { TABLE_SIZE_LIMIT = 64 << 20, ESCAPE_LENGTH = 4 };

/* Fields of a line before the ones that may be left out, which "-" ends. */
enum { DEVICE_FIELD = 2, MOUNT_POINT_FIELD = 4 };

void mount_entry_finish(struct mount_entry *entry) {
	buffer_finish(&entry->point);
	buffer_finish(&entry->device);
	buffer_finish(&entry->type);
	buffer_finish(&entry->source);
	buffer_finish(&entry->options);
}

/* Cuts what is before the first such byte off the front of text, and the byte. */
static struct text take(struct text *text, char end) {
	const size_t length = text_index(*text, end);
	const struct text part = text_part(*text, 0, length);
	*text = text_part(*text, length + 1, text->length);
	return part;
}

bool mount_entry_has_type(const struct mount_entry *entry, struct text type) {
	return text_equal(buffer_text(&entry->type), type);
}

bool mount_entry_has_option(const struct mount_entry *entry, struct text option) {
	struct text options = buffer_text(&entry->options);
	bool is_found = false;
	while (!is_found && options.length > 0) {
		is_found = text_equal(take(&options, ','), option);
	}
	return is_found;
}

static bool is_octal(char byte) {
	return byte >= '0' && byte <= '7';
}

/* "\040" stands for a blank. */
static bool is_escape(struct text text) {
	return text.length >= ESCAPE_LENGTH && text.data[0] == '\\' && is_octal(text.data[1]) &&
	       is_octal(text.data[2]) && is_octal(text.data[3]);
}

static void append_unescaped(struct buffer *buffer, struct text field) {
	while (field.length > 0) {
		size_t used = 1;
		char byte = field.data[0];
		if (is_escape(field)) {
			used = ESCAPE_LENGTH;
			byte = (char)((field.data[1] - '0') << 6 | (field.data[2] - '0') << 3 |
				      (field.data[3] - '0'));
		}
		buffer_append_byte(buffer, byte);
		field = text_part(field, used, field.length);
	}
}

/* Refills buffer. */
static void unescape(struct buffer *buffer, struct text field) {
	buffer_clear(buffer);
	append_unescaped(buffer, field);
}

/* Leaves in line what is behind "-": type, source, options of the file system. */
static struct text take_mount_point(struct text *line, struct text *device) {
	struct text mount_point = {0};
	for (int field = 0; field <= MOUNT_POINT_FIELD; field++) {
		mount_point = take(line, ' ');
		if (field == DEVICE_FIELD) {
			*device = mount_point;
		}
	}
	while (line->length > 0 && !text_equal(take(line, ' '), TEXT("-"))) {
	}
	return mount_point;
}

bool mount_table_next(struct text *table, struct mount_entry *entry) {
	if (table->length == 0) {
		return false;
	}
	struct text line = take(table, '\n');
	struct text device = {0};
	unescape(&entry->point, take_mount_point(&line, &device));
	unescape(&entry->device, device);
	unescape(&entry->type, take(&line, ' '));
	unescape(&entry->source, take(&line, ' '));
	unescape(&entry->options, line);
	return true;
}

static void swap(struct mount_entry *one, struct mount_entry *other) {
	const struct mount_entry kept = *one;
	*one = *other;
	*other = kept;
}

bool mount_table_find(struct text table, struct text mount_point, struct mount_entry *entry) {
	struct mount_entry each = {0};
	bool is_found = false;
	while (mount_table_next(&table, &each)) {
		if (text_equal(buffer_text(&each.point), mount_point)) {
			swap(entry, &each);
			is_found = true;
		}
	}
	mount_entry_finish(&each);
	return is_found;
}

bool mount_table_read(struct buffer *table) {
	struct stat status;
	return file_read(AT_FDCWD, "/proc/self/mountinfo", TABLE_SIZE_LIMIT, table, &status, NULL);
}

bool mount_table_look_up(const char *mount_point, struct mount_entry *entry) {
	struct buffer table = {0};
	const bool is_found = mount_table_read(&table) &&
			      mount_table_find(buffer_text(&table), text_of(mount_point), entry);
	buffer_finish(&table);
	return is_found;
}
