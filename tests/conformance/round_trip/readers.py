"""The YAML readers: what each makes of a stream of documents, and what it cannot tell apart."""

import base64
import datetime
import json
import os
import re
import shutil
import subprocess

import ruamel.yaml
import yaml

from round_trip.values import CONTAINERS, keys_of, map_parts, parts_of

HERE = os.path.dirname(os.path.abspath(__file__))
UTC = datetime.timezone.utc


def from_python(value, is_key=False):
    """The value that a Python YAML reader returned."""
    if isinstance(value, dict):
        kind = "omap" if type(value).__name__ in ("ordereddict", "OrderedDict") else "map"
        return [kind, [[from_python(key, True), from_python(item)] for key, item in value.items()]]
    if isinstance(value, (list, tuple)):
        if value and not is_key and all(isinstance(item, tuple) for item in value):
            return ["pairs", [[from_python(key, True), from_python(item)] for key, item in value]]
        return ["seq", [from_python(item, is_key) for item in value]]
    if isinstance(value, (set, frozenset)):
        return ["set", [from_python(item, True) for item in value]]
    if isinstance(value, datetime.datetime):
        return ["naive" if value.tzinfo is None else "zoned", value.isoformat()]
    if isinstance(value, datetime.date):
        return ["date", value.isoformat()]
    if isinstance(value, bytes):
        return ["bytes", base64.b64encode(value).decode()]
    if value is None or isinstance(value, bool):
        return ["null"] if value is None else ["bool", value]
    kind = {int: "int", float: "float", str: "str"}[type(value)]
    return [kind, value if kind == "str" else repr(value)]


def from_node(loader, node):
    """The value of a node of PyYAML's: with tags, and with keys that Python cannot hash."""
    kind = node.tag.rsplit(":", 1)[-1]
    if isinstance(node, yaml.ScalarNode):
        return from_python(loader.construct_object(node))
    if kind in ("omap", "pairs"):
        return [kind, [[from_node(loader, part) for part in item.value[0]] for item in node.value]]
    if kind == "set":
        return [kind, [from_node(loader, key) for key, _ in node.value]]
    if isinstance(node, yaml.MappingNode):
        return ["map", [[from_node(loader, part) for part in pair] for pair in node.value]]
    return ["seq", [from_node(loader, item) for item in node.value]]


def split_documents(stream):
    parts = re.split(r"(?m)^---(?:[ \t]*\n|$)", stream)
    return [part for part in parts if yaml.compose(part) is not None]


def read_exactly(stream):
    values = []
    for part in split_documents(stream):
        loader = yaml.SafeLoader(part)
        values.append(from_node(loader, loader.get_single_node()))
    return values


def read_each(load, stream):
    values = []
    for part in split_documents(stream):
        try:
            values.append(from_python(load(part)))
        except Exception as error:  # whatever a reader says is its answer
            values.append(["error", " ".join(str(error).split())[:200]])
    return values


def read_ruamel(stream):
    # A loader that failed is not fit for a second document.
    return read_each(lambda part: ruamel.yaml.YAML(typ="safe", pure=True).load(part), stream)


def read_pyyaml(stream):
    return read_each(yaml.safe_load, stream)


def node_program():
    return shutil.which("node", path="/usr/bin") or shutil.which("nodejs")


def node_environment():
    return os.environ | {"NODE_PATH": os.environ.get("NODE_PATH", "/usr/share/nodejs")}


def read_node(version):
    def read(stream):
        command = [node_program(), os.path.join(HERE, "read-yaml.js"), version]
        pipes = {"capture_output": True, "encoding": "utf-8"}
        answer = subprocess.run(command, input=stream, env=node_environment(), check=True, **pipes)
        values = [json.loads(line) for line in answer.stdout.split("\n") if line]
        return [normalize_node(value) for value in values if value != ["null"]]

    return read


def normalize_node(value):
    if value[0] == "float":
        return ["float", repr(float(value[1]))]
    return [value[0], map_parts(value, normalize_node)] if value[0] in CONTAINERS else value


def has_node():
    if not node_program():
        return False
    command = [node_program(), "-e", 'require("yaml")']
    return subprocess.run(command, capture_output=True, env=node_environment()).returncode == 0


def weaken(value, scalar, container):
    """The value with scalar applied to each scalar and container to each container, inside out."""
    if value[0] not in CONTAINERS:
        return scalar(value)
    return container([value[0], map_parts(value, lambda part: weaken(part, scalar, container))])


def sort_set(value):
    return ["set", sorted(value[1], key=json.dumps)] if value[0] == "set" else value


def instant(value):
    moment = datetime.datetime.fromisoformat(value[1])
    return (moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment).astimezone(UTC)


def as_ruamel(value):
    """Older ones turn a time with a zone into UTC, without one; pairs are tuples in a list."""

    def scalar(part):
        return ["time", instant(part).isoformat()] if part[0] in ("naive", "zoned") else part

    def container(part):
        return ["seq", []] if part == ["pairs", []] else sort_set(part)

    return weaken(value, scalar, container)


def as_pyyaml(value):
    """Ordered maps and pairs are tuples in a list."""

    def container(part):
        if part[0] in ("omap", "pairs"):
            return ["pairs", part[1]] if part[1] else ["seq", []]
        return sort_set(part)

    return weaken(value, lambda part: part, container)


def as_node(value):
    """Every date and time is an instant in milliseconds."""

    def scalar(part):
        if part[0] not in ("date", "naive", "zoned"):
            return part
        moment = instant(part).replace(tzinfo=None)
        return ["time", moment.isoformat(timespec="milliseconds") + "Z"]

    return weaken(value, scalar, lambda part: part)


def is_held_by_node(value):
    """It takes the minutes of a zone within half an hour of UTC for hours."""
    if value[0] == "zoned":
        offset = abs(datetime.datetime.fromisoformat(value[1]).utcoffset())
        return not datetime.timedelta(0) < offset < datetime.timedelta(minutes=30)
    return all(map(is_held_by_node, parts_of(value)))


def is_held_by_ruamel(value):
    """A key is a scalar, or a list of scalars where it is no ordered map's."""

    def is_hashable(key):
        if key[0] not in CONTAINERS:
            return True
        is_flat = not any(part[0] in CONTAINERS for part in parts_of(key))
        return key[0] == "seq" and is_flat and value[0] != "omap"

    held = value[0] == "pairs" or all(map(is_hashable, keys_of(value)))
    return held and all(map(is_held_by_ruamel, parts_of(value)))


def is_held_by_pyyaml(value):
    """A key of a mapping or set is a scalar."""
    held = value[0] in ("omap", "pairs") or not any(key[0] in CONTAINERS for key in keys_of(value))
    return held and all(map(is_held_by_pyyaml, parts_of(value)))


READERS = [
    ("ruamel.yaml", read_ruamel, as_ruamel, is_held_by_ruamel),
    ("PyYAML", read_pyyaml, as_pyyaml, is_held_by_pyyaml),
    ("node yaml 1.1", read_node("1.1"), as_node, is_held_by_node),
    ("node yaml 1.2", read_node("1.2"), as_node, is_held_by_node),
]
