/*
 * What a locator stands for on this machine: from a card's text to the path that a link points to,
 * and whether anything is there. One file a scheme implements it.
 */
#ifndef CARDFS_LOCATE_LOCATE_H
#define CARDFS_LOCATE_LOCATE_H

#include "base/buffer.h"
#include "base/error.h"
#include "locate/uri.h"

struct locator;
struct location;

/*
 * Who looks in the stead of this process, as locate() does; NULL: nobody. locate may be called by
 * several threads at a time.
 */
struct locate_deputy {
	bool (*locate)(void *context, const struct locator *locator, struct location *location,
		struct error *error);
	void *context;
};

/* Where the caches of downloads are; found once, at start. */
struct locate_settings {
	char *asset_cache; /* fairseq2's downloads */
	char *hub_cache;   /* Hugging Face's; each empty where there is no home directory */
	struct locate_deputy asset_deputy, hub_deputy; /* for what leads into them */
};

/*
 * Fills settings from the environment variables of this process ("semantics.md, From locator to
 * path"); an empty variable is one that is not set. Returns false when there is no memory.
 * locate_settings_finish frees them.
 */
bool locate_settings_init(struct locate_settings *settings, struct error *error);
void locate_settings_finish(struct locate_settings *settings);

/* Fills caches with those of the settings that there are (borrowed). Returns how many. */
enum { LOCATE_CACHES = 2 };
size_t locate_caches(const struct locate_settings *settings, const char *caches[LOCATE_CACHES]);

enum location_state {
	LOCATION_LOCAL,   /* a file of this machine, and it exists */
	LOCATION_MISSING, /* a file of this machine that does not exist */
	LOCATION_CACHED,  /* something remote, in its cache */
	LOCATION_REMOTE, /* something remote that is not in its cache, or that nothing here reads */
};

/* "local", "missing", "cached", "remote". */
const char *location_state_name(enum location_state state);

/* What locate() looks at to find a path. */
enum locate_look {
	LOCATE_TARGET, /* all, and whether there is something at the path */
	LOCATE_CACHE,  /* what a cache holds: the state is what it is if the target exists */
	LOCATE_BLIND,  /* nothing: the path is where a download would be */
};

struct locator {
	struct text text;      /* as the card has it */
	struct text directory; /* what a relative path is joined to */
	struct text sub_path;  /* checkpoint_path or tokenizer_path: joined below; or empty */
	bool is_dataset;       /* hg: of a dataset, not of a model */
	enum locate_look look;
};

/* Zeroes are empty; location_finish frees it. */
struct location {
	struct buffer path; /* the link's target */
	struct buffer uri;  /* normalised; empty for paths */
	enum location_state state;
	bool gated;   /* the locator says ;gated=true */
	bool decoded; /* percent-decoding changed the path: fairseq2 up to 0.9 opens another one */
};

void location_finish(struct location *location);

/*
 * Fills location, which is empty before, and is again when this fails. Touches the file system
 * (existence, up to two entries of a cache directory); the one content that it reads is the Hub
 * cache's refs/main. Fails for a sub-path that leads out of what the locator stands for, for a hg:
 * locator that names no repository, for text that no path can hold (NUL, PATH_MAX bytes), and for
 * want of memory; and as a deputy does, where one looks. directory is absolute. The state of a
 * relative path ("file://host/x") is that of a missing file: nothing says what it is relative to.
 */
bool locate(const struct locate_settings *settings, const struct locator *locator,
	struct location *location, struct error *error);

/*
 * Appends the locator as it is to stand in a self-contained card: relative paths absolute, as
 * "semantics.md, Resolution 5" wants them (components "." dropped, ".." kept); absolute paths and
 * whatever has a scheme as written. Pure.
 */
void locate_absolute_text(struct buffer *buffer, struct text text, struct text directory);

#endif
