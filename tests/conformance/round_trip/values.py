"""Random values, and YAML that holds them.

A value is a list: a kind and its content, as in ["int", "12"] or ["map", [[key, value], ...]].
"""

import base64
import datetime
import json
import math

CONTAINERS = {"seq", "map", "set", "omap", "pairs"}
PAIRED = {"map", "omap", "pairs"}

SPECIAL_STRINGS = """
    ~ null Null NULL nULL true True TRUE false yes Yes NO no on On OFF off y Y n N = << . .. ... -
    -- --- 0 -0 +1 007 08 1_000 1,000 1_0_ _1 _ +_ 0o17 0x1F 0X1f 0b11 -0x1F 12:30 1:2 190:20:30.15
    -1:30 1e3 1E+3 1. .5 +.5 1.5 1.5e 01.5 5e-324 1e400 .inf -.INF +.inf .Nan .nan nan NaN Infinity
    inf 2001-12-14 2001-1-1 2001-12-14T21:59:43Z 2001-12 20011214 21:59:43 ? : a: :a a:b #a a#b &a
    *a !a !!str | > 'a "a %a @a `a [ ] { } , [] {} a,b a[0] x{y} it's \\d C:\\x "x" -a +a ?a <a ~a
    =a ...a ---a 1.0.0 v1.0 8b 1/2 /a/b http://x/y?z=1#f s3://a ${env:HOME} !binary 日本 é 😀 None
    nil undefined 0x 0o 0b 0xG 1__0 +. -. e5 E-1
""".split()
SPECIAL_STRINGS += ["", " ", "  ", "a ", " a", "a: b", "a :b", "a #b", "- a", "? a", ": a", "--- a"]
SPECIAL_STRINGS += ["... a", "1 000", "2001-12-14 21:59:43.10 -5", "x" * 127, "x" * 200, "é" * 100]
SPECIAL_STRINGS += ["\x01" * 100, "\x01" * 200, "word " * 60, "a\u00a0b", "\u3000", "\U0010ffff"]
SPECIAL_STRINGS += ["\t", "\0", "\x1b[31m", "\x7f\x9b", "\uffff", "\ufeffa", "a\u202eb", "a\x85b"]
SPECIAL_STRINGS += ["\n", "\n\n", " \n", "a\n", "a\n\n", "\na", "a\n ", " a\nb", "\n a\n", "<<\n"]
SPECIAL_STRINGS += ["a\n\n\nb\n", "\ta\nb\n", "a\n\tb", "a \n \nb", "a\n  \n", "a\r\nb", "a\rb"]
SPECIAL_STRINGS += ["# a\nb\n", "---\n...\n", "a\n---\nb\n", "a\u2028b\n", "%YAML 1.1\n---\n"]

HOT_CHARACTERS = (
    " \t\n:#-?|>'\"\\%@`{}[],&*!~=<_.+0123eExoTZabyn/\r\0\x07\x1b\x7f\x85\xa0\u2028\ufeff\u202e日😀"
)


def random_string(chance):
    pick = chance.random()
    if pick < 0.3:
        return chance.choice(SPECIAL_STRINGS)
    if pick < 0.6:
        return "".join(chance.choices(HOT_CHARACTERS, k=chance.randint(1, 7)))
    if pick < 0.8:
        lines = [
            "".join(chance.choices(" \tab#-:.", k=chance.randint(0, 5)))
            for _ in range(chance.randint(1, 5))
        ]
        return "\n".join(lines)
    characters = (
        chance.randrange(chance.choice([0x80, 0x3000, 0x110000]))
        for _ in range(chance.randint(1, 8))
    )
    return "".join(chr(c) for c in characters if not 0xD800 <= c < 0xE000)


def random_float(chance):
    number = chance.choice(
        [
            chance.uniform(-10, 10),
            chance.randint(-999, 999) / 8,
            chance.choice([0.0, -0.0, 1.0, 1e16, 1e-5, 1e22, 5e-324]),
            math.ldexp(chance.random(), chance.randint(-1070, 1020)),
            math.inf,
            -math.inf,
            math.nan,
        ]
    )
    return ["float", repr(number)]


def random_datetime(chance):
    seconds = datetime.timedelta(seconds=chance.randrange(6 * 10**9))
    microseconds = chance.choice([0, 100000, chance.randrange(10**6)])
    moment = datetime.datetime(1900, 1, 1) + seconds + datetime.timedelta(0, 0, microseconds)
    if chance.random() < 0.5:
        return ["naive", moment.isoformat()]
    minutes = chance.choice([0, 60, -300, 330, chance.randint(-720, 720)])
    zone = datetime.timezone(datetime.timedelta(minutes=minutes))
    return ["zoned", moment.replace(tzinfo=zone).isoformat()]


def random_integer(chance):
    small = chance.randint(-99, 999)
    return ["int", str(chance.choice([0, small, chance.randint(-(10**30), 10**30)]))]


def random_date(chance):
    return ["date", str(datetime.date(1900, 1, 1) + datetime.timedelta(chance.randrange(70000)))]


def random_binary(chance):
    content = chance.randbytes(chance.choice([0, 1, 5, 57, 58, 200]))
    return ["bytes", base64.b64encode(content).decode()]


RANDOM_SCALARS = [
    lambda chance: ["null"],
    lambda chance: ["bool", chance.random() < 0.5],
    random_integer,
    random_float,
    *[lambda chance: ["str", random_string(chance)]] * 3,
    random_date,
    random_datetime,
    random_binary,
]


def random_key(chance):
    pick = chance.random()
    if pick < 0.8:
        return ["str", random_string(chance)]
    if pick < 0.9:
        return ["int", str(chance.randint(2, 99))]
    if pick < 0.94:
        return ["seq", [["int", str(chance.randint(0, 9))], ["bool", True]]]
    return chance.choice(
        [
            ["null"],
            ["bool", False],
            ["float", "2.5"],
            ["date", "2001-12-14"],
            ["naive", "2001-12-14T21:59:43"],
        ]
    )


def random_value(chance, depth=0):
    if depth > 3 or chance.random() < 0.5:
        return chance.choice(RANDOM_SCALARS)(chance)
    kind = chance.choice(["seq", "seq", "map", "map", "map", "set", "omap", "pairs"])
    count = chance.choice([0, 1, 2, 3, 5])
    if kind == "seq":
        return [kind, [random_value(chance, depth + 1) for _ in range(count)]]
    keys = {json.dumps(key): key for key in (random_key(chance) for _ in range(count))}
    if kind == "set":
        return [kind, list(keys.values())]
    pairs = [[key, random_value(chance, depth + 1)] for key in keys.values()]
    if kind == "pairs" and pairs:
        pairs.append([pairs[0][0], ["null"]])
    return [kind, pairs]


def deep_value(levels):
    value = ["str", "a\nb\n"]
    for level in range(levels):
        value = ["seq", [value, ["int", "1"]]]
        if level % 3 == 0:
            value = ["map", [[["str", "k"], value], [["str", "l"], ["null"]]]]
    return value


def spell_character(character):
    is_itself = " " <= character < "\x7f" and character not in '"\\'
    return character if is_itself else f"\\U{ord(character):08x}"


def spell_string(text):
    return '"' + "".join(map(spell_character, text)) + '"'


def spell_integer(chance, digits):
    number = int(digits)
    forms = [digits, f"{number:_}"]
    if number >= 0:
        forms += [f"+{number}", f"0x{number:x}", f"0o{number:o}", f"0b{number:b}"]
    return chance.choice(forms)


def spell_float(chance, text):
    number = float(text)
    if not math.isfinite(number):
        return {"inf": ".inf", "-inf": "-.INF", "nan": ".NaN"}[text]
    forms = [f"{number:.17e}", f"{number:.16E}"] + ([text] if "." in text else [])
    forms += [
        form for form in (f"{number:e}", f"{number:.2f}", f"{number:.0f}.") if float(form) == number
    ]
    return chance.choice(forms)


def spell_key(chance, key):
    """JSON has a float key as YAML writes it, which is as it was written."""
    return key[1] if key[0] == "float" else spell(chance, key)


def spell(chance, value):
    """The value as YAML in flow style, spelled in one of its ways."""
    kind = value[0]
    content = value[1] if len(value) > 1 else None
    if kind in ("seq", "set"):
        opening, mark, closing = ("[", "", "]") if kind == "seq" else ("!!set {", "? ", "}")
        return opening + ", ".join(mark + spell(chance, item) for item in content) + closing
    if kind in PAIRED:
        pairs = [f"? {spell_key(chance, key)} : {spell(chance, item)}" for key, item in content]
        if kind == "map":
            return "{" + ", ".join(pairs) + "}"
        return f"!!{kind} [" + ", ".join("{" + pair + "}" for pair in pairs) + "]"
    return {
        "null": lambda: chance.choice(["null", "~", "Null"]),
        "bool": lambda: chance.choice(["true", "True", "TRUE"] if content else ["false", "FALSE"]),
        "int": lambda: spell_integer(chance, content),
        "float": lambda: spell_float(chance, content),
        "str": lambda: spell_string(content),
        "date": lambda: content,
        "naive": lambda: content.replace("T", chance.choice(["T", " ", "t"])),
        "zoned": lambda: content.replace("+00:00", chance.choice(["+00:00", "Z"])),
        "bytes": lambda: f'!!binary "{content}"',
    }[kind]()


# ---- the parts of a value ----


def map_parts(value, change):
    """The content of a container with every part changed."""
    if value[0] in PAIRED:
        return [[change(key), change(item)] for key, item in value[1]]
    return [change(item) for item in value[1]]


def keys_of(value):
    if value[0] not in PAIRED | {"set"}:
        return []
    return value[1] if value[0] == "set" else [key for key, _ in value[1]]


def parts_of(value):
    if value[0] in PAIRED:
        return [part for pair in value[1] for part in pair]
    return value[1] if value[0] in CONTAINERS else []
