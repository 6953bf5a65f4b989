#!/usr/bin/python3
"""`cardfs check` says of faulty stores exactly what it said before.

    diagnostics.py [--cardfs PATH] [--update] [--only TEXT]

tests/data/diagnostics/*.txt hold small stores and the answers to them:

    @@ test WHAT IS WRONG
    @@ options OPTION...      further options; --no-store for none but the stores that they name
    @@ file PATH              the lines that follow, up to the next "@@" or the blank line before it
    @@ bytes PATH             the value of the line that follows, as Python has it
    @@ link PATH TARGET
    @@ check                  what cardfs check prints of the store, and the count that it closes with

--update writes what it prints now, to be read before it is committed.
"""

import argparse
import os
import pathlib
import re
import shlex
import sys
import tempfile

sys.dont_write_bytecode = True

from support import program

DATA = pathlib.Path(__file__).resolve().parent.parent / "data" / "diagnostics"
# A person who writes a card knows lists, mappings, texts and keys.
JARGON = re.compile(r"\b(scalar|block mapping|flow|node|token|stream|octet|sequence)\b")


class Test:
    """A section of a file: its store, and what is said of it."""

    def __init__(self, text):
        store, _, self.answer = text.partition("@@ check\n")
        self.store = store.rstrip("\n") + "\n"
        self.title, *parts = re.split(r"^@@ ", self.store, flags=re.MULTILINE)
        self.parts = [part.split("\n", 1) for part in parts]

    def options(self):
        return [option for head, _ in self.parts if head.startswith("options ") for option in shlex.split(head)[1:]]

    def write(self, root):
        for head, content in self.parts:
            kind, _, rest = head.partition(" ")
            if kind == "link":
                path, target = rest.split(" ")
                (root / path).symlink_to(target)
            elif kind in ("file", "bytes"):
                path = root / rest.replace("\\n", "\n")
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content.encode() if kind == "file" else eval(content))

    def text(self, answer):
        return f"@@ test {self.store}@@ check\n{answer}"


def ask(test, path):
    """What cardfs prints of the test's store, with the paths below it relative."""
    with tempfile.TemporaryDirectory() as scratch:
        root = pathlib.Path(scratch).resolve()
        test.write(root)
        options = [option for option in test.options() if option != "--no-store"]
        locations = [] if "--no-store" in test.options() else [str(root)]
        cardfs = program.Cardfs(path, locations, variables={"HOME": "/nowhere"})
        os.chdir(root)
        answer = cardfs.run("check", *options)
        os.chdir("/")
        return (answer.output + answer.errors).replace(f"{root}/", "").replace(str(root), ".")


def read_tests(path):
    head, *sections = re.split(r"^@@ test ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return head, [Test(section) for section in sections]


def compare(test, answer):
    """What is wrong with the answer, as sentences."""
    wanted = test.answer.strip("\n").splitlines()
    got = answer.strip("\n").splitlines()
    different = [f"- {line}" for line in wanted if line not in got]
    different += [f"+ {line}" for line in got if line not in wanted]
    if not different and wanted != got:
        different = ["the order of the lines"]
    return different + [f"jargon: {line}" for line in got if JARGON.search(line)]


def check_file(path, arguments):
    """(tests, failures) of a file, which is written anew where that is wanted."""
    head, tests = read_tests(path)
    failed = 0
    answers = []
    for test in tests:
        title = test.title.splitlines()[0]
        if arguments.only not in title:
            answers.append(test.answer)
            continue
        answers.append(ask(test, arguments.cardfs) + "\n")
        different = [] if arguments.update else compare(test, answers[-1])
        if different:
            failed += 1
            print(f"FAILED: {path.name}: {title}", *different, sep="\n    ")
    if arguments.update:
        text = head + "".join(test.text(answer) for test, answer in zip(tests, answers))
        path.write_text(text.rstrip("\n") + "\n", encoding="utf-8")
    return len(tests), failed


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cardfs", default="cardfs", type=os.path.abspath)
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--only", default="")
    arguments = parser.parse_args()
    counts = [check_file(path, arguments) for path in sorted(DATA.glob("*.txt"))]
    count, failed = map(sum, zip(*counts))
    print(f"{count - failed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
