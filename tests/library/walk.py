#!/usr/bin/env python3
"""Holds the values that docs/examples/cards.py walks to the JSON of the same card: walk.py NAME..."""

import base64
import datetime
import json
import math
import sys

import cards


def as_json(value):
    """A value as docs/layout.md has JSON spell it, read back."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return {math.inf: ".inf", -math.inf: "-.inf"}.get(value, ".nan")
    if isinstance(value, dict):
        return {key: as_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_json(item) for item in value]
    if isinstance(value, set):
        return sorted(value)
    return value


def main(names):
    failed = 0
    with cards.Stores() as stores:
        assert set(names) <= set(stores.names())
        assert set(names) <= set(stores.find())
        for name in names:
            card = stores.resolve(name)
            walked, read = as_json(dict(card)), json.loads(card.json())
            if walked != read:
                failed += 1
                print("%s: %r, not %r" % (name, walked, read), file=sys.stderr)
        try:
            stores.resolve(names[0] + "@@")
        except cards.Error as error:
            failed += 1
            print("an odd request: %s" % error, file=sys.stderr)
        except KeyError:
            pass
    return 1 if failed or not names else 0


sys.exit(main(sys.argv[1:]))
