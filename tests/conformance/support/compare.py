"""Compares a card as cardfs shows it with what is expected of it, in the notation of the cases."""

import pathlib
import re

from . import model
from .values import canonical, encode, pairs_of, show, unordered

LIKE_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
# What a configuration may be that the composed overrides are merged into.
PLAIN_CONFIGURATIONS = [{}, "text", {"a": 1, "b": {"c": 2}}]


def is_same(want, got, with_order=True):
    want, got = canonical(want), canonical(got)
    return want == got if with_order else unordered(want) == unordered(got)


def compare_locator(want, directory, got):
    """A locator that is a URI stays as it is; a path becomes absolute.

    What begins like a URI and is none, as in http://[bad/x, is a path to fairseq2. cardfs takes it
    for one too, but writes it as it is.
    """
    target = model.target_of(want, directory)
    if LIKE_URI.match(want.strip()) and got == want:
        return []
    if model.parse_uri(want) is not None:
        return [] if got == target else [f"want the URI {target!r}, got {got!r}"]
    if not isinstance(got, str) or not got.startswith("/") or pathlib.Path(got) != pathlib.Path(target):
        return [f"want the path {target!r}, got {got!r}"]
    return []


def compare_configuration(want, got, variables):
    """Whether the composed override makes of an empty configuration what the chain makes of it."""
    if isinstance(want, dict) and "$error" in want:
        return []
    try:
        made = {} if got is None else model.merge({}, got)
    except model.Unmergeable as fault:
        return [f"cannot be merged: {fault}"]
    made = encode(model.substitute(made, variables))
    return [] if is_same(want, made, with_order=False) else [f"makes of {{}}: want {show(want)}, got {show(made)}"]


def compare_field(want, key, value, got, variables):
    if isinstance(key, str) and key in want["config"]:
        return compare_configuration(want["config"][key], got, variables)
    if isinstance(key, str) and isinstance(value, str) and key in want["uri"]:
        return compare_locator(value, want["base_path"], got)
    if is_same(value, encode(got)):
        return []
    return [f"want {show(value)}, got {show(encode(got))}"]


def is_private(key):
    """fairseq2 keeps notes of its own under such keys, and the cases leave them out."""
    return isinstance(key, str) and len(key) > 4 and key.startswith("__") and key.endswith("__")


def compare_keys(want, got):
    mine = [encode(key) for key in got if key != "name" and not is_private(key)]
    if [*map(canonical, mine)] == [*map(canonical, want)]:
        return []
    return [f"fields: want {show(want)}, got {show(mine)}"]


def compare_card(want, got, variables):
    """Differences between an expected asset and a document that cardfs shows, as sentences."""
    if next(iter(got)) != "name" or got["name"] != want["name"]:
        return [f"want the name {want['name']!r} first, got {show(encode(got))}"]
    pairs = [(key, value) for key, value in pairs_of(want["fields"]) if key not in ("base", "name") and not is_private(key)]
    different = compare_keys([key for key, _ in pairs], got)
    if different:
        return different
    by_key = {canonical(encode(key)): value for key, value in got.items()}
    for key, value in pairs:
        found = compare_field(want, key, value, by_key[canonical(key)], variables)
        different += [f"{key}: {difference}" for difference in found]
    return different


def compare_composition(card, got, configurations):
    """Whether each composed override does to any configuration what the card's chain does.

    No single override can do what a text and then a mapping do to a mapping that is there already:
    replace it by another. There an empty configuration is compared. The same holds below a key that
    is no string, so no configuration has one.
    """
    different = []
    for key, overrides in card.overrides.items():
        for configuration in [*PLAIN_CONFIGURATIONS, *configurations]:
            if not is_expressible(overrides, configuration):
                continue
            try:
                want = card.configure(key, configuration)
            except model.Unmergeable:
                break
            made = configuration if got[key] is None else model.merge(configuration, got[key])
            if not is_same(encode(want), encode(made), with_order=False):
                different.append(
                    f"{key} makes of {show(encode(configuration))}: want {show(encode(want))}, "
                    f"got {show(encode(made))}"
                )
                break
    return different


def is_expressible(overrides, configuration):
    """Whether one override can do to the configuration what these do one after another."""
    counting = [isinstance(override, dict) for override in overrides if override is not None]
    return configuration == {} or not isinstance(configuration, dict) or counting == sorted(counting, reverse=True)


def replace_text(value, old, new):
    """An expectation with one text replaced by another, in whatever stands in it."""
    if isinstance(value, str):
        return value.replace(old, new)
    if isinstance(value, list):
        return [replace_text(item, old, new) for item in value]
    if isinstance(value, dict):
        return {replace_text(key, old, new): replace_text(item, old, new) for key, item in value.items()}
    return value
