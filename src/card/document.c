#include "card/document.h"

#include "card/earlier.h"
#include "card/name.h"
#include "card/references.h"

#include <stdlib.h>
#include <string.h>

/* One that holds more is not read: see fill_set. */
#define FILE_LENGTH_LIMIT ((size_t)1 << 30)

/* What is being collected while a file is read. */
struct draft {
	struct document_set *set;
	size_t capacity;
	struct buffer strings;  /* of each document in turn: name, environment, base, references */
	struct arena arena;     /* of the document that is being looked at */
	size_t left_out;        /* how many problems are not kept */
	uint32_t left_out_line; /* of the first of them */
};

static size_t documents_size(const struct document_set *set) {
	return set->count * sizeof(*set->documents);
}

static void free_documents(struct document_set *set) {
	if (set->bulk == NULL) {
		free(set->strings);
		free(set->documents);
	} else {
		bulk_free(set->bulk, set->documents, documents_size(set) + set->string_length);
	}
}

static void free_set(struct document_set *set) {
	free_documents(set);
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

const char *document_strings(const struct document *document) {
	return document->set->strings + document->strings;
}

struct text document_name(const struct document *document) {
	return (struct text){document_strings(document), document->name_length};
}

struct text document_environment(const struct document *document) {
	struct text name = document_name(document);
	return (struct text){name.data + name.length, document->environment_length};
}

struct text document_base(const struct document *document) {
	struct text environment = document_environment(document);
	return (struct text){environment.data + environment.length, document->base_length};
}

struct text document_path(const struct document *document) {
	return text_of(document->set->file->path);
}

/* They end where the strings of the next document begin. */
struct text document_references(const struct document *document) {
	const struct document_set *set = document->set;
	const struct text base = document_base(document);
	const bool is_last = document + 1 == set->documents + set->count;
	const char *end = set->strings + (is_last ? set->string_length : document[1].strings);
	return (struct text){base.data + base.length, (size_t)(end - base.data) - base.length};
}

bool document_next_reference(
	const struct document *document, size_t *position, struct text *reference) {
	const struct text references = document_references(document);
	if (*position >= references.length) {
		return false;
	}
	*reference = text_of(references.data + *position);
	*position += reference->length + 1;
	return true;
}

const struct problem *document_fault(const struct document *document) {
	return &document->set->problems.items[document->fault];
}

static void add_fault(struct draft *draft, struct text asset, const struct error *error) {
	struct problem_list *problems = &draft->set->problems;
	if (problems->count < PROBLEMS_OF_A_FILE) {
		problem_list_add_error(problems, text_of(draft->set->file->path), asset, error);
	} else if (draft->left_out++ == 0) {
		draft->left_out_line = error->line;
	}
}

static void add_unreadable(struct draft *draft, const struct error *error) {
	draft->set->has_unreadable = true;
	add_fault(draft, TEXT(""), error);
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

/* As much of a column as 15 bits hold. */
static unsigned short_column(const struct value *value) {
	return value->column > INT16_MAX ? 0 : value->column;
}

/* Finds the value that names the card, and what it says. */
static const struct value *find_name(
	const struct value *root, struct card_name *name, struct error *error) {
	if (root->type == VALUE_NULL) {
		error_set_at(error, ERROR_INVALID, root->line, root->column,
			"this document is empty; write a card, or remove the \"---\" before it");
		return NULL;
	}
	if (root->type != VALUE_MAPPING && root->type != VALUE_ORDERED_MAP) {
		error_set_at(error, ERROR_INVALID, root->line, root->column,
			"a card is a mapping with a name, but this document is %s; write "
			"\"name: NAME\" and the fields below it",
			value_type_name(root->type));
		return NULL;
	}
	const struct value *value = value_find(root, TEXT("name"));
	if (value == NULL) {
		error_set_at(error, ERROR_INVALID, root->line, root->column,
			"this card has no name; add \"name: NAME\"");
		return NULL;
	}
	if (value->type == VALUE_NULL) {
		error_set_at(error, ERROR_INVALID, value->line, value->column,
			"the name is empty; write \"name: NAME\"");
		return NULL;
	}
	if (value->type != VALUE_STRING) {
		error_set_at(error, ERROR_INVALID, value->line, value->column,
			"the name of a card is a string, but this is %s; quote it if it is "
			"meant as text",
			value_type_name(value->type));
		return NULL;
	}
	if (!card_name_parse(value->canonical, name, error)) {
		error->line = value->line;
		error->column = value->column;
		return NULL;
	}
	return value;
}

static bool find_base(const struct value *root, struct document *document, struct text *base,
	struct error *error) {
	const struct value *value = value_find(root, TEXT("base"));
	if (value == NULL) {
		return true;
	}
	document->has_base = true;
	document->base_line = value->line;
	document->base_column = short_column(value);
	if (value->type == VALUE_NULL) {
		return true;
	}
	if (value->type != VALUE_STRING) {
		return error_set_at(error, ERROR_INVALID, value->line, value->column,
			"the base of a card is the name of another, but this is %s; quote "
			"it if it is meant as a name",
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

static void append_strings(struct draft *draft, struct document *document,
	const struct card_name *name, struct text base, const struct value *root) {
	document->strings = (uint32_t)draft->strings.length;
	document->name_length = (uint32_t)name->name.length;
	document->environment_length = (uint32_t)name->environment.length;
	document->base_length = (uint32_t)base.length;
	buffer_append_text(&draft->strings, name->name);
	buffer_append_text(&draft->strings, name->environment);
	buffer_append_text(&draft->strings, base);
	references_append(&draft->strings, &draft->arena, root);
}

/* A document that says what it said, maybe on other lines. */
static bool repeat_document(struct draft *draft, const struct document *earlier,
	const struct yaml_slice *slice, struct error *error) {
	const struct text references = document_references(earlier);
	const char *strings = document_strings(earlier);
	const size_t length = (size_t)(references.data - strings) + references.length;
	struct document *document = add_document(draft);
	if (document == NULL) {
		return error_set_memory(error);
	}
	const uint32_t moved = slice->line - earlier->first_line;
	*document = *earlier;
	document->set = draft->set;
	document->strings = (uint32_t)draft->strings.length;
	document->offset = (uint32_t)slice->offset;
	document->first_line = slice->line;
	document->line += moved;
	document->base_line += earlier->base_line == 0 ? 0 : moved;
	buffer_append(&draft->strings, strings, length);
	return true;
}

static bool check_document(struct draft *draft, const struct yaml_slice *slice,
	const struct value *root, struct error *error) {
	struct error fault = {0};
	struct card_name name;
	const struct value *name_value = find_name(root, &name, &fault);
	if (name_value == NULL) {
		add_unreadable(draft, &fault);
		return true;
	}
	struct document *document = add_document(draft);
	if (document == NULL) {
		return error_set_memory(error);
	}
	struct text base = {0};
	document->offset = (uint32_t)slice->offset;
	document->length = (uint32_t)slice->length;
	document->first_line = slice->line;
	document->line = name_value->line;
	document->column = short_column(name_value);
	if (!find_base(root, document, &base, &fault)) {
		document->is_faulty = true;
		/* Where it is not kept, the problem that stands for it comes to be there. */
		document->fault = (uint32_t)draft->set->problems.count;
		base = (struct text){0};
		add_fault(draft, name.name, &fault);
	}
	append_strings(draft, document, &name, base, root);
	return true;
}

static bool read_documents(struct draft *draft, const struct document_set *earlier,
	const struct yaml_limits *limits, struct error *error) {
	const struct card_file *file = draft->set->file;
	struct text text = {file->text, file->length};
	struct yaml_slice slice = {0};
	while (yaml_next_slice(text, &slice)) {
		const struct document *same = earlier_find(earlier, text, &slice);
		if (same != NULL) {
			if (!repeat_document(draft, same, &slice, error)) {
				return false;
			}
			continue;
		}
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
			add_unreadable(draft, &fault);
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

/* Gives back the memory that was reserved for more. */
static void fit(struct document_set *set) {
	char *strings = realloc(set->strings, set->string_length + 1);
	if (strings != NULL) {
		set->strings = strings;
	}
	struct document *documents = realloc(set->documents, set->count * sizeof(*documents));
	if (documents != NULL) {
		set->documents = documents;
	}
}

/* Puts them together where much is kept, if the file is there. */
static bool move_to_bulk(struct document_set *set) {
	const size_t size = documents_size(set);
	char *moved = set->file->is_much ? bulk_allocate(size + set->string_length, &set->bulk)
					 : bulk_reuse(size + set->string_length, &set->bulk);
	if (moved == NULL) {
		return false;
	}
	memcpy(moved, set->documents, size);
	memcpy(moved + size, set->strings, set->string_length);
	free(set->documents);
	free(set->strings);
	set->documents = (struct document *)(void *)moved;
	set->strings = moved + size;
	return true;
}

static bool finish_documents(struct draft *draft, struct error *error) {
	struct document_set *set = draft->set;
	if (draft->left_out > 0) {
		problem_list_add_rest(&set->problems, text_of(set->file->path),
			draft->left_out_line, draft->left_out);
	}
	if (set->problems.failed || draft->strings.failed) {
		return error_set_memory(error);
	}
	if (set->count > 0) {
		set->string_length = (uint32_t)draft->strings.length;
		set->strings = buffer_take(&draft->strings);
		if (!move_to_bulk(set)) {
			fit(set);
		}
	}
	return true;
}

static bool fill_set(struct draft *draft, const struct document_set *earlier,
	const struct yaml_limits *limits, struct error *error) {
	/* Places in a file are kept in 32 bits, and so are those in three times as many strings. */
	if (draft->set->file->length > FILE_LENGTH_LIMIT) {
		struct error fault = {0};
		error_set(&fault, ERROR_LIMIT, "the file is larger than 1 GiB");
		add_unreadable(draft, &fault);
	} else if (!read_documents(draft, earlier, limits, error)) {
		return false;
	}
	return finish_documents(draft, error);
}

struct document_set *document_set_read(struct card_file *file, uint32_t store,
	const struct document_set *earlier, const struct yaml_limits *limits, struct error *error) {
	struct draft draft = {.set = calloc(1, sizeof(*draft.set))};
	if (draft.set == NULL) {
		error_set_memory(error);
		return NULL;
	}
	atomic_init(&draft.set->references, 1);
	draft.set->store = store;
	draft.set->file = card_file_acquire(file);
	bool done = fill_set(&draft, earlier, limits, error);
	if (!done) {
		document_set_release(draft.set);
	}
	buffer_finish(&draft.strings);
	arena_finish(&draft.arena);
	return done ? draft.set : NULL;
}

bool document_read(const struct document *document, const struct yaml_limits *limits,
	struct arena *arena, const struct value **mapping, struct error *error) {
	const struct card_file *file = document->set->file;
	struct text text = {file->text, file->length};
	struct yaml_slice slice = {.offset = document->offset,
		.length = document->length,
		.line = document->first_line};
	return yaml_read(arena, text, &slice, limits, mapping, error) == YAML_READ_VALUE;
}

static int compare_numbers(uint32_t a, uint32_t b) {
	return (a > b) - (a < b);
}

static int compare_places(const struct document *a, const struct document *b) {
	if (a->set == b->set) {
		return compare_numbers(a->offset, b->offset);
	}
	int order = compare_numbers(a->set->store, b->set->store);
	return order != 0 ? order : strcmp(a->set->file->path, b->set->file->path);
}

int document_compare(const struct document *a, const struct document *b) {
	int order = text_compare(document_name(a), document_name(b));
	if (order == 0) {
		order = text_compare(document_environment(a), document_environment(b));
	}
	return order != 0 ? order : compare_places(a, b);
}

void document_append_name(struct buffer *buffer, const struct document *document) {
	buffer_append_text(buffer, document_name(document));
	if (document->environment_length > 0) {
		buffer_append_byte(buffer, '@');
		buffer_append_text(buffer, document_environment(document));
	}
}
