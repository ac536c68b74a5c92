"""Measures cut at restarts: what a process holds is gone with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from diagnose.signals.changes import Change
from diagnose.signals.series import Measure, Role

_HELD = frozenset(
    {
        Role.MEMORY,
        Role.HEAP,
        Role.OPEN_FILES,
        Role.GOROUTINES,
        Role.THREADS,
        Role.SOCKETS,
        Role.POOL_IN_USE,
        Role.QUEUE,
        Role.IN_FLIGHT,
        Role.OTHER,
    }
)
_LEAST_SHARE = 0.25


def lives(measures: Sequence[Measure], restarts: Sequence[Change] = ()) -> dict[Measure, Measure]:
    """For each measure of what a restarted process held: itself up to the first restart -> the whole measure.

    Restarts are those given and those that start times among the measures tell.
    Left out where the first life is shorter than a quarter of the measure: too little to tell a trend.
    """
    first = _first_restarts(measures)
    for change in restarts:
        if change.kind == "restart":
            first[change.entity] = min(change.at, first.get(change.entity, change.at))
    cut: dict[Measure, Measure] = {}
    for measure in measures:
        at = first.get(measure.entity)
        if at is None or measure.role not in _HELD or "rate(" in measure.query:
            continue
        stop = int(np.searchsorted(measure.times, at))
        if stop >= _LEAST_SHARE * measure.times.size:
            cut[replace(measure, times=measure.times[:stop], values=measure.values[:stop])] = measure
    return cut


def _first_restarts(measures: Sequence[Measure]) -> dict[str, float]:
    found: dict[str, float] = {}
    for measure in measures:
        if measure.role is not Role.START_TIME:
            continue
        known = np.isfinite(measure.values)
        times, started = measure.times[known], measure.values[known]
        later = np.flatnonzero(np.diff(started) > 2.0)
        if later.size:
            at = float(times[later[0] + 1])
            found[measure.entity] = min(at, found.get(measure.entity, at))
    return found
