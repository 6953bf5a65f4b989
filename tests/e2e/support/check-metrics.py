#!/usr/bin/env python3
"""Holds standard input to the text format of Prometheus, version 0.0.4, as its own promtool does: each
metric has help and a type before its samples, all of which stand together; names, labels and values are well
formed; no sample is there twice; counters are named so; histograms rise, and end in +Inf with the count of
all. Prints what is wrong, and fails then."""
import re
import sys

NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"')
SAMPLE = re.compile(r"([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$")
TYPES = {"counter", "gauge", "histogram"}

faults = []


def fault(line, message):
    faults.append(f"line {line}: {message}")


def labels_of(number, text):
    labels = {}
    position = 0
    while position < len(text):
        match = LABEL.match(text, position)
        if not match:
            fault(number, f"labels cannot be read from: {text[position:]}")
            return labels
        if match[1] in labels:
            fault(number, f"the label {match[1]} is there twice")
        labels[match[1]] = match[2]
        position = match.end()
        if position < len(text):
            if text[position] != ",":
                fault(number, f"no comma before: {text[position:]}")
            position += 1
    return labels


def family_of(name, types):
    for suffix in ("_bucket", "_sum", "_count"):
        if name.endswith(suffix) and types.get(name.removesuffix(suffix)) == "histogram":
            return name.removesuffix(suffix)
    return name


def check_histogram(name, samples):
    series = {}
    for number, sample, labels, value in samples:
        key = tuple(sorted((k, v) for k, v in labels.items() if k != "le"))
        parts = series.setdefault(key, {"buckets": []})
        if sample.endswith("_bucket"):
            parts["buckets"].append((number, labels.get("le"), value))
        else:
            parts[sample.removeprefix(name)] = (number, value)
    for parts in series.values():
        if "_sum" not in parts or "_count" not in parts or not parts["buckets"]:
            fault(samples[0][0], f"{name} lacks buckets, a sum or a count")
            continue
        bounds = [float(bound) for _, bound, _ in parts["buckets"]]
        counts = [count for _, _, count in parts["buckets"]]
        number = parts["buckets"][0][0]
        if bounds != sorted(set(bounds)) or bounds[-1] != float("inf"):
            fault(number, f"the buckets of {name} do not rise to +Inf")
        if counts != sorted(counts):
            fault(number, f"the counts of {name} fall")
        if counts[-1] != parts["_count"][1]:
            fault(number, f"the last bucket of {name} is not its count")


def main():
    text = sys.stdin.buffer.read().decode("utf-8")
    if not text.endswith("\n"):
        fault(0, "the last line does not end")
    helped, types, samples, order, seen = set(), {}, {}, [], set()
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split(" ", 3)
        if words[:2] == ["#", "HELP"]:
            if len(words) < 4 or not NAME.fullmatch(words[2]) or words[2] in helped:
                fault(number, f"help is wrong: {line}")
            helped.add(words[2])
        elif words[:2] == ["#", "TYPE"]:
            if len(words) < 4 or words[3] not in TYPES or words[2] in types or words[2] in samples:
                fault(number, f"a type is wrong, or too late: {line}")
            types[words[2]] = words[3]
        else:
            match = SAMPLE.match(line)
            if not match:
                fault(number, f"is no sample: {line}")
                continue
            labels = labels_of(number, match[2] or "")
            try:
                value = float(match[3])
            except ValueError:
                fault(number, f"is no number: {match[3]}")
                continue
            name = family_of(match[1], types)
            key = (match[1], tuple(sorted(labels.items())))
            if key in seen:
                fault(number, f"is there twice: {line}")
            seen.add(key)
            if not order or order[-1] != name:
                if name in order:
                    fault(number, f"stands apart from the others of {name}")
                order.append(name)
            samples.setdefault(name, []).append((number, match[1], labels, value))
    for name, of_name in samples.items():
        number = of_name[0][0]
        if name not in helped or name not in types:
            fault(number, f"{name} lacks its help or type")
        elif types[name] == "histogram":
            check_histogram(name, of_name)
        elif (types[name] == "counter") != name.endswith("_total"):
            fault(number, f"{name} is a {types[name]} by its type, and not by its name")
        if types.get(name) in ("counter", "histogram") and any(value < 0 for *_, value in of_name):
            fault(number, f"{name} is below 0")
    if not samples:
        fault(0, "there are no samples")
    print("\n".join(faults), end="\n" if faults else "")
    return 1 if faults else 0


sys.exit(main())
