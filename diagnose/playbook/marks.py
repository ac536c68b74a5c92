"""YAML as a tree in which everything knows where it stands; small on purpose, so that hostile files stay harmless."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

import yaml

from diagnose.errors import SpecError
from diagnose.playbook.model import Place, Problem

MAX_DEPTH = 40
MAX_EVENTS = 100_000
MAX_CHARACTERS = 1_000_000


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text; `plain` when it was written without quotes."""

    place: Place
    text: str
    plain: bool


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    place: Place
    items: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Fields:
    """Keys and their values, in the order of the file; a key may stand twice."""

    place: Place
    pairs: tuple[tuple[Scalar, Tree], ...]


Tree = Scalar | Items | Fields


class _Mark(Protocol):
    """Lines and columns as YAML parsers count them, from 0."""

    line: int
    column: int


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end was not reached yet."""

    place: Place
    mapping: bool
    children: list[Tree] = field(default_factory=list)

    def closed(self) -> Tree:
        if not self.mapping:
            return Items(self.place, tuple(self.children))
        pairs: list[tuple[Scalar, Tree]] = []
        for key, value in zip(self.children[::2], self.children[1::2], strict=True):
            if not isinstance(key, Scalar):
                raise SpecError(f"{key.place}: a key must be a plain word")
            pairs.append((key, value))
        return Fields(self.place, tuple(pairs))


def parse(text: str, *, file: str) -> Tree:
    """The one document of a file; tags, anchors, aliases and deep nesting are refused (SpecError with the place)."""
    if len(text) > MAX_CHARACTERS:
        raise SpecError(f"{file}: larger than {MAX_CHARACTERS} characters; split the playbook")
    stack = [_Open(Place(file, 1, 1), mapping=False)]
    for event in _events(text, file):
        place = _place(event.start_mark, file)
        match event:
            case yaml.AliasEvent():
                raise SpecError(f"{place}: an alias (*{event.anchor}) cannot be used here; write the text out")
            case yaml.NodeEvent() if event.anchor or getattr(event, "tag", None):
                raise SpecError(f"{place}: anchors (&) and tags (!) cannot be used here; remove it")
            case yaml.ScalarEvent():
                stack[-1].children.append(Scalar(place, event.value, event.implicit[0]))
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                if len(stack) > MAX_DEPTH:
                    raise SpecError(f"{place}: nested deeper than {MAX_DEPTH} levels")
                stack.append(_Open(place, isinstance(event, yaml.MappingStartEvent)))
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                tree = stack.pop().closed()
                stack[-1].children.append(tree)
    return _only(stack[0], file)


def _only(root: _Open, file: str) -> Tree:
    if not root.children:
        raise SpecError(f"{file}:1:1: the file is empty")
    if len(root.children) > 1:
        raise SpecError(f"{root.children[1].place}: a second document; a file holds one, remove the ---")
    return root.children[0]


def _events(text: str, file: str) -> Iterator[yaml.Event]:
    loader = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
    try:
        for count, event in enumerate(yaml.parse(text, Loader=loader)):
            if count > MAX_EVENTS:
                raise SpecError(f"{file}: more than {MAX_EVENTS} entries; split the playbook")
            yield event
    except yaml.MarkedYAMLError as error:
        raise SpecError(_readable(error, file)) from None
    except (yaml.YAMLError, RecursionError) as error:
        raise SpecError(f"{file}: not YAML: {str(error).splitlines()[0]}") from None


def _readable(error: yaml.MarkedYAMLError, file: str) -> str:
    where = _place(error.problem_mark or error.context_mark, file)
    return f"{where}: not YAML: {error.problem or error.context}; check quotes, colons and indentation"


def _place(mark: _Mark | None, file: str) -> Place:
    return Place(file, mark.line + 1, mark.column + 1) if mark else Place(file, 1, 1)


def unreadable(error: SpecError, *, file: str) -> Problem:
    """An error of `parse` as a problem with its place."""
    if match := re.match(re.escape(file) + r":(\d+):(\d+): ", str(error)):
        return Problem(Place(file, int(match[1]), int(match[2])), "yaml", str(error)[match.end() :])
    return Problem(Place(file, 1, 1), "yaml", str(error).removeprefix(f"{file}: "))
