"""What was ruled out: the causes that an answer of the walk, or the evidence, speaks against."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from diagnose.checks.finding import Answer
from diagnose.playbook.diagnosis import Diagnosis, Step
from diagnose.report import model, wording
from diagnose.report.text import line

UNLIKELY = 0.1
WIDE = 10
"""A question about more causes than this, such as whether anything is wrong at all, says nothing of any one."""


def excluded(diagnosis: Diagnosis) -> tuple[model.Exclusion, ...]:
    """Each cause once: what rests on evidence first, then answers about one cause, the last first, then wider ones.

    A question without an answer rules nothing out, and a cause that is possible all the same is not ruled out.
    """
    possible = {diagnosis.verdict.cause, *(one.cause for one in diagnosis.causes if one.confidence >= UNLIKELY)}
    found: dict[str, model.Exclusion] = {}
    for cause, because in (*_unlikely(diagnosis), *_answered(diagnosis)):
        if cause not in possible:
            found.setdefault(cause, _exclusion(cause, because))
    return tuple(found.values())


def together(found: Sequence[model.Exclusion]) -> tuple[model.Exclusion, ...]:
    """The same with the causes that one reason rules out joined, so that a document says each reason once."""
    joined: dict[str, list[model.Exclusion]] = {}
    for one in found:
        joined.setdefault(one.because, []).append(one)
    return tuple(replace(those[0], title=", ".join(one.title for one in those)) for those in joined.values())


def _answered(diagnosis: Diagnosis) -> Iterator[tuple[str, str]]:
    ways = [
        (step, i, way) for i, step in enumerate(diagnosis.path) for way in step.not_taken if len(way.causes) <= WIDE
    ]
    for step, _, way in sorted(ways, key=lambda one: (not one[0].evidence, len(one[2].causes) > 1, -one[1])):
        yield from ((cause, _because(step, cause)) for cause in way.causes)


def _because(step: Step, cause: str) -> str:
    """Why, in the words of the check that asked for this very cause where a question had one for each."""
    parts = step.because.split("; ")
    if len(parts) == len(step.tests):
        return next((part for part, test in zip(parts, step.tests, strict=True) if test.names(cause)), step.because)
    if step.answer is Answer.NO and any(test.check == "log.says" and test.names(cause) for test in step.tests):
        return "no new message speaks of it"
    return step.because


def _unlikely(diagnosis: Diagnosis) -> Iterator[tuple[str, str]]:
    titles = {found.id: found.title for found in diagnosis.evidence}
    for cause in diagnosis.causes:
        against = [titles[id_] for id_ in cause.evidence_against if id_ in titles]
        if cause.confidence < UNLIKELY and against:
            yield cause.cause, against[0]


def _exclusion(cause: str, because: str) -> model.Exclusion:
    name = line(cause, 100)
    return model.Exclusion(name, wording.title(name), line(because, 300))
