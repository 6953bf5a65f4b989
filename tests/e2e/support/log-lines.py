#!/usr/bin/env python3
"""Holds the table of log lines in a document to the sources: each line that is logged has a row with its
level. Prints those that have none, and fails then.

    log-lines.py DOCUMENT SOURCE...
"""
import re
import sys

CALL = re.compile(r"\blog_(message|about)\s*\(")
STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')
LEVEL = re.compile(r"LOG_LEVEL_([A-Z]+)")
CONVERSION = re.compile(r"%[-+ #0]*(?:\d+|\*)?(?:\.(?:\d+|\*))?(?:hh|h|ll|l|z|j|t)?[a-zA-Z]")
ROW = re.compile(r"\| `(.*?)` \| (\w+) \|")


def arguments_from(text, start):
    """The arguments of a call, split at the commas that are its own."""
    parts, depth, at, begin = [], 0, start, start
    while True:
        character = text[at]
        if character == '"':
            at = STRING.match(text, at).end()
            continue
        if character in "({[":
            depth += 1
        elif character in ")}]":
            if depth == 0:
                return parts + [text[begin:at]]
            depth -= 1
        elif character == "," and depth == 0:
            parts.append(text[begin:at])
            begin = at + 1
        at += 1


def lines_of(path):
    text = open(path, encoding="utf-8").read()
    for call in CALL.finditer(text):
        arguments = arguments_from(text, call.end())
        if "..." in arguments or "const char *format" in " ".join(arguments):
            continue
        level, line = arguments[1:3] if call[1] == "about" else arguments[:2]
        level = LEVEL.search(level)
        words = "".join(STRING.findall(line))
        yield CONVERSION.sub("…", words), level[1].lower() if level else "any"


def main():
    document, *sources = sys.argv[1:]
    logged = set()
    for source in sources:
        logged.update(lines_of(source))
    # One of no words can be any: its row is that of "…".
    logged = {(line, level) if re.search("[a-z]", line) else ("…", "any") for line, level in logged}
    with open(document, encoding="utf-8") as lines:
        described = {match.groups() for match in map(ROW.match, lines) if match}
    for line, level in sorted(logged - described):
        print(f"{document} lacks: | `{line}` | {level} |")
    if not logged:
        print("no log lines are found")
    return 0 if logged <= described and logged else 1


sys.exit(main())
