#!/usr/bin/python3
"""`cardfs path` places locators where fairseq2 looks for them, as urllib and pathlib find it.

    locators.py [--cardfs PATH] [--count N] [--seed N] [--only TEXT]

Each locator, from a list and random ones, is the checkpoint of a card of its own. What cardfs
departs in, it departs in here: percent-encoding in file: URIs is undone, and plain paths, which
fairseq2 encodes and never decodes, lead to where they are written to lead.
"""

import argparse
import json
import pathlib
import random
import sys
import tempfile

sys.dont_write_bytecode = True

from support import model, program
from support.stores import LOCATORS

CACHE = "/nowhere/assets"
HUB = "/nowhere/hub"
ODD = [
    "http://[bad/x", "http:", "http://", "http:///x", "http://e.com;p", "http://e.com?x", "http://u:p@e.com/", "file://host/x", "file:x", "file:",
    "file:///x?y#z;w", "file:///a%2Fb", "file:///%C3%A9", "file:///%zz", "a+b:c", "a_b:c", "foo:", "://x", ":x", "mailto:a@b", "s3:", "s3:///k",
    "1a:b", "é:x", "[x]", "{x}", "a\\b", "a\tb", "a\nb", "...", "..", "a/../b", "/a/../b", "/a//b/", "//", "///x", "/", "\x01http://e.com/", "\u3000http://e.com/",
    "http://e.com/\u3000", "http://e\u2100.com/", "http://e.com/;", "http://e.com/a;b/c;d?e#f", "https://e.com/?#", "HTTPS://E.com/%7e", "http:/e.com", "http:e.com",
    "http://[::1/x", "http://::1]/x", "http://[v1.a]/x", "http://[::zz]/x", "file://[bad/x", "data:text/plain,hi", "hg://org/name.v1-2_3", "hg://name",
]
SCHEMES = ["http", "https", "HTTP", "file", "File", "s3", "foo", "a+b.c-d", "1a", "a_b", "é", ""]
SEPARATORS = [":", "://", ":///", ":/", "", "//"]
HOSTS = ["", "e.com", "E.com:80", "u:p@e.com", "[bad", "bad]", "é.com", "e\u2100.com", "a b"]
PIECES = ["/", "//", "a", "b.c", "/../", "/./", ";p", ";", "?q=1", "?", "#f", "#", "%20", "%zz", "%2F", "é", "日", " ", "\t", "\n", "~", ":", "@", "&", "'", "\\", "+", "\x7f"]


def is_comparable(locator):
    """What a host leads up from, file://../x, is no path of this machine."""
    return not model.uri_of(locator, "/").startswith("file://..")


def random_locator(chance):
    pieces = chance.choices(PIECES, k=chance.randint(0, 5))
    front = chance.choice(["", "", "", " ", "\x1f", "\u3000"])
    return front + chance.choice(SCHEMES) + chance.choice(SEPARATORS) + chance.choice(HOSTS) + "".join(pieces)


def expected(locator, directory):
    """What `cardfs path` is to print: a path, a text, or None for a URI that it cannot place.

    fairseq2 takes what a file: URI has behind "//" for a path, so that a host makes a relative one.
    """
    uri = model.parse_uri(locator)
    whole = model.uri_of(locator, directory)
    if uri is None:
        return pathlib.Path(directory, locator)
    if uri.scheme == "file":
        return pathlib.Path(model.path_of_uri(whole).replace("//", "/", 1))
    if uri.scheme in ("http", "https"):
        return f"{CACHE}/{model.cache_directory(whole)}"
    if uri.scheme == "hg":
        return f"{HUB}/models--{whole[5:].replace('/', '--')}/snapshots/main"
    return whole if uri.scheme == "s3" else None


def compare(want, answer):
    if want is None:
        return [] if answer.status == 2 else [f"want no path, got {answer.output!r}"]
    got = type(want)(answer.output.removesuffix("\n"))
    if answer.status != 0 or got != want:
        return [f"want {str(want)!r}, got {str(got)!r} {answer.errors.strip()}"]
    return []


def write_cards(path, locators):
    cards = [f"name: c{i}\ncheckpoint: {json.dumps(locator)}\n" for i, locator in enumerate(locators)]
    path.write_text("---\n".join(cards), encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cardfs", default="cardfs")
    parser.add_argument("--count", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="")
    arguments = parser.parse_args()
    chance = random.Random(arguments.seed)
    locators = LOCATORS + ODD + [random_locator(chance) for _ in range(arguments.count)]
    locators = list(filter(is_comparable, locators))
    failed = 0
    with tempfile.TemporaryDirectory() as scratch:
        store = pathlib.Path(scratch).resolve()
        write_cards(store / "cards.yaml", locators)
        variables = {"FAIRSEQ2_CACHE_DIR": CACHE, "HF_HUB_CACHE": HUB}
        cardfs = program.Cardfs(arguments.cardfs, [str(store)], variables=variables)
        for i, locator in enumerate(locators):
            if arguments.only not in locator:
                continue
            for difference in compare(expected(locator, str(store)), cardfs.run("path", f"c{i}", "checkpoint")):
                failed += 1
                print(f"FAILED: {locator!r}: {difference}")
    print(f"{len(locators) - failed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
