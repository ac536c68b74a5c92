"""Load taken out: cost, errors and work per request, so that more traffic is not mistaken for a fault."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from diagnose.signals.series import FloatArray, Measure, Role

SCALING = frozenset(
    {
        Role.CPU,
        Role.ERRORS,
        Role.ALLOCATION,
        Role.GC_TIME,
        Role.GC_RATE,
        Role.UPSTREAM_REQUESTS,
        Role.IN_FLIGHT,
        Role.LOCK_WAIT,
        Role.POOL_WAITING,
        Role.POOL_IN_USE,
        Role.GOROUTINES,
        Role.THREADS,
        Role.OPEN_FILES,
        Role.SOCKETS,
        Role.OTHER,
    }
)
"""Roles that grow with traffic in a healthy service."""


def per_request(measure: Measure, requests: Measure) -> Measure:
    """The measure divided by the request rate: cores become core-seconds a request, errors a ratio.

    NaN where there are hardly any requests (below 5 % of their usual rate), because nothing can be said there.
    """
    rate = _at(requests, measure.times)
    usual = float(np.nanmedian(rate)) if np.isfinite(rate).any() else 0.0
    busy = rate > max(0.05 * usual, 1e-9)
    values = np.divide(measure.values, rate, out=np.full(rate.shape, np.nan), where=busy)
    return replace(
        measure, values=values, unit=f"{measure.unit} per request/s", query=f"{measure.query} / {requests.query}"
    )


def requests_of(measures: Sequence[Measure], entity: str) -> Measure | None:
    """The whole request rate of an entity, None where none is measured."""
    return next(
        (each for each in measures if each.role is Role.REQUESTS and each.entity == entity and not each.detail), None
    )


def explained(measure: Measure, requests: Measure, *, at: float) -> float:
    """How much of the measure's change at a moment the traffic explains, 0..1.

    1 means that the cost per request stayed as it was while both moved in the same direction.
    """
    whole, rate = _step(measure.times, measure.values, at), _step(measure.times, _at(requests, measure.times), at)
    if whole is None or rate is None or abs(whole) < 1e-9:
        return 0.0
    return float(np.clip(rate / whole, 0.0, 1.0))


def _step(times: FloatArray, values: FloatArray, at: float) -> float | None:
    """The log ratio of the medians after and before a moment."""
    good = np.isfinite(values)
    before, after = values[good & (times < at)], values[good & (times >= at)]
    if before.size < 3 or after.size < 3:
        return None
    low, high = float(np.median(before)), float(np.median(after))
    if low <= 0 or high <= 0:
        return None
    return float(np.log(high / low))


def _at(measure: Measure, times: FloatArray) -> FloatArray:
    if measure.times.size == times.size and np.array_equal(measure.times, times):
        return measure.values
    good = np.isfinite(measure.values)
    if not good.any():
        return np.full(times.shape, np.nan)
    return np.interp(times, measure.times[good], measure.values[good], left=np.nan, right=np.nan)
