"""Writes random stores of cards, with everything in them that cards may have, and some faults.

A store is only written here; what it means is for the model and for cardfs to say.
"""

import os

from . import spelling

NAMES = ["llama", "llama3_1b", "a", "b", "ds-x", "été", "日本", "a b", "a/b", "..", "tok.1", "12", "A", "%41", "x" * 90, "it's", "-", "~", "é:x"]
WHITE_SPACE = ["", "", "", " ", "  ", "\t", "\n", "\u3000", "\xa0", "\x1f", "\u2028"]
ENVIRONMENTS = ["user", "clu", "other", "my env", "é"]
LOCATORS = """
/abs/path /abs/p%20q rel rel/x ./x ../x a//b a/./b . .. foo? #f a;b hg://o/n HG://o/n hg:o/n s3://b/k file:///x file:///x%20y
FILE:///X http://e.com/a http://e.com/a? https://e.com/a;gated=true http://[::1]/x a:b C:/x ~/x é/x %zz foo: //net/share
""".split() + ["a b", " http://e.com/a", "h\tttp://x", "ht\ntp://e.com", "/abs/p q", ""]
LOCATOR_FIELDS = ["checkpoint", "tokenizer", "char_tokenizer", "data"]
CONFIGURATION_FIELDS = ["model_config", "model_config_overrides", "tokenizer_config_override", "dataset_config"]
FIELDS = ["f1", "f2", "model_family", "model_arch", "url", "langs", "a/b", ".", "é", "use it", "__x", "_u", "default", "tokenizer_ref"]
KEYS = ["k", "k1", "a/b", "..", "é", "a.b", "x y", "2", "-3", "2.5", "true", "null", "2001-12-14", "0x1F", "1_000", '"1"', "[1, 2]", "=", "''"]
CONFIGURATION_KEYS = ["a", "b", "c", "dec", "enc", "1", "false", "_new"]
FILE_NAMES = ["a.yaml", "b.yml", "c.d.yaml", ".e.yaml", "x .yaml", "é.yml", "-.yaml", "m\n.yaml"]
OTHER_NAMES = [".yaml", ".yml", "a.YAML", "b.yaml~", "c.yaml.txt", "noext", "d.json"]
DIRECTORIES = ["", "", "sub", "sub/deeper", ".hidden", "d r", "models.yaml"]
FAULTS = [
    "x: 2001-13-40", "x: *nope", "x: {a: 1, a: 2}", "x: @b", "x: `b", "x: a: b", 'x: "\\q"', 'x: "open', "x: [1, 2", "x: {a: 1",
    "x: !!python/tuple [1]", "x: !foo 1", "x: !!int abc", "x: !!bool 1", "x: =", "x: <<", "<<: 1", "- a", "x: %b", "a: 1\na: 2",
    "1: x\n1.0: y", "? {a: 1}\n: x", "x: !!binary a", "x:\n    y: 1\n  z: 2", "x: ._", "x: !!set [a]", "x: !!omap [1]", "x: !!str [1]",
    "x: \a", 'x: "\x7f"', "x: !e!foo 1", "\ty: 1", "x: &a &b 1", "x: [, a]", "x: 1\n y: 2", "text", "x: 'a' b", "x: [a] b", "x: ]", "&a",
    "x: !!float abc", "x: !!timestamp foo", "x: 2001-02-30", "x: 2001-12-14T25:00:00", "<<: [{a: 1}, 2]", "x: >x\n", "x: |9x\n",
]


class Writer:
    """Writes the documents of one store after another; bases and environments lead across them."""

    def __init__(self, chance):
        self.chance = chance
        self.names = chance.sample(NAMES, chance.randint(1, 9))
        self.anchors = []  # of mappings, in the document that is being written

    def maybe(self, probability):
        return self.chance.random() < probability

    def pick(self, choices):
        return self.chance.choice(choices)

    # ---- values in flow style ----

    def flow(self, depth):
        if depth <= 0 or self.maybe(0.6):
            return spelling.flow_scalar(self.chance)
        count = self.pick([0, 1, 1, 2, 3])
        if self.maybe(0.5):
            items = [self.flow(depth - 1) for _ in range(count)]
            return "[" + ", ".join(items) + (", ]" if items and self.maybe(0.1) else "]")
        keys = self.chance.sample(KEYS[:12], count)
        return "{" + ", ".join(f"{key}: {self.flow(depth - 1)}" for key in keys) + "}"

    def special(self):
        return self.pick([
            "!!set {a, b, 3}", "!!set {}", "!!omap [z: 1, a: [2]]", "!!pairs [a: 1, a: 2]", "!!seq [1]", "!!map {a: 1}",
            "[a: 1]", "[&z 1, *z]", "{a, b: }", '{"a":1}', "!!omap []",
        ])

    # ---- values in block style: text that goes behind "key:" or "-", with the line break ----

    def value(self, indent, depth):
        pick = self.chance.random()
        if pick < 0.35 or depth <= 0:
            return " " + spelling.scalar(self.chance) + self.comment() + "\n"
        if pick < 0.5:
            return " " + spelling.block_scalar(self.chance, indent + self.pick([1, 2, 4])) + "\n"
        if pick < 0.65:
            return " " + self.flow(depth) + self.comment() + "\n"
        if pick < 0.7:
            return " " + self.special() + "\n"
        if pick < 0.75 and self.anchors:
            return f" *{self.pick(self.anchors)}\n"
        if pick < 0.88:
            return self.anchored_mapping(indent + self.pick([1, 2, 4]), depth - 1)
        return self.comment() + "\n" + self.sequence(indent + self.pick([0, 2]), depth - 1)

    def comment(self):
        return self.pick(["", "", "", "", " # why", "  #"])

    def sequence(self, indent, depth):
        return "".join(
            " " * indent + "-" + self.value(indent + 1, depth - 1)
            for _ in range(self.chance.randint(1, 3))
        )

    def anchored_mapping(self, indent, depth):
        mark = ""
        name = None
        if self.maybe(0.3):
            name = f"m{len(self.anchors)}"
            mark = f" &{name}"
        text = mark + "\n" + self.mapping(indent, depth)
        if name:
            self.anchors.append(name)
        return text

    def mapping(self, indent, depth):
        lines = self.merge(indent)
        for key in self.chance.sample(KEYS, self.chance.randint(1, 4)):
            mark = "? " if key.startswith("[") or self.maybe(0.05) else ""
            end = "\n" + " " * indent + ":" if mark else ":"
            lines += " " * indent + mark + key + end + self.value(indent, depth)
        return lines

    def merge(self, indent):
        if not self.anchors or self.maybe(0.6):
            return ""
        names = [f"*{name}" for name in self.chance.choices(self.anchors, k=self.chance.randint(1, 2))]
        source = names[0] if len(names) == 1 else "[" + ", ".join(names) + "]"
        return " " * indent + f"<<: {source}\n"

    # ---- cards ----

    def configuration(self, indent, depth):
        """The lines of a configuration override."""
        text = ""
        for key in self.chance.sample(CONFIGURATION_KEYS, self.chance.randint(0, 4)):
            if depth > 0 and self.maybe(0.5):
                text += " " * indent + f"{key}:" + self.configuration_below(indent + 2, depth - 1)
            else:
                text += " " * indent + f"{key}: {self.flow(1)}\n"
        if self.maybe(0.35):
            text += " " * indent + f"_del_: {self.deletions()}\n"
        if self.maybe(0.35):
            text += " " * indent + f"_set_: {self.replacements()}\n"
        return text

    def configuration_below(self, indent, depth):
        text = self.configuration(indent, depth)
        return "\n" + text if text else " {}\n"

    def deletions(self):
        if self.maybe(0.04):
            return self.pick(["3", "[1]", "a", "{}", "null"])
        return "[" + ", ".join(self.chance.sample(["a", "b", "c", "dec", "enc", "nope", "_del_", "'1'"], self.chance.randint(0, 3))) + "]"

    def replacements(self):
        if self.maybe(0.04):
            return self.pick(["3", "[1]", "{1: a}", "null", "!!omap [a: 1]"])
        keys = self.chance.sample(["a", "b", "c", "dec", "enc", "_del_", "_set_"], self.chance.randint(0, 3))
        return "{" + ", ".join(f"{key}: {self.flow(2)}" for key in keys) + "}"

    def name(self, name, environment):
        parts = [self.pick(WHITE_SPACE), name, self.pick(WHITE_SPACE)]
        if environment or self.maybe(0.05):
            parts += ["@", self.pick(WHITE_SPACE), environment, self.pick(WHITE_SPACE)]
        return spelling.quoted(self.chance, "".join(parts))

    def base(self):
        if self.maybe(0.04):
            return self.pick(["null", "5", "''", "'  '", "a@b", "[a]", "nope", "false", "~"])
        return spelling.quoted(self.chance, self.pick(WHITE_SPACE) + self.pick(self.names) + self.pick(WHITE_SPACE))

    def base_field(self):
        return f"base: {self.base()}\n"

    def locator_field(self, key):
        if self.maybe(0.05):
            return f"{key}: {self.pick(['null', '5', '[a]'])}\n"
        return f"{key}: {spelling.quoted(self.chance, self.pick(LOCATORS))}\n"

    def configuration_field(self, key):
        if self.maybe(0.1):
            return f"{key}: {self.pick(['null', 'plain', '[1]', '!!omap [a: 1]'])}\n"
        return f"{key}:{self.configuration_below(2, 2)}"

    def other_field(self, key):
        return f"{key}:{self.value(0, 3)}"

    def fields(self):
        """The lines of each field but the name, in any order."""
        planned = [(self.base_field,)] if self.maybe(0.4) else []
        planned += [(self.locator_field, key) for key in LOCATOR_FIELDS if self.maybe(0.3)]
        planned += [(self.configuration_field, key) for key in CONFIGURATION_FIELDS if self.maybe(0.3)]
        planned += [(self.other_field, key) for key in self.chance.sample(FIELDS, self.chance.randint(0, 4))]
        self.chance.shuffle(planned)
        return [write(*arguments) for write, *arguments in planned]

    def card(self, name, environment):
        self.anchors = []
        parts = self.fields()
        position = self.chance.randint(0, len(parts))
        parts.insert(position, f"name: {self.name(name, environment)}{self.comment()}\n")
        if self.maybe(0.05):
            parts.insert(self.chance.randint(0, len(parts)), self.pick(FAULTS) + "\n")
        if self.maybe(0.02):
            parts.insert(0, self.pick(["name: x\n", "name: 5\n", "name: '@'\n", "name: a@b@c\n", "name:\n"]))
            parts.pop(position + 1)
        return "".join(parts)

    def start(self):
        """What stands before a document's first line."""
        if self.maybe(0.04):
            return self.pick(["...\n%YAML 1.2\n---\n", "...\n%YAML 1.1\n---\n", "...\n%TAG !e! tag:yaml.org,2002:\n---\n"])
        return self.pick(["---\n", "---\n", "---\n", "--- # c\n", "---\n# c\n\n", "...\n---\n", "--- \n"])

    def documents(self, cards):
        texts = [self.card(*card) for card in cards]
        if self.maybe(0.03):
            texts.insert(0, self.pick(["- a\n", "text\n", "{}\n", "x: 1\n", "~\n", "\n", "!!set {name}\n"]))
        head = self.pick(["", "", "---\n", "# c\n\n", "%YAML 1.2\n---\n"])
        return head + "".join((self.start() if i else "") + text for i, text in enumerate(texts))

    # ---- stores ----

    def cards(self):
        """(name, environment) of every card, few of them twice or without a card of their own."""
        cards = [(name, "") for name in self.names]
        for name in self.names:
            cards += [(name, environment) for environment in self.chance.sample(ENVIRONMENTS, self.pick([0, 0, 1, 2]))]
        if self.maybe(0.1):
            cards.append(self.pick(cards))
        if self.maybe(0.1):
            cards.remove(self.pick(cards))
        self.chance.shuffle(cards)
        return cards

    def encode(self, text):
        if self.maybe(0.05):
            text = text.replace("\n", "\r\n")
        return (b"\xef\xbb\xbf" if self.maybe(0.05) else b"") + text.encode()

    def write_file(self, path, cards):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(self.encode(self.documents(cards)))

    def write_store(self, root, cards):
        """Writes cards into files below root. Returns the store's location."""
        if self.maybe(0.1):
            location = os.path.join(root, self.pick(["x.txt", "noext", "one.yaml"]))
            self.write_file(location, cards)
            return self.link_to_file(root, location) if self.maybe(0.3) else location
        os.makedirs(root)
        while cards:
            count = self.chance.randint(1, len(cards))
            path = os.path.join(root, self.pick(DIRECTORIES), self.pick(FILE_NAMES))
            if not os.path.exists(path):
                self.write_file(path, cards[:count])
                cards = cards[count:]
        if self.maybe(0.3):
            self.write_file(os.path.join(root, self.pick(OTHER_NAMES)), [(self.pick(self.names), "")])
        if self.maybe(0.1):
            self.link(root)
        return root

    def link_to_file(self, root, path):
        link = root + ".link"
        os.symlink(path, link)
        return link

    def link(self, root):
        """A link to a card file elsewhere, to a directory, or to nothing."""
        elsewhere = os.path.join(root + ".elsewhere", "z.yaml")
        self.write_file(elsewhere, [("linked", "")])
        target = self.pick([elsewhere, os.path.dirname(elsewhere), "nowhere"])
        os.symlink(target, os.path.join(root, "link.yaml" if target != os.path.dirname(elsewhere) else "link"))

    def write_stores(self, root):
        """Writes some stores below root. Returns their locations."""
        cards = self.cards()
        count = self.pick([1, 1, 2, 3])
        return [
            self.write_store(os.path.join(root, f"s{i}"), cards[i::count])
            for i in range(count)
        ]

    def requests(self):
        """Names to look up, spelled in several ways."""
        names = self.chance.choices(self.names + ["missing", ""], k=4)
        return [
            self.pick(["", " "]) + name + self.pick(["", "@", "@user", "@clu", "@ other ", "@nope", "\u3000"])
            for name in names
        ]
