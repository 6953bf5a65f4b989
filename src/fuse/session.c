#include "fuse/session.h"

#include "base/log.h"
#include "base/service.h"
#include "fuse/background.h"
#include "fuse/connection.h"
#include "fuse/filesystem.h"
#include "fuse/mount_point.h"
#include "fuse/options.h"
#include "fuse/refresher.h"
#include "fuse/report.h"
#include "fuse/signals.h"
#include "fuse/status.h"
#include "view/problems.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { NO_REPORT = -1 };

/* Of libfuse's ten threads, so that others are left. */
enum { LOOKS_AT_A_TIME = 4 };

/* A mount in the making, and while it is served. */
struct session {
	const struct mount_options *options;
	char *mount_point;
	struct buffer fuse_options;
	int report; /* where to say that it answers; or NO_REPORT */
	struct statistics statistics;
	struct recent recent;
	struct filesystem filesystem;
	struct report description;
	struct refresher refresher;
	struct fuse_session *connection;
	struct signals signals;
};

static void session_finish(struct session *session) {
	log_keep(NULL);
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
static bool filesystem_init(struct session *session, struct error *error) {
	const struct mount_options *options = session->options;
	struct filesystem *filesystem = &session->filesystem;
	struct refresher *refresher = &session->refresher;
	struct statistics *statistics = &session->statistics;
	statistics_init(statistics);
	report_init(
		&session->description, filesystem, options, session->mount_point, &session->recent);
	*filesystem = (struct filesystem){
		.statistics = statistics,
		.user = options->has_owner_user ? options->owner_user : getuid(),
		.group = options->has_owner_group ? options->owner_group : getgid(),
	};
	if (!refresher_init(refresher, filesystem, options, error)) {
		return false;
	}
	if (!inodes_init(&filesystem->inodes)) {
		refresher_finish(refresher);
		return error_set_memory(error);
	}
	if (!listings_init(&filesystem->listings, statistics)) {
		inodes_finish(&filesystem->inodes);
		refresher_finish(refresher);
		return error_set_memory(error);
	}
	if (!current_init(&filesystem->current, options, &statistics->catalog,
		    &session->description.files, error)) {
		listings_finish(&filesystem->listings);
		inodes_finish(&filesystem->inodes);
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
	inodes_finish(&filesystem->inodes);
}

static bool session_loop(struct session *session, struct error *error) {
	const int failure = fuse_session_loop_mt(session->connection, NULL);
	signals_stop(&session->signals);
	return failure >= 0 ||
	       error_set_system(error, -failure, "cannot go on serving %s", session->mount_point);
}

static void session_announce(struct session *session) {
	const bool is_in_background = session->report != NO_REPORT;
	if (is_in_background) {
		background_report(session->report, &(struct error){0});
		session->report = NO_REPORT;
	}
	log_message(LOG_LEVEL_INFORMATION, "mounted on %s", session->mount_point);
	service_ready(is_in_background ? getpid() : 0);
}

static bool session_connect(struct session *session, struct error *error) {
	const struct mount_options *options = session->options;
	signals_hold();
	session->connection = connection_open(session->mount_point, session->fuse_options.data,
		options->debug, &session->filesystem, error);
	if (session->connection == NULL) {
		return false;
	}
	status_tell(session->filesystem.current.catalog);
	bool done = refresher_start(&session->refresher, session->connection, error) &&
		    signals_start(&session->signals, &session->refresher, &session->description,
			    session->connection, error);
	if (done) {
		session_announce(session);
		done = session_loop(session, error);
		service_stopping();
	}
	refresher_stop(&session->refresher);
	connection_close(session->connection);
	return done;
}

static bool session_serve(struct session *session, struct error *error) {
	struct filesystem *filesystem = &session->filesystem;
	if (!filesystem_init(session, error)) {
		return false;
	}
	bool done = true;
	if (session->options->strict) {
		done = check_strictly(filesystem->current.view, error);
	} else {
		mention_problems(filesystem->current.catalog);
	}
	done = done && session_connect(session, error);
	filesystem_finish(filesystem, &session->refresher);
	return done;
}

static bool session_serve_in_background(struct session *session, struct error *error) {
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

bool session_run(const struct mount_options *options, struct error *error) {
	struct session session = {.options = options, .report = NO_REPORT};
	const bool in_foreground = options->foreground || options->debug;
	bool done = session_prepare(&session, error);
	if (done && !options->fake) {
		done = in_foreground ? session_serve(&session, error)
				     : session_serve_in_background(&session, error);
	}
	session_finish(&session);
	return done;
}
