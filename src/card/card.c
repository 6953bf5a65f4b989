#include "card/card.h"

#include "yaml/json.h"
#include "yaml/write.h"

#include <stdlib.h>

/* Renderings that are always kept are no longer than this. */
enum { SMALL_RENDERING = 16 * 1024 };

struct card_memo {
	const void *part;
	void *data;
	void (*destroy)(void *data);
};

static struct text memo_key(const void *item) {
	const struct card_memo *memo = item;
	return (struct text){(const char *)&memo->part, sizeof(memo->part)};
}

struct card *card_create(struct text name) {
	struct card *card = calloc(1, sizeof(*card));
	if (card == NULL) {
		return NULL;
	}
	if (!arena_copy_text(&card->arena, name, &card->name) ||
		pthread_mutex_init(&card->lock, NULL) != 0) {
		arena_finish(&card->arena);
		free(card);
		return NULL;
	}
	atomic_init(&card->references, 1);
	card->memos.key = memo_key;
	return card;
}

struct card *card_acquire(struct card *card) {
	atomic_fetch_add_explicit(&card->references, 1, memory_order_relaxed);
	return card;
}

static void free_card(struct card *card) {
	size_t position = 0;
	for (struct card_memo *memo; (memo = table_next(&card->memos, &position)) != NULL;) {
		memo->destroy(memo->data);
		free(memo);
	}
	table_finish(&card->memos);
	for (size_t i = 0; i < sizeof(card->renderings) / sizeof(card->renderings[0]); i++) {
		buffer_finish(&card->renderings[i]);
	}
	for (size_t i = 0; i < card->source_count; i++) {
		card_file_release(card->sources[i].file);
	}
	problem_list_finish(&card->problems);
	pthread_mutex_destroy(&card->lock);
	arena_finish(&card->arena);
	free(card);
}

void card_release(struct card *card) {
	if (card != NULL &&
		atomic_fetch_sub_explicit(&card->references, 1, memory_order_acq_rel) == 1) {
		free_card(card);
	}
}

const struct card_field *card_find(const struct card *card, struct text key) {
	for (size_t i = 0; i < card->field_count; i++) {
		const struct value *candidate = card->fields[i].key;
		if (candidate->type == VALUE_STRING && text_equal(candidate->canonical, key)) {
			return &card->fields[i];
		}
	}
	return NULL;
}

/* A comment, so that the file stays self-contained and still says where it comes from. */
static void append_sources(struct buffer *content, const struct card *card) {
	buffer_append_string(content, "# Merged by cardfs from, nearest first:\n");
	for (size_t i = 0; i < card->source_count; i++) {
		const struct card_source *source = &card->sources[i];
		buffer_append_string(content, "#   ");
		buffer_append_printable(content, text_of(source->file->path));
		buffer_append_format(content, ":%u: ", source->line);
		buffer_append_printable(content, source->name);
		if (source->environment.length > 0) {
			buffer_append_byte(content, '@');
			buffer_append_printable(content, source->environment);
		}
		buffer_append_byte(content, '\n');
	}
}

static void render_yaml(struct buffer *content, const struct card *card) {
	append_sources(content, card);
	yaml_write(content, card->value);
}

static void render_json(struct buffer *content, const struct card *card) {
	json_write(content, card->value, true);
	buffer_append_byte(content, '\n');
}

static void render_error(struct buffer *content, const struct card *card) {
	for (size_t i = 0; i < card->problems.count; i++) {
		problem_append(content, &card->problems.items[i], false);
		buffer_append_byte(content, '\n');
	}
}

static void (*const renderers[])(struct buffer *, const struct card *) = {
	[CARD_YAML] = render_yaml,
	[CARD_JSON] = render_json,
	[CARD_ERROR] = render_error,
};

/*
 * The largest rendering that is kept. What aliases do not repeat takes more as values than as text,
 * so that this bounds what a card takes by what its documents do.
 */
static size_t kept_limit(const struct card *card) {
	size_t size = arena_size(&card->arena);
	return size > SMALL_RENDERING ? size : SMALL_RENDERING;
}

bool card_render(struct card *card, enum card_rendering rendering, struct buffer *content,
	struct error *error) {
	struct buffer *kept = &card->renderings[rendering];
	pthread_mutex_lock(&card->lock);
	if (kept->length == 0) {
		renderers[rendering](kept, card);
	}
	bool failed = kept->failed;
	buffer_append_text(content, buffer_text(kept));
	if (failed || kept->length > kept_limit(card)) {
		buffer_finish(kept);
	}
	pthread_mutex_unlock(&card->lock);
	return (!failed && !content->failed) || error_set_memory(error);
}

static struct card_memo *find_memo(const struct card *card, const void *part) {
	return table_find(&card->memos, (struct text){(const char *)&part, sizeof(part)});
}

void *card_recall(struct card *card, const void *part) {
	pthread_mutex_lock(&card->lock);
	const struct card_memo *memo = find_memo(card, part);
	pthread_mutex_unlock(&card->lock);
	return memo == NULL ? NULL : memo->data;
}

void *card_keep(struct card *card, const void *part, void *data, void (*destroy)(void *data)) {
	struct card_memo *memo = malloc(sizeof(*memo));
	if (memo == NULL) {
		destroy(data);
		return NULL;
	}
	*memo = (struct card_memo){.part = part, .data = data, .destroy = destroy};
	pthread_mutex_lock(&card->lock);
	struct card_memo *kept = find_memo(card, part);
	if (kept == NULL && table_add(&card->memos, memo)) {
		kept = memo;
	}
	pthread_mutex_unlock(&card->lock);
	if (kept != memo) {
		free(memo);
		destroy(data);
	}
	return kept == NULL ? NULL : kept->data;
}
