"""Spells random scalars as people might write them, in YAML. What they mean is not known here."""

WORDS = """
~ null Null NULL nULL None nil true True TRUE tRUE false False yes Yes NO on Off y N = . .. ... - -- _ a b
.inf .Inf .INF -.inf +.inf .iNF inf -inf .nan .NaN .NAN .Nan nan +.nan Infinity v1.0 1.0.0 8b 1/2 a/b a:b a#b
http://x/y C:/x <<x ?a :a -a a,b a[0] a]b x{y} it's \\d C:\\x 日本 é 😀 1:30 190:20:30 190:20:30.15 12:30:45 1:60
0o18 0b2 0xG 0x 0o 0b 0X1F 0O17 017 08 00 1_000 1__0 _1 1_0_ 0x_1F 0o1_7 0b1_0 20011214 2001-1-1 2001-12 1,000
""".split()
SENTENCES = ["foo bar", "a  b", "true false", "1 000", "word, and word", "a - b", "x ? y", "say \"hi\"", "100 %"]
TEXTS = WORDS + SENTENCES + [
    "", " ", "\t", "\n", " a", "a ", "a: b", "a #b", "- a", "? a", "&a", "*a", "!a", "|", ">", "@a", "`a", "%a", "{a}", "[a]",
    "'", '"', "\\", "a\nb", "a\n\nb\n", "\x00", "\x07", "\x1b[0m", "\x7f", "\x85", "\xa0", "\u2028", "\ufeff", "\u200b", "\U0001f600",
    "${env:HOME}", "${env:NO:default}", "=", "<<", "---", "...", "# a", "a\tb",
]
BLOCK_LINES = ["line one", "  more indented", "trailing  ", "", "# no comment", "key: value", "- item", "'quoted'", "tab\tin it", "%d", "---a"]


def digits(chance, characters, most=4):
    return "".join(chance.choices(characters, k=chance.randint(1, most)))


def number(chance):
    """Something of a number, right or wrong in any of its parts."""
    sign = chance.choice(["", "", "", "-", "+"])
    kind = chance.random()
    if kind < 0.15:
        return sign + chance.choice(["0x", "0X"]) + digits(chance, "0123456789abcdefABCDEF_")
    if kind < 0.3:
        return sign + chance.choice(["0o", "0b", "0"]) + digits(chance, "01234567_", 5)
    if kind < 0.4:
        return sign + digits(chance, "0123456789", 40)
    whole = chance.choice(["", "0", "1", "12", "1_000", "007"])
    fraction = chance.choice(["", "", ".", ".5", ".50", ".1_0", ".e1", "._1"])
    exponent = chance.choice(["", "", "", "e3", "E-3", "e+03", "e", "e400", "e-400", "e1_0"])
    return sign + whole + fraction + exponent or "0"


def timestamp(chance):
    year = chance.choice(["2001", "1999", "0001", "9999", "2024"])
    month, day = chance.choice(["12", "02", "01", "1"]), chance.choice(["14", "28", "01", "9", "29"])
    date = f"{year}-{month}-{day}"
    if chance.random() < 0.4:
        return date
    clock = chance.choice(["21:59:43", "0:00:00", "23:59:59", "2:5:3", "12:30"])
    fraction = chance.choice(["", "", ".1", ".10", ".123456", ".1234567", ".12345678", "."])
    zone = chance.choice(["", "", "Z", " Z", "-05:00", "+01:30", " -5", "+5", "-0500", "+00:00", "z"])
    return date + chance.choice(["T", "t", " ", "  "]) + clock + fraction + zone


def plain(chance):
    return chance.choice([
        lambda: chance.choice(WORDS),
        lambda: chance.choice(WORDS + SENTENCES),
        lambda: number(chance),
        lambda: number(chance),
        lambda: timestamp(chance),
    ])()


def escape(chance, character):
    code = ord(character)
    short = {"\n": "\\n", "\t": "\\t", "\0": "\\0", '"': '\\"', "\\": "\\\\", "\x07": "\\a", "\x1b": "\\e", "\x85": "\\N", "\xa0": "\\_", "\u2028": "\\L", "/": "\\/"}
    if character in short and chance.random() < 0.7:
        return short[character]
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08X}"


def is_harmless(character):
    return character.isprintable() and character not in '"\\\ufeff' and (character.isascii() or character.isalnum())


def double_quoted(chance, text):
    parts = [
        character if is_harmless(character) and chance.random() < 0.95 else escape(chance, character)
        for character in text
    ]
    return '"' + "".join(parts) + '"'


def single_quoted(text):
    return "'" + text.replace("'", "''") + "'"


def can_be_single_quoted(text):
    return all(character == "\t" or character.isprintable() for character in text)


def quoted(chance, text):
    if chance.random() < 0.5 and can_be_single_quoted(text):
        return single_quoted(text)
    return double_quoted(chance, text)


def tagged(chance):
    tag, values = chance.choice([
        ("!!str", ["12", "true", "", '"x"', "2001-12-14"]),
        ("!!int", ["0x1F", '"12"', "1_000", "017"]),
        ("!!float", ["1", '"1e3"', ".inf", '"nan"']),
        ("!!bool", ["yes", "on", '"true"', "OFF"]),
        ("!!null", ["", "x", '""']),
        ("!!binary", ["aGVsbG8=", '"aGVs bG8="', "''"]),
        ("!!timestamp", ["2001-12-14", '"2001-12-14 21:59:43"']),
        ("!", ["12", "a", '"b"']),
        ("!<tag:yaml.org,2002:str>", ["12"]),
    ])
    return f"{tag} {chance.choice(values)}".strip()


def scalar(chance):
    """A scalar for one line, within a flow collection or without."""
    pick = chance.random()
    if pick < 0.5:
        return plain(chance)
    if pick < 0.6:
        return tagged(chance)
    return quoted(chance, chance.choice(TEXTS))


def is_safe_in_flow(text):
    """Whether a scalar ends where it should among brackets and commas, to libyaml and ruamel alike.

    They differ on [:a], which libyaml refuses, and on [!!str, a], whose tag ruamel takes to be "!!str,".
    """
    if text.startswith(("'", '"')):
        return True
    if text.startswith("!"):
        return " " in text
    return text[:1] not in ("", ":") and not any(mark in text for mark in ",[]{}?")


def flow_scalar(chance):
    text = scalar(chance)
    return text if is_safe_in_flow(text) else quoted(chance, text)


def block_scalar(chance, indent):
    """A block scalar's header and lines, the latter indented by that many blanks."""
    lines = chance.choices(BLOCK_LINES, k=chance.randint(0, 5))
    while lines and (not lines[0].strip() or lines[0].startswith(" ")):
        lines.pop(0)
    header = chance.choice("|>") + chance.choice(["", "", "-", "+"])
    return "\n".join([header, *(" " * indent + line if line else "" for line in lines)])
