"""Reads YAML as fairseq2 does: with ruamel.yaml's safe loader, which is the reader that it uses.

Debian's release of ruamel turns a time with a zone into UTC and drops the zone; the one that
fairseq2 installs keeps it, and so do we.
"""

import datetime
import re
import warnings

from ruamel.yaml import YAML
from ruamel.yaml.constructor import SafeConstructor
from ruamel.yaml.error import YAMLWarning

# What it warns of, anchors that are used again and the floats of YAML 1.1, is right all the same.
warnings.simplefilter("ignore", YAMLWarning)

TIMESTAMP = re.compile(
    r"(?P<year>\d{4})-(?P<month>\d\d?)-(?P<day>\d\d?)"
    r"(?:(?:[Tt]|[ \t]+)(?P<hour>\d\d?):(?P<minute>\d\d):(?P<second>\d\d)(?:\.(?P<fraction>\d*))?"
    r"(?:[ \t]*(?:(?P<utc>Z)|(?P<sign>[-+])(?P<zone_hour>\d\d?)(?::(?P<zone_minute>\d\d))?))?)?",
    re.ASCII,
)


class Constructor(SafeConstructor):
    def construct_timestamp(self, node):
        match = TIMESTAMP.fullmatch(self.construct_scalar(node).removesuffix("\n"))
        if match is None:
            raise ValueError("not a timestamp")
        part = match.groupdict()
        day = [int(part[name]) for name in ("year", "month", "day")]
        if part["hour"] is None:
            return datetime.date(*day)
        clock = [int(part[name]) for name in ("hour", "minute", "second")]
        zone = datetime.timezone.utc if part["utc"] else None
        if part["sign"]:
            offset = datetime.timedelta(hours=int(part["zone_hour"]), minutes=int(part["zone_minute"] or 0))
            zone = datetime.timezone(-offset if part["sign"] == "-" else offset)
        moment = datetime.datetime(*day, *clock, tzinfo=zone)
        return moment + datetime.timedelta(microseconds=microseconds(part["fraction"] or ""))


def microseconds(fraction):
    """Six digits count; the seventh rounds."""
    rounds_up = fraction[6:7] > "4"
    return int(fraction[:6].ljust(6, "0")) + rounds_up


Constructor.add_constructor("tag:yaml.org,2002:timestamp", Constructor.construct_timestamp)


def make_reader():
    """A reader for one text: one that has failed, or met a %YAML line, is fit for no other."""
    yaml = YAML(typ="safe", pure=True)
    yaml.Constructor = Constructor
    return yaml


def read_stream(text):
    """Every document of the text; raises whatever the reader does."""
    return list(make_reader().load_all(text))


def split(text):
    """The text in parts of one document each, where markers at the start of a line end them."""
    parts = []
    part = ""
    has_content = False
    for line in re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z", text):
        is_start = re.match(r"---(?!\S)", line)
        if is_start and has_content:
            parts.append(part)
            part = ""
        part += line
        is_prefix = re.match(r"%|[ \t]*(?:#|$)", line)
        has_content = bool(has_content or is_start or not is_prefix)
        if re.match(r"\.\.\.(?!\S)", line):
            parts.append(part)
            part = ""
            has_content = False
    return parts + [part] if part else parts


def read_documents(text):
    """Each document of the text, a faulty one as the exception that it raised.

    What is wrong with one document is no matter of the others, and neither is its %YAML line.
    """
    if "%YAML" not in text:
        try:
            return read_stream(text)
        except Exception:  # whatever it is: one of the documents has it
            pass
    documents = []
    for part in split(text):
        try:
            documents += read_stream(part)
        except Exception as fault:  # the reader raises what its parts raise
            documents.append(fault)
    return documents
