#include "card/document.h"

#include "card/name.h"

#include <stdlib.h>
#include <string.h>

/* What is being collected while a file is read. */
struct draft {
	struct document_set *set;
	size_t capacity;
	struct buffer strings; /* of each document in turn: name, environment, base, fault */
	struct arena arena;    /* of the document that is being looked at */
};

static void free_set(struct document_set *set) {
	if (set->count > 0) {
		/* All strings stand in one allocation, the first document's name first. */
		free((void *)(uintptr_t)set->documents[0].name.data);
	}
	free(set->documents);
	problem_list_finish(&set->problems);
	card_file_release(set->file);
	free(set);
}

struct document_set *document_set_acquire(struct document_set *set) {
	atomic_fetch_add_explicit(&set->references, 1, memory_order_relaxed);
	return set;
}

void document_set_release(struct document_set *set) {
	if (set != NULL &&
		atomic_fetch_sub_explicit(&set->references, 1, memory_order_acq_rel) == 1) {
		free_set(set);
	}
}

static struct text file_path(const struct draft *draft) {
	return text_of(draft->set->file->path);
}

static void add_problem(struct draft *draft, struct text asset, const struct error *error) {
	problem_list_add_error(&draft->set->problems, file_path(draft), asset, error);
}

static struct document *add_document(struct draft *draft) {
	struct document_set *set = draft->set;
	if (set->count == draft->capacity) {
		size_t capacity = draft->capacity == 0 ? 4 : draft->capacity * 2;
		struct document *grown =
			realloc(set->documents, capacity * sizeof(*set->documents));
		if (grown == NULL) {
			return NULL;
		}
		set->documents = grown;
		draft->capacity = capacity;
	}
	struct document *document = &set->documents[set->count++];
	*document = (struct document){.set = set};
	return document;
}

static bool find_name(
	const struct value *root, struct card_name *name, uint32_t *line, struct error *error) {
	if (root->type != VALUE_MAPPING && root->type != VALUE_ORDERED_MAP) {
		return error_set_at(error, ERROR_INVALID, root->line, root->column,
			"a card is a mapping with a name, but this document is a %s; write "
			"\"name: NAME\" and the fields below it",
			value_type_name(root->type));
	}
	const struct value *value = value_find(root, TEXT("name"));
	if (value == NULL) {
		return error_set_at(error, ERROR_INVALID, root->line, root->column,
			"this card has no name; add \"name: NAME\"");
	}
	*line = value->line;
	if (value->type != VALUE_STRING) {
		return error_set_at(error, ERROR_INVALID, value->line, value->column,
			"the name of a card is a string, but this is a %s; quote it if it is meant "
			"as text",
			value_type_name(value->type));
	}
	if (!card_name_parse(value->canonical, name, error)) {
		error->line = value->line;
		error->column = value->column;
		return false;
	}
	return true;
}

static bool find_base(const struct value *root, struct document *document, struct text *base,
	struct error *error) {
	const struct value *value = value_find(root, TEXT("base"));
	if (value == NULL) {
		return true;
	}
	document->has_base = true;
	document->base_line = value->line;
	if (value->type == VALUE_NULL) {
		return true;
	}
	if (value->type != VALUE_STRING) {
		return error_set_at(error, ERROR_INVALID, value->line, value->column,
			"the base of a card is the name of another, but this is a %s; quote it if "
			"it "
			"is meant as a name",
			value_type_name(value->type));
	}
	*base = text_strip(value->canonical);
	if (base->length == 0) {
		return error_set_at(error, ERROR_INVALID, value->line, value->column,
			"the base is empty; name a card or remove the field");
	}
	if (text_index(*base, '@') < base->length) {
		return error_set_at(error, ERROR_INVALID, value->line, value->column,
			"the base \"%.*s\" has an \"@\"; a base is named without an environment, "
			"which applies to every card of the chain by itself",
			TEXT_ARGUMENTS(*base));
	}
	return true;
}

static bool check_document(struct draft *draft, const struct yaml_slice *slice,
	const struct value *root, struct error *error) {
	struct error fault = {0};
	struct card_name name;
	uint32_t line = root->line;
	if (!find_name(root, &name, &line, &fault)) {
		add_problem(draft, TEXT(""), &fault);
		return true;
	}
	struct document *document = add_document(draft);
	if (document == NULL) {
		return error_set_memory(error);
	}
	struct text base = {0};
	document->slice = *slice;
	document->line = line;
	if (!find_base(root, document, &base, &fault)) {
		document->is_faulty = true;
		document->fault_line = fault.line;
		base = (struct text){0};
		add_problem(draft, name.name, &fault);
	}
	document->name.length = name.name.length;
	document->environment.length = name.environment.length;
	document->base.length = base.length;
	document->fault = text_of(document->is_faulty ? fault.message : NULL);
	buffer_append_text(&draft->strings, name.name);
	buffer_append_text(&draft->strings, name.environment);
	buffer_append_text(&draft->strings, base);
	buffer_append_text(&draft->strings, document->fault);
	return true;
}

static bool read_documents(
	struct draft *draft, const struct yaml_limits *limits, struct error *error) {
	const struct card_file *file = draft->set->file;
	struct text text = {file->text, file->length};
	struct yaml_slice slice = {0};
	while (yaml_next_slice(text, &slice)) {
		struct error fault = {0};
		const struct value *root;
		arena_reset(&draft->arena);
		switch (yaml_read(&draft->arena, text, &slice, limits, &root, &fault)) {
		case YAML_READ_NOTHING:
			break;
		case YAML_READ_ERROR:
			if (fault.kind == ERROR_MEMORY) {
				return error_set_memory(error);
			}
			add_problem(draft, TEXT(""), &fault);
			break;
		case YAML_READ_VALUE:
			if (!check_document(draft, &slice, root, error)) {
				return false;
			}
			break;
		}
	}
	return true;
}

static void take_string(struct text *text, const char **next) {
	text->data = *next;
	*next += text->length;
}

static bool finish_documents(struct draft *draft, struct error *error) {
	struct document_set *set = draft->set;
	const char *next = buffer_take(&draft->strings);
	if (set->problems.failed || (next == NULL && set->count > 0)) {
		set->count = 0;
		return error_set_memory(error);
	}
	for (size_t i = 0; i < set->count; i++) {
		struct document *document = &set->documents[i];
		take_string(&document->name, &next);
		take_string(&document->environment, &next);
		take_string(&document->base, &next);
		take_string(&document->fault, &next);
	}
	if (set->count > 0 && set->count < draft->capacity) {
		struct document *fitted =
			realloc(set->documents, set->count * sizeof(*set->documents));
		if (fitted != NULL) {
			set->documents = fitted;
		}
	}
	return true;
}

struct document_set *document_set_read(
	struct card_file *file, const struct yaml_limits *limits, struct error *error) {
	struct draft draft = {.set = calloc(1, sizeof(*draft.set))};
	if (draft.set == NULL) {
		error_set_memory(error);
		return NULL;
	}
	atomic_init(&draft.set->references, 1);
	draft.set->file = card_file_acquire(file);
	bool done = read_documents(&draft, limits, error);
	if (!done) {
		buffer_finish(&draft.strings);
		draft.set->count = 0;
	} else {
		done = finish_documents(&draft, error);
	}
	arena_finish(&draft.arena);
	if (!done) {
		document_set_release(draft.set);
		return NULL;
	}
	return draft.set;
}

bool document_read(const struct document *document, const struct yaml_limits *limits,
	struct arena *arena, const struct value **mapping, struct error *error) {
	const struct card_file *file = document->set->file;
	struct text text = {file->text, file->length};
	return yaml_read(arena, text, &document->slice, limits, mapping, error) == YAML_READ_VALUE;
}

void document_append_name(struct buffer *buffer, const struct document *document) {
	buffer_append_text(buffer, document->name);
	if (document->environment.length > 0) {
		buffer_append_byte(buffer, '@');
		buffer_append_text(buffer, document->environment);
	}
}
