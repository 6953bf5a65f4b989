#include "fuse/notices.h"

#include "fuse/place.h"

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
void notice_name(struct fuse_session *session, struct text path) {
	const struct text name = place_name(path);
	fuse_lowlevel_notify_inval_entry(session, notice_parent(path), name.data, name.length);
}

void notice_doubt(struct fuse_session *session, struct text path) {
	const struct text name = place_name(path);
	if (fuse_lowlevel_notify_expire_entry(session, notice_parent(path), name.data, name.length,
		    FUSE_LL_EXPIRE_ONLY) == -ENOSYS) {
		notice_name(session, path);
	}
}

/*
 * The kernel holds the directory's lock while it takes up such an answer, and takes it for any
 * name, be it an impossible one.
 */
void notice_wait(struct fuse_session *session, fuse_ino_t directory) {
	fuse_lowlevel_notify_inval_entry(session, directory, "/", 1);
}

void notice_listing(struct fuse_session *session, fuse_ino_t directory) {
	notice_wait(session, directory);
	fuse_lowlevel_notify_inval_inode(session, directory, ALL, 0);
}

void notice_attributes(struct fuse_session *session, fuse_ino_t number) {
	fuse_lowlevel_notify_inval_inode(session, number, ATTRIBUTES_ONLY, 0);
}
