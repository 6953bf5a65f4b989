#include "fuse/notices.h"

#include "fuse/place.h"

#include <errno.h>

/* Where an entry is: its directory's number and its name. */
struct entry_place {
	fuse_ino_t parent;
	struct text name;
};

static struct entry_place entry_at(struct text path) {
	const struct text name = place_name(path);
	const size_t start = path.length - name.length;
	const struct text directory = text_part(path, 0, start == 0 ? 0 : start - 1);
	return (struct entry_place){
		.parent = inode_number(directory, NODE_DIRECTORY, TEXT("")),
		.name = name,
	};
}

void notice_expiry(struct fuse_session *session, struct text path) {
	const struct entry_place entry = entry_at(path);
	if (fuse_lowlevel_notify_expire_entry(session, entry.parent, entry.name.data,
		    entry.name.length, FUSE_LL_EXPIRE_ONLY) == -ENOSYS) {
		fuse_lowlevel_notify_inval_entry(
			session, entry.parent, entry.name.data, entry.name.length);
	}
}

void notice_removal(struct fuse_session *session, struct text path) {
	const struct entry_place entry = entry_at(path);
	fuse_lowlevel_notify_inval_entry(session, entry.parent, entry.name.data, entry.name.length);
}

void notice_attributes(struct fuse_session *session, fuse_ino_t number) {
	fuse_lowlevel_notify_inval_inode(session, number, -1, 0);
}

void notice_listing(struct fuse_session *session, fuse_ino_t number) {
	fuse_lowlevel_notify_inval_inode(session, number, 0, 0);
}
