"""What is missing, that first which could change the verdict most."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from diagnose.checks.finding import Answer, Finding
from diagnose.playbook.again import RERUN, exact
from diagnose.playbook.diagnosis import RankedCause
from diagnose.playbook.model import Library
from diagnose.playbook.walk import Walk, walk
from diagnose.signals.evidence import Evidence, Gap

ANOTHER = 1.0
"""What it counts that an answer would lead to another cause; how likely that cause is comes on top."""


@dataclass(frozen=True, slots=True)
class Verdicts:
    """A walk that has been settled, with the ranking and all findings by key: what a further answer could change."""

    library: Library
    walked: Walk
    causes: Sequence[RankedCause]
    findings: Mapping[str, Finding]


def missing(known: Verdicts, evidence: Evidence, *, ahead: Sequence[Gap] = ()) -> tuple[Gap, ...]:
    """Gaps of the sources, of questions on the way without an answer, and of the leaf; each command once.

    Those `ahead`, whose commands are exact, come before all others.

    A gap is worth what the answers to its open questions could change: each is walked anew with yes and with no. One
    of a source is worth all questions that wait for its signal. Of equal worth the source's go first.
    """
    open_ = {key: finding.gap for key, finding in known.walked.findings.items() if finding.gap}
    worth = {key: _worth(known, key) for key in open_}
    weighed = [
        (sum(worth[key] for key, gap in open_.items() if gap.signal is one.signal), one) for one in evidence.gaps
    ]
    weighed += [(worth[key], gap) for key, gap in open_.items()]
    weighed += [(0.0, gap) for gap in known.walked.leaf.missing]
    found = {_same(gap): gap for gap in ahead}
    for _, gap in sorted(weighed, key=lambda one: -round(one[0], 6)):
        one = exact(gap, evidence)
        found.setdefault(_same(one), one)
    return tuple(found.values())


def _same(gap: Gap) -> tuple[str, str]:
    """What two gaps share that are filled at once: a new run with the same sources, or the same reason."""
    command = gap.command or ""
    return ("", command) if command.startswith(RERUN) else (gap.signal.value, gap.why)


def _worth(known: Verdicts, key: str) -> float:
    """How much an answer to one question could change: nothing, or another cause, the more the likelier that is."""
    likely = {one.cause: one.confidence for one in known.causes}
    others = set(ends(known, key)) - {known.walked.leaf.cause}
    return max((ANOTHER + likely.get(cause, 0.0) for cause in others), default=0.0)


def ends(known: Verdicts, key: str) -> Iterator[str]:
    """The causes that the walk would end in if a question were answered yes, and if no."""
    for answer in (Answer.YES, Answer.NO):
        supposed = {**known.findings, key: Finding(answer, 1.0, "supposed")}
        yield walk(known.library, supposed, lambda question: known.walked.answers.get(question.node)).leaf.cause
