"""How to ask a server for a window: few queries, none too large, raw samples where they are affordable."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from diagnose.signals.meanings import weight
from diagnose.signals.window import Window

MAX_POINTS = 11_000
"""Prometheus refuses a range query with more points a series."""
_WANTED_POINTS = 720
_RAW_SAMPLES = 12_000_000
_CHUNK_SAMPLES = 1_000_000
_CHUNK_SELECTOR = 4_000
_MAX_SERIES = 20_000
_NICE_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21600, 43200, 86400)


@dataclass(frozen=True, slots=True)
class Question:
    """One query: which metrics, how many series are expected; `whole` when these are all that the selector holds."""

    names: tuple[str, ...]
    series: int
    whole: bool = False

    @property
    def matcher(self) -> str:
        """The matcher on the metric's name, '' for all."""
        if self.whole:
            return ""
        return '__name__=~"' + "|".join(re.escape(name).replace("\\", "\\\\") for name in self.names) + '"'

    def halves(self) -> tuple[Question, ...]:
        """The same in two questions; itself alone when it cannot be split."""
        if len(self.names) < 2:
            return (self,)
        middle = len(self.names) // 2
        return Question(self.names[:middle], self.series // 2), Question(self.names[middle:], self.series // 2)


@dataclass(frozen=True, slots=True)
class Plan:
    """Questions for one window; `step` is None for raw samples, else seconds between points."""

    questions: tuple[Question, ...]
    step: float | None
    left_out: int = 0


def plan(sizes: Mapping[str, int], window: Window, interval: float) -> Plan:
    """What to ask, given how many series each metric has and the scrape interval in seconds.

    Beyond 20,000 series those that say most of a service's health come first; `left_out` counts the rest.
    """
    kept, left_out = _kept(sizes)
    total = sum(kept.values())
    points = window.duration / interval
    raw = points <= MAX_POINTS and total * points <= _RAW_SAMPLES
    step = None if raw else sampling_step(window, interval)
    per_series = points if raw or step is None else window.duration / step
    questions = tuple(_questions(kept, per_series))
    if len(questions) == 1 and not left_out:
        questions = (Question(questions[0].names, total, whole=True),)
    return Plan(questions, step, left_out)


def sampling_step(window: Window, interval: float) -> float:
    """Seconds between points of a range query: the scrape interval, or a round number that gives some 720 points."""
    wanted = max(interval, window.duration / _WANTED_POINTS)
    return next((float(step) for step in _NICE_STEPS if step >= wanted), math.ceil(wanted / 86400) * 86400.0)


def _kept(sizes: Mapping[str, int]) -> tuple[dict[str, int], int]:
    kept: dict[str, int] = {}
    room = _MAX_SERIES
    for name, size in sorted(sizes.items(), key=lambda item: (-weight(item[0]), item[1], item[0])):
        if size <= room:
            kept[name] = size
            room -= size
    return dict(sorted(kept.items())), sum(sizes.values()) - sum(kept.values())


def _questions(sizes: Mapping[str, int], points: float) -> Iterator[Question]:
    names: list[str] = []
    series, length = 0, 0
    for name, size in sizes.items():
        if names and ((series + size) * points > _CHUNK_SAMPLES or length + len(name) > _CHUNK_SELECTOR):
            yield Question(tuple(names), series)
            names, series, length = [], 0, 0
        names.append(name)
        series, length = series + size, length + len(name) + 2
    if names:
        yield Question(tuple(names), series)
