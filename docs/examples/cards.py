#!/usr/bin/env python3
"""fairseq2 asset cards in Python through libcardfs, with nothing but ctypes.

    cards.py NAME[@ENVIRONMENT] [FIELD]

prints a card as JSON, and where its checkpoint (or FIELD) is. As a module:

    with cards.Stores("env=lab", "store=/srv/cards") as stores:
        card = stores.resolve("llama3_2_1b")
        card["model_family"], card.locate("checkpoint")
"""

import ctypes
import datetime
import json
import sys
from collections.abc import Mapping

NOT_FOUND, BROKEN = 4, 7  # of enum cardfs_error_kind
STATES = ("local", "missing", "cached", "remote", "gated")


def _load(path="libcardfs.so.0"):
    library = ctypes.CDLL(path)
    pointer, string, size = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t
    sizes, pointers = ctypes.POINTER(size), ctypes.POINTER(pointer)
    # The result, and the arguments, of each function that is used here.
    functions = {
        "error_kind": (ctypes.c_int, pointer),
        "error_message": (string, pointer),
        "error_free": (None, pointer),
        "options_create": (pointer, pointers),
        "options_load": (ctypes.c_bool, pointer, pointers),
        "options_set": (ctypes.c_bool, pointer, string, pointers),
        "options_free": (None, pointer),
        "list_count": (size, pointer),
        "list_item": (pointer, pointer, size, sizes),
        "list_free": (None, pointer),
        "open": (pointer, pointer, pointers),
        "reload": (ctypes.c_bool, pointer, pointers),
        "names": (pointer, pointer, pointers),
        "find": (pointer, pointer, ctypes.POINTER(string), size, pointers),
        "problems": (pointer, pointer, pointers),
        "close": (None, pointer),
        "resolve": (pointer, pointer, string, pointers),
        "card_json": (pointer, pointer, sizes, pointers),
        "card_value": (pointer, pointer),
        "card_free": (None, pointer),
        "text_free": (None, pointer),
        "value_type": (ctypes.c_int, pointer),
        "value_boolean": (ctypes.c_bool, pointer),
        "value_number": (ctypes.c_double, pointer),
        "value_text": (pointer, pointer, sizes),
        "value_count": (size, pointer),
        "value_item": (pointer, pointer, size),
        "value_key": (pointer, pointer, size),
        "locate": (pointer, pointer, string, pointers),
        "location_path": (string, pointer),
        "location_state": (ctypes.c_int, pointer),
        "location_free": (None, pointer),
    }
    for name, (result, *arguments) in functions.items():
        function = getattr(library, "cardfs_" + name)
        function.restype, function.argtypes = result, arguments
    return library


_library = _load()


class Error(Exception):
    """What libcardfs says went wrong; kind is one of enum cardfs_error_kind."""

    def __init__(self, kind, message):
        super().__init__(message)
        self.kind = kind


def _call(name, *arguments):
    """Calls a function that can fail."""
    error = ctypes.c_void_p()
    result = getattr(_library, "cardfs_" + name)(*arguments, ctypes.byref(error))
    if error:
        kind = _library.cardfs_error_kind(error)
        message = _library.cardfs_error_message(error).decode(errors="replace")
        _library.cardfs_error_free(error)
        if kind == NOT_FOUND:
            raise KeyError(message)
        raise Error(kind, message)
    return result


def _bytes(function, *arguments):
    length = ctypes.c_size_t()
    start = function(*arguments, ctypes.byref(length))
    return ctypes.string_at(start, length.value)


def _strings(items):
    try:
        count = _library.cardfs_list_count(items)
        return [_bytes(_library.cardfs_list_item, items, i).decode() for i in range(count)]
    finally:
        _library.cardfs_list_free(items)


def _items(value, item=_library.cardfs_value_item):
    return [_python(item(value, i)) for i in range(_library.cardfs_value_count(value))]


def _keys(value):
    keys = _items(value, _library.cardfs_value_key)
    return [tuple(key) if isinstance(key, list) else key for key in keys]


def _text(value):
    return _bytes(_library.cardfs_value_text, value).decode()


# By enum cardfs_value_type.
_converters = (
    lambda value: None,
    _library.cardfs_value_boolean,
    lambda value: int(_text(value)),
    _library.cardfs_value_number,
    _text,
    lambda value: datetime.date.fromisoformat(_text(value)),
    _text,
    lambda value: _bytes(_library.cardfs_value_text, value),
    _items,
    lambda value: dict(zip(_keys(value), _items(value))),
    lambda value: set(_keys(value)),
    lambda value: dict(zip(_keys(value), _items(value))),
    lambda value: list(zip(_keys(value), _items(value))),
)


def _python(value):
    return _converters[_library.cardfs_value_type(value)](value)


class Card(Mapping):
    """A resolved card: a mapping of its fields to Python's values."""

    def __init__(self, stores, request):
        self._stores = stores
        self._card = _call("resolve", stores._stores, request.encode())
        self._fields = _python(_library.cardfs_card_value(self._card))

    def __del__(self):
        if getattr(self, "_card", None):
            _library.cardfs_card_free(self._card)

    def __getitem__(self, name):
        return self._fields[name]

    def __iter__(self):
        return iter(self._fields)

    def __len__(self):
        return len(self._fields)

    def locate(self, field="checkpoint"):
        """Where a locator leads, and whether that is there: one of STATES."""
        location = _call("locate", self._card, field.encode())
        try:
            path = _library.cardfs_location_path(location).decode(errors="surrogateescape")
            return path, STATES[_library.cardfs_location_state(location)]
        finally:
            _library.cardfs_location_free(location)

    def json(self):
        """The card as cardfs show --json prints it."""
        length, error = ctypes.c_size_t(), ctypes.c_void_p()
        text = _library.cardfs_card_json(self._card, ctypes.byref(length), ctypes.byref(error))
        if not text:
            raise MemoryError
        try:
            return ctypes.string_at(text, length.value).decode()
        finally:
            _library.cardfs_text_free(text)


class Stores:
    """The stores that cardfs itself opens, with further options of mounts: "env=lab"."""

    def __init__(self, *options, configured=True):
        chosen = _call("options_create")
        try:
            if configured:
                _call("options_load", chosen)
            for option in options:
                _call("options_set", chosen, option.encode())
            self._stores = _call("open", chosen)
        finally:
            _library.cardfs_options_free(chosen)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Cards that were resolved stay usable."""
        _library.cardfs_close(self._stores)
        self._stores = None

    def reload(self):
        """Reads again what changed."""
        _call("reload", self._stores)

    def names(self):
        """The names of all assets."""
        return _strings(_call("names", self._stores))

    def find(self, *conditions):
        """The names of those that meet every condition: "model_family=llama"."""
        array = (ctypes.c_char_p * len(conditions))(*(text.encode() for text in conditions))
        return _strings(_call("find", self._stores, array, len(conditions)))

    def problems(self):
        """What is wrong with the stores' files, a line each."""
        return _strings(_call("problems", self._stores))

    def resolve(self, request):
        """The card of NAME or NAME@ENVIRONMENT; KeyError where there is none."""
        return Card(self, request)


def main(request, field="checkpoint"):
    with Stores() as stores:
        card = stores.resolve(request)
    print(card.json(), end="")
    if field in card:
        print("%s: %s (%s)" % (field, *card.locate(field)))


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    try:
        main(*sys.argv[1:])
    except (KeyError, Error) as error:
        sys.exit("cards.py: %s" % error.args[0])
