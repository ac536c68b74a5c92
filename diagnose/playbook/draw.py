"""Playbooks drawn as text: for a terminal, as Mermaid and as DOT."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from diagnose.playbook.diagnosis import Step
from diagnose.playbook.model import Library
from diagnose.playbook.picture import Arrow, Box, Picture, Shape, picture

_MERMAID = {
    Shape.QUESTION: ('{{"', '"}}'),
    Shape.PERSON: ('[/"', '"/]'),
    Shape.CAUSE: ('(["', '"])'),
    Shape.PLAYBOOK: ('[["', '"]]'),
    Shape.NOWHERE: ('>"', '"]'),
}
_DOT = {
    Shape.QUESTION: "box",
    Shape.PERSON: "parallelogram",
    Shape.CAUSE: "ellipse",
    Shape.PLAYBOOK: "folder",
    Shape.NOWHERE: "octagon",
}


def mermaid(library: Library, path: Sequence[Step] = (), *, whole: bool = False) -> str:
    """A Mermaid flow chart; what a walk took is of class `taken`."""
    drawn = picture(library, path, whole=whole)
    ids = {box.id: f"n{index}" for index, box in enumerate(drawn.boxes)}
    lines = ["flowchart TD"]
    for box in drawn.boxes:
        left, right = _MERMAID[box.shape]
        lines.append(f"  {ids[box.id]}{left}{_mermaid_text(box)}{right}")
    for arrow in drawn.arrows:
        line = "==>" if arrow.taken else "-->"
        lines.append(f'  {ids[arrow.source]} {line}|"{arrow.label}"| {ids[arrow.target]}')
    if taken := [ids[box.id] for box in drawn.boxes if box.taken]:
        lines += ["  classDef taken stroke-width:3px,font-weight:bold", f"  class {','.join(taken)} taken"]
    return "\n".join(lines) + "\n"


def _mermaid_text(box: Box) -> str:
    text = box.text + (f" — {box.note}" if box.note else "")
    coded = "".join(f"#{ord(sign)};" if sign in '"#<>`\\' else sign for sign in text)
    return " ".join(coded.split())


def dot(library: Library, path: Sequence[Step] = (), *, whole: bool = False) -> str:
    """A Graphviz graph; what a walk took is bold."""
    drawn = picture(library, path, whole=whole)
    lines = ["digraph playbook {", f"  label={_dot_text(drawn.title)}; labelloc=t; rankdir=TB;"]
    for box in drawn.boxes:
        note = f"\n{box.note}" if box.note else ""
        style = ", style=bold, penwidth=2" if box.taken else ""
        lines.append(f"  {_dot_text(box.id)} [shape={_DOT[box.shape]}, label={_dot_text(box.text + note)}{style}];")
    for arrow in drawn.arrows:
        style = ", style=bold, penwidth=2" if arrow.taken else ""
        lines.append(
            f"  {_dot_text(arrow.source)} -> {_dot_text(arrow.target)} [label={_dot_text(arrow.label)}{style}];"
        )
    return "\n".join([*lines, "}"]) + "\n"


def _dot_text(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def text(library: Library, path: Sequence[Step] = (), *, whole: bool = False) -> str:
    """A tree for a terminal: one way on, that of the walk, runs straight down, the others branch off."""
    drawn = picture(library, path, whole=whole)
    if not drawn.boxes:
        return f"{drawn.title}\n"
    return "\n".join([drawn.title, "", *_Tree(drawn).lines(_first(library, drawn), "")]) + "\n"


def _first(library: Library, drawn: Picture) -> str:
    return library.start.id if library.start else drawn.boxes[0].id


class _Tree:
    """Writes each question once; where it is met again, it is only named."""

    def __init__(self, drawn: Picture) -> None:
        self._boxes: Mapping[str, Box] = {box.id: box for box in drawn.boxes}
        self._arrows = drawn.arrows
        self._written: set[str] = set()

    def lines(self, start: str, margin: str) -> Iterator[str]:
        """The question, its ends, the ways that branch off, and at last the way straight down."""
        at: str | None = start
        while at is not None:
            self._written.add(at)
            yield margin + _line(self._boxes[at])
            arrows = [arrow for arrow in self._arrows if arrow.source == at]
            ways = sorted((arrow for arrow in arrows if self._goes_on(arrow)), key=lambda way: way.taken)
            ends = [arrow for arrow in arrows if arrow not in ways]
            for index, arrow in enumerate(ends):
                yield f"{margin}{'├' if ways or index < len(ends) - 1 else '└'}─ {self._end(arrow)}"
            yield from self._branches(ways[:-1], margin)
            at = self._down(ways[-1]) if ways else None
            if ways:
                yield f"{margin}│ {ways[-1].label}" if at else f"{margin}└─ {self._end(ways[-1])}"

    def _branches(self, ways: Sequence[Arrow], margin: str) -> Iterator[str]:
        for arrow in ways:
            if self._goes_on(arrow):
                yield f"{margin}├─ {arrow.label}"
                yield from self.lines(arrow.target, margin + "│  ")
            else:
                yield f"{margin}├─ {self._end(arrow)}"

    def _down(self, arrow: Arrow) -> str | None:
        return arrow.target if self._goes_on(arrow) else None

    def _goes_on(self, arrow: Arrow) -> bool:
        """Whether the target is written here; what a walk took is written where the walk took it."""
        box = self._boxes[arrow.target]
        inner = box.shape in {Shape.QUESTION, Shape.PERSON} and arrow.target not in self._written
        return inner and (arrow.taken or not box.taken)

    def _end(self, arrow: Arrow) -> str:
        return f"{arrow.label} {_end(self._boxes[arrow.target])}"


def _end(box: Box) -> str:
    match box.shape:
        case Shape.CAUSE:
            return f"=> {box.text}"
        case Shape.PLAYBOOK:
            return f"-> {box.name} ({box.text})"
        case Shape.NOWHERE:
            return f"?? {box.text}"
        case _:
            return f"{box.name} (see there)"


def _line(box: Box) -> str:
    note = f": {box.note}" if box.note else ""
    return f"{'◉' if box.taken else '○'} {box.name}  {box.text}{note}"
