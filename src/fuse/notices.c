#include "fuse/notices.h"

#include "fuse/place.h"
#include "fuse/versions.h"

#include <errno.h>

/* Of what the kernel keeps of an inode: a negative offset means its attributes alone. */
enum { ATTRIBUTES_ONLY = -1, ALL = 0 };

fuse_ino_t notice_parent(struct text path) {
	const size_t start = path.length - place_name(path).length;
	return inode_number(
		text_part(path, 0, start == 0 ? 0 : start - 1), NODE_DIRECTORY, TEXT(""));
}

/*
 * The name does not just expire: an expired one is good again once an answer says so, and that may
 * have been on its way for so long that it is old.
 */
void notice_name(const struct notifier *notifier, struct text path) {
	const struct text name = place_name(path);
	statistics_count(notifier->statistics, COUNTER_NOTICES_OF_NAMES);
	fuse_lowlevel_notify_inval_entry(
		notifier->session, notice_parent(path), name.data, name.length);
}

void notice_doubt(const struct notifier *notifier, struct text path) {
	const struct text name = place_name(path);
	statistics_count(notifier->statistics, COUNTER_NOTICES_OF_DOUBTS);
	if (expire_entry(notifier->session, notice_parent(path), name.data, name.length) ==
		-ENOSYS) {
		notice_name(notifier, path);
	}
}

/*
 * The kernel holds the directory's lock while it takes up such an answer, and takes it for any
 * name, be it an impossible one.
 */
void notice_wait(const struct notifier *notifier, fuse_ino_t directory) {
	fuse_lowlevel_notify_inval_entry(notifier->session, directory, "/", 1);
}

void notice_content(const struct notifier *notifier, fuse_ino_t number) {
	statistics_count(notifier->statistics, COUNTER_NOTICES_OF_LISTINGS);
	fuse_lowlevel_notify_inval_inode(notifier->session, number, ALL, 0);
}

void notice_listing(const struct notifier *notifier, fuse_ino_t directory) {
	notice_wait(notifier, directory);
	notice_content(notifier, directory);
}

void notice_attributes(const struct notifier *notifier, fuse_ino_t number) {
	statistics_count(notifier->statistics, COUNTER_NOTICES_OF_ATTRIBUTES);
	fuse_lowlevel_notify_inval_inode(notifier->session, number, ATTRIBUTES_ONLY, 0);
}
