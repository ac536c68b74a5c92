"""Where a walk left every way that leads to the truth."""

from __future__ import annotations

from diagnose.playbook.diagnosis import Diagnosis
from diagnose.playbook.model import Leaf, Library, Node


def astray(library: Library, found: Diagnosis, cause: str) -> str:
    """The first question whose answer closed all ways to `cause`, or why its leaf was reached and not named."""
    nodes = {node.id: node for node in library.nodes()}
    for step in found.path:
        node = nodes.get(step.node)
        edge = node.edges.get(step.answer) if node else None
        if edge is None:
            return f"the weight of all findings overruled the walk: {step.because}"
        ends = causes_beyond(library, library.follow(edge))
        if cause not in ends:
            return f"`{step.node}` answered {step.answer}: {step.because}"
        if ends == {cause} and found.path[-1] is step:
            break
    sure = found.causes[0].confidence if found.causes else 0.0
    return f"its leaf was reached, but with a confidence of {sure:.2f} only"


def causes_beyond(library: Library, place: Node | Leaf | None) -> set[str]:
    """The causes that can still be reached from a place of the graph."""
    ends, met, ahead = set[str](), set[str](), [place]
    while ahead:
        at = ahead.pop()
        if isinstance(at, Leaf):
            ends.add(at.cause)
        elif at is not None and at.id not in met:
            met.add(at.id)
            ahead.extend(library.follow(edge) for edge in at.edges.values())
    return ends
