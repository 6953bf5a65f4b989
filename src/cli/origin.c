#include "cli/origin.h"

#include "yaml/write.h"

const struct column origin_columns[ORIGIN_COLUMN_COUNT] = {
	{"FIELD", CUT_END},
	{"VALUE", CUT_END},
	{"SET BY", CUT_END},
	{"AT", CUT_START},
};

static void add_buffer(struct columns *columns, enum terminal_style style, struct buffer *buffer) {
	columns_add(columns, style, buffer_text(buffer));
	columns->text.failed |= buffer->failed;
	buffer_finish(buffer);
}

/* Numbers, truths and dates as they were written; whatever else as YAML has it on one line. */
static void append_value(struct buffer *text, const struct value *value) {
	static const bool has_plain_form[] = {
		[VALUE_BOOLEAN] = true,
		[VALUE_INTEGER] = true,
		[VALUE_FLOAT] = true,
		[VALUE_DATE] = true,
		[VALUE_DATETIME] = true,
		[VALUE_PAIRS] = false,
	};
	if (has_plain_form[value->type]) {
		buffer_append_text(text, value->written);
	} else {
		yaml_write_inline(text, value);
	}
}

static void add_value(
	struct columns *columns, enum terminal_style style, const struct value *value) {
	struct buffer text = {0};
	if (value == NULL) {
		columns_add(columns, STYLE_DIM, TEXT("(nothing)"));
		return;
	}
	append_value(&text, value);
	add_buffer(columns, style, &text);
}

void origin_add(struct columns *columns, const struct origin_row *row) {
	const struct card_source *source = row->source;
	struct buffer document = {0};
	struct buffer place = {0};
	add_value(columns, row->style, row->value);
	buffer_append_text(&document, source->name);
	if (source->environment.length > 0) {
		buffer_append_byte(&document, '@');
		buffer_append_text(&document, source->environment);
	}
	add_buffer(columns, row->style, &document);
	buffer_append_format(
		&place, "%s:%u", source->file->path, row->line > 0 ? row->line : source->line);
	add_buffer(columns, STYLE_DIM, &place);
}

struct origin_row origin_of_field(const struct explained_field *field) {
	return (struct origin_row){
		.value = field->value,
		.source = field->source,
		.line = field->written == NULL ? 0 : field->written->line,
	};
}
