"""What stores of cards mean: docs/semantics.md once more, in Python and without a look at the C.

It reads with ruamel.yaml, parses locators with urllib and joins paths with pathlib, as fairseq2
does, and where cardfs composes the overrides of a chain into one, it merges them one by one.
"""

import copy
import hashlib
import os
import pathlib
import re
from urllib.parse import unquote, urlparse, urlunparse

from . import yaml_reader
from .values import encode, encode_mapping

CHAIN_LIMIT = 1000
VARIABLE = re.compile(r"\$\{env:([A-Za-z_][A-Za-z0-9_]*)(?::([^}]*))?\}")
CONFIGURATIONS = {
    f"{kind}_config{ending}"
    for kind in ("model", "tokenizer", "dataset")
    for ending in ("", "_override", "_overrides")
}
NO_CARD = {"type": "Missing", "message": "there is no such card"}
LOCATORS = {"checkpoint", "tokenizer", "char_tokenizer", "data"}


class Broken(Exception):
    """A card that cannot be resolved."""


class Unmergeable(Exception):
    """A configuration override with a directive of the wrong type."""


class Document:
    """One card as its file has it."""

    def __init__(self, name, environment, base, has_base, fields, directory):
        self.name = name
        self.environment = environment
        self.base = base
        self.has_base = has_base
        self.fields = fields
        self.directory = directory
        self.fault = None


def parse_name(text):
    """(name, environment), or None."""
    name, *environments = [part.strip() for part in text.split("@")]
    if not name or len(environments) > 1:
        return None
    return name, "".join(environments)


def make_document(content, directory):
    """The card in a document's content. Raises ValueError where its name is no good."""
    if not isinstance(content, dict):
        raise ValueError("no mapping")
    fields = {key: value for key, value in content.items() if key not in ("name", "base")}
    name = content.get("name")
    parsed = parse_name(name) if isinstance(name, str) else None
    if parsed is None:
        raise ValueError("no name")
    base = content.get("base")
    document = Document(*parsed, base, "base" in content, fields, directory)
    if base is not None:
        document.base = base.strip() if isinstance(base, str) else ""
        if not document.base or "@" in base:
            document.fault = "the base is no name"
    if "$cycle" in str(encode_mapping([[encode(key), encode(value)] for key, value in fields.items()])):
        raise ValueError("a value contains itself")
    return document


def is_card_file(name):
    return pathlib.PurePath(name).suffix in (".yaml", ".yml")


def list_files(location):
    """(path, directory of its relative locators) of each card file of a store.

    Links to directories are not followed. Where the store is a link to a file, the file counts.
    """
    if not os.path.isdir(location):
        return [(location, os.path.dirname(os.path.realpath(location)))]
    found = []
    for directory, directories, names in os.walk(location):
        links = [name for name in directories if os.path.islink(os.path.join(directory, name))]
        found += [os.path.join(directory, name) for name in names + links if is_card_file(name)]
    return [(path, os.path.dirname(path)) for path in sorted(found) if not is_dangling_link(path)]


def is_dangling_link(path):
    """fairseq2 takes a link to nothing for a file that has just been removed."""
    try:
        os.stat(path)
    except FileNotFoundError:
        return True
    except OSError:
        pass
    return False


class Catalog:
    """The documents of some stores, by name and environment, and what is wrong with the rest."""

    def __init__(self, locations):
        self.documents = {}
        self.faults = []  # (file, what is wrong), for each document that is left out
        self.conflicts = set()  # names
        for location in locations:
            for path, directory in list_files(location):
                self.read_file(path, directory)

    def read_file(self, path, directory):
        try:
            with open(path, "rb") as file:
                content = file.read()
            text = content.decode("utf-8").removeprefix("\ufeff")
        except (OSError, UnicodeDecodeError) as fault:
            self.faults.append((path, fault))
            return
        for content in yaml_reader.read_documents(text):
            self.add(path, directory, content)

    def add(self, path, directory, content):
        try:
            if isinstance(content, Exception):
                raise content
            document = make_document(content, directory)
        except Exception as fault:  # the YAML reader raises what its parts raise
            self.faults.append((path, fault))
            return
        key = (document.name, document.environment)
        if key in self.documents:
            self.conflicts.add(document.name)
        self.documents.setdefault(key, document)

    def names(self):
        return sorted(name for name, environment in self.documents if not environment)

    def orphans(self):
        return sorted(key for key in self.documents if (key[0], "") not in self.documents)

    def has_problems(self):
        return bool(self.faults or self.conflicts or self.orphans() or self.faulty_documents())

    def faulty_documents(self):
        return [document for document in self.documents.values() if document.fault]

    def resolve(self, name, environments):
        """The card of that name, or None where there is none. Raises Broken."""
        if (name, "") not in self.documents:
            return None
        links = []
        while name:
            if name in (link.name for link in links):
                raise Broken(f"the bases of {links[0].name} go in a circle")
            if len(links) == CHAIN_LIMIT:
                raise Broken("the chain is too long")
            links.append(self.make_link(name, environments))
            name = links[-1].base
        return Card(links)

    def make_link(self, name, environments):
        own = self.documents.get((name, ""))
        if own is None or name in self.conflicts:
            raise Broken(f"{name} does not exist or is defined twice")
        laid_over = (self.documents.get((name, environment)) for environment in environments if environment)
        over = next((document for document in laid_over if document is not None), None)
        documents = [document for document in (own, over) if document is not None]
        for document in documents:
            if document.fault:
                raise Broken(document.fault)
        return Link(name, documents)


def requested(request, in_force):
    """(name, environments) that "NAME", "NAME@ENVIRONMENT" or "NAME@" asks for."""
    name, at, environment = request.partition("@")
    return name.strip(), [environment.strip()] if at else in_force


def environments_in_force(environment):
    return ["user"] + [name for name in [(environment or "").strip()] if name]


class Link:
    """One card of a chain: its own document with the environment's laid over it."""

    def __init__(self, name, documents):
        self.name = name
        self.fields = {}
        for document in documents:
            self.fields.update(document.fields)
        deciding = [document for document in documents if document.has_base]
        self.base = deciding[-1].base if deciding else None
        self.directory = documents[-1].directory


class Card:
    """A resolved card. fields: the nearest value of each, own fields first."""

    def __init__(self, links):
        self.name = links[0].name
        self.chain = [link.name for link in links]
        self.base = links[0].base
        self.directory = links[0].directory
        self.fields = {}
        for link in links:
            for key, value in link.fields.items():
                self.fields.setdefault(key, value)
        self.overrides = {
            key: [link.fields[key] for link in reversed(links) if key in link.fields]
            for key in self.fields
            if key in CONFIGURATIONS
        }

    def configure(self, key, configuration):
        """What the overrides of the chain, merged one by one, make of a configuration."""
        for override in self.overrides[key]:
            if override is not None:
                configuration = merge(configuration, override)
        return configuration


def merge(configuration, override):
    """The configuration with one override merged into it. Raises Unmergeable."""
    if not isinstance(override, dict):
        return override
    deleted = directive(override, "_del_", list)
    replaced = directive(override, "_set_", dict)
    if not all(isinstance(key, str) for key in [*deleted, *replaced]):
        raise Unmergeable("a key is no string")
    merged = dict(configuration) if isinstance(configuration, dict) else {}
    for key in deleted:
        merged.pop(key, None)
    for key, value in override.items():
        if key not in ("_del_", "_set_"):
            merged[key] = merge(merged.get(key), value)
    merged.update(replaced)
    return copy.deepcopy(merged)


def directive(override, key, kind):
    value = override.get(key)
    if value is None:
        return kind()
    if not isinstance(value, kind):
        raise Unmergeable(f"{key} is no {kind.__name__}")
    return value


def substitute(value, variables):
    """A configuration with ${env:VARIABLE} and ${env:VARIABLE:DEFAULT} replaced, as it is loaded."""
    if isinstance(value, str):
        return VARIABLE.sub(lambda match: variables.get(match[1], match[2] or ""), value)
    if isinstance(value, dict):
        return {key: substitute(item, variables) for key, item in value.items()}
    if isinstance(value, list):
        return [substitute(item, variables) for item in value]
    return value


def parse_uri(text):
    """The URI that a locator is, or None for a path."""
    try:
        uri = urlparse(text)
    except ValueError:
        return None
    return uri if uri.scheme else None


def uri_of(locator, directory):
    """The locator as fairseq2 makes a URI of it."""
    uri = parse_uri(locator)
    if uri is None:
        uri = urlparse(pathlib.Path(directory, locator).as_uri())
    return urlunparse(uri)


def target_of(locator, directory):
    """Where a locator in a directory points: a path, or a URI as it is written."""
    return locator if parse_uri(locator) is not None else str(pathlib.Path(directory, locator))


def cache_directory(uri):
    return hashlib.sha1(uri.encode()).hexdigest()[:24]


def path_of_uri(uri):
    """The path that a file: URI names, percent-decoded."""
    return unquote(uri.removeprefix("file://"))


# ---- answers in the notation of the cases ----


def answer(locations, environment, requests, variables):
    """The result of a case, as fairseq2 would have given it had it served what it can."""
    catalog = Catalog(locations)
    in_force = environments_in_force(environment)
    orphans = [name for name, _ in catalog.orphans()]
    names = sorted({*catalog.names(), *orphans})
    return {
        "error": describe_faults(catalog),
        "assets": [describe(catalog, name, in_force, variables) for name in names],
        "gets": {request: get(catalog, request, in_force, variables) for request in requests},
    }


def describe_faults(catalog):
    if not catalog.has_problems():
        return None
    files = sorted({os.path.basename(file) for file, _ in catalog.faults})
    return {"type": "Faults", "message": ", ".join(files)}


def get(catalog, request, in_force, variables):
    asset = describe(catalog, *requested(request, in_force), variables)
    return None if asset["error"] == NO_CARD else asset


def describe(catalog, name, environments, variables):
    try:
        card = catalog.resolve(name, environments)
    except Broken as fault:
        return {"name": name, "error": {"type": "Broken", "message": str(fault)}}
    if card is None:
        return {"name": name, "error": NO_CARD}
    locators = {
        key: card.fields[key]
        for key in sorted(LOCATORS)
        if isinstance(card.fields.get(key), str)
    }
    return {
        "name": name,
        "error": None,
        "chain": card.chain,
        "fields": encode_mapping([[encode(key), encode(value)] for key, value in card.fields.items()]),
        "base_path": card.directory,
        "uri": {key: uri_of(locator, card.directory) for key, locator in locators.items()},
        "config": {key: describe_configuration(card, key, variables) for key in sorted(card.overrides)},
    }


def describe_configuration(card, key, variables):
    try:
        return encode(substitute(card.configure(key, {}), variables))
    except Unmergeable as fault:
        return {"$error": {"type": "TypeError", "message": str(fault)}}
