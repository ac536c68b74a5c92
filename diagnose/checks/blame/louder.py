"""Whose own lines turn to trouble, in logs that do not tell one request from another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from diagnose.checks.blame.clue import Clue, service, strongest, worth
from diagnose.checks.blame.failures import accused, grave
from diagnose.checks.blame.splits import two_shares
from diagnose.signals.events import LogDigest, Pattern
from diagnose.signals.series import FloatArray
from diagnose.signals.talk import Voice

_BLOCKS = 240  # parts of the window that lines are counted in


def louder(digest: LogDigest) -> list[Clue]:
    """Entities of whose lines a larger share are errors from some moment on, each against all its other lines.

    Those whose requests can be told apart are left to the finer questions.
    """
    traced = {entity for hop in digest.hops for entity in (hop.before[0], hop.after[0])}
    mine: dict[str, list[Voice]] = defaultdict(list)
    for voice in digest.voices:
        mine[voice.entity].append(voice)
    patterns = {pattern.id: pattern for pattern in digest.patterns}
    names = {service(entity): entity for entity in mine}
    told = (clue for entity in sorted(mine.keys() - traced) for clue in _clues(digest, mine[entity], patterns, names))
    return strongest(told)


def _clues(
    digest: LogDigest, voices: Sequence[Voice], patterns: Mapping[str, Pattern], names: Mapping[str, str]
) -> Iterator[Clue]:
    bad = [voice for voice in voices if voice.pattern in patterns and grave(patterns[voice.pattern])]
    if not bad or digest.buckets < 2:
        return
    width = -(-digest.buckets // _BLOCKS)
    errors, lines = _counted(bad, digest.buckets, width), _counted(voices, digest.buckets, width)
    split, nats = two_shares(errors, lines)
    before, after = (errors[part].sum() / max(1.0, lines[part].sum()) for part in (slice(split), slice(split, None)))
    if nats <= 0 or after <= before:
        return
    loudest = max(bad, key=lambda voice: (_after(voice, split * width), voice.pattern))
    first = min(bucket for voice in bad for bucket in voice.counts if bucket >= split * width)
    at = digest.window.start + first * digest.bucket_s
    yield from accused(loudest.entity, patterns[loudest.pattern], worth(nats), at, names)


def _after(voice: Voice, bucket: int) -> int:
    return sum(count for at, count in voice.counts.items() if at >= bucket)


def _counted(voices: Sequence[Voice], buckets: int, width: int) -> FloatArray:
    """Lines in blocks of `width` buckets."""
    counts = np.zeros(-(-buckets // width))
    for voice in voices:
        for bucket, count in voice.counts.items():
            if 0 <= bucket < buckets:
                counts[bucket // width] += count
    return counts
