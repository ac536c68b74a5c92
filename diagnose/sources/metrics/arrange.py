"""Raw samples from any source, brought into the form that a Series promises."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from diagnose.signals.meanings import shape
from diagnose.signals.naming import type_of
from diagnose.signals.series import FloatArray, MetricType, Series
from diagnose.signals.window import Window
from diagnose.sources.metrics.decode import Samples

IndexArray = NDArray[np.intp]
_LEVELS = (MetricType.GAUGE, MetricType.UNKNOWN)
_ANEW = 0.1  # a counter that began anew is at most this much of what it was
_MOSTLY = 0.3  # share of the samples at which a counter of a busy service has grown


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
    clocks = _Clocks(window)
    joined = [(*who, *clocks.join(pieces)) for who, pieces in sorted(parts.items(), key=lambda item: item[0])]
    joined = [each for each in joined if each[2].size]
    types |= _corrected(types, declared, joined)
    return tuple(Series(name, labels, times, values, types[name]) for name, labels, times, values in joined)


def _corrected(
    types: Mapping[str, MetricType], declared: Mapping[str, MetricType], joined: Iterable[Samples]
) -> dict[str, MetricType]:
    """Types that the name or a careless declaration has wrong.

    A `_total` that is declared a gauge is a counter all the same when it only ever grows, and so is a metric without
    declaration that the catalogue knows as one; a gauge that the catalogue knows stays one, whatever its name.
    """
    found: dict[str, MetricType] = {}
    for name, _, _, values in joined:
        known = shape(name)
        if known is MetricType.GAUGE and name not in declared and types[name] is MetricType.COUNTER:
            found[name] = known
        elif types[name] in _LEVELS and known is not MetricType.GAUGE and _grows(values):
            untold = types[name] is MetricType.UNKNOWN and known is MetricType.COUNTER
            if name.endswith("_total") or untold:
                found[name] = MetricType.COUNTER
    return found


def _grows(values: FloatArray) -> bool:
    """Whether values grow most of the time, and fall only where they begin anew."""
    known = values[np.isfinite(values)]
    growth = np.diff(known)
    falls = growth < 0
    return bool(growth.size and (known[1:][falls] <= _ANEW * known[:-1][falls]).all() and (growth > 0).mean() > _MOSTLY)


@dataclass(eq=False, slots=True)
class _Clocks:
    """The time stamps that series share: what is found out of one serves all that have it."""

    window: Window
    found: dict[tuple[int, ...], tuple[FloatArray, IndexArray | None]] = field(default_factory=dict)
    equal: dict[bytes, FloatArray] = field(default_factory=dict)

    def join(self, pieces: list[tuple[FloatArray, FloatArray]]) -> tuple[FloatArray, FloatArray]:
        """Times and values of the pieces as one series."""
        key = tuple(id(times) for times, _ in pieces)
        if key not in self.found:
            self.found[key] = self._settle([times for times, _ in pieces])
        times, chosen = self.found[key]
        values = pieces[0][1] if len(pieces) == 1 else np.concatenate([values for _, values in pieces])
        return times, values if chosen is None else values[chosen]

    def _settle(self, parts: list[FloatArray]) -> tuple[FloatArray, IndexArray | None]:
        """The times that count, and which they are among all; None when they are all of them, in order."""
        times, chosen = parts[0] if len(parts) == 1 else np.concatenate(parts), None
        if not _settled(times, self.window):
            inside = np.isfinite(times) & (times >= self.window.start) & (times < self.window.end)
            chosen = np.flatnonzero(inside)[np.argsort(times[inside], kind="stable")]
            times = times[chosen]
            last = np.append(np.diff(times) > 0, True)[: times.size]
            times, chosen = times[last], chosen[last]
        # Series of one target share one clock; keeping the very same array lets later steps see that at once.
        return self.equal.setdefault(times.tobytes(), times), chosen


def _settled(times: FloatArray, window: Window) -> bool:
    return times.size > 0 and bool(times[0] >= window.start and times[-1] < window.end and (np.diff(times) > 0).all())
