"""Anomalies in single series (NAB): whole events, not points, beside a windowed Gaussian."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from diagnose.checks.metrics.outstanding import outstanding
from score.cases import moment
from score.figures import share
from score.public.result import Figure, Result, percent

Spans = list[tuple[float, float]]
EVENT = 0.02
"""Alarms closer than this share of a series are one event."""
TURNS = 20
"""How often the same alarms are put at other moments, for the chance."""
SURE = (1.0, *(1.0 - 10.0**-power for power in range(2, 15)))
"""Probabilities from which the Gaussian alarms: the first is what NAB's authors found for it, then any other."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A series with the spans in which its labels put anomalies."""

    name: str
    times: np.ndarray
    values: np.ndarray
    spans: Spans


@dataclass(frozen=True, slots=True)
class Count:
    """Events that lie in a span and all events; spans that hold an event and all spans."""

    right: int
    events: int
    hit: int
    spans: int

    @property
    def f1(self) -> float:
        precision, recall = self.right / max(1, self.events), self.hit / max(1, self.spans)
        return 2 * precision * recall / max(1e-9, precision + recall)


def nab(folder: Path) -> Result:
    """Precision and recall of events; the Gaussian at its published threshold and at the one that suits it best."""
    labels = json.loads((folder / "windows.json").read_text(encoding="utf-8"))
    series = [read(folder, name, spans) for name, spans in sorted(labels.items())]
    ours = {one.name: one.times[list(outstanding(one.values))] for one in series}
    found = count(series, ours)
    sure = [gaussian(one.values) for one in series]
    peers = [count(series, {o.name: o.times[p >= least] for o, p in zip(series, sure, strict=True)}) for least in SURE]
    chance = moved(series, ours)
    figures = (
        Figure("events that are anomalies", parts(found.right, found.events), percent(chance[0])),
        Figure("anomalies that are seen", parts(found.hit, found.spans), percent(chance[1])),
        Figure("F1 of events", f"{found.f1:.2f}", f"{chance[2]:.2f}"),
        *peer("a windowed Gaussian at NAB's threshold", peers[0]),
        *peer("a windowed Gaussian at its best threshold", max(peers, key=lambda each: each.f1)),
    )
    return Result("nab", figures)


def parts(good: int, count: int) -> str:
    """Such as `41/44 (93%)`."""
    return share([True] * good + [False] * (count - good))


def peer(name: str, found: Count) -> tuple[Figure, ...]:
    """The same figures of another detector."""
    return (
        Figure(f"events that are anomalies: {name}", parts(found.right, found.events), "–"),
        Figure(f"anomalies that are seen: {name}", parts(found.hit, found.spans), "–"),
        Figure(f"F1 of events: {name}", f"{found.f1:.2f}", "–"),
    )


def read(folder: Path, name: str, spans: Iterable[Sequence[str]]) -> Labelled:
    """One series of the set."""
    rows = list(csv.reader((folder / name).read_text(encoding="utf-8").splitlines()))[1:]
    stamps = np.array([moment(f"{at}Z") for at, _ in rows])
    known = [(moment(f"{start}Z"), moment(f"{end}Z")) for start, end in spans]
    return Labelled(name, stamps, np.array([float(value) for _, value in rows]), known)


def count(series: Sequence[Labelled], alarms: Mapping[str, np.ndarray]) -> Count:
    """Events of all series against all spans."""
    right = events = hit = spans = 0
    for one in series:
        found = gathered(alarms[one.name], EVENT * (one.times[-1] - one.times[0]))
        right += sum(any(meets(event, span) for span in one.spans) for event in found)
        hit += sum(any(meets(event, span) for event in found) for span in one.spans)
        events, spans = events + len(found), spans + len(one.spans)
    return Count(right, events, hit, spans)


def gathered(alarms: np.ndarray, gap: float) -> Spans:
    """Alarms as events: first and last moment of those that follow each other closely."""
    if not alarms.size:
        return []
    breaks = np.flatnonzero(np.diff(alarms) > gap) + 1
    return [(float(part[0]), float(part[-1])) for part in np.split(alarms, breaks)]


def meets(one: tuple[float, float], other: tuple[float, float]) -> bool:
    """Whether two spans overlap."""
    return one[0] <= other[1] and other[0] <= one[1]


def moved(series: Sequence[Labelled], alarms: Mapping[str, np.ndarray]) -> tuple[float, float, float]:
    """Mean precision, recall and F1 of the same alarms, turned round in their series."""
    seen = []
    for turn in range(1, TURNS + 1):
        shifted = {one.name: turned(one, alarms[one.name], turn / (TURNS + 1)) for one in series}
        got = count(series, shifted)
        seen.append((got.right / max(1, got.events), got.hit / max(1, got.spans), got.f1))
    precision, recall, f1 = np.mean(seen, axis=0).tolist()
    return precision, recall, f1


def turned(one: Labelled, alarms: np.ndarray, share: float) -> np.ndarray:
    """Alarms put later by a share of the series, those beyond its end at its beginning."""
    start, length = one.times[0], one.times[-1] - one.times[0]
    return np.sort(start + (alarms - start + share * length) % length)


def gaussian(values: np.ndarray, size: int = 6400, step: int = 100) -> np.ndarray:
    """How unlikely each value is (0..1) by mean and deviation of the values before it, as NAB's detector has it."""
    index = np.arange(1, len(values))
    low = np.where(index <= size, 0, (index - size) // step * step)
    high = np.where(index <= size, index, low + size)
    sums, squares = (np.concatenate([[0.0], np.cumsum(each)]) for each in (values, values**2))
    mean = (sums[high] - sums[low]) / (high - low)
    deviation = np.sqrt(np.maximum((squares[high] - squares[low]) / (high - low) - mean**2, 1e-12))
    distance = np.abs(values[1:] - mean) / deviation
    return np.concatenate([[0.0], [1.0 - 0.5 * math.erfc(each / math.sqrt(2.0)) for each in distance]])
