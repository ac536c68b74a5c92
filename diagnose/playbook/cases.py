"""Tests of a playbook, as they stand in a `*.test.yaml` beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from diagnose.checks.finding import Answer
from diagnose.errors import SpecError
from diagnose.playbook import load
from diagnose.playbook.fields import Keys, Reader
from diagnose.playbook.marks import Scalar, Tree, parse, unreadable
from diagnose.playbook.model import Place, Problem
from diagnose.playbook.staged import SIGNALS, Staged, staged

FILE: Keys = {"playbook": False, "cases": True}
EXPECTED: Keys = dict.fromkeys(("path", "cause", "leaf", "hands_over_to"), False)
CASE: Keys = {"name": True, "given": False, **SIGNALS, **EXPECTED}


@dataclass(frozen=True, slots=True)
class Case:
    """What is given or staged, and what the walk must do; empty expectations are not looked at.

    Staged signals are examined by the checks; an answer that is given goes before theirs. `given` maps a check
    (`area.word`, with some or all of its parameters in brackets) or a node to an answer.
    """

    name: str
    place: Place
    given: Mapping[str, Answer] = field(default_factory=dict)
    staged: Staged | None = None
    path: tuple[str, ...] = ()
    cause: str = ""
    leaf: str = ""
    hands_over_to: str = ""


@dataclass(frozen=True, slots=True)
class Suite:
    """The cases of one playbook."""

    playbook: str
    cases: tuple[Case, ...]


def read_file(path: Path) -> tuple[Suite, tuple[Problem, ...]]:
    """The cases of a file and every problem in it; the playbook is the one of the file name unless it names another."""
    reader = Reader()
    try:
        tree = parse(load.text_of(path), file=str(path))
    except SpecError as error:
        return Suite("", ()), (unreadable(error, file=str(path)),)
    keys = reader.fields(tree, "the test file", FILE)
    name = reader.text(keys.get("playbook"), "playbook") or path.name.removesuffix(load.TEST_SUFFIX)
    listed = keys.get("cases")
    begun = isinstance(listed, Scalar) and not listed.text
    cases = tuple(_case(reader, part, path.parent) for part in ([] if begun else reader.items(listed, "cases")))
    return Suite(name, cases), tuple(sorted(reader.problems))


def _case(reader: Reader, tree: Tree, home: Path) -> Case:
    keys = reader.fields(tree, "a case", CASE)
    name = reader.text(keys.get("name"), "name")
    if not EXPECTED.keys() & keys.keys():
        expected = "add path, cause, leaf or hands_over_to"
        reader.wrong(tree.place, "missing-key", f"case {name!r} expects nothing; {expected}")
    given = reader.fields(keys["given"], f"given of {name!r}") if "given" in keys else {}
    answers = {key: reader.word(value, f"given {key!r}", Answer) for key, value in given.items()}
    return Case(
        name=name,
        place=tree.place,
        staged=staged(reader, keys, home=home),
        given={key: answer for key, answer in answers.items() if answer},
        path=reader.texts(keys.get("path"), f"path of {name!r}"),
        cause=reader.text(keys.get("cause"), f"cause of {name!r}"),
        leaf=reader.text(keys.get("leaf"), f"leaf of {name!r}"),
        hands_over_to=reader.text(keys.get("hands_over_to"), f"hands_over_to of {name!r}"),
    )
