#include "fuse/inodes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { ROOT = 1, THREADS = 8, ROUNDS = 2000, PLACES = 50 };

/* The memory, and what becomes of it where a server dies. */
static struct shared living, dead;
static struct shared *shared = &living;
static struct inodes inodes;

struct test_areas {
	struct inode_table table;
	struct effects effects;
};

static struct test_areas *areas(void) {
	return shared_areas(shared);
}

static int create(void **state) {
	(void)state;
	struct error error;
	if (!shared_create(shared, 1, sizeof(struct test_areas), &error)) {
		return -1;
	}
	inodes_init(&inodes, shared, &areas()->table);
	return 0;
}

static int destroy(void **state) {
	(void)state;
	shared_finish(shared);
	return 0;
}

static struct inode make_inode(struct text path, enum node_kind kind, struct text content) {
	return (struct inode){
		.identity = inode_number(path, kind, content),
		.attributes = {.kind = kind, .size = content.length, .links = 1},
	};
}

static uint64_t remember(struct text path, struct inode inode) {
	uint64_t number = 0;
	assert_true(inodes_remember(&inodes, path, &inode, NULL, &number));
	return number;
}

static uint64_t remember_directory(struct text path) {
	return remember(path, make_inode(path, NODE_DIRECTORY, TEXT("")));
}

static bool is_known(uint64_t number) {
	struct buffer path = {0};
	struct inode inode;
	const bool is_found = inodes_find(&inodes, number, &path, &inode);
	buffer_finish(&path);
	return is_found;
}

static void assert_stands_for(uint64_t number, const char *wanted) {
	struct buffer path = {0};
	struct inode inode;
	assert_true(inodes_find(&inodes, number, &path, &inode));
	assert_true(text_equal(buffer_text(&path), text_of(wanted)));
	buffer_finish(&path);
}

static size_t count(void) {
	return inodes_count(&inodes);
}

static void test_the_root_has_its_number_and_is_known_unasked(void **state) {
	(void)state;
	struct buffer path = {0};
	struct inode inode;
	assert_int_equal(inode_number(TEXT(""), NODE_DIRECTORY, TEXT("")), ROOT);
	assert_true(inodes_find(&inodes, ROOT, &path, &inode));
	assert_int_equal(path.length, 0);
	assert_int_equal(inode.attributes.kind, NODE_DIRECTORY);
}

static void test_forgetting_the_root_is_harmless(void **state) {
	(void)state;
	inodes_forget(&inodes, ROOT, 1, NULL);
	assert_true(is_known(ROOT));
}

static void test_a_number_is_the_same_in_every_process_and_machine(void **state) {
	(void)state;
	assert_true(inode_number(TEXT("llama/base"), NODE_LINK, TEXT("../llama3")) ==
		    0xA60CB2D95EDEFFBA);
}

static void test_numbers_of_many_paths_differ(void **state) {
	(void)state;
	enum { PATHS = 20000 };
	for (unsigned i = 0; i < PATHS; i++) {
		char path[32];
		snprintf(path, sizeof(path), "asset_%u/name", i);
		remember_directory(text_of(path));
	}
	assert_int_equal(count(), PATHS);
	for (unsigned i = 0; i < PATHS; i++) {
		char path[32];
		snprintf(path, sizeof(path), "asset_%u/name", i);
		const uint64_t number = inode_number(text_of(path), NODE_DIRECTORY, TEXT(""));
		assert_stands_for(number, path);
	}
}

static void test_a_file_with_other_content_is_another_inode(void **state) {
	(void)state;
	const uint64_t old = inode_number(TEXT("a/b"), NODE_FILE, TEXT("one\n"));
	assert_true(old == inode_number(TEXT("a/b"), NODE_FILE, TEXT("one\n")));
	assert_true(old != inode_number(TEXT("a/b"), NODE_FILE, TEXT("two\n")));
	assert_true(old != inode_number(TEXT("a/b"), NODE_FILE, TEXT("one\n\0")));
	assert_true(old != inode_number(TEXT("a/c"), NODE_FILE, TEXT("one\n")));
}

static void test_zeros_in_content_count(void **state) {
	(void)state;
	static const char zeros[24] = {0};
	for (size_t length = 1; length < sizeof(zeros); length++) {
		assert_true(inode_number(TEXT("a"), NODE_FILE, (struct text){zeros, length}) !=
			    inode_number(TEXT("a"), NODE_FILE, (struct text){zeros, length - 1}));
	}
}

static void test_what_was_a_file_and_is_a_directory_is_another_inode(void **state) {
	(void)state;
	const uint64_t directory = inode_number(TEXT("a/b"), NODE_DIRECTORY, TEXT(""));
	assert_true(directory != inode_number(TEXT("a/b"), NODE_FILE, TEXT("")));
	assert_true(directory != inode_number(TEXT("a/b"), NODE_LINK, TEXT("")));
}

static void test_a_place_is_known_until_every_look_up_is_forgotten(void **state) {
	(void)state;
	const uint64_t number = remember_directory(TEXT("a"));
	assert_true(number == remember_directory(TEXT("a")));
	assert_true(number == remember_directory(TEXT("a")));
	assert_int_equal(count(), 1);
	inodes_forget(&inodes, number, 2, NULL);
	assert_stands_for(number, "a");
	inodes_forget(&inodes, number, 1, NULL);
	assert_false(is_known(number));
	assert_int_equal(count(), 0);
}

static void test_forgetting_more_than_was_looked_up_ends_at_none(void **state) {
	(void)state;
	const uint64_t number = remember_directory(TEXT("a"));
	inodes_forget(&inodes, number, UINT64_MAX, NULL);
	inodes_forget(&inodes, number, 1, NULL);
	assert_int_equal(count(), 0);
	assert_true(number == remember_directory(TEXT("a")));
	inodes_forget(&inodes, number, 1, NULL);
	assert_int_equal(count(), 0);
}

static void test_an_inode_is_what_it_was_looked_up_with_last(void **state) {
	(void)state;
	struct inode inode = make_inode(TEXT("a"), NODE_FILE, TEXT("x"));
	inode.attributes.modified = 1;
	const uint64_t number = remember(TEXT("a"), inode);
	inode.attributes.modified = 2;
	assert_true(number == remember(TEXT("a"), inode));
	struct buffer path = {0};
	struct inode found;
	assert_true(inodes_find(&inodes, number, &path, &found));
	assert_int_equal(found.attributes.modified, 2);
	assert_int_equal(found.attributes.size, 1);
	assert_true(found.identity == inode.identity);
	buffer_finish(&path);
}

/* Makes an inode whose number is, by accident, that of another place. */
static struct inode make_collision(uint64_t number) {
	return (struct inode){.identity = number, .attributes = {.kind = NODE_DIRECTORY}};
}

static void test_places_with_one_hash_get_numbers_of_their_own(void **state) {
	(void)state;
	const uint64_t first = remember(TEXT("a"), make_collision(7));
	const uint64_t second = remember(TEXT("b"), make_collision(7));
	assert_true(first == 7);
	assert_true(second != 7);
	assert_stands_for(first, "a");
	assert_stands_for(second, "b");
	assert_true(second == remember(TEXT("b"), make_collision(7)));
	inodes_forget(&inodes, second, 2, NULL);
	assert_false(is_known(second));
	assert_stands_for(first, "a");
}

static void test_a_number_that_is_moved_on_is_never_a_reserved_one(void **state) {
	(void)state;
	assert_true(remember(TEXT("a"), make_collision(UINT64_MAX)) == UINT64_MAX);
	const uint64_t number = remember(TEXT("b"), make_collision(UINT64_MAX));
	assert_true(number > ROOT);
	assert_stands_for(number, "b");
}

static void *look_up_and_forget(void *context) {
	const unsigned *seed = context;
	for (unsigned i = 0; i < ROUNDS; i++) {
		char path[32];
		snprintf(path, sizeof(path), "asset_%u", (i * 7 + *seed) % PLACES);
		const uint64_t number = remember_directory(text_of(path));
		assert_stands_for(number, path);
		inodes_forget(&inodes, number, 1, NULL);
	}
	return NULL;
}

static void test_many_threads_leave_nothing_behind(void **state) {
	(void)state;
	pthread_t threads[THREADS];
	unsigned seeds[THREADS];
	for (unsigned i = 0; i < THREADS; i++) {
		seeds[i] = i;
		assert_int_equal(
			pthread_create(&threads[i], NULL, look_up_and_forget, &seeds[i]), 0);
	}
	for (unsigned i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	}
	assert_int_equal(count(), 0);
}

static uint64_t used(void) {
	return shared_header(shared)->used;
}

static void test_what_is_forgotten_takes_no_memory(void **state) {
	(void)state;
	inodes_forget(&inodes, remember_directory(TEXT("a/b")), 1, NULL);
	const uint64_t before = used();
	const struct inode file = make_inode(TEXT("a/b/c"), NODE_FILE, TEXT("x"));
	const uint64_t number = remember(TEXT("a/b/c"), file);
	assert_true(inodes_keep(&inodes, number, TEXT("what it held")));
	assert_true(used() > before);
	inodes_forget(&inodes, number, 1, NULL);
	assert_int_equal(used(), before);
}

static void assert_content(uint64_t number, const char *wanted) {
	struct buffer content = {0};
	assert_true(inodes_read(&inodes, number, 0, SIZE_MAX, &content));
	assert_true(text_equal(buffer_text(&content), text_of(wanted)));
	buffer_finish(&content);
}

static void test_the_next_server_finds_everything(void **state) {
	(void)state;
	const struct inode file = make_inode(TEXT("a/b"), NODE_FILE, TEXT("x"));
	const uint64_t number = remember(TEXT("a/b"), file);
	assert_true(inodes_keep(&inodes, number, TEXT("kept")));
	assert_true(inodes_keep(&inodes, number, TEXT("too late")));
	const uint64_t empty = remember(TEXT("a/c"), make_inode(TEXT("a/c"), NODE_FILE, TEXT("")));
	assert_true(inodes_keep(&inodes, empty, TEXT("")));
	inodes = (struct inodes){0};
	inodes_init(&inodes, shared, &areas()->table);
	assert_stands_for(number, "a/b");
	assert_content(number, "kept");
	assert_content(empty, "");
	assert_int_equal(count(), 2);
}

static void test_effects_are_taken_back_but_for_the_first(void **state) {
	(void)state;
	struct effects *effects = &areas()->effects;
	uint64_t numbers[3];
	static const char *const paths[] = {"a", "b", "a"};
	for (size_t i = 0; i < 3; i++) {
		const struct text path = text_of(paths[i]);
		const struct inode inode = make_inode(path, NODE_DIRECTORY, TEXT(""));
		assert_true(inodes_remember(&inodes, path, &inode, effects, &numbers[i]));
	}
	assert_int_equal(effects->count, 3);
	inodes_take_back(&inodes, effects, 1);
	assert_int_equal(effects->count, 1);
	assert_true(is_known(numbers[0]));
	assert_false(is_known(numbers[1]));
	inodes_take_back(&inodes, effects, 0);
	assert_int_equal(count(), 0);
}

static void test_effects_that_are_full_count_no_more(void **state) {
	(void)state;
	struct effects *effects = &areas()->effects;
	const struct inode inode = make_inode(TEXT("a"), NODE_DIRECTORY, TEXT(""));
	uint64_t number;
	for (size_t i = 0; i < SLOT_EFFECTS; i++) {
		assert_true(inodes_remember(&inodes, TEXT("a"), &inode, effects, &number));
	}
	assert_false(inodes_remember(&inodes, TEXT("a"), &inode, effects, &number));
	inodes_take_back(&inodes, effects, 0);
	assert_int_equal(count(), 0);
}

/*
 * What follows lets a server die wherever a death would leave something else behind, and looks at
 * what the next one finds: what was before the change, or what was after it, and nothing else.
 */

enum { SEEN_BYTES = 1 << 16 };

struct death {
	char before[SEEN_BYTES], after[SEEN_BYTES];
	size_t deaths, before_count, after_count;
};

static size_t image_size(void) {
	return shared_header(&living)->end;
}

static int compare_known(const void *a, const void *b) {
	const struct known_inode *one = a;
	const struct known_inode *other = b;
	return (one->number > other->number) - (one->number < other->number);
}

static size_t describe_list(
	char *text, const char *title, bool is_listed, struct known_inodes *known) {
	assert_true(is_listed);
	if (known->count > 0) {
		qsort(known->items, known->count, sizeof(*known->items), compare_known);
	}
	size_t length = (size_t)snprintf(text, SEEN_BYTES, "%s:", title);
	for (size_t i = 0; i < known->count; i++) {
		const struct known_inode *item = &known->items[i];
		struct buffer content = {0};
		const bool has_content = inodes_read(&inodes, item->number, 0, SIZE_MAX, &content);
		length += (size_t)snprintf(text + length, SEEN_BYTES - length,
			" %llx*%llu=%s@%lld%s%s", (unsigned long long)item->number,
			(unsigned long long)item->lookups, item->path.data,
			(long long)item->inode.attributes.modified, has_content ? "=" : "",
			content.length > 0 ? content.data : "");
		buffer_finish(&content);
	}
	known_inodes_finish(known);
	return length;
}

/* Everything that there is to be seen, by every way that leads to it. */
static void describe(char *text) {
	static const char *const families[] = {"", "a", "b", "@"};
	struct known_inodes known = {0};
	size_t length = (size_t)snprintf(text, SEEN_BYTES, "%zu %llu %u %u ", count(),
		(unsigned long long)used(), areas()->effects.count, areas()->effects.done);
	bool done = inodes_list_all(&inodes, &known);
	length += describe_list(text + length, "all", done, &known);
	done = inodes_list_followers(&inodes, &known);
	length += describe_list(text + length, " followers", done, &known);
	done = inodes_list_live(&inodes, &known);
	length += describe_list(text + length, " live", done, &known);
	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
		done = inodes_list(&inodes, text_of(families[i]), &known);
		length += describe_list(text + length, families[i], done, &known);
	}
}

/* Nothing that is allocated after a death is in use, and everything can be forgotten. */
static void assert_whole(void) {
	struct known_inodes known = {0};
	const uint64_t fresh = remember_directory(TEXT("b/fresh"));
	assert_true(inodes_keep(&inodes, fresh, TEXT("0123456789")));
	assert_true(inodes_list_all(&inodes, &known));
	for (size_t i = 0; i < known.count; i++) {
		inodes_forget(&inodes, known.items[i].number, UINT64_MAX, NULL);
	}
	known_inodes_finish(&known);
	assert_int_equal(count(), 0);
	assert_false(inodes_has_family(&inodes, TEXT("a")));
	assert_false(inodes_has_family(&inodes, TEXT("b")));
	char text[SEEN_BYTES];
	describe(text);
	assert_non_null(strstr(text, "all: followers: live:"));
}

/* In place of the memory comes what a death at this point would leave, and then back. */
static void die(void *context) {
	struct death *death = context;
	char seen[SEEN_BYTES];
	struct error error;
	assert_true(shared_create(&dead, 1, sizeof(struct test_areas), &error));
	assert_true(image_size() <= dead.size);
	memcpy(dead.base, living.base, image_size());
	shared = &dead;
	shared_recover(shared);
	inodes_init(&inodes, shared, &areas()->table);
	describe(seen);
	death->deaths++;
	death->before_count += strcmp(seen, death->before) == 0;
	death->after_count += strcmp(seen, death->after) == 0;
	if (strcmp(seen, death->before) != 0 && strcmp(seen, death->after) != 0) {
		print_error("neither before nor after:\n%s\n%s\n%s\n", seen, death->before,
			death->after);
		fail();
	}
	assert_whole();
	shared_finish(&dead);
	shared = &living;
	inodes_init(&inodes, shared, &areas()->table);
}

typedef void mutation(void);

/* A scene for changes: so many inodes that the next one splits a chain, in two families. */
static void make_scene(void) {
	for (unsigned i = 0; i < 16; i++) {
		char path[16];
		snprintf(path, sizeof(path), "%s/%u", i % 2 == 0 ? "a" : "b", i);
		struct inode inode = make_inode(text_of(path), NODE_LINK, text_of(path));
		inode.attributes.follows_cache = i % 3 == 0;
		const uint64_t number = remember(text_of(path), inode);
		if (i == 4) {
			assert_true(inodes_keep(&inodes, number, TEXT("kept")));
		}
	}
	/* Blocks that are free, for what comes. */
	inodes_forget(&inodes, remember_directory(TEXT("c/xxx")), 1, NULL);
	areas()->effects = (struct effects){0};
}

static void with_every_death(mutation *change) {
	static struct death death;
	death = (struct death){0};
	/* What is after it is seen by doing it. */
	make_scene();
	const struct shared_header *header = shared_header(shared);
	const uint64_t seed = areas()->table.seed;
	describe(death.before);
	change();
	describe(death.after);
	assert_int_equal(atomic_load(&header->note_count), 0);
	assert_string_not_equal(death.before, death.after);
	shared_finish(shared);
	create(NULL);
	areas()->table.seed = seed;
	make_scene();
	living.step = die;
	living.step_context = &death;
	change();
	living.step = NULL;
	assert_true(death.before_count > 0);
	assert_true(death.after_count > 0);
	assert_int_equal(death.before_count + death.after_count, death.deaths);
}

static uint64_t number_of(const char *path) {
	return inode_number(text_of(path), NODE_LINK, text_of(path));
}

static void add_one(void) {
	struct inode inode = make_inode(TEXT("a/new"), NODE_LINK, TEXT("x"));
	inode.attributes.follows_cache = true;
	uint64_t number;
	assert_true(inodes_remember(&inodes, TEXT("a/new"), &inode, &areas()->effects, &number));
}

static void add_one_of_a_new_family(void) {
	struct inode inode = make_inode(TEXT("new/one"), NODE_DIRECTORY, TEXT(""));
	inode.attributes.is_live = true;
	uint64_t number;
	assert_true(inodes_remember(&inodes, TEXT("new/one"), &inode, &areas()->effects, &number));
}

static void look_one_up_again(void) {
	struct inode inode = make_inode(TEXT("a/4"), NODE_LINK, TEXT("a/4"));
	inode.attributes.modified = 5;
	uint64_t number;
	assert_true(inodes_remember(&inodes, TEXT("a/4"), &inode, &areas()->effects, &number));
}

static void forget_one(void) {
	inodes_forget(&inodes, number_of("a/4"), 1, &areas()->effects);
}

static void note_a_time(void) {
	inodes_note_modified(&inodes, number_of("b/3"), 77);
}

static void keep_a_content(void) {
	assert_true(inodes_keep(&inodes, number_of("b/3"), TEXT("what it held")));
}

static void retire_one(void) {
	inodes_retire(&inodes, number_of("b/3"));
}

static void test_a_death_while_an_inode_is_added(void **state) {
	(void)state;
	with_every_death(add_one);
}

static void test_a_death_while_a_family_is_added(void **state) {
	(void)state;
	with_every_death(add_one_of_a_new_family);
}

static void test_a_death_while_an_inode_is_looked_up_again(void **state) {
	(void)state;
	with_every_death(look_one_up_again);
}

static void test_a_death_while_an_inode_is_forgotten(void **state) {
	(void)state;
	with_every_death(forget_one);
}

static void test_a_death_while_a_time_is_noted(void **state) {
	(void)state;
	with_every_death(note_a_time);
}

static void test_a_death_while_a_content_is_kept(void **state) {
	(void)state;
	with_every_death(keep_a_content);
}

static void test_a_death_while_an_inode_is_retired(void **state) {
	(void)state;
	with_every_death(retire_one);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, create, destroy)

int main(void) {
	const struct CMUnitTest tests[] = {
		TEST(test_the_root_has_its_number_and_is_known_unasked),
		TEST(test_forgetting_the_root_is_harmless),
		TEST(test_a_number_is_the_same_in_every_process_and_machine),
		TEST(test_numbers_of_many_paths_differ),
		TEST(test_a_file_with_other_content_is_another_inode),
		TEST(test_zeros_in_content_count),
		TEST(test_what_was_a_file_and_is_a_directory_is_another_inode),
		TEST(test_a_place_is_known_until_every_look_up_is_forgotten),
		TEST(test_forgetting_more_than_was_looked_up_ends_at_none),
		TEST(test_an_inode_is_what_it_was_looked_up_with_last),
		TEST(test_places_with_one_hash_get_numbers_of_their_own),
		TEST(test_a_number_that_is_moved_on_is_never_a_reserved_one),
		TEST(test_many_threads_leave_nothing_behind),
		TEST(test_what_is_forgotten_takes_no_memory),
		TEST(test_the_next_server_finds_everything),
		TEST(test_effects_are_taken_back_but_for_the_first),
		TEST(test_effects_that_are_full_count_no_more),
		TEST(test_a_death_while_an_inode_is_added),
		TEST(test_a_death_while_a_family_is_added),
		TEST(test_a_death_while_an_inode_is_looked_up_again),
		TEST(test_a_death_while_an_inode_is_forgotten),
		TEST(test_a_death_while_a_time_is_noted),
		TEST(test_a_death_while_a_content_is_kept),
		TEST(test_a_death_while_an_inode_is_retired),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
