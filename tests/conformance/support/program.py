"""Runs a cardfs binary and reads what it prints."""

import json
import os
import subprocess

from . import yaml_reader

FOREIGN_VARIABLES = ("CARDFS_", "FAIRSEQ2_", "XDG_", "HF_")
TIME_LIMIT = 60


class Crashed(Exception):
    """The program did not end as a program should."""


class Answer:
    def __init__(self, completed):
        self.status = completed.returncode
        self.output = completed.stdout
        self.errors = completed.stderr

    def documents(self):
        return [document for document in yaml_reader.read_stream(self.output) if document is not None]

    def problems(self):
        return [json.loads(line) for line in self.output.splitlines()]


class Cardfs:
    """The program with the stores and the environment of one case."""

    def __init__(self, path, locations=(), environment=None, variables=None, options=("--no-default-stores",)):
        self.path = os.path.abspath(path) if os.sep in path else path
        self.options = list(options)
        for location in locations:
            self.options += ["--store", location]
        if environment:
            self.options += ["--env", environment]
        own = {key: value for key, value in os.environ.items() if not key.startswith(FOREIGN_VARIABLES)}
        self.variables = own | (variables or {})

    def run(self, command, *arguments):
        completed = subprocess.run(
            [self.path, command, *self.options, *arguments],
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",
            env=self.variables,
            timeout=TIME_LIMIT,
            check=False,
        )
        if not 0 <= completed.returncode <= 2 or "Sanitizer" in completed.stderr:
            raise Crashed(f"{command} ended with {completed.returncode}: {completed.stderr[-500:]}")
        return Answer(completed)

    def show_all(self):
        """(answer, {name: document}) of every asset."""
        answer = self.run("show", "--all")
        return answer, {document["name"]: document for document in answer.documents()}

    def show(self, names):
        """(answer, documents) of the assets with those names, without the broken and missing ones."""
        answer = self.run("show", "--", *names)
        return answer, answer.documents()
