"""How to ask a server for a window: few queries, none too large, raw samples where they are affordable."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from diagnose.signals.meanings import weight
from diagnose.signals.window import Window

MAX_POINTS = 11_000
"""Prometheus refuses a range query with more points a series."""
_WANTED_POINTS = 720
_RAW_SAMPLES = 12_000_000
_CHUNK_SAMPLES = 1_000_000
_PART_SAMPLES = 2_000_000
_CHUNK_SELECTOR = 4_000
_MAX_SERIES = 20_000
_SHORTEST_S = 60.0
FINEST_S = 5.0
"""Seconds between the points of an answer in short windows: no coarser than most scrapes."""
_NICE_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21600, 43200, 86400)


@dataclass(frozen=True, slots=True)
class Question:
    """One query: which metrics, over which time, how many series are expected.

    Raw samples without a `step` in seconds. `whole` when these are all metrics that the selector holds; with `by` the
    server sums what these labels do not part.
    """

    names: tuple[str, ...]
    series: int
    window: Window
    step: float | None = None
    whole: bool = False
    by: tuple[str, ...] | None = None

    @property
    def matcher(self) -> str:
        """The matcher on the metric's name, '' for all."""
        if self.whole:
            return ""
        return '__name__=~"' + "|".join(re.escape(name).replace("\\", "\\\\") for name in self.names) + '"'

    def halves(self) -> tuple[Question, ...]:
        """The same in two questions, of half the metrics or half the time; itself alone when it cannot be split."""
        if len(self.names) < 2:
            return self.parts(2)
        middle, half = len(self.names) // 2, self.series // 2
        return tuple(
            replace(self, names=names, series=half, whole=False) for names in (self.names[:middle], self.names[middle:])
        )

    def parts(self, count: int) -> tuple[Question, ...]:
        """The same in parts of the time that are no shorter than a minute."""
        count = min(count, int(self.window.duration / _SHORTEST_S))
        if count < 2:
            return (self,)
        # The points of a step lie on one grid, so the parts must begin on it.
        grid, duration = self.step or 1.0, self.window.duration
        inner = [self.window.start + round(duration * part / count / grid) * grid for part in range(1, count)]
        edges = dict.fromkeys((self.window.start, *inner, self.window.end))
        return tuple(replace(self, window=Window(start, end)) for start, end in itertools.pairwise(edges))


@dataclass(frozen=True, slots=True)
class Plan:
    """Questions for one window, and how many series each metric has that is not asked for."""

    questions: tuple[Question, ...]
    left_out: Mapping[str, int]


def plan(sizes: Mapping[str, int], window: Window, interval: float) -> Plan:
    """What to ask, given how many series each metric has and the scrape interval in seconds.

    Beyond 20,000 series those that say most of a service's health come first.
    """
    kept = _kept(sizes)
    left_out = {name: size for name, size in sizes.items() if name not in kept}
    total = sum(kept.values())
    points = window.duration / interval
    raw = points <= MAX_POINTS and total * points <= _RAW_SAMPLES
    step = None if raw else sampling_step(window, interval)
    per_series = points if raw or step is None else window.duration / step
    groups = list(_groups(kept, per_series))
    whole = len(groups) == 1 and not left_out
    asked = [Question(names, series, window, step, whole=whole) for names, series in groups]
    questions = [part for one in asked for part in one.parts(math.ceil(one.series * per_series / _PART_SAMPLES))]
    return Plan(tuple(questions), left_out)


def sampling_step(window: Window, interval: float) -> float:
    """Seconds between points of a range query: the scrape interval, or a round number that gives some 720 points."""
    wanted = max(interval, window.duration / _WANTED_POINTS)
    return next((float(step) for step in _NICE_STEPS if step >= wanted), math.ceil(wanted / 86400) * 86400.0)


def _kept(sizes: Mapping[str, int]) -> dict[str, int]:
    kept: dict[str, int] = {}
    room = _MAX_SERIES
    for name, size in sorted(sizes.items(), key=lambda item: (-weight(item[0]), item[1], item[0])):
        if size <= room:
            kept[name] = size
            room -= size
    return dict(sorted(kept.items()))


def _groups(sizes: Mapping[str, int], points: float) -> Iterator[tuple[tuple[str, ...], int]]:
    names: list[str] = []
    series, length = 0, 0
    for name, size in sizes.items():
        if names and ((series + size) * points > _CHUNK_SAMPLES or length + len(name) > _CHUNK_SELECTOR):
            yield tuple(names), series
            names, series, length = [], 0, 0
        names.append(name)
        series, length = series + size, length + len(name) + 2
    if names:
        yield tuple(names), series
