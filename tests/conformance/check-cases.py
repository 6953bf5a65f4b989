#!/usr/bin/python3
"""cardfs shows of card stores what is expected of it, and what fairseq2 itself answered.

    check-cases.py [--cardfs PATH] [--lenient FILE] [--only TEXT] [--verbose] [CASES...]
    check-cases.py --update [--only TEXT] [CASES...]

CASES is a directory or a tar archive; without any, those in cases/ beside this file. A case is a
directory with input/, which holds the stores, and expect.json:

    job     stores (in order), env, gets (names to look up), setenv (environment variables)
    result  error (what is wrong in the stores, or null), assets and gets: each with its name and
            error, or fields, config (what the overrides make of an empty configuration), uri (of
            locators), base_path (of relative ones)

@STORE@ stands for the directory input/. Where an expectation has no assets, as fairseq2 rejects a
store that has a faulty file, the rest of the store has to be as the model in support/ has it. The
model has to agree with every expectation. --update writes what the model says into expect.json, to
be read before it is committed. FILE lists cases, one a line, which only have to end cleanly.
"""

import argparse
import json
import os
import pathlib
import sys
import tarfile
import tempfile

sys.dont_write_bytecode = True

from support import compare, model, program
from support.values import canonical, pairs_of, show

HERE = pathlib.Path(__file__).resolve().parent
STORE_MARK = "@STORE@"


class Case:
    def __init__(self, name, root):
        self.name = name
        self.root = root
        self.store = str(root / "input")
        with open(root / "expect.json", encoding="utf-8") as file:
            self.content = json.load(file)
        job = self.content["job"]
        self.locations = [str(root / store) for store in job["stores"]]
        self.environment = job.get("env")
        self.requests = job.get("gets", [])
        self.variables = job.get("setenv", {})

    def wanted(self):
        return compare.replace_text(self.content["result"], STORE_MARK, self.store)

    def modelled(self):
        return model.answer(self.locations, self.environment, self.requests, self.variables)

    def cardfs(self, path):
        return program.Cardfs(path, self.locations, self.environment, self.variables)


def is_missing(asset):
    return asset is None or bool(asset["error"])


def compare_asset(want, got, variables):
    """Differences between an expected asset, or None, and a document that cardfs shows, or None."""
    if is_missing(want):
        return [] if got is None else ["shown, but it is broken or does not exist"]
    return ["not shown"] if got is None else compare.compare_card(want, got, variables)


def prefix(name, differences):
    return [f"{name!r}: {difference}" for difference in differences]


def check_status(case, want, answer):
    is_faulty = bool(want["error"]) or any(asset["error"] for asset in want["assets"])
    if answer.status != int(is_faulty):
        return [f"exit status {answer.status}, and want {int(is_faulty)}: {answer.errors[:300]}"]
    if is_faulty and not answer.errors.strip():
        return ["a fault in the store, and nothing on standard error"]
    return []


def check_assets(case, want, cardfs):
    answer, documents = cardfs.show_all()
    different = check_status(case, want, answer)
    wanted = {asset["name"]: asset for asset in want["assets"]}
    for name in sorted(wanted.keys() | documents.keys()):
        found = compare_asset(wanted.get(name), documents.get(name), case.variables)
        different += prefix(name, found)
    return different


def check_requests(case, want, cardfs):
    requests = [request for request in case.requests if "\0" not in request]  # no argument holds one
    if not requests:
        return []
    answer, documents = cardfs.show(requests)
    wanted = {request: want["gets"].get(request) for request in requests}
    shown = [request for request in requests if not is_missing(wanted[request])]
    if len(shown) != len(documents):
        return [f"of {requests} want {shown}, got {len(documents)}: {answer.errors[:300]}"]
    different = []
    for request, document in zip(shown, documents):
        found = compare.compare_card(wanted[request], document, case.variables)
        different += prefix(request, found)
    if len(shown) < len(requests) and answer.status == 0:
        different.append(f"of {requests} some do not exist, but the exit status is 0")
    return different


def check_check(want, cardfs):
    """`cardfs check` finds the same faults: where they are, and in which assets."""
    answer = cardfs.run("check", "--json")
    errors = [problem for problem in answer.problems() if problem["severity"] == "error"]
    different = [f"no file: {problem}" for problem in errors if not problem["file"]]
    broken = {asset["name"] for asset in want["assets"] if asset["error"]}
    silent = broken - {problem["asset"] for problem in errors}
    if silent:
        different.append(f"check says nothing of {sorted(silent)}")
    if want["error"] and not errors:
        different.append("check finds nothing wrong")
    return different


def compare_models(want, got):
    """Differences between an expectation and what the model says, which check the model."""
    different = []
    if want["error"] and not got["error"]:
        different.append(f"finds nothing wrong: {want['error']}")
    pairs = [(asset["name"], asset) for asset in want.get("assets") or []]
    pairs += (want.get("gets") or {}).items()
    found = {asset["name"]: asset for asset in got["assets"]} | got["gets"]
    for name, asset in pairs:
        different += prefix(name, compare_modelled(asset, found.get(name)))
    return different


def compare_modelled(want, got):
    if is_missing(want) or is_missing(got):
        return [] if is_missing(want) == is_missing(got) else [f"want {show(want)}, got {show(got)}"]
    parts = ["uri", "base_path"] + ["chain"] * ("chain" in want)
    different = [
        f"{part}: want {show(want[part])}, got {show(got[part])}"
        for part in parts
        if not contains(got[part], want[part])
    ]
    if comparable_fields(want) != comparable_fields(got):
        different.append(f"fields: want {show(want['fields'])}, got {show(got['fields'])}")
    for key, value in want["config"].items():
        made = got["config"].get(key)
        is_error = [isinstance(part, dict) and "$error" in part for part in (value, made)]
        if not all(is_error) and not compare.is_same(value, made, with_order=False):
            different.append(f"{key}: want {show(value)}, got {show(made)}")
    return different


def contains(got, want):
    """The cases know no URI of char_tokenizer."""
    return want.items() <= got.items() if isinstance(want, dict) else got == want


def comparable_fields(asset):
    pairs = [pair for pair in pairs_of(asset["fields"]) if pair[0] != "base" and not compare.is_private(pair[0])]
    return canonical({"$map": pairs})


def check(case, path, is_lenient):
    """What is wrong with the answers of cardfs, as sentences."""
    cardfs = case.cardfs(path)
    if is_lenient:
        cardfs.run("show", "--all")
        return []
    want = case.wanted()
    modelled = case.modelled()
    different = [f"the model: {difference}" for difference in compare_models(want, modelled)]
    if want.get("assets") is None:
        want |= {"assets": modelled["assets"], "gets": modelled["gets"]}
    different += check_assets(case, want, cardfs)
    different += check_requests(case, want, cardfs)
    return different + check_check(want, cardfs)


def update(case):
    """Writes what the model says into the case."""
    content = {"job": case.content["job"], "result": compare.replace_text(case.modelled(), case.store, STORE_MARK)}
    with open(case.root / "expect.json", "w", encoding="utf-8") as file:
        json.dump(content, file, ensure_ascii=False, indent="\t")
        file.write("\n")


def unpack(source, scratch):
    """The directory of the cases in source, which is one or an archive of one."""
    if source.is_dir():
        return source.resolve()
    directory = scratch / source.name
    with tarfile.open(source) as archive:
        archive.extractall(directory)
    return directory


def find_cases(source, scratch, wanted):
    top = unpack(source, scratch)
    names = sorted(str(path.parent.relative_to(top)) for path in top.glob("**/expect.json"))
    return [Case(name, top / name) for name in names if wanted in name]


def read_lenient(path):
    if path is None:
        return set()
    lines = path.read_text(encoding="utf-8").splitlines()
    return {line.partition("#")[0].strip() for line in lines} - {""}


def report(case, different, is_verbose):
    print(f"FAILED: {case.name}")
    for difference in different if is_verbose else different[:2]:
        print(f"    {difference}")
    if len(different) > 2 and not is_verbose:
        print(f"    and {len(different) - 2} more")


def run(case, arguments, lenient):
    try:
        return check(case, arguments.cardfs, case.name in lenient)
    except Exception as fault:  # one case must not hide the others
        return [f"{type(fault).__name__}: {fault}"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cardfs", default="cardfs")
    parser.add_argument("--lenient", type=pathlib.Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--update", action="store_true")
    parser.add_argument("cases", nargs="*", type=pathlib.Path, default=[HERE / "cases"])
    arguments = parser.parse_args()
    lenient = read_lenient(arguments.lenient)
    failed = 0
    with tempfile.TemporaryDirectory() as scratch:
        cases = [
            case
            for source in arguments.cases
            for case in find_cases(source, pathlib.Path(scratch), arguments.only)
        ]
        for case in cases:
            if arguments.update:
                update(case)
                continue
            different = run(case, arguments, lenient)
            if different:
                failed += 1
                report(case, different, arguments.verbose)
    if not arguments.update:
        print(f"{len(cases) - failed} passed, {failed} failed")
    return failed > 0 or not cases


if __name__ == "__main__":
    sys.exit(main())
