#!/usr/bin/env python3
"""Lists a directory in parts, and runs a command after each: every name has to come just once.

    list-slowly.py DIRECTORY WANTED PARTS COMMAND...

WANTED is a file with the names that are to be found, beside those that begin with a dot. After at
most PARTS parts no more commands are run.
"""

import os
import subprocess
import sys

directory, wanted, parts, command = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4:]
PART = 2000

with open(wanted, encoding="utf-8") as file:
    names = file.read().split()
found = []
with os.scandir(directory) as entries:
    for entry in entries:
        found.append(entry.name)
        if len(found) % PART == 0 and len(found) // PART <= parts:
            subprocess.run(command, check=True)
found = [name for name in found if not name.startswith(".")]
if sorted(found) != sorted(names):
    lost = set(names) - set(found)
    twice = len(found) - len(set(found))
    print(f"{len(found)} names of {len(names)}: {len(lost)} lost, {twice} twice")
    sys.exit(1)
