"""What people add to the weight of the evidence: the author of a question, and the person at the keyboard."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from diagnose.checks.catalog import shipped
from diagnose.checks.finding import Answer, Finding
from diagnose.playbook.model import Library
from diagnose.playbook.walk import Walk, walk


def vouched(library: Library, walked: Walk, findings: Mapping[str, Finding]) -> float:
    """How many times people's yes decided the cause, each time by its strength (a person's counts 1).

    An author's yes is that of a query, a pattern or a check of their own that names no cause by weights. It decides
    when the walk would have ended in another cause without it: so a yes before another playbook takes over counts
    for nothing, and neither does one that only tells kinds of the same cause apart.
    """
    return sum(strength for strength, cause in _supposed(library, walked, findings) if cause != walked.leaf.cause)


def _supposed(library: Library, walked: Walk, findings: Mapping[str, Finding]) -> Iterator[tuple[float, str]]:
    """For each yes of people, its strength and the cause that a no would have led to."""
    for key, finding in walked.findings.items():
        if finding.answer is Answer.YES and not finding.weights and _own(key):
            denied = {**findings, key: replace(finding, answer=Answer.NO)}
            yield finding.strength, _end(library, denied, walked.answers)
    for node, answer in walked.answers.items():
        if answer is Answer.YES:
            yield 1.0, _end(library, findings, {**walked.answers, node: Answer.NO})


def _end(library: Library, findings: Mapping[str, Finding], answers: Mapping[str, Answer]) -> str:
    return walk(library, findings, lambda question: answers.get(question.node)).leaf.cause


def _own(key: str) -> bool:
    check = key.partition("(")[0]
    return check.startswith("own.") or check not in shipped()
