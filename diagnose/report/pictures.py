"""What a report draws, as plain data: charts, the time line, log messages, the flame graph, groups of stacks."""

from __future__ import annotations

from dataclasses import dataclass

from diagnose.report.axis import Moment


@dataclass(frozen=True, slots=True)
class Chart:
    """One curve over the window: `kind` is line or bars; x runs from 0 to AXIS, y is None where data is missing.

    `low` and `high` bound the drawing; `edge` is the width of a bar on the axis.
    """

    kind: str
    unit: str
    x: tuple[int, ...]
    y: tuple[float | None, ...]
    low: float
    high: float
    low_text: str
    high_text: str
    edge: int = 0


@dataclass(frozen=True, slots=True)
class Mark:
    """Something at one moment: `kind` is a change's kind or `profile`."""

    moment: Moment
    kind: str
    title: str


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the time line: a chart or marks; `tone` is error, moved, steady or mark."""

    tone: str
    label: str
    detail: str
    chart: Chart | None
    marks: tuple[Mark, ...]
    baseline: str
    observed: str
    change: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """All signals on one axis; `ticks` are (x, time of day)."""

    start: float
    end: float
    ticks: tuple[tuple[int, str], ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Hot:
    """One function of a profile: its share and value, before and during where both exist."""

    function: str
    location: str
    share: float
    value: str
    before: str


@dataclass(frozen=True, slots=True)
class Pattern:
    """One log message's template: how often before and after the onset, with examples."""

    id: str
    level: str
    template: str
    count: str
    before: str
    after: str
    kind: str
    first: str
    last: str
    chart: Chart
    examples: tuple[str, ...]
    stack: str
    fields: tuple[tuple[str, str], ...]
    source: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Flame:
    """A call tree in preorder: `nodes` are (depth, value, value before, index into names).

    Values are in `unit`; `base` is empty when there is nothing to compare with; `cut` says what is not drawn;
    `own` are the indices of names of own code; `relative` means that only shares can be compared,
    as the two were not measured for equally long.
    """

    title: str
    unit: str
    total: int
    total_before: int
    total_text: str
    before_text: str
    source: str
    base: str
    cut: str
    culprit: str
    relative: bool
    names: tuple[str, ...]
    own: tuple[int, ...]
    nodes: tuple[tuple[int, int, int, int], ...]
    hot: tuple[Hot, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Goroutines or threads with the same stack."""

    count: str
    before: str
    growth: str
    function: str
    location: str
    state: str
    wait: str
    stack: str
