"""The JSON readers, and what JSON is to hold for a value."""

import json
import subprocess

from round_trip.values import PAIRED

SPECIAL_FLOATS = {"inf": ".inf", "-inf": "-.inf", "nan": ".nan"}


def key_in_json(key):
    """A key as YAML has it on one line."""
    kind = key[0]
    if kind == "seq":
        return "[" + ", ".join(map(key_in_json, key[1])) + "]"
    if kind in ("null", "bool"):
        return json.dumps(key[1] if kind == "bool" else None)
    if kind == "float":
        return SPECIAL_FLOATS.get(key[1], key[1])
    if kind == "bytes":
        return f"!!binary {key[1]}" if key[1] else '!!binary ""'
    return key[1].replace("T", " ") if kind == "naive" else key[1]


def in_json(value):
    """The value as json.loads is to return it, objects as lists of pairs."""
    kind = value[0]
    if kind in ("map", "omap"):
        keys = [key_in_json(key) for key, _ in value[1]]
        if len(set(keys)) == len(keys):
            return {"object": [[key, in_json(item)] for key, (_, item) in zip(keys, value[1])]}
    if kind in PAIRED:
        return [[in_json(key), in_json(item)] for key, item in value[1]]
    if kind in ("seq", "set"):
        return [in_json(item) for item in value[1]]
    if kind == "int":
        return int(value[1])
    if kind == "float":
        return SPECIAL_FLOATS.get(value[1], float(value[1]))
    return value[1] if len(value) > 1 else None


def object_of(pairs):
    return {"object": [list(pair) for pair in pairs]}


def read_json(stream):
    decoder = json.JSONDecoder(object_pairs_hook=object_of)
    values = []
    stream = stream.lstrip()
    while stream:
        value, end = decoder.raw_decode(stream)
        values.append(value)
        stream = stream[end:].lstrip()
    return values


def read_jq(stream):
    """jq has doubles for numbers and knows no zero below zero."""
    pipes = {"capture_output": True, "encoding": "utf-8"}
    answer = subprocess.run(["jq", "-c", "."], input=stream, check=True, **pipes)
    return read_json(answer.stdout)


def as_jq(value):
    if isinstance(value, dict):
        return {"object": [[key, as_jq(item)] for key, item in value["object"]]}
    if isinstance(value, list):
        return [as_jq(item) for item in value]
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return f"{float(value) + 0.0:.14e}" if is_number else value


READERS = [("json", read_json, lambda value: value), ("jq", read_jq, as_jq)]
