#!/usr/bin/env python3
"""Reads a mount over and over, from several threads, and expects every call to succeed.

    read-steadily.py MOUNT ASSETS READERS STOP

The mount shows ASSETS assets, asset_0 and so on, with a field "field" that is the number, a link
"checkpoint" to /x/NUMBER, and a mapping "map". Ends well when there is a file STOP, and tells how
many rounds were made; otherwise it says what went wrong first.
"""

import os
import sys
import threading

mount, count, readers, stop = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
names = sorted(f"asset_{i}" for i in range(count))
complaints = []
rounds = [0] * readers


def expect(wanted, found, what):
    if wanted != found:
        raise AssertionError(f"{what}: expected {wanted!r}, not {found!r}")


def read(path):
    with open(path, "rb") as file:
        return file.read()


def is_absent(path):
    try:
        os.lstat(path)
    except FileNotFoundError:
        return True
    return False


def read_asset(number):
    path = f"{mount}/asset_{number}"
    expect(b"%d\n" % number, read(f"{path}/field"), f"{path}/field")
    expect(f"/x/{number}", os.readlink(f"{path}/checkpoint"), f"{path}/checkpoint")
    expect(b"1\n", read(f"{path}/map/a"), f"{path}/map/a")
    expect(len(b"%d\n" % number), os.lstat(f"{path}/field").st_size, f"size of {path}/field")
    expect(True, is_absent(f"{path}/absent"), f"{path}/absent is absent")
    expect(["card.json", "card.yaml", "checkpoint", "field", "map", "name"], sorted(os.listdir(path)), path)
    if b"field: %d\n" % number not in read(f"{path}/card.yaml"):
        raise AssertionError(f"{path}/card.yaml lacks its field")


def read_everything(reader):
    try:
        while not os.path.exists(stop) and not complaints:
            expect(names, sorted(name for name in os.listdir(mount) if not name.startswith(".")), mount)
            for number in range(count):
                read_asset((number * 7 + reader) % count)
            rounds[reader] += 1
    except (OSError, AssertionError) as problem:
        complaints.append(f"reader {reader}: {problem}")


threads = [threading.Thread(target=read_everything, args=(i,)) for i in range(readers)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print("\n".join(complaints) if complaints else f"{sum(rounds)} rounds")
sys.exit(bool(complaints) or min(rounds) == 0)
