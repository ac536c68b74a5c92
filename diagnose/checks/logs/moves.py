"""What each pattern did at the onset: appeared, multiplied, thinned out, went silent, or stayed as it was."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from diagnose.checks.logs.signatures import classify
from diagnose.checks.logs.splits import Halves, best_split, halves
from diagnose.signals.events import IntArray, Level, LogDigest, Pattern

_SLACK_S = 90.0  # a pattern may move this long before the onset that other signals show
_SURE = 18.0  # likelihood ratio of a change, about one in 20 000 by chance
_FEW = 20.0  # excess lines at which a move of an error is half as strong as it can be
_GRAVE = 2.0  # the same for lines of a dying process
_SURELY = 0.9  # weight of words from which a warning counts as an error
_WARNED = 80.0  # the same for warnings, which tell of clients' mistakes as often as of trouble
_DECISIVE = 1.0  # the same for words that are said once and mean the end
_ENDS = frozenset({"oom-kill", "deadlock", "crash-loop"})
_SHARE = 0.05  # share of all lines at which a move is half as strong as it can be


@dataclass(frozen=True, eq=False, slots=True)
class PatternMove:
    """One pattern before and after; rates per second, `strength` 0..1, `at` the moment it moved (None: it did not).

    `kind` is new, spike, dip, vanished (this pattern ended), silence (the log as a whole ended) or steady.
    """

    pattern: Pattern
    kind: str
    baseline_rate: float
    incident_rate: float
    incident_count: int
    strength: float
    at: float | None = None


def moves(digest: LogDigest, *, onset: float | None) -> tuple[PatternMove, ...]:
    """What every pattern did, strongest first.

    With an onset, a pattern's own moment is looked for from a little before it to the end of the window; without
    one, in the whole window. What came before the own moment is the pattern's baseline.
    """
    totals = _totals(digest)
    found = [_move(digest, pattern, totals, onset) for pattern in digest.patterns]
    return tuple(sorted(found, key=lambda move: (-move.strength, -move.pattern.count, move.pattern.id)))


def series(digest: LogDigest, pattern: Pattern) -> IntArray:
    """A pattern's counts on all buckets of the digest."""
    counts = np.zeros(digest.buckets, dtype=np.int64)
    for bucket, count in pattern.counts.items():
        if 0 <= bucket < len(counts):
            counts[bucket] += count
    return counts


def _totals(digest: LogDigest) -> IntArray:
    return np.asarray(np.sum([np.zeros(digest.buckets, dtype=np.int64), *digest.levels.values()], axis=0))


def _move(digest: LogDigest, pattern: Pattern, totals: IntArray, onset: float | None) -> PatternMove:
    counts = series(digest, pattern)
    fixed = len(counts) if onset is None else _bucket(digest, onset)
    low, high = _range(digest, len(counts), onset)
    if high < low:
        return _steady(pattern, halves(counts, min(fixed, len(counts)), digest.bucket_s))
    split = _split(counts, low, high, grave=onset is not None or _half(pattern) <= _GRAVE)
    if split is None:
        return _steady(pattern, halves(counts, min(max(fixed, low), high), digest.bucket_s))
    compared = halves(counts, split, digest.bucket_s)
    kind = _kind(compared, totals, split)
    if kind == "steady":
        return _steady(pattern, compared)
    return PatternMove(
        pattern,
        kind,
        compared.before_rate,
        compared.after_rate,
        compared.after,
        _strength(kind, compared, pattern, int(totals[split:].sum())),
        _moment(digest, counts, split, kind),
    )


def _range(digest: LogDigest, buckets: int, onset: float | None) -> tuple[int, int]:
    """The buckets at which a pattern may have moved; some of the window must remain before and after."""
    least = max(1, min(int(10 / digest.bucket_s), buckets // 10))
    if onset is None:
        return least, buckets - 1
    return max(least, _bucket(digest, onset - _SLACK_S)), buckets - 1


def _bucket(digest: LogDigest, at: float) -> int:
    return max(0, int((at - digest.window.start) / digest.bucket_s))


def _split(counts: IntArray, low: int, high: int, *, grave: bool) -> int | None:
    """Where the pattern changed, None where chance would do as well.

    A pattern that was never seen before an onset which is known, or one whose lines are grave, changes with its
    first line: few lines suffice. All others must change by more than chance.
    """
    if grave and not counts[:low].any() and counts[low:].any():
        return min(max(low, int(np.argmax(counts > 0))), high)
    split, gain = best_split(counts, low, high)
    return split if gain >= _SURE else None


def _steady(pattern: Pattern, compared: Halves) -> PatternMove:
    return PatternMove(pattern, "steady", compared.before_rate, compared.after_rate, compared.after, 0.0)


def _kind(compared: Halves, totals: IntArray, split: int) -> str:
    if compared.before == 0:
        return "new" if compared.after else "steady"
    if compared.after == 0:
        return _ended(compared, totals, split)
    ratio = compared.after_rate / compared.before_rate
    slack = 2 * math.sqrt(compared.before_most) + 2
    if ratio >= 2 and (
        compared.after_usual > compared.before_most or compared.after_most > 2 * compared.before_most + slack
    ):
        return "spike"
    if ratio <= 0.5 and compared.regular > 0.75 and _lasting(compared) and compared.after_usual < compared.before_least:
        return "dip"
    return "steady"


def _ended(compared: Halves, totals: IntArray, split: int) -> str:
    if compared.regular < 0.75 or not _lasting(compared):
        return "steady"
    before, after = float(totals[:split].mean()), float(totals[split:].mean())
    return "silence" if after < 0.05 * before else "vanished"


def _lasting(compared: Halves) -> bool:
    """Whether a lull is long enough to be more than the edge of the window."""
    return compared.blocks >= 3 and compared.expected >= 3 and compared.after_s >= max(15.0, 0.04 * compared.before_s)


def _strength(kind: str, compared: Halves, pattern: Pattern, lines: int) -> float:
    if kind in {"dip", "vanished", "silence"}:
        missing = 1 - compared.after_rate / compared.before_rate
        return float(missing * (1 - math.exp(-compared.expected / 10)))
    excess = compared.after - compared.expected
    many = excess / (excess + _half(pattern))
    share = excess / max(lines, 1)
    large = share / (share + _SHARE * (4 if _only_warns(pattern) else 1)) * (1 - math.exp(-excess / 8))
    return float(max(many, large) * _contrast(kind, compared, pattern))


def _half(pattern: Pattern) -> float:
    """The excess at which a move of this pattern is half as strong as it can be."""
    if any(signature.cause in _ENDS and signature.weight >= 0.8 for signature in classify(pattern)):
        return _DECISIVE
    if _only_warns(pattern):
        return _WARNED
    return _GRAVE if pattern.level is Level.FATAL else _FEW


def _only_warns(pattern: Pattern) -> bool:
    """Whether a warning does not surely name a fault: some software warns of what others call an error."""
    sure = {signature.cause for signature in classify(pattern) if signature.weight >= _SURELY}
    return pattern.level is Level.WARN and not sure - {"harmless", "start", "shutdown"}


def _contrast(kind: str, compared: Halves, pattern: Pattern) -> float:
    """How far the incident stands out: for a new pattern, how surely the baseline would have shown it."""
    if kind == "new" and _half(pattern) == _DECISIVE:
        return 1.0
    if kind == "new":
        return 1 - math.exp(-compared.after_rate * compared.before_s)
    return 1 - compared.before_rate / compared.after_rate


def _moment(digest: LogDigest, counts: IntArray, split: int, kind: str) -> float:
    """Unix seconds of the change: the first line for what is new, else the start of the bucket."""
    if kind == "new":
        split += int(np.argmax(counts[split:] > 0))
    at = digest.window.start + split * digest.bucket_s
    return float(min(at, digest.window.end))
