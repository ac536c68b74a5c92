"""What a report tells, as plain data: every word and digit is decided, every text is harmless."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time: RFC 3339 bounds, and the same for people."""

    start: str
    end: str
    text: str


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time: RFC 3339, time of day and in full in UTC, its place on the axis (0..AXIS, may lie outside)."""

    iso: str
    clock: str
    text: str
    x: int


@dataclass(frozen=True, slots=True)
class Onset:
    """When the trouble began: how sure (in words), how long before the window's end, the spread on the axis."""

    moment: Moment
    spread: str
    ago: str
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Culprit:
    """What to open or call."""

    kind: str
    noun: str
    name: str
    location: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome; `trust` says what the confidence promises, `tenths` of how many verdicts in ten are right."""

    status: str
    cause: str
    title: str
    confidence: float
    percent: str
    tenths: int
    trust: str
    summary: str
    culprit: Culprit | None


@dataclass(frozen=True, slots=True)
class Cause:
    """A ranked cause and the ids of what speaks for and against it."""

    cause: str
    title: str
    confidence: float
    percent: str
    supports: tuple[str, ...]
    against: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Suspect:
    """A service or instance; `share` is its score relative to the first one."""

    entity: str
    score: float
    share: float
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Branch:
    """A way not taken."""

    answer: str
    leads_to: str


@dataclass(frozen=True, slots=True)
class Step:
    """One question of the walk; `ways` are those that lead elsewhere than the walk went: (answers, where to)."""

    node: str
    question: str
    answer: str
    because: str
    evidence: tuple[str, ...]
    answered_by: str
    not_taken: tuple[Branch, ...]
    ways: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A cause that the data speaks against, with the numbers."""

    cause: str
    title: str
    because: str


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
class Exhibit:
    """One piece of evidence with its picture and how to see it again; `label` is what the page calls it."""

    id: str
    label: str
    signal: str
    noun: str
    title: str
    at: Moment | None
    window: Span
    baseline: float | None
    observed: float | None
    unit: str
    baseline_text: str
    observed_text: str
    change: str
    strength: float
    percent: str
    reproduce: str
    chart: Chart | None
    hot: tuple[Hot, ...]
    pattern: str


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


@dataclass(frozen=True, slots=True)
class Gap:
    """What could not be had and the command that would get it."""

    signal: str
    noun: str
    why: str
    command: str | None


@dataclass(frozen=True, slots=True)
class Gaps:
    """Gaps that one command would fill."""

    noun: str
    whys: tuple[str, ...]
    command: str | None


@dataclass(frozen=True, slots=True)
class Action:
    """What to do; `safe` when nothing can break."""

    when: str
    what: str
    command: str | None
    risk: str
    safe: bool


@dataclass(frozen=True, slots=True)
class Felt:
    """One quantity that users feel, before the onset and since."""

    name: str
    before: str
    during: str
    change: str


@dataclass(frozen=True, slots=True)
class Event:
    """One dated fact and where it is known from; `turning` marks the onset."""

    moment: Moment
    what: str
    source: str
    turning: bool


@dataclass(frozen=True, slots=True)
class Source:
    """Where data came from and how much of it was used."""

    noun: str
    name: str
    detail: str
    note: str


@dataclass(frozen=True, slots=True)
class View:
    """The whole report."""

    tool: str
    version: str
    service: str
    window: Span
    baseline: Span | None
    onset: Onset | None
    verdict: Verdict
    causes: tuple[Cause, ...]
    suspects: tuple[Suspect, ...]
    path: tuple[Step, ...]
    evidence: tuple[Exhibit, ...]
    missing: tuple[Gap, ...]
    gaps: tuple[Gaps, ...]
    actions: tuple[Action, ...]
    excluded: tuple[Exclusion, ...]
    timeline: Timeline
    impact: tuple[Felt, ...]
    patterns: tuple[Pattern, ...]
    patterns_more: int
    flame: Flame | None
    groups: tuple[Group, ...]
    sources: tuple[Source, ...]
    masked: tuple[tuple[str, int], ...]
    select: str
