#!/usr/bin/python3
"""cardfs says of random stores what an independent model of the semantics says.

    random-stores.py [--cardfs PATH] [--count N] [--seed N] [--only N] [--keep DIRECTORY]

Writes N stores, or sets of them, and compares what cardfs shows, looks up and finds wrong in each
with support/model.py. --only N is one of them, with every difference; --keep leaves its files.
"""

import argparse
import os
import pathlib
import random
import shutil
import sys
import tempfile

sys.dont_write_bytecode = True

from support import compare, model, program
from support.stores import CONFIGURATION_KEYS, ENVIRONMENTS, Writer
from support.values import encode


class Store:
    """Random stores with the questions that are asked of them."""

    def __init__(self, seed, number, root):
        self.chance = random.Random(f"{seed} {number}")
        writer = Writer(self.chance)
        self.locations = writer.write_stores(str(root))
        self.requests = writer.requests()
        self.environment = self.chance.choice([None, None, *ENVIRONMENTS, " clu "])
        self.variables = {}

    def configurations(self):
        """Some configurations to merge overrides into."""
        return [self.configuration(3) for _ in range(4)]

    def configuration(self, depth):
        if depth == 0 or self.chance.random() < 0.3:
            return self.chance.choice([None, 1, "x", [1], {}])
        keys = self.chance.sample([*CONFIGURATION_KEYS, "_del_"], self.chance.randint(0, 6))
        return {key: self.configuration(depth - 1) for key in keys}


def compare_resolved(catalog, name, environments, got, configurations):
    """Differences between the model's card of a name and a document that cardfs shows, or None."""
    want = model.describe(catalog, name, environments, {})
    if want["error"]:
        return [] if got is None else [f"shown, though {want['error']['message']}"]
    if got is None:
        return ["not shown"]
    card = catalog.resolve(name, environments)
    return compare.compare_card(want, got, {}) or compare.compare_composition(card, got, configurations)


def check_all(store, catalog, in_force, cardfs):
    answer, documents = cardfs.show_all()
    configurations = store.configurations()
    different = []
    for name in sorted({*catalog.names(), *documents}):
        found = compare_resolved(catalog, name, in_force, documents.get(name), configurations)
        different += [f"{name!r}: {difference}" for difference in found]
    is_faulty = catalog.has_problems() or len(documents) < len(catalog.names())
    if answer.status != int(is_faulty):
        different.append(f"exit status {answer.status}, want {int(is_faulty)}: {answer.errors[:300]}")
    return different


def check_requests(store, catalog, in_force, cardfs):
    _, documents = cardfs.show(store.requests)
    different = []
    for request in store.requests:
        name, environments = model.requested(request, in_force)
        is_shown = not model.describe(catalog, name, environments, {})["error"]
        if not is_shown:
            continue
        got = documents.pop(0) if documents else None
        found = compare_resolved(catalog, name, environments, got, [])
        different += [f"look-up {request!r}: {difference}" for difference in found]
    return different + [f"look-ups {store.requests} show {encode(document)} as well" for document in documents]


def check_problems(catalog, in_force, cardfs):
    """`cardfs check` names each file with a faulty document, and each broken asset."""
    errors = [problem for problem in cardfs.run("check", "--json").problems() if problem["severity"] == "error"]
    files = {problem["file"] for problem in errors}
    assets = {problem["asset"] for problem in errors}
    faulty = {file for file, _ in catalog.faults}
    broken = {name for name in catalog.names() if model.describe(catalog, name, in_force, {})["error"]}
    broken |= {name for name, _ in catalog.orphans()} | catalog.conflicts
    different = [f"check finds nothing wrong in {file}" for file in sorted(faulty - files)]
    different += [f"check finds nothing wrong with {name!r}" for name in sorted(broken - assets)]
    if not catalog.has_problems() and not broken:
        different += [f"check finds {problem}" for problem in errors if "cannot be merged" not in problem["message"]]
    return different


def check(store, path):
    catalog = model.Catalog(store.locations)
    in_force = model.environments_in_force(store.environment)
    cardfs = program.Cardfs(path, store.locations, store.environment)
    different = check_all(store, catalog, in_force, cardfs)
    different += check_requests(store, catalog, in_force, cardfs)
    return different + check_problems(catalog, in_force, cardfs)


def run(arguments, number):
    """The differences that one store shows."""
    with tempfile.TemporaryDirectory() as scratch:
        root = pathlib.Path(scratch).resolve() / "stores"
        root.mkdir()
        try:
            return check(Store(arguments.seed, number, root), arguments.cardfs)
        except Exception as fault:  # one store must not hide the others
            return [f"{type(fault).__name__}: {fault}"]
        finally:
            if arguments.keep:
                shutil.copytree(root, arguments.keep, symlinks=True, dirs_exist_ok=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cardfs", default="cardfs")
    parser.add_argument("--count", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int)
    parser.add_argument("--keep", type=os.path.abspath)
    arguments = parser.parse_args()
    numbers = range(arguments.count) if arguments.only is None else [arguments.only]
    failed = 0
    for number in numbers:
        different = run(arguments, number)
        if different:
            failed += 1
            print(f"FAILED: --seed {arguments.seed} --only {number}")
            for difference in different[: 2 if arguments.only is None else None]:
                print(f"    {difference}")
    print(f"{len(numbers) - failed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
