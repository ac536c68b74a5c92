"""Kleene's three-valued logic over findings: what is not known stays unknown unless the rest decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from diagnose.checks.finding import Answer, Finding
from diagnose.playbook.model import All, Any, Expression, Not, Question

TOLD = 3
"""Reasons that are told of an answer that many parts agree on; the others are counted."""
OPPOSITE = {Answer.YES: Answer.NO, Answer.NO: Answer.YES, Answer.UNKNOWN: Answer.UNKNOWN}


@dataclass(frozen=True, slots=True)
class Judgement:
    """An answer, why, and the findings that decided it, by key."""

    answer: Answer
    because: str
    deciding: Mapping[str, Finding]


def judge(test: Expression, findings: Mapping[str, Finding]) -> Judgement:
    """What the findings say to an expression; a check that was not run is unknown."""
    match test:
        case Question():
            return _of_check(test, findings)
        case Not(part):
            inner = judge(part, findings)
            return Judgement(OPPOSITE[inner.answer], inner.because, inner.deciding)
        case All(parts):
            return _joined([judge(part, findings) for part in parts], decides=Answer.NO)
        case Any(parts):
            return _joined([judge(part, findings) for part in parts], decides=Answer.YES)


def _of_check(question: Question, findings: Mapping[str, Finding]) -> Judgement:
    finding = findings.get(question.key)
    if finding is None:
        return Judgement(Answer.UNKNOWN, f"{question.key} was not examined", {})
    return Judgement(finding.answer, finding.because, {question.key: finding})


def _joined(parts: list[Judgement], *, decides: Answer) -> Judgement:
    answers = {part.answer for part in parts}
    answer = next((one for one in (decides, Answer.UNKNOWN) if one in answers), OPPOSITE[decides])
    deciding = [part for part in parts if part.answer is answer]
    return Judgement(
        answer,
        _told([part.because for part in deciding]),
        {key: one for part in deciding for key, one in part.deciding.items()},
    )


def _told(reasons: list[str]) -> str:
    distinct = list(dict.fromkeys(reasons))
    more = len(distinct) - TOLD
    return "; ".join(distinct[:TOLD]) + (f"; and {more} more like these" if more > 0 else "")
