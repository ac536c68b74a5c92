"""The one observation that would tell two close causes apart."""

from __future__ import annotations

from collections.abc import Iterator

from diagnose.checks.catalog import catalogue
from diagnose.checks.finding import Answer
from diagnose.checks.speaks import speaks
from diagnose.playbook.again import exact
from diagnose.playbook.confidence import LEAF
from diagnose.playbook.diagnosis import TellApart
from diagnose.playbook.missing import Verdicts, ends
from diagnose.playbook.model import Library, Question, asked
from diagnose.playbook.walk import questions
from diagnose.signals.evidence import Evidence, Gap, Signal

CLOSE = 0.4
"""Share of the first cause's confidence from which the second is close to it."""
LEAST = 0.1
"""Confidence from which a cause is worth telling from another."""
ENOUGH = 1.0
"""Log-odds by which an answer must move the two against each other to be worth asking for."""


def apart(known: Verdicts, evidence: Evidence) -> TellApart | None:
    """Of all open questions that which would move the two likeliest causes furthest apart; None where none is close.

    It is None as well where nothing that was asked is open, or no answer would set the two apart.
    """
    close = _close(known)
    open_ = [question for question in questions(known.library) if _open(known, question)] if close else []
    weighed = [(_difference(known, question, *close), question) for question in open_] if close else []
    best = min(weighed, key=lambda one: (-abs(one[0]), one[1].key), default=None)
    if close is None or best is None or abs(best[0]) < ENOUGH:
        return None
    difference, question = best
    finding = known.findings[question.key]
    return TellApart(
        first=close[0],
        second=close[1],
        question=_worded(known.library, question),
        gap=exact(finding.gap or Gap(_signal(question), finding.because), evidence),
        yes_means=close[0] if difference > 0 else close[1],
    )


def _close(known: Verdicts) -> tuple[str, str] | None:
    if known.walked.leaf.cause == "healthy":
        return None
    likely = [one for one in known.causes if one.cause not in {"inconclusive", "healthy"} and one.confidence >= LEAST]
    if len(likely) < 2 or likely[1].confidence < CLOSE * likely[0].confidence:
        return None
    return likely[0].cause, likely[1].cause


def _open(known: Verdicts, question: Question) -> bool:
    finding = known.findings.get(question.key)
    return finding is not None and finding.answer is Answer.UNKNOWN


def _difference(known: Verdicts, question: Question, first: str, second: str) -> float:
    """How far a yes would move the first before the second, in log-odds: by its weights, else by where it leads."""
    would = speaks(question.check, question.parameters)
    by_weight = would.get(first, 0.0) - would.get(second, 0.0)
    if would or question.key not in known.walked.findings:
        return by_weight
    yes, no = ends(known, question.key)
    return LEAF * ((yes == first) - (yes == second)) if yes != no else 0.0


def _signal(question: Question) -> Signal:
    """What the check looks at first, for an answer that does not say what would fill it."""
    check = catalogue().get(question.check)
    return check.spec.signals[0] if check and check.spec.signals else Signal.METRIC


def _worded(library: Library, question: Question) -> str:
    """The question as a node words it, one that asks nothing else before one that asks more."""
    return min(_wordings(library, question.key))[1]


def _wordings(library: Library, key: str) -> Iterator[tuple[int, str]]:
    for node in library.nodes():
        keys = [one.key for one in asked(node.test)]
        if key in keys:
            yield len(keys), node.ask
