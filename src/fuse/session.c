#include "fuse/session.h"

#include "base/log.h"
#include "base/service.h"
#include "base/slice.h"
#include "fuse/background.h"
#include "fuse/counted.h"
#include "fuse/enclosure.h"
#include "fuse/filesystem.h"
#include "fuse/memory.h"
#include "fuse/mount_point.h"
#include "fuse/options.h"
#include "fuse/refresher.h"
#include "fuse/report.h"
#include "fuse/status.h"
#include "supervise/supervise.h"
#include "view/problems.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NO_REPORT = -1 };

/* Of libfuse's ten threads, so that others are left. */
enum { LOOKS_AT_A_TIME = 4 };

/* A mount in the making, and while it is served. */
struct session {
	const struct mount_options *options;
	struct mount_options served;   /* the same, with settings that know the keepers */
	struct locate_settings locate; /* of those; what they hold is borrowed */
	char *mount_point;
	struct buffer fuse_options;
	struct confinement enclosure; /* of the workers */
	struct keeper_enclosure kept;
	struct keepers *keepers; /* NULL where there is nothing to keep */
	bool is_in_background;
	bool is_successor;
	int report;           /* where to say that it answers; or NO_REPORT */
	struct recent recent; /* before there is memory, and after it */
	struct memory *memory;
	struct last_good_files last_good;
	struct filesystem filesystem;
	struct report description;
	struct refresher refresher;
};

static void session_finish(struct session *session) {
	log_keep(NULL);
	enclosure_finish(&session->enclosure);
	free(session->mount_point);
	buffer_finish(&session->fuse_options);
}

static bool session_prepare(struct session *session, struct error *error) {
	const struct mount_options *options = session->options;
	struct options_summary summary;
	recent_init(&session->recent);
	log_keep(&session->recent);
	log_find_journal();
	service_open(getenv("NOTIFY_SOCKET"));
	options_prepare(&session->fuse_options, options->fuse_options, options->source, &summary);
	if (session->fuse_options.failed) {
		return error_set_memory(error);
	}
	if (!enclosure_init(&session->enclosure, options, error)) {
		return false;
	}
	/* A mount that is taken over is where it is. */
	if (supervise_role() != SUPERVISE_NEW) {
		return true;
	}
	session->mount_point = mount_point_resolve(options->mount_point, error);
	if (session->mount_point == NULL) {
		return false;
	}
	log_add_field("mount", session->mount_point);
	return mount_point_check(session->mount_point, summary.may_cover, error) &&
	       mount_point_check_system(summary.for_others, error);
}

static void print_problems(const struct problem_list *problems) {
	struct buffer line = {0};
	for (size_t i = 0; i < problems->count; i++) {
		if (problems->items[i].severity == PROBLEM_NOTE) {
			continue;
		}
		buffer_clear(&line);
		problem_append(&line, &problems->items[i], false);
		fprintf(stderr, "%s\n", line.failed ? "no memory" : line.data);
	}
	buffer_finish(&line);
}

static size_t count_faults(const struct problem_list *problems) {
	return problem_list_count(problems, PROBLEM_ERROR) +
	       problem_list_count(problems, PROBLEM_WARNING);
}

static bool check_strictly(struct view *view, struct error *error) {
	struct problem_list problems = {0};
	bool is_clean = problems_of_view(view, &problems, error);
	const size_t faults = count_faults(&problems);
	if (is_clean && faults > 0) {
		print_problems(&problems);
		is_clean = error_set(error, ERROR_INVALID,
			"not mounted, because of %zu problem%s in the stores and \"strict\"",
			faults, faults == 1 ? "" : "s");
	}
	problem_list_finish(&problems);
	return is_clean;
}

static void mention_problems(const struct catalog *catalog) {
	struct problem_list problems = {0};
	catalog_add_problems(catalog, &problems);
	const size_t faults = count_faults(&problems);
	if (faults > 0) {
		log_message(LOG_LEVEL_WARNING,
			"%zu problem%s in the stores: cardfs check, or .cardfs/problems in the "
			"mount, shows them",
			faults, faults == 1 ? "" : "s");
	}
	problem_list_finish(&problems);
}

/* The stores are watched before they are read: no change is missed between the two. */
static bool filesystem_init(struct session *session, struct shared *shared, struct error *error) {
	const struct mount_options *options = session->options;
	struct filesystem *filesystem = &session->filesystem;
	struct refresher *refresher = &session->refresher;
	struct memory *memory = session->memory;
	report_init(&session->description, filesystem, options, session->keepers,
		session->mount_point, &memory->recent);
	*filesystem = (struct filesystem){
		.statistics = &memory->statistics,
		.user = options->has_owner_user ? options->owner_user : getuid(),
		.group = options->has_owner_group ? options->owner_group : getgid(),
	};
	inodes_init(&filesystem->inodes, shared, &memory->inodes);
	session->last_good = (struct last_good_files){
		.shared = shared,
		.table = &memory->last_good,
		.seed = memory->inodes.seed,
	};
	if (!refresher_init(refresher, filesystem, options, session->keepers, error)) {
		return false;
	}
	refresher->reach = &session->enclosure.reach;
	refresher_await_keepers(refresher);
	if (!listings_init(&filesystem->listings, &memory->statistics, shared, &memory->listings)) {
		refresher_finish(refresher);
		return error_set_memory(error);
	}
	if (!current_init(&filesystem->current, options, &memory->statistics.catalog,
		    &session->description.files, &memory->generation, &session->last_good, error)) {
		listings_finish(&filesystem->listings);
		refresher_finish(refresher);
		return false;
	}
	sem_init(&filesystem->looks, 0, LOOKS_AT_A_TIME);
	return true;
}

static void filesystem_finish(struct filesystem *filesystem, struct refresher *refresher) {
	refresher_finish(refresher);
	sem_destroy(&filesystem->looks);
	current_finish(&filesystem->current);
	listings_finish(&filesystem->listings);
}

/* What follows is what a supervisor and its workers call (supervise/supervise.h). */

/* Both the supervisor and its workers log to where the state is told from. */
static void begin(void *context, const char *mount_point, void *areas, bool is_new) {
	struct session *session = context;
	session->memory = areas;
	if (is_new) {
		session->memory->recent = session->recent;
		statistics_init(&session->memory->statistics);
	}
	log_keep(&session->memory->recent);
	if (session->mount_point == NULL) {
		session->mount_point = strdup(mount_point);
		log_add_field("mount", mount_point);
	}
}

static void end(void *context) {
	struct session *session = context;
	log_keep(&session->recent);
	service_stopping();
}

static void note_starts(struct statistics *statistics, const struct shared_header *header) {
	atomic_store(&statistics->counters[COUNTER_RESTARTS], atomic_load(&header->restarts));
	atomic_store(&statistics->counters[COUNTER_PROGRAM_RELOADS], atomic_load(&header->reloads));
}

/* From now on. */
static void ask_keepers(struct session *session) {
	session->locate = *session->options->locate;
	session->served = *session->options;
	session->served.locate = &session->locate;
	session->options = &session->served;
	keepers_deputize(session->keepers, &session->locate);
}

/* Before a byte is read that others wrote. */
static bool confine(struct session *session, bool is_first, struct error *error) {
	if (session->is_in_background) {
		background_prepare();
	}
	if (!confine_identity(&session->enclosure, error)) {
		return false;
	}
	bool done;
	session->kept = (struct keeper_enclosure){.options = session->options};
	session->keepers =
		enclosure_start_keepers(&session->enclosure, &session->kept, &done, error);
	if (!done || !confine_process(&session->enclosure, error)) {
		return false;
	}
	ask_keepers(session);
	if (is_first) {
		enclosure_mention_closed(session->options);
	}
	return true;
}

static bool prepare(void *context, struct shared *shared, bool is_first, struct error *error) {
	struct session *session = context;
	note_starts(&session->memory->statistics, shared_header(shared));
	slice_shorten();
	if (!confine(session, is_first, error)) {
		return false;
	}
	if (!filesystem_init(session, shared, error)) {
		return false;
	}
	struct filesystem *filesystem = &session->filesystem;
	if (!session->options->strict) {
		mention_problems(filesystem->current.catalog);
	} else if (is_first && !check_strictly(filesystem->current.view, error)) {
		filesystem_finish(filesystem, &session->refresher);
		return false;
	}
	return true;
}

static void renew(void *context, struct fuse_session *connection) {
	struct session *session = context;
	refresher_renew(&session->refresher, connection);
}

static bool start(void *context, struct fuse_session *connection, struct error *error) {
	struct session *session = context;
	status_tell(session->filesystem.current.catalog);
	const bool done = refresher_start(&session->refresher, connection, error);
	if (done) {
		refresher_await_renewal(&session->refresher);
	}
	return done;
}

static void leave(void *context) {
	const struct session *session = context;
	if (session->is_in_background) {
		background_leave();
	}
}

static void take_signal(void *context, int number) {
	struct session *session = context;
	if (number == SIGHUP) {
		refresher_load(&session->refresher);
	} else {
		report_log(&session->description);
	}
}

static void undo(void *context, struct effects *effects) {
	struct session *session = context;
	inodes_take_back(&session->filesystem.inodes, effects, 0);
}

static void stop(void *context) {
	struct session *session = context;
	refresher_stop(&session->refresher);
}

static void finish(void *context) {
	struct session *session = context;
	filesystem_finish(&session->filesystem, &session->refresher);
	keepers_destroy(session->keepers);
}

static void ready(void *context) {
	struct session *session = context;
	leave(session);
	if (session->report != NO_REPORT) {
		background_report(session->report, &(struct error){0});
		session->report = NO_REPORT;
	}
	if (session->is_successor) {
		log_message(LOG_LEVEL_INFORMATION, "cardfs %s took over", CARDFS_VERSION);
	} else {
		log_message(LOG_LEVEL_INFORMATION, "mounted on %s", session->mount_point);
	}
	service_ready(session->is_in_background ? getpid() : 0);
}

static bool session_serve(struct session *session, struct error *error) {
	struct fuse_lowlevel_ops operations;
	counted_fill(&operations);
	const struct supervised supervised = {
		.name = "cardfs",
		.mount_point = session->mount_point,
		.connection =
			{
				.options = session->fuse_options.data,
				.debug = session->options->debug,
				.operations = &operations,
				.operations_size = sizeof(operations),
			},
		.layout = MEMORY_LAYOUT,
		.areas_size = sizeof(struct memory),
		.context = session,
		.user_data = &session->filesystem,
		.begin = begin,
		.prepare = prepare,
		.renew = renew,
		.start = start,
		.leave = leave,
		.take_signal = take_signal,
		.undo = undo,
		.stop = stop,
		.finish = finish,
		.ready = ready,
		.end = end,
	};
	return supervise_run(&supervised, error);
}

static bool session_serve_in_background(struct session *session, struct error *error) {
	session->is_in_background = true;
	switch (background_start(&session->report, error)) {
	case BACKGROUND_FAILED:
		return false;
	case BACKGROUND_ASKED:
		return true;
	case BACKGROUND_SERVES:
		break;
	}
	const bool done = session_serve(session, error);
	if (session->report != NO_REPORT) {
		background_report(session->report, error);
	} else if (!done) {
		log_message(LOG_LEVEL_ERROR, "%s", error->message);
	}
	session_finish(session);
	exit(done ? EXIT_SUCCESS : EXIT_FAILURE);
}

/* Whoever was in the background stays there. */
static bool session_succeed(struct session *session, struct error *error) {
	session->is_in_background = !session->options->foreground;
	session->is_successor = true;
	if (session->is_in_background && supervise_role() == SUPERVISE_SUCCESSOR) {
		background_leave();
	}
	const bool done = session_serve(session, error);
	if (!done && session->is_in_background) {
		log_message(LOG_LEVEL_ERROR, "%s", error->message);
	}
	return done;
}

static bool session_choose(struct session *session, struct error *error) {
	const bool in_foreground = session->options->foreground || session->options->debug;
	if (supervise_role() != SUPERVISE_NEW) {
		return session_succeed(session, error);
	}
	return in_foreground ? session_serve(session, error)
			     : session_serve_in_background(session, error);
}

bool session_run(const struct mount_options *options, struct error *error) {
	struct session session = {.options = options, .report = NO_REPORT};
	bool done = session_prepare(&session, error);
	if (done && !options->fake) {
		done = session_choose(&session, error);
	}
	session_finish(&session);
	return done;
}
