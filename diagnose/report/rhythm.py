"""What the load of a service does by itself: a stable wave, told in words."""

from __future__ import annotations

import numpy as np

from diagnose.checks.metrics.waves import period
from diagnose.report import timeline, units
from diagnose.report.book import Book
from diagnose.signals.series import Role

HIGH = 0.2
"""A wave whose height is less than this share of the load is not worth a word."""


def rhythm(book: Book) -> str:
    """That requests come in waves, and how long one takes; empty where they do not."""
    measure = timeline.main(book, (Role.REQUESTS,))
    known = np.flatnonzero(np.isfinite(measure.values)) if measure else np.array([])
    if measure is None or not known.size or known[-1] - known[0] >= known.size:
        return ""
    values = measure.values[known]
    samples, (low, high) = period(values), np.quantile(values, (0.05, 0.95))
    if samples is None or high - low < HIGH * high:
        return ""
    step = float(np.median(np.diff(measure.times)))
    return f"Requests come in waves of {units.span(_round(samples * step))}, as they always did in this window"


def _round(seconds: float) -> float:
    """To half a minute from five minutes on, and to five seconds below: more would only look exact."""
    part = 30.0 if seconds >= 300.0 else 5.0
    return max(part, round(seconds / part) * part)
