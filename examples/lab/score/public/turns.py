"""Change points in single series that several people marked (TCPD), beside binary segmentation."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from itertools import pairwise
from pathlib import Path

import numpy as np

from diagnose.checks.metrics.segments import segments
from score.public.result import Figure, Result

MARGIN = 5
Marks = Mapping[str, Collection[int]]


def tcpd(folder: Path) -> Result:
    """F1 and covering as van den Burg and Williams (2020) define them, means over the series."""
    marks = json.loads((folder / "annotations.json").read_text(encoding="utf-8"))
    rows, wrong = [], []
    for name, people in sorted(marks.items()):
        values = read(folder / f"{name}.json")
        found, peer = segments(values), binary(values)
        rows.append([score(people, each, len(values)) for each in (found, peer, ())])
        if rows[-1][0][0] < rows[-1][1][0]:
            wrong.append(f"`{name}`: F1 {rows[-1][0][0]:.2f} where binary segmentation has {rows[-1][1][0]:.2f}")
    ours, peers, none = np.mean(rows, axis=0).tolist()
    figures = []
    for number, what in enumerate(("F1 of change points", "covering of segments")):
        figures.append(Figure(what, f"{ours[number]:.2f}", f"{none[number]:.2f}"))
        figures.append(Figure(f"{what}: binary segmentation's default", f"{peers[number]:.2f}", "–"))
    return Result("tcpd", tuple(figures), wrong)


def read(path: Path) -> np.ndarray:
    """The first series of a file, gaps filled in a straight line."""
    raw = json.loads(path.read_text(encoding="utf-8"))["series"][0]["raw"]
    values = np.array([np.nan if value is None else value for value in raw], dtype=float)
    known = np.flatnonzero(np.isfinite(values))
    return np.interp(np.arange(len(values)), known, values[known])


def score(people: Marks, found: Collection[int], count: int) -> tuple[float, float]:
    """F1 with a margin of five samples, and covering, against the marks of several people."""
    truth = [{0, *marks} for marks in people.values()]
    ours = {0, *found}
    precision = met(set().union(*truth), ours) / len(ours)
    recall = float(np.mean([met(marks, ours) / len(marks) for marks in truth]))
    covered = [covering(sorted(marks), sorted(ours), count) for marks in truth]
    return 2 * precision * recall / (precision + recall), float(np.mean(covered))


def met(truth: Collection[int], found: Collection[int]) -> int:
    """How many true moments have a found one within the margin, each found one used once."""
    left, good = set(found), 0
    for one in sorted(truth):
        near = min((each for each in left if abs(each - one) <= MARGIN), key=lambda each: (abs(each - one), each),
                   default=None)  # fmt: skip
        if near is not None:
            left.remove(near)
            good += 1
    return good


def covering(truth: list[int], found: list[int], count: int) -> float:
    """The mean of the best overlap (Jaccard) of each true segment, weighted by length."""
    theirs, ours = list(pairwise([*truth, count])), list(pairwise([*found, count]))
    return sum((stop - start) * max(overlap((start, stop), each) for each in ours) for start, stop in theirs) / count


def overlap(one: tuple[int, int], other: tuple[int, int]) -> float:
    """Shared samples of two segments over the samples of both."""
    shared = max(0, min(one[1], other[1]) - max(one[0], other[0]))
    return shared / ((one[1] - one[0]) + (other[1] - other[0]) - shared)


def binary(values: np.ndarray, most: int = 5) -> list[int]:
    """Binary segmentation as the R package `changepoint` does it by default: changes in mean, penalty 3 log n."""
    z, found = (values - values.mean()) / values.std(), list[int]()
    while len(found) < most:
        gains = [best_split(z[start:stop], start) for start, stop in pairwise([0, *sorted(found), len(z)])]
        gain, at = max(gains)
        if gain <= 3 * np.log(len(z)):
            break
        found.append(at)
    return sorted(found)


def best_split(values: np.ndarray, start: int) -> tuple[float, int]:
    """How much the best change in mean saves of the squares, and where it is."""
    if len(values) < 2:
        return 0.0, start
    left, index = np.cumsum(values)[:-1], np.arange(1, len(values))
    total, count = values.sum(), len(values)
    gain = left**2 / index + (total - left) ** 2 / (count - index) - total**2 / count
    at = int(np.argmax(gain))
    return float(gain[at]), start + at + 1
