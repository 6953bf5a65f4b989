/*
 * The tree that a view of a scene shows, as texts to compare with.
 */
#ifndef CARDFS_TESTS_UNIT_SUPPORT_TREE_H
#define CARDFS_TESTS_UNIT_SUPPORT_TREE_H

#include "unit/support/scene.h"

#include "view/view.h"

/* Everything that .cardfs/problems holds, with paths below the root. */
const char *scene_view_problems(struct scene *scene);

/* A view of the scene; the caller releases it. */
struct view *scene_view(struct scene *scene);

/* The place at that path in a new view of the scene; the caller finishes it. */
struct node scene_node(struct scene *scene, const char *path);
bool scene_has(struct scene *scene, const char *path);

/* What a file holds or where a link leads, behind "-> ", with paths below the root as "$/…". */
const char *scene_read(struct scene *scene, const char *path);

/* The entries of a directory in its order, with blanks between: "file directory/ link@". */
const char *scene_list(struct scene *scene, const char *path);

/* The same, sorted by bytes. */
const char *scene_list_sorted(struct scene *scene, const char *path);

#define ASSERT_READ(scene, path, expected) assert_string_equal(scene_read(scene, path), expected)
#define ASSERT_LIST(scene, path, expected) assert_string_equal(scene_list(scene, path), expected)
#define ASSERT_LIST_SORTED(scene, path, expected) \
	assert_string_equal(scene_list_sorted(scene, path), expected)
#define ASSERT_MISSING(scene, path) assert_false(scene_has(scene, path))

#endif
