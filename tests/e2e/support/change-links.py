#!/usr/bin/python3
"""Changes the target of a link to every length that there is, up and down, and sees each one.

    change-links.py CARD LINK

CARD is the card file of the asset whose checkpoint LINK is. The kernel has each target in its caches
when the next one comes.
"""

import itertools
import os
import sys
import time

LONGEST = 4095
PATIENCE = 5.0


def target_of(length):
    return ("/" + "component/" * (length // 10 + 1))[:length]


def replace(path, target):
    draft = os.path.join(os.path.dirname(path), ".draft")
    with open(draft, "w", encoding="ascii") as file:
        file.write(f"name: asset\ncheckpoint: {target}\n")
    os.rename(draft, path)


def await_target(link, old, new):
    deadline = time.monotonic() + PATIENCE
    while True:
        seen = os.readlink(link)
        if seen == new:
            return
        if seen != old:
            sys.exit(f"neither {old!r} nor {new!r}, but {seen!r}")
        if time.monotonic() > deadline:
            sys.exit(f"still {len(old)} bytes and not {len(new)}")


def lengths():
    """Up and down by one byte each, then by leaps."""
    yield from range(1, LONGEST + 1)
    yield from range(LONGEST, 0, -1)
    for short in itertools.chain(range(1, 64), range(64, LONGEST, 97)):
        yield short
        yield LONGEST + 1 - short


def main():
    card, link = sys.argv[1:]
    old = os.readlink(link)
    for length in lengths():
        new = target_of(length)
        if new == old:
            continue
        replace(card, new)
        await_target(link, old, new)
        size = os.lstat(link).st_size
        if size != length:
            sys.exit(f"a target of {length} bytes, and a size of {size}")
        old = new


main()
