"""What scoring one public set gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table: the question, how many were right, and what guessing would reach."""

    what: str
    got: str
    chance: str


@dataclass(frozen=True, slots=True)
class Result:
    """The figures of one set, and what was wrong, a line each."""

    name: str
    figures: tuple[Figure, ...]
    wrong: Sequence[str] = ()


def percent(share: float) -> str:
    """Such as `8%`."""
    return f"{share:.0%}"
