"""The moments at which the log says that something began."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from diagnose.checks.logs.moves import moves
from diagnose.checks.logs.signatures import classify
from diagnose.checks.logs.splits import best_split, halves
from diagnose.signals.events import IntArray, Level, LogDigest, LoggedRequests, Pattern
from diagnose.signals.series import FloatArray

Candidate = tuple[float, float, str]
_BAD = frozenset({Level.WARN, Level.ERROR, Level.FATAL})
_LEAST = 0.25
_SURE = 18.0


def candidates(digest: LogDigest) -> tuple[Candidate, ...]:
    """(Unix seconds, strength 0..1, what changed) of error patterns, error counts, requests and volume, by time."""
    found = [*_patterns(digest), *_levels(digest), *_volume(digest), *_requests(digest)]
    return tuple(sorted((each for each in found if each[1] >= _LEAST), key=lambda each: (each[0], -each[1], each[2])))


def troubled(pattern: Pattern) -> bool:
    """Whether a pattern tells of trouble: a bad level or the words of a fault, and nothing that a client gave up."""
    causes = {signature.cause for signature in classify(pattern)}
    if "harmless" in causes:
        return False
    return pattern.level in _BAD or bool(causes - {"start", "shutdown"})


def _patterns(digest: LogDigest) -> Iterator[Candidate]:
    for move in moves(digest, onset=None):
        if move.at is not None and move.kind in {"new", "spike"} and troubled(move.pattern):
            yield move.at, move.strength, f"{move.kind} log pattern: {move.pattern.template[:120]}"


def _levels(digest: LogDigest) -> Iterator[Candidate]:
    bad = [counts for level, counts in digest.levels.items() if level in {Level.ERROR, Level.FATAL}]
    if bad:
        counts = np.sum(bad, axis=0)
        yield from _rise(digest, counts, "errors in the log")


def _requests(digest: LogDigest) -> Iterator[Candidate]:
    overall = next((each for each in digest.requests if not each.endpoint), None)
    if overall is None:
        return
    yield from _rise(digest, overall.errors, "failed requests in the log")
    yield from _slower(digest, overall)


def _rise(digest: LogDigest, counts: IntArray, what: str) -> Iterator[Candidate]:
    """A lasting rise of a count."""
    split, gain = best_split(counts, max(1, len(counts) // 20), len(counts) - 1)
    if gain < _SURE:
        return
    compared = halves(counts, split, digest.bucket_s)
    if compared.after_rate > 2 * compared.before_rate and compared.after_usual > compared.before_most:
        excess = compared.after - compared.expected
        share = 1 - compared.before_rate / compared.after_rate
        yield digest.window.start + split * digest.bucket_s, excess / (excess + 20) * share, what


def _volume(digest: LogDigest) -> Iterator[Candidate]:
    """The log as a whole thins out or swells to more than half as much or as many again."""
    if not digest.levels:
        return
    counts = np.sum(list(digest.levels.values()), axis=0)
    split, gain = best_split(counts, max(1, len(counts) // 20), len(counts) - max(1, len(counts) // 20))
    if gain < _SURE:
        return
    compared = halves(counts, split, digest.bucket_s)
    at = digest.window.start + split * digest.bucket_s
    if compared.after_usual < 0.6 * compared.before_least and compared.expected >= 10:
        yield at, 1 - compared.after_rate / compared.before_rate, "the log thins out"
    elif compared.before and compared.after_usual > 1.6 * compared.before_most:
        yield at, 0.8 * (1 - compared.before_rate / compared.after_rate), "the log swells"


def _slower(digest: LogDigest, overall: LoggedRequests) -> Iterator[Candidate]:
    """Requests take at least twice as long, told from means of ten seconds: most after are above nearly all before."""
    width = max(1, int(10 / digest.bucket_s))
    means = _means(overall.latency, overall.requests, width)
    known = np.flatnonzero(np.isfinite(means))
    if known.size < 8:
        return
    split = _rank_split(means[known])
    before, after = np.sort(means[known][:split]), means[known][split:]
    if split < 4 or after.size < 3 or np.median(after) < 2 * np.median(before):
        return
    clear = float(np.quantile(after, 0.25)) / max(float(before[-2]), 1e-9)
    if clear <= 1:
        return
    strength = 0.9 * (1 - float(np.median(before) / np.median(after))) * min(1.0, 0.4 + np.log2(clear))
    bucket = _first_slow(overall.latency, int(known[split]) * width, width, 2 * float(np.median(before)))
    yield digest.window.start + bucket * digest.bucket_s, float(strength), "requests slow down"


def _first_slow(latency: FloatArray, bucket: int, width: int, limit: float) -> int:
    """The first bucket above the limit around the one where slow ten seconds begin."""
    near = latency[max(bucket - width, 0) : bucket + width]
    slow = np.flatnonzero(near > limit)
    return max(bucket - width, 0) + int(slow[0]) if slow.size else bucket


def _means(latency: FloatArray, requests: IntArray, width: int) -> FloatArray:
    whole = len(latency) // width * width
    weights = np.where(np.isfinite(latency), requests, 0)[:whole].reshape(-1, width).astype(float)
    seconds = np.where(np.isfinite(latency), latency, 0.0)[:whole].reshape(-1, width) * weights
    total = weights.sum(axis=1)
    return np.asarray(np.divide(seconds.sum(axis=1), total, out=np.full(len(total), np.nan), where=total > 0))


def _rank_split(values: FloatArray) -> int:
    """The index that best parts low from high ranks (the statistic of Pettitt's test)."""
    ranks = np.argsort(np.argsort(values, kind="stable"), kind="stable") - (len(values) - 1) / 2
    return int(np.argmax(np.abs(np.cumsum(ranks)[:-1]))) + 1
