"""Typed values as JSON, in the notation of the cases: what JSON lacks is {"$float": "inf"},
{"$date": …}, {"$datetime": …}, {"$bytes": base64}, {"$set": […]}, {"$omap": [[key, value]…]},
{"$map": [[key, value]…]} where not every key is a string, {"$tuple": […]} and {"$cycle": levels}.
"""

import base64
import datetime
import json
import math


def encode(value, outer=()):
    """The value that a YAML reader returned. outer: the identities of what it stands in."""
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else {"$float": repr(value)}
    if isinstance(value, str):
        return str(value)
    if isinstance(value, datetime.datetime):
        return {"$datetime": value.isoformat()}
    if isinstance(value, datetime.date):
        return {"$date": value.isoformat()}
    if isinstance(value, (bytes, bytearray)):
        return {"$bytes": base64.b64encode(bytes(value)).decode()}
    if id(value) in outer:
        return {"$cycle": len(outer) - outer.index(id(value))}
    return encode_container(value, (*outer, id(value)))


def encode_container(value, outer):
    if isinstance(value, (set, frozenset)):
        return {"$set": [encode(item, outer) for item in value]}
    if isinstance(value, tuple):
        return {"$tuple": [encode(item, outer) for item in value]}
    if isinstance(value, list):
        return [encode(item, outer) for item in value]
    pairs = [[encode(key, outer), encode(item, outer)] for key, item in value.items()]
    if type(value).__name__ in ("ordereddict", "OrderedDict"):
        return {"$omap": pairs}
    return encode_mapping(pairs)


def encode_mapping(pairs):
    if all(isinstance(key, str) and not key.startswith("$") for key, _ in pairs):
        return dict(pairs)
    return {"$map": pairs}


def pairs_of(encoded):
    """The pairs of an encoded mapping."""
    return encoded["$map"] if "$map" in encoded else [[key, item] for key, item in encoded.items()]


def canonical(encoded):
    """Of equal values the same, and of others another: hashable, with the order of keys kept."""
    if isinstance(encoded, list):
        return ("seq", *map(canonical, encoded))
    if not isinstance(encoded, dict):
        return (type(encoded).__name__, repr(encoded))
    kind = next(iter(encoded), "")
    content = encoded.get(kind)
    if kind == "$set":
        return ("set", *sorted(map(canonical, content)))
    if kind in ("$omap", "$map"):
        return (kind[1:], *((canonical(key), canonical(item)) for key, item in content))
    if kind == "$tuple":
        return canonical(content)
    if kind.startswith("$"):
        return (kind, content)
    return ("map", *((canonical(key), canonical(item)) for key, item in encoded.items()))


def unordered(value):
    """A canonical value without the order of the keys of its mappings."""
    if not isinstance(value, tuple):
        return value
    parts = [unordered(part) for part in value[1:]]
    if value[:1] == ("map",):
        parts.sort()
    return (value[0] if not isinstance(value[0], tuple) else unordered(value[0]), *parts)


def show(encoded, limit=300):
    text = json.dumps(encoded, ensure_ascii=False)
    return text if len(text) <= limit else text[:limit] + "…"
