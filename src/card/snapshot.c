#include "card/snapshot.h"

#include "base/table.h"

#include <nettle/umac.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum { ALIGNMENT = 8 };

/* All numbers are the machine's own: layout tells when it is another one. */
struct header {
	char magic[16];
	uint32_t layout;
	uint32_t document_size;
	uint64_t scalar_size, expanded_size, depth;
	uint64_t count;
	uint8_t key[UMAC_KEY_SIZE];
};

/*
 * What is known of one file: its documents, as they are in memory but for their set, their strings,
 * and its problems follow. A set that is found takes the documents and strings where they are, as a
 * piece of bulk.
 */
struct entry {
	uint8_t digest[UMAC64_DIGEST_SIZE];
	uint64_t size; /* of all of it, a multiple of ALIGNMENT */
	uint64_t string_length;
	uint32_t document_count;
	uint32_t problem_count;
	uint32_t has_unreadable;
	atomic_uint is_taken; /* by a set */
};

struct stored_problem {
	uint32_t severity, line, column;
	uint32_t asset_length, message_length; /* the texts follow */
};

struct snapshot {
	struct umac64_ctx keyed; /* copied for each digest */
	struct bulk *bulk;
	struct table entries;
};

static const char magic[16] = "cardfs " CARDFS_VERSION;
/* It differs where bytes have another order; for another form of what is kept, count it up. */
static const uint32_t layout = 0x01020306;

static struct header make_header(
	const struct yaml_limits *limits, size_t count, const uint8_t *key) {
	struct header header = {
		.layout = layout,
		.document_size = sizeof(struct document),
		.scalar_size = limits->scalar_size,
		.expanded_size = limits->expanded_size,
		.depth = limits->depth,
		.count = count,
	};
	memcpy(header.magic, magic, sizeof(header.magic));
	memcpy(header.key, key, sizeof(header.key));
	return header;
}

static struct text digest_text(const uint8_t *digest) {
	return (struct text){(const char *)digest, UMAC64_DIGEST_SIZE};
}

static struct text entry_key(const void *item) {
	const struct entry *entry = item;
	return digest_text(entry->digest);
}

static void digest_file(
	const struct umac64_ctx *keyed, const struct card_file *file, uint8_t *digest) {
	struct umac64_ctx context = *keyed;
	umac64_update(&context, file->length, (const uint8_t *)file->text);
	umac64_digest(&context, UMAC64_DIGEST_SIZE, digest);
}

/* What its documents and their strings take. */
static size_t piece_size(const struct entry *entry) {
	return bulk_size(entry->document_count * sizeof(struct document) + entry->string_length);
}

/* Whether an entry's parts fit into its size, as far as they can be told without reading them. */
static bool has_sound_size(const struct entry *entry, size_t left) {
	const uint64_t documents = (uint64_t)entry->document_count * sizeof(struct document);
	return entry->size <= left && entry->size % ALIGNMENT == 0 &&
	       entry->size >= sizeof(*entry) && entry->string_length < entry->size &&
	       documents < entry->size && sizeof(*entry) + piece_size(entry) <= entry->size;
}

static bool index_entries(struct snapshot *snapshot, char *bytes, size_t length, uint64_t count) {
	size_t offset = sizeof(struct header);
	for (uint64_t i = 0; i < count; i++) {
		const size_t left = length - offset;
		/* The bytes are aligned for any type, and every part keeps that. */
		struct entry *entry = (struct entry *)(void *)(bytes + offset);
		if (left < sizeof(*entry) || !has_sound_size(entry, left)) {
			return false;
		}
		if (table_find(&snapshot->entries, entry_key(entry)) == NULL &&
			!table_add(&snapshot->entries, entry)) {
			return false;
		}
		offset += entry->size;
	}
	return true;
}

struct snapshot *snapshot_open(
	char *bytes, size_t length, struct bulk *bulk, const struct yaml_limits *limits) {
	struct snapshot *snapshot = calloc(1, sizeof(*snapshot));
	struct header header;
	if (snapshot == NULL || length < sizeof(header)) {
		free(snapshot);
		bulk_release(bulk);
		return NULL;
	}
	snapshot->bulk = bulk;
	snapshot->entries.key = entry_key;
	memcpy(&header, bytes, sizeof(header));
	const struct header expected = make_header(limits, header.count, header.key);
	umac64_set_key(&snapshot->keyed, header.key);
	if (memcmp(&header, &expected, sizeof(header)) != 0 ||
		!index_entries(snapshot, bytes, length, header.count)) {
		snapshot_close(snapshot);
		return NULL;
	}
	return snapshot;
}

void snapshot_close(struct snapshot *snapshot) {
	if (snapshot == NULL) {
		return;
	}
	size_t position = 0;
	struct entry *entry;
	while ((entry = table_next(&snapshot->entries, &position)) != NULL) {
		if (atomic_load(&entry->is_taken) == 0) {
			bulk_discard(entry, entry->size);
		}
	}
	table_finish(&snapshot->entries);
	bulk_release(snapshot->bulk);
	free(snapshot);
}

/* Whether a document, whose strings end at end, is one that reading the file may have given. */
static bool is_sound(const struct document *document, uint64_t end, uint32_t problem_count) {
	const struct document_set *set = document->set;
	const uint64_t strings = (uint64_t)document->strings + document->name_length +
				 document->environment_length + document->base_length;
	return strings <= end && document->name_length > 0 &&
	       (strings == end || set->strings[end - 1] == '\0') &&
	       (uint64_t)document->offset + document->length <= set->file->length &&
	       (!document->is_faulty || document->fault < problem_count);
}

/* The strings of one end where those of the next begin. */
static bool adopt_documents(struct document_set *set, uint32_t problem_count) {
	for (size_t i = 0; i < set->count; i++) {
		set->documents[i].set = set;
	}
	uint64_t end = set->string_length;
	for (size_t i = set->count; i-- > 0; end = set->documents[i].strings) {
		if (!is_sound(&set->documents[i], end, problem_count)) {
			return false;
		}
	}
	return end == 0;
}

static bool read_problems(const struct entry *entry, struct document_set *set) {
	const char *next = (const char *)(entry + 1) + piece_size(entry);
	const char *end = (const char *)entry + entry->size;
	const struct text path = text_of(set->file->path);
	for (uint32_t i = 0; i < entry->problem_count; i++) {
		struct stored_problem stored;
		if ((size_t)(end - next) < sizeof(stored)) {
			return false;
		}
		memcpy(&stored, next, sizeof(stored));
		next += sizeof(stored);
		const uint64_t length = (uint64_t)stored.asset_length + stored.message_length;
		if ((uint64_t)(end - next) < length || stored.severity > PROBLEM_NOTE ||
			length > INT32_MAX) {
			return false;
		}
		problem_list_add(&set->problems, (enum problem_severity)stored.severity, path,
			stored.line, stored.column, (struct text){next, stored.asset_length},
			"%.*s", (int)stored.message_length, next + stored.asset_length);
		next += length;
	}
	return !set->problems.failed;
}

/* Each entry once: the documents say which set they are of. */
static bool fill_set(
	const struct snapshot *snapshot, struct entry *entry, struct document_set *set) {
	if (entry->document_count > 0) {
		set->documents = (struct document *)(void *)(entry + 1);
		set->count = entry->document_count;
		set->strings = (char *)(set->documents + set->count);
		set->string_length = (uint32_t)entry->string_length;
		set->bulk = bulk_acquire(snapshot->bulk);
	}
	return adopt_documents(set, entry->problem_count) && read_problems(entry, set);
}

struct document_set *snapshot_find(
	const struct snapshot *snapshot, struct card_file *file, uint32_t store) {
	uint8_t digest[UMAC64_DIGEST_SIZE];
	if (snapshot == NULL) {
		return NULL;
	}
	digest_file(&snapshot->keyed, file, digest);
	struct entry *entry = table_find(&snapshot->entries, digest_text(digest));
	if (entry == NULL || atomic_exchange(&entry->is_taken, 1) != 0) {
		return NULL;
	}
	struct document_set *set = calloc(1, sizeof(*set));
	if (set == NULL) {
		return NULL;
	}
	atomic_init(&set->references, 1);
	set->store = store;
	set->file = card_file_acquire(file);
	set->has_unreadable = entry->has_unreadable != 0;
	if (!fill_set(snapshot, entry, set)) {
		document_set_release(set);
		return NULL;
	}
	return set;
}

static void write_document(struct buffer *bytes, const struct document *document) {
	struct document stored = *document;
	stored.set = NULL;
	buffer_append(bytes, &stored, sizeof(stored));
}

/* Fills up what is there from a place on with zeroes, to so much. */
static void fill_up(struct buffer *bytes, size_t start, size_t size) {
	const size_t written = bytes->length - start;
	if (buffer_reserve(bytes, size - written)) {
		memset(bytes->data + bytes->length, 0, size - written);
		bytes->length += size - written;
		bytes->data[bytes->length] = '\0';
	}
}

/* The documents and their strings. */
static void write_piece(
	struct buffer *bytes, const struct entry *entry, const struct document_set *set) {
	const size_t start = bytes->length;
	for (size_t i = 0; i < set->count; i++) {
		write_document(bytes, &set->documents[i]);
	}
	buffer_append(bytes, set->strings, entry->string_length);
	if (!bytes->failed) {
		fill_up(bytes, start, piece_size(entry));
	}
}

static void write_problem(struct buffer *bytes, const struct problem *problem) {
	const struct text asset = text_of(problem->asset);
	const struct text message = text_of(problem->message);
	const struct stored_problem stored = {
		.severity = problem->severity,
		.line = problem->line,
		.column = problem->column,
		.asset_length = (uint32_t)asset.length,
		.message_length = (uint32_t)message.length,
	};
	buffer_append(bytes, &stored, sizeof(stored));
	buffer_append_text(bytes, asset);
	buffer_append_text(bytes, message);
}

static void write_set(
	struct buffer *bytes, const struct umac64_ctx *keyed, const struct document_set *set) {
	const size_t start = bytes->length;
	struct entry entry = {
		.document_count = (uint32_t)set->count,
		.problem_count = (uint32_t)set->problems.count,
		.has_unreadable = set->has_unreadable,
		.string_length = set->count > 0 ? set->string_length : 0,
	};
	digest_file(keyed, set->file, entry.digest);
	buffer_append(bytes, &entry, sizeof(entry));
	write_piece(bytes, &entry, set);
	for (size_t i = 0; i < set->problems.count; i++) {
		write_problem(bytes, &set->problems.items[i]);
	}
	entry.size = (bytes->length - start + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	if (!bytes->failed) {
		fill_up(bytes, start, entry.size);
	}
	if (!bytes->failed) {
		memcpy(bytes->data + start, &entry, sizeof(entry));
	}
}

void snapshot_write(struct buffer *bytes, struct document_set *const *sets, size_t count,
	const struct yaml_limits *limits) {
	uint8_t key[UMAC_KEY_SIZE];
	struct umac64_ctx keyed;
	if (getrandom(key, sizeof(key), 0) != (ssize_t)sizeof(key)) {
		bytes->failed = true;
		return;
	}
	const struct header header = make_header(limits, count, key);
	umac64_set_key(&keyed, key);
	buffer_append(bytes, &header, sizeof(header));
	for (size_t i = 0; i < count; i++) {
		write_set(bytes, &keyed, sets[i]);
	}
}
