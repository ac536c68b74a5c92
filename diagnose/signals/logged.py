"""Requests that the log tells of as measures, for services whose metrics do not tell of requests."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

import numpy as np

from diagnose.signals.events import IntArray, LogDigest, LoggedRequests
from diagnose.signals.series import FloatArray, Measure, Role

_POINTS = 72
_SHORTEST_S, _LONGEST_S = 5.0, 60.0
_RATIO_FROM = 1.0  # requests in an interval from which the share that fails says anything
SERVICE = "service"
COMMAND = "diagnose logs"
"""How the query of such a measure begins, which is a command."""


def logged(digest: LogDigest | None, known: Sequence[Measure], *, named: bool = False) -> tuple[Measure, ...]:
    """Rate, failures and mean latency of requests by the log, of those roles that no known measure has.

    Where no known measure names an entity they are of SERVICE if they have to be `named`, beside those of others.

    Nothing where the known measures speak of several entities: whose log it is, nothing tells. The last interval ends
    with the last line: what comes after it is silence of the log, not of the callers.
    """
    entities = {measure.entity for measure in known}
    if digest is None or digest.last is None or len(entities) > 1:
        return ()
    roles = {measure.role for measure in known}
    if roles & {Role.ERRORS, Role.ERROR_RATIO, Role.REQUESTS}:
        roles |= {Role.ERRORS, Role.ERROR_RATIO, Role.REQUESTS}
    entity = entities.pop() if entities else SERVICE if named else ""
    found = [measure for one in digest.requests for measure in _measures(digest, one, entity)]
    return tuple(measure for measure in found if measure.role not in roles)


def _measures(digest: LogDigest, one: LoggedRequests, entity: str) -> Iterator[Measure]:
    wanted = float(np.clip(digest.window.duration / _POINTS, _SHORTEST_S, _LONGEST_S))
    width = max(1, round(wanted / digest.bucket_s))
    told = min(len(one.requests), int(((digest.last or digest.window.end) - digest.window.start) / digest.bucket_s))
    bins = told // width
    span = width * digest.bucket_s
    times = digest.window.start + span * np.arange(1, bins + 1, dtype=np.float64)
    timed = np.where(np.isfinite(one.latency), one.requests, 0)
    counts: tuple[FloatArray | IntArray, ...] = (one.requests, one.errors, timed, np.nan_to_num(one.latency) * timed)
    requests, errors, weight, spent = (_summed(values, bins, width) for values in counts)
    query = " ".join([COMMAND, *(shlex.quote(source.name) for source in digest.sources[:4]), "--json"])
    for role, unit, values in (
        (Role.REQUESTS, "1/s", requests / span),
        (Role.ERRORS, "1/s", errors / span),
        (Role.ERROR_RATIO, "ratio", _share(errors, requests, _RATIO_FROM)),
        (Role.LATENCY, "s", _share(spent, weight, _RATIO_FROM)),
    ):
        yield Measure(role, "requests in the log", entity, one.endpoint, unit, times, values, query)


def _summed(values: FloatArray | IntArray, bins: int, width: int) -> FloatArray:
    return np.asarray(values[: bins * width].reshape(bins, width).sum(axis=1), dtype=np.float64)


def _share(part: FloatArray, whole: FloatArray, least: float) -> FloatArray:
    return np.asarray(np.divide(part, whole, out=np.full(whole.shape, np.nan), where=whole >= least))
