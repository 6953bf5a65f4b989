#!/usr/bin/python3
"""Writes tests/data/scalars.tsv: what ruamel.yaml's safe loader, which fairseq2 reads cards with,
makes of many scalars. Run it from the top of the repository after a change here:

    python3 tests/data/make-scalars.py > tests/data/scalars.tsv

A row: the YAML versions that it holds for, the scalar as it stands behind "k: ", the type, the value.
Values: floats as Python writes them, binary in hexadecimal, dates as ISO 8601 has them.
"""

import datetime
import io
import itertools
import warnings

import ruamel.yaml
from ruamel.yaml.constructor import SafeConstructor
from ruamel.yaml.util import create_timestamp, timestamp_regexp

warnings.simplefilter("ignore")


def construct_timestamp(constructor, node):
    """Keeps the zone, as ruamel.yaml does since 0.18; before, it converted to UTC."""
    match = timestamp_regexp.match(node.value)
    if match is None:
        raise ValueError("not a timestamp")
    parts = match.groupdict()
    zone, sign = parts["tz"], parts["tz_sign"]
    hours, minutes = int(parts["tz_hour"] or 0), int(parts["tz_minute"] or 0)
    parts.update(tz=None, tz_sign=None, tz_hour=None, tz_minute=None)
    timestamp = create_timestamp(**parts)
    if zone is None:
        return timestamp
    offset = datetime.timedelta(hours=hours, minutes=minutes)
    return timestamp.replace(tzinfo=datetime.timezone(-offset if sign == "-" else offset))


SafeConstructor.add_constructor("tag:yaml.org,2002:timestamp", construct_timestamp)


def load(scalar, version):
    yaml = ruamel.yaml.YAML(typ="safe", pure=True)
    return yaml.load(io.StringIO(f"%YAML {version}\n---\nk: {scalar}\n"))["k"]


def describe(scalar, version):
    """Type and value as the table has them; None for what is no scalar."""
    try:
        value = load(scalar, version)
    except Exception:  # whatever it raises, fairseq2 rejects the file
        return "error", ""
    if value is None:
        return "null", ""
    if isinstance(value, bool):
        return "boolean", str(value).lower()
    if isinstance(value, int):
        return "integer", str(value)
    if isinstance(value, float):
        return "float", repr(value)
    if isinstance(value, str):
        return "string", value
    if isinstance(value, datetime.datetime):
        return "datetime", value.isoformat()
    if isinstance(value, datetime.date):
        return "date", value.isoformat()
    if isinstance(value, bytes):
        return "binary", value.hex()
    return None


def words():
    for word in ["true", "false", "yes", "no", "on", "off", "y", "n", "null", "nil", "none"]:
        mixed = word[0] + word[1:].upper()
        yield from [word, word.title(), word.upper(), mixed, word + "s"]
    yield from ["~", "~~", "", "<<", "<<<", "=", "==", "? a", "-", "--", "@a", "`a", "%a", "!a b"]


def short_texts():
    """Everything of up to three of these characters."""
    for length in (1, 2, 3):
        for characters in itertools.product("018_.e-+:xo", repeat=length):
            yield "".join(characters)


def numbers():
    bodies = [
        "10", "1_0", "1__0_", "017", "0_17", "089", "0o17", "0o_17", "0o18", "0O17", "0x1F", "0x1f",
        "0X1F", "0x_F", "0xG", "0b101", "0b1_1", "0b12", "0B1", "0x_", "0b_", "0o_", "0b", "12a",
        "4294967296", "9223372036854775808", "18446744073709551616",
        "0xFFFFFFFFFFFFFFFFFFFFFFFF", "0o7777777777777777777777777", "0b" + "10" * 60,
        "1" * 60, "0" * 60 + "1",
        "1.", "1.5", "1_0.5_0", ".5", "._5", "5._", "0.1", "1.2.3", "1e3", "1E3", "1e+3", "1e-3",
        "1.e3", "1.5e3", "1.5e+03", ".5e3", ".5e+3", ".5e-3", "1_0e1", "1e1_0", "1e", "1e+", "1.5e",
        "1e400", "1e-400", "5e-324", "2e-324", "1.7976931348623157e308", "1.7976931348623159e308",
        "0.1e1", "01.5", "00.5", "0e0", "123456789.123456789", "9007199254740993.0", "1,5", "1 5",
        ".inf", ".Inf", ".INF", ".iNF", "inf", "Infinity", ".nan", ".NaN", ".NAN", ".Nan", "nan",
        "1:30", "12:30:45", "190:20:30", "1:60", "1:5", "01:30", "0:30", "1_0:30", "1:3_0",
        "1:30.5", "1:30.", "1:30.5_0", "190:20:30.15", "1:60.5", "1:2:3:4:5", "1:", ":1", "1::2",
    ]
    for sign in ("", "-", "+", "--"):
        for body in bodies:
            yield sign + body


def timestamps():
    dates = [
        "2001-12-14", "2001-1-1", "2001-12-1", "2000-02-29", "1900-02-29", "2001-02-29", "2001-04-31",
        "2001-13-01", "2001-00-01", "2001-01-00", "0000-01-01", "0001-01-01", "9999-12-31",
        "2001-12", "2001-12-14-15", "201-12-14", "20011-12-14",
    ]
    times = [
        "T21:59:43", "t2:59:43", " 21:59:43", "  21:59:43", "T24:00:00", "T23:60:00", "T23:59:60",
        "T21:59", "T21:5:43", "T21:59:4", " 21:59:43 UTC", "x21:59:43", "T",
    ]
    fractions = [".", ".1", ".123456", ".1234564", ".1234565", ".9999994", ".9999999", ".1x"]
    zones = [
        "Z", " Z", "z", "+1", "-1", " +01", "+01:30", "-01:30", "+1:30", "+1:3", "-0500", "+00:00",
        "-00:00", "+23:59", "-23:59", "+24", "-24:00", "+23:60", "+22:99", "+", "+123", "  -5",
    ]
    yield from dates
    for date in dates:
        yield date + "T21:59:43"
    for time in times:
        yield "2001-12-14" + time
    for fraction in fractions:
        yield "2001-12-31T23:59:59" + fraction
        yield "2001-12-31T23:59:59" + fraction + "+01:00"
        yield "9999-12-31T23:59:59" + fraction
    for zone in zones:
        yield "2001-12-14T21:59:43" + zone
        yield "2001-12-14" + zone


def tagged():
    texts = [
        "", "a", "1", "-1", "017", "0o17", "0x1F", "-0x1F", "0b11", "1_000", "1:30", "1:x", "1:", "1.5", ".5e3",
        "1e3", ".inf", "inf", "-inf", "Infinity", "nan", ".nan", " 7 ", " 1.5 ", "+", "_", "1e",
        "true", "yes", "On", "oFF", "tRUE", "maybe", "null", "~", "2001-12-14", "2001-1-1",
        "2001-1-1 1:00:00", "2001-13-01", "=", "<<",
    ]
    tags = ["null", "bool", "int", "float", "str", "timestamp", "merge", "value"]
    for tag, text in itertools.product(tags, texts):
        yield f'!!{tag} "{text}"'
    for text in texts:
        yield f'! "{text}"'
        yield f'"{text}"'
        yield f"'{text}'"
    for text in [
        "", "a", "ab", "abc", "abcd", "aGVsbG8=", "aGVsbG8", "aGVs bG8=", "aGVsbG8=x", "aGVsbG8==",
        "=aGVs", "aG=Vs", "aG==Vs", "aG=", "aG==", "a===", "a-b_c", "+/+/", "é", "!?", "AA==AA==",
    ]:
        yield f'!!binary "{text}"'
    for tag in ["!!seq", "!!map", "!!set", "!!omap", "!!pairs", "!!yaml", "!!foo", "!foo", "!e!str"]:
        yield f"{tag} a"
        yield tag
    yield from ["!<tag:yaml.org,2002:str> 1", "!<tag:yaml.org,2002:int> '1'", "!<!str> 1", "!!s%74r 1"]


def main():
    print("# Made by tests/data/make-scalars.py: see there.")
    seen = set()
    for scalar in itertools.chain(words(), short_texts(), numbers(), timestamps(), tagged()):
        if scalar in seen:
            continue
        seen.add(scalar)
        old, new = describe(scalar, "1.1"), describe(scalar, "1.2")
        rows = [("1.1,1.2", new)] if old == new else [("1.1", old), ("1.2", new)]
        for versions, description in rows:
            if description is not None:
                print(versions, scalar, *description, sep="\t")


main()
