"""What a drawing of a playbook shows, before it is decided how it looks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from diagnose.checks.finding import Answer
from diagnose.playbook.diagnosis import Step
from diagnose.playbook.model import Edge, Kind, Library, Node


class Shape(StrEnum):
    """What a box stands for."""

    QUESTION = "question"
    PERSON = "person"
    CAUSE = "cause"
    PLAYBOOK = "playbook"
    NOWHERE = "nowhere"


@dataclass(frozen=True, slots=True)
class Box:
    """One box; `note` is what the walk found there, empty when it was not taken or nothing was said."""

    id: str
    name: str
    text: str
    shape: Shape
    taken: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Arrow:
    """From a box to a box, for some answers; `answer` is the one that a walk gave, None when it went elsewhere."""

    source: str
    target: str
    answers: tuple[Answer, ...]
    answer: Answer | None = None

    @property
    def taken(self) -> bool:
        """Whether a walk went this way."""
        return self.answer is not None

    @property
    def label(self) -> str:
        """The answers as one text, the one that was given in brackets."""
        return ", ".join(f"[{answer}]" if answer is self.answer else answer for answer in self.answers)


@dataclass(frozen=True, slots=True)
class Picture:
    """Boxes, the start first, and arrows in the order of the file."""

    title: str
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]


def picture(library: Library, path: Sequence[Step] = (), *, whole: bool = False) -> Picture:
    """The root playbook, with `path` also those that were walked, with `whole` all.

    A playbook that is not shown is one box; a cause is drawn beside each question that ends in it.
    """
    steps = {step.node: step for step in path}
    shown = {library.root, *(step.node.split("/")[0] for step in path), *(library.playbooks if whole else ())}
    nodes = [node for name, book in library.playbooks.items() if name in shown for node in book.nodes.values()]
    boxes: dict[str, Box] = {node.id: _question(library, node, steps) for node in nodes}
    arrows: list[Arrow] = []
    for node in nodes:
        for target, answers in _grouped(library, node, shown).items():
            given = steps[node.id].answer if node.id in steps else None
            taken = given in answers
            arrows.append(Arrow(node.id, target.id, answers, given if taken else None))
            if target.id not in boxes or (taken and not boxes[target.id].taken and target.shape is not Shape.QUESTION):
                boxes[target.id] = Box(target.id, target.name, target.text, target.shape, taken)
    return Picture(library.playbooks[library.root].title, tuple(boxes.values()), tuple(arrows))


def _question(library: Library, node: Node, steps: Mapping[str, Step]) -> Box:
    shape = Shape.PERSON if node.person and node.test is None else Shape.QUESTION
    step = steps.get(node.id)
    name = node.name if node.playbook == library.root else node.id
    return Box(node.id, name, node.ask, shape, step is not None, step.because if step else "")


def _grouped(library: Library, node: Node, shown: set[str]) -> dict[Box, tuple[Answer, ...]]:
    found: dict[Box, tuple[Answer, ...]] = {}
    for answer, target in _targets(library, node, shown):
        found[target] = (*found.get(target, ()), answer)
    return found


def _targets(library: Library, node: Node, shown: set[str]) -> Iterator[tuple[Answer, Box]]:
    for answer in Answer:
        if edge := node.edges.get(answer):
            yield answer, _target(library, node, edge, shown)


def _target(library: Library, node: Node, edge: Edge, shown: set[str]) -> Box:
    target = library.follow(edge)
    if target is None:
        return Box(f"{node.id}?{edge.written}", edge.name, edge.written, Shape.NOWHERE)
    if edge.kind is Kind.LEAF:
        return Box(f"{node.id}{target.id}", target.name, getattr(target, "cause", target.name), Shape.CAUSE)
    if target.playbook in shown:
        return Box(target.id, target.name, getattr(target, "ask", ""), Shape.QUESTION)
    title = library.playbooks[target.playbook].title
    return Box(f"{node.id}->{target.id}", edge.written.removeprefix("-> "), title, Shape.PLAYBOOK)
