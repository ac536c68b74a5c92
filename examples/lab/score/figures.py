"""Figures from rows: accuracy, false alarms, calibration, and what chance would reach."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from diagnose.playbook.confidence import TEMPERATURE, shares
from score.runs import Row

BINS = ((0.35, 0.5), (0.5, 0.7), (0.7, 0.9), (0.9, 1.01))
TEMPERATURES = tuple(float(round(one, 2)) for one in np.arange(0.5, 4.01, 0.25))


def share(rows: Sequence[Row], good: Sequence[bool]) -> str:
    """Such as `41/44 (93 %)`."""
    return f"{sum(good)}/{len(rows)} ({sum(good) / len(rows):.0%})" if rows else "–"


def causes(rows: Sequence[Row]) -> str:
    return share(rows, [row.right for row in rows])


def first_three(rows: Sequence[Row]) -> str:
    return share(rows, [row.case.cause in row.ranked[:3] or row.right for row in rows])


def culprits(rows: Sequence[Row]) -> str:
    ill = [row for row in rows if row.case.culprit and row.case.cause != "healthy"]
    return share(ill, [row.right and row.culprit_right for row in ill])


def onsets(rows: Sequence[Row]) -> str:
    """Of the rows with a true onset: how many were dated within 15 s, and the median error."""
    ill = [row for row in rows if row.case.onset is not None]
    errors = [abs(row.error_s) for row in ill if row.error_s is not None]
    near = share(ill, [row.error_s is not None and abs(row.error_s) <= 15 for row in ill])
    return f"{near}, median {np.median(errors):.1f} s" if errors else near


def alarms(rows: Sequence[Row]) -> str:
    """Healthy recordings called ill with a confidence of one half or more."""
    well = [row for row in rows if row.case.cause == "healthy"]
    return share(well, [row.status == "diagnosed" and row.confidence >= 0.5 for row in well])


def confidently_wrong(rows: Sequence[Row]) -> str:
    return share(rows, [row.status != "inconclusive" and not row.right and row.confidence >= 0.5 for row in rows])


def brier(rows: Sequence[Row], *, temperature: float = TEMPERATURE) -> float:
    """Mean squared distance between the stated confidence and whether the verdict was right."""
    judged = [row for row in rows if row.status != "inconclusive"]
    stated = [(shares(row.sums, temperature=temperature)[row.cause], row.right) for row in judged]
    return float(np.mean([(confidence - right) ** 2 for confidence, right in stated])) if stated else float("nan")


def fitted(rows: Sequence[Row]) -> float:
    """The temperature that calibrates these rows best."""
    return min(TEMPERATURES, key=lambda one: brier(rows, temperature=one))


def calibration(rows: Sequence[Row]) -> list[tuple[str, int, float, float]]:
    """Per bin of stated confidence: its name, how many, mean stated, share right."""
    table = []
    for low, high in BINS:
        inside = [row for row in rows if row.status != "inconclusive" and low <= row.confidence < high]
        if inside:
            stated = float(np.mean([row.confidence for row in inside]))
            table.append((f"{low:.2f}-{min(high, 1.0):.2f}", len(inside), stated, float(np.mean([r.right for r in inside]))))
    return table


def chance(rows: Sequence[Row]) -> float:
    """What guessing by how often each cause occurs would reach."""
    counts = Counter(row.case.cause for row in rows)
    return sum((count / len(rows)) ** 2 for count in counts.values())
