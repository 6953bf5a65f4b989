#!/usr/bin/env python3
"""Types a line and a tab into an interactive shell, and prints what the line is then.

    type-and-complete.py SHELL SETUP LINE

SHELL is a command, SETUP what it runs first; the key Ctrl-X has to write the line to $TYPED there.
"""

import os
import pty
import select
import shlex
import sys
import time

LIMIT = 20
TAB = b"\t"
REPORT = b"\x18"


def read_until(terminal, wanted, deadline):
    seen = b""
    while wanted not in seen:
        if not select.select([terminal], [], [], max(0, deadline - time.monotonic()))[0]:
            sys.exit(f"the shell never said {wanted!r}, but {seen!r}")
        seen += os.read(terminal, 4096)


def wait_for(path, terminal, deadline):
    """Reads what the shell echoes meanwhile, so that it never waits for us."""
    while not os.path.exists(path):
        if time.monotonic() > deadline:
            sys.exit("the shell never wrote the line")
        if select.select([terminal], [], [], 0.02)[0]:
            os.read(terminal, 4096)
    with open(path, encoding="utf-8") as file:
        return file.read()


def main():
    shell, setup, line = sys.argv[1:]
    deadline = time.monotonic() + LIMIT
    typed = os.path.join(os.environ["TMPDIR"], f"typed.{os.getpid()}")
    child, terminal = pty.fork()
    if child == 0:
        os.environ.update(TYPED=typed, TERM="dumb")
        arguments = shlex.split(shell)
        os.execvp(arguments[0], arguments)
    os.write(terminal, setup.encode() + b"\necho REA''DY\n")
    read_until(terminal, b"READY", deadline)
    os.write(terminal, line.encode() + TAB + REPORT)
    print(wait_for(typed, terminal, deadline), end="")
    os.close(terminal)
    os.unlink(typed)


main()
