"""Who fails first: entities whose lines turn to trouble before anybody else in the same request complains."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from diagnose.checks.blame.clue import ENDED, Clue, service, strongest, worth
from diagnose.checks.blame.splits import two_shares
from diagnose.checks.logs.onset import troubled
from diagnose.signals.events import Level, LogDigest, Pattern

_LEAST = 6
_NAMED = 0.7  # share of the blame for a failure that goes to the one that its message names
_CHARS = 160
_NAME = re.compile(r"[\w-]{4,}")


class _Line(NamedTuple):
    at: float
    speaker: str
    pattern: Pattern


def failures(digest: LogDigest) -> list[Clue]:
    """One clue an entity: some line of a request is from a moment on followed by an error of it.

    Errors in requests in which another had failed before are left out: they are consequences. A failure whose
    message names another entity speaks against that one more than against who says it.
    """
    patterns = {pattern.id: pattern for pattern in digest.patterns}
    told: dict[tuple[str, str], list[_Line]] = defaultdict(list)
    for hop in digest.hops:
        if not hop.tainted and (pattern := patterns.get(hop.after[1])) is not None:
            told[hop.before] += [_Line(at, hop.after[0], pattern) for at in hop.at]
    names = {service(voice.entity): voice.entity for voice in digest.voices}
    found = (clue for _, lines in sorted(told.items()) for clue in _clues(sorted(lines, key=_moment), names))
    return strongest(found)


def _moment(line: _Line) -> float:
    return line.at


def _clues(lines: Sequence[_Line], names: Mapping[str, str]) -> Iterator[Clue]:
    bad = np.array([grave(line.pattern) for line in lines])
    if len(lines) < _LEAST or bad.all() or not bad.any():
        return
    split, nats = two_shares(bad.astype(np.float64), np.ones(len(bad)))
    rises = bool(bad[split:].mean() > bad[:split].mean())
    score = worth(nats if rises else ENDED * nats)
    first = split if rises else 0
    line = lines[first + int(np.argmax(bad[first:]))]
    yield from accused(line.speaker, line.pattern, score, line.at, names)


def accused(speaker: str, pattern: Pattern, score: float, at: float, names: Mapping[str, str]) -> Iterator[Clue]:
    """The clues of one failure: against its speaker, or against whom its message names (`names`: service to entity)."""
    said = " ".join((pattern.examples[0] if pattern.examples else pattern.template).split())
    words = _NAME.findall(pattern.template)
    blamed = sorted({names[word] for word in words if word in names} - {speaker})
    text = f"{pattern.level.value}: {said[:_CHARS]}"
    own = (1.0 - _NAMED if blamed else 1.0) * score
    yield Clue(speaker, own, at, text, score)
    for entity in blamed:
        share = _NAMED / len(blamed) * score
        yield Clue(entity, share, at, f"{speaker} says {text}", share)


def grave(pattern: Pattern) -> bool:
    """Whether a pattern is an error; warnings tell of the data and of clients as often as of trouble."""
    return pattern.level in {Level.ERROR, Level.FATAL} or (pattern.level is Level.UNKNOWN and troubled(pattern))
