"""How the catalogue of meanings is read: which line of it fits a metric."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from diagnose.signals.series import Labels, MetricType, Role


class Join(StrEnum):
    """How the series of one metric become one measure."""

    SUM = "sum"
    MAX = "max"
    MIN = "min"
    MEAN = "avg"


class Kind(StrEnum):
    """What a metric must be for a line to fit."""

    ANY = "any"
    LEVEL = "level"  # a gauge, or of unknown type
    GAUGE = "gauge"  # a gauge, though its name ends like a counter's
    COUNTED = "counted"  # a counter
    TIMED = "timed"  # a histogram or a summary


_KINDS = {
    Kind.ANY: frozenset(MetricType),
    Kind.LEVEL: frozenset({MetricType.GAUGE, MetricType.UNKNOWN}),
    Kind.GAUGE: frozenset({MetricType.GAUGE, MetricType.UNKNOWN}),
    Kind.COUNTED: frozenset({MetricType.COUNTER}),
    Kind.TIMED: frozenset({MetricType.HISTOGRAM, MetricType.SUMMARY}),
}


@dataclass(frozen=True, slots=True)
class Meaning:
    """One line: metrics whose whole name matches `name` (without _bucket, _sum, _count) have the role.

    `labels` is `key=value&key=value`, both regular expressions, all of which a series must have. `join` tells how
    series become one. Of two metrics with one role the lower `rank` is preferred. `unit` is one whose word the name
    does not have. A line that was `taught` is meant as it stands: the name does not make it one of calls made.
    """

    role: Role
    name: str
    labels: str = ""
    kind: Kind = Kind.ANY
    join: Join = Join.SUM
    rank: int = 0
    unit: str = ""
    taught: bool = False

    def knows(self, name: str, type_: MetricType) -> bool:
        """Whether the line is about a metric of this name and type, whatever its labels."""
        return type_ in _KINDS[self.kind] and re.fullmatch(self.name, name) is not None

    def fits(self, labels: Labels) -> bool:
        """Whether a series has the labels that the line wants."""
        wanted = (part.split("=", 1) for part in self.labels.split("&") if part)
        return all(any(_is(key, k) and _is(value, v) for k, v in labels) for key, value in wanted)


def _is(pattern: str, text: str) -> bool:
    return re.fullmatch(pattern, text, re.IGNORECASE) is not None


def plain_name(name: str) -> str:
    """A metric's name in the spelling that the catalogue uses: lower case with underscores."""
    return re.sub(r"[:.\-/ ]+", "_", name).lower()
