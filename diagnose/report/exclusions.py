"""What was ruled out: the causes that an answer of the walk, or the evidence, speaks against."""

from __future__ import annotations

from collections.abc import Iterator

from diagnose.checks.finding import Answer
from diagnose.playbook.diagnosis import Diagnosis
from diagnose.report import model, wording
from diagnose.report.text import line

UNLIKELY = 0.1


def excluded(diagnosis: Diagnosis) -> tuple[model.Exclusion, ...]:
    """Each cause once: what rests on evidence first, then what was asked last, as the walk goes from wide to narrow.

    A question without an answer rules nothing out.
    """
    found: dict[str, model.Exclusion] = {}
    for exclusion in (*_unlikely(diagnosis), *_answered_no(diagnosis)):
        if exclusion.cause != line(diagnosis.verdict.cause, 100):
            found.setdefault(exclusion.cause, exclusion)
    return tuple(found.values())


def _answered_no(diagnosis: Diagnosis) -> Iterator[model.Exclusion]:
    answered = [(not step.evidence, -i, step) for i, step in enumerate(diagnosis.path) if step.answer is Answer.NO]
    for *_, step in sorted(answered, key=lambda found: found[:2]):
        for way in step.not_taken:
            if way.answer is Answer.YES and wording.is_cause(way.leads_to):
                yield _exclusion(way.leads_to, step.because)


def _unlikely(diagnosis: Diagnosis) -> Iterator[model.Exclusion]:
    titles = {found.id: found.title for found in diagnosis.evidence}
    for cause in diagnosis.causes:
        against = [titles[id_] for id_ in cause.evidence_against if id_ in titles]
        if cause.confidence < UNLIKELY and against:
            yield _exclusion(cause.cause, against[0])


def _exclusion(cause: str, because: str) -> model.Exclusion:
    name = line(cause, 100)
    return model.Exclusion(name, wording.title(name), line(because, 300))
