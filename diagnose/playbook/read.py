"""One file's YAML tree into a playbook, or the problems that stand in the way."""

from __future__ import annotations

import re
from enum import StrEnum

from diagnose.checks.finding import Answer
from diagnose.errors import SpecError
from diagnose.playbook.diagnosis import Action
from diagnose.playbook.expression import TESTS, test_of
from diagnose.playbook.fields import Keys, Reader
from diagnose.playbook.marks import Fields, Scalar, Tree, parse, unreadable
from diagnose.playbook.model import Edge, Kind, Leaf, Node, Person, Playbook, Problem
from diagnose.playbook.runtimes import Runtime
from diagnose.signals.evidence import Gap, Signal


class When(StrEnum):
    """When an action is due."""

    NOW = "now"
    NEXT = "next"
    LATER = "later"


PLAYBOOK: Keys = {
    "playbook": True,
    "title": True,
    "sources": False,
    "start": False,
    "causes": False,
    "nodes": False,
    "leaves": False,
}
NODE: Keys = {"ask": True, **dict.fromkeys(TESTS, False), "person": False, **dict.fromkeys(Answer, False)}
PERSON: Keys = {"why": True, "how": False}
LEAF: Keys = {"cause": False, "remedy": False, "actions": False, "missing": False}
ACTION: Keys = {"when": True, "what": True, "command": False, "risk": False, "runtime": False}
MISSING: Keys = {"signal": True, "why": True, "command": False}
NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
TARGET = re.compile(r"(?P<arrow>=>|->)?\s*(?:(?P<book>[a-z0-9-]+)/)?(?P<name>[a-z0-9-]+)")


def playbook(text: str, *, file: str) -> tuple[Playbook | None, tuple[Problem, ...]]:
    """The playbook that the text holds, and every problem in it; None when it is not even readable YAML."""
    reader = Reader()
    try:
        tree = parse(text, file=file)
    except SpecError as error:
        return None, (unreadable(error, file=file),)
    keys = reader.fields(tree, "the playbook", PLAYBOOK)
    name = _name(reader, keys.get("playbook"), "playbook")
    nodes = _named(reader, keys.get("nodes"), "nodes")
    leaves = _named(reader, keys.get("leaves"), "leaves")
    if nodes and "start" not in keys:
        reader.wrong(tree.place, "missing-key", f"the playbook needs the key 'start': one of {', '.join(nodes)}")
    if not nodes and not leaves:
        reader.wrong(tree.place, "missing-key", "the playbook needs nodes, or leaves for other playbooks")
    book = Playbook(
        name=name,
        title=reader.text(keys.get("title"), "title"),
        place=tree.place,
        start=reader.text(keys.get("start"), "start"),
        sources=reader.texts(keys.get("sources"), "sources"),
        nodes={key: _node(reader, name, key, part) for key, part in nodes.items()},
        leaves={key: _leaf(reader, name, key, part) for key, part in leaves.items()},
        causes={key: reader.text(part, f"cause {key!r}") for key, part in _causes(reader, keys.get("causes")).items()},
        start_place=keys["start"].place if "start" in keys else None,
    )
    return book, tuple(sorted(reader.problems))


def _causes(reader: Reader, tree: Tree | None) -> dict[str, Tree]:
    return reader.fields(tree, "causes") if tree else {}


def _named(reader: Reader, tree: Tree | None, what: str) -> dict[str, Tree]:
    if tree is None:
        return {}
    found = reader.fields(tree, what)
    for key, _ in tree.pairs if isinstance(tree, Fields) else ():
        _name(reader, key, f"a name in {what}")
    return found


def _name(reader: Reader, tree: Tree | None, what: str) -> str:
    text = reader.text(tree, what)
    if tree is not None and text and not NAME.fullmatch(text):
        reader.wrong(
            tree.place, "name", f"{what} cannot be {text!r}; use lower-case letters, digits and single hyphens"
        )
    return text


def _node(reader: Reader, book: str, name: str, tree: Tree) -> Node:
    what = f"node {name!r}"
    keys = reader.fields(tree, what, NODE)
    test = test_of(reader, {key: keys[key] for key in TESTS if key in keys}, what, tree.place)
    person = _person(reader, keys["person"], what) if "person" in keys else None
    if test is None and person is None and not any(key in keys for key in TESTS):
        reader.wrong(
            tree.place,
            "missing-test",
            f"{what} asks nothing; give it a check, all, any, not, query, log, profile or person",
        )
    edges: dict[Answer, Edge] = {}
    for answer in Answer:
        if answer not in keys:
            reader.wrong(
                tree.place, "missing-edge", f"{what} does not say where {answer.value!r} leads; add '{answer}: ...'"
            )
        elif edge := _edge(reader, keys[answer], book, f"{answer} of {what}"):
            edges[answer] = edge
    return Node(book, name, reader.text(keys.get("ask"), f"ask of {what}"), edges, tree.place, test, person)


def _person(reader: Reader, tree: Tree, what: str) -> Person:
    keys = reader.fields(tree, f"person of {what}", PERSON)
    return Person(reader.text(keys.get("why"), "why"), reader.text(keys.get("how"), "how"))


def _edge(reader: Reader, tree: Tree, book: str, what: str) -> Edge | None:
    match = TARGET.fullmatch(tree.text.strip()) if isinstance(tree, Scalar) else None
    if match is None or (match["book"] and not match["arrow"]):
        spellings = "a node's name, '=> leaf' for a cause, or '-> playbook' to hand over"
        reader.wrong(tree.place, "edge", f"{what} must be {spellings}")
        return None
    kind = Kind(match["arrow"] or "")
    if kind is Kind.PLAYBOOK and not match["book"]:
        return Edge(kind, match["name"], "", tree.place)
    return Edge(kind, match["book"] or (book if kind is Kind.NODE else ""), match["name"], tree.place)


def _leaf(reader: Reader, book: str, name: str, tree: Tree) -> Leaf:
    what = f"leaf {name!r}"
    keys = reader.fields(tree, what, LEAF)
    return Leaf(
        playbook=book,
        name=name,
        cause=reader.text(keys.get("cause"), f"cause of {what}") or name,
        place=keys["cause"].place if "cause" in keys else tree.place,
        remedy=reader.text(keys.get("remedy"), f"remedy of {what}"),
        actions=tuple(_action(reader, part, what) for part in reader.items(keys.get("actions"), f"actions of {what}")),
        missing=tuple(_missing(reader, part, what) for part in reader.items(keys.get("missing"), f"missing of {what}")),
    )


def _action(reader: Reader, tree: Tree, what: str) -> Action:
    keys = reader.fields(tree, f"an action of {what}", ACTION)
    when = reader.word(keys.get("when"), "when", When) or When.NOW
    command = reader.text(keys.get("command"), "command") or None
    risk = reader.text(keys.get("risk"), "risk") or "none"
    runtime = reader.word(keys["runtime"], "runtime", Runtime) if "runtime" in keys else None
    return Action(when.value, reader.text(keys.get("what"), "what"), command, risk, runtime or "")


def _missing(reader: Reader, tree: Tree, what: str) -> Gap:
    keys = reader.fields(tree, f"missing of {what}", MISSING)
    signal = reader.word(keys.get("signal"), "signal", Signal) or Signal.METRIC
    return Gap(signal, reader.text(keys.get("why"), "why"), reader.text(keys.get("command"), "command") or None)
