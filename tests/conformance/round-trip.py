#!/usr/bin/python3
"""What `cardfs show` prints means the same to every YAML reader, and `--json` the same again.

    round-trip.py [--cardfs PATH] [--count N] [--seed N] [STORE...]

Without stores, writes random cards and compares what is read back with what was meant. With stores,
compares the readers with each other. The readers are ruamel.yaml (1.2), PyYAML (1.1), Node's `yaml`
as 1.1 and 1.2, Python's json and jq; one that is not installed is left out and named at the end.
"""

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True

from round_trip import json_readers, readers
from round_trip.values import SPECIAL_STRINGS, deep_value, random_value, spell


def show(cardfs, store, *more):
    command = [cardfs, "show", "--no-default-stores", "--store", store, "--all", *more]
    answer = subprocess.run(command, capture_output=True, timeout=300)
    if answer.returncode not in (0, 1):
        message = answer.stderr.decode(errors="replace")[-500:]
        sys.exit(f"cardfs ended with {answer.returncode}: {message}")
    return answer.stdout.decode("utf-8")


def name_of(card):
    return next(value[1] for key, value in card[1] if key == ["str", "name"])


def by_name(cards):
    return {name_of(card): card for card in cards}


def first_difference(want, got):
    if isinstance(want, dict) and isinstance(got, dict):
        return first_difference(want["object"], got["object"])
    if isinstance(want, list) and isinstance(got, list) and len(want) == len(got):
        for pair in zip(want, got):
            if repr(pair[0]) != repr(pair[1]):
                is_nested = isinstance(pair[0], (list, dict))
                return first_difference(*pair) if is_nested else (want, got)
    return want, got


def report(reader, name, want, got, failures):
    failures.append(name)
    if len(failures) <= 10:
        want, got = (json.dumps(part)[:300] for part in first_difference(want, got))
        print(f"FAIL {reader}: {name}\n  want {want}\n  got  {got}")


def compare_yaml(stream, meant, available, failures):
    for reader, read, weaker, is_held in readers.READERS:
        if reader not in available:
            continue
        values = read(stream)
        if len(values) != len(meant):
            report(reader, "documents", len(meant), len(values), failures)
        for (name, want), got in zip(meant.items(), values):
            if is_held(want) and weaker(want) != weaker(got):
                report(reader, name, weaker(want), got, failures)


def compare_json(stream, meant, available, failures):
    want = [json_readers.in_json(value) for value in meant.values()]
    for reader, read, weaker in json_readers.READERS:
        if reader not in available:
            continue
        got = read(stream)
        if len(got) != len(want):
            report(reader, "values", len(want), len(got), failures)
        for name, expected, value in zip(meant, want, got):
            if repr(weaker(expected)) != repr(weaker(value)):
                report(reader, name, weaker(expected), weaker(value), failures)


def random_cards(count, seed):
    chance = random.Random(seed)
    strings = ["seq", [["str", text] for text in SPECIAL_STRINGS]]
    keys = ["map", [[["str", text], ["str", text]] for text in SPECIAL_STRINGS]]
    values = [strings, keys, *(deep_value(levels) for levels in (10, 17, 40))]
    # What ruamel.yaml cannot hold, fairseq2 cannot, and is no card.
    values += filter(readers.is_held_by_ruamel, (random_value(chance) for _ in range(count)))
    cards = [
        ["map", [[["str", "name"], ["str", f"c{i:05}"]], [["str", "value"], value]]]
        for i, value in enumerate(values)
    ]
    return by_name(cards), "".join(f"--- {spell(chance, card)}\n" for card in cards)


def check(cardfs, store, meant, available):
    """How many cards there are, and which are read otherwise than meant, or than each other."""
    failures = []
    stream = show(cardfs, store)
    shown = by_name(readers.read_exactly(stream))
    for name in (meant or shown).keys() - shown.keys():
        report("cardfs", name, meant[name], None, failures)
    meant = {name: (meant or shown)[name] for name in shown}
    compare_yaml(stream, meant, available, failures)
    compare_json(show(cardfs, store, "--json"), meant, available, failures)
    return len(meant), failures


def check_random(cardfs, count, seed, available):
    with tempfile.TemporaryDirectory() as store:
        meant, text = random_cards(count, seed)
        with open(os.path.join(store, "cards.yaml"), "w", encoding="utf-8") as file:
            file.write(text)
        return check(cardfs, store, meant, available)


def missing_readers():
    missing = ["node yaml 1.1", "node yaml 1.2"] if not readers.has_node() else []
    return missing if shutil.which("jq") else [*missing, "jq"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cardfs", default="build/bin/cardfs")
    parser.add_argument("--count", type=int, default=200, help="how many random cards")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("stores", nargs="*")
    options = parser.parse_args()

    sys.setrecursionlimit(10000)
    missing = missing_readers()
    known = readers.READERS + json_readers.READERS
    available = {reader[0] for reader in known} - set(missing)
    checks = [check(options.cardfs, store, None, available) for store in options.stores]
    if not options.stores:
        checks.append(check_random(options.cardfs, options.count, options.seed, available))

    cards = sum(count for count, _ in checks)
    failed = sum(len(failures) for _, failures in checks)
    suffix = f"; not installed: {', '.join(missing)}" if missing else ""
    print(f"{cards} cards, {failed} differences{suffix}")
    sys.exit(failed > 0 or cards == 0)


if __name__ == "__main__":
    main()
