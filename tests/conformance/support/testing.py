"""Tests of a cardfs binary, each with a directory of its own and no cards of anybody else's in force."""

import argparse
import pathlib
import sys
import tempfile
import unittest

from . import program

OPTIONS = argparse.Namespace(cardfs="cardfs")


class StoreTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.root = pathlib.Path(scratch.name).resolve()
        self.variables = {"HOME": str(self.root / "home"), "PYTHONPATH": "", "VIRTUAL_ENV": "", "CONDA_PREFIX": ""}

    def write(self, path, text=""):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def cardfs(self, *locations, options=("--no-default-stores",)):
        return program.Cardfs(OPTIONS.cardfs, locations, None, self.variables, options)

    def show(self, cardfs, name):
        """The one asset of that name, which has to be in order."""
        answer, documents = cardfs.show([name])
        self.assertEqual(answer.status, 0, answer.errors)
        return documents[0]


def main(description):
    """Runs the tests of the program: all, or those that its arguments name."""
    parser = argparse.ArgumentParser(description=description.splitlines()[0])
    parser.add_argument("--cardfs", default="cardfs")
    parser.add_argument("tests", nargs="*")
    arguments = parser.parse_args(namespace=OPTIONS)
    unittest.main(argv=[sys.argv[0], *arguments.tests])
