"""What happened at one moment, on rows of its own: what was changed, and when profiles were taken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from diagnose.playbook.plain import release
from diagnose.report import axis, pictures, wording
from diagnose.report.book import Book
from diagnose.report.text import line
from diagnose.signals.changes import Change
from diagnose.signals.evidence import Signal

SHOWN = 60
NEAR = axis.AXIS // 100
"""Marks that are nearer than this would be drawn over one another."""

LETTER = 16
"""What a letter beside a mark takes of the axis on the width of a desktop."""


def changes(book: Book) -> Iterator[pictures.Row]:
    """Deploys, restarts and settings, those of sources and those that are evidence."""
    marks = [
        pictures.Mark(axis.moment(book.window, found.at), line(found.kind, 30), _title(found, book))
        for found in book.evidence.changes
        if book.window.contains(found.at)
    ]
    told = {mark.moment.clock for mark in marks}
    marks += [mark for mark in _observed(book) if mark.moment.clock not in told]
    if marks:
        yield _row("Changes", "deploys, restarts, configuration", marks, book)


def taken(book: Book) -> Iterator[pictures.Row]:
    """When profiles were taken; those taken together are one mark."""
    marks = [
        pictures.Mark(axis.moment(book.window, found.taken_at), "profile", wording.PROFILES[found.kind.value])
        for found in book.evidence.profiles
        if found.taken_at is not None and book.window.contains(found.taken_at)
    ]
    if marks:
        yield replace(_row("Profiles", "when they were taken", together(marks), book), observed=f"{len(marks):,}")


def together(marks: Sequence[pictures.Mark]) -> list[pictures.Mark]:
    """The marks in order, those too near to be told apart as one that names them all."""
    found = []
    waiting = sorted(marks, key=lambda mark: (mark.moment.x, mark.kind, mark.title))
    while waiting:
        near = [mark for mark in waiting if mark.moment.x - waiting[0].moment.x <= NEAR]
        found.append(replace(near[0], title=", ".join(dict.fromkeys(mark.title for mark in near))))
        waiting = waiting[len(near) :]
    return found


def labelled(marks: Sequence[pictures.Mark]) -> list[tuple[pictures.Mark, str]]:
    """The marks to draw, each with the side on which there is room for its title: after, before, or none."""
    drawn, free = [], 0
    joined = together(marks)
    for mark, following in zip(joined, [*(one.moment.x for one in joined[1:]), axis.AXIS], strict=False):
        room = LETTER * (len(mark.title) + 2)
        side = "after" if mark.moment.x + room <= following else "before" if mark.moment.x - room >= free else ""
        free = mark.moment.x + (room if side == "after" else NEAR)
        drawn.append((mark, side))
    return drawn


def _title(found: Change, book: Book) -> str:
    """What was changed, and where if that is not the service itself."""
    elsewhere = found.entity not in (book.diagnosis.service, "") and found.entity not in found.title
    title = _plain(found.title)
    return line(f"{title}, {found.entity}" if elsewhere else title, 160)


def _plain(title: str) -> str:
    told = release(title)
    return told[0] if told else title


def _observed(book: Book) -> Iterator[pictures.Mark]:
    """Changes that are evidence, whether or not a source listed them."""
    for found in book.diagnosis.evidence:
        if found.signal is Signal.CHANGE and found.at is not None and book.window.contains(found.at):
            yield pictures.Mark(axis.moment(book.window, found.at), "evidence", line(_plain(found.title), 160))


def _row(label: str, detail: str, marks: Sequence[pictures.Mark], book: Book) -> pictures.Row:
    """The marks nearest to the onset, in order."""
    onset = book.diagnosis.onset if book.diagnosis.onset is not None else book.window.start
    nearest = sorted(marks, key=lambda mark: (abs(mark.moment.at - onset), mark.kind, mark.title))[:SHOWN]
    ordered = sorted(nearest, key=lambda mark: (mark.moment.x, mark.kind, mark.title))
    return pictures.Row("mark", label, detail, None, tuple(ordered), "", f"{len(marks):,}", "", "")
