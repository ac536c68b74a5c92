"""How sure the verdict is: findings speak for and against causes in log-odds, and the sums are compared.

A naive Bayes classifier in log space: every finding adds its weights, the leaf that the walk reached adds LEAF,
unknown answers on the way take UNKNOWN off, causes that look the same are lifted to APART below it, and a softmax of
temperature TEMPERATURE turns sums into shares.
The constants are fitted on recorded incidents (see docs/accuracy.md).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from diagnose.checks.finding import Answer, Finding
from diagnose.playbook.causes import CAUSES
from diagnose.playbook.diagnosis import RankedCause
from diagnose.playbook.walk import Walk

LEAF = 4.0
UNKNOWN = 0.1
VOUCHED = 2.0
APART = 1.0
"""Log-odds that a leaf keeps before the causes that look like it.

Over the recordings with all, three, two and one kind of signal it is the largest of 0.25 to 3 at which no more verdicts
are wrong and sure than at the least; every program left out chooses the same.
"""
OUTRIGHT = 1.5
"""Weight from which a finding that knows no look-alikes tells a cause from all others.

Any from 0.5 to 1.5 gives the same verdicts; from 2 on, words that name one cause no longer suffice for a verdict.
"""
TEMPERATURE = 1.25
CEILING = 0.97
FLOOR = 0.5


def rank(walk: Walk, findings: Mapping[str, Finding], *, vouched: float = 0.0) -> tuple[RankedCause, ...]:
    """All causes that anything speaks for, the walk's first; shares add up to at most one.

    `vouched` is how often people's own yes decided the walk, each time by its strength.
    """
    first = walk.leaf.cause
    totals = sums(walk, findings, vouched=vouched)
    ranked = [_ranked(cause, share, findings) for cause, share in shares(totals).items()]
    told = [one for one in ranked if one.confidence >= 0.01 or one.cause == first]
    return tuple(sorted(told, key=lambda one: (one.cause != first, -one.confidence, one.cause)))


def sums(walk: Walk, findings: Mapping[str, Finding], *, vouched: float = 0.0) -> dict[str, float]:
    """What speaks for each cause, in log-odds: the findings, the leaf, people's own yes, and the doubts on the way."""
    totals = dict.fromkeys((cause for cause in CAUSES if cause != "inconclusive"), 0.0) | {walk.leaf.cause: 0.0}
    for cause, weight in _once(findings):
        totals[cause] = totals.get(cause, 0.0) + weight
    if walk.leaf.cause == "inconclusive":
        return totals
    doubts = sum(finding.answer is Answer.UNKNOWN for finding in walk.findings.values())
    totals[walk.leaf.cause] += LEAF - UNKNOWN * doubts + VOUCHED * vouched
    return totals | _rivals(walk.leaf.cause, totals, findings)


def _rivals(cause: str, totals: Mapping[str, float], findings: Mapping[str, Finding]) -> dict[str, float]:
    """The sums of the causes that look like the leaf's: only what speaks against them sets them further apart.

    Where the signal is missing that would tell two causes apart, the walk takes the way that is left, and a leaf that
    is reached so has not been told from the others.
    """
    return {
        rival: max(totals[rival], totals[cause] - APART + min(totals[rival], APART))
        for rival in sorted(_alike(cause, findings))
    }


def _alike(cause: str, findings: Mapping[str, Finding]) -> frozenset[str]:
    """The causes that nothing of what speaks for a cause tells from it."""
    speaking = [one for one in findings.values() if one.answer is Answer.YES and one.weights.get(cause, 0.0) > 0]
    shared = [one.alike | _before(cause, one) for one in speaking if one.alike]
    outright = any(not one.alike and one.weights[cause] >= OUTRIGHT for one in speaking)
    return frozenset() if outright or not shared else frozenset.intersection(*shared) - {cause}


def _before(cause: str, finding: Finding) -> frozenset[str]:
    """The causes that a finding speaks for at least as loudly as for this one."""
    return frozenset(other for other, weight in finding.weights.items() if weight >= finding.weights[cause])


def _once(findings: Mapping[str, Finding]) -> Iterator[tuple[str, float]]:
    """The weights by cause; one check asked with several parameters speaks for a cause only once, its loudest."""
    loudest: dict[tuple[str, str, bool], float] = {}
    for key, finding in sorted(findings.items()):
        for cause, weight in finding.weights.items():
            name = (key.partition("(")[0], cause, weight > 0)
            loudest[name] = max(loudest.get(name, 0.0), weight, key=abs)
    for (_, cause, _), weight in loudest.items():
        yield cause, weight


def shares(totals: Mapping[str, float], *, temperature: float = TEMPERATURE) -> dict[str, float]:
    """A softmax of the sums, none above CEILING; what is inconclusive competes with nothing."""
    top = max(totals.values())
    powers = {
        cause: math.exp((total - top) / temperature) for cause, total in totals.items() if cause != "inconclusive"
    }
    whole = sum(powers.values())
    return {cause: min(power / whole, CEILING) for cause, power in powers.items()} | (
        {"inconclusive": 0.0} if "inconclusive" in totals else {}
    )


def _ranked(cause: str, share: float, findings: Mapping[str, Finding]) -> RankedCause:
    speaking = [(finding.weights.get(cause, 0.0), finding) for _, finding in sorted(findings.items())]
    pro = dict.fromkeys(one.id for weight, finding in speaking if weight > 0 for one in finding.evidence)
    contra = dict.fromkeys(one.id for weight, finding in speaking if weight < 0 for one in finding.evidence)
    return RankedCause(cause, round(share, 4), tuple(pro), tuple(one for one in contra if one not in pro))
