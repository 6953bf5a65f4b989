#!/usr/bin/python3
"""Holds a link while its target changes: what is held stays the old one, whole, or is stale.

    hold-link.py CARD LINK

The kernel has not asked for the old target when the new one is there.
"""

import errno
import os
import sys
import time

PATIENCE = 5.0


def replace(path, target):
    draft = os.path.join(os.path.dirname(path), ".draft")
    with open(draft, "w", encoding="ascii") as file:
        file.write(f"name: asset\ncheckpoint: {target}\n")
    os.rename(draft, path)


def await_target(link, target):
    deadline = time.monotonic() + PATIENCE
    while os.readlink(link) != target:
        if time.monotonic() > deadline:
            sys.exit(f"never {target}")


def main():
    card, link = sys.argv[1:]
    held = os.open(link, os.O_PATH | os.O_NOFOLLOW)
    size = os.fstat(held).st_size
    for target in ("/s", "/a/target/that/is/longer/than/the/first/one/by/some/bytes"):
        replace(card, target)
        await_target(link, target)
    try:
        seen = os.readlink("", dir_fd=held)
    except OSError as error:
        if error.errno != errno.ESTALE:
            raise
    else:
        if seen != "/a/rather/long/target/of/a/link" or len(seen) != size:
            sys.exit(f"the link held has become {seen!r}, of {size} bytes")


main()
