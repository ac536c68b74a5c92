"""A culprit in plain words: what a person calls it, and the metric that stands behind the name."""

from __future__ import annotations

import re

from diagnose.checks.finding import Culprit

HELD = {"connections", "files", "garbage collection", "goroutines", "memory", "processor", "sockets", "threads"}
"""What is held or spent; the name beside it is that of the metric that tells."""

_PATH = re.compile(r"^[^\s()\[]*/(?=[^\s/])")
_PACKAGES = re.compile(r"^(?:[a-z_][a-z0-9_]*\.){2,}(?=[A-Z])")
_MEASURED = {"dependency", "endpoint", "resource"}
_METRIC = re.compile(r"[a-zA-Z0-9:]+(?:_[a-zA-Z0-9:]+)+")
_VERSION = re.compile(r"(\S+_\S+) (\w+): (.+?) -> (.+)")
_NOTE = re.compile(r"(\S+:\d+) \((.+)\)", re.DOTALL)
_CLASS = re.compile(r"(?:\w+\.)*[A-Z]\w+")
_UNIT = re.compile(
    r"(?:_(?:total|count|sum|max|mean|seconds|milliseconds|ms|bytes|ratio|duration|latency|time|open|active|current))+$"
)


def short(function: str) -> str:
    """A function's name without the path of its package: `archive.(*Replay).Load`, `PoolKeeper.take`."""
    return _PACKAGES.sub("", _PATH.sub("", function)) or function


def plain(culprit: Culprit, service: str) -> tuple[str, str]:
    """The name for people, and the metric that tells of it, if one is known."""
    name, place = culprit.name, culprit.location
    if culprit.kind == "version" and (told := release(name)):
        return told[0].removeprefix("version "), told[1]
    if culprit.kind == "resource" and place in HELD and "_" in name:
        return place, name
    if culprit.kind == "dependency" and "_" in name and (place.startswith(name) or name.startswith(place or "\0")):
        return _words(name, service), name
    return name, place if culprit.kind in _MEASURED and _METRIC.fullmatch(place) else ""


def release(title: str) -> tuple[str, str] | None:
    """A change that a metric tells of, as `version 2.3.1 → 2.4.0`, and that metric; None for other titles."""
    told = _VERSION.fullmatch(title)
    return (f"{told[2]} {told[3]} → {told[4]}", told[1]) if told else None


def place_and_note(culprit: Culprit) -> tuple[str, str]:
    """File and line, and what was said there: `archive.go:31 (index out of range)`."""
    said = _NOTE.fullmatch(culprit.location)
    return (said[1], once(said[2])) if said else (culprit.location, "")


def _words(metric: str, service: str) -> str:
    """A metric's name without the service in front and the unit behind: `rates call`."""
    return _UNIT.sub("", metric.removeprefix(f"{service}_")).replace("_", " ") or metric


def once(said: str) -> str:
    """A message without what it repeats: logs put the text of an error in front of the error's class and text."""
    parts = said.split(": ")
    for i, part in enumerate(parts[1:], 1):
        cut = part.removesuffix("…").rstrip()
        if any(earlier.startswith(cut) for earlier in parts[:i]) or (cut != part and " " not in part):
            whole = i - 1 if i > 1 and _CLASS.fullmatch(parts[i - 1]) else i
            return ": ".join(parts[:whole])
    return said
