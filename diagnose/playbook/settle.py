"""The walk against the weight of all evidence: usually they agree, and when they do not, the report says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from diagnose.checks.finding import Answer, Finding
from diagnose.playbook.confidence import FLOOR, rank
from diagnose.playbook.diagnosis import Branch, RankedCause, Step
from diagnose.playbook.model import Leaf, Library
from diagnose.playbook.vouch import vouched
from diagnose.playbook.walk import Walk

WEIGHED = "weigh"
"""The step that is no node: all findings together."""
OVERRULED = 0.6
"""Share from which another cause overrules a leaf whose own share is below FLOOR."""


def settle(library: Library, walk: Walk, findings: Mapping[str, Finding]) -> tuple[Walk, tuple[RankedCause, ...]]:
    """The walk with its ranking; where all findings together clearly say otherwise, with one more step that says so.

    A walk asks one question at a time and can be led astray by a symptom that comes before the cause. Health is never
    overruled: it is reached only when nothing at all is wrong.
    """
    ranked = rank(walk, findings, vouched=vouched(library, walk, findings))
    other = max(ranked[1:], key=lambda one: one.confidence, default=None)
    leaf = _leaf(library, other.cause) if other and other.confidence >= OVERRULED else None
    if leaf is None or other is None or walk.leaf.cause == "healthy" or ranked[0].confidence >= FLOOR:
        return walk, ranked
    settled = replace(walk, leaf=leaf, steps=(*walk.steps, _step(ranked[0], other)))
    return settled, (other, *(one for one in ranked if one is not other))


def named(walked: Walk, ranked: Sequence[RankedCause]) -> str:
    """The cause that a verdict names: that of the leaf, or inconclusive where its share is below FLOOR."""
    cause = walked.leaf.cause
    return cause if cause == "healthy" or ranked[0].confidence >= FLOOR else "inconclusive"


def _leaf(library: Library, cause: str) -> Leaf | None:
    return next((leaf for leaf in library.leaves() if leaf.cause == cause and cause != "healthy"), None)


def _step(walked: RankedCause, other: RankedCause) -> Step:
    return Step(
        node=WEIGHED,
        question="Do all findings together agree with the way that was taken?",
        answer=Answer.NO,
        because=f"together they speak for {other.cause} ({other.confidence:.0%}) rather than {walked.cause}",
        evidence=other.evidence_for,
        not_taken=(Branch(Answer.YES, walked.cause),),
    )
