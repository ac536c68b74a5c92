"""Figures from rows: accuracy, false alarms, calibration, and what chance would reach."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from score.runs import Row

NEAR_S = 15.0
SURE = 0.5
BINS = ((0.35, 0.5), (0.5, 0.7), (0.7, 0.9), (0.9, 0.96), (0.96, 1.01))


def share(good: Iterable[bool]) -> str:
    """Such as `41/44 (93 %)`."""
    seen = list(good)
    return f"{sum(seen)}/{len(seen)} ({sum(seen) / len(seen):.0%})" if seen else "–"


def causes(rows: Sequence[Row]) -> str:
    """How many verdicts name the true cause."""
    return share(row.right for row in rows)


def first_three(rows: Sequence[Row]) -> str:
    """How many have the true cause among the first three."""
    return share(row.right or row.case.cause in row.ranked[:3] for row in rows)


def culprits(rows: Sequence[Row]) -> str:
    """Of the ill ones with a culprit: cause and culprit right."""
    return share(row.right and row.culprit_right for row in rows if row.case.culprit and not row.case.healthy)


def near(rows: Sequence[Row]) -> str:
    """Of the rows with a true onset: how many were dated within NEAR_S."""
    return share(row.error_s is not None and abs(row.error_s) <= NEAR_S for row in rows if row.case.onset is not None)


def errors(rows: Sequence[Row]) -> str:
    """Median and ninetieth percentile of the distance between onset found and onset true."""
    found = [abs(row.error_s) for row in rows if row.error_s is not None]
    return f"{np.median(found):.1f} s / {np.percentile(found, 90):.0f} s" if found else "–"


def alarms(rows: Sequence[Row]) -> str:
    """Healthy recordings that were called ill with a confidence of SURE or more."""
    return share(row.judged and not row.right and row.confidence >= SURE for row in rows if row.case.healthy)


def sure_and_wrong(rows: Sequence[Row]) -> str:
    """Wrong verdicts with a confidence of SURE or more."""
    return share(row.judged and not row.right and row.confidence >= SURE for row in rows)


def brier(stated: Iterable[tuple[float, bool]]) -> float:
    """Mean squared distance between a stated confidence and whether the verdict was right."""
    pairs = list(stated)
    return float(np.mean([(confidence - right) ** 2 for confidence, right in pairs])) if pairs else float("nan")


def stated(rows: Sequence[Row]) -> list[tuple[float, bool]]:
    """Confidence and truth of every verdict that was given."""
    return [(row.confidence, row.right) for row in rows if row.judged]


def calibration(rows: Sequence[Row]) -> list[tuple[str, int, float, float]]:
    """Per bin of stated confidence: its name, how many, mean stated, share right."""
    table = []
    for low, high in BINS:
        inside = [(confidence, right) for confidence, right in stated(rows) if low <= confidence < high]
        if inside:
            said, true = np.mean(inside, axis=0)
            table.append((f"{low:.2f}–{min(high, 1.0):.2f}", len(inside), float(said), float(true)))
    return table


def chance(rows: Sequence[Row]) -> tuple[float, float]:
    """What guessing by how often each cause occurs would reach, and always saying the commonest one."""
    counts = [count / len(rows) for count in Counter(row.case.cause for row in rows).values()]
    return sum(one**2 for one in counts), max(counts)
