"""How a run was made, kept in its bundle: the playbook when it is not one that ships, and what a person answered."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from diagnose.checks.finding import Answer
from diagnose.errors import BundleError
from diagnose.playbook.diagnosis import Diagnosis
from diagnose.playbook.model import Library
from diagnose.playbook.walk import Ask
from diagnose.report.shelf import folder
from diagnose.signals.bundle import MANIFEST

RUN, PLAYBOOKS = "run.json", "playbooks/"


class _Run(msgspec.Struct):
    """What RUN holds; the defaults are those of a run without questions on the playbook that ships."""

    playbook: str = "triage"
    answers: dict[str, Answer] = {}


def noted(library: Library, diagnosis: Diagnosis) -> dict[str, bytes]:
    """The files that let a replay walk the same way."""
    run = _Run(library.root, {step.node: step.answer for step in diagnosis.path if step.answered_by == "person"})
    places = {Path(book.place.file) for book in library.playbooks.values()}
    own = sorted(place for place in places if place.resolve().parent != folder("playbooks").resolve())
    texts = {f"{PLAYBOOKS}{place.name}": place.read_bytes() for place in own}
    return {RUN: msgspec.json.format(msgspec.json.encode(run, order="sorted"), indent=1) + b"\n"} | texts


def playbook_of(place: Path, files: Mapping[str, bytes]) -> str:
    """The playbook of the run that saved a bundle: its own copy, else the name of one that ships."""
    name = _run(files).playbook
    copy = f"{PLAYBOOKS}{name}.yaml"
    if copy not in files:
        return name
    root = next(root for root in (place / "bundle", place) if (root / MANIFEST).is_file())
    return str(root / copy)


def answers_of(files: Mapping[str, bytes]) -> Ask | None:
    """Answers as the person gave them then, None when nobody was asked."""
    answers = _run(files).answers
    return (lambda question: answers.get(question.node)) if answers else None


def _run(files: Mapping[str, bytes]) -> _Run:
    try:
        return msgspec.json.decode(files.get(RUN, b"{}"), type=_Run)
    except msgspec.DecodeError as error:
        raise BundleError(f"{RUN} of the bundle cannot be read: {error}; save it again from the source") from None
