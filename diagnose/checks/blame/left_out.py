"""Who no longer says what it always said at a certain point of a request."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from diagnose.checks.blame.clue import ENDED, Clue, strongest, worth
from diagnose.checks.blame.splits import two_shares
from diagnose.signals.events import Level, LogDigest, Pattern
from diagnose.signals.talk import Spoken

_LEAST = 6
_REGULAR = 0.7  # share of the times that a line followed, to be missed when it no longer does
_RARE = 0.2
_WORDS = 8
_CHARS = 120
_TROUBLE = frozenset({Level.WARN, Level.ERROR, Level.FATAL})


class _Answer(NamedTuple):
    speaker: str
    level: Level
    beginning: str


def left_out(digest: LogDigest) -> list[Clue]:
    """One clue an entity: the line that used to follow another one, and from some moment on does not.

    It was asked as before, since the line in front is there, and the path of the request goes another way.
    """
    patterns = {pattern.id: pattern for pattern in digest.patterns}
    followed: dict[Spoken, list[tuple[float, _Answer]]] = defaultdict(list)
    for hop in digest.hops:
        if not hop.tainted and (pattern := patterns.get(hop.after[1])) is not None:
            answer = _Answer(hop.after[0], pattern.level, _beginning(pattern))
            followed[hop.before] += [(at, answer) for at in hop.at]
    return strongest(
        Clue(
            answer.speaker,
            score,
            at,
            f"no longer says “{answer.beginning}” after “{_beginning(patterns[asked[1]])}” of {asked[0]}",
            score,
        )
        for asked, answers in sorted(followed.items())
        if asked[1] in patterns
        for answer, at, score in _missed(sorted(answers))
    )


def _beginning(pattern: Pattern) -> str:
    """What a line begins with: what comes after it is data more often than not."""
    return " ".join(pattern.template.split()[:_WORDS])[:_CHARS]


def _missed(answers: Sequence[tuple[float, _Answer]]) -> Iterator[tuple[_Answer, float, float]]:
    """The answers that were regular on one side of a moment and are rare on the other, with the moment and a score."""
    if len(answers) < _LEAST:
        return
    for one in sorted({answer for _, answer in answers}):
        said = np.array([answer == one for _, answer in answers])
        if said.all() or one.level in _TROUBLE:
            continue
        split, nats = two_shares(said.astype(np.float64), np.ones(len(said)))
        before, after = float(said[:split].mean()), float(said[split:].mean())
        if nats > 0 and max(before, after) >= _REGULAR and min(before, after) <= _RARE:
            yield one, answers[split if before > after else 0][0], worth(nats if before > after else ENDED * nats)
