"""Changes that pass: spikes, dips, and longer episodes that end within the window."""

from __future__ import annotations

import numpy as np

from diagnose.checks.metrics.band import Row, back, band, ratio, share, strength
from diagnose.checks.metrics.change import ChangeKind, MetricChange
from diagnose.checks.metrics.order import middle
from diagnose.signals.series import Role

_FAILING = frozenset(
    {
        Role.ERRORS,
        Role.ERROR_RATIO,
        Role.UPSTREAM_ERRORS,
        Role.LATENCY,
        Role.LATENCY_TAIL,
        Role.UP,
        Role.UPSTREAM_LATENCY,
        Role.POOL_WAITING,
        Role.POOL_WAIT_TIME,
    }
)
"""Roles whose passing excursions hurt users; other measures have them in health (jobs, collections, waves)."""
_LONG_S = 180.0


def passing(row: Row, *, peak: int, bounds: tuple[int, int] | None) -> MetricChange | None:
    """The excursion around a peak, or the one between two bounds, whichever is stronger; None without any."""
    found = [_excursion(row, *each) for each in (_around(row, peak), bounds) if each]
    changes = [change for change in found if change is not None]
    return max(changes, key=lambda change: change.strength, default=None)


def _around(row: Row, peak: int) -> tuple[int, int] | None:
    x, usual = row.x, band(row.x, row.least)
    direction = 1 if x[peak] >= usual.level else -1
    out = usual.out(x, direction, height=float(x[peak]) - usual.level)
    if not out[peak]:
        return None
    return back(out, peak, reach=x.size), x.size - back(out[::-1], x.size - 1 - peak, reach=x.size)


def _excursion(row: Row, start: int, stop: int) -> MetricChange | None:
    measure, times, x = row.measure, row.times, row.x
    outside = np.concatenate([x[:start], x[stop:]])
    if outside.size < 5 or stop - start < 2:
        return None
    usual = band(outside, row.least)
    inside = x[start:stop]
    height = middle(inside)
    direction = 1 if height >= usual.level else -1
    out = usual.out(inside, direction, height=height - usual.level)
    # What happened before at other times of the window is the measure's habit, not news.
    habit = share(usual.out(outside, direction, height=height - usual.level))
    persistence = min(1.0, np.count_nonzero(out) / 6) * share(out) ** 2 * max(0.0, 1.0 - 10 * habit)
    lasting = float(times[stop - 1] - times[start])
    most = 0.5 + (0.4 * min(1.0, lasting / _LONG_S) if measure.role in _FAILING else 0.0)
    power = most * strength(usual, height, persistence)
    kind = ChangeKind.SPIKE if direction > 0 else ChangeKind.DIP
    end = middle(x[-max(3, x.size // 10) :])
    return MetricChange(
        measure, kind, direction, float(times[start]), usual.level, height, ratio(height, usual.level), power, 0.0, end
    )
