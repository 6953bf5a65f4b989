#!/usr/bin/python3
"""What is large or deep is shown up to a limit, and beyond it named in a sentence.

    limits.py [--cardfs PATH] [TEST...]
"""

import sys
import time

sys.dont_write_bytecode = True

from support import testing

LONGEST_CHAIN = 1000
DEEPEST_NESTING = 500
MEBIBYTE = 1 << 20


class LimitTest(testing.StoreTest):
    def setUp(self):
        super().setUp()
        self.store = self.cardfs(str(self.root))

    def write_cards(self, text, name="a.yaml"):
        self.write(name, text)

    def shown(self, name):
        return self.show(self.store, name)

    def assert_faulty(self, name, words):
        """The asset is not shown, its problem has those words, and the good card is shown."""
        self.write("good.yaml", "name: good\n")
        answer = self.store.run("show", "--", name)
        self.assertNotEqual(answer.status, 0)
        self.assertEqual(answer.output, "")
        self.assertIn(words, self.store.run("check").output)
        self.assertEqual(self.shown("good"), {"name": "good"})

    # ---- chains of bases ----

    def write_chain(self, length):
        """c0 has no base; the card with the longest chain is the last."""
        cards = [f"name: c{i}\nf{i}: {i}\nmodel_config: {{k{i}: {i}}}\n" for i in range(length)]
        cards[1:] = [f"base: c{i}\n{card}" for i, card in enumerate(cards[1:])]
        self.write_cards("---\n".join(cards))

    def test_a_chain_of_980_cards_is_merged(self):
        self.write_chain(980)
        card = self.shown("c979")
        self.assertEqual(len(card), 2 + 980)
        self.assertEqual(card["model_config"], {f"k{i}": i for i in range(980)})

    def test_the_longest_chain_is_merged_and_one_more_is_a_problem(self):
        self.write_chain(LONGEST_CHAIN + 1)
        self.assertEqual(self.shown(f"c{LONGEST_CHAIN - 1}")["f0"], 0)
        self.assert_faulty(f"c{LONGEST_CHAIN}", f"{LONGEST_CHAIN} cards")

    def test_a_large_circle_is_named(self):
        cards = [f"name: c{i}\nbase: c{(i + 1) % 900}\n" for i in range(900)]
        self.write_cards("---\n".join(cards))
        self.assert_faulty("c7", "circle")

    # ---- documents ----

    def test_deep_nesting_is_shown_and_deeper_is_a_problem(self):
        levels = DEEPEST_NESTING - 1
        self.write_cards("name: deep\nx: " + "[" * levels + "]" * levels + "\n")
        self.write_cards("name: deeper\nx: " + "[" * (levels + 1) + "]" * (levels + 1) + "\n", "b.yaml")
        self.assertEqual(self.store.run("show", "--json", "--", "deep").status, 0)
        self.assert_faulty("deeper", "b.yaml:2:")

    def test_very_deep_nesting_does_no_harm(self):
        self.write_cards("name: a\nx: " + "[" * 200_000 + "\n")
        self.assert_faulty("a", "a.yaml:2:")
        self.write_cards("name: a\nx: " + "{a: " * 100_000 + "\n")
        self.assert_faulty("a", "a.yaml:2:")

    def test_aliases_that_multiply_are_a_problem(self):
        lines = ["name: a", "l0: &l0 [lol, lol, lol]"]
        lines += [f"l{i}: &l{i} [{', '.join([f'*l{i - 1}'] * 10)}]" for i in range(1, 12)]
        self.write_cards("\n".join(lines) + "\n")
        self.assert_faulty("a", "a.yaml:")

    def test_merge_keys_that_multiply_are_a_problem_soon(self):
        lines = ["name: a", "m0: &m0 {" + ", ".join(f"k{i}: {i}" for i in range(1000)) + "}"]
        lines += [f"m{i}: &m{i} {{<<: [{', '.join(['*m0'] * 100)}]}}" for i in range(1, 1000)]
        self.write_cards("\n".join(lines) + "\n")
        start = time.monotonic()
        self.assert_faulty("a", "a.yaml:")
        self.assertLess(time.monotonic() - start, 20)

    def test_a_text_of_a_mebibyte_is_shown(self):
        text = "word " * (MEBIBYTE // 5)
        self.write_cards(f'name: a\nx: "{text}"\n')
        self.assertEqual(self.shown("a")["x"], text)

    def test_a_text_of_many_mebibytes_is_a_problem(self):
        self.write_cards(f'name: a\nx: "{"x" * (17 * MEBIBYTE)}"\n')
        self.assert_faulty("a", "a.yaml:2:")

    def test_a_file_of_many_mebibytes_is_a_problem(self):
        self.write_cards("name: a\n# " + "x" * (65 * MEBIBYTE) + "\n")
        self.assert_faulty("a", "a.yaml: ")

    def test_cards_that_grow_too_large_by_their_bases_are_a_problem(self):
        cards = [f"name: c{i}\nx{i}: {'x' * MEBIBYTE}\n" for i in range(20)]
        cards[1:] = [f"base: c{i}\n{card}" for i, card in enumerate(cards[1:])]
        self.write_cards("---\n".join(cards))
        self.assertEqual(len(self.shown("c5")), 7)
        self.assert_faulty("c19", "c19")

    def test_integers_of_thousands_of_digits_are_shown(self):
        digits = "9" * 4000
        self.write_cards(f"name: a\nx: {digits}\n")
        self.assertIn(digits, self.store.run("show", "--", "a").output)

    def test_ten_thousand_keys_and_documents_are_shown(self):
        self.write_cards("name: a\n" + "".join(f"k{i}: {i}\n" for i in range(10_000)))
        self.write_cards("---\n".join(f"name: d{i}\n" for i in range(10_000)), "b.yaml")
        self.assertEqual(len(self.store.run("list").output.split()), 10_001)
        self.assertIn("\nk9999: 9999\n", self.store.run("show", "--", "a").output)


if __name__ == "__main__":
    testing.main(__doc__)
