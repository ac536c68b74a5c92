"""Raw samples from any source, brought into the form that a Series promises."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from diagnose.signals.naming import type_of
from diagnose.signals.series import FloatArray, MetricType, Series
from diagnose.signals.window import Window
from diagnose.sources.metrics.decode import Samples


def arranged(samples: Iterable[Samples], window: Window, declared: Mapping[str, MetricType]) -> tuple[Series, ...]:
    """Series sorted by name and labels: times strictly increasing inside the window, types known where they can be.

    Parts of one series (a split range, a name that comes twice in a file) are joined; of equal times the last counts.
    """
    parts: dict[tuple[str, tuple[tuple[str, str], ...]], list[tuple[FloatArray, FloatArray]]] = {}
    for name, labels, times, values in samples:
        parts.setdefault((name, labels), []).append((times, values))
    names = {name for name, _ in parts}
    summaries = {name for name, labels in parts if any(key == "quantile" for key, _ in labels)}
    types = {name: type_of(name, declared, names, summaries) for name in names}
    clocks: dict[int, FloatArray] = {}
    series = []
    for (name, labels), pieces in sorted(parts.items(), key=lambda item: item[0]):
        times, values = _joined(pieces, window, clocks)
        if times.size:
            type_ = MetricType.COUNTER if _counts(name, types[name], values) else types[name]
            series.append(Series(name, labels, times, values, type_))
    return tuple(series)


def _counts(name: str, type_: MetricType, values: FloatArray) -> bool:
    """Whether a `_total` that is declared a gauge, or nothing, is a counter all the same: it only ever grows."""
    if not name.endswith("_total") or type_ not in (MetricType.GAUGE, MetricType.UNKNOWN):
        return False
    growth = np.diff(values[np.isfinite(values)])
    return bool(growth.size and (growth >= 0).all() and (growth > 0).mean() > 0.5)


def _joined(
    pieces: list[tuple[FloatArray, FloatArray]], window: Window, clocks: dict[int, FloatArray]
) -> tuple[FloatArray, FloatArray]:
    times, values = pieces[0] if len(pieces) == 1 else (np.concatenate(half) for half in zip(*pieces, strict=True))
    if len(pieces) == 1 and _settled(times, window):
        return times, values
    inside = np.isfinite(times) & (times >= window.start) & (times < window.end)
    times, values = times[inside], values[inside]
    if times.size > 1 and not (np.diff(times) > 0).all():
        order = np.argsort(times, kind="stable")
        times, values = times[order], values[order]
        last = np.append(np.diff(times) > 0, True)
        times, values = times[last], values[last]
    # Series of one target share one clock; keeping the very same array lets later steps see that at once.
    shared = clocks.setdefault(hash(times.tobytes()), times)
    return (shared if np.array_equal(shared, times) else times), values


def _settled(times: FloatArray, window: Window) -> bool:
    return times.size > 0 and bool(times[0] >= window.start and times[-1] < window.end and (np.diff(times) > 0).all())
