"""The constants of the confidence, fitted on some programs and judged on the one left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from diagnose.playbook.confidence import FLOOR, LEAF, TEMPERATURE, UNKNOWN, shares
from diagnose.playbook.settle import OVERRULED
from score.figures import brier
from score.runs import Row, Weighing

NO_VERDICT = 0.25
"""What an inconclusive verdict costs in the fit: as much as a coin's, so that silence is no way out."""


@dataclass(frozen=True, slots=True)
class Constants:
    """LEAF, UNKNOWN and TEMPERATURE of `diagnose.playbook.confidence`."""

    leaf: float = LEAF
    unknown: float = UNKNOWN
    temperature: float = TEMPERATURE


GRID = tuple(
    Constants(leaf, unknown, float(temperature))
    for leaf, unknown, temperature in product(
        (2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0), (0.0, 0.1, 0.2, 0.4), np.arange(0.5, 2.51, 0.25)
    )
)


def verdict(weighing: Weighing, constants: Constants) -> tuple[str, float]:
    """Cause and confidence that these constants would have given; follows `diagnose.playbook.settle`."""
    leaf, totals = weighing.leaf, _totals(weighing, weighing.leaf, constants)
    if not totals:
        return "inconclusive", 0.0
    parts = shares(totals, temperature=constants.temperature)
    other = max((cause for cause in sorted(parts) if cause != leaf), key=lambda cause: parts[cause], default=leaf)
    if leaf != "healthy" and parts[leaf] < FLOOR and parts[other] >= OVERRULED and other != "healthy":
        leaf = other
        parts = shares(_totals(weighing, leaf, constants), temperature=constants.temperature)
    if leaf not in {"healthy", "inconclusive"} and parts[leaf] < FLOOR:
        return "inconclusive", parts[leaf]
    return leaf, parts[leaf]


def _totals(weighing: Weighing, leaf: str, constants: Constants) -> Mapping[str, float]:
    if leaf == "inconclusive" or not weighing.findings:
        return weighing.findings
    added = constants.leaf - constants.unknown * weighing.doubts
    return weighing.findings | {leaf: weighing.findings.get(leaf, 0.0) + added}


def loss(verdicts: Iterable[tuple[str, float]], rows: Sequence[Row]) -> float:
    """Brier score with a price on saying nothing."""
    costs = [
        NO_VERDICT if cause == "inconclusive" else (confidence - (cause == row.case.cause)) ** 2
        for (cause, confidence), row in zip(verdicts, rows, strict=True)
    ]
    return float(np.mean(costs))


@dataclass(frozen=True, slots=True)
class LeftOut:
    """One program left out: what the others chose, and how both fare with it as `(right, of, Brier)`."""

    program: str
    constants: Constants
    others: tuple[int, int, float]
    here: tuple[int, int, float]


def leave_out(rows: Sequence[Row]) -> tuple[LeftOut, ...]:
    """Each program once: the constants that fit the others best, on the others and on the one left out."""
    costs = np.array([[loss([verdict(row.weighing, one)], [row]) for row in rows] for one in GRID])
    programs = np.array([row.case.program for row in rows])
    found = []
    for program in sorted(set(programs)):
        inside = programs == program
        best = GRID[int(np.argmin(costs[:, ~inside].mean(axis=1)))]
        there = [row for row in rows if row.case.program != program]
        here = [row for row in rows if row.case.program == program]
        found.append(LeftOut(str(program), best, fare(there, best), fare(here, best)))
    return tuple(found)


def fare(rows: Sequence[Row], constants: Constants) -> tuple[int, int, float]:
    """How many are right, of how many, and the Brier score of the verdicts given."""
    told = [(verdict(row.weighing, constants), row.case.cause) for row in rows]
    given = [(confidence, cause == true) for (cause, confidence), true in told if cause != "inconclusive"]
    return sum(cause == true for (cause, _), true in told), len(rows), brier(given)
