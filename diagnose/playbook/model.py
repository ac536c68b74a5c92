"""A playbook as plain data: questions in a graph, answers as edges, causes as leaves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from diagnose.checks.catalog import Value
from diagnose.checks.finding import Answer
from diagnose.playbook.diagnosis import Action
from diagnose.signals.evidence import Gap


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where something stands in a file; line and column count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class Severity(StrEnum):
    """An error stops the playbook from being used, a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """Something wrong in a playbook: `code` is a stable word for machines, the message says what was expected."""

    place: Place
    code: str
    message: str
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


@dataclass(frozen=True, slots=True)
class Question:
    """A check with its parameters in base units; `units` names the unit that the author wrote, where one was written.

    A query of the author's own is a question too: its check is `own.query`, `own.log` or `own.profile`.
    """

    check: str
    parameters: Mapping[str, Value]
    place: Place
    units: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The same text for the same question, wherever it is asked."""
        if not self.parameters:
            return self.check
        parts = ", ".join(f"{name}={written(value)}" for name, value in sorted(self.parameters.items()))
        return f"{self.check}({parts})"


def written(value: Value) -> str:
    """A parameter's value as it stands in a key."""
    match value:
        case bool():
            return str(value).lower()
        case float() | int():
            return f"{value:.12g}"
        case tuple():
            return "[" + ", ".join(value) + "]"
        case _:
            return value


@dataclass(frozen=True, slots=True)
class All:
    """Yes when every part is."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Any:
    """Yes when one part is."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite; unknown stays unknown."""

    part: Expression


Expression = Question | All | Any | Not


@dataclass(frozen=True, slots=True)
class Person:
    """What a person is told before answering: why it is asked, and how to find out (a command or a place to look)."""

    why: str
    how: str = ""


class Kind(StrEnum):
    """What an edge leads to; the value is the arrow that an author writes."""

    NODE = ""
    LEAF = "=>"
    PLAYBOOK = "->"


@dataclass(frozen=True, slots=True)
class Edge:
    """Where an answer leads: a node of the same playbook, a leaf, or another playbook.

    `name` is empty for the start of another playbook; `playbook` is empty for a leaf that was found nowhere.
    """

    kind: Kind
    playbook: str
    name: str
    place: Place

    @property
    def written(self) -> str:
        """As an author writes it."""
        if self.kind is Kind.NODE:
            return self.name
        return f"{self.kind} " + "/".join(part for part in (self.playbook, self.name) if part)


@dataclass(frozen=True, slots=True)
class Node:
    """One question. With a test and a person, the person is asked only where the test does not know."""

    playbook: str
    name: str
    ask: str
    edges: Mapping[Answer, Edge]
    place: Place
    test: Expression | None = None
    person: Person | None = None

    @property
    def id(self) -> str:
        """The name that is unique among all playbooks."""
        return f"{self.playbook}/{self.name}"


@dataclass(frozen=True, slots=True)
class Leaf:
    """An end of the graph: the cause, what removes it, what to do, and what to get when it is not yet certain."""

    playbook: str
    name: str
    cause: str
    place: Place
    remedy: str = ""
    actions: tuple[Action, ...] = ()
    missing: tuple[Gap, ...] = ()

    @property
    def id(self) -> str:
        """The name that is unique among all playbooks, and never that of a node."""
        return f"{self.playbook}/=>{self.name}"


@dataclass(frozen=True, slots=True)
class Playbook:
    """One file. `causes` are the author's own cause ids with a title; `start` is empty when there are only leaves."""

    name: str
    title: str
    place: Place
    start: str = ""
    sources: tuple[str, ...] = ()
    nodes: Mapping[str, Node] = field(default_factory=dict)
    leaves: Mapping[str, Leaf] = field(default_factory=dict)
    causes: Mapping[str, str] = field(default_factory=dict)
    start_place: Place | None = None


@dataclass(frozen=True, slots=True)
class Library:
    """A playbook (`root`) and all that it hands over to; `shelf` names every playbook that it could hand over to."""

    root: str
    playbooks: Mapping[str, Playbook]
    shelf: tuple[str, ...] = ()

    @property
    def start(self) -> Node | None:
        """The first question."""
        return self.entry(self.root)

    def entry(self, playbook: str) -> Node | None:
        """The first question of a playbook."""
        book = self.playbooks.get(playbook)
        return book.nodes.get(book.start) if book else None

    def follow(self, edge: Edge) -> Node | Leaf | None:
        """What an edge leads to, None when it leads nowhere."""
        book = self.playbooks.get(edge.playbook)
        if book is None:
            return None
        if edge.kind is Kind.LEAF:
            return book.leaves.get(edge.name)
        return book.nodes.get(edge.name or book.start)

    def nodes(self) -> Iterator[Node]:
        """All questions, in the order of the files."""
        return (node for book in self.playbooks.values() for node in book.nodes.values())

    def leaves(self) -> Iterator[Leaf]:
        """All ends, in the order of the files."""
        return (leaf for book in self.playbooks.values() for leaf in book.leaves.values())


def asked(test: Expression | None) -> Iterator[Question]:
    """The questions in an expression, from left to right."""
    match test:
        case Question():
            yield test
        case All(parts) | Any(parts):
            for part in parts:
                yield from asked(part)
        case Not(part):
            yield from asked(part)
        case None:
            return
