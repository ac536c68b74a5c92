"""Measures in the making: what a family yields before the best of several is chosen."""

from __future__ import annotations

from dataclasses import dataclass

from diagnose.signals.families import Family
from diagnose.signals.series import FloatArray, Labels, Measure, Role
from diagnose.signals.targets import common


@dataclass(frozen=True, eq=False, slots=True)
class Draft:
    """A measure, how it ranks among others of its role (lower is better), and how many events it rests on."""

    measure: Measure
    rank: int = 0
    volume: float = 0.0
    outward: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """What the catalogue says of a measure: its role, unit, split and the query that shows the same numbers."""

    role: Role
    unit: str
    query: str
    detail: str = ""


def measured(family: Family, told: Told, values: FloatArray, labels: Labels | None = None) -> Measure:
    """A measure on the clock of the family's target, with the labels that all its series share."""
    shared = common([each.labels for each in family.series]) if labels is None else labels
    target = family.target
    return Measure(
        told.role, family.name, target.entity, told.detail, told.unit, target.times, values, told.query, shared
    )


def matched(family: Family, suffix: str = "", extra: str = "") -> str:
    """The PromQL selector of a family's rows: its name and the labels that all rows share."""
    pairs = [f'{key}="{_escaped(value)}"' for key, value in common([each.labels for each in family.series])]
    inside = ",".join([*pairs, extra] if extra else pairs)
    return f"{family.name}{suffix}" + (f"{{{inside}}}" if inside else "")


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
